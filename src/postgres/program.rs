//! How every Postgres program is run: its own account, a bare environment, never outliving us.

use std::env;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use super::account::Account;

/// Passed on because the programs may not even load or find their locale without them.
const PASSED_ON: [&str; 4] = ["PATH", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// A command that gives up root. On Linux the kernel sends it `last_signal`
/// when the calling *thread* ends, so call from one that lasts.
pub(super) fn command(program: &Path, account: Option<&Account>, last_signal: i32) -> Command {
    let mut command = Command::new(program);
    // Our environment holds secrets, and variables such as PGPORT would change
    // what Postgres does.
    command.env_clear().env("LC_ALL", "C");
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    if let Some(account) = account {
        // Coming from root, std also empties the supplementary groups.
        command.uid(account.uid).gid(account.gid);
    }
    // Every account may stand in the root folder; where we started from may be private.
    command.current_dir("/");
    // Ctrl-C in a terminal reaches the whole group: Postgres ends when we say
    // so, after the last request.
    command.process_group(0);
    let parent = std::process::id();
    // SAFETY: `follow_parent` only makes async-signal-safe system calls. It
    // runs after std has changed the account, which would have cleared the wish.
    unsafe { command.pre_exec(move || follow_parent(parent, last_signal)) };
    command
}

#[cfg(target_os = "linux")]
fn follow_parent(parent: u32, last_signal: i32) -> io::Result<()> {
    let signal = libc::c_ulong::try_from(last_signal).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: PR_SET_PDEATHSIG takes one number and touches no memory.
    if unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if std::os::unix::process::parent_id() != parent {
        // The parent was gone before the kernel knew of the wish.
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the signature of the Linux function beside it")]
fn follow_parent(_parent: u32, _last_signal: i32) -> io::Result<()> {
    // No such wish can be made here; a server left behind is ended at the next start.
    Ok(())
}

/// The lines of a program's output that say what went wrong, as one line.
pub(super) fn complaint(output: &str) -> String {
    let telling: Vec<&str> = output
        .lines()
        .filter(|line| {
            ["error:", "ERROR:", "FATAL:", "PANIC:", "HINT:"].iter().any(|word| line.contains(word))
        })
        .map(str::trim)
        .collect();
    if telling.is_empty() {
        let last = output.lines().rev().find(|line| !line.trim().is_empty());
        return last.unwrap_or("it said nothing").trim().to_owned();
    }
    telling[telling.len().saturating_sub(3)..].join("; ")
}
