//! Texts that agents keep ready: who sees which, who may change which, and what fills them.

use crate::{
    app::App,
    domain::{
        caller::Caller,
        ids::ChatId,
        paging::{Page, Paged},
    },
    flow::Facts,
    service::{
        access,
        conversation::{self, Refusal},
        profile,
    },
    store::{self, StoreError, canned_text::Readers},
};

pub use crate::store::canned_text::{CannedText, CannedTextFilter};

#[derive(Debug, thiserror::Error)]
pub enum CannedTextError {
    #[error("canned text {0} does not exist")]
    NotFound(i32),
    #[error("canned text {0} is not your own; only an administrator changes it")]
    NotOwn(i32),
    #[error("a client without an agent has no texts of its own; only an administrator changes others")]
    Nobodys,
    #[error("could not read or write canned texts")]
    Store(#[from] StoreError),
}

/// Agents see what is meant for them; whoever sets the desk up, and programs that stand for all of
/// it, everything.
fn readers(caller: &Caller) -> Readers {
    match caller.agent() {
        Some(agent) if !caller.is_admin() => Readers::Agent { id: agent.id, teams: agent.teams.clone() },
        _ => Readers::Everybody,
    }
}

pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &CannedTextFilter,
    page: Page,
) -> Result<Paged<CannedText>, CannedTextError> {
    let mut conn = store::acquire(&app.pool).await?;
    Ok(store::canned_text::list(&mut conn, &readers(caller), filter, page).await?)
}

pub async fn find(app: &App, caller: &Caller, id: i32) -> Result<CannedText, CannedTextError> {
    let only = CannedTextFilter { id: Some(id), ..CannedTextFilter::default() };
    let found = list(app, caller, &only, Page { number: 1, size: 1 }).await?;
    found.rows.into_iter().next().ok_or(CannedTextError::NotFound(id))
}

/// Refuses to let anybody but an administrator change a text that is not the caller's own.
pub async fn must_be_own(app: &App, caller: &Caller, id: Option<i32>) -> Result<(), CannedTextError> {
    if caller.is_admin() {
        return Ok(());
    }
    let agent = caller.agent().ok_or(CannedTextError::Nobodys)?;
    let Some(id) = id else { return Ok(()) };
    if find(app, caller, id).await?.agent == Some(agent.id) {
        Ok(())
    } else {
        Err(CannedTextError::NotOwn(id))
    }
}

/// What `$name` stands for in a text that the caller is about to send into a chat it may see.
pub async fn facts(app: &App, caller: &Caller, chat: ChatId) -> Result<Facts, Refusal> {
    let mut tx = store::begin(&app.pool).await?;
    let opened = conversation::open(&mut tx, &[chat].into()).await?.pop();
    let opened = opened.filter(|one| access::may_see(caller, &one.chat, &one.participants));
    let conversation = opened.ok_or(Refusal::ChatNotFound(chat))?;
    let profile = profile::of_chat(app, &mut tx, &conversation.chat).await?;
    store::roll_back(tx).await?;
    let settings = profile.as_ref().map(|profile| &profile.settings);
    let (chat, visitor) = (&conversation.chat, conversation.visitor());
    let holder = chat.agent().and_then(|agent| conversation.place_of_agent(agent));
    let holder = holder.and_then(|place| conversation.participant(place)).map(|one| one.name.clone());
    Ok(Facts {
        now: app.clock.now().fixed_offset(),
        chat_id: Some(chat.id),
        profile_name: settings.map(|one| one.name.clone()).unwrap_or_default(),
        bot_name: settings.map(|one| one.bot_name.clone()).unwrap_or_default(),
        page_url: chat.page_url.clone().unwrap_or_default(),
        language_id: chat.language_id,
        visitor_name: visitor.map(|one| one.name.clone()).unwrap_or_default(),
        visitor_email: visitor.and_then(|one| one.email.clone()).unwrap_or_default(),
        // Whoever sends the text, and otherwise whoever has the chat.
        agent_name: caller.agent().map(|agent| agent.name.clone()).or(holder).unwrap_or_default(),
        ticket_id: chat.ticket_id,
        variables: conversation.variables.clone(),
        ..Facts::default()
    })
}
