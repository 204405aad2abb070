//! The runs in angle brackets: links, mentions and dates, as Slack writes them and no other way.

use super::Mention;

/// Everything is as it was written: entities are not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run<'a> {
    Link {
        url: &'a str,
        label: Option<&'a str>,
    },
    Mention {
        of: Mention<'a>,
        label: Option<&'a str>,
    },
    /// `here`, `channel` or `everyone`.
    Broadcast(&'a str),
    Date {
        link: Option<&'a str>,
        fallback: Option<&'a str>,
    },
    /// Another `!` word, which Slack would show by its label.
    Special {
        word: &'a str,
        label: Option<&'a str>,
    },
}

/// The run at the start of `text`, which begins with `<`, and how many bytes it takes.
pub(super) fn read(text: &str) -> Option<(Run<'_>, usize)> {
    let inner = text.strip_prefix('<')?;
    // Stopping at the next `<` keeps a flood of them linear; one inside of a run would be escaped.
    let end = inner.find(['<', '>', '\n'])?;
    if inner.as_bytes()[end] != b'>' {
        return None;
    }
    let inner = &inner[..end];
    let (target, label) =
        inner.split_once('|').map_or((inner, None), |(target, label)| (target, Some(label)));
    let label = label.filter(|label| !label.trim().is_empty());
    Some((classify(target, label)?, end + 2))
}

fn classify<'a>(target: &'a str, label: Option<&'a str>) -> Option<Run<'a>> {
    let mention = |of| Some(Run::Mention { of, label });
    match target.as_bytes().first()? {
        b'@' => mention(Mention::Person(id(&target[1..], &['U', 'W'])?)),
        b'#' => mention(Mention::Channel(id(&target[1..], &['C', 'G', 'D'])?)),
        b'!' => special(&target[1..], label),
        _ => is_url(target).then_some(Run::Link { url: target, label }),
    }
}

fn special<'a>(target: &'a str, label: Option<&'a str>) -> Option<Run<'a>> {
    let mut parts = target.split('^');
    match parts.next()? {
        word @ ("here" | "channel" | "everyone") => Some(Run::Broadcast(word)),
        "subteam" => Some(Run::Mention { of: Mention::Group(id(parts.next()?, &['S'])?), label }),
        // <!date^epoch^format^link|fallback>
        "date" => Some(Run::Date { link: parts.nth(2), fallback: label }),
        word => {
            let is_word =
                !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            is_word.then_some(Run::Special { word, label })
        }
    }
}

fn id<'a>(text: &'a str, first: &[char]) -> Option<&'a str> {
    let is_id =
        text.starts_with(first) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_id.then_some(text)
}

/// A scheme and something behind it: nobody's `<b>` or `<a href="…">` is that.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte))
        && !rest.is_empty()
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}
