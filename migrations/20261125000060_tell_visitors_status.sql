-- Either side has a status: a visitor's client says whether its visitor is there, busy or away.
alter table visitor_presence
    add column status int not null default 1
    constraint visitor_presence_status_known check (status between 0 and 3);
