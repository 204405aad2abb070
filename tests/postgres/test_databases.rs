//! The databases that the other tests use.

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::harness::connect;
use crate::support::database::TestDatabase;

#[tokio::test]
async fn two_tests_do_not_see_each_other() {
    let (one, two) = tokio::join!(TestDatabase::new(), TestDatabase::new());
    let pool = one.pool().await;
    pool.execute("create table mine (n int)").await.unwrap();
    let error = two.pool().await.execute("select * from mine").await;
    assert!(error.is_err());
}

#[tokio::test]
async fn the_migrations_have_been_applied() {
    let database = TestDatabase::new().await;
    let pool = database.pool().await;
    aureole::MIGRATOR.run(&pool).await.unwrap();
    let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(usize::try_from(applied).unwrap(), aureole::MIGRATOR.iter().count());
}

#[tokio::test]
async fn a_database_is_dropped_with_its_value_although_connected() {
    let database = TestDatabase::new().await;
    let options = database.options.clone();
    let _connected = database.pool().await;
    drop(database);
    assert!(PgConnection::connect_with(&options).await.is_err());
}

#[tokio::test]
async fn a_child_process_can_use_the_address() {
    let database = TestDatabase::new().await;
    let mut connection = connect(&database.url().parse().unwrap()).await;
    let name: String =
        sqlx::query_scalar("select current_database()").fetch_one(&mut connection).await.unwrap();
    assert_eq!(Some(name.as_str()), database.options.get_database());
    connection.close().await.unwrap();
}
