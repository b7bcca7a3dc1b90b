"""What the database says of itself: every relation, policy, key and grant of the product's schemas, read in one go."""

# ruff: noqa: S608 - the queries are made of the constants of this module
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from psycopg import Connection

OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
ROLE = "coalesce(nullif({}, 0)::regrole::text, 'public')"
GRANTS = (
    f"(select coalesce(jsonb_agg(jsonb_build_array({ROLE.format('a.grantee')}, lower(a.privilege_type))), '[]') "
    "from aclexplode({acl}) a where a.grantee <> {owner})"
)


def _columns_of(relation: str, numbers: str) -> str:
    return (
        f"(select jsonb_agg(coalesce(a.attname, '') order by u.place) "
        f"from unnest({numbers}) with ordinality u(number, place) "
        f"left join pg_attribute a on a.attrelid = {relation} and a.attnum = u.number)"
    )


RELATIONS = f"""
select n.nspname as schema, c.relname as name, c.relkind::text as kind,
    c.relrowsecurity as secured, c.relforcerowsecurity as forced,
    coalesce(obj_description(c.oid, 'pg_class'), '') as comment, c.relowner::regrole::text as owner,
    coalesce(c.reloptions, '{{}}') as options, {GRANTS.format(acl="c.relacl", owner="c.relowner")} as grants,
    (select coalesce(jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, null),
            'required', a.attnotnull, 'identity', a.attidentity <> '', 'generated', a.attgenerated <> '',
            'default', coalesce(pg_get_expr(d.adbin, d.adrelid), ''), 'granted', a.attacl is not null)
            order by a.attnum), '[]')
        from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(jsonb_agg(jsonb_build_object('name', p.polname, 'command', p.polcmd::text,
            'permissive', p.polpermissive, 'using', pg_get_expr(p.polqual, p.polrelid),
            'roles', (select jsonb_agg({ROLE.format("r")} order by 1) from unnest(p.polroles) r),
            'check', pg_get_expr(p.polwithcheck, p.polrelid)) order by p.polname), '[]')
        from pg_policy p where p.polrelid = c.oid) as policies,
    (select coalesce(jsonb_agg(jsonb_build_object('name', i.indexrelid::regclass::text,
            'columns', {_columns_of("i.indrelid", "i.indkey[0:i.indnkeyatts - 1]")})
            order by i.indisprimary desc, i.indexrelid), '[]')
        from pg_index i where i.indrelid = c.oid and (i.indisunique or i.indisexclusion)) as unique_indexes,
    (select coalesce(jsonb_agg(jsonb_build_object('name', k.conname, 'columns', {_columns_of("k.conrelid", "k.conkey")},
            'target', k.confrelid::regclass::text,
            'target_columns', {_columns_of("k.confrelid", "k.confkey")})), '[]')
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'f') as foreign_keys,
    (select coalesce(jsonb_agg(pg_get_constraintdef(k.oid)), '[]')
        from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
order by n.nspname, c.relname
"""
SCHEMAS = f"""
select n.nspname as name, n.nspowner::regrole::text as owner,
    {GRANTS.format(acl="n.nspacl", owner="n.nspowner")} as grants
from pg_namespace n where {OURS} order by n.nspname
"""
FUNCTIONS = f"""
select n.nspname || '.' || p.proname as name, p.prosecdef as as_owner, coalesce(p.proconfig, '{{}}') as settings,
    p.proowner::regrole::text as owner,
    {GRANTS.format(acl="coalesce(p.proacl, acldefault('f', p.proowner))", owner="p.proowner")} as grants
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {OURS} order by 1
"""
ROLES = """
select r.rolname as name, r.rolsuper as superuser, r.rolbypassrls as bypasses, r.rolcanlogin as logs_in,
    r.rolcreaterole as makes_roles, r.rolcreatedb as makes_databases, r.rolreplication as replicates,
    (select coalesce(jsonb_agg(jsonb_build_object('role', m.roleid::regrole::text, 'inherits', m.inherit_option,
            'switches', m.set_option, 'hands_on', m.admin_option) order by m.roleid::regrole::text), '[]')
        from pg_auth_members m where m.member = r.oid) as memberships
from pg_roles r where r.rolname like 'adx\\_%' order by 1
"""
DEFAULT_GRANTS = "select count(*) from pg_default_acl"

Grants = frozenset[tuple[str, str]]
Class = Literal["tenant", "global", "internal", "unclassified"]


@dataclass(frozen=True)
class Relation:
    """One table, view or sequence. ``grants`` are pairs of role and privilege, the owner's left out."""

    schema: str
    name: str
    kind: str
    secured: bool
    forced: bool
    comment: str
    owner: str
    options: list[str]
    grants: Grants
    columns: list[dict[str, Any]]
    policies: list[dict[str, Any]]
    unique_indexes: list[dict[str, Any]]
    foreign_keys: list[dict[str, Any]]
    checks: list[str]

    @property
    def full_name(self) -> str:
        """``schema.name``."""
        return f"{self.schema}.{self.name}"

    @property
    def is_table(self) -> bool:
        """Whether it holds rows of its own."""
        return self.kind in {"r", "p"}

    @property
    def column_names(self) -> list[str]:
        """The columns in their order."""
        return [column["name"] for column in self.columns]

    def roles_with(self, privilege: str) -> set[str]:
        """Return the roles that were granted a privilege."""
        return {role for role, granted in self.grants if granted == privilege}


@dataclass(frozen=True)
class Schema:
    """A schema and who may look into it."""

    name: str
    owner: str
    grants: Grants


@dataclass(frozen=True)
class Function:
    """A function; ``as_owner`` ones run with their owner's rights."""

    name: str
    as_owner: bool
    settings: list[str]
    owner: str
    grants: Grants


@dataclass(frozen=True)
class RoleFacts:
    """A role of the product, its attributes and the roles it is a member of."""

    name: str
    superuser: bool
    bypasses: bool
    logs_in: bool
    makes_roles: bool
    makes_databases: bool
    replicates: bool
    memberships: list[dict[str, Any]]


@dataclass(frozen=True)
class Catalog:
    """All of it at one moment."""

    relations: dict[str, Relation]
    schemas: dict[str, Schema]
    functions: list[Function]
    roles: dict[str, RoleFacts]
    default_grants: int


def read(connection: Connection[Any]) -> Catalog:
    """Read the catalog as the connection's transaction sees it."""
    relations = [Relation(**row) for row in _rows(connection, RELATIONS)]
    schemas = [Schema(**row) for row in _rows(connection, SCHEMAS)]
    roles = [RoleFacts(**row) for row in _rows(connection, ROLES)]
    defaults = connection.execute(DEFAULT_GRANTS).fetchone()
    return Catalog(
        relations={relation.full_name: relation for relation in relations},
        schemas={schema.name: schema for schema in schemas},
        functions=[Function(**row) for row in _rows(connection, FUNCTIONS)],
        roles={role.name: role for role in roles},
        default_grants=defaults[0] if defaults else 0,
    )


def _rows(connection: Connection[Any], query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query.encode())
    names = [column.name for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in rows:
        if "grants" in row:
            row["grants"] = frozenset((role, privilege) for role, privilege in row["grants"])
    return rows
