//! What processes tell each other: where to look. Nothing is ever taken from news alone.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::{
    chat::Head,
    ids::{ChatId, MessageNumber, ParticipantNumber},
};

/// Postgres takes 7,999 bytes in one notification.
const BYTES_MAX: usize = 7_900;

/// How far a chat has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    pub last: MessageNumber,
    pub last_public: MessageNumber,
    pub version: i64,
}

impl From<Head> for Reach {
    fn from(head: Head) -> Self {
        Self { last: head.last_message, last_public: head.last_public_message, version: head.version }
    }
}

/// A place in the order of all changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which history the number counts in.
    pub history: i64,
    pub feed: i64,
}

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Heads have moved to here.
    Moved(Vec<(ChatId, Reach)>),
    /// More has changed than can be told.
    Look,
    /// Somebody types; without a moment: has stopped.
    Typing { chat: ChatId, who: ParticipantNumber, since: Option<DateTime<Utc>> },
    /// Rights were taken or changed: every checked token counts as unchecked.
    Revoked,
    /// The token of a chat's visitor opens more than before.
    Upgraded(ChatId),
    /// What an administrator sets up was changed.
    Configured,
    /// A call waits to be made.
    Outbox,
    /// Slack has sent something, or is to be told something.
    Slack,
}

/// News as one text: a line each.
pub fn to_text(news: &[News]) -> String {
    let text = news.iter().map(line).collect::<Vec<_>>().join("\n");
    if text.len() <= BYTES_MAX {
        return text;
    }
    let short = |one: &News| if matches!(one, News::Moved(_)) { "look".to_owned() } else { line(one) };
    news.iter().map(short).collect::<Vec<_>>().join("\n")
}

fn line(news: &News) -> String {
    match news {
        News::Moved(heads) => heads.iter().fold("moved".to_owned(), |mut line, (chat, reach)| {
            let (last, public) = (reach.last, reach.last_public);
            write!(line, " {chat}:{last}:{public}:{}", reach.version).expect("text takes more text");
            line
        }),
        News::Look => "look".to_owned(),
        News::Typing { chat, who, since } => {
            let since = since.map_or(0, |at| at.timestamp_micros());
            format!("typing {chat}:{who}:{since}")
        }
        News::Revoked => "revoked".to_owned(),
        News::Upgraded(chat) => format!("upgraded {chat}"),
        News::Configured => "configured".to_owned(),
        News::Outbox => "outbox".to_owned(),
        News::Slack => "slack".to_owned(),
    }
}

/// Reads what another process told. What is not understood is a reason to look.
pub fn from_text(text: &str) -> Vec<News> {
    text.lines().map(|line| read(line).unwrap_or(News::Look)).collect()
}

fn read(line: &str) -> Option<News> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "moved" => rest.split(' ').map(read_head).collect::<Option<_>>().map(News::Moved),
        "typing" => {
            let [chat, who, since] = numbers(rest)?;
            let since = match since {
                0 => None,
                since => Some(DateTime::from_timestamp_micros(since)?),
            };
            Some(News::Typing {
                chat: ChatId::new(small(chat)?),
                who: ParticipantNumber::new(small(who)?),
                since,
            })
        }
        "revoked" => Some(News::Revoked),
        "upgraded" => rest.parse().ok().map(|chat| News::Upgraded(ChatId::new(chat))),
        "configured" => Some(News::Configured),
        "outbox" => Some(News::Outbox),
        "slack" => Some(News::Slack),
        _ => None,
    }
}

fn read_head(head: &str) -> Option<(ChatId, Reach)> {
    let [chat, last, public, version] = numbers(head)?;
    let (last, last_public) = (MessageNumber::new(small(last)?), MessageNumber::new(small(public)?));
    Some((ChatId::new(small(chat)?), Reach { last, last_public, version }))
}

fn numbers<const N: usize>(text: &str) -> Option<[i64; N]> {
    let numbers: Vec<i64> = text.split(':').map(|one| one.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

fn small(number: i64) -> Option<i32> {
    number.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(count: i32) -> News {
        let reach =
            |n| Reach { last: MessageNumber::new(n), last_public: MessageNumber::new(n - 1), version: 12 };
        News::Moved((1..=count).map(|n| (ChatId::new(n + 1_000_000), reach(n))).collect())
    }

    #[test]
    fn what_one_process_tells_another_understands() {
        let since = DateTime::from_timestamp_micros(1_772_442_000_123_456);
        let (chat, who) = (ChatId::new(7), ParticipantNumber::new(2));
        let told = [
            moved(3),
            News::Outbox,
            News::Slack,
            News::Revoked,
            News::Upgraded(ChatId::new(7)),
            News::Configured,
            News::Typing { chat, who, since },
            News::Typing { chat, who, since: None },
        ];
        assert_eq!(from_text(&to_text(&told)), told);
    }

    #[test]
    fn more_than_fits_becomes_a_reason_to_look() {
        let text = to_text(&[moved(1_000), News::Outbox]);
        assert!(text.len() < 8_000);
        assert_eq!(from_text(&text), [News::Look, News::Outbox]);
    }

    #[test]
    fn what_is_not_understood_is_a_reason_to_look() {
        assert_eq!(from_text("moved 1:2\nsomething new"), [News::Look, News::Look]);
        assert_eq!(from_text(&format!("typing 1:1:{}", i64::MAX)), [News::Look], "no such moment");
    }
}
