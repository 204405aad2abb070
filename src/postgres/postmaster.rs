//! One life of the Postgres server process, from spawn to exit.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::account::Account;
use super::binaries::Binaries;
use super::{StartError, folders, program};

/// The socket's name carries it; no port is opened.
pub(super) const PORT: u16 = 5432;

/// A log longer than this is put aside at the next start of the server.
const LOG_BYTES_MAX: u64 = 1024 * 1024;

/// What every start needs.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) binaries: Binaries,
    pub(super) account: Option<Account>,
    pub(super) folder: PathBuf,
    pub(super) sockets: PathBuf,
    pub(super) durable: bool,
}

impl Launch {
    pub(super) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    fn settings(&self) -> Vec<String> {
        let sockets = self.sockets.display().to_string().replace('"', "\"\"");
        let mut settings: Vec<String> = [
            "listen_addresses=",
            "unix_socket_permissions=0700",
            "logging_collector=off",
            "log_destination=stderr",
            // Failed statements come back to us as errors; here they would only
            // write down what people sent.
            "log_min_messages=log",
            "log_min_error_statement=panic",
            "log_error_verbosity=terse",
            "log_checkpoints=off",
            "log_timezone=UTC",
            "timezone=UTC",
        ]
        .map(str::to_owned)
        .into();
        settings.push(format!("port={PORT}"));
        settings.push(format!("unix_socket_directories=\"{sockets}\""));
        // What keeps data safe is not left to postgresql.conf; sizes are.
        let promises: &[&str] = if self.durable {
            &["fsync=on", "full_page_writes=on", "synchronous_commit=on", "autovacuum=on"]
        } else {
            &[
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
                // A worker in a template would hold up CREATE DATABASE.
                "autovacuum=off",
                "wal_level=minimal",
                "max_wal_senders=0",
                "min_wal_size=32MB",
                "max_connections=400",
            ]
        };
        settings.extend(promises.iter().map(|&text| text.to_owned()));
        settings
    }

    fn open_log(&self) -> Result<File, StartError> {
        let path = self.log();
        let open = || {
            if fs::symlink_metadata(&path).is_ok_and(|found| found.len() > LOG_BYTES_MAX) {
                fs::rename(&path, self.folder.join("postgres.log.1"))?;
            }
            folders::open_log(&path, self.account.as_ref())
        };
        open().map_err(StartError::folder("open the log", path.clone()))
    }

    /// Starts the server; call from a thread that lasts as long as it should.
    pub(super) fn spawn(&self) -> Result<Postmaster, StartError> {
        let mut log = self.open_log()?;
        let log_start = log.seek(SeekFrom::End(0)).unwrap_or_default();
        let program = self.binaries.program("postgres");
        let run = || {
            let output = log.try_clone()?;
            // SIGINT asks for a fast, clean shutdown.
            let mut command = program::command(&program, self.account.as_ref(), libc::SIGINT);
            command.arg("-D").arg(self.data());
            for setting in self.settings() {
                command.arg("-c").arg(setting);
            }
            command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()
        };
        let child = run().map_err(|source| StartError::Run { program: program.clone(), source })?;
        Ok(Postmaster { child, data: self.data(), log, log_start })
    }
}

#[derive(Debug)]
pub(super) struct Postmaster {
    child: Child,
    data: PathBuf,
    log: File,
    log_start: u64,
}

impl Postmaster {
    pub(super) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("the system hands out process numbers as i32")
    }

    /// Accepting connections is not enough: while it recovers it accepts them
    /// only to refuse them. Line 8 of its pid file tells.
    pub(super) fn is_ready(&self) -> bool {
        let Ok(text) = fs::read_to_string(self.data.join("postmaster.pid")) else {
            return false;
        };
        let mut lines = text.lines();
        lines.next().and_then(|line| line.trim().parse().ok()) == Some(self.pid())
            && lines.nth(6).is_some_and(|line| line.trim() == "ready")
    }

    /// Whether it has ended. It stays unreaped, so that its number cannot be
    /// given to a stranger whom `signal` would then hit.
    pub(super) fn has_ended(&self) -> bool {
        wait_unreaped(self.pid(), libc::WNOHANG)
    }

    pub(super) fn wait_for_end(&self) {
        wait_unreaped(self.pid(), 0);
    }

    pub(super) fn reap(&mut self) -> ExitStatus {
        self.child.wait().unwrap_or_else(|_| ExitStatus::from_raw(0))
    }

    /// What it wrote to the log in this life.
    pub(super) fn said(&mut self) -> String {
        let mut bytes = Vec::new();
        let read =
            self.log.seek(SeekFrom::Start(self.log_start)).and_then(|_| self.log.read_to_end(&mut bytes));
        match read {
            Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => String::new(),
        }
    }
}

/// Whether an ended child was seen; without `WNOHANG` it waits for that.
fn wait_unreaped(pid: i32, options: libc::c_int) -> bool {
    let Ok(id) = libc::id_t::try_from(pid) else {
        return true;
    };
    loop {
        // SAFETY: all-zero is a valid siginfo_t, and the kernel only writes to it.
        let (code, seen) = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            let flags = libc::WEXITED | libc::WNOWAIT | options;
            let code = libc::waitid(libc::P_PID, id, &raw mut info, flags);
            (code, info.si_pid())
        };
        match code {
            0 => return seen == pid,
            // Not our child any more: it has ended for all we can know.
            _ if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted => return true,
            _ => {}
        }
    }
}

pub(super) fn signal(pid: i32, signal: libc::c_int) {
    // SAFETY: kill touches no memory; a process that is gone is an error we can ignore.
    unsafe { libc::kill(pid, signal) };
}

/// Ends a server that an earlier process of ours left behind, where the
/// kernel does not do that. We hold the lock on the data folder.
pub(super) fn end_orphan(data: &Path) {
    if cfg!(target_os = "linux") {
        return;
    }
    let pid = fs::read_to_string(data.join("postmaster.pid"))
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse::<i32>().ok());
    let Some(pid) = pid else { return };
    let listing = Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]).output();
    // The number may belong to a stranger since a restart of the machine.
    let ours = listing.is_ok_and(|output| {
        let line = String::from_utf8_lossy(&output.stdout);
        line.contains("listen_addresses=") && line.contains(&*data.to_string_lossy())
    });
    if ours {
        signal(pid, libc::SIGINT);
    }
}
