//! Any body at any of Slack's three routes: read or refused, and what is read is taken apart to the end.
#![no_main]

use aureole_fuzz::slack::protocol::{
    command::Command,
    event::{Envelope, Event},
    interaction::{Act, Interaction},
    mrkdwn,
    request::Request,
    signature::Signed,
};
use libfuzzer_sys::fuzz_target;

const NOW: i64 = 1_772_442_000;

fuzz_target!(|body: &[u8]| {
    let text = String::from_utf8_lossy(body);
    let signed = Signed { signature: &text, timestamp: &text, body };
    assert!(!signed.is_by("a secret"), "forged");
    let _ = signed.is_fresh(NOW);

    let Some(request) = Request::read(body) else { return };
    assert_eq!(Request::read(body).as_ref(), Some(&request), "not the same twice");
    let _ = request.app_id();
    match request {
        Request::SslCheck | Request::Challenge(_) => {}
        Request::Event(body) => event(&Envelope::read(&body)),
        Request::Command(form) => {
            if let Some(command) = Command::read(&form) {
                let _ = command.purpose();
                words(&command.text);
            }
        }
        Request::Interaction(payload) => {
            if let Some(interaction) = Interaction::read(&payload) {
                act(&interaction.act);
            }
        }
    }
});

fn event(envelope: &Envelope) {
    let _ = (envelope.event.message(), envelope.event.channel());
    match &envelope.event {
        Event::Message(written) => {
            assert_ne!(Some(&written.user), envelope.bot_user_id.as_ref(), "the app answers itself");
            words(&written.text);
        }
        Event::Edited { text, .. } => words(text),
        _ => {}
    }
}

fn act(act: &Act) {
    match act {
        Act::MessageShortcut { message, .. } => words(&message.text),
        Act::Used { controls, state } => {
            for control in controls.iter().chain(state) {
                control.values.iter().for_each(|value| words(value));
            }
        }
        _ => {}
    }
}

fn words(text: &str) {
    let _ = mrkdwn::to_html(text, &|_| None);
    let _ = mrkdwn::to_plain(text, &|_| None);
}
