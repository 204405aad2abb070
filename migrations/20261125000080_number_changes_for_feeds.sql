-- Whoever watches all chats follows one number: every change of a head draws the next. The lock makes
-- the order of drawing the order of committing, so that nobody who has seen number 7 can find number 6
-- afterwards. It is taken by the statement that moves the head and goes with the commit. A trigger,
-- because a head that moved without a number would be missed for good.
create sequence feed_numbers;

create function draw_feed_number() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(8246901332);
    new.feed := nextval('feed_numbers');
    return new;
end
$$;

-- 0: not changed since there are feeds; a snapshot finds such a chat, and nothing has to follow it.
alter table chat_heads add column feed bigint not null default 0;
create index chat_heads_feed_idx on chat_heads (feed) where feed > 0;
create trigger chat_heads_feed before update on chat_heads for each row execute function draw_feed_number();

-- Whose sight a chat has left, so that their feeds can say so. Kept for as long as a cursor is good.
create table chat_departures (
    feed bigint primary key,
    chat_id int not null references chats,
    -- A team that had it or that it was offered to; 0: it was anybody's.
    team_id int,
    agent_id int,
    left_at timestamptz not null,
    constraint chat_departures_who_check check ((team_id is null) <> (agent_id is null))
);

create index chat_departures_left_idx on chat_departures (left_at);
create trigger chat_departures_feed before insert on chat_departures
    for each row execute function draw_feed_number();

-- One row: how often rights were taken or changed. A process that hears no news looks here.
create table news_marks (
    is_only boolean primary key default true,
    revocations bigint not null,
    constraint news_marks_only_check check (is_only)
);

insert into news_marks (revocations) values (0);
