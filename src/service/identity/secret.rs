//! The secret that a profile and its site share; it signs identity tokens.

use secrecy::SecretString;

use crate::{
    app::App,
    domain::ids::ProfileId,
    service::secrets::{NoKey, Owner, SealedColumn, SecretChange},
    store::{
        Conn, StoreError,
        profile_secret::{self, SecretKind},
    },
};

const KIND: SecretKind = SecretKind::Identity;

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("could not write the profile's secret")]
    Store(#[from] StoreError),
}

/// Seals, replaces or forgets the secret, in the transaction that saves its profile.
pub async fn change(
    app: &App,
    conn: &mut Conn,
    profile: &ProfileId,
    change: &SecretChange,
) -> Result<(), SecretError> {
    match change {
        SecretChange::Keep => {}
        SecretChange::Clear => profile_secret::delete(conn, profile, KIND).await?,
        SecretChange::Set(secret) => {
            let sealed = app.vault.seal(owner(profile), secret)?;
            profile_secret::save(conn, profile, KIND, &sealed).await?;
        }
    }
    Ok(())
}

/// The secret, if there is one that can be read.
pub async fn find(
    app: &App,
    conn: &mut Conn,
    profile: &ProfileId,
) -> Result<Option<SecretString>, StoreError> {
    let sealed = profile_secret::find(conn, profile, KIND).await?;
    Ok(sealed.and_then(|sealed| app.vault.open(owner(profile), &sealed)))
}

fn owner(profile: &ProfileId) -> Owner<'_> {
    Owner::of(SealedColumn::ProfileIdentity, profile.as_str())
}
