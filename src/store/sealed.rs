//! Every column that holds what the vault has sealed, for whoever goes through all of them.

use sqlx::AssertSqlSafe;

use super::{Conn, StoreError};

/// A column of sealed secrets. Its secrets belong to a kind of thing and are of one kind there; the
/// vault seals both with them, so these words never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedColumn {
    /// Signs identity tokens.
    ProfileIdentity,
    ChatAppSigningSecret,
    ChatAppBotToken,
    DetailsAccessToken,
    DetailsWebhookUrl,
}

/// One sealed secret, and the id of what it belongs to.
pub struct Sealed {
    pub id: String,
    pub sealed: Vec<u8>,
}

impl SealedColumn {
    pub const ALL: [Self; 5] = [
        Self::ProfileIdentity,
        Self::ChatAppSigningSecret,
        Self::ChatAppBotToken,
        Self::DetailsAccessToken,
        Self::DetailsWebhookUrl,
    ];

    /// The kind of thing that its secrets belong to.
    pub const fn what(self) -> &'static str {
        match self {
            Self::ProfileIdentity => "chat_profile",
            Self::ChatAppSigningSecret | Self::ChatAppBotToken => "slack_chat_app",
            Self::DetailsAccessToken | Self::DetailsWebhookUrl => "slack_details",
        }
    }

    /// Which of its secrets they are.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::ProfileIdentity => "identity",
            Self::ChatAppSigningSecret => "signing_secret",
            Self::ChatAppBotToken => "bot_token",
            Self::DetailsAccessToken => "access_token",
            Self::DetailsWebhookUrl => "webhook_url",
        }
    }

    /// Table, column, column of the id, and which rows.
    pub const fn place(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::ProfileIdentity => ("profile_secrets", "sealed", "profile_id", "kind = 'identity'"),
            Self::ChatAppSigningSecret => ("slack_chat_apps", "signing_secret", "id", "true"),
            Self::ChatAppBotToken => ("slack_chat_apps", "bot_token", "id", "true"),
            Self::DetailsAccessToken => ("slack_details", "access_token", "id", "true"),
            Self::DetailsWebhookUrl => ("slack_details", "webhook_url", "id", "true"),
        }
    }

    /// A statement over this column; the names in braces are replaced.
    fn sql(self, statement: &str) -> AssertSqlSafe<String> {
        let (table, column, id, rows) = self.place();
        let names = [("{table}", table), ("{column}", column), ("{id}", id), ("{rows}", rows)];
        AssertSqlSafe(names.iter().fold(statement.to_owned(), |sql, (name, value)| sql.replace(name, value)))
    }
}

/// Secrets that do not begin with these bytes, after this id, in the order of their ids.
pub async fn list_others(
    conn: &mut Conn,
    column: SealedColumn,
    beginning: &[u8],
    after: &str,
    limit: i64,
) -> Result<Vec<Sealed>, StoreError> {
    let statement = column.sql(
        r#"
        select {id}::text, {column}
        from {table}
        where {rows} and {column} is not null and {id}::text collate "C" > $2
            and substring({column} for octet_length($1)) <> $1
        order by {id}::text collate "C"
        limit $3
        "#,
    );
    let rows: Vec<(String, Vec<u8>)> =
        sqlx::query_as(statement).bind(beginning).bind(after).bind(limit).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(id, sealed)| Sealed { id, sealed }).collect())
}

pub async fn count(conn: &mut Conn, column: SealedColumn) -> Result<i64, StoreError> {
    let statement = column.sql("select count(*) from {table} where {rows} and {column} is not null");
    Ok(sqlx::query_scalar(statement).fetch_one(conn).await?)
}

/// Puts another form of a secret in its place; false: it was changed meanwhile, and stays.
pub async fn replace(
    conn: &mut Conn,
    column: SealedColumn,
    present: &Sealed,
    other: &[u8],
) -> Result<bool, StoreError> {
    let statement =
        column.sql("update {table} set {column} = $3 where {rows} and {id}::text = $1 and {column} = $2");
    let replaced =
        sqlx::query(statement).bind(&present.id).bind(&present.sealed).bind(other).execute(conn).await?;
    Ok(replaced.rows_affected() > 0)
}
