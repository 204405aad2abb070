//! Attachments: what is known about files, and which bytes nobody names. The bytes themselves are
//! `attachment_bytes`.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Conn, StoreError, record};
use crate::domain::{
    attachment::{Attachment, Blob, Enclosed, Place},
    chat_filter::Sight,
    ids::{AgentId, ChatId},
    paging::{Page, Paged},
};

const fn place_name(place: Place) -> &'static str {
    match place {
        Place::Database => "database",
        Place::File => "file",
    }
}

pub(super) fn place_of(name: &str, blob: Uuid) -> Result<Place, StoreError> {
    match name {
        "database" => Ok(Place::Database),
        "file" => Ok(Place::File),
        other => Err(StoreError::bad_row("attachments", blob, format!("place {other:?}"))),
    }
}

#[derive(FromRow)]
struct AttachmentRow {
    id: i32,
    chat_id: Option<i32>,
    ticket_id: Option<i32>,
    uploaded_by: String,
    agent_id: Option<i32>,
    filename: String,
    description: Option<String>,
    content_type: String,
    size: i32,
    sha256: Vec<u8>,
    place: String,
    blob_id: Uuid,
    is_staff_only: bool,
    created_at: DateTime<Utc>,
}

impl TryFrom<AttachmentRow> for Attachment {
    type Error = StoreError;

    fn try_from(row: AttachmentRow) -> Result<Self, StoreError> {
        let sha256 = row.sha256.try_into();
        Ok(Self {
            id: row.id,
            chat: row.chat_id.map(ChatId::new),
            ticket: row.ticket_id,
            uploaded_by: row.uploaded_by,
            agent: row.agent_id.map(AgentId::new),
            name: row.filename,
            description: row.description,
            content_type: row.content_type,
            size: row.size,
            sha256: sha256
                .map_err(|_| StoreError::bad_row("attachments", row.id, "sha256 is not 32 bytes"))?,
            blob: Blob { id: row.blob_id, place: place_of(&row.place, row.blob_id)? },
            is_staff_only: row.is_staff_only,
            created_at: row.created_at,
        })
    }
}

const COLUMNS: &str =
    "id, chat_id, ticket_id, uploaded_by, agent_id, filename, description, content_type, size,
    sha256, place, blob_id, is_staff_only, created_at";

pub async fn find(conn: &mut Conn, id: i32) -> Result<Option<Attachment>, StoreError> {
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS).push(" from attachments where id = ").push_bind(id);
    let row: Option<AttachmentRow> = query.build_query_as().fetch_optional(conn).await?;
    row.map(Attachment::try_from).transpose()
}

/// The attachments of a chat, of a ticket, or of both at once, in the order in which they came: those
/// that are in sight.
pub async fn list(
    conn: &mut Conn,
    chat: Option<ChatId>,
    ticket: Option<i32>,
    sight: Option<&Sight>,
    with_staff_only: bool,
    page: Page,
) -> Result<Paged<Attachment>, StoreError> {
    let mut query = QueryBuilder::new("select count(*) over () as total, ");
    query.push(COLUMNS).push(" from attachments a where true");
    if let Some(chat) = chat {
        query.push(" and chat_id = ").push_bind(chat.get());
    }
    if let Some(ticket) = ticket {
        query.push(" and ticket_id = ").push_bind(ticket);
    }
    if !with_staff_only {
        query.push(" and not is_staff_only");
    }
    match sight {
        Some(Sight::Everything) => {}
        Some(sight @ Sight::Agent { .. }) => {
            record::push_belonging(&mut query, ("a.chat_id", "a.ticket_id"), sight);
        }
        None | Some(Sight::Visitor { .. }) => {
            query.push(" and false");
        }
    }
    query.push(" order by id limit ").push_bind(page.size).push(" offset ").push_bind(page.offset());
    let rows: Vec<CountedRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(Paged {
        record_count: rows.first().map_or(0, |row| row.total),
        rows: rows.into_iter().map(|row| row.attachment.try_into()).collect::<Result<_, _>>()?,
    })
}

#[derive(FromRow)]
struct CountedRow {
    total: i64,
    #[sqlx(flatten)]
    attachment: AttachmentRow,
}

/// Keeps what is known about bytes that are safe; its id is drawn here, whatever it said.
pub async fn insert(conn: &mut Conn, new: &Attachment) -> Result<i32, StoreError> {
    let row = sqlx::query!(
        r#"
        insert into attachments (chat_id, ticket_id, uploaded_by, agent_id, filename, description,
            content_type, size, sha256, place, blob_id, is_staff_only, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        returning id
        "#,
        new.chat.map(ChatId::get),
        new.ticket,
        new.uploaded_by,
        new.agent.map(AgentId::get),
        new.name,
        new.description,
        new.content_type,
        new.size,
        &new.sha256[..],
        place_name(new.blob.place),
        new.blob.id,
        new.is_staff_only,
        new.created_at,
    );
    Ok(row.fetch_one(conn).await?.id)
}

/// Forgets an attachment; its bytes are nobody's from then on.
pub async fn delete(conn: &mut Conn, id: i32, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        with gone as (delete from attachments where id = $1 returning blob_id, place)
        insert into attachment_leftovers (blob_id, place, since)
        select blob_id, place, $2 from gone
        "#,
        id,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Bytes of all attachments of a chat. Whoever asks inside a transaction is the only one who adds to
/// the chat's files until it ends.
pub async fn lock_size_of_chat(conn: &mut Conn, chat: ChatId) -> Result<i64, StoreError> {
    // "AT": the chat's row is the writer's, and not to be held for this.
    sqlx::query!("select pg_advisory_xact_lock(16724, $1)", chat.get()).execute(&mut *conn).await?;
    size_of_chat(conn, chat).await
}

pub async fn size_of_chat(conn: &mut Conn, chat: ChatId) -> Result<i64, StoreError> {
    let total = sqlx::query_scalar!(
        r#"select coalesce(sum(size), 0)::bigint as "total!" from attachments where chat_id = $1"#,
        chat.get(),
    );
    Ok(total.fetch_one(conn).await?)
}

/// Those of `ids` that a message in this chat may bring along: the chat's own, and the author's that
/// belong nowhere yet, which are held until the transaction ends.
pub async fn lock_enclosed(
    conn: &mut Conn,
    ids: &[i32],
    chat: ChatId,
    author: &str,
    with_staff_only: bool,
) -> Result<Vec<Enclosed>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select id, filename, chat_id
        from attachments
        where id = any($1) and ($4 or not is_staff_only)
            and (chat_id = $2 or (chat_id is null and ticket_id is null and uploaded_by = $3))
        order by id
        for no key update
        "#,
        ids,
        chat.get(),
        author,
        with_staff_only,
    )
    .fetch_all(conn)
    .await?;
    let enclosed = rows.into_iter().map(|row| Enclosed {
        id: row.id,
        name: row.filename,
        is_new_to_chat: row.chat_id.is_none(),
    });
    Ok(enclosed.collect())
}

/// Gives attachments that belong nowhere to a chat.
pub async fn move_to_chat(
    conn: &mut Conn,
    ids: &[i32],
    chat: ChatId,
    is_staff_only: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        r#"
        update attachments
        set chat_id = $2, is_staff_only = is_staff_only or $3
        where id = any($1) and chat_id is null
        "#,
        ids,
        chat.get(),
        is_staff_only,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes bytes that no attachment names: an upload is under way.
pub async fn insert_leftover(conn: &mut Conn, blob: Blob, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into attachment_leftovers (blob_id, place, since) values ($1, $2, $3)",
        blob.id,
        place_name(blob.place),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes bytes off the list; false: they were not on it any more.
pub async fn delete_leftover(conn: &mut Conn, blob: Blob) -> Result<bool, StoreError> {
    let deleted = sqlx::query!("delete from attachment_leftovers where blob_id = $1", blob.id);
    Ok(deleted.execute(conn).await?.rows_affected() > 0)
}

/// Some of the bytes that have been nobody's since before `limit`, the oldest first, held until the
/// transaction ends; those that somebody else holds are left to them.
pub async fn lock_leftovers(
    conn: &mut Conn,
    limit: DateTime<Utc>,
    count: i64,
) -> Result<Vec<Blob>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select blob_id, place
        from attachment_leftovers
        where since <= $1
        order by since
        limit $2
        for update skip locked
        "#,
        limit,
        count,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Blob { id: row.blob_id, place: place_of(&row.place, row.blob_id)? }))
        .collect()
}
