//! Starting a chat for somebody in Slack, whose conversation it goes on in.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::start::{NAMELESS, NewChat, blank};
use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::{Person, SlackPlace},
        ids::ChatId,
    },
    flow::{Answer, Event},
    service::{
        conversation::{Conversation, Refusal},
        flow,
        message::{self, NewMessage},
        profile::RunningProfile,
    },
    store::{Conn, finding},
};

/// Somebody in Slack, as Slack describes that person.
#[derive(Clone, Debug)]
pub struct SlackVisitor {
    pub place: SlackPlace,
    /// Names the person in every conversation of the workspace.
    pub unknown_id: String,
    pub name: Option<String>,
    /// Slack has made sure of it.
    pub email: Option<String>,
}

/// A chat that is about to be inserted, with what the bot says first. The words that it began with
/// come before that; they answer nothing, unless the flow begins with a talk about anything.
pub async fn begin_in_slack(
    app: &App,
    conn: &mut Conn,
    profile: &Arc<RunningProfile>,
    id: ChatId,
    who: &SlackVisitor,
    words: &[NewMessage],
    now: DateTime<Utc>,
) -> Result<Conversation, Refusal> {
    let new =
        NewChat { display_name: who.name.clone(), slack: Some(who.place.clone()), ..NewChat::default() };
    let mut conversation = Conversation::new(blank(id, Some(profile), &new, now));
    let person = Person::Visitor { unknown_id: who.unknown_id.clone(), user: None };
    let name = who.name.as_deref().unwrap_or(NAMELESS);
    let visitor = conversation.admit(person, name, who.email.clone());
    conversation.start(visitor, now);
    if let Some(email) = &who.email
        && let Some(user) = finding::user(conn, email).await?
    {
        conversation.identify(user.id, user.name, user.email, now);
    }
    let caller = Caller::Visitor { chat: id, participant: visitor, user: None };
    let said: Vec<&str> = words.iter().filter_map(|one| one.plain.as_deref()).collect();
    if !said.is_empty() {
        // A flow may begin by searching for it.
        conversation.variables.insert("answer".to_owned(), said.join("\n"));
    }
    for new in words {
        message::log_words(app, conn, &mut conversation, &caller, new, now).await?;
    }
    let walk = flow::decide(app, conn, &conversation, profile, &Event::Opened { at: None }, now).await?;
    walk.carry_out(&mut conversation, profile, now);
    let talks = conversation.position.waits_at().is_some_and(|step| profile.flow.talks_at(step));
    if talks && !said.is_empty() {
        let answer = Event::Answered(Answer { text: said.join("\n"), ..Answer::default() });
        let walk = flow::decide(app, conn, &conversation, profile, &answer, now).await?;
        walk.carry_out(&mut conversation, profile, now);
    }
    Ok(conversation)
}
