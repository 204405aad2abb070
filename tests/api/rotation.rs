//! Another key for stored secrets, while servers read and write them.

use std::collections::BTreeSet;

use aureole::{
    domain::ids::ProfileId,
    service::{identity::secret, rotation, secrets::SealedColumn},
    slack::{chat_app, details},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::harness::{
    Desk, SECRET_KEY, TestApp, eventually,
    token::save,
    web_api::{BOT_TOKEN, FakeSlack},
};

const NEW_KEY: &str = "/////wQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const HOOK: &str = "https://hooks.slack.com/services/T1/B1/secret";
/// One of each kind.
const SECRETS: u64 = 5;

/// A desk that has one secret of each kind, sealed with the first key.
struct Safe {
    desk: Desk,
    chat_app: i32,
    details: i32,
    _slack: FakeSlack,
}

impl Safe {
    async fn new() -> Self {
        let slack = FakeSlack::start().await;
        let desk = Desk::over(TestApp::with(&[("SLACK_API_URL", &slack.api_url)]).await).await;
        save(&desk, json!({ "new_hmac_secret": "of the profile" })).await;
        let app = json!([{ "name": "Help", "app_id": "A1", "new_signing_secret": "of-the-app",
            "new_bot_user_oauth_token": BOT_TOKEN }]);
        let app = desk.test.post("/SlackChatApp", &desk.test.admin, &app).await.expect(201);
        let channel =
            json!([{ "name": "help", "new_access_token": "xoxb-of-the-channel", "webhookurl": HOOK }]);
        let channel = desk.test.post("/SlackDetails", &desk.test.admin, &channel).await.expect(201);
        let id = |made: &Value| i32::try_from(made["id"].as_i64().unwrap()).unwrap();
        Self { chat_app: id(&app), details: id(&channel), desk, _slack: slack }
    }

    /// A process with these keys.
    async fn process(&self, key: &str, others: &str) -> TestApp {
        TestApp::beside(&self.desk.test, &[("SECRET_KEY", key), ("SECRET_KEY_PREVIOUS", others)]).await
    }

    /// Every secret as a process reads it.
    async fn read_by(&self, test: &TestApp) -> Vec<String> {
        let app = &test.app;
        let mut conn = app.pool.acquire().await.unwrap();
        let chat_app = chat_app::find(app, self.chat_app).await.unwrap();
        let details = details::find(app, self.details).await.unwrap();
        let secrets = [
            secret::find(app, &mut conn, &ProfileId::new("help")).await.unwrap(),
            chat_app::signing_secret(app, &chat_app),
            chat_app::bot_token(app, &chat_app),
            details::access_token(app, &details),
            details::webhook_url(app, &details),
        ];
        let plain = |secret: SecretString| secret.expose_secret().to_owned();
        secrets.into_iter().flatten().map(plain).collect()
    }

    async fn is_whole_for(&self, test: &TestApp) {
        let all = ["of the profile", "of-the-app", BOT_TOKEN, "xoxb-of-the-channel", HOOK];
        assert_eq!(self.read_by(test).await, all);
    }
}

#[tokio::test]
async fn every_secret_is_sealed_anew_and_no_process_with_both_keys_loses_sight_of_any() {
    let safe = Safe::new().await;
    // The old one still seals here, and is told of the next one beforehand.
    let before = safe.process(SECRET_KEY, NEW_KEY).await;
    let after = safe.process(NEW_KEY, SECRET_KEY).await;
    let last = safe.process(NEW_KEY, "").await;
    safe.is_whole_for(&before).await;
    safe.is_whole_for(&after).await;
    assert!(safe.read_by(&last).await.is_empty());

    let rotation = rotation::reseal(&after.app).await.unwrap();
    assert_eq!((rotation.resealed, rotation.secrets), (SECRETS, SECRETS));
    assert!(rotation.unreadable.is_empty());
    for process in [&before, &after, &last] {
        safe.is_whole_for(process).await;
    }
    assert!(safe.read_by(&safe.desk.test).await.is_empty(), "the former key opens nothing any more");
    let again = rotation::reseal(&last.app).await.unwrap();
    assert_eq!((again.resealed, again.secrets), (0, SECRETS));
}

/// Holds a row, begins, and waits until the row is come to.
async fn begin_against(
    safe: &Safe,
    process: &TestApp,
) -> (sqlx::Transaction<'static, sqlx::Postgres>, tokio::task::JoinHandle<rotation::Rotation>) {
    let pool = safe.desk.test.app.pool.clone();
    let mut held = pool.begin().await.unwrap();
    let statement = "select from slack_details where id = $1 for update";
    sqlx::query(statement).bind(safe.details).execute(&mut *held).await.unwrap();
    let app = process.app.clone();
    let running = tokio::spawn(async move { rotation::reseal(&app).await.unwrap() });
    let waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' \
                 and datname = current_database()";
    eventually("the row to be waited for", || async {
        let waiting: i64 = sqlx::query_scalar(waits).fetch_one(&pool).await.unwrap();
        (waiting > 0).then_some(())
    })
    .await;
    (held, running)
}

#[tokio::test]
async fn one_that_is_killed_half_way_leaves_everything_readable_and_is_taken_up_again() {
    let safe = Safe::new().await;
    let process = safe.process(NEW_KEY, SECRET_KEY).await;
    let (held, running) = begin_against(&safe, &process).await;
    running.abort();
    assert!(running.await.is_err(), "it was killed");
    held.rollback().await.unwrap();
    safe.is_whole_for(&process).await;
    // The statement that was waiting may have come to its end without anybody to hear of it.
    let done = safe.read_by(&safe.process(NEW_KEY, "").await).await.len();
    assert!((3..=4).contains(&done), "half was done: {done}");
    let rest = rotation::reseal(&process.app).await.unwrap();
    assert!((1..=2).contains(&rest.resealed), "{rest:?}");
    safe.is_whole_for(&safe.process(NEW_KEY, "").await).await;
}

#[tokio::test]
async fn a_secret_that_is_set_meanwhile_is_not_overwritten_by_the_former_one() {
    let safe = Safe::new().await;
    let process = safe.process(NEW_KEY, SECRET_KEY).await;
    // As a process that does not seal with the new key yet writes it.
    let other = details_token(&safe, "xoxb-another");
    let (mut held, running) = begin_against(&safe, &process).await;
    let set = "update slack_details set access_token = $2 where id = $1";
    sqlx::query(set).bind(safe.details).bind(other).execute(&mut *held).await.unwrap();
    held.commit().await.unwrap();
    assert!(running.await.unwrap().unreadable.is_empty());
    let read = safe.read_by(&safe.process(NEW_KEY, "").await).await;
    assert!(read.len() == 5 && read.contains(&"xoxb-another".to_owned()), "{read:?}");
}

/// A token for the channel, sealed with the first key.
fn details_token(safe: &Safe, token: &str) -> Vec<u8> {
    let id = safe.details.to_string();
    let owner = aureole::service::secrets::Owner::of(SealedColumn::DetailsAccessToken, &id);
    safe.desk.test.app.vault.seal(owner, &token.into()).unwrap()
}

#[tokio::test]
async fn a_secret_that_no_key_opens_is_named_and_holds_nothing_up() {
    let safe = Safe::new().await;
    let other = json!({ "id": "zoo", "name": "Zoo", "steps": [], "new_hmac_secret": "of another profile" });
    safe.desk.test.post("/ChatProfile", &safe.desk.test.admin, &other).await.expect(201);
    sqlx::query("update profile_secrets set sealed = sealed || '\\x00' where profile_id = 'help'")
        .execute(&safe.desk.test.app.pool)
        .await
        .unwrap();
    let process = safe.process(NEW_KEY, SECRET_KEY).await;
    let rotation = rotation::reseal(&process.app).await.unwrap();
    assert_eq!(rotation.unreadable, ["identity of chat_profile help"]);
    assert_eq!((rotation.resealed, rotation.secrets), (SECRETS, SECRETS + 1));
}

/// A new column of bytes is either gone through as well, or is none that the vault seals.
#[tokio::test]
async fn no_column_is_forgotten() {
    let test = TestApp::new().await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select table_name::text, column_name::text from information_schema.columns \
         where table_schema = 'public' and data_type = 'bytea'",
    )
    .fetch_all(&test.app.pool)
    .await
    .unwrap();
    let found: BTreeSet<_> = columns.iter().map(|(table, column)| format!("{table}.{column}")).collect();
    let sealed = SealedColumn::ALL.map(|one| format!("{}.{}", one.place().0, one.place().1));
    let others = [
        "_sqlx_migrations.checksum",
        "api_clients.api_key_hash",
        "attachment_chunks.bytes",
        "attachments.sha256",
        "chat_matching_data.key_hash",
        "idempotency_keys.request_hash",
        "rate_buckets.bucket",
        "tokens.token_hash",
    ];
    let known: BTreeSet<_> = sealed.into_iter().chain(others.map(str::to_owned)).collect();
    assert_eq!(found, known);
}
