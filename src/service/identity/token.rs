//! Identity tokens: JSON Web Tokens (RFC 7519) that a site signs with the secret it shares with a
//! profile. HMAC only: a token that names another algorithm, or none, is refused.
//!
//! Judged here and not by a library of tokens, because the time is the server's own clock's.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

/// How far the clocks of two machines may be apart.
const LEEWAY_SECONDS: f64 = 60.0;
/// Bytes of a token; more than a page would send.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// What is wrong with a token, without any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    #[error("it is no JSON Web Token")]
    Malformed,
    #[error("it is signed by another algorithm than HS256, HS384 or HS512")]
    Algorithm,
    #[error("its signature is not the profile's")]
    Signature,
    #[error("it has no expiry (exp)")]
    Endless,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    TooEarly,
}

/// The claims of a token that the secret signed and that is valid now; its expiry counts only where
/// `checks_lifetime`.
pub fn verify(
    token: &str,
    secret: &SecretString,
    checks_lifetime: bool,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, TokenProblem> {
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenProblem::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenProblem::Malformed)?;
    if token.len() > TOKEN_BYTES_MAX || payload.contains('.') {
        return Err(TokenProblem::Malformed);
    }
    let header = object(header)?;
    // Extensions that must be understood; there are none here.
    if header.contains_key("crit") {
        return Err(TokenProblem::Malformed);
    }
    let algorithm = match header.get("alg").and_then(Value::as_str) {
        Some("HS256") => hmac::HMAC_SHA256,
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => return Err(TokenProblem::Algorithm),
    };
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenProblem::Malformed)?;
    let key = hmac::Key::new(algorithm, secret.expose_secret().as_bytes());
    hmac::verify(&key, signed.as_bytes(), &signature).map_err(|_| TokenProblem::Signature)?;
    let claims = object(payload)?;
    check_time(&claims, checks_lifetime, now)?;
    Ok(claims)
}

fn object(part: &str) -> Result<Map<String, Value>, TokenProblem> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenProblem::Malformed)?;
    // Postgres holds no NUL in text.
    if bytes.windows(6).any(|six| six == br"\u0000") {
        return Err(TokenProblem::Malformed);
    }
    serde_json::from_slice(&bytes).map_err(|_| TokenProblem::Malformed)
}

fn check_time(
    claims: &Map<String, Value>,
    checks_lifetime: bool,
    now: DateTime<Utc>,
) -> Result<(), TokenProblem> {
    #[expect(clippy::cast_precision_loss, reason = "the seconds of some million years are exact")]
    let now = now.timestamp() as f64;
    let moment = |name: &str| match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or(TokenProblem::Malformed),
    };
    if checks_lifetime && now >= moment("exp")?.ok_or(TokenProblem::Endless)? {
        return Err(TokenProblem::Expired);
    }
    let begins = moment("nbf")?.into_iter().chain(moment("iat")?).fold(f64::MIN, f64::max);
    if begins > now + LEEWAY_SECONDS { Err(TokenProblem::TooEarly) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515, appendix A.1, whose key is not text; so only its refusals are of use.
    const RFC_7515: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    /// The token that jwt.io shows, by the secret that it shows with it.
    const JWT_IO: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a moment")
    }

    #[test]
    fn a_token_that_others_made_is_read_and_only_with_its_secret() {
        let claims = verify(JWT_IO, &"your-256-bit-secret".into(), false, at(1_516_239_022)).expect("valid");
        assert_eq!((&claims["sub"], &claims["name"]), (&"1234567890".into(), &"John Doe".into()));
        for (token, secret, problem) in [
            (JWT_IO, "your-256-bit-secreT", TokenProblem::Signature),
            (RFC_7515, "", TokenProblem::Signature),
            ("", "s", TokenProblem::Malformed),
            ("a.b", "s", TokenProblem::Malformed),
            ("e30.e30.e30.e30", "s", TokenProblem::Malformed),
            ("e30.e30.e30", "s", TokenProblem::Algorithm),
        ] {
            assert_eq!(verify(token, &secret.into(), false, at(1_516_239_022)), Err(problem), "{token}");
        }
    }

    #[test]
    fn a_token_of_later_is_refused_but_for_a_minute() {
        let verify = |now| verify(JWT_IO, &"your-256-bit-secret".into(), false, at(now));
        assert!(verify(1_516_239_022 - 60).is_ok());
        assert_eq!(verify(1_516_239_022 - 61), Err(TokenProblem::TooEarly));
    }

    #[test]
    fn a_token_without_an_end_is_refused_where_lifetimes_count() {
        let found = verify(JWT_IO, &"your-256-bit-secret".into(), true, at(1_516_239_022));
        assert_eq!(found, Err(TokenProblem::Endless));
    }
}
