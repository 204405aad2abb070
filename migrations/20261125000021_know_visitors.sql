-- Visitors whom an identity token names: which user that is, and which chats are theirs.

-- Whether a token named the user, not just words that fitted one: only then may the visitor read
-- the user's other chats.
alter table chat_participants
    add column is_signed_in boolean not null default false,
    add constraint chat_participants_signed_in_check check (not is_signed_in or user_id is not null);

create index chat_participants_signed_in_idx on chat_participants (user_id, chat_id) where is_signed_in;

-- A subject names one user, also when two chats start at once.
create unique index users_identity_subject_key on users ((nullif(document ->> 'identity_subject', '')))
    where deleted_at is null;
