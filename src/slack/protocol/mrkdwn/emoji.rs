//! Emoji by the names that Slack has for them.

use std::{collections::HashMap, sync::LazyLock};

use emojis::{Emoji, SkinTone};

pub(super) use slack_names::SLACK_NAMES;

mod slack_names;

/// Longer than any name of Slack's own.
const NAME_BYTES_MAX: usize = 80;
const SKIN_TONE: &str = ":skin-tone-";

/// Unicode's names as Slack spells them, where neither GitHub nor the table knows better.
static BY_UNICODE_NAME: LazyLock<HashMap<String, &'static Emoji>> =
    LazyLock::new(|| emojis::iter().map(|emoji| (spelt(emoji.name()), emoji)).collect());

static BY_SLACK_NAME: LazyLock<HashMap<&'static str, &'static Emoji>> = LazyLock::new(|| {
    SLACK_NAMES.iter().filter_map(|(name, emoji)| Some((*name, emojis::get(emoji)?))).collect()
});

/// The emoji whose `:name:` the text starts with, and how many bytes that takes.
pub(super) fn read(text: &str) -> Option<(&'static str, usize)> {
    let name = name(text)?;
    let emoji = find(name)?;
    let length = name.len() + 2;
    let (tone, tone_length) = skin_tone(&text[length..]);
    let toned = tone.and_then(|tone| emoji.with_skin_tone(tone)).unwrap_or(emoji);
    Some((toned.as_str(), length + tone_length))
}

/// A text without formatting, such as a link's label, with its emoji.
pub(super) fn resolve(text: &str) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        let (emoji, length) = read(&rest[at..]).unwrap_or((":", 1));
        resolved.push_str(&rest[..at]);
        resolved.push_str(emoji);
        rest = &rest[at + length..];
    }
    resolved.push_str(rest);
    resolved
}

fn name(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(':')?;
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(byte);
    let length = inner.bytes().take(NAME_BYTES_MAX).take_while(is_name).count();
    (length > 0 && inner[length..].starts_with(':')).then(|| &inner[..length])
}

/// `:skin-tone-2:` to `:skin-tone-6:`. Two people of two tones (`:skin-tone-2-3:`) keep the plain form.
fn skin_tone(text: &str) -> (Option<SkinTone>, usize) {
    let Some(name) = name(text).filter(|_| text.starts_with(SKIN_TONE)) else { return (None, 0) };
    let tone = match &name[SKIN_TONE.len() - 1..] {
        "2" => Some(SkinTone::Light),
        "3" => Some(SkinTone::MediumLight),
        "4" => Some(SkinTone::Medium),
        "5" => Some(SkinTone::MediumDark),
        "6" => Some(SkinTone::Dark),
        _ => None,
    };
    (tone, name.len() + 2)
}

fn find(name: &str) -> Option<&'static Emoji> {
    let known = |name: &str| BY_SLACK_NAME.get(name).copied().or_else(|| emojis::get_by_shortcode(name));
    known(name).or_else(|| flag(name)).or_else(|| {
        let spellings = spellings(name);
        spellings
            .iter()
            .find_map(|spelling| known(spelling))
            .or_else(|| spellings.iter().find_map(|spelling| BY_UNICODE_NAME.get(spelling).copied()))
    })
}

/// What a name of Slack's is called elsewhere.
fn spellings(name: &str) -> Vec<String> {
    let plain = name.replace('-', "_");
    let instead = [("male_", "man_"), ("female_", "woman_"), ("large_", "")];
    let mut spellings: Vec<String> = instead
        .iter()
        .filter_map(|(prefix, other)| Some(format!("{other}{}", plain.strip_prefix(prefix)?)))
        .collect();
    spellings.extend(plain.strip_suffix("_face").map(str::to_owned));
    spellings.insert(0, plain);
    spellings
}

/// `flag-gb`: two letters for a country are two characters that show its flag.
fn flag(name: &str) -> Option<&'static Emoji> {
    let country = name.strip_prefix("flag-").filter(|country| country.len() == 2)?;
    let letters: Option<String> = country
        .bytes()
        .map(|letter| char::from_u32(0x1f1e6 + u32::from(letter.checked_sub(b'a')?)))
        .collect();
    emojis::get(&letters?)
}

fn spelt(unicode_name: &str) -> String {
    let words: Vec<String> = unicode_name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    words.join("_")
}
