//! Backups: every row of every table, and what waits while one is made.

use std::{collections::BTreeMap, fs, path::PathBuf};

use aureole::{
    clock::Clock as _,
    service::{
        backup::{BackupError, restore, write},
        sweeper::clean_up,
    },
    store::{self, Pool},
};
use chrono::TimeDelta;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    harness::{Desk, PNG, TestApp},
    privacy::planted::Planted,
    support::database::TestDatabase,
};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("aureole-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in the way of nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What every table holds, as one hash and a count; what a restore itself writes is left out.
async fn contents(pool: &Pool) -> BTreeMap<String, (i64, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        // What is not logged does not outlive a crash, and is in no backup either.
        "select relname::text from pg_class
         where relnamespace = current_schema()::regnamespace and relkind = 'r' and relpersistence = 'p'
            and relname not in ('_sqlx_migrations', 'audit_entries', 'news_marks')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut contents = BTreeMap::new();
    for table in tables {
        let statement = format!(
            "select count(*), coalesce(md5(string_agg(t::text, '' order by t::text)), '') from \"{table}\" t"
        );
        let content = sqlx::query_as(AssertSqlSafe(statement)).fetch_one(pool).await.unwrap();
        contents.insert(table, content);
    }
    contents
}

#[tokio::test]
async fn every_row_of_every_table_comes_back_and_numbers_go_on() {
    let (folder, other) = (Folder::new(), TestDatabase::new().await);
    let desk = Planted::desk(&[]).await;
    Planted::plant(&desk).await;
    let (files, path) = (folder.0.join("files"), folder.0.join("backup"));
    let now = desk.test.clock.now();
    let before = contents(&desk.test.app.pool).await;
    let filled = before.values().filter(|(rows, _)| *rows > 0).count();
    assert!(filled > 25, "most tables hold something: {before:?}");
    let written = write(&desk.test.app.pool, None, &files, &path, now).await.unwrap();
    assert_eq!(written.tables, before.len() + 2);
    let pool = other.pool().await;
    let restored = restore(&pool, &files, &path, false, now).await.unwrap();
    assert_eq!(contents(&pool).await, before);
    assert!(restored.rows > 100, "{restored:?}");
    for (table, column) in [("chats", "chat_id"), ("agents", "id"), ("outbox", "outbox_id")] {
        let statement = format!(
            "select nextval(pg_get_serial_sequence('{table}', '{column}')) > coalesce(max({column}), 0) from {table}"
        );
        let goes_on: bool = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&pool).await.unwrap();
        assert!(goes_on, "{table}");
    }
    let [here, there] = [&desk.test.app.pool, &pool];
    let mut places = Vec::new();
    for pool in [here, there] {
        places.push(store::feed::place(&mut store::acquire(pool).await.unwrap()).await.unwrap());
    }
    assert_eq!(places[0].feed, places[1].feed);
    assert_ne!(places[0].history, places[1].history);
    // The schema refuses what it refused before.
    sqlx::query("delete from audit_entries").execute(&pool).await.unwrap_err();
}

#[tokio::test]
async fn a_database_with_rows_is_replaced_only_when_that_is_asked_for() {
    let folder = Folder::new();
    let (desk, other) = (Desk::new().await, Desk::new().await);
    other.live().await;
    let (files, path) = (folder.0.join("files"), folder.0.join("backup"));
    let now = desk.test.clock.now();
    write(&desk.test.app.pool, None, &files, &path, now).await.unwrap();
    let before = contents(&other.test.app.pool).await;
    let refused = restore(&other.test.app.pool, &files, &path, false, now).await.unwrap_err();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    assert_eq!(contents(&other.test.app.pool).await, before);
    restore(&other.test.app.pool, &files, &path, true, now).await.unwrap();
    assert_eq!(contents(&other.test.app.pool).await, contents(&desk.test.app.pool).await);
}

#[tokio::test]
async fn bytes_that_a_backup_may_name_stay_until_it_is_made() {
    let folder = Folder::new();
    let variables = [("ATTACHMENT_STORE", "file"), ("DATA_DIR", folder.0.to_str().unwrap())];
    let desk = Desk::over(TestApp::with(&variables).await).await;
    let visit = desk.live().await;
    let file = desk.test.upload(&visit.token, visit.chat, "a.png", PNG).await.expect(201);
    let count = || fs::read_dir(folder.0.join("attachments")).unwrap().count();
    let pool = &desk.test.app.pool;
    let mut backup = store::backup::connect(pool).await.unwrap();
    assert!(store::backup::lock(&mut backup).await.unwrap());
    let second =
        write(pool, None, &folder.0, &folder.0.join("second"), desk.test.clock.now()).await.unwrap_err();
    assert!(matches!(second, BackupError::UnderWay), "{second}");
    desk.test.delete(&format!("/Attachment/{}", file["id"]), &desk.anna_token).await.expect(200);
    desk.test.clock.advance(TimeDelta::hours(2));
    clean_up(&desk.test.app).await.unwrap();
    assert_eq!(count(), 1);
    sqlx::Connection::close(backup).await.unwrap();
    clean_up(&desk.test.app).await.unwrap();
    assert_eq!(count(), 0);
}
