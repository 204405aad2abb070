-- Who changed, exported, erased or read what. Entries name things and members, never what they hold,
-- so that nothing here has to be erased with a person. Nobody rewrites them: the schema refuses every
-- change but the deletion of old ones, which a transaction says beforehand that it is about.

create table audit_entries (
    audit_id bigint generated always as identity primary key,
    at timestamptz not null,
    -- Numbers and names as they were then: no foreign key may change or keep anything here.
    agent_id int,
    client_id text,
    actor_name text not null,
    address text,
    action text not null,
    resource text not null,
    resource_id text,
    fields text[] not null,
    constraint audit_entries_action_check check (action in ('created', 'changed', 'deleted', 'read',
        'downloaded', 'exported', 'erased', 'signed in', 'revoked', 'restored'))
);

create index audit_entries_at_idx on audit_entries (at, audit_id);
create index audit_entries_agent_idx on audit_entries (agent_id, at, audit_id) where agent_id is not null;
create index audit_entries_client_idx on audit_entries (client_id, at, audit_id) where client_id is not null;
create index audit_entries_resource_idx on audit_entries (resource, resource_id, at, audit_id);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('aureole.forgets_audit', true) = 'on' then
        return old;
    end if;
    raise exception 'entries of the audit are never changed' using errcode = 'restrict_violation';
end
$$;

create trigger audit_entries_stay before update or delete on audit_entries
    for each row execute function refuse_audit_change();
create trigger audit_entries_stay_all before truncate on audit_entries
    for each statement execute function refuse_audit_change();
