//! An open chat whose visitor turns out to be somebody: the token of a visitor who has signed in.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::ChangeError;
use crate::{
    app::App,
    domain::caller::Caller,
    service::{
        conversation::{Conversation, Refusal},
        identity::{self, IdentityError},
        profile,
    },
    store::{self, Conn, finding},
};

/// Makes the visitor the user whom the token names, by the rules that the profile has now. A token
/// of the user that the visitor is signed in as already changes nothing.
pub(super) async fn upgrade(
    app: &App,
    conn: &mut Conn,
    conversation: &mut Conversation,
    caller: &Caller,
    token: &SecretString,
    now: DateTime<Utc>,
) -> Result<(), ChangeError> {
    conversation.must_be_open()?;
    let speaks_for_others = caller.staff().is_some_and(|staff| staff.speaks_for_others);
    if !caller.is_visitor() && !speaks_for_others {
        return Err(Refusal::Invalid("identity_token is the visitor's to send".to_owned()).into());
    }
    let Some(version) = &conversation.chat.profile else { return Err(IdentityError::NotTaken.into()) };
    let profile = store::profile::find(conn, &version.id).await?.ok_or(IdentityError::NotTaken)?;
    let settings = &profile::running(app, &profile).settings.identity;
    let who = identity::sign_in(app, conn, &profile.id, settings, token, now).await?;
    let user = who.user;
    let before = conversation.visitor().cloned();
    conversation.sign_in(who, now)?;
    let visitor = conversation.visitor().filter(|_| settings.takes_tickets_along);
    if let Some(visitor) = visitor.filter(|visitor| Some(*visitor) != before.as_ref()) {
        let email = visitor.email.as_deref();
        let chat = conversation.id();
        finding::give_tickets(conn, chat, conversation.chat.ticket_id, user, &visitor.name, email).await?;
    }
    Ok(())
}
