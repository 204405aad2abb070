//! Names of emoji.

use super::{
    super::emoji::{SLACK_NAMES, resolve},
    html,
};

#[test]
fn names_become_emoji() {
    for (named, shown) in [
        (":wave:", "👋"),
        (":+1:", "👍"),
        (":thumbsup:", "👍"),
        (":heavy_check_mark:", "✔️"),
        (":thinking_face:", "🤔"),
        (":hugging_face:", "🤗"),
        (":slightly_smiling_face:", "🙂"),
        (":rolling_on_the_floor_laughing:", "🤣"),
        (":face_palm:", "🤦"),
        (":man-shrugging:", "🤷‍♂️"),
        (":female-technologist:", "👩‍💻"),
        (":large_green_circle:", "🟢"),
        (":flag-gb:", "🇬🇧"),
        (":flag-england:", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        (":us:", "🇺🇸"),
        (":e-mail:", "📧"),
        (":melting_face:", "🫠"),
        (":man-woman-girl:", "👨‍👩‍👧"),
    ] {
        assert_eq!(resolve(named), shown, "{named}");
    }
}

#[test]
fn a_skin_tone_colours_what_it_follows() {
    assert_eq!(resolve(":wave::skin-tone-3:"), "👋🏼");
    assert_eq!(resolve(":wave::skin-tone-6::wave:"), "👋🏿👋");
    assert_eq!(resolve(":tada::skin-tone-3:"), "🎉");
    assert_eq!(resolve(":handshake::skin-tone-2-3:"), "🤝");
}

#[test]
fn what_is_no_emoji_stays() {
    for text in [
        ":party-parrot:",
        "10:30:45",
        "::",
        ":",
        ":wave",
        "a: b",
        "http://x:80:",
        ":Wave:",
        ":é:",
        ":skin-tone-2:",
    ] {
        assert_eq!(resolve(text), text);
    }
    assert_eq!(html("see `:wave:` :wave:"), "see <code>:wave:</code> 👋");
}

#[test]
fn every_name_of_the_table_is_known() {
    for (name, emoji) in SLACK_NAMES {
        assert_eq!(resolve(&format!(":{name}:")), emoji, "{name}");
    }
}
