-- Reading the audit by what was done, and tickets by the person they name: neither may cost more with
-- every entry and every ticket that there ever was.

create index audit_entries_action_idx on audit_entries (action, at, audit_id);

create index tickets_person_idx on tickets ((document ->> 'user_id'));
create index tickets_person_email_idx on tickets (lower(document ->> 'user_email'));
