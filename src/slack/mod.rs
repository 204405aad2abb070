//! Slack: its conversations as chats, and channels that are told of chats and make tickets.

mod aside;
pub mod chat_app;
pub mod courier;
pub mod details;
mod farewell;
pub mod inbound;
pub mod notice;
pub mod protocol;

use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

use self::protocol::manifest::{self, Addresses, Texts};
use crate::app::App;

/// How often requests that were done long ago are forgotten.
const HOUSEKEEPING_INTERVAL: Duration = Duration::from_hours(1);

/// The manifest of an app that sends everything here; its addresses have a key of their own. An error
/// says everything that is wrong with the texts.
pub fn manifest(app: &App, texts: &Texts) -> Result<Value, String> {
    let key = Uuid::new_v4();
    let address = |name: &str| format!("{}/Slack/{name}?app={key}", app.config.public_url);
    let addresses = Addresses {
        event: address("Event"),
        command: address("Command"),
        interactivity: address("Interactivity"),
    };
    manifest::build(texts, &addresses).map_err(|problems| {
        problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ")
    })
}

/// Works off what Slack sends and tells it what is new, until the server stops.
pub async fn run(app: App) {
    tokio::join!(
        inbound::run(app.clone()),
        courier::run(app.clone()),
        notice::run(app.clone()),
        keep_house(&app),
    );
}

async fn keep_house(app: &App) {
    loop {
        let kept = async {
            inbound::forget_done(app).await?;
            farewell::close_orphans(app).await
        };
        if let Err(error) = kept.await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "could not tidy up after Slack");
        }
        tokio::time::sleep(HOUSEKEEPING_INTERVAL).await;
    }
}
