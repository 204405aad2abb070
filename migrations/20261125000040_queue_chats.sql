-- What a queue needs: offers that pass from agent to agent, messages for those who wait, visitors who
-- went away without a word, and one sweeper among several processes that sees to all of it.

-- When the sweeper must look at the chat next, whatever it is that may be due then.
alter table chats add column sweep_at timestamptz;

create index chats_sweep_idx on chats (sweep_at) where sweep_at is not null;

-- Chats that people have already, or wait for, are looked at as well.
update chats set sweep_at = queued_at where is_live and not is_closed;

drop index chats_flow_due_idx;

-- The agent that a queued chat is offered to, until when, and who let an offer pass before.
alter table chats add column offered_agent_id int references agents;
alter table chats add column offer_until timestamptz;
alter table chats add column passed_agent_ids int[] not null default '{}';
alter table chats add constraint chats_offer_check check ((offered_agent_id is null) = (offer_until is null));

-- How many messages for those who wait the chat has had since it was queued.
alter table chats add column wait_messages_sent int not null default 0;

create index chats_offer_idx on chats (offered_agent_id) where offered_agent_id is not null;
-- How long those waited who were taken lately.
create index chats_joined_idx on chats (team_id, agent_joined_at) where agent_joined_at is not null;

-- 0 agents take chats, 1 they are offered in turn, 2 to whoever has the fewest; our numbers.
alter table teams add column routing int not null
    generated always as (coalesce((document ->> 'routing')::int, 0)) stored;

-- Whose turn it is.
alter table team_members add column offered_at timestamptz;

-- A visitor's last sign of life beside messages. News, not history: one row a chat, overwritten.
create table visitor_presence (
    chat_id int primary key references chats on delete cascade,
    seen_at timestamptz not null
);

-- Work that one process does for all. Who holds a lease may do it; safety never depends on it.
create table leases (
    name text primary key,
    holder uuid not null,
    held_until timestamptz not null
);

-- How many open chats an agent has must not cost more with every chat that is over.
create index chats_agent_open_idx on chats (agent_id, chat_id) where agent_id is not null and not is_closed;
