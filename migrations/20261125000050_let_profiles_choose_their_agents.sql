-- Whose chats they are: a profile may name roles (`agent_roles`) and agents, roles and teams
-- (`access_control`). One that names none is everybody's, within the teams that get its chats.

-- The ids under one name in an array of objects; Halo's "none" is 0 or below.
create function ids_in(objects jsonb, member text) returns text[]
    language sql immutable parallel safe
    return (
        select coalesce(array_agg(one ->> member order by one ->> member), '{}')
        from jsonb_array_elements(case jsonb_typeof(objects) when 'array' then objects else '[]' end) one
        where coalesce(one ->> member, '') not in ('', '0', '-1')
    );

alter table agents add column role_ids text[] not null
    generated always as (ids_in(document -> 'roles', 'id')) stored;

alter table chat_profiles add column allowed_agent_ids text[] not null
    generated always as (ids_in(document -> 'access_control', 'agent_id')) stored;
alter table chat_profiles add column allowed_role_ids text[] not null
    generated always as (
        ids_in(document -> 'agent_roles', 'id') || ids_in(document -> 'access_control', 'role_id')
    ) stored;
alter table chat_profiles add column allowed_team_ids text[] not null
    generated always as (ids_in(document -> 'access_control', 'team_id')) stored;

create index chat_profiles_restricted_idx on chat_profiles (profile_id)
    where allowed_agent_ids <> '{}' or allowed_role_ids <> '{}' or allowed_team_ids <> '{}';

-- Whether a profile that chooses its agents has not chosen this one.
create function is_barred(agent agents, profile chat_profiles) returns boolean
    language sql stable
    return (profile.allowed_agent_ids <> '{}' or profile.allowed_role_ids <> '{}' or profile.allowed_team_ids <> '{}')
        and not agent.id::text = any (profile.allowed_agent_ids)
        and not profile.allowed_role_ids && agent.role_ids
        and not exists (
            select from team_members m
            where m.agent_id = agent.id and m.team_id::text = any (profile.allowed_team_ids)
        );
