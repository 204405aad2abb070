//! Attempts to sign in: how many may fail before the next one has to wait.
//!
//! An attempt is counted before the secret is looked at, and given back when it was right, so that
//! those who come at once cannot try more than is allowed. It counts for the account from this
//! address; for the address, whatever the account; and for the account from wherever. The last of
//! these others could use up, so it does not hold at an address where the secret was right lately.

use std::net::IpAddr;

use chrono::TimeDelta;
use secrecy::SecretString;

use super::{
    secret::{self, Turn},
    token::TokenError,
};
use crate::{
    app::App,
    service::rates::{self, bucket},
    store::{self, rate_bucket},
};

/// How long an address counts as one that an account signs in from.
const KNOWN_FOR: TimeDelta = TimeDelta::days(30);

/// What a secret is tried for, as it was typed: whether it exists makes no difference.
#[derive(Clone, Copy, Debug)]
pub enum Account<'a> {
    Client(&'a str),
    Agent(&'a str),
}

/// Whether this is the account's secret; without a hash it is not, and nobody sees why.
pub async fn is_right(
    app: &App,
    account: Account<'_>,
    address: Option<IpAddr>,
    secret: SecretString,
    hash: Option<String>,
) -> Result<bool, TokenError> {
    let (kind, name) = match account {
        Account::Client(id) => ("client", id.to_owned()),
        Account::Agent(name) => ("agent", name.trim().to_lowercase()),
    };
    let from = address.map(|address| address.to_string()).unwrap_or_default();
    let known = bucket(&["known", kind, &name, &from]);
    // Within the turn: of those who wait for it, nothing is counted that might be given back.
    let turn = Turn::wait_in_line().await?;
    let now = app.clock.now();
    let allowed = &app.config.rates;
    let mut conn = store::acquire(&app.pool).await?;
    let is_known = rate_bucket::is_marked(&mut conn, &known, now).await?;
    let everywhere = allowed.account_failures.filter(|_| !is_known);
    let counted = [
        (bucket(&["sign-in", kind, &name, &from]), allowed.sign_in_failures, 1),
        (bucket(&["sign-in", kind, &name]), everywhere, 1),
        (bucket(&["sign-in from", &from]), allowed.address_failures.filter(|_| address.is_some()), 1),
    ];
    let taken = rates::take(app, &mut conn, counted).await?;
    // Nobody else waits for a connection while this one does nothing.
    drop(conn);
    let is_right = secret::matches_slowly(turn, secret, hash).await;
    if is_right {
        let mut conn = store::acquire(&app.pool).await?;
        taken.give_back(&mut conn).await?;
        if allowed.account_failures.is_some() {
            rate_bucket::mark(&mut conn, &known, now + KNOWN_FOR).await?;
        }
    }
    Ok(is_right)
}
