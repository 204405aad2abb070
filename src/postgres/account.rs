//! The operating-system account that Postgres runs as: it refuses to be root.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::ptr;

use super::StartError;

/// Tried in this order when we are root and the cluster does not exist yet.
const FALLBACKS: [&str; 2] = ["postgres", "nobody"];

/// Larger than any entry seen; bigger ones (long LDAP fields) are reported as an error.
const ENTRY_BYTES: usize = 16 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) name: String,
}

pub(super) fn effective_uid() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

pub(super) fn is_root() -> bool {
    effective_uid() == 0
}

impl Account {
    /// The account to change to for a cluster in `folder`; `None` when we are
    /// an ordinary account, which Postgres then simply shares.
    pub(super) fn for_folder(folder: &Path) -> Result<Option<Self>, StartError> {
        if !is_root() {
            return Ok(None);
        }
        // A cluster keeps its owner: installing Postgres later adds the account
        // `postgres` beside the `nobody` that has owned the files so far.
        if let Ok(metadata) = folder.symlink_metadata()
            && metadata.is_dir()
            && metadata.uid() != 0
        {
            return Ok(Some(Self::owning(metadata.uid(), metadata.gid())));
        }
        FALLBACKS.iter().find_map(|name| Self::named(name)).map(Some).ok_or(StartError::NoAccount)
    }

    fn owning(uid: u32, gid: u32) -> Self {
        lookup(|entry, buffer, found| {
            // SAFETY: all three pointers are valid for the call, see `lookup`.
            unsafe { libc::getpwuid_r(uid, entry, buffer, ENTRY_BYTES, found) }
        })
        .unwrap_or_else(|| Self { uid, gid, name: format!("number {uid}") })
    }

    fn named(name: &str) -> Option<Self> {
        let wanted = CString::new(name).ok()?;
        lookup(|entry, buffer, found| {
            // SAFETY: `wanted` ends in NUL and outlives the call; for the rest see `lookup`.
            unsafe { libc::getpwnam_r(wanted.as_ptr(), entry, buffer, ENTRY_BYTES, found) }
        })
    }

    /// Whether this account may pass through a folder, by owner and mode bits.
    pub(super) fn may_traverse(&self, folder: &Path) -> io::Result<bool> {
        let metadata = folder.metadata()?;
        let bit = if metadata.uid() == self.uid {
            0o100
        } else if metadata.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        Ok(metadata.mode() & bit != 0)
    }
}

fn lookup(
    call: impl FnOnce(*mut libc::passwd, *mut libc::c_char, *mut *mut libc::passwd) -> libc::c_int,
) -> Option<Account> {
    let mut entry = MaybeUninit::<libc::passwd>::uninit();
    let mut buffer: Vec<libc::c_char> = vec![0; ENTRY_BYTES];
    let mut found = ptr::null_mut();
    let code = call(entry.as_mut_ptr(), buffer.as_mut_ptr(), &raw mut found);
    if code != 0 || found.is_null() {
        return None;
    }
    // SAFETY: a non-null result points at `entry`, filled in by the call, whose
    // strings live in `buffer`; both are still alive here.
    let (passwd, name) = unsafe { (&*found, CStr::from_ptr((*found).pw_name)) };
    // An alias of root would not help: Postgres looks at the number.
    (passwd.pw_uid != 0).then(|| Account {
        uid: passwd.pw_uid,
        gid: passwd.pw_gid,
        name: name.to_string_lossy().into_owned(),
    })
}
