//! Slack has no page whose storage could be read: a step that asks for it gets nothing, and goes on.

use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::ChatId,
        message::Message,
        question::{Ask, AskKind},
    },
    service::{
        conversation::{self, Refusal},
        message::{self, NewMessage},
        news,
        room::Rooms,
    },
    store::{self, StoreError},
};

/// Answers for the page that is not there, where the chat waits for it.
pub(super) async fn answer(app: &App, chat: ChatId, entry: &Message) -> Result<(), StoreError> {
    let Some(ask) = entry.ask.as_ref().filter(|ask| ask.kind == AskKind::PageData) else { return Ok(()) };
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[chat].into()).await?;
    for conversation in &mut conversations {
        let visitor = conversation.visitor().map(|visitor| visitor.number);
        let is_awaited = conversation.position.waits_at() == Some(ask.step) && !conversation.chat.is_closed();
        let Some(participant) = visitor.filter(|_| is_awaited) else { continue };
        let caller = Caller::Visitor { chat, participant, user: None };
        let mut rooms = Rooms::default();
        let new = nothing(chat, ask);
        match message::apply(app, &mut tx, conversation, &mut rooms, &caller, &new, now).await {
            Ok(_) => {}
            Err(Refusal::Store(error)) => return Err(error),
            Err(refusal) => tracing::warn!(chat.id = %chat, %refusal, "page data was not taken"),
        }
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await
}

fn nothing(chat: ChatId, ask: &Ask) -> NewMessage {
    NewMessage {
        chat: Some(chat),
        answers_step: Some(ask.step.get()),
        page_data: ask.storage_keys.iter().map(|one| (one.key.clone(), String::new())).collect(),
        extra: Some(crate::domain::document::Document::from_json("{}")),
        ..NewMessage::default()
    }
}
