//! Another key for every stored secret: each is opened with whatever key sealed it and sealed anew
//! with the present one.
//!
//! Each secret is replaced by itself, and only as it was read. So this may be killed anywhere and run
//! again, several times at once, and beside servers that read and write secrets, as long as those have
//! both keys.

use crate::{
    app::App,
    service::secrets::{NoKey, Owner},
    store::{
        self, Conn, StoreError,
        sealed::{self, SealedColumn},
    },
};

/// Secrets that are read at once.
const BATCH: i64 = 100;

#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error(transparent)]
    NoKey(#[from] NoKey),
    #[error("could not read or write stored secrets")]
    Store(#[from] StoreError),
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// How many were sealed anew.
    pub resealed: u64,
    /// How many there are in all.
    pub secrets: u64,
    /// Those that none of the keys opens, by what they belong to; they stay as they are.
    pub unreadable: Vec<String>,
}

/// Seals every secret with the present key that another one has sealed.
pub async fn reseal(app: &App) -> Result<Rotation, RotationError> {
    let beginning = app.vault.beginning()?;
    let mut conn = store::acquire(&app.pool).await?;
    let mut rotation = Rotation::default();
    for column in SealedColumn::ALL {
        // What was changed while it was sealed anew is looked at again.
        while reseal_column(app, &mut conn, column, &beginning, &mut rotation).await? {}
        rotation.secrets += u64::try_from(sealed::count(&mut conn, column).await?).unwrap_or(0);
    }
    Ok(rotation)
}

/// Goes through a column once; true: something in it was changed meanwhile.
async fn reseal_column(
    app: &App,
    conn: &mut Conn,
    column: SealedColumn,
    beginning: &[u8],
    rotation: &mut Rotation,
) -> Result<bool, RotationError> {
    let (mut after, mut was_changed) = (String::new(), false);
    let mut unreadable = Vec::new();
    loop {
        let batch = sealed::list_others(conn, column, beginning, &after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after.clone_from(&last.id);
        for present in &batch {
            let owner = Owner::of(column, &present.id);
            let Some(secret) = app.vault.open(owner, &present.sealed) else {
                unreadable.push(format!("{} of {} {}", column.kind(), column.what(), present.id));
                continue;
            };
            let other = app.vault.seal(owner, &secret)?;
            if sealed::replace(conn, column, present, &other).await? {
                rotation.resealed += 1;
            } else {
                was_changed = true;
            }
        }
    }
    if !was_changed {
        rotation.unreadable.append(&mut unreadable);
    }
    Ok(was_changed)
}
