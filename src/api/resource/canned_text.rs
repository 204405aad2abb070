//! `/CannedText`: what agents say often, filled in for a chat when one is named.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::document;
use crate::{
    api::{
        error::{ApiError, ErrorBody},
        extract::{Json, Path, Query},
        listing::ListQuery,
        objects::lenient::{Int, Text, optional},
        one_or_many::{OneOrMany, created},
        openapi::CannedText,
    },
    app::App,
    domain::{
        audit::Actor,
        caller::Caller,
        ids::{AgentId, ChatId, TeamId},
        text::SafeHtml,
    },
    flow::{Facts, fill_html, fill_plain},
    service::{
        canned_text::{self, CannedTextFilter},
        resource::{self, Configured, Resource},
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_canned_texts, post_canned_texts))
        .routes(routes!(get_canned_text, delete_canned_text))
}

/// Which texts are wanted, and for which chat.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CannedTextsQuery {
    /// This agent's own, and those that are no agent's own.
    #[serde(deserialize_with = "optional")]
    pub agent_id: Option<Int>,
    /// This team's, and those that are for every team.
    #[serde(deserialize_with = "optional")]
    pub team_id: Option<Int>,
    /// Words that all stand in the text or its name.
    #[serde(deserialize_with = "optional")]
    pub search: Option<Text>,
    /// Fills `$username`, `$agentname`, `$chatid`, `$ticketid` and the like in from this chat.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
}

/// The chat that a text is for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CannedTextQuery {
    /// Fills `$username`, `$agentname`, `$chatid`, `$ticketid` and the like in from this chat.
    #[serde(deserialize_with = "optional")]
    pub chat_id: Option<Int>,
}

/// List the canned texts that are meant for the caller, by name.
#[utoipa::path(get, path = "/CannedText", tag = "CannedText", params(CannedTextsQuery, ListQuery),
    responses((status = 200, body = Vec<CannedText>), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn list_canned_texts(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<CannedTextsQuery>,
    Query(list): Query<ListQuery>,
) -> Result<Json<Value>, ApiError> {
    let positive = |id: Option<Int>| id.map(|id| id.0).filter(|id| *id > 0);
    let filter = CannedTextFilter {
        id: None,
        agent: positive(query.agent_id).map(AgentId::new),
        team: positive(query.team_id).map(TeamId::new),
        words: query.search.iter().flat_map(|words| words.0.split_whitespace()).map(str::to_owned).collect(),
    };
    let facts = facts(&app, &caller, query.chat_id).await?;
    let found = canned_text::list(&app, &caller, &filter, list.page()).await?;
    Ok(Json(found.rows.into_iter().map(|row| out(row, facts.as_ref())).collect()))
}

/// Read one canned text.
#[utoipa::path(get, path = "/CannedText/{id}", tag = "CannedText", params(("id" = i32, Path), CannedTextQuery),
    responses((status = 200, body = CannedText), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn get_canned_text(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i32>,
    Query(query): Query<CannedTextQuery>,
) -> Result<Json<Value>, ApiError> {
    let facts = facts(&app, &caller, query.chat_id).await?;
    Ok(Json(out(canned_text::find(&app, &caller, id).await?, facts.as_ref())))
}

/// Create or change canned texts; an agent who is no administrator only its own.
#[utoipa::path(post, path = "/CannedText", tag = "CannedText", request_body = OneOrMany<CannedText>,
    responses((status = 201, body = CannedText), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn post_canned_texts(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    Json(body): Json<OneOrMany<Map<String, Value>>>,
) -> Result<Response, ApiError> {
    let mut bodies = body.into_members()?;
    for body in &mut bodies {
        let id = body.get("id").cloned().and_then(|id| serde_json::from_value::<Int>(id).ok());
        canned_text::must_be_own(&app, &caller, id.map(|id| id.0).filter(|id| *id > 0)).await?;
        if let (false, Some(agent)) = (caller.is_admin(), caller.agent()) {
            body.insert("agent_id".to_owned(), json!(agent.id.get()));
        }
    }
    let saved = document::save(&app, &caller, &actor, Resource::CannedTexts, bodies).await?;
    let mut answers = Vec::with_capacity(saved.len());
    for row in saved {
        answers.push(out(canned_text::find(&app, &caller, row.stored.id).await?, None));
    }
    Ok(created(answers))
}

/// Delete a canned text; an agent who is no administrator only its own.
#[utoipa::path(delete, path = "/CannedText/{id}", tag = "CannedText", params(("id" = i32, Path)),
    responses((status = 200, body = CannedText), (status = 400, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub async fn delete_canned_text(
    State(app): State<App>,
    caller: Caller,
    actor: Actor,
    Path(id): Path<i32>,
) -> Result<Json<Value>, ApiError> {
    let present = canned_text::find(&app, &caller, id).await?;
    canned_text::must_be_own(&app, &caller, Some(id)).await?;
    resource::delete(&app, &actor, Resource::CannedTexts, id).await?;
    Ok(Json(out(present, None)))
}

async fn facts(app: &App, caller: &Caller, chat: Option<Int>) -> Result<Option<Facts>, ApiError> {
    match chat.filter(|chat| chat.0 > 0) {
        Some(chat) => Ok(Some(canned_text::facts(app, caller, ChatId::new(chat.0)).await?)),
        None => Ok(None),
    }
}

/// A text as it leaves: safe to show, in both forms, whichever was stored.
fn out(found: canned_text::CannedText, facts: Option<&Facts>) -> Value {
    let row = Configured { stored: found.stored, memberships: Vec::new() };
    let mut answer = document::out(Resource::CannedTexts, &row);
    let stored = |member: &str| answer[member].as_str().filter(|text| !text.trim().is_empty());
    let (text, html) = (stored("text"), stored("html"));
    let source = html.map_or_else(|| SafeHtml::escape(text.unwrap_or_default()).into_string(), str::to_owned);
    let html = facts.map_or_else(|| SafeHtml::sanitise(&source).html, |facts| fill_html(&source, facts));
    let text = match (text, facts) {
        (Some(text), Some(facts)) => fill_plain(text, facts),
        (Some(text), None) => text.to_owned(),
        (None, _) => html.to_plain(),
    };
    answer["text"] = text.into();
    answer["html"] = html.into_string().into();
    for (member, name) in [("agent_name", found.agent_name), ("team_name", found.team_name)] {
        if let Some(name) = name {
            answer[member] = name.into();
        }
    }
    answer
}
