//! The signature of Slack's requests (v0), as "Verifying requests from Slack" describes it.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How far a request's time stamp may be from now, in either direction, in seconds.
const WINDOW_SECONDS: u64 = 300;
const VERSION: &str = "v0";

/// What a request says of its own genuineness: header texts, as received.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub signature: &'a str,
    pub timestamp: &'a str,
    pub body: &'a [u8],
}

impl Signed<'_> {
    /// Whether the request is of now, give or take five minutes; `now` in seconds since 1970.
    pub fn is_fresh(&self, now: i64) -> bool {
        let is_number =
            !self.timestamp.is_empty() && self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        is_number && self.timestamp.parse::<i64>().is_ok_and(|at| now.abs_diff(at) <= WINDOW_SECONDS)
    }

    /// Whether whoever made the request knew the secret. A blank secret verifies nothing.
    pub fn is_by(&self, secret: &str) -> bool {
        if secret.trim().is_empty() {
            return false;
        }
        let Some(digits) = self.signature.strip_prefix("v0=") else { return false };
        let Some(claimed) = from_hex(digits) else { return false };
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length is a key");
        for part in [VERSION.as_bytes(), b":", self.timestamp.as_bytes(), b":", self.body] {
            mac.update(part);
        }
        // Compares in constant time.
        mac.verify_slice(&claimed).is_ok()
    }
}

/// Exactly 64 lower-case digits, as Slack writes them.
fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: &[u8; 64] = digits.as_bytes().try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slack's published example.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&\
        channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&\
        command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F\
        397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    fn example() -> Signed<'static> {
        Signed { signature: SIGNATURE, timestamp: "1531420618", body: BODY }
    }

    #[test]
    fn slacks_own_example_verifies() {
        assert!(example().is_by(SECRET));
    }

    #[test]
    fn anything_else_does_not() {
        assert!(!example().is_by("another"));
        for blank in ["", " ", "\n"] {
            assert!(!example().is_by(blank));
        }
        assert!(!Signed { timestamp: "1531420619", ..example() }.is_by(SECRET));
        assert!(!Signed { body: b"token=", ..example() }.is_by(SECRET));
        for signature in ["", "v0=", "v1=00", "a2114d57", &SIGNATURE[..66], &SIGNATURE.to_uppercase()] {
            assert!(!Signed { signature, ..example() }.is_by(SECRET), "{signature}");
        }
        let longer = format!("{SIGNATURE}0");
        assert!(!Signed { signature: &longer, ..example() }.is_by(SECRET));
    }

    #[test]
    fn a_request_is_fresh_for_five_minutes_either_way() {
        let at = 1_531_420_618;
        for (distance, is_fresh) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            assert_eq!(example().is_fresh(at + distance), is_fresh, "{distance}");
        }
        for timestamp in ["", " 1531420618", "+1531420618", "1531420618.0", "soon", "99999999999999999999"] {
            assert!(!Signed { timestamp, ..example() }.is_fresh(at), "{timestamp}");
        }
    }
}
