//! Where the embedded cluster lies: inside the data folder when Postgres can get there.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::account::Account;
use super::{StartError, folders};

/// Where root's clusters go when the data folder is out of Postgres's reach.
pub(super) const ELSEWHERE: &str = "/var/lib/aureole";

/// In the data folder: names the cluster's folder when it is elsewhere.
const POINTER: &str = "postgres.location";

#[derive(Debug)]
pub(super) struct Place {
    /// Holds the cluster (`data`), its socket (`run`) and its log.
    pub(super) folder: PathBuf,
    pub(super) account: Option<Account>,
    pub(super) note: Option<String>,
}

/// Decides on the folder for an absolute `data_dir`, which must exist.
/// `elsewhere` is the parent for a folder of our own choice; without it an
/// unreachable data folder is an error.
pub(super) fn choose(data_dir: &Path, elsewhere: Option<&Path>) -> Result<Place, StartError> {
    let pointer = data_dir.join(POINTER);
    if let Some(folder) = read_pointer(&pointer)? {
        return pointed(data_dir, &pointer, folder);
    }
    let folder = data_dir.join("postgres");
    let Some(account) = Account::for_folder(&folder)? else {
        return Ok(inside(folder, None));
    };
    let Some(barrier) = opened(data_dir, &account)? else {
        return Ok(inside(folder, Some(account)));
    };
    match elsewhere {
        // An existing cluster is never left behind for an empty one.
        Some(parent) if !folder.join("data").exists() => move_out(data_dir, &pointer, parent, account),
        _ => Err(StartError::Unreachable { folder, barrier, account: account.name }),
    }
}

fn inside(folder: PathBuf, account: Option<Account>) -> Place {
    Place { folder, account, note: None }
}

/// What is in the way to the data folder, after opening it if it is ours to open.
fn opened(data_dir: &Path, account: &Account) -> Result<Option<PathBuf>, StartError> {
    let barrier = folders::barrier(data_dir, account)?;
    let ours = data_dir.metadata().is_ok_and(|found| found.uid() == 0);
    if barrier.as_deref() == Some(data_dir) && ours {
        folders::let_through(data_dir)?;
        return folders::barrier(data_dir, account);
    }
    Ok(barrier)
}

fn read_pointer(pointer: &Path) -> Result<Option<PathBuf>, StartError> {
    match fs::read_to_string(pointer) {
        Ok(text) => Ok(Some(PathBuf::from(text.trim_end_matches('\n')))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StartError::folder("read", pointer)(error)),
    }
}

fn pointed(data_dir: &Path, pointer: &Path, folder: PathBuf) -> Result<Place, StartError> {
    if !folder.is_absolute() || !folder.is_dir() {
        return Err(StartError::LostCluster { pointer: pointer.to_owned(), folder });
    }
    let account = Account::for_folder(&folder)?;
    if let Some(account) = &account
        && let Some(parent) = folder.parent()
        && let Some(barrier) = folders::barrier(parent, account)?
    {
        return Err(StartError::Unreachable { folder, barrier, account: account.name.clone() });
    }
    let note = format!(
        "the database is in {}, as {} says, because PostgreSQL cannot reach {}",
        folder.display(),
        pointer.display(),
        data_dir.display()
    );
    Ok(Place { folder, account, note: Some(note) })
}

fn move_out(data_dir: &Path, pointer: &Path, parent: &Path, account: Account) -> Result<Place, StartError> {
    folders::data_dir(parent)?;
    if let Some(barrier) = opened(parent, &account)? {
        return Err(StartError::Unreachable { folder: parent.to_owned(), barrier, account: account.name });
    }
    let folder = parent.join(Uuid::new_v4().to_string());
    folders::private(&folder, Some(&account))?;
    // The folder first: a pointer to a missing folder means that data was lost.
    folders::write_atomically(pointer, &format!("{}\n", folder.display()))?;
    pointed(data_dir, pointer, folder)
}
