//! The embedded database as the rest of the program sees it.

use std::fs::{File, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sqlx::postgres::PgConnectOptions;

use super::binaries::Binaries;
use super::place::{self, Place};
use super::postmaster::{Launch, PORT};
use super::supervisor::Supervisor;
use super::{StartError, cluster, folders, sockets};

#[derive(Clone, Debug)]
pub struct EmbeddedSettings {
    pub data_dir: PathBuf,
    /// Nobody chose `data_dir`: the cluster may go elsewhere when Postgres
    /// cannot reach it.
    pub data_dir_is_default: bool,
    /// The folder of the server programs; looked for when `None`.
    pub binaries: Option<PathBuf>,
    /// Off for throw-away databases only: a crash of the machine loses them.
    pub durable: bool,
}

/// A running Postgres server, ended when this is dropped.
#[derive(Debug)]
pub struct Embedded {
    supervisor: Supervisor,
    location: PathBuf,
    sockets: PathBuf,
    note: Option<String>,
    /// Held, not read; below the supervisor, so let go of after it has stopped.
    _lock: DataLock,
}

impl Embedded {
    /// Makes the cluster if need be, starts the server, and waits until it is
    /// ready. Blocks; restarts happen in a thread of its own.
    pub fn start(settings: &EmbeddedSettings) -> Result<Self, StartError> {
        let data_dir = folders::data_dir(&settings.data_dir)?;
        let lock = DataLock::take(&data_dir)?;
        let elsewhere = settings.data_dir_is_default.then(|| Path::new(place::ELSEWHERE));
        let Place { folder, account, note } = place::choose(&data_dir, elsewhere)?;
        folders::private(&folder, account.as_ref())?;
        let binaries = Binaries::choose(settings.binaries.as_deref(), &folder.join("data"))?;
        cluster::ensure(&folder, &binaries, account.as_ref(), settings.durable)?;
        let sockets = sockets::prepare(&folder, account.as_ref())?;
        let supervisor = Supervisor::start(Launch {
            binaries,
            account,
            folder: folder.clone(),
            sockets: sockets.clone(),
            durable: settings.durable,
        })?;
        Ok(Self { supervisor, location: folder, sockets, note, _lock: lock })
    }

    /// The way into the server that another process of ours keeps running on the same data
    /// folder; none: nobody does, and `start` will.
    pub fn running(settings: &EmbeddedSettings) -> Result<Option<PgConnectOptions>, StartError> {
        let data_dir = folders::data_dir(&settings.data_dir)?;
        if DataLock::take(&data_dir).is_ok() {
            return Ok(None);
        }
        let elsewhere = settings.data_dir_is_default.then(|| Path::new(place::ELSEWHERE));
        let Place { folder, account, .. } = place::choose(&data_dir, elsewhere)?;
        Ok(Some(options(&sockets::prepare(&folder, account.as_ref())?)))
    }

    pub fn connect_options(&self) -> PgConnectOptions {
        options(&self.sockets)
    }

    /// The folder of the cluster (`data`) and of its log (`postgres.log`).
    pub fn location(&self) -> &Path {
        &self.location
    }

    /// The folder of the server's socket.
    pub fn sockets(&self) -> &Path {
        &self.sockets
    }

    /// What the operator should know about where the data is.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Ends the server cleanly and waits until it has ended.
    pub fn stop(&mut self) {
        self.supervisor.stop();
    }
}

fn options(sockets: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(sockets)
        .port(PORT)
        .username(cluster::NAME)
        .database(cluster::NAME)
}

/// Keeps a second process away from the data folder. The kernel lets go of it
/// when the process ends in whatever way.
#[derive(Debug)]
struct DataLock(File);

impl DataLock {
    fn take(data_dir: &Path) -> Result<Self, StartError> {
        let path = data_dir.join("postgres.lock");
        let file = File::options()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(StartError::folder("open", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StartError::InUse { folder: data_dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(StartError::folder("lock", path)(error)),
        }
    }
}

impl Drop for DataLock {
    fn drop(&mut self) {
        // Closing would do, but for a child forked by another thread this
        // instant, which shares the open file until it runs its program.
        let _ = self.0.unlock();
    }
}
