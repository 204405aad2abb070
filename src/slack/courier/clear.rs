//! Taking away controls that were used or passed by: what stays shows what was chosen.

use super::{
    entry::{self, Scene},
    post,
    tell::{Obstacle, Telling},
};
use crate::{
    domain::{
        ids::MessageNumber,
        message::{Happening, Message},
    },
    store::{self, message::Range, slack_block, slack_block::StoredBlock, slack_message},
};

/// Entries behind a question among which its answer is looked for.
const ANSWER_WITHIN: i32 = 20;

/// Whether a question that stands before this entry is past.
fn ends_questions(entry: &Message) -> bool {
    matches!(
        entry.happening,
        Happening::Said
            | Happening::Joined { .. }
            | Happening::Queued { .. }
            | Happening::Closed { .. }
            | Happening::Abandoned
            | Happening::Rated
    )
}

/// Before an entry is told: the controls of questions that are past with it.
pub(super) async fn before(
    telling: &Telling<'_>,
    scene: &Scene<'_>,
    entry: &Message,
) -> Result<(), Obstacle> {
    if !ends_questions(entry) {
        return Ok(());
    }
    for block in open_blocks(telling, entry.number).await? {
        clear(telling, scene, &block).await?;
    }
    Ok(())
}

/// When everything is told: controls that were used although their question was past already.
pub(super) async fn used(telling: &Telling<'_>, scene: &Scene<'_>) -> Result<(), Obstacle> {
    let end = MessageNumber::new(telling.progress.told.saturating_add(1));
    for block in open_blocks(telling, end).await?.iter().filter(|block| block.is_used) {
        clear(telling, scene, block).await?;
    }
    Ok(())
}

async fn open_blocks(telling: &Telling<'_>, before: MessageNumber) -> Result<Vec<StoredBlock>, Obstacle> {
    let mut conn = store::acquire(&telling.app.pool).await?;
    Ok(slack_block::list_uncleared(&mut conn, telling.claimed.chat, before).await?)
}

async fn clear(telling: &Telling<'_>, scene: &Scene<'_>, block: &StoredBlock) -> Result<(), Obstacle> {
    let chat = telling.claimed.chat;
    let first = block.entry.get();
    let range = Range {
        after: first - 1,
        up_to: first.saturating_add(ANSWER_WITHIN),
        newest: false,
        limit: i64::from(ANSWER_WITHIN) + 1,
        with_staff_only: false,
    };
    let mut conn = store::acquire(&telling.app.pool).await?;
    let log = store::message::list(&mut conn, chat, range).await?;
    let shown = slack_message::list_by_entry(&mut conn, chat, block.entry).await?;
    drop(conn);
    if let Some((question, later)) = log.split_first().filter(|(first, _)| first.number == block.entry)
        && let Some((place, saying)) =
            entry::without_controls(scene, question, chosen(question, later).as_deref())
        && let Some(message) = shown.iter().find(|one| usize::try_from(one.part) == Ok(place))
    {
        post::update(telling, message, &saying).await?;
    }
    let mut conn = store::acquire(&telling.app.pool).await?;
    Ok(slack_block::mark_cleared(&mut conn, block.id, telling.app.clock.now()).await?)
}

/// What the visitor answered; none: nothing, or something else was said instead.
fn chosen(question: &Message, later: &[Message]) -> Option<String> {
    let ask = question.ask.as_ref()?;
    let is_answer = |entry: &&Message| match entry.happening {
        Happening::Rated => ask.step.get() == 0 || entry.step.is_none(),
        _ => entry.happening == Happening::Said && entry.sender.get() > 0 && entry.step == Some(ask.step),
    };
    let answer = later.iter().find(is_answer)?;
    let score = || answer.value.int.map(|score| score.to_string());
    Some(answer.plain.clone()).filter(|plain| !plain.is_empty()).or_else(score)
}
