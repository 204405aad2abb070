-- People mend and withdraw what they wrote. The message itself changes, so that every reader sees
-- what it says now, and an entry at the end of the log tells those who have read past it. What it
-- said before is kept apart, for administrators only.

alter table chat_messages add column is_deleted boolean not null default false;

create table chat_message_history (
    chat_id int not null,
    message_id int not null,
    -- The entry of the log that says it was changed: the order of the changes, and who made each.
    changed_by_message_id int not null,
    html text not null,
    plain text not null,
    is_safe boolean not null,
    -- Attachments and the like, which a deletion takes away with the words.
    extra jsonb,
    replaced_at timestamptz not null,
    -- Null: an API client.
    agent_id int references agents,
    primary key (chat_id, message_id, changed_by_message_id),
    constraint chat_message_history_message_fkey foreign key (chat_id, message_id)
        references chat_messages (chat_id, message_id)
);
