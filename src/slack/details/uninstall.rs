//! The end of a connection: the token is revoked, the record stays and says so.

use secrecy::SecretString;

use super::{DetailsError, StoredDetails, access_token, deed, exchange::Client, find};
use crate::{
    app::App,
    domain::audit::{Action, Actor},
    outbound::slack::{Arguments, Fault, Slack, SlackError},
    service::audit,
    store::{self, StoreError},
};

/// A record whose connection has ended, and what an administrator should know of it.
pub struct Uninstalled {
    pub details: StoredDetails,
    pub warnings: Vec<String>,
}

/// Revokes a record's token and marks it uninstalled; without an id, the only one that there is.
///
/// Our copy of the token goes even when Slack cannot be told.
pub async fn uninstall(app: &App, actor: &Actor, id: Option<i32>) -> Result<Uninstalled, DetailsError> {
    let id = match id {
        Some(id) => id,
        None => only_one(app).await?,
    };
    let details = find(app, id).await?;
    let token = access_token(app, &details);
    let told = match &token {
        Some(token) => revoke(app, token).await,
        None => Ok(()),
    };
    let mut warnings = Vec::new();
    let mut tx = store::begin(&app.pool).await?;
    store::slack_details::lock(&mut tx, id).await?;
    let present = store::slack_details::find(&mut tx, id).await?.ok_or(DetailsError::NotFound(id))?;
    if present.access_token != details.access_token {
        // It was connected anew while Slack was asked: that connection stands.
        warnings.push("The record was connected again meanwhile, so it is not uninstalled.".to_owned());
        return Ok(Uninstalled { details: present, warnings });
    }
    store::slack_details::mark_uninstalled(&mut tx, id).await?;
    audit::note(app, &mut tx, actor, deed(Action::Changed, &id.to_string(), &["uninstalled"])).await?;
    if told.is_ok()
        && let (Some(_), Some(team), Some(slack_app)) = (&token, &present.team_id, &present.app_id)
    {
        let others =
            store::slack_details::mark_workspace_uninstalled(&mut tx, team, slack_app, false).await?;
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(ToString::to_string).collect();
            warnings.push(format!(
                "The same app connected other channels of this workspace; they are uninstalled too: {}.",
                others.join(", ")
            ));
        }
    }
    let details = store::slack_details::find(&mut tx, id).await?.ok_or(DetailsError::NotFound(id))?;
    store::commit(tx).await?;
    if let Err(error) = told {
        warnings.push(format!(
            "Slack could not be told ({error}); our copy of the token is gone, and the app can be removed in \
             Slack's own settings."
        ));
    }
    Ok(Uninstalled { details, warnings })
}

async fn only_one(app: &App) -> Result<i32, DetailsError> {
    let mut conn = store::acquire(&app.pool).await?;
    match store::slack_details::list_installed(&mut conn, 2).await?[..] {
        [id] => Ok(id),
        [] => Err(DetailsError::IdMissing("there is nothing to uninstall")),
        _ => Err(DetailsError::IdMissing("there are several records, so say which")),
    }
}

/// Ends what the token opens. One that Slack does not know any more is as good as revoked.
async fn revoke(app: &App, token: &SecretString) -> Result<(), SlackError> {
    let slack = app.outbound.slack();
    if let Some(client) = Client::of(app) {
        match settled(slack.call("apps.uninstall", Some(token), Arguments::Form(&client.fields())).await) {
            Ok(()) => return Ok(()),
            // Tokens of bots may not be allowed to; then the token itself is revoked.
            Err(SlackError::Refused { fault: Fault::Configuration | Fault::Content, .. }) => {}
            Err(error) => return Err(error),
        }
    }
    settled(revoke_token(slack, token).await)
}

async fn revoke_token(slack: &Slack, token: &SecretString) -> Result<serde_json::Value, SlackError> {
    slack.call("auth.revoke", Some(token), Arguments::Form(&[])).await
}

fn settled(answer: Result<serde_json::Value, SlackError>) -> Result<(), SlackError> {
    match answer {
        Ok(_) | Err(SlackError::Refused { fault: Fault::DeadToken, .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Marks what a Slack app connected in a workspace as uninstalled, because Slack says that the app is
/// gone there or its tokens are; answers the ids of the records. A record whose token was pasted is
/// taken for the app's.
pub async fn mark_uninstalled(app: &App, team_id: &str, slack_app_id: &str) -> Result<Vec<i32>, StoreError> {
    let mut conn = store::acquire(&app.pool).await?;
    store::slack_details::mark_workspace_uninstalled(&mut conn, team_id, slack_app_id, true).await
}
