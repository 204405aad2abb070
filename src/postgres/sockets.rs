//! The folder for the server's socket, whose path has a small limit.

use std::env;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::account::{Account, effective_uid, is_root};
use super::postmaster::PORT;
use super::{StartError, folders};

/// Linux takes 107 bytes and a NUL, macOS 103 and a NUL.
const PATH_BYTES_MAX: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// `folder/run`, or a short folder of our own elsewhere when that is too long.
pub(super) fn prepare(folder: &Path, account: Option<&Account>) -> Result<PathBuf, StartError> {
    let beside = folder.join("run");
    let sockets = if fits(&beside) { beside } else { short_parent().join(short_name(folder)) };
    folders::private(&sockets, account)?;
    Ok(sockets)
}

fn fits(sockets: &Path) -> bool {
    let name = format!(".s.PGSQL.{PORT}");
    sockets.join(name).as_os_str().len() <= PATH_BYTES_MAX
}

/// The user's own folder for such things; root's would be closed to Postgres.
fn short_parent() -> PathBuf {
    env::var_os("XDG_RUNTIME_DIR")
        .filter(|_| !is_root())
        .map(PathBuf::from)
        .filter(|parent| parent.is_absolute() && parent.is_dir())
        .filter(|parent| fits(&parent.join(short_name(parent))))
        .unwrap_or_else(|| PathBuf::from("/tmp"))
}

/// The same at every start, so that no folders pile up.
fn short_name(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_bytes());
    let mut name = format!("aureole-{}-", effective_uid());
    for byte in &digest[..8] {
        write!(name, "{byte:02x}").expect("writing to a string cannot fail");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_one_byte_too_long_does_not_fit() {
        let spare = PATH_BYTES_MAX - "/.s.PGSQL.5432".len();
        assert!(fits(&PathBuf::from(format!("/{}", "x".repeat(spare - 1)))));
        assert!(!fits(&PathBuf::from(format!("/{}", "x".repeat(spare)))));
    }
}
