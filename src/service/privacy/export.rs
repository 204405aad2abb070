//! Everything that is kept of a person, as one JSON document, a piece at a time.

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{CHATS_AT_ONCE, PrivacyError, deed, find};
use crate::{
    app::App,
    domain::{
        audit::{Action, Actor},
        ids::ChatId,
        person::{Person, Subject},
    },
    service::audit,
    store::{
        self, StoreError,
        export::{self, Part},
    },
};

/// Pieces that wait for their reader.
const PIECES_MAX: usize = 4;

/// Notes the export in the audit, then gives the document piece by piece. A piece that is an error is the
/// last, and the document has no end.
pub async fn export(
    app: &App,
    actor: &Actor,
    subject: &Subject,
) -> Result<mpsc::Receiver<Result<Bytes, StoreError>>, PrivacyError> {
    let person = find(app, subject).await?;
    let number = subject.number().map(|number| number.to_string());
    let kind = [subject.kind()];
    let mut conn = store::acquire(&app.pool).await?;
    audit::note(app, &mut conn, actor, deed(Action::Exported, subject, number.as_deref(), &kind)).await?;
    drop(conn);
    let (pieces, reader) = mpsc::channel(PIECES_MAX);
    let app = app.clone();
    tokio::spawn(async move {
        let mut writer = Writer { pieces };
        if let Err(Stop::Failed(error)) = write(&app, &person, &mut writer).await {
            tracing::error!(error = &error as &dyn std::error::Error, "an export ended half-way");
            // Whoever has gone away needs no error.
            let _ = writer.pieces.send(Err(error)).await;
        }
    });
    Ok(reader)
}

struct Writer {
    pieces: mpsc::Sender<Result<Bytes, StoreError>>,
}

enum Stop {
    /// Nobody reads any more.
    Gone,
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl Writer {
    async fn put(&self, text: String) -> Result<(), Stop> {
        self.pieces.send(Ok(text.into())).await.map_err(|_| Stop::Gone)
    }
}

async fn write(app: &App, person: &Person, writer: &mut Writer) -> Result<(), Stop> {
    let head = serde_json::json!({
        "user_ids": person.users,
        "emails": person.emails,
        "unknown_ids": person.unknown_ids,
        "slack_user_ids": person.slack_users,
    });
    writer.put(format!("{{\"person\":{head}")).await?;
    for part in export::OF_PEOPLE {
        let mut conn = store::acquire(&app.pool).await?;
        let rows = export::list_of_person(&mut conn, part, person).await?;
        drop(conn);
        writer.put(format!(",\n\"{}\":[{}]", part.name, rows.join(",\n"))).await?;
    }
    writer.put(",\n\"chats\":[".to_owned()).await?;
    let (mut after, mut is_first) = (ChatId::new(0), true);
    loop {
        let mut conn = store::acquire(&app.pool).await?;
        let page = store::person::list_chats(&mut conn, person, after, CHATS_AT_ONCE).await?;
        drop(conn);
        let Some(last) = page.last() else { break };
        after = *last;
        for chat in page {
            let between = if is_first { "" } else { ",\n" };
            is_first = false;
            writer.put(format!("{between}{{\"id\":{chat}")).await?;
            for part in export::OF_CHATS {
                write_part(app, chat, part, writer).await?;
            }
            writer.put("}".to_owned()).await?;
        }
    }
    writer.put("]}\n".to_owned()).await
}

/// One list of a chat, a page at a time: memory stays bounded however long the chat is.
async fn write_part(app: &App, chat: ChatId, part: Part, writer: &Writer) -> Result<(), Stop> {
    writer.put(format!(",\n\"{}\":[", part.name)).await?;
    let (mut after, mut is_first) = (0, true);
    loop {
        let mut conn = store::acquire(&app.pool).await?;
        let rows = export::list_of_chat(&mut conn, part, chat, after).await?;
        drop(conn);
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        let between = if is_first { "" } else { ",\n" };
        is_first = false;
        let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
        writer.put(format!("{between}{}", rows.join(",\n"))).await?;
    }
    writer.put("]".to_owned()).await
}
