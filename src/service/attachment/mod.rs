//! Files that go with chats and tickets: sending, reading, deleting, and who may.

mod upload;

use std::path::PathBuf;

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{Stream, stream};

use crate::{
    app::App,
    config::AttachmentStore,
    domain::{
        attachment::{Attachment, Blob, Place},
        audit::{Action, Actor, Deed},
        caller::Caller,
        chat_filter::Sight,
        ids::ChatId,
        paging::{Page, Paged},
    },
    service::{access, audit, conversation::Refusal, record},
    store::{self, Conn, StoreError, attachment_bytes, attachment_bytes::Source},
};

pub use upload::{Target, Uploads, admit};

/// How long bytes may be nobody's before they are removed, beyond the time of an upload.
const LEFTOVER_HOURS: i64 = 1;
/// Leftovers that one transaction removes.
const LEFTOVERS_AT_ONCE: i64 = 50;

#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    #[error("attachment {0} does not exist")]
    NotFound(i32),
    #[error(transparent)]
    Chat(#[from] Refusal),
    #[error("{name} is larger than {max} bytes")]
    TooLarge { name: String, max: usize },
    #[error("the files of chat {chat} would take more than {max} bytes")]
    ChatFull { chat: ChatId, max: usize },
    #[error("{name} is empty")]
    Empty { name: String },
    #[error("{name} is not taken: a file that ends in .{ending} can run on a computer or in a browser")]
    Runnable { name: String, ending: String },
    #[error("{name} is not taken: its content is {seen}")]
    Kind { name: String, seen: String },
    #[error("ticket {0} does not exist")]
    UnknownTicket(i32),
    #[error("the upload took too long; send the file again")]
    Expired,
    #[error("could not read or write the attachment")]
    Store(#[from] StoreError),
}

/// Where new bytes go.
fn place(app: &App) -> Place {
    match app.config.attachments.store {
        AttachmentStore::Database => Place::Database,
        AttachmentStore::File => Place::File,
    }
}

fn folder(app: &App) -> PathBuf {
    app.config.data_dir.path.join("attachments")
}

/// What is known about a file that the caller may have.
pub async fn find(app: &App, caller: &Caller, id: i32) -> Result<Attachment, AttachmentError> {
    let mut conn = store::acquire(&app.pool).await?;
    find_reachable(&mut conn, caller, id).await
}

async fn find_reachable(conn: &mut Conn, caller: &Caller, id: i32) -> Result<Attachment, AttachmentError> {
    let found = store::attachment::find(conn, id).await?.ok_or(AttachmentError::NotFound(id))?;
    let is_reachable = match (found.chat, found.ticket) {
        _ if found.is_staff_only && caller.is_visitor() => false,
        (Some(chat), _) => may_see_chat(conn, caller, chat).await?,
        (None, Some(ticket)) => record::may_see_ticket(conn, caller, ticket).await?,
        (None, None) => caller.is_admin() || found.uploaded_by == caller.key(),
    };
    if is_reachable { Ok(found) } else { Err(AttachmentError::NotFound(id)) }
}

async fn may_see_chat(conn: &mut Conn, caller: &Caller, chat: ChatId) -> Result<bool, StoreError> {
    match caller {
        // The token itself says which chat this is.
        Caller::Visitor { chat: own, .. } => Ok(*own == chat),
        Caller::Staff(_) | Caller::Stranger => record::may_see_chat(conn, caller, chat).await,
    }
}

/// The files of a chat that the caller may see, of a ticket, or of both at once.
pub async fn list(
    app: &App,
    caller: &Caller,
    chat: Option<ChatId>,
    ticket: Option<i32>,
    page: Page,
) -> Result<Paged<Attachment>, AttachmentError> {
    let mut conn = store::acquire(&app.pool).await?;
    if let Some(chat) = chat
        && !may_see_chat(&mut conn, caller, chat).await?
    {
        return Err(Refusal::ChatNotFound(chat).into());
    }
    // A ticket's files may belong to chats that are not this caller's.
    let sight = match chat {
        Some(_) => Some(Sight::Everything),
        None => access::sight(caller),
    };
    let with_staff_only = !caller.is_visitor();
    Ok(store::attachment::list(&mut conn, chat, ticket, sight.as_ref(), with_staff_only, page).await?)
}

/// Notes that somebody of the staff is about to have a file.
pub async fn note_download(
    app: &App,
    caller: &Caller,
    actor: &Actor,
    file: &Attachment,
) -> Result<(), AttachmentError> {
    if caller.staff().is_some() {
        let id = file.id.to_string();
        let deed = Deed { action: Action::Downloaded, resource: "Attachment", id: Some(&id), fields: &[] };
        audit::note(app, &mut *store::acquire(&app.pool).await?, actor, deed).await?;
    }
    Ok(())
}

/// The bytes of a file, piece by piece.
pub async fn read(
    app: &App,
    attachment: &Attachment,
) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, AttachmentError> {
    let source = Source::open(&app.pool, &folder(app), attachment.blob).await?;
    Ok(stream::try_unfold(source, async |mut source: Source| {
        Ok(source.read().await?.map(|piece| (piece, source)))
    }))
}

/// Deletes a file; answers what it was. Messages keep its name.
pub async fn delete(app: &App, caller: &Caller, id: i32) -> Result<Attachment, AttachmentError> {
    let mut tx = store::begin(&app.pool).await?;
    let gone = find_reachable(&mut tx, caller, id).await?;
    store::attachment::delete(&mut tx, id, app.clock.now()).await?;
    store::commit(tx).await?;
    discard(app, gone.blob).await;
    Ok(gone)
}

/// Removes bytes that no attachment names, one file after the other. What does not succeed is left to
/// `remove_leftovers`.
pub async fn discard(app: &App, blob: Blob) {
    let outcome = async {
        let mut conn = store::acquire(&app.pool).await?;
        if blob.place == Place::File && store::backup::is_under_way(&mut conn).await? {
            // The backup's moment may name them.
            return Ok(false);
        }
        attachment_bytes::delete(&mut conn, &folder(app), blob).await?;
        store::attachment::delete_leftover(&mut conn, blob).await
    };
    if let Err(error) = outcome.await {
        tracing::warn!(error = &error as &dyn std::error::Error, "bytes of an attachment are left for later");
    }
}

/// Removes the bytes of uploads that were cut short, and of deleted attachments; how many files.
pub async fn remove_leftovers(app: &App) -> Result<u64, StoreError> {
    let patience = TimeDelta::from_std(app.config.limits.upload_timeout).unwrap_or(TimeDelta::MAX);
    let limit = app.clock.now().checked_sub_signed(patience + TimeDelta::hours(LEFTOVER_HOURS));
    let Some(limit) = limit else { return Ok(0) };
    if store::backup::is_under_way(&mut *store::acquire(&app.pool).await?).await? {
        return Ok(0);
    }
    let mut removed = 0;
    loop {
        let mut tx = store::begin(&app.pool).await?;
        let leftovers = store::attachment::lock_leftovers(&mut tx, limit, LEFTOVERS_AT_ONCE).await?;
        for blob in &leftovers {
            attachment_bytes::delete(&mut tx, &folder(app), *blob).await?;
            store::attachment::delete_leftover(&mut tx, *blob).await?;
        }
        store::commit(tx).await?;
        if leftovers.is_empty() {
            return Ok(removed);
        }
        removed += leftovers.len() as u64;
    }
}
