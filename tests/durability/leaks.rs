//! Looking for secrets where none may be.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::support::database::TestDatabase;

/// Every row of every table, as text.
pub async fn dump(database: &TestDatabase) -> String {
    let pool = database.pool().await;
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'")
            .fetch_all(&pool)
            .await
            .unwrap();
    let mut dump = String::new();
    for table in tables {
        let rows = sqlx::AssertSqlSafe(format!("select one::text from {table} one"));
        for row in sqlx::query_scalar::<_, String>(rows).fetch_all(&pool).await.unwrap() {
            writeln!(dump, "{table}: {row}").unwrap();
        }
    }
    dump
}

/// Every form in which a text could lie about.
fn forms(text: &str) -> [String; 3] {
    let hex = text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    [text.to_owned(), hex, BASE64_STANDARD.encode(text).trim_end_matches('=').to_owned()]
}

#[track_caller]
pub fn is_clean(place: &str, text: &str, secrets: &[(String, String)]) {
    for (name, value) in secrets {
        for form in forms(value) {
            let line = text.lines().find(|line| line.contains(&form));
            assert!(line.is_none(), "{name} is in {place}: {}", line.unwrap_or_default());
        }
    }
}
