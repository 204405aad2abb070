//! Taking files in: piece by piece into storage, then all of them at once into the records.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{AttachmentError, discard, folder, may_see_chat, place};
use crate::{
    app::App,
    domain::{
        attachment::{Attachment, Blob},
        caller::Caller,
        chat_filter::ChatFilter,
        file_kind::{FileKind, Sniffer},
        file_name::{runnable_ending, safe_name},
        ids::ChatId,
    },
    service::{access, conversation::Refusal, record},
    store::{
        self, Conn,
        attachment_bytes::{PIECE_BYTES, Sink},
    },
};

/// What a file goes with.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// A visitor's is its own, and need not be named.
    pub chat: Option<ChatId>,
    pub ticket: Option<i32>,
    pub description: Option<String>,
    /// The chat's visitor is not to see it.
    pub is_staff_only: bool,
}

/// The files of one request. Until `save` has returned, none of them exists for anybody.
pub struct Uploads<'a> {
    app: &'a App,
    caller: &'a Caller,
    begun: Vec<Blob>,
    current: Option<Incoming>,
    done: Vec<Uploaded>,
}

/// A file that is coming in.
struct Incoming {
    blob: Blob,
    name: String,
    sink: Sink,
    sniffer: Sniffer,
    hash: Sha256,
    size: usize,
    /// Less than one piece.
    pending: Vec<u8>,
}

/// A file whose bytes are safe.
struct Uploaded {
    blob: Blob,
    name: String,
    content_type: &'static str,
    size: i32,
    sha256: [u8; 32],
}

/// Refuses early what would be refused in the end: files for a chat that the caller does not see,
/// that is closed, or that is full.
pub async fn admit(app: &App, caller: &Caller, chat: ChatId) -> Result<(), AttachmentError> {
    let mut conn = store::acquire(&app.pool).await?;
    check_chat(&mut conn, caller, chat).await?;
    let size = store::attachment::size_of_chat(&mut conn, chat).await?;
    must_fit(app, chat, size, 1)
}

impl<'a> Uploads<'a> {
    pub const fn new(app: &'a App, caller: &'a Caller) -> Self {
        Self { app, caller, begun: Vec::new(), current: None, done: Vec::new() }
    }

    /// Begins a file under the name that it was sent with.
    pub async fn begin(&mut self, name: &str) -> Result<(), AttachmentError> {
        let name = safe_name(name);
        if let Some(ending) = runnable_ending(&name) {
            return Err(AttachmentError::Runnable { name, ending });
        }
        let blob = Blob { id: Uuid::new_v4(), place: place(self.app) };
        let mut conn = store::acquire(&self.app.pool).await?;
        store::attachment::insert_leftover(&mut conn, blob, self.app.clock.now()).await?;
        drop(conn);
        self.begun.push(blob);
        self.current = Some(Incoming {
            blob,
            name,
            sink: Sink::open(&self.app.pool, &folder(self.app), blob).await?,
            sniffer: Sniffer::default(),
            hash: Sha256::new(),
            size: 0,
            pending: Vec::new(),
        });
        Ok(())
    }

    /// Takes more of the file that was begun last.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), AttachmentError> {
        let max = self.app.config.limits.attachment_bytes;
        let file = self.current.as_mut().expect("a file is begun before it is written");
        file.size = file.size.saturating_add(bytes.len());
        if file.size > max {
            return Err(AttachmentError::TooLarge { name: file.name.clone(), max });
        }
        file.take(bytes).await
    }

    /// Ends the file that was begun last: its bytes are safe, and of a kind that is taken.
    pub async fn finish(&mut self) -> Result<(), AttachmentError> {
        let file = self.current.take().expect("a file is begun before it is finished");
        let types = &self.app.config.attachments.types;
        self.done.push(file.end(|content_type| types.iter().any(|one| one == content_type)).await?);
        Ok(())
    }

    /// Records every file, or none, each with what it goes with.
    pub async fn save(&self, targets: Vec<Target>) -> Result<Vec<Attachment>, AttachmentError> {
        let (app, caller) = (self.app, self.caller);
        let mut saved = Vec::with_capacity(self.done.len());
        let mut tx = store::begin(&app.pool).await?;
        for (file, target) in self.done.iter().zip(targets) {
            let chat = match caller {
                Caller::Visitor { chat: own, .. } => Some(target.chat.unwrap_or(*own)),
                _ => target.chat,
            };
            if let Some(chat) = chat {
                // Looked at under the lock: a chat that is closed and erased meanwhile takes no more.
                let size = store::attachment::lock_size_of_chat(&mut tx, chat).await?;
                check_chat(&mut tx, caller, chat).await?;
                must_fit(app, chat, size, i64::from(file.size))?;
            }
            if let Some(ticket) = target.ticket.filter(|_| !caller.is_visitor())
                && !record::may_see_ticket(&mut tx, caller, ticket).await?
            {
                return Err(AttachmentError::UnknownTicket(ticket));
            }
            // Whoever cleans up took it for one that was cut short.
            if !store::attachment::delete_leftover(&mut tx, file.blob).await? {
                return Err(AttachmentError::Expired);
            }
            let mut attachment = file.record(caller, chat, target, app.clock.now());
            attachment.id = insert(&mut tx, &attachment).await?;
            saved.push(attachment);
        }
        store::commit(tx).await?;
        Ok(saved)
    }

    /// Records every file as this author's and nobody's yet: a message brings them into its chat, which
    /// must have room for them.
    pub async fn record_for(
        &self,
        conn: &mut Conn,
        author: &Caller,
        chat: ChatId,
    ) -> Result<Vec<Attachment>, AttachmentError> {
        let more = self.done.iter().map(|file| i64::from(file.size)).sum::<i64>();
        let present = store::attachment::lock_size_of_chat(conn, chat).await?;
        must_fit(self.app, chat, present, more)?;
        let mut saved = Vec::with_capacity(self.done.len());
        for file in &self.done {
            if !store::attachment::delete_leftover(conn, file.blob).await? {
                return Err(AttachmentError::Expired);
            }
            let mut attachment = file.record(author, None, Target::default(), self.app.clock.now());
            attachment.id = insert(conn, &attachment).await?;
            saved.push(attachment);
        }
        Ok(saved)
    }

    /// Removes what has come in; for a request that failed.
    pub async fn discard(self) {
        drop(self.current);
        for blob in self.begun {
            discard(self.app, blob).await;
        }
    }
}

async fn insert(conn: &mut Conn, attachment: &Attachment) -> Result<i32, AttachmentError> {
    store::attachment::insert(conn, attachment).await.map_err(|error| match error.constraint() {
        Some("attachments_ticket_id_fkey") => {
            AttachmentError::UnknownTicket(attachment.ticket.unwrap_or_default())
        }
        _ => error.into(),
    })
}

/// A chat that the caller sees, and that still takes files.
async fn check_chat(conn: &mut Conn, caller: &Caller, chat: ChatId) -> Result<(), AttachmentError> {
    let missing = || AttachmentError::Chat(Refusal::ChatNotFound(chat));
    if !may_see_chat(conn, caller, chat).await? {
        return Err(missing());
    }
    let sight = access::sight(caller).ok_or_else(missing)?;
    let found = store::chat_list::find(conn, &sight, &ChatFilter::only(chat)).await?.ok_or_else(missing)?;
    if found.chat.is_closed() { Err(Refusal::Closed(chat).into()) } else { Ok(()) }
}

fn must_fit(app: &App, chat: ChatId, present: i64, more: i64) -> Result<(), AttachmentError> {
    let max = app.config.limits.chat_attachment_bytes;
    let fits = usize::try_from(present + more).is_ok_and(|size| size <= max);
    if fits { Ok(()) } else { Err(AttachmentError::ChatFull { chat, max }) }
}

impl Incoming {
    async fn take(&mut self, bytes: &[u8]) -> Result<(), AttachmentError> {
        self.sniffer.read(bytes);
        self.hash.update(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = PIECE_BYTES - self.pending.len();
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.pending.extend_from_slice(now);
            rest = later;
            if self.pending.len() == PIECE_BYTES {
                self.sink.write(&self.pending).await?;
                self.pending.clear();
            }
        }
        Ok(())
    }

    async fn end(mut self, is_taken: impl Fn(&str) -> bool) -> Result<Uploaded, AttachmentError> {
        let name = self.name;
        let seen = match self.sniffer.kind() {
            _ if self.size == 0 => return Err(AttachmentError::Empty { name }),
            FileKind::Known(content_type) if is_taken(content_type) => Ok(content_type),
            FileKind::Known(content_type) => Err(content_type.to_owned()),
            FileKind::Markup => Err("HTML, SVG or XML".to_owned()),
            FileKind::Script => Err("a script".to_owned()),
            FileKind::Program(content_type) => Err(format!("a program ({content_type})")),
            FileKind::Unknown => Err("of no known type".to_owned()),
        };
        let content_type = match seen {
            Ok(content_type) => content_type,
            Err(seen) => return Err(AttachmentError::Kind { name, seen }),
        };
        if !self.pending.is_empty() {
            self.sink.write(&self.pending).await?;
        }
        self.sink.finish().await?;
        let size = i32::try_from(self.size).expect("the configuration allows no more than 2 GiB");
        Ok(Uploaded { blob: self.blob, name, content_type, size, sha256: self.hash.finalize().into() })
    }
}

impl Uploaded {
    fn record(
        &self,
        caller: &Caller,
        chat: Option<ChatId>,
        target: Target,
        now: DateTime<Utc>,
    ) -> Attachment {
        Attachment {
            id: 0,
            chat,
            // Tickets are the desk's; a visitor's chat knows its own.
            ticket: target.ticket.filter(|_| !caller.is_visitor()),
            uploaded_by: caller.key(),
            agent: caller.agent().map(|agent| agent.id),
            name: self.name.clone(),
            description: target.description,
            content_type: self.content_type.to_owned(),
            size: self.size,
            sha256: self.sha256,
            blob: self.blob,
            is_staff_only: target.is_staff_only && !caller.is_visitor(),
            created_at: now,
        }
    }
}
