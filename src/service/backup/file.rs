//! The form of the file: a line that names it, then pieces, each with its kind and its length, and a
//! checksum over everything before it at the end.

use std::{
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter},
};
use uuid::Uuid;

use super::{BackupError, Manifest};

const NAME: &[u8] = b"aureole backup 1\n";
/// Bytes of a piece at most: rows come in pieces of any size.
const PIECE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

/// What a piece begins, or goes on with.
#[derive(Debug)]
pub enum Piece {
    Manifest(Manifest),
    Table(TableHead),
    Rows(Bytes),
    Counters(Vec<(String, i64)>),
    File(FileHead),
    Bytes(Bytes),
    End,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableHead {
    pub name: String,
    pub columns: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileHead {
    pub blob: Uuid,
    pub size: i32,
    pub sha256: String,
}

const MANIFEST: u8 = b'M';
const TABLE: u8 = b'T';
const ROWS: u8 = b'R';
const COUNTERS: u8 = b'C';
const FILE: u8 = b'F';
const BYTES: u8 = b'B';
const END: u8 = b'E';

/// Writes beside, and gives the file its name when it is whole.
pub struct Writer {
    file: BufWriter<File>,
    hash: Sha256,
    beside: PathBuf,
    path: PathBuf,
    written: u64,
}

impl Writer {
    pub async fn create(path: &Path) -> Result<Self, BackupError> {
        if tokio::fs::try_exists(path).await.map_err(BackupError::file(path))? {
            return Err(BackupError::Exists(path.to_owned()));
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let mut options = File::options();
        // Nobody else's: it holds everything.
        options.write(true).create(true).truncate(true).mode(0o600);
        let file = options.open(&beside).await.map_err(BackupError::file(&beside))?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        let mut writer = Self { file, hash: Sha256::new(), beside, path: path.to_owned(), written: 0 };
        writer.put(NAME).await.map_err(BackupError::file(&writer.beside))?;
        Ok(writer)
    }

    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.written += bytes.len() as u64;
        self.file.write_all(bytes).await
    }

    async fn piece(&mut self, kind: u8, bytes: &[u8]) -> Result<(), BackupError> {
        let length = u32::try_from(bytes.len()).expect("a piece is small").to_be_bytes();
        let outcome = async {
            self.put(&[kind]).await?;
            self.put(&length).await?;
            self.put(bytes).await
        };
        outcome.await.map_err(BackupError::file(&self.beside))
    }

    pub async fn manifest(&mut self, manifest: &Manifest) -> Result<(), BackupError> {
        self.piece(MANIFEST, &json(manifest)).await
    }

    pub async fn table(&mut self, head: &TableHead) -> Result<(), BackupError> {
        self.piece(TABLE, &json(head)).await
    }

    pub async fn rows(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        for part in bytes.chunks(PIECE_BYTES_MAX) {
            self.piece(ROWS, part).await?;
        }
        Ok(())
    }

    pub async fn counters(&mut self, counters: &[(String, i64)]) -> Result<(), BackupError> {
        self.piece(COUNTERS, &json(&counters)).await
    }

    pub async fn file(&mut self, head: &FileHead) -> Result<(), BackupError> {
        self.piece(FILE, &json(head)).await
    }

    pub async fn bytes(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.piece(BYTES, bytes).await
    }

    /// Ends the file; only now does it have its name. Answers its bytes.
    pub async fn finish(mut self) -> Result<u64, BackupError> {
        let hash = self.hash.clone().finalize();
        self.piece(END, &hash).await?;
        let outcome = async {
            self.file.flush().await?;
            self.file.get_ref().sync_all().await?;
            tokio::fs::rename(&self.beside, &self.path).await?;
            let folder = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new("."))).await?.sync_all().await
        };
        outcome.await.map_err(BackupError::file(&self.path))?;
        Ok(self.written)
    }

    /// Removes what was written so far.
    pub async fn abandon(self) {
        // It has no name yet, and is overwritten by the next.
        let _ = tokio::fs::remove_file(&self.beside).await;
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("it is plain data")
}

/// Reads a file from its beginning.
pub struct Reader {
    file: BufReader<File>,
    hash: Sha256,
    path: PathBuf,
}

impl Reader {
    pub async fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).await.map_err(BackupError::file(path))?;
        let file = BufReader::with_capacity(BUFFER_BYTES, file);
        let mut reader = Self { file, hash: Sha256::new(), path: path.to_owned() };
        let mut name = [0; NAME.len()];
        match reader.take(&mut name).await {
            Ok(()) if name == NAME => Ok(reader),
            _ => Err(BackupError::Unknown(path.to_owned())),
        }
    }

    async fn take(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.file.read_exact(bytes).await.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged("it ends in the middle"),
            _ => BackupError::file(&self.path)(error),
        })?;
        self.hash.update(bytes);
        Ok(())
    }

    /// The next piece. The end is there only if everything before it is as it was written.
    pub async fn next(&mut self) -> Result<Piece, BackupError> {
        let before = self.hash.clone();
        let mut head = [0; 5];
        self.take(&mut head).await?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        if length > PIECE_BYTES_MAX {
            return Err(self.damaged("a piece is longer than any is"));
        }
        let mut bytes = vec![0; length];
        self.take(&mut bytes).await?;
        let unreadable = |_| self.damaged("a piece is not understood");
        Ok(match head[0] {
            MANIFEST => Piece::Manifest(serde_json::from_slice(&bytes).map_err(unreadable)?),
            TABLE => Piece::Table(serde_json::from_slice(&bytes).map_err(unreadable)?),
            ROWS => Piece::Rows(bytes.into()),
            COUNTERS => Piece::Counters(serde_json::from_slice(&bytes).map_err(unreadable)?),
            FILE => Piece::File(serde_json::from_slice(&bytes).map_err(unreadable)?),
            BYTES => Piece::Bytes(bytes.into()),
            END if before.finalize()[..] == bytes[..] => Piece::End,
            END => return Err(self.damaged("its checksum is not that of its content")),
            _ => return Err(self.damaged("a piece is of no known kind")),
        })
    }

    pub fn damaged(&self, problem: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), problem: problem.to_owned() }
    }
}
