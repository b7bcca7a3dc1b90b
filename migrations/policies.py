"""How a table is protected: every table of the product is declared tenant-owned or global by one of these calls.

``adx_tenant_bound`` is the group of all roles that work inside one tenant; its policy raises when no tenant is set.
``adx_platform`` is the role of sweeps, which sees the platform's own tables across tenants.
"""

from __future__ import annotations

from alembic import op

TENANT = "(select current_setting('adx.tenant_id'))::uuid"

EVERY_FEATURE = {
    "tenants": "select",
    "people": "select",
    "entitlements": "select",
    "brands": "select",
    "runs": "select, insert",
    "step_durations": "select",
    "effects": "select, insert, delete",
    "outbox": "insert",
}
"""What every feature may do with the tables of the ``platform`` schema."""


def feature_schema(feature: str) -> None:
    """Create the feature's role and schema; the role can be taken by ``adx_app`` and reaches its own schema alone."""
    create_role(f"adx_{feature}", tenant_bound=True)
    op.execute(f"grant usage on schema platform to adx_{feature}")
    op.execute(f"create schema {feature}")
    op.execute(f"grant usage on schema {feature} to adx_{feature}")


def add_feature(feature: str) -> None:
    """Create the role and the schema of a feature, and let it reach what every feature reads and appends to."""
    feature_schema(feature)
    for table, grants in EVERY_FEATURE.items():
        op.execute(f"grant {grants} on platform.{table} to adx_{feature}")
    op.execute(f"grant execute on function platform.append_audit to adx_{feature}")
    op.execute(
        f"do $$ begin if to_regclass('platform.audit_prefixes') is not null then "
        f"grant execute on function platform.record_audit to adx_{feature}; "
        f"insert into platform.audit_prefixes (prefix, feature) values ('{feature}', '{feature}'); end if; end $$"
    )
    # A table that is younger than the first features that were added; those are granted it where it is created.
    op.execute(
        f"do $$ begin if to_regclass('platform.notices') is not null then "
        f"grant insert on platform.notices to adx_{feature}; end if; end $$"
    )
    op.execute(
        f"do $$ begin if to_regclass('platform.submissions') is not null then "
        f"grant insert on platform.submissions to adx_{feature}; end if; end $$"
    )
    op.execute(
        f"do $$ begin if to_regclass('platform.run_groups') is not null then "
        f"grant insert on platform.run_groups to adx_{feature}; end if; end $$"
    )


def create_role(name: str, *, tenant_bound: bool) -> None:
    """Create a role without login that ``adx_app`` may switch to, never inherit from.

    Roles belong to the cluster and outlive a database, so one that is there already is kept. They are made by the
    login role, which may create roles; the owner of the tables may not.
    """
    op.execute("set local role none")
    op.execute(
        f"do $$ begin create role {name} nologin inherit; "
        f"exception when duplicate_object or unique_violation then null; end $$"
    )
    if tenant_bound:
        op.execute(f"grant adx_tenant_bound to {name}")
    if name != "adx_tenant_bound":
        op.execute(f"grant {name} to adx_app with inherit false, set true")
    op.execute("set local role adx_owner")


def tenant_table(
    schema: str, table: str, *, role: str | None = None, grants: str = "select, insert, update, delete"
) -> None:
    """Bind the rows of a table to the current tenant, for its owner too, and grant it to the feature's role."""
    name = f"{schema}.{table}"
    op.execute(f"alter table {name} enable row level security")
    op.execute(f"alter table {name} force row level security")
    op.execute(
        f"create policy tenant_isolation on {name} for all to adx_tenant_bound "
        f"using (tenant_id = {TENANT}) with check (tenant_id = {TENANT})"
    )
    op.execute(f"comment on table {name} is 'adx:tenant'")
    op.execute(f"grant {grants} on {name} to {role or f'adx_{schema}'}")


def platform_access(schema: str, table: str, *, grants: str) -> None:
    """Let sweeps see a tenant table across tenants. Only tables of the ``platform`` schema may be opened so."""
    if schema != "platform":
        message = f"{schema}.{table}: only platform tables are opened across tenants"
        raise ValueError(message)
    op.execute(
        f"create policy platform_access on {schema}.{table} for all to adx_platform using (true) with check (true)"
    )
    op.execute(f"grant {grants} on {schema}.{table} to adx_platform")


def global_table(
    schema: str, table: str, *, because: str, role: str | None = None, grants: str = "select, insert, update, delete"
) -> None:
    """Declare that the rows belong to no tenant; ``because`` stands in the catalog for the reviewer."""
    reason = because.replace("'", "''")
    op.execute(f"comment on table {schema}.{table} is 'adx:global: {reason}'")
    op.execute(f"grant {grants} on {schema}.{table} to {role or f'adx_{schema}'}")
