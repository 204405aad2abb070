//! Starting: the first time, again, twice at once, and with the wrong programs.

use std::fs;
use std::path::Path;

use aureole::postgres::{Embedded, StartError};
use sqlx::Executor as _;

use crate::harness::{Folder, connect};

#[tokio::test]
async fn data_is_there_again_after_a_restart() {
    let folder = Folder::new();
    let mut first = Embedded::start(&folder.durable()).unwrap();
    assert_eq!(first.location(), folder.0.join("data/postgres"));
    assert_eq!(first.note(), None);
    let mut connection = connect(&first.connect_options()).await;
    connection.execute("create table kept (n int); insert into kept values (42)").await.unwrap();
    first.stop();
    drop(first);

    let second = Embedded::start(&folder.settings()).unwrap();
    let mut connection = connect(&second.connect_options()).await;
    let kept: i32 = sqlx::query_scalar("select n from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(kept, 42);
}

#[tokio::test]
async fn the_cluster_is_made_to_keep_data() {
    let folder = Folder::new();
    let embedded = Embedded::start(&folder.durable()).unwrap();
    let mut connection = connect(&embedded.connect_options()).await;
    for (setting, expected) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("autovacuum", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
    ] {
        let found: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(found, expected, "{setting}");
    }
}

#[test]
fn a_second_one_on_the_same_folder_is_refused() {
    let folder = Folder::new();
    let _first = Embedded::start(&folder.settings()).unwrap();
    let error = Embedded::start(&folder.settings()).unwrap_err();
    assert!(matches!(error, StartError::InUse { .. }), "{error}");
    let named = folder.0.join("data");
    assert!(error.to_string().contains(named.to_str().unwrap()), "{error}");
}

#[test]
fn an_unfinished_first_start_is_begun_again() {
    let folder = Folder::new();
    let unfinished = folder.0.join("data/postgres/data.init");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    let _embedded = Embedded::start(&folder.settings()).unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn another_major_version_is_refused_with_a_way_out() {
    let folder = Folder::new();
    drop(Embedded::start(&folder.settings()).unwrap());
    let version = folder.0.join("data/postgres/data/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    let error = Embedded::start(&folder.settings()).unwrap_err();
    assert!(matches!(error, StartError::WrongMajor { cluster: 9, .. }), "{error}");
    assert!(error.to_string().contains("pg_dumpall"), "{error}");
}

#[test]
fn a_folder_without_the_programs_is_refused() {
    let folder = Folder::new();
    let mut settings = folder.settings();
    settings.binaries = Some(folder.0.clone());
    let error = Embedded::start(&settings).unwrap_err();
    assert!(matches!(error, StartError::BadBinaries { .. }), "{error}");
    assert!(error.to_string().contains("AUREOLE_POSTGRES_BIN"), "{error}");
}

#[tokio::test]
async fn a_folder_too_deep_for_a_socket_works() {
    let folder = Folder::new();
    let mut settings = folder.settings();
    settings.data_dir = folder.0.join("d".repeat(100));
    let embedded = Embedded::start(&settings).unwrap();
    let sockets = embedded.sockets().to_owned();
    assert!(!sockets.starts_with(&settings.data_dir), "{sockets:?}");
    connect(&embedded.connect_options()).await;
    drop(embedded);
    remove_empty(&sockets);
}

/// The short folder is outside the test's own.
fn remove_empty(sockets: &Path) {
    fs::remove_dir(sockets).expect("the server has taken its socket along");
}
