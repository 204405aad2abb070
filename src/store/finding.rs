//! What a flow looks up in the middle of a walk: articles, services, users; and the ticket it logs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{
    Conn, StoreError,
    profile_document::Reader,
    resource::{self, Resource, Stored},
    search::{self, Search},
};
use crate::{
    domain::{
        document::Document,
        finding::{ArticleHit, ServiceHit},
        ids::{ChatId, FieldId, UserId},
        paging::Page,
    },
    flow::{KnownUser, NewTicket},
};

/// Hits that one answer of the bot shows.
const HITS_MAX: i64 = 5;

/// Articles that fit what the visitor said, best first.
pub async fn articles(conn: &mut Conn, search: &Search) -> Result<Vec<ArticleHit>, StoreError> {
    let hits = hits(conn, Resource::Articles, search).await?;
    Ok(hits
        .into_iter()
        .map(|(id, document, score)| ArticleHit {
            id,
            title: document.text("name").unwrap_or_default(),
            summary: document.text("description").unwrap_or_default(),
            score,
        })
        .collect())
}

/// The articles that fit, best first, each as one text: title, description, resolution.
pub async fn article_texts(conn: &mut Conn, search: &Search) -> Result<Vec<String>, StoreError> {
    let hits = hits(conn, Resource::Articles, search).await?;
    let text = |document: &Reader| {
        let parts = ["name", "description", "resolution"].map(|name| document.text(name));
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
    };
    Ok(hits.iter().map(|(_, document, _)| text(document)).collect())
}

/// Services of the catalogue that fit what the visitor said, best first.
pub async fn services(conn: &mut Conn, search: &Search) -> Result<Vec<ServiceHit>, StoreError> {
    let hits = hits(conn, Resource::Services, search).await?;
    Ok(hits
        .into_iter()
        .map(|(id, document, score)| ServiceHit {
            id,
            name: document.text("name").unwrap_or_default(),
            summary: document.text("summary").unwrap_or_default(),
            score,
        })
        .collect())
}

async fn hits(
    conn: &mut Conn,
    resource: Resource,
    search: &Search,
) -> Result<Vec<(i32, Reader, f64)>, StoreError> {
    let page = Page { number: 1, size: HITS_MAX };
    let found = search::list(conn, resource, search, page).await?;
    Ok(found
        .rows
        .into_iter()
        .map(|Stored { id, document, score }| (id, Reader::parse(&document), score.unwrap_or(0.0)))
        .collect())
}

/// The user with this address and the answers that prove it to be that person: the values of its
/// custom fields. Nobody, when two have the address.
pub async fn user(conn: &mut Conn, email: &str) -> Result<Option<KnownUser>, StoreError> {
    let Some(stored) = resource::find_user_by_email(conn, email).await? else { return Ok(None) };
    let document = Reader::parse(&stored.document);
    if document.flag("inactive") {
        return Ok(None);
    }
    let answers: BTreeMap<FieldId, String> = document
        .each("customfields")
        .filter_map(|field| {
            let value = field.words("display").or_else(|| field.words("value"))?;
            Some((FieldId::new(field.int("id")?), value))
        })
        .collect();
    Ok(Some(KnownUser {
        id: UserId::new(stored.id),
        name: document.text("name").unwrap_or_default(),
        email: document.text("emailaddress").unwrap_or_default(),
        answers,
    }))
}

/// Whose ticket it is, and what the chat has learnt.
pub struct TicketContext<'a> {
    /// None: it comes from no chat.
    pub chat: Option<ChatId>,
    pub user: Option<UserId>,
    pub user_name: &'a str,
    pub user_email: Option<&'a str>,
    /// The customer's site.
    pub site: Option<i32>,
    /// One line for each thing that the visitor told.
    pub details: String,
}

/// Logs a ticket; answers its id.
pub async fn insert_ticket(
    conn: &mut Conn,
    new: &NewTicket,
    context: &TicketContext<'_>,
    now: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let summary =
        if new.summary.is_empty() { format!("Chat with {}", context.user_name) } else { new.summary.clone() };
    let mut document = json!({
        "summary": summary,
        "details": context.details,
        "user_name": context.user_name,
    });
    let members = [
        ("chat_id", context.chat.map(|chat| chat.get().into())),
        ("tickettype_id", new.ticket_type.map(Into::into)),
        ("template_id", new.template.map(Into::into)),
        ("site_id", context.site.map(Into::into)),
        ("service_id", new.service.map(Into::into)),
        ("user_id", context.user.map(|user| user.get().into())),
        ("user_email", context.user_email.map(Into::into)),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            document[name] = value;
        }
    }
    resource::insert(conn, Resource::Tickets, &Document::from_json(document.to_string()), now).await
}

/// Halo's own number of the status "closed".
const STATUS_CLOSED: i32 = 9;

/// Marks a ticket as closed, unless it is.
pub async fn close_ticket(conn: &mut Conn, ticket: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    let closing = json!({
        "status_id": STATUS_CLOSED,
        "hasbeenclosed": true,
        "dateclosed": now.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    });
    sqlx::query!(
        r#"
        update tickets
        set document = document || $2
        where id = $1 and deleted_at is null and coalesce(document ->> 'hasbeenclosed', '') <> 'true'
        "#,
        ticket,
        closing,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a user the one whose tickets a chat's are.
pub async fn give_tickets(
    conn: &mut Conn,
    chat: ChatId,
    ticket: Option<i32>,
    user: UserId,
    name: &str,
    email: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update tickets
        set document = document
            || jsonb_build_object('user_id', $3::int, 'user_name', $4::text)
            || jsonb_strip_nulls(jsonb_build_object('user_email', $5::text))
        where chat_id = $1 or id = $2
        "#,
        chat.get(),
        ticket,
        user.get(),
        name,
        email,
    )
    .execute(conn)
    .await?;
    Ok(())
}
