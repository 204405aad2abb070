//! Looking for a word in everything that the database holds.

use std::collections::BTreeSet;

use aureole::store::Pool;
use sqlx::AssertSqlSafe;

/// Every column that holds the word anywhere, in any case, as `table.column`.
pub async fn places_of(pool: &Pool, word: &str) -> BTreeSet<String> {
    let columns: Vec<(String, String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text, data_type::text from information_schema.columns
         where table_schema = current_schema()",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(columns.len() > 200, "the schema was read");
    let mut found = BTreeSet::new();
    for (table, column, kind) in columns {
        let holds = match kind.as_str() {
            "bytea" => format!("position(convert_to($1, 'UTF8') in \"{column}\") > 0"),
            _ => format!("position(lower($1) in lower(\"{column}\"::text)) > 0"),
        };
        let statement = format!("select exists (select from \"{table}\" where {holds})");
        let is_there: bool =
            sqlx::query_scalar(AssertSqlSafe(statement)).bind(word).fetch_one(pool).await.unwrap();
        if is_there {
            found.insert(format!("{table}.{column}"));
        }
    }
    found
}
