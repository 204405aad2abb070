-- What is known of a person can be taken out of a chat: its words, names and addresses go, its numbers,
-- kinds and times stay. Chats of a profile may be erased by themselves, so many days after their end.

alter table chats add column erased_at timestamptz;

alter table chat_profiles add column retention_days int
    generated always as (least(nullif(greatest((document ->> 'retention_days')::int, 0), 0), 36500)) stored;

-- Chats whose time is over, by profile.
create index chats_retired_idx on chats (profile_id, closed_at) where is_closed and erased_at is null;
create index chat_profiles_retention_idx on chat_profiles (profile_id) where retention_days is not null;

-- Every chat of a person, by whatever names the person.
create index chat_participants_user_idx on chat_participants (user_id) where user_id is not null;
create index chat_participants_email_idx on chat_participants (lower(email)) where email is not null;
create index chat_participants_unknown_idx on chat_participants (unknown_id) where unknown_id is not null;

-- A record without words: its numbers, switches and dates, but none that names a person. The member
-- that nothing can be without says what became of it.
create function erased_document(document jsonb, title text) returns jsonb
    language sql immutable parallel safe
    return (
        select coalesce(jsonb_object_agg(key, value), '{}') || jsonb_build_object(title, 'Erased')
        from jsonb_each(document)
        where (
            jsonb_typeof(value) in ('number', 'boolean')
            and key not in ('user_id', 'actionby_user_id', 'on_behalf_of')
        ) or (
            key in ('dateoccurred', 'dateclosed', 'datetime', 'date')
            and value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9T:.Z+-]*$'
        )
    );

-- The same for what an entry of a log says beside its words. A visitor keeps a place in the log
-- without being anybody; 0 is a user who was somebody.
create function erased_detail(detail jsonb) returns jsonb
    language sql immutable parallel safe
    return (detail - '{email,page,teams_conversation,slack}'::text[])
        || case when detail ? 'name' then '{"name": "Erased"}' else '{}' end::jsonb
        || case when detail ? 'user' then '{"user": 0}' else '{}' end::jsonb
        || case when detail #> '{who}' ? 'unknown' then jsonb_build_object('who', jsonb_build_object(
            'unknown', 'erased', 'name', 'Erased', 'left', coalesce(detail #> '{who,left}', 'false')))
            else '{}' end;
