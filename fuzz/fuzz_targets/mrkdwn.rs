//! Slack's text both ways: nothing that a person writes runs here or pings anybody there.
#![no_main]

use aureole_fuzz::{
    domain::text::SafeHtml,
    slack::protocol::{
        length::{cut, units},
        mrkdwn::{Mention, escape, from_html, split, to_html, to_plain},
    },
};
use libfuzzer_sys::fuzz_target;

/// The least room of a part.
const UNITS: usize = 60;

fuzz_target!(|text: &str| {
    let html = to_html(text, &name);
    let read = SafeHtml::sanitise(&html);
    // An address may be none that can be read; everything else is allowed.
    assert!(read.was_safe || html.contains("<a href="), "{html}");
    let plain = to_plain(text, &name);
    assert!(!plain.contains('\0') || text.contains('\0'));

    // There and back: what the desk says of it still pings nobody.
    pings_nobody(&from_html(read.html.as_str()));
    pings_nobody(&from_html(text));
    pings_nobody(&escape(text));

    for mrkdwn in [text.to_owned(), from_html(text), escape(text)] {
        for part in split(&mrkdwn, UNITS) {
            assert!(units(&part) <= UNITS, "{part:?}");
            assert!(!part.trim().is_empty());
        }
    }
    assert!(units(&cut(text, UNITS)) <= UNITS);
});

fn name(mention: Mention<'_>) -> Option<String> {
    match mention {
        Mention::Person(_) => Some("<b>Ada & \"Co\"".to_owned()),
        Mention::Channel(_) => Some("general".to_owned()),
        Mention::Group(_) => None,
    }
}

/// Every `<` opens a link to where links may go, and there is no `&` but of the three entities.
fn pings_nobody(mrkdwn: &str) {
    for (at, _) in mrkdwn.match_indices('<') {
        let link = mrkdwn[at + 1..].to_ascii_lowercase();
        let is_link = ["http:", "https:", "mailto:", "tel:"].iter().any(|scheme| link.starts_with(scheme));
        assert!(is_link && link.contains('>'), "{mrkdwn:?}");
    }
    for (at, _) in mrkdwn.match_indices('&') {
        let is_entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| mrkdwn[at..].starts_with(entity));
        assert!(is_entity, "{mrkdwn:?}");
    }
}
