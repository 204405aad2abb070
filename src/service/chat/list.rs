//! Chats as their readers see them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::{Participant, Stage},
        chat_filter::{ChatFilter, Sight},
        ids::{ChatId, MessageNumber, ParticipantNumber},
        paging::{ChatOrder, Page, Paged, Sort},
    },
    service::{
        access,
        conversation::Refusal,
        message::TypingSince,
        profile::{self, RunningProfile},
        waiting,
    },
    store::{self, StoreError, chat_list::ListedChat, unread::Mark},
};

/// A chat with everything that its header shows.
pub struct ChatView {
    pub listed: ListedChat,
    pub participants: Vec<Participant>,
    pub profile: Option<Arc<RunningProfile>>,
    pub typing: Vec<TypingSince>,
    /// Minutes that a queued chat may still wait, counted from when it was queued.
    pub wait_minutes: Option<f64>,
    /// The reader's own place in it.
    pub own_place: Option<ParticipantNumber>,
    /// Words of others after the reader's mark; more than 999 are not counted.
    pub unread: i32,
}

/// One page of the chats that the caller may see. Two round trips, one more when there may be further
/// pages, and one when something in them is unread.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &ChatFilter,
    sorts: &[Sort<ChatOrder>],
    page: Page,
) -> Result<Paged<ChatView>, StoreError> {
    let Some(sight) = access::sight(caller) else {
        return Ok(Paged { rows: Vec::new(), record_count: 0 });
    };
    let mut conn = store::acquire(&app.pool).await?;
    let paged = store::chat_list::list(&mut conn, &sight, filter, sorts, page).await?;
    let rows = dress(app, &mut conn, caller, paged.rows).await?;
    Ok(Paged { rows, record_count: paged.record_count })
}

/// Chats that the caller may see, the newest first; at most `limit`.
pub async fn some(
    app: &App,
    conn: &mut store::Conn,
    caller: &Caller,
    filter: &ChatFilter,
    limit: i64,
) -> Result<Vec<ChatView>, StoreError> {
    let Some(sight) = access::sight(caller) else { return Ok(Vec::new()) };
    let listed = store::chat_list::read(conn, &sight, filter, &[], Page { number: 1, size: limit }).await?;
    dress(app, conn, caller, listed).await
}

/// One chat, if the caller may see it.
pub async fn view(app: &App, caller: &Caller, chat: ChatId) -> Result<ChatView, Refusal> {
    let sight = access::sight(caller).ok_or(Refusal::ChatNotFound(chat))?;
    let mut conn = store::acquire(&app.pool).await?;
    let listed = store::chat_list::find(&mut conn, &sight, &ChatFilter::only(chat))
        .await?
        .ok_or(Refusal::ChatNotFound(chat))?;
    dress(app, &mut conn, caller, vec![listed]).await?.pop().ok_or(Refusal::ChatNotFound(chat))
}

/// Chats that the caller has just changed, in this order; it may no longer see them otherwise.
pub async fn views(app: &App, caller: &Caller, chats: &[ChatId]) -> Result<Vec<ChatView>, Refusal> {
    let mut conn = store::acquire(&app.pool).await?;
    let mut listed = Vec::with_capacity(chats.len());
    for chat in chats {
        let only = ChatFilter::only(*chat);
        let found = store::chat_list::find(&mut conn, &Sight::Everything, &only).await?;
        listed.push(found.ok_or(Refusal::ChatNotFound(*chat))?);
    }
    Ok(dress(app, &mut conn, caller, listed).await?)
}

async fn dress(
    app: &App,
    conn: &mut store::Conn,
    caller: &Caller,
    listed: Vec<ListedChat>,
) -> Result<Vec<ChatView>, StoreError> {
    let now = app.clock.now();
    let ids: Vec<ChatId> = listed.iter().map(|one| one.chat.id).collect();
    let people = store::participant::list_by_chats(conn, &ids).await?;
    let mut views = Vec::with_capacity(listed.len());
    for listed in listed {
        let id = listed.chat.id;
        let participants: Vec<Participant> =
            people.iter().filter(|(chat, _)| *chat == id).map(|(_, one)| one.clone()).collect();
        let signed_in = || match caller {
            Caller::Visitor { user: Some(user), .. } => {
                participants.iter().find(|one| one.is_signed_in_as(*user)).map(|one| one.number)
            }
            _ => None,
        };
        let own_place = caller.place_in(id, &participants).or_else(signed_in);
        views.push(ChatView {
            profile: profile::of_chat(app, conn, &listed.chat).await?,
            typing: app.typing.in_chat(id, now),
            wait_minutes: None,
            listed,
            participants,
            own_place,
            unread: 0,
        });
    }
    estimate_waits(conn, &mut views, now).await?;
    count_unread(conn, caller, &mut views).await?;
    Ok(views)
}

/// One round trip for all chats that wait, none when none does.
async fn estimate_waits(
    conn: &mut store::Conn,
    views: &mut [ChatView],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settings = |view: &ChatView| {
        let chat = &view.listed.chat;
        let is_waiting = chat.stage == Stage::Queued && !chat.is_closed();
        view.profile.clone().filter(|_| is_waiting)
    };
    let profiles: Vec<_> = views.iter().map(settings).collect();
    let waiting =
        views.iter_mut().zip(&profiles).filter_map(|(view, profile)| Some((view, profile.as_ref()?)));
    let waiting: Vec<_> = waiting.collect();
    let wanted: Vec<_> =
        waiting.iter().map(|(view, profile)| (view.listed.chat.team, &profile.settings.waiting)).collect();
    let estimates = waiting::estimates(conn, &wanted, now).await?;
    for ((view, _), minutes) in waiting.into_iter().zip(estimates) {
        view.wait_minutes = minutes;
    }
    Ok(())
}

/// One round trip, and none when the reader has come to the end of every log.
async fn count_unread(
    conn: &mut store::Conn,
    caller: &Caller,
    views: &mut [ChatView],
) -> Result<(), StoreError> {
    let with_staff_only = !caller.is_visitor();
    let marks = views.iter().filter_map(|view| {
        let own = view.own_place.and_then(|place| view.participants.iter().find(|one| one.number == place));
        let read = own.map_or(MessageNumber::new(0), |own| own.read);
        let head = view.listed.head;
        let last = if with_staff_only { head.last_message } else { head.last_public_message };
        (read < last).then_some(Mark { chat: view.listed.chat.id, reader: view.own_place, read })
    });
    let marks: Vec<Mark> = marks.collect();
    if marks.is_empty() {
        return Ok(());
    }
    let counts = store::unread::count(conn, &marks, with_staff_only).await?;
    for view in views {
        view.unread = counts.get(&view.listed.chat.id).copied().unwrap_or(0);
    }
    Ok(())
}
