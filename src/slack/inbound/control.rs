//! Buttons, selects and forms that somebody used. Each question is answered once, by the person it
//! was put to; whatever comes later says so and does nothing.

use serde_json::json;
use uuid::Uuid;

use super::{
    answer,
    intake::OPENS_FORM,
    work::{Job, finish},
};
use crate::{
    app::App,
    domain::{caller::Caller, chat::SlackPlace, ids::ChatId, message::Message, news::News, question::Ask},
    outbound::slack::Arguments,
    service::{
        conversation::{self, Conversation, Refusal},
        message,
        news::{self, Untold},
        room::Rooms,
    },
    slack::{
        aside::{self, Aside},
        chat_app,
        courier::form,
        protocol::interaction::{Control, Interaction},
    },
    store::{
        self, Conn, StoreError,
        slack_block::{self, StoredBlock},
        slack_conversation, slack_inbox,
    },
};

/// Actions of our controls; what stands behind the point tells several of one message apart.
pub(in crate::slack) const PICK: &str = "pick";
pub(in crate::slack) const SEVERAL: &str = "several";
pub(in crate::slack) const CONFIRM: &str = "confirm";
pub(in crate::slack) const SUGGESTION: &str = "suggestion";

const STALE: &str = "This question has been answered already.";
const NOT_YOURS: &str = "This question is somebody else's.";
const NOTHING_CHOSEN: &str = "Choose something first.";
const NO_FORM: &str = "The form did not open; press the button again, or write your answer.";

/// Does what the used controls ask for; Slack sends one at a time.
pub(super) async fn used(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    controls: &[Control],
    state: &[Control],
) -> Result<(), StoreError> {
    let Some((control, block)) = controls.iter().find_map(|one| Some((one, block_of(&one.block_id)?))) else {
        return finish(app, job.request).await;
    };
    let action = control.action_id.split('.').next().unwrap_or_default();
    match action {
        OPENS_FORM => open_form(app, job, interaction, block).await,
        SEVERAL => keep(app, job, interaction, block, &control.values).await,
        CONFIRM => {
            let shown =
                state.iter().find(|one| block_of(&one.block_id) == Some(block) && !one.values.is_empty());
            answer(app, job, interaction, block, &Chosen::Several(shown.map(|one| one.values.clone()))).await
        }
        PICK => answer(app, job, interaction, block, &Chosen::Values(control.values.clone())).await,
        SUGGESTION => {
            let place = control.values.first().cloned().unwrap_or_default();
            answer(app, job, interaction, block, &Chosen::Suggestion(place)).await
        }
        _ => finish(app, job.request).await,
    }
}

/// Keeps what the person has ticked so far; what others tick beside is nobody's answer.
async fn keep(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    block: Uuid,
    values: &[String],
) -> Result<(), StoreError> {
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(());
    }
    let question = find_question(&mut tx, block).await?;
    if question.is_some_and(|question| !is_anothers(&question.conversation, job, interaction)) {
        slack_block::select(&mut tx, block, values).await?;
    }
    store::commit(tx).await
}

/// Takes what was written into a form.
pub(super) async fn submitted(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    private_metadata: &str,
    inputs: &[Control],
) -> Result<(), StoreError> {
    let Some(block) = block_of(private_metadata) else { return finish(app, job.request).await };
    let values = inputs.iter().flat_map(|one| one.values.clone()).collect();
    answer(app, job, interaction, block, &Chosen::Values(values)).await
}

/// A block's id is ours up to the point.
fn block_of(id: &str) -> Option<Uuid> {
    Uuid::parse_str(id.split('.').next()?).ok()
}

enum Chosen {
    Values(Vec<String>),
    /// What the message shows as chosen; none: what was kept from the changes.
    Several(Option<Vec<String>>),
    /// A quick reply, by its place.
    Suggestion(String),
}

/// The question that a block belongs to, with its chat held.
struct Question {
    block: StoredBlock,
    conversation: Conversation,
    message: Message,
    ask: Ask,
}

async fn find_question(conn: &mut Conn, block: Uuid) -> Result<Option<Question>, StoreError> {
    let Some(block) = slack_block::find(conn, block).await? else { return Ok(None) };
    let Some(conversation) = conversation::open(conn, &[block.chat].into()).await?.pop() else {
        return Ok(None);
    };
    // Once more under the lock: another click may have been quicker.
    let Some(block) = slack_block::find(conn, block.id).await? else { return Ok(None) };
    let found = store::message::find_many(conn, &[(block.chat, block.entry)]).await?.pop();
    let Some((_, message)) = found else { return Ok(None) };
    Ok(message.ask.clone().map(|ask| Question { block, conversation, message, ask }))
}

async fn answer(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    block: Uuid,
    chosen: &Chosen,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(());
    }
    let question = find_question(&mut tx, block).await?;
    let place = question.as_ref().and_then(|question| question.conversation.chat.slack.clone());
    let mut untold = Untold::default();
    let told = match question {
        None => Some(STALE),
        Some(question) if is_anothers(&question.conversation, job, interaction) => Some(NOT_YOURS),
        Some(Question { block, conversation, message, ask })
            if block.is_used || !answer::is_awaited(&conversation, &message, &ask) =>
        {
            // Its controls have no business there any more.
            slack_block::mark_used(&mut tx, block.id, now).await?;
            slack_conversation::wake(&mut tx, conversation.id(), now).await?;
            untold = news::note(app, &mut tx, News::Slack).await?;
            Some(STALE)
        }
        Some(Question { block, mut conversation, ask, .. }) => {
            let new = match chosen {
                Chosen::Values(values) => answer::by_values(&conversation, &ask, values),
                Chosen::Several(shown) => {
                    answer::by_values(&conversation, &ask, shown.as_deref().unwrap_or(&block.selection))
                }
                Chosen::Suggestion(place) => answer::by_suggestion(&conversation, &ask, place),
            };
            match new {
                None => Some(NOTHING_CHOSEN),
                Some(new) => {
                    let is_taken = say(app, &mut tx, &mut conversation, &new).await?;
                    slack_block::mark_used(&mut tx, block.id, now).await?;
                    untold = conversation::save(app, &mut tx, &mut [conversation], now).await?;
                    (!is_taken).then_some(STALE)
                }
            }
        }
    };
    news::commit(app, tx, untold).await?;
    if let Some(text) = told {
        tell(app, job, interaction, place.as_ref(), text).await;
    }
    Ok(())
}

/// False: the chat does not take it.
async fn say(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    new: &message::NewMessage,
) -> Result<bool, StoreError> {
    let chat: ChatId = conversation.id();
    let Some(participant) = conversation.visitor().map(|visitor| visitor.number) else { return Ok(false) };
    let caller = Caller::Visitor { chat, participant, user: None };
    let mut rooms = Rooms::default();
    match message::apply(app, conn, conversation, &mut rooms, &caller, new, app.clock.now()).await {
        Ok(_) => Ok(true),
        Err(Refusal::Store(error)) => Err(error),
        Err(refusal) => {
            tracing::info!(chat.id = %chat, %refusal, "an answer from Slack was refused");
            Ok(false)
        }
    }
}

/// Anybody in a channel can press a button there.
fn is_anothers(conversation: &Conversation, job: &Job<'_>, interaction: &Interaction) -> bool {
    let place = conversation.chat.slack.as_ref();
    !place.is_some_and(|place| place.user == interaction.user_id && place.app == job.chat_app.app_id)
}

async fn open_form(
    app: &App,
    job: &Job<'_>,
    interaction: &Interaction,
    block: Uuid,
) -> Result<(), StoreError> {
    let mut tx = store::begin(&app.pool).await?;
    if !slack_inbox::finish(&mut tx, job.request.id).await? {
        return Ok(());
    }
    let question = find_question(&mut tx, block).await?;
    store::commit(tx).await?;
    let place = question.as_ref().and_then(|question| question.conversation.chat.slack.clone());
    let told = match question {
        Some(question) if is_anothers(&question.conversation, job, interaction) => Some(NOT_YOURS),
        Some(Question { block, conversation, message, ask })
            if !block.is_used && answer::is_awaited(&conversation, &message, &ask) =>
        {
            let token = chat_app::bot_token(app, &job.chat_app);
            let view = form::view(block.id, &message, &ask);
            let arguments = json!({ "trigger_id": interaction.trigger_id, "view": view });
            let slack = app.outbound.slack();
            match slack.call("views.open", token.as_ref(), Arguments::Json(arguments)).await {
                Ok(_) => None,
                Err(error) => {
                    tracing::info!(slack.app = job.chat_app.app_id, %error, "a form did not open");
                    Some(NO_FORM)
                }
            }
        }
        _ => Some(STALE),
    };
    if let Some(text) = told {
        tell(app, job, interaction, place.as_ref(), text).await;
    }
    Ok(())
}

/// A form knows no conversation: then it is that of the person's chat.
async fn tell(app: &App, job: &Job<'_>, interaction: &Interaction, place: Option<&SlackPlace>, text: &str) {
    let own = place.filter(|place| place.user == interaction.user_id).map(|place| place.channel.as_str());
    let to = Aside {
        response_url: interaction.response_url.as_deref(),
        channel: interaction.channel_id.as_deref().or(own),
        thread_ts: None,
        user: &interaction.user_id,
    };
    aside::tell(app, Some(&job.chat_app), &to, text).await;
}
