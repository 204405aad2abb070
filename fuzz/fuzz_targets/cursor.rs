//! Cursors that strangers bring, and news that another process tells: taken only as what they are.
#![no_main]

use aureole_fuzz::{
    domain::{
        chat_filter::Sight,
        ids::{AgentId, ChatId, ProfileId, TeamId},
        news::{News, Place, from_text, to_text},
    },
    service::cursor::Cursor,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::DateTime;
use libfuzzer_sys::fuzz_target;

/// Bytes of one notification that Postgres takes.
const NOTIFICATION_BYTES_MAX: usize = 8_000;

fuzz_target!(|input: &[u8]| {
    let now = DateTime::from_timestamp(1_772_442_000, 0).expect("a moment");
    let present = Place { history: -5, feed: 40 };
    let text = String::from_utf8_lossy(input);
    // As it stands, and as bytes that are well encoded.
    for text in [text.as_ref(), &BASE64_URL_SAFE_NO_PAD.encode(input)] {
        for sight in [None, Some(Sight::Everything), Some(agent())] {
            if let Some(feed) = Cursor::read(text, sight.clone(), present, now) {
                assert!((0..=present.feed).contains(&feed));
                // Whatever its moment was, it is a cursor that would be given out for that place.
                let made = Cursor::new(sight, Place { feed, ..present }, now);
                let (made, brought) = (bytes(made.as_str()), bytes(text));
                assert_eq!((&made[..16], &made[24..]), (&brought[..16], &brought[24..]));
            }
        }
    }

    let news = from_text(&text);
    assert_eq!(news.len(), text.lines().count());
    let told = to_text(&news);
    let again = from_text(&told);
    if told.len() < NOTIFICATION_BYTES_MAX && !again.contains(&News::Look) {
        assert_eq!(again, news, "another process understands something else");
    }
});

fn bytes(cursor: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(cursor).expect("it was read")
}

fn agent() -> Sight {
    Sight::Agent {
        id: AgentId::new(3),
        teams: vec![TeamId::new(2), TeamId::new(1)],
        barred: vec![ProfileId::new("p")],
    }
}
