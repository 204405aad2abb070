//! Users as identity tokens find, make and fill them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    Conn, StoreError,
    profile_document::Reader,
    resource::{self, Resource},
};
use crate::domain::{document::Document, ids::UserId, profile::Overwrite};

/// The member that binds a user to the `sub` of the site's tokens.
const SUBJECT: &str = "identity_subject";

/// A user whom a token may mean.
#[derive(Clone, Debug)]
pub struct FoundUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub is_inactive: bool,
    document: Map<String, Value>,
}

/// What a token says about its user.
#[derive(Clone, Debug, Default)]
pub struct UserClaims {
    /// To be bound to the user, unless another is already.
    pub subject: Option<String>,
    /// Text for fields of the user, and when it replaces what is there.
    pub fields: Vec<(String, String, Overwrite)>,
}

impl FoundUser {
    fn new(id: i32, document: &Document) -> Self {
        let reader = Reader::parse(document);
        Self {
            id: UserId::new(id),
            name: reader.text("name").unwrap_or_default(),
            email: reader.text("emailaddress").unwrap_or_default(),
            is_inactive: reader.flag("inactive"),
            document: reader.into_members(),
        }
    }

    /// Lays the claims over the user; whether that changed anything.
    fn take(&mut self, claims: &UserClaims) -> bool {
        let before = self.document.clone();
        let is_empty = |document: &Map<String, Value>, name: &str| {
            document.get(name).is_none_or(|value| value.is_null() || value == "")
        };
        if let Some(subject) = claims.subject.as_ref().filter(|_| is_empty(&before, SUBJECT)) {
            self.document.insert(SUBJECT.to_owned(), subject.clone().into());
        }
        for (name, value, overwrite) in &claims.fields {
            let is_taken = match overwrite {
                Overwrite::Always => true,
                Overwrite::Empty => is_empty(&before, name),
                Overwrite::Never => false,
            };
            if is_taken {
                self.document.insert(name.clone(), value.clone().into());
            }
        }
        self.document != before
    }

    fn rewritten(&self) -> Document {
        Document::from_json(Value::Object(self.document.clone()).to_string())
    }
}

pub async fn find_by_subject(conn: &mut Conn, subject: &str) -> Result<Option<FoundUser>, StoreError> {
    let row = sqlx::query!(
        r#"
        select id, document::text as "document!"
        from users
        where nullif(document ->> 'identity_subject', '') = $1 and deleted_at is null
        "#,
        subject,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| FoundUser::new(row.id, &Document::from_json(row.document))))
}

/// The oldest user with this e-mail address; `unbound`: among those whom no subject names yet.
pub async fn find_by_email(
    conn: &mut Conn,
    email: &str,
    unbound: bool,
) -> Result<Option<FoundUser>, StoreError> {
    let row = sqlx::query!(
        r#"
        select id, document::text as "document!"
        from users
        where email = lower($1) and deleted_at is null
            and (not $2 or nullif(document ->> 'identity_subject', '') is null)
        order by id
        limit 1
        "#,
        email,
        unbound,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| FoundUser::new(row.id, &Document::from_json(row.document))))
}

/// Makes those who are about to make a user with this address take turns until their transactions
/// end; the address alone is not unique.
pub async fn serialise(conn: &mut Conn, email: &str) -> Result<(), StoreError> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended('user' || chr(10) || lower($1), 0)) as "locked?: ()""#,
        email,
    )
    .fetch_one(conn)
    .await
    .map(drop)?;
    Ok(())
}

/// Makes a user; none: another transaction has just made one with the same subject.
pub async fn insert(
    conn: &mut Conn,
    claims: &UserClaims,
    site: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Option<FoundUser>, StoreError> {
    let mut new = FoundUser::new(0, &Document::from_json("{}"));
    new.take(claims);
    if let Some(site) = site {
        new.document.insert("site_id".to_owned(), f64::from(site).into());
    }
    let document = new.rewritten();
    let id = sqlx::query_scalar!(
        r#"
        insert into users (document, created_at)
        values ($1::text::jsonb, $2)
        on conflict ((nullif(document ->> 'identity_subject', ''))) where deleted_at is null do nothing
        returning id
        "#,
        document.as_str(),
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(|id| FoundUser::new(id, &document)))
}

/// Gives a user what the claims say and the user lacks; no round trip when that is nothing.
pub async fn fill(
    conn: &mut Conn,
    mut user: FoundUser,
    claims: &UserClaims,
) -> Result<FoundUser, StoreError> {
    if !user.take(claims) {
        return Ok(user);
    }
    // Once more under the lock: an administrator may be writing at the same moment.
    let Some(locked) = resource::lock(conn, Resource::Users, user.id.get()).await? else { return Ok(user) };
    let mut user = FoundUser::new(locked.id, &locked.document);
    if user.take(claims) {
        let document = user.rewritten();
        resource::update(conn, Resource::Users, user.id.get(), &document).await?;
        return Ok(FoundUser::new(user.id.get(), &document));
    }
    Ok(user)
}
