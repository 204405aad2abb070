//! `aureole rotate-key` for a server that has made its key itself.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{client::Client, harness::Folder, server::Server};

const SECRET: &str = "a secret that the site shares";
/// What a rotation has put there that came no further.
const UNUSED_KEY: &str = "/////wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A token by which the site says who its visitor is.
fn identity_token() -> String {
    let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 300;
    let claims = json!({ "sub": "ada", "email": "ada@mail.test", "name": "Ada", "exp": until });
    let text = |part: Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let content = format!("{}.{}", text(json!({ "alg": "HS256", "typ": "JWT" })), text(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(content.as_bytes());
    format!("{content}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

async fn start_chat(client: &Client) -> u16 {
    let start = json!({ "chatprofileid": "help", "key": "open", "identity_token": identity_token() });
    client.post("/Chat", &start, None).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_own_key_is_replaced_while_it_stands_still_and_taken_up_where_it_was_left() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.0).await;
    let client = server.sign_in().await;
    let profile = json!({ "id": "help", "key": "open", "name": "Help", "steps": [],
        "enable_user_matching": true, "new_hmac_secret": SECRET });
    assert_eq!(client.post("/ChatProfile", &profile, None).await.unwrap().0, 201);
    assert_eq!(start_chat(&client).await, 201);
    let file = folder.0.join("data/secret.key");
    let first = fs::read_to_string(&file).unwrap();
    let rotate = |server: &Server| {
        let output = server.run(&["rotate-key"]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };

    assert!(!rotate(&server).0, "a server that runs would not know of the new key");
    assert_eq!(fs::read_to_string(&file).unwrap(), first);

    server.kill(true);
    let (is_done, told) = rotate(&server);
    assert!(is_done && told.contains("1 of 1 stored secrets were sealed anew"), "{told}");
    let second = fs::read_to_string(&file).unwrap();
    assert!(second != first && second.lines().count() == 1, "only the new key is left");
    server.restart().await;
    assert_eq!(start_chat(&server.sign_in().await).await, 201);

    // One that was killed: the next key is there, and nothing is sealed with it.
    server.kill(true);
    fs::write(&file, format!("{UNUSED_KEY}\n{second}")).unwrap();
    server.restart().await;
    assert_eq!(start_chat(&server.sign_in().await).await, 201, "both keys open");
    server.kill(true);
    let (is_done, told) = rotate(&server);
    assert!(is_done && told.contains("1 of 1"), "{told}");
    assert_eq!(fs::read_to_string(&file).unwrap().trim(), UNUSED_KEY, "it went on with that one");
    server.restart().await;
    assert_eq!(start_chat(&server.sign_in().await).await, 201);
}
