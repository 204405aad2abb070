//! A virtual agent answers the conversation: one reply, with the tools that it may use on the way.

use serde_json::Value;

use crate::{
    app::App,
    domain::{document::Document, text::SafeHtml},
    flow::{NewTicket, Outcome},
    outbound::model::{Completion, Tool, ToolCall, Turn},
    service::{
        conversation, news,
        outbox::turns,
        search,
        ticket::{self, Reporter},
    },
    store::{
        self, StoreError, finding,
        outbox::Claimed,
        resource::{self, Resource},
    },
};

/// Times that a model may use tools before it must have said something.
const ROUNDS_MAX: usize = 6;
/// Characters of one article that a model is given.
const ARTICLE_CHARACTERS_MAX: usize = 4_000;

/// Asks the agent's model until it says something, hands over or fails.
pub(super) async fn reply(
    app: &App,
    call: &Claimed,
    agent: Option<&str>,
    model: Option<&str>,
    instructions: &str,
) -> Result<Outcome, StoreError> {
    let Some(agent) = read_agent(app, agent).await? else {
        tracing::warn!(chat.id = %call.chat, "the flow names a virtual agent that is not there");
        return Ok(Outcome::Failed);
    };
    let system = [agent.instructions.as_str(), instructions].join("\n\n");
    let mut messages = vec![Turn::System(system.trim().to_owned())];
    messages.extend(turns::of_chat(app, call.chat).await?);
    let tools = tools();
    for _ in 0..ROUNDS_MAX {
        let model = model.map(str::to_owned).or_else(|| agent.model.clone());
        let ask = Completion { model, messages: messages.clone(), tools: &tools };
        let reply = match app.outbound.model().complete(&ask).await {
            Ok(reply) if !reply.is_refusal => reply,
            Ok(_) => return Ok(Outcome::Failed),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(chat.id = %call.chat, error, "a virtual agent did not answer");
                return Ok(Outcome::Failed);
            }
        };
        if reply.calls.iter().any(|call| call.name == HAND_OVER) {
            return Ok(Outcome::HandOver { words: reply.words });
        }
        if reply.calls.is_empty() {
            return Ok(Outcome::Said(reply.words));
        }
        messages.push(Turn::AssistantCalls(reply.calls.clone()));
        for asked in reply.calls {
            let text = use_tool(app, call, &asked).await?;
            messages.push(Turn::ToolResult { call_id: asked.id, text });
        }
    }
    tracing::warn!(chat.id = %call.chat, "a virtual agent used tools without end");
    Ok(Outcome::Failed)
}

struct Agent {
    instructions: String,
    model: Option<String>,
}

/// The stored agent; one without instructions when the step names none.
async fn read_agent(app: &App, name: Option<&str>) -> Result<Option<Agent>, StoreError> {
    let Some(name) = name else { return Ok(Some(Agent { instructions: String::new(), model: None })) };
    let Ok(id) = name.trim().parse() else { return Ok(None) };
    let mut conn = store::acquire(&app.pool).await?;
    let stored = resource::find(&mut conn, Resource::VirtualAgents, id).await?;
    Ok(stored.and_then(|stored| agent_of(&stored.document)))
}

fn agent_of(document: &Document) -> Option<Agent> {
    let document: Value = serde_json::from_str(document.as_str()).ok()?;
    let text = |name: &str| document[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    (document["inactive"] != true)
        .then(|| Agent { instructions: text("instructions").unwrap_or_default(), model: text("model") })
}

const HAND_OVER: &str = "hand_over";
const LOG_TICKET: &str = "log_ticket";
const SEARCH_KNOWLEDGE: &str = "search_knowledge";

fn tools() -> [Tool; 3] {
    let object = |members: &[(&str, &str)], required: &[&str]| {
        let text = |(name, about): &(&str, &str)| {
            ((*name).to_owned(), serde_json::json!({ "type": "string", "description": about }))
        };
        let properties: serde_json::Map<String, Value> = members.iter().map(text).collect();
        serde_json::json!({ "type": "object", "properties": properties, "required": required })
    };
    let tool = |name: &str, description: &str, parameters| Tool {
        name: name.to_owned(),
        description: description.to_owned(),
        parameters,
    };
    [
        tool(
            HAND_OVER,
            "End your part of the conversation, because the person wants a human or you cannot help.",
            object(&[], &[]),
        ),
        tool(
            LOG_TICKET,
            "Log a support ticket for the person. Answers the ticket's number.",
            object(
                &[("summary", "One line that names the problem."), ("details", "What is known about it.")],
                &["summary"],
            ),
        ),
        tool(
            SEARCH_KNOWLEDGE,
            "Search the knowledge base. Answers the articles that fit best.",
            object(&[("query", "Words to look for.")], &["query"]),
        ),
    ]
}

async fn use_tool(app: &App, call: &Claimed, asked: &ToolCall) -> Result<String, StoreError> {
    let arguments: Value = serde_json::from_str(&asked.arguments).unwrap_or_default();
    // Postgres holds no NUL in text, and an error would only make the whole call again.
    let text = |name: &str| arguments[name].as_str().unwrap_or_default().replace('\0', "").trim().to_owned();
    match asked.name.as_str() {
        SEARCH_KNOWLEDGE => search_knowledge(app, &text("query")).await,
        LOG_TICKET if text("summary").is_empty() => Ok("A ticket needs a summary.".to_owned()),
        LOG_TICKET => log_ticket(app, call, &text("summary"), &text("details")).await,
        _ => Ok("There is no such tool.".to_owned()),
    }
}

async fn search_knowledge(app: &App, query: &str) -> Result<String, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    let search = search::of(app, &mut conn, query).await?;
    let articles = finding::article_texts(&mut conn, &search).await?;
    let plain = |html: &String| SafeHtml::sanitise(html).html.to_plain();
    let texts: Vec<String> =
        articles.iter().map(|text| plain(text).chars().take(ARTICLE_CHARACTERS_MAX).collect()).collect();
    Ok(if texts.is_empty() { "Nothing was found.".to_owned() } else { texts.join("\n---\n") })
}

/// Logs the chat's ticket, or gives the one that it has: a call that is made again after a crash
/// must not log a second one.
async fn log_ticket(app: &App, call: &Claimed, summary: &str, details: &str) -> Result<String, StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &[call.chat].into()).await?;
    let Some(conversation) = conversations.first_mut().filter(|one| !one.chat.is_closed()) else {
        return Ok("The conversation is over.".to_owned());
    };
    if let Some(ticket) = conversation.chat.ticket_id {
        return Ok(format!("The conversation has ticket {ticket}."));
    }
    let new = NewTicket { summary: summary.to_owned(), ..NewTicket::default() };
    let reporter = Reporter::from(&*conversation);
    let ticket = ticket::log(&mut tx, call.chat, &reporter, &new, details, now).await?;
    conversation.link_ticket(ticket, now);
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await?;
    Ok(format!("Ticket {ticket} was logged."))
}
