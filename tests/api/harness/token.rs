//! Identity tokens as a site makes them, put together by hand: not by what the server reads them with.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};

use super::{Desk, Reply};

/// The seconds of the test clock's first moment.
pub const START: i64 = 1_772_442_000;

pub fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of these claims, good for five minutes unless they say otherwise.
pub fn token(secret: &str, claims: Value) -> String {
    signed("HS256", secret, claims)
}

pub fn signed(algorithm: &str, secret: &str, mut claims: Value) -> String {
    if claims.get("exp").is_none() {
        claims["exp"] = json!(START + 300);
    }
    let header = json!({ "alg": algorithm, "typ": "JWT" });
    let content = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
    let (key, content) = (secret.as_bytes(), content.as_str());
    let signature = match algorithm {
        "HS384" => sign(Hmac::<sha2::Sha384>::new_from_slice(key).unwrap(), content),
        "HS512" => sign(Hmac::<sha2::Sha512>::new_from_slice(key).unwrap(), content),
        _ => sign(Hmac::<sha2::Sha256>::new_from_slice(key).unwrap(), content),
    };
    format!("{content}.{signature}")
}

fn sign(mut mac: impl Mac, content: &str) -> String {
    mac.update(content.as_bytes());
    base64(mac.finalize().into_bytes())
}

pub const SECRET: &str = "a secret that the site shares";

/// Changes the profile "help".
pub async fn save(desk: &Desk, mut change: Value) -> Value {
    change["id"] = json!("help");
    desk.test.post("/ChatProfile", &desk.test.admin, &change).await.expect(201)
}

/// A desk whose profile takes identity tokens, as far as the changes let it.
pub async fn desk_with(changes: Value) -> Desk {
    let desk = Desk::new().await;
    save(&desk, json!({ "enable_user_matching": true, "new_hmac_secret": SECRET })).await;
    save(&desk, changes).await;
    desk
}

pub async fn start(desk: &Desk, token: &str) -> Reply {
    let body = json!({ "chatprofileid": "help", "chatprofilekey": "open", "identity_token": token });
    desk.test.post("/Chat", "", &body).await
}

/// Sends a token for a chat that runs already.
pub async fn upgrade(desk: &Desk, bearer: &str, chat: i64, token: &str) -> Reply {
    desk.test.post("/Chat", bearer, &json!({ "id": chat, "identity_token": token })).await
}

#[track_caller]
pub fn is_refused(reply: Reply, status: u16) -> String {
    assert_eq!(reply.body["error"], "invalid_token", "{}", reply.body);
    reply.refused(status)
}
