//! The bytes of attachments: in pieces in the database, or as files in a folder. Whoever writes them
//! has noted them as leftovers before, and names them by an attachment only when they are safe.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tokio::{
    fs::{self, File},
    io::{AsyncReadExt as _, AsyncWriteExt as _},
};
use uuid::Uuid;

use super::{Conn, Pool, StoreError};
use crate::domain::attachment::{Blob, Place};

/// Bytes of a piece; as the schema has it.
pub const PIECE_BYTES: usize = 256 * 1024;

/// Takes the bytes of one file, piece by piece.
pub enum Sink {
    Database { pool: Pool, blob: Uuid, number: i32 },
    File { file: File, folder: PathBuf, blob: Uuid },
}

/// Gives the bytes of one file, piece by piece.
pub enum Source {
    Database { pool: Pool, blob: Uuid, number: i32 },
    File(File),
}

impl Sink {
    pub async fn open(pool: &Pool, folder: &Path, blob: Blob) -> Result<Self, StoreError> {
        let blob_id = blob.id;
        Ok(match blob.place {
            Place::Database => Self::Database { pool: pool.clone(), blob: blob_id, number: 0 },
            Place::File => {
                make(folder).await?;
                let file = File::create_new(unfinished(folder, blob_id)).await?;
                Self::File { file, folder: folder.to_owned(), blob: blob_id }
            }
        })
    }

    /// Takes a piece; all but the last are full.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        match self {
            Self::Database { pool, blob, number } => {
                sqlx::query!(
                    "insert into attachment_chunks (blob_id, number, bytes) values ($1, $2, $3)",
                    *blob,
                    *number,
                    piece,
                )
                .execute(&*pool)
                .await?;
                *number += 1;
            }
            Self::File { file, .. } => file.write_all(piece).await?,
        }
        Ok(())
    }

    /// Returns once a crash cannot take the bytes away.
    pub async fn finish(self) -> Result<(), StoreError> {
        if let Self::File { mut file, folder, blob } = self {
            file.flush().await?;
            file.sync_all().await?;
            fs::rename(unfinished(&folder, blob), finished(&folder, blob)).await?;
            sync(&folder).await?;
        }
        Ok(())
    }
}

impl Source {
    pub async fn open(pool: &Pool, folder: &Path, blob: Blob) -> Result<Self, StoreError> {
        Ok(match blob.place {
            Place::Database => Self::Database { pool: pool.clone(), blob: blob.id, number: 0 },
            Place::File => Self::File(File::open(finished(folder, blob.id)).await?),
        })
    }

    /// The next piece; none: that was all.
    pub async fn read(&mut self) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Database { pool, blob, number } => {
                let piece = sqlx::query_scalar!(
                    "select bytes from attachment_chunks where blob_id = $1 and number = $2",
                    *blob,
                    *number,
                )
                .fetch_optional(&*pool)
                .await?;
                *number += 1;
                Ok(piece.map(Bytes::from))
            }
            Self::File(file) => {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                let length = (&mut *file).take(PIECE_BYTES as u64).read_to_end(&mut piece).await?;
                Ok((length > 0).then(|| piece.into()))
            }
        }
    }
}

/// Removes bytes, all of them or as many as there are.
pub async fn delete(conn: &mut Conn, folder: &Path, blob: Blob) -> Result<(), StoreError> {
    match blob.place {
        Place::Database => {
            sqlx::query!("delete from attachment_chunks where blob_id = $1", blob.id).execute(conn).await?;
        }
        Place::File => {
            for path in [unfinished(folder, blob.id), finished(folder, blob.id)] {
                match fs::remove_file(path).await {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

fn finished(folder: &Path, blob: Uuid) -> PathBuf {
    folder.join(blob.simple().to_string())
}

fn unfinished(folder: &Path, blob: Uuid) -> PathBuf {
    folder.join(format!("{}.part", blob.simple()))
}

/// The folder, for the account of the server alone.
async fn make(folder: &Path) -> io::Result<()> {
    if fs::try_exists(folder).await? {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(folder).await?;
    match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync(parent).await,
        None => Ok(()),
    }
}

/// Makes what was renamed in a folder outlast a crash.
async fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).await?.sync_all().await
}
