//! Making folders that only the right account can enter.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, lchown};
use std::os::unix::fs::{PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use super::StartError;
use super::account::{Account, effective_uid, is_root};

/// Makes the data folder itself, and gives its absolute path.
pub(super) fn data_dir(path: &Path) -> Result<PathBuf, StartError> {
    // As root the database account has to pass through; what else lies here
    // carries its own mode.
    let mode = if is_root() { 0o711 } else { 0o700 };
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(StartError::folder("make the folder", path))?;
    path.canonicalize().map_err(StartError::folder("find the folder", path))
}

/// A folder of mode 700 that belongs to the account Postgres runs as.
pub(super) fn private(path: &Path, account: Option<&Account>) -> Result<(), StartError> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(StartError::folder("make the folder", path)(error));
        }
        _ => {}
    }
    let wanted = account.map_or_else(effective_uid, |account| account.uid);
    let metadata = path.symlink_metadata().map_err(StartError::folder("look at", path))?;
    if !metadata.is_dir() {
        let error = io::Error::from(io::ErrorKind::NotADirectory);
        return Err(StartError::folder("use", path)(error));
    }
    // In a folder shared by everybody (/tmp) the name may have been taken by a
    // stranger first; only root's own new folder is handed on.
    if metadata.uid() != wanted && (metadata.uid() != 0 || account.is_none()) {
        return Err(StartError::NotOurs { folder: path.to_owned(), owner: metadata.uid() });
    }
    fs::set_permissions(path, Permissions::from_mode(0o700))
        .map_err(StartError::folder("close to others", path))?;
    if let Some(account) = account {
        lchown(path, Some(account.uid), Some(account.gid)).map_err(StartError::folder("hand over", path))?;
    }
    Ok(())
}

/// The first folder on the way from the root to `path`, both included, that
/// the account cannot pass through.
pub(super) fn barrier(path: &Path, account: &Account) -> Result<Option<PathBuf>, StartError> {
    let mut steps: Vec<&Path> = path.ancestors().collect();
    steps.reverse();
    for step in steps {
        let passable = account.may_traverse(step).map_err(StartError::folder("look at", step))?;
        if !passable {
            return Ok(Some(step.to_owned()));
        }
    }
    Ok(None)
}

/// Lets every account pass through a folder, without letting it list the contents.
pub(super) fn let_through(path: &Path) -> Result<(), StartError> {
    let apply = || {
        let mode = path.metadata()?.mode();
        fs::set_permissions(path, Permissions::from_mode((mode & 0o7777) | 0o011))
    };
    apply().map_err(StartError::folder("open the way through", path))
}

/// Replaces a small file so that a crash leaves the old one or the new one.
pub(super) fn write_atomically(path: &Path, text: &str) -> Result<(), StartError> {
    let new = path.with_extension("new");
    let apply = || {
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_parent(path)
    };
    apply().map_err(StartError::folder("write", path))
}

/// A rename survives a power cut only once the folder that names it is on disk.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

/// Opens a log file for appending that may lie in a folder of another account,
/// so a link planted there is refused instead of followed.
pub(super) fn open_log(path: &Path, account: Option<&Account>) -> io::Result<File> {
    let file = File::options()
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .custom_flags(libc::O_NOFOLLOW)
        .open(path)?;
    if let Some(account) = account {
        fchown(&file, Some(account.uid), Some(account.gid))?;
    }
    Ok(file)
}
