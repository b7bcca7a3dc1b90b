"""platform: Create the roles, the schemas and the tables that every feature appends to."""

from __future__ import annotations

from alembic import op

from migrations.policies import create_role, feature_schema, global_table, platform_access, tenant_table

revision = "0001_platform"
down_revision = None

FEATURES = ("auth", "tenants", "users", "files", "runs", "branding", "billing", "ai", "modules", "compliance")
ALL_FEATURES = ", ".join(f"adx_{feature}" for feature in FEATURES)


def upgrade() -> None:
    create_group()
    create_directory()
    create_sessions()
    create_runs()
    create_delivery()
    create_audit()


def create_group() -> None:
    create_role("adx_tenant_bound", tenant_bound=False)
    # Functions that run as the owner (the audit chain) work inside one tenant too.
    op.execute("set local role none")
    op.execute("grant adx_tenant_bound to adx_owner")
    op.execute("set local role adx_owner")
    create_role("adx_gateway", tenant_bound=True)
    create_role("adx_platform", tenant_bound=False)
    op.execute("grant usage on schema platform to adx_gateway, adx_platform")
    for feature in FEATURES:
        feature_schema(feature)


def create_directory() -> None:
    op.execute("""
        create table platform.tenants (
            id uuid primary key,
            slug text not null unique,
            name text not null,
            state text not null check (state in ('provisioning', 'active', 'suspended')),
            locale text not null default 'en',
            theme text not null default 'adx',
            created_at timestamptz not null default now()
        )
    """)
    global_table(
        "platform", "tenants", role="adx_tenants", because="the host of a request names its tenant before one is known"
    )
    op.execute(f"grant select on platform.tenants to adx_gateway, adx_platform, {ALL_FEATURES}")
    op.execute("""
        insert into platform.tenants (id, slug, name, state)
        values ('00000000-0000-7000-8000-000000000000', 'home', 'ADX', 'active')
    """)

    op.execute("""
        create table platform.people (
            tenant_id uuid not null,
            user_id uuid not null,
            name text not null,
            email text not null,
            role text not null check (role in ('owner', 'admin', 'member', 'guest')),
            state text not null default 'active' check (state in ('active', 'deactivated')),
            primary key (tenant_id, user_id)
        )
    """)
    tenant_table("platform", "people", role="adx_tenants")
    op.execute(f"grant select on platform.people to adx_gateway, {ALL_FEATURES}")

    op.execute("""
        create table platform.account_tenants (
            user_id uuid not null,
            tenant_id uuid not null,
            role text not null,
            primary key (user_id, tenant_id)
        )
    """)
    global_table(
        "platform",
        "account_tenants",
        role="adx_tenants",
        because="a person chooses among their tenants before one is set",
    )
    op.execute("grant select on platform.account_tenants to adx_gateway")

    op.execute("""
        create table platform.entitlements (
            tenant_id uuid not null,
            key text not null,
            value bigint not null,
            primary key (tenant_id, key)
        )
    """)
    tenant_table("platform", "entitlements", role="adx_tenants")
    op.execute("grant select, insert, update, delete on platform.entitlements to adx_billing")
    op.execute(f"grant select on platform.entitlements to adx_gateway, {ALL_FEATURES}")


def create_sessions() -> None:
    op.execute("""
        create table platform.sessions (
            id uuid primary key,
            token_hash bytea not null unique,
            parent_id uuid references platform.sessions (id) on delete cascade,
            user_id uuid not null,
            tenant_id uuid not null,
            level text not null check (level in ('pending', 'full')),
            name text not null,
            email text not null,
            user_agent text not null,
            address text not null,
            created_at timestamptz not null default now(),
            seen_at timestamptz not null default now(),
            expires_at timestamptz not null
        )
    """)
    op.execute("create index sessions_by_user on platform.sessions (user_id)")
    op.execute("create index sessions_by_parent on platform.sessions (parent_id)")
    global_table(
        "platform", "sessions", role="adx_gateway", because="a cookie is looked up before tenant and person are known"
    )
    op.execute("""
        create table platform.handovers (
            code_hash bytea primary key,
            session_id uuid not null references platform.sessions (id) on delete cascade,
            tenant_id uuid not null,
            expires_at timestamptz not null
        )
    """)
    global_table(
        "platform",
        "handovers",
        role="adx_gateway",
        because="a one-time code carries a sign-in from the base host to a tenant",
    )
    op.execute("""
        create table platform.throttle (
            key text not null,
            window_start timestamptz not null,
            hits integer not null,
            primary key (key, window_start)
        )
    """)
    global_table(
        "platform", "throttle", role="adx_gateway", because="limits hold for networks and accounts, not tenants"
    )


def create_runs() -> None:
    op.execute("""
        create table platform.runs (
            tenant_id uuid not null,
            id uuid not null,
            contract text not null,
            workflow_id text not null,
            state text not null check (state in
                ('launching', 'running', 'waiting', 'needs_you', 'undoing', 'done', 'cancelled', 'undone', 'failed')),
            seq integer not null default 0,
            title_params jsonb not null,
            input jsonb,
            actor_id uuid not null,
            actor_name text not null,
            subject_kind text not null,
            subject_id text not null,
            result_path text,
            outcome text,
            size_class integer not null default 0,
            expected_ms jsonb not null,
            past_return boolean not null default false,
            parked_until timestamptz,
            created_at timestamptz not null default now(),
            changed_at timestamptz not null default now(),
            ended_at timestamptz,
            primary key (tenant_id, id)
        )
    """)
    op.execute("create index runs_by_actor on platform.runs (tenant_id, actor_id, created_at desc)")
    op.execute("create index runs_by_time on platform.runs (tenant_id, created_at desc)")
    op.execute("create index runs_by_subject on platform.runs (tenant_id, subject_kind, subject_id)")
    op.execute("create index runs_open on platform.runs (changed_at) where ended_at is null")
    tenant_table("platform", "runs", role="adx_runs")
    platform_access("platform", "runs", grants="select, update")
    op.execute(f"grant select, insert on platform.runs to {ALL_FEATURES}")

    op.execute("""
        create table platform.run_steps (
            tenant_id uuid not null,
            run_id uuid not null,
            name text not null,
            state text not null check (state in
                ('running', 'retrying', 'waiting', 'parked', 'done', 'undoing', 'undone')),
            attempt integer not null default 1,
            failure text,
            started_at timestamptz not null,
            ended_at timestamptz,
            primary key (tenant_id, run_id, name),
            foreign key (tenant_id, run_id) references platform.runs (tenant_id, id) on delete cascade
        )
    """)
    tenant_table("platform", "run_steps", role="adx_runs")
    platform_access("platform", "run_steps", grants="select")

    op.execute("""
        create table platform.step_durations (
            contract text not null,
            step text not null,
            size_class integer not null,
            samples integer[] not null,
            primary key (contract, step, size_class)
        )
    """)
    global_table(
        "platform",
        "step_durations",
        role="adx_runs",
        because="time left is learnt from the runs of all tenants; durations only",
    )
    op.execute(f"grant select on platform.step_durations to {ALL_FEATURES}")


def create_delivery() -> None:
    op.execute("""
        create table platform.effects (
            tenant_id uuid not null,
            key text not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, key)
        )
    """)
    tenant_table("platform", "effects", role=ALL_FEATURES, grants="select, insert, delete")
    op.execute("""
        create table platform.outbox (
            tenant_id uuid not null,
            id uuid not null,
            fact jsonb not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, id)
        )
    """)
    op.execute("create index outbox_by_time on platform.outbox (created_at)")
    tenant_table("platform", "outbox", role=ALL_FEATURES, grants="insert")
    platform_access("platform", "outbox", grants="select, delete")


def create_audit() -> None:
    op.execute("""
        create table platform.audit (
            tenant_id uuid not null,
            seq bigint not null,
            at timestamptz not null,
            actor_id uuid,
            action text not null,
            subject text not null,
            detail jsonb not null,
            hash bytea not null,
            primary key (tenant_id, seq)
        )
    """)
    tenant_table("platform", "audit", role="adx_compliance", grants="select")
    op.execute(
        "create table platform.audit_heads (tenant_id uuid primary key, seq bigint not null, hash bytea not null)"
    )
    tenant_table("platform", "audit_heads", role="adx_compliance", grants="select")
    # The only way in: the tables are granted to nobody for writing, so that no feature can rewrite its traces.
    op.execute("""
        create function platform.append_audit(p_actor uuid, p_action text, p_subject text, p_detail jsonb)
        returns void language plpgsql security definer set search_path = pg_catalog as $$
        declare
            v_tenant uuid := current_setting('adx.tenant_id')::uuid;
            v_seq bigint;
            v_previous bytea;
            v_at timestamptz := clock_timestamp();
            v_hash bytea;
        begin
            insert into platform.audit_heads (tenant_id, seq, hash) values (v_tenant, 0, '\\x00')
                on conflict (tenant_id) do nothing;
            select seq + 1, hash into v_seq, v_previous
                from platform.audit_heads where tenant_id = v_tenant for update;
            v_hash := sha256(v_previous || convert_to(jsonb_build_array(
                v_tenant, v_seq, extract(epoch from v_at)::text, p_actor, p_action, p_subject, p_detail
            )::text, 'UTF8'));
            insert into platform.audit (tenant_id, seq, at, actor_id, action, subject, detail, hash)
                values (v_tenant, v_seq, v_at, p_actor, p_action, p_subject, p_detail, v_hash);
            update platform.audit_heads set seq = v_seq, hash = v_hash where tenant_id = v_tenant;
        end $$
    """)
    op.execute("revoke all on function platform.append_audit from public")
    op.execute(f"grant execute on function platform.append_audit to adx_gateway, {ALL_FEATURES}")


def downgrade() -> None:
    for feature in FEATURES:
        op.execute(f"drop schema {feature} cascade")
    op.execute("drop function platform.append_audit")
    for table in (
        "audit",
        "audit_heads",
        "outbox",
        "effects",
        "step_durations",
        "run_steps",
        "runs",
        "throttle",
        "handovers",
        "sessions",
        "entitlements",
        "account_tenants",
        "people",
        "tenants",
    ):
        op.execute(f"drop table platform.{table}")
