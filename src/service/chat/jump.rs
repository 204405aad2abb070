//! Moving a chat to a step of its flow.

use crate::{
    app::App,
    domain::{
        caller::Caller,
        chat::Stage,
        ids::{ChatId, ProfileId, StepId},
    },
    flow::{Event, Position},
    service::{
        access,
        conversation::{self, Refusal},
        flow, news, profile,
    },
    store,
};

/// Where to.
#[derive(Clone, Debug)]
pub struct Jump {
    pub chat: ChatId,
    /// Another profile's flow; none: the chat's own.
    pub profile: Option<ProfileId>,
    pub step: StepId,
}

/// Runs chats from a step on, all or none. A visitor only while the bot has the chat, and only to a
/// step that permits being started at; staff anywhere while the bot has it.
pub async fn jump(app: &App, caller: &Caller, jumps: Vec<Jump>) -> Result<Vec<ChatId>, Refusal> {
    let now = app.clock.now();
    let ids = jumps.iter().map(|jump| jump.chat).collect();
    let mut tx = store::begin(&app.pool).await?;
    let mut conversations = conversation::open(&mut tx, &ids).await?;
    for jump in &jumps {
        let conversation = conversations
            .iter_mut()
            .find(|one| one.id() == jump.chat)
            .ok_or(Refusal::ChatNotFound(jump.chat))?;
        access::check_change(caller, &conversation.chat, &conversation.participants)?;
        conversation.must_be_open()?;
        if conversation.chat.stage != Stage::Bot {
            return Err(Refusal::Invalid(format!("the bot no longer has chat {}", jump.chat)));
        }
        let chat = &conversation.chat;
        let profile = match &jump.profile {
            Some(other)
                if chat.profile.as_ref().is_none_or(|own| own.id != *other) && !caller.is_visitor() =>
            {
                profile::newest(app, &mut tx, other, chat.language_id).await?
            }
            _ => profile::of_chat(app, &mut tx, chat).await?,
        };
        let profile = profile.ok_or_else(|| Refusal::Invalid(format!("chat {} has no flow", jump.chat)))?;
        let may = if caller.is_visitor() {
            profile.flow.allows_start_at(jump.step)
        } else {
            profile.flow.has_step(jump.step)
        };
        if !may {
            return Err(Refusal::Invalid(format!(
                "chat {} cannot be moved to step {}",
                jump.chat, jump.step
            )));
        }
        conversation.chat.profile = Some(profile.version.clone());
        // A flow that has come to its end begins again where the jump says.
        if conversation.position == Position::Finished {
            conversation.position = Position::NotStarted;
        }
        let event = Event::Jumped { to: jump.step };
        let walk = flow::decide(app, &mut tx, conversation, &profile, &event, now).await?;
        walk.carry_out(conversation, &profile, now);
    }
    let untold = conversation::save(app, &mut tx, &mut conversations, now).await?;
    news::commit(app, tx, untold).await?;
    Ok(jumps.iter().map(|jump| jump.chat).collect())
}
