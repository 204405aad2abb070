//! `/health/ready` tells the truth, in time.

use std::time::{Duration, Instant};

use crate::{eventually, proxy::Proxy, server::Server, support::database::TestDatabase};

/// What a balancer waits for, at the most.
const PATIENCE: Duration = Duration::from_secs(4);

/// Waits until the answer is this; each answer comes in time.
async fn becomes(server: &Server, status: u16, word: &str) {
    eventually(word, || async {
        let asked = Instant::now();
        let (found, body) = server.get("/health/ready").await?;
        assert!(asked.elapsed() < PATIENCE, "it took {:?} to say {body}", asked.elapsed());
        (found == status && body.contains(word)).then_some(())
    })
    .await;
}

async fn is_live(server: &Server) {
    assert_eq!(server.get("/health/live").await.map(|answer| answer.0), Some(200));
}

#[tokio::test]
async fn a_database_that_hangs_makes_it_unready_and_one_that_is_back_ready() {
    let database = TestDatabase::new().await;
    let proxy = Proxy::before(&database).await;
    let server = Server::start(&proxy.url, &[]).await;
    proxy.cut();
    becomes(&server, 503, "does not answer").await;
    is_live(&server).await;
    let figures = server.get("/metrics").await.expect("it answers").1;
    assert!(figures.contains("aureole_database_up 0"), "{figures}");
    proxy.mend();
    becomes(&server, 200, "ok").await;
}

#[tokio::test]
async fn a_migration_that_is_missing_makes_it_unready() {
    let database = TestDatabase::new().await;
    let server = Server::start(&database.url(), &[]).await;
    let pool = database.pool().await;
    let last = "(select max(version) from _sqlx_migrations)";
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "update _sqlx_migrations set success = false where version = {last}"
    )))
    .execute(&pool)
    .await
    .unwrap();
    becomes(&server, 503, "not migrated").await;
    is_live(&server).await;
    sqlx::query("update _sqlx_migrations set success = true").execute(&pool).await.unwrap();
    becomes(&server, 200, "ok").await;
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_says_so_and_serves_on_until_it_ends() {
    let database = TestDatabase::new().await;
    let server = Server::start(&database.url(), &[("DRAIN_SECONDS", "600")]).await;
    server.terminate();
    becomes(&server, 503, "about to end").await;
    is_live(&server).await;
    server.sign_in().await;
}
