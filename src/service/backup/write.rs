//! Writing a backup.

use std::path::Path;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use uuid::Uuid;

use super::{
    BackupError, Manifest,
    file::{FileHead, TableHead, Writer},
};
use crate::{
    domain::{
        attachment::{Blob, Place},
        hex::hex,
    },
    store::{self, Conn, Pool, attachment_bytes::Source, backup},
};

/// Records of files that are read at once.
const FILES_AT_ONCE: i64 = 500;

/// What a backup holds.
#[derive(Debug, Default)]
pub struct Written {
    pub bytes: u64,
    pub tables: usize,
    pub files: u64,
    /// Files that the database names and the folder does not have.
    pub missing: Vec<Uuid>,
}

/// Writes everything as of one moment into a new file. `folder` is that of the attachments.
pub async fn write(
    pool: &Pool,
    key_id: Option<String>,
    folder: &Path,
    path: &Path,
    now: DateTime<Utc>,
) -> Result<Written, BackupError> {
    let mut conn = backup::connect(pool).await?;
    // Before the moment: a file that is deleted after it stays until the lock is gone.
    if !backup::lock(&mut conn).await? {
        return Err(BackupError::UnderWay);
    }
    let mut writer = Writer::create(path).await?;
    let mut tx = backup::begin(&mut conn).await?;
    let outcome = write_all(pool, &mut tx, &mut writer, key_id, folder, now).await;
    // It has changed nothing.
    store::roll_back(tx).await?;
    match outcome {
        Ok(mut written) => {
            written.bytes = writer.finish().await?;
            Ok(written)
        }
        Err(error) => {
            writer.abandon().await;
            Err(error)
        }
    }
}

async fn write_all(
    pool: &Pool,
    conn: &mut Conn,
    writer: &mut Writer,
    key_id: Option<String>,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Written, BackupError> {
    let manifest = Manifest {
        made_at: now,
        aureole: env!("CARGO_PKG_VERSION").to_owned(),
        postgres: backup::server_version(conn).await?,
        migrations: backup::list_migrations(conn).await?,
        key_id,
    };
    writer.manifest(&manifest).await?;
    let mut written = Written::default();
    for table in backup::list_tables(conn).await? {
        writer.table(&TableHead { name: table.name.clone(), columns: table.columns.clone() }).await?;
        let mut rows = backup::copy_out(conn, &table).await?;
        while let Some(piece) = rows.next().await {
            writer.rows(&piece?).await?;
        }
        written.tables += 1;
    }
    // Counters are not part of the moment: they are at least where it needs them.
    let counters = backup::list_counters(conn).await?;
    let counters: Vec<(String, i64)> = counters.into_iter().map(|one| (one.name, one.last)).collect();
    writer.counters(&counters).await?;
    let mut after = Uuid::nil();
    loop {
        let files = backup::list_files(conn, after, FILES_AT_ONCE).await?;
        let Some(last) = files.last() else { return Ok(written) };
        after = last.blob;
        for file in files {
            write_file(pool, writer, folder, &file, &mut written).await?;
        }
    }
}

async fn write_file(
    pool: &Pool,
    writer: &mut Writer,
    folder: &Path,
    file: &backup::KeptFile,
    written: &mut Written,
) -> Result<(), BackupError> {
    let blob = Blob { id: file.blob, place: Place::File };
    let Ok(mut source) = Source::open(pool, folder, blob).await else {
        written.missing.push(file.blob);
        return Ok(());
    };
    writer.file(&FileHead { blob: file.blob, size: file.size, sha256: hex(&file.sha256) }).await?;
    while let Some(piece) = source.read().await? {
        writer.bytes(&piece).await?;
    }
    written.files += 1;
    Ok(())
}
