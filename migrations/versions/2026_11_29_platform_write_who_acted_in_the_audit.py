"""platform: Have the database write who acted, for which feature, and refuse what is not the feature's to say."""

from __future__ import annotations

from alembic import op

from migrations.policies import global_table

revision = "0020_audit"
down_revision = "0015_platform"

ROLES = (
    "adx_gateway, adx_keys, adx_auth, adx_tenants, adx_users, adx_files, adx_runs, adx_branding, adx_billing, adx_ai, "
    "adx_modules, adx_compliance, adx_notifications, adx_translations"
)


def upgrade() -> None:
    op.execute("""
        create table platform.audit_prefixes (
            prefix text not null,
            feature text not null,
            primary key (prefix, feature)
        )
    """)
    global_table(
        "platform",
        "audit_prefixes",
        role="adx_compliance",
        grants="select",
        because="which feature may write which actions is the same for all tenants",
    )
    op.execute("""
        insert into platform.audit_prefixes (prefix, feature)
        select feature, feature from unnest(array['auth', 'tenants', 'users', 'files', 'runs', 'branding', 'billing',
            'ai', 'modules', 'compliance', 'notifications', 'translations']) as feature
        union all values ('account', 'auth'), ('session', 'auth'), ('session', 'gateway'), ('tenant', 'tenants'),
            ('brand', 'branding'), ('run', 'runs'), ('key', 'keys')
    """)
    op.execute("""
        alter table platform.audit
            add column format integer not null default 1,
            add column id uuid,
            add column feature text,
            add column actor_kind text,
            add column on_behalf_of uuid,
            add column session_id uuid,
            add column api_key_id uuid,
            add column run_id uuid,
            add column step text,
            add column request_id text,
            add column outcome text not null default 'ok',
            add column reason text,
            add column sealed bytea,
            add column sealed_for uuid
    """)
    create_function()
    # For processes of the version before, while they are replaced: who acts is taken from the transaction for them too.
    op.execute("""
        create or replace function platform.append_audit(p_actor uuid, p_action text, p_subject text, p_detail jsonb)
        returns void language sql set search_path = pg_catalog as $$
            select platform.record_audit(gen_random_uuid(), p_action, p_subject, 'ok', null, p_detail, null, null)
        $$
    """)


def create_function() -> None:
    # Within a function that runs as its owner, the setting still names the role that the caller has taken.
    op.execute("""
        create function platform.record_audit(p_id uuid, p_action text, p_subject text, p_outcome text, p_reason text,
            p_detail jsonb, p_sealed bytea, p_sealed_for uuid)
        returns void language plpgsql security definer set search_path = pg_catalog as $$
        declare
            v_tenant uuid := current_setting('adx.tenant_id')::uuid;
            v_feature text := substr(current_setting('role'), 5);
            v_actor jsonb := coalesce(nullif(current_setting('adx.actor', true), ''),
                jsonb_build_object('id', nullif(current_setting('adx.actor_id', true), ''))::text)::jsonb;
            v_seq bigint;
            v_previous bytea;
            v_at timestamptz := clock_timestamp();
            v_hash bytea;
        begin
            if not exists (select from platform.audit_prefixes
                    where prefix = split_part(p_action, '.', 1) and feature = v_feature) then
                raise insufficient_privilege using message = format('%s may not say %s', v_feature, p_action);
            end if;
            insert into platform.audit_heads (tenant_id, seq, hash) values (v_tenant, 0, '\\x00')
                on conflict (tenant_id) do nothing;
            select seq + 1, hash into v_seq, v_previous
                from platform.audit_heads where tenant_id = v_tenant for update;
            v_hash := sha256(v_previous || convert_to(jsonb_build_array(
                2, v_tenant, v_seq, extract(epoch from v_at)::text, p_id, v_feature,
                v_actor ->> 'kind', v_actor ->> 'id',
                v_actor ->> 'on_behalf_of', v_actor ->> 'session_id', v_actor ->> 'api_key_id', v_actor ->> 'run_id',
                v_actor ->> 'step', v_actor ->> 'request_id', p_action, p_subject, p_outcome, p_reason,
                encode(p_sealed, 'hex'), p_sealed_for, p_detail
            )::text, 'UTF8'));
            insert into platform.audit (tenant_id, seq, at, format, id, feature, actor_kind, actor_id, on_behalf_of,
                    session_id, api_key_id, run_id, step, request_id, action, subject, outcome, reason, sealed,
                    sealed_for, detail, hash)
                values (v_tenant, v_seq, v_at, 2, p_id, v_feature, v_actor ->> 'kind', (v_actor ->> 'id')::uuid,
                    (v_actor ->> 'on_behalf_of')::uuid, (v_actor ->> 'session_id')::uuid,
                    (v_actor ->> 'api_key_id')::uuid, (v_actor ->> 'run_id')::uuid, v_actor ->> 'step',
                    v_actor ->> 'request_id', p_action, p_subject, p_outcome, p_reason, p_sealed, p_sealed_for,
                    p_detail, v_hash);
            update platform.audit_heads set seq = v_seq, hash = v_hash where tenant_id = v_tenant;
        end $$
    """)
    op.execute("revoke all on function platform.record_audit from public")
    op.execute(f"grant execute on function platform.record_audit to {ROLES}")


def downgrade() -> None:
    raise NotImplementedError("The hashes of entries that were written since cover columns that would be gone.")
