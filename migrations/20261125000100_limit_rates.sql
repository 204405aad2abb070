-- Allowances that processes share: sign-ins that failed, and chats that strangers start. A bucket is
-- one moment: when it will be full again. A row whose moment has passed says nothing and is deleted.
-- Unlogged: a crash forgives what was counted, and counting never waits for a disk.

create unlogged table rate_buckets (
    -- A hash of what is counted: neither addresses nor names of accounts are readable here.
    bucket bytea primary key,
    full_at timestamptz not null
) with (fillfactor = 50);

-- Takes from every bucket or from none; null: taken, else how long it will not be.
--
-- The rows are made and locked in one order before they are judged, so that those who come at once
-- take turns and none of them waits for another in a circle. What is taken from a row that is deleted at
-- that very moment, because it was full, goes uncounted.
create function take_from_buckets(buckets bytea[], costs interval[], periods interval[], at timestamptz)
returns interval
language plpgsql
as $$
declare
    wait interval;
begin
    insert into rate_buckets (bucket, full_at)
    select wanted, at
    from unnest(buckets) as wanted
    order by wanted
    on conflict do nothing;

    perform 1
    from rate_buckets
    where bucket = any(buckets)
    order by bucket
    for no key update;

    select max(least(greatest(held.full_at, at), at + wanted.period) + wanted.cost - wanted.period - at)
    into wait
    from unnest(buckets, costs, periods) as wanted (bucket, cost, period)
    join rate_buckets held on held.bucket = wanted.bucket;

    if wait > interval '0' then
        return wait;
    end if;

    update rate_buckets held
    set full_at = least(greatest(held.full_at, at), at + wanted.period) + wanted.cost
    from unnest(buckets, costs, periods) as wanted (bucket, cost, period)
    where held.bucket = wanted.bucket;
    return null;
end
$$;
