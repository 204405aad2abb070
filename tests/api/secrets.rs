//! Secrets that administrators hand over: written, never read, and sealed where they are kept.

use aureole::{domain::ids::ProfileId, service::identity::secret};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::harness::{Desk, token::save};

/// The secret of the profile "help", as the server itself reads it.
async fn stored_secret(desk: &Desk) -> Option<String> {
    let mut conn = desk.test.app.pool.acquire().await.unwrap();
    let found = secret::find(&desk.test.app, &mut conn, &ProfileId::new("help")).await.unwrap();
    found.map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn a_profiles_secret_is_written_kept_cleared_and_never_read() {
    let desk = Desk::new().await;
    let saved = save(&desk, json!({ "new_hmac_secret": "hush-hush" })).await;
    let read = desk.test.get("/ChatProfile/help?includedetails=true", &desk.test.admin).await.expect(200);
    let public = desk.test.get("/ChatProfile/help?key=open", "").await.expect(200);
    for answer in [saved, read, public] {
        assert!(!answer.to_string().contains("hush") && answer.get("new_hmac_secret").is_none(), "{answer}");
    }
    assert_eq!(stored_secret(&desk).await.as_deref(), Some("hush-hush"));
    save(&desk, json!({ "greeting": "Hi" })).await;
    assert_eq!(stored_secret(&desk).await.as_deref(), Some("hush-hush"), "left out: it stays");
    save(&desk, json!({ "new_hmac_secret": "other" })).await;
    assert_eq!(stored_secret(&desk).await.as_deref(), Some("other"));
    for nothing in [json!(null), json!("")] {
        save(&desk, json!({ "new_hmac_secret": "hush-hush" })).await;
        save(&desk, json!({ "new_hmac_secret": nothing })).await;
        assert_eq!(stored_secret(&desk).await, None, "{nothing}");
    }
    save(&desk, json!({ "new_hmac_secret": "hush-hush" })).await;
    desk.test.delete("/ChatProfile/help", &desk.test.admin).await.expect(200);
    save(&desk, json!({ "name": "New" })).await;
    assert_eq!(stored_secret(&desk).await, None, "a deleted profile leaves no secret behind");
}

#[tokio::test]
async fn a_copied_database_yields_no_secret() {
    let desk = Desk::new().await;
    save(&desk, json!({ "new_hmac_secret": "hush-hush" })).await;
    let sealed: Vec<u8> = sqlx::query_scalar("select sealed from profile_secrets")
        .fetch_one(&desk.test.app.pool)
        .await
        .unwrap();
    assert!(!sealed.windows(4).any(|four| four == b"hush"));
    // Another profile's row does not open in its place.
    desk.publish("other", json!([])).await;
    sqlx::query("update profile_secrets set profile_id = 'other'")
        .execute(&desk.test.app.pool)
        .await
        .unwrap();
    let mut conn = desk.test.app.pool.acquire().await.unwrap();
    let found = secret::find(&desk.test.app, &mut conn, &ProfileId::new("other")).await.unwrap();
    assert!(found.is_none());
}
