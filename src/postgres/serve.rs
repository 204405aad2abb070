//! Hidden commands that keep a database running for the tests.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{Embedded, EmbeddedSettings, StartError};

/// How long the shared test server stays without a user: the time between two
/// test binaries of one `cargo test`.
const IDLE_MAX: Duration = Duration::from_secs(5);
const IDLE_POLL: Duration = Duration::from_millis(250);

/// A durable database in `dir`, until standard input ends.
pub fn serve_embedded(dir: &Path) -> Result<(), StartError> {
    let mut embedded = Embedded::start(&EmbeddedSettings {
        data_dir: dir.to_owned(),
        data_dir_is_default: false,
        binaries: None,
        durable: true,
    })?;
    announce(&embedded)?;
    io::stdin().read_to_end(&mut Vec::new()).map_err(StartError::folder("read", "standard input"))?;
    embedded.stop();
    Ok(())
}

/// A throw-away database in `dir` for every process that holds a shared lock
/// on `dir/holders.lock`; ends some seconds after the last one has let go.
pub fn serve_shared(dir: &Path) -> Result<(), StartError> {
    let holders = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(dir.join("holders.lock"))
        .map_err(StartError::folder("open the locks in", dir))?;
    remove_cluster(dir)?;
    let mut embedded = Embedded::start(&EmbeddedSettings {
        data_dir: dir.to_owned(),
        data_dir_is_default: false,
        binaries: None,
        durable: false,
    })?;
    announce(&embedded)?;
    wait_until_idle(&holders);
    // Still under the lock: whoever comes now waits, and then starts anew.
    embedded.stop();
    remove_cluster(dir)
}

fn announce(embedded: &Embedded) -> Result<(), StartError> {
    let mut output = io::stdout();
    writeln!(output, "ready {}", embedded.sockets().display())
        .and_then(|()| output.flush())
        .map_err(StartError::folder("write to", "standard output"))
}

/// Returns holding the lock exclusively.
fn wait_until_idle(holders: &File) {
    let mut idle_since = None;
    loop {
        if holders.try_lock().is_ok() {
            let since = *idle_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= IDLE_MAX {
                return;
            }
            // Unlocking a file that is open cannot fail in a way that matters:
            // the next round tries the lock again.
            let _ = holders.unlock();
        } else {
            idle_since = None;
        }
        thread::sleep(IDLE_POLL);
    }
}

fn remove_cluster(dir: &Path) -> Result<(), StartError> {
    let cluster = dir.join("postgres");
    match fs::remove_dir_all(&cluster) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StartError::folder("remove", cluster)(error))
        }
        _ => Ok(()),
    }
}
