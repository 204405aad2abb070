//! What is killed comes back, with every row that was acknowledged.

use aureole::postgres::Embedded;
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::harness::{Folder, Process, connect, eventually, kill};

const ROUNDS: i64 = 4;

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let folder = Folder::new();
    let embedded = Embedded::start(&folder.durable()).unwrap();
    let mut connection = connect(&embedded.connect_options()).await;
    prepare(&mut connection).await;
    insert(&mut connection, 1).await;
    let killed = folder.postmaster_pid().unwrap();
    kill(killed);

    let rows = eventually("the server to be back", async || {
        let pid = folder.postmaster_pid()?;
        if pid == killed {
            return None;
        }
        let options = embedded.connect_options();
        let mut connection = PgConnection::connect_with(&options).await.ok()?;
        Some(rows(&mut connection).await)
    })
    .await;
    assert_eq!(rows, [1]);
}

#[tokio::test]
async fn a_killed_process_loses_nothing_and_starts_at_once() {
    let folder = Folder::new();
    let data_dir = folder.0.join("data");
    for round in 1..=ROUNDS {
        let process = Process::start(&data_dir);
        let mut connection = connect(&process.options).await;
        prepare(&mut connection).await;
        insert(&mut connection, round).await;
        // In every other round the server does not get the time for a clean end.
        let server = folder.postmaster_pid().unwrap();
        if round % 2 == 0 {
            kill(server);
        }
        process.kill();
    }
    let process = Process::start(&data_dir);
    let mut connection = connect(&process.options).await;
    assert_eq!(rows(&mut connection).await, (1..=ROUNDS).collect::<Vec<_>>());
    process.end();
}

#[tokio::test]
async fn a_killed_process_takes_its_server_along() {
    if cfg!(not(target_os = "linux")) {
        eprintln!("not checked: only Linux ends a child with its parent");
        return;
    }
    let folder = Folder::new();
    let process = Process::start(&folder.0.join("data"));
    process.kill();
    eventually("the server to end cleanly", async || folder.postmaster_pid().is_none().then_some(())).await;
}

async fn prepare(connection: &mut PgConnection) {
    connection.execute("create table if not exists kept (n bigint)").await.unwrap();
}

async fn insert(connection: &mut PgConnection, n: i64) {
    sqlx::query("insert into kept values ($1)").bind(n).execute(connection).await.unwrap();
}

async fn rows(connection: &mut PgConnection) -> Vec<i64> {
    sqlx::query_scalar("select n from kept order by n").fetch_all(connection).await.unwrap()
}
