//! A model picks one of the links that leave a step.

use crate::{
    app::App,
    domain::ids::LinkId,
    flow::Outcome,
    outbound::model::{Completion, Turn},
    service::outbox::turns,
    store::{StoreError, outbox::Claimed},
};

/// Asks the model for the number of an option. Numbers are what every model can be held to; words
/// come back in other words.
pub(super) async fn pick(
    app: &App,
    call: &Claimed,
    model: Option<&str>,
    prompt: &str,
    options: &[(LinkId, String)],
) -> Result<Outcome, StoreError> {
    let listed: Vec<String> =
        (1..).zip(options).map(|(number, (_, label))| format!("{number}. {label}")).collect();
    let system = format!(
        "Read the conversation and pick the one option that fits it best. Answer with the option's \
         number and nothing else.\n\n{prompt}\n\nOptions:\n{}",
        listed.join("\n")
    );
    let mut messages = vec![Turn::System(system)];
    messages.extend(turns::of_chat(app, call.chat).await?);
    let ask = Completion { model: model.map(str::to_owned), messages, tools: &[] };
    Ok(match app.outbound.model().complete(&ask).await {
        Ok(reply) if !reply.is_refusal => {
            picked(&reply.words, options).map_or(Outcome::Failed, Outcome::Picked)
        }
        Ok(_) => Outcome::Failed,
        Err(error) => {
            tracing::warn!(
                chat.id = %call.chat,
                error = &error as &dyn std::error::Error,
                "a model could not decide"
            );
            Outcome::Failed
        }
    })
}

/// The option that the words name: by its number, or else by its label.
fn picked(words: &str, options: &[(LinkId, String)]) -> Option<LinkId> {
    let words = words.trim();
    let by_label = || options.iter().find(|(_, label)| label.trim().eq_ignore_ascii_case(words));
    let mut numbers = words.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let by_number = || match (numbers.next(), numbers.next()) {
        // Two numbers are no decision.
        (Some(number), None) => options.get(number.parse::<usize>().ok()?.checked_sub(1)?),
        _ => None,
    };
    by_label().or_else(by_number).map(|(link, _)| *link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_named_by_its_number_or_its_label() {
        let options = [(LinkId::new(7), "Sales".to_owned()), (LinkId::new(9), "Help 24/7".to_owned())];
        for (words, link) in [
            ("2", Some(9)),
            (" Option 1. ", Some(7)),
            ("sales", Some(7)),
            ("Help 24/7", Some(9)),
            ("1 or 2", None),
            ("3", None),
            ("0", None),
            ("neither", None),
            ("", None),
        ] {
            assert_eq!(picked(words, &options).map(LinkId::get), link, "{words:?}");
        }
    }
}
