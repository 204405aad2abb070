//! Restoring a backup. The file is read twice: whether it is whole is known before anything is changed.

use std::{collections::BTreeSet, path::Path};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    BackupError, Manifest,
    file::{FileHead, Piece, Reader},
};
use crate::{
    domain::{
        attachment::{Blob, Place},
        audit::{Action, Actor, Deed},
        hex::hex,
    },
    service::auth::secret::random_bytes,
    store::{
        self, Conn, Pool, StoreError, attachment_bytes,
        attachment_bytes::Sink,
        backup::{self, Counter, Table},
        restore as into,
    },
};

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    pub manifest: Manifest,
    pub rows: u64,
    pub files: u64,
}

/// Fills the database with what the backup holds. One that is not empty is left alone, unless it is
/// to be replaced. `folder` is that of the attachments.
pub async fn restore(
    pool: &Pool,
    folder: &Path,
    path: &Path,
    replaces: bool,
    now: DateTime<Utc>,
) -> Result<Restored, BackupError> {
    let manifest = verify(path).await?;
    let unknown = into::unknown_migrations(&manifest.migrations);
    if !unknown.is_empty() {
        let unknown: Vec<String> = unknown.iter().map(ToString::to_string).collect();
        return Err(BackupError::Foreign(unknown.join(", ")));
    }
    let mut conn = backup::connect(pool).await?;
    let servers = into::count_servers(&mut conn).await?;
    if servers > 0 {
        return Err(BackupError::ServersRun(servers));
    }
    let filled = into::list_filled(&mut conn).await?;
    if !filled.is_empty() && !replaces {
        return Err(BackupError::NotEmpty(filled.join(", ")));
    }
    let former = into::list_blobs(&mut conn).await?;
    into::clear(&mut conn).await?;
    let migrated = into::migrate_to(&mut conn, &manifest.migrations).await;
    migrated.map_err(|error| BackupError::Migrate(Box::new(error)))?;
    let mut reader = Reader::open(path).await?;
    let mut tx = store::begin_part(&mut conn).await?;
    let (rows, files) = fill(pool, &mut tx, &mut reader, folder).await?;
    store::commit(tx).await?;
    let migrated = into::migrate(&mut conn).await;
    migrated.map_err(|error| BackupError::Migrate(Box::new(error)))?;
    begin_anew(&mut conn, now).await?;
    let kept: BTreeSet<Uuid> = into::list_blobs(&mut conn).await?.into_iter().collect();
    for id in former.into_iter().filter(|id| !kept.contains(id)) {
        attachment_bytes::delete(&mut conn, folder, Blob { id, place: Place::File }).await?;
    }
    into::analyse(&mut conn).await?;
    Ok(Restored { manifest, rows, files })
}

/// Reads to the end; what it says of itself, if it is whole.
async fn verify(path: &Path) -> Result<Manifest, BackupError> {
    let mut reader = Reader::open(path).await?;
    let Piece::Manifest(manifest) = reader.next().await? else {
        return Err(reader.damaged("it does not begin with what it is"));
    };
    while !matches!(reader.next().await?, Piece::End) {}
    Ok(manifest)
}

/// Whoever followed the database that was backed up, or the one that was replaced, starts again.
async fn begin_anew(conn: &mut Conn, now: DateTime<Utc>) -> Result<(), StoreError> {
    let history = i64::from_be_bytes(random_bytes()) | 1;
    into::begin_history(conn, history).await?;
    let deed = Deed { action: Action::Restored, resource: "Database", id: None, fields: &[] };
    store::audit::insert(conn, &Actor::operator(), deed, (None, None), now).await
}

/// What a table is being filled with, or a file.
async fn fill(
    pool: &Pool,
    conn: &mut Conn,
    reader: &mut Reader,
    folder: &Path,
) -> Result<(u64, u64), BackupError> {
    let (mut rows, mut files) = (0, 0);
    let mut piece = reader.next().await?;
    loop {
        piece = match piece {
            Piece::End => return Ok((rows, files)),
            Piece::Table(head) => {
                let table = Table { name: head.name, columns: head.columns };
                let (filled, next) = fill_table(conn, reader, &table).await?;
                rows += filled;
                next
            }
            Piece::Counters(counters) => {
                for (name, last) in counters {
                    into::set_counter(conn, &Counter { name, last }).await?;
                }
                reader.next().await?
            }
            Piece::File(head) => {
                files += 1;
                write_file(pool, conn, reader, folder, &head).await?
            }
            Piece::Manifest(_) => reader.next().await?,
            Piece::Rows(_) | Piece::Bytes(_) => return Err(reader.damaged("bytes belong to nothing")),
        };
    }
}

/// Fills one table; answers how many rows, and the piece behind them.
async fn fill_table(
    conn: &mut Conn,
    reader: &mut Reader,
    table: &Table,
) -> Result<(u64, Piece), BackupError> {
    into::prepare(conn, table).await?;
    let (mut behind, mut broken) = (None, None);
    let filled = into::copy_in(conn, table, async || {
        match reader.next().await {
            Ok(Piece::Rows(bytes)) => return Ok(Some(bytes)),
            Ok(other) => behind = Some(other),
            Err(error) => broken = Some(error),
        }
        Ok(None)
    })
    .await?;
    into::finish(conn, table).await?;
    match (behind, broken) {
        (Some(piece), _) => Ok((filled, piece)),
        (None, Some(error)) => Err(error),
        (None, None) => unreachable!("rows end with a piece or an error"),
    }
}

/// Writes one file beside, and gives it its name when its bytes are those of its record.
async fn write_file(
    pool: &Pool,
    conn: &mut Conn,
    reader: &mut Reader,
    folder: &Path,
    head: &FileHead,
) -> Result<Piece, BackupError> {
    let blob = Blob { id: head.blob, place: Place::File };
    // One of an attempt before.
    attachment_bytes::delete(conn, folder, blob).await?;
    let mut sink = Sink::open(pool, folder, blob).await?;
    let mut hash = Sha256::new();
    let behind = loop {
        match reader.next().await? {
            Piece::Bytes(bytes) => {
                hash.update(&bytes);
                sink.write(&bytes).await?;
            }
            other => break other,
        }
    };
    if hex(&hash.finalize()) != head.sha256 {
        return Err(reader.damaged(&format!("the bytes of file {} are not those of its record", head.blob)));
    }
    sink.finish().await?;
    Ok(behind)
}
