//! Allowances that processes share, as buckets that fill up again.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::postgres::types::PgInterval;

use super::{Conn, StoreError};

/// A hash of what is counted.
pub type BucketKey = [u8; 32];

/// What is to be taken out of one bucket.
#[derive(Clone, Copy, Debug)]
pub struct Taking {
    pub bucket: BucketKey,
    /// How long the bucket takes to make up for it.
    pub cost: TimeDelta,
    /// How long it takes from empty to full.
    pub period: TimeDelta,
}

/// Takes from every bucket or from none; answers how long it cannot be done, if it was not.
pub async fn take(
    conn: &mut Conn,
    takings: &[Taking],
    now: DateTime<Utc>,
) -> Result<Option<TimeDelta>, StoreError> {
    let (buckets, costs, periods) = columns(takings);
    let wait = sqlx::query_scalar!(
        r#"select take_from_buckets($1, $2, $3, $4) as "wait: PgInterval""#,
        &buckets as &[&[u8]],
        &costs,
        &periods,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(wait.map(|wait| TimeDelta::days(i64::from(wait.days)) + TimeDelta::microseconds(wait.microseconds)))
}

/// Puts back what was taken.
pub async fn give_back(conn: &mut Conn, takings: &[Taking]) -> Result<(), StoreError> {
    let (buckets, costs, _) = columns(takings);
    sqlx::query!(
        r#"
        with held as (
            select bucket from rate_buckets where bucket = any($1) order by bucket for no key update
        )
        update rate_buckets b
        set full_at = b.full_at - given.cost
        from held
        join unnest($1::bytea[], $2::interval[]) as given (bucket, cost) on given.bucket = held.bucket
        where b.bucket = held.bucket
        "#,
        &buckets as &[&[u8]],
        &costs,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a bucket still fills up: it holds a mark that has not run out.
pub async fn is_marked(conn: &mut Conn, bucket: &BucketKey, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"select exists (select from rate_buckets where bucket = $1 and full_at > $2) as "found!""#,
        &bucket[..],
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok(found)
}

/// Leaves a mark that runs out at this moment.
pub async fn mark(conn: &mut Conn, bucket: &BucketKey, until: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        insert into rate_buckets (bucket, full_at)
        values ($1, $2)
        on conflict (bucket) do update set full_at = excluded.full_at
        "#,
        &bucket[..],
        until,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets buckets that are full.
pub async fn delete_full(conn: &mut Conn, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let deleted = sqlx::query!("delete from rate_buckets where full_at <= $1", now).execute(conn).await?;
    Ok(deleted.rows_affected())
}

fn columns(takings: &[Taking]) -> (Vec<&[u8]>, Vec<PgInterval>, Vec<PgInterval>) {
    let interval = |length: TimeDelta| PgInterval {
        months: 0,
        days: 0,
        microseconds: length.num_microseconds().unwrap_or(i64::MAX),
    };
    let buckets = takings.iter().map(|one| &one.bucket[..]).collect();
    let costs = takings.iter().map(|one| interval(one.cost)).collect();
    let periods = takings.iter().map(|one| interval(one.period)).collect();
    (buckets, costs, periods)
}
