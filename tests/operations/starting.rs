//! Several processes that start together, and one that comes from the past.

use std::collections::BTreeSet;

use aureole::MIGRATOR;
use sqlx::Executor as _;

use crate::{server::Server, support::database::TestDatabase};

#[tokio::test]
async fn four_that_start_together_on_an_empty_database_migrate_it_once() {
    let database = TestDatabase::new().await;
    let pool = database.pool().await;
    pool.execute("drop schema public cascade; create schema public").await.unwrap();
    let mut servers: Vec<Server> = (0..4).map(|_| Server::spawn(&database.url(), &[])).collect();
    for server in &mut servers {
        server.ready().await;
    }
    let applied: Vec<(i64, bool)> =
        sqlx::query_as("select version, success from _sqlx_migrations").fetch_all(&pool).await.unwrap();
    assert!(applied.iter().all(|(_, success)| *success));
    let versions: BTreeSet<i64> = applied.iter().map(|(version, _)| *version).collect();
    let known: BTreeSet<i64> = MIGRATOR.iter().map(|one| one.version).collect();
    assert_eq!((versions, applied.len()), (known.clone(), known.len()));
    for server in &servers {
        server.sign_in().await;
    }
}

#[tokio::test]
async fn a_schema_of_a_newer_version_is_told_in_one_line() {
    let database = TestDatabase::new().await;
    let pool = database.pool().await;
    pool.execute(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (29990101000000, 'of the future', true, '', 0)",
    )
    .await
    .unwrap();
    let mut server = Server::spawn(&database.url(), &[]);
    assert!(!server.end().success());
    let log = server.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("29990101000000") && log.contains("newer version"), "{log}");
}
