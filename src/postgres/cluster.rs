//! A new cluster: made beside its final place, so that half of one is never used.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use super::account::Account;
use super::binaries::Binaries;
use super::{StartError, folders, program};

/// The superuser and the database of the embedded cluster.
pub(super) const NAME: &str = "aureole";

/// Makes the cluster in `folder/data` unless it is there.
pub(super) fn ensure(
    folder: &Path,
    binaries: &Binaries,
    account: Option<&Account>,
    durable: bool,
) -> Result<(), StartError> {
    let data = folder.join("data");
    if data.join("PG_VERSION").is_file() {
        return Ok(());
    }
    let unfinished = folder.join("data.init");
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(StartError::folder("remove the unfinished", unfinished)(error));
        }
        _ => {}
    }
    folders::private(&unfinished, account)?;
    let maker = Maker { binaries, account, data: unfinished, durable };
    maker.initdb()?;
    maker.create_database()?;
    fs::rename(&maker.data, &data)
        .and_then(|()| folders::sync_parent(&data))
        .map_err(StartError::folder("put in place", data))
}

struct Maker<'a> {
    binaries: &'a Binaries,
    account: Option<&'a Account>,
    data: PathBuf,
    durable: bool,
}

impl Maker<'_> {
    fn initdb(&self) -> Result<(), StartError> {
        let program = self.binaries.program("initdb");
        let output = self.run_initdb(&program, "C.UTF-8")?;
        if output.status.success() {
            return Ok(());
        }
        // Not every system has C.UTF-8; plain C sorts the same way. initdb
        // empties the folder again when it fails.
        let second = self.run_initdb(&program, "C")?;
        if second.status.success() {
            return Ok(());
        }
        Err(failed(program, &output))
    }

    fn run_initdb(&self, program: &Path, locale: &str) -> Result<Output, StartError> {
        let mut command = program::command(program, self.account, libc::SIGTERM);
        command
            .arg("-D")
            .arg(&self.data)
            .args(["-U", NAME, "-E", "UTF8", "--data-checksums"])
            .arg(format!("--locale={locale}"))
            // Who can enter the socket's folder, and nobody else, is the owner.
            .args(["--auth-local=trust", "--auth-host=reject"]);
        if !self.durable {
            command.arg("--no-sync");
        }
        command
            .stdin(Stdio::null())
            .output()
            .map_err(|source| StartError::Run { program: program.to_owned(), source })
    }

    /// In single-user mode: it needs no connection, and so no runtime.
    fn create_database(&self) -> Result<(), StartError> {
        let program = self.binaries.program("postgres");
        let mut command = program::command(&program, self.account, libc::SIGTERM);
        command
            .arg("--single")
            .arg("-D")
            .arg(&self.data)
            // Otherwise it exits with 0 whatever happened.
            .args(["-c", "exit_on_error=on", "-c", "log_checkpoints=off"]);
        if !self.durable {
            command.args(["-c", "fsync=off"]);
        }
        command.arg("postgres").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut run = || {
            let mut child = command.spawn()?;
            if let Some(mut input) = child.stdin.take() {
                writeln!(input, "create database {NAME}")?;
            }
            child.wait_with_output()
        };
        let output = run().map_err(|source| StartError::Run { program: program.clone(), source })?;
        if output.status.success() { Ok(()) } else { Err(failed(program, &output)) }
    }
}

fn failed(program: PathBuf, output: &Output) -> StartError {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    StartError::Init { program, complaint: program::complaint(&text) }
}
