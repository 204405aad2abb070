//! What holds for every text.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use proptest::prelude::*;

use super::{
    super::{
        super::length::units,
        escape, from_html,
        run::{self, Run},
        split,
    },
    html, plain,
};

/// Text in which something is likely to go wrong.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ a-zé*_~`<>&|!@#:\n]{1,6}",
        Just("<!channel>".to_owned()),
        Just("<@U1>".to_owned()),
        Just("<#C1|x>".to_owned()),
        Just("<https://a.example|x y>".to_owned()),
        Just("&lt;".to_owned()),
        Just("&amp;lt;!here&gt;".to_owned()),
        Just("```".to_owned()),
        Just("\n\n".to_owned()),
        Just("👩‍👩‍👧".to_owned()),
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Any mixture of tags, ours and others, that need not close or nest.
fn markup() -> impl Strategy<Value = String> {
    let tag = prop::sample::select(vec![
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<s>",
        "</s>",
        "<code>",
        "</code>",
        "<p>",
        "</p>",
        "<br>",
        "<ul>",
        "</ul>",
        "<ol>",
        "<li>",
        "</li>",
        "<pre>",
        "</pre>",
        "<blockquote>",
        "</blockquote>",
        "<a href=\"https://a.example/ |>\">",
        "</a>",
        "<a href='!channel'>",
        "<a href='https:@U1'>",
        "<x>",
        "<script>",
        "</script>",
        "&lt;",
        "&gt;",
        "&#60;",
        "&#x3c;!here>",
    ]);
    let piece = prop_oneof![tag.prop_map(str::to_owned), text()];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

/// Every `<` opens a link to where links may go, and there is no `&` but of the three entities.
fn assert_pings_nobody(mrkdwn: &str) {
    for (at, _) in mrkdwn.match_indices('<') {
        let run = run::read(&mrkdwn[at..]).map(|(run, _)| run);
        assert!(
            matches!(run, Some(Run::Link { url, .. }) if super::super::is_allowed_url(url)),
            "{mrkdwn:?}"
        );
    }
    for (at, _) in mrkdwn.match_indices('&') {
        let is_entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| mrkdwn[at..].starts_with(entity));
        assert!(is_entity, "{mrkdwn:?}");
    }
}

fn without_width(text: &str) -> String {
    text.replace('\u{200b}', "")
}

/// What a reader sees: neither white space nor the fences that come and go.
fn visible(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && *character != '`').collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nobody_pings_anybody_from_text_or_markup(markup in markup(), text in text()) {
        assert_pings_nobody(&from_html(&markup));
        assert_pings_nobody(&escape(&text));
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let mrkdwn = from_html(&escaped);
        prop_assert!(!mrkdwn.contains('<') && !mrkdwn.contains('>'), "{mrkdwn:?}");
    }

    #[test]
    fn escaped_text_reads_as_it_was_written(text in text()) {
        let text: String = text.chars().filter(|c| *c != ':' && (*c == '\n' || !c.is_control())).collect();
        let text = text.split('\n').map(str::trim_end).collect::<Vec<_>>().join("\n");
        let shown = plain(&escape(&text));
        prop_assert_eq!(without_width(&shown), without_width(&text));
        let html = html(&escape(&text));
        for tag in ["<strong", "<em", "<s>", "<code", "<pre", "<blockquote", "<a "] {
            prop_assert!(!html.contains(tag), "{html:?}");
        }
    }

    #[test]
    fn html_from_slack_holds_nothing_but_its_own_tags(text in text()) {
        let html = html(&text);
        for (at, _) in html.match_indices('<') {
            let rest = html[at + 1..].trim_start_matches('/');
            let name = rest.split(['>', ' ']).next().unwrap();
            prop_assert!(
                ["a", "strong", "em", "s", "br", "code", "pre", "blockquote"].contains(&name),
                "{html:?}"
            );
        }
        prop_assert_eq!(html.matches('<').count(), html.matches('>').count());
    }

    #[test]
    fn parts_fit_are_not_empty_and_lose_nothing(text in text(), max in 32..90_usize) {
        let parts = split(&text, max);
        for part in &parts {
            prop_assert!(units(part) <= max, "{part:?}");
            prop_assert!(!part.trim().is_empty());
            prop_assert!(part.matches("```").count() % 2 == 0 || text.matches("```").count() % 2 == 1, "{part:?}");
        }
        prop_assert_eq!(visible(&parts.concat()), visible(&text));
    }
}
