//! The operations on `/Chat`.

use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    new_chat::{LiveChatHeaderIn, LiveChatStarted, sort_wishes},
    wire::{LiveChatHeader, LiveChatList},
};
use crate::{
    api::{
        address::ComesFrom,
        chat_message::wire::LiveChatMsg,
        cors,
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        idempotency::Repeat,
        listing::ListQuery,
        objects::lenient::{Flag, Int, Text, optional, read_moment},
        one_or_many::{OneOrMany, created},
        token::wire::TokenMembers,
    },
    app::App,
    domain::{
        caller::Caller,
        chat_filter::ChatFilter,
        ids::{ChatId, ProfileId},
        paging::ChatOrder,
    },
    service::{
        availability,
        chat::{self, NewChat, Started},
        feed::Present,
    },
};

const AFTER_WHAT: &str =
    "after is neither a date and time nor a cursor that is still good; without it all chats are listed";

/// The filters of `GET /Chat`.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ChatQuery {
    /// Chats changed after this moment, or after this cursor: one that such a list answered, or the
    /// feed `/Chat/Stream` told. A week old at most.
    #[serde(deserialize_with = "optional")]
    #[param(example = "2026-03-01T09:30:00Z")]
    pub after: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub chatprofile_id: Option<Text>,
    /// Answers whether a chat of `chatprofile_id` can be started now, or without it whether anybody
    /// can take one, instead of chats.
    #[serde(deserialize_with = "optional")]
    pub checkavailable: Option<Flag>,
    /// Leaves closed chats out.
    #[serde(deserialize_with = "optional")]
    pub ignore_all_closed: Option<Flag>,
    #[serde(deserialize_with = "optional")]
    pub teams_conversation_id: Option<Text>,
    #[serde(deserialize_with = "optional")]
    pub ticket_id: Option<Int>,
}

/// The names that chats may be sorted by.
fn order(name: &str) -> Option<ChatOrder> {
    Some(match name {
        "id" => ChatOrder::Id,
        "name" => ChatOrder::Name,
        "datecreated" => ChatOrder::Created,
        "lastupdatedate" | "dateupdated" => ChatOrder::Updated,
        "datetimequeued" => ChatOrder::Queued,
        "datetimeagentjoined" => ChatOrder::AgentJoined,
        "dateclosed" => ChatOrder::Closed,
        "team_id" => ChatOrder::Team,
        "agent_id" => ChatOrder::Agent,
        "chatprofile_id" | "chatprofileid" => ChatOrder::Profile,
        "ticket_id" => ChatOrder::Ticket,
        "lastmessageid" => ChatOrder::LastMessage,
        "isclosed" => ChatOrder::IsClosed,
        "isassigned" => ChatOrder::IsAssigned,
        "livechatstarted" => ChatOrder::IsLive,
        _ => return None,
    })
}

/// List chats.
///
/// Agents see the chats of their teams, their own, and queued ones that are anybody's; a visitor
/// its own and, signed in by an identity token, its earlier ones; administrators and API clients all.
/// The newest come first unless sorted.
#[utoipa::path(get, path = "/Chat", tag = "Chat", params(ChatQuery, ListQuery),
    responses((status = 200, body = LiveChatList), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn list_chats(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ChatQuery>,
    Query(list): Query<ListQuery>,
) -> Result<Json<LiveChatList>, ApiError> {
    if query.checkavailable.is_some_and(|flag| flag.0) {
        let profile = query.chatprofile_id.filter(|id| !id.0.is_empty()).map(|id| ProfileId::new(id.0));
        let available = Some(availability::of(&app, &caller, profile.as_ref()).await?);
        return Ok(Json(LiveChatList {
            page: list.members(),
            record_count: 0,
            chats: Vec::new(),
            available,
            cursor: None,
        }));
    }
    let after = query.after.clone().map(|text| text.0).filter(|text| !text.is_empty());
    let mut filter = filter(query);
    let mut cursor = None;
    if let Some(after) = after {
        // Before the chats are read: what changes meanwhile comes after it.
        let present = Present::read(&app, &caller).await?;
        filter.changed_after = read_moment(&after);
        if filter.changed_after.is_none() {
            filter.feed_after =
                Some(present.number(&after).ok_or_else(|| ApiError::bad_request(AFTER_WHAT))?);
        }
        cursor = Some(present.cursor().as_str().to_owned());
    }
    let paged = chat::list(&app, &caller, &filter, &list.sorts(order), list.page()).await?;
    Ok(Json(LiveChatList {
        page: list.members(),
        record_count: paged.record_count,
        chats: paged.rows.into_iter().map(|view| LiveChatHeader::new(view, &caller)).collect(),
        available: None,
        cursor,
    }))
}

fn filter(query: ChatQuery) -> ChatFilter {
    let text = |text: Option<Text>| text.map(|text| text.0).filter(|text| !text.is_empty());
    ChatFilter {
        profile: text(query.chatprofile_id),
        ticket_id: query.ticket_id.map(|id| id.0).filter(|id| *id > 0),
        teams_conversation_id: text(query.teams_conversation_id),
        open_only: query.ignore_all_closed.is_some_and(|flag| flag.0),
        ..ChatFilter::default()
    }
}

/// Read one chat's header.
#[utoipa::path(get, path = "/Chat/{id}", tag = "Chat", params(("id" = i32, Path, description = "The chat")),
    responses((status = 200, body = LiveChatHeader), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_chat(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i32>,
) -> Result<Json<LiveChatHeader>, ApiError> {
    let view = chat::view(&app, &caller, ChatId::new(id)).await?;
    Ok(Json(LiveChatHeader::new(view, &caller)))
}

/// Start chats, or change chats that exist.
///
/// Without an `id` a chat is started: the answer carries the visitor's token, which opens this chat
/// and, after an `identity_token`, lets the user's earlier ones be read. With an `id` it is joined,
/// handed over, transferred, closed, reopened or read. All or none of an array's members take effect.
#[utoipa::path(post, path = "/Chat", tag = "Chat", request_body = OneOrMany<LiveChatHeaderIn>,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "Repeating a start with the same key answers the same chat, with a fresh token")),
    responses((status = 201, body = LiveChatStarted), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn post_chats(
    State(app): State<App>,
    caller: Caller,
    Extension(ComesFrom(address)): Extension<ComesFrom>,
    headers: HeaderMap,
    request: Repeat<OneOrMany<LiveChatHeaderIn>>,
) -> Result<Response, ApiError> {
    let (starts, changes) = match request.body {
        Some(body) => sort_wishes(body.into_members()?)?,
        None => (vec![NewChat::default()], Vec::new()),
    };
    if starts.is_empty() {
        if caller == Caller::Stranger {
            return Err(ApiError::unauthorized("changing a chat takes a token"));
        }
        let ids = chat::change(&app, &caller, changes, request.repeatable).await?;
        let views = chat::views(&app, &caller, &ids).await?;
        return Ok(created(views.into_iter().map(|view| LiveChatHeader::new(view, &caller)).collect()));
    }
    for profile in starts.iter().filter_map(|new| new.profile.as_ref()) {
        cors::check_profile(&app, &headers, profile).await?;
    }
    let started = chat::start(&app, &caller, address, starts, request.repeatable).await?;
    let ids: Vec<ChatId> = started.iter().map(|one| one.chat).collect();
    let views = chat::views(&app, &caller, &ids).await?;
    let answers = started.into_iter().zip(views).map(|(started, view)| answer(started, view, &caller));
    Ok(created(answers.collect()).into_response())
}

fn answer(started: Started, view: chat::ChatView, caller: &Caller) -> LiveChatStarted {
    let messages =
        started.messages.iter().map(|message| LiveChatMsg::of_view(message, &view, caller)).collect();
    let (token, unknown_id) = started.token.unzip();
    LiveChatStarted {
        messages: Some(messages),
        token: token.map(|issued| TokenMembers::from(&issued)),
        unknown_id,
        header: LiveChatHeader::new(view, caller),
    }
}
