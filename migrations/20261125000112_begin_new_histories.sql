-- A database that was restored from a backup counts on from an earlier place, maybe under the same
-- address: whoever resumes where it was before must start again. 0 is a database that never was.

alter table news_marks add column history bigint not null default 0;
