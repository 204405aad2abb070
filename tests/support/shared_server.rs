//! Joins the throw-away Postgres server that all test processes share, starting it when needed.

use std::fs::{self, DirBuilder, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};
use sqlx::postgres::PgConnectOptions;

/// A cluster takes 65 MB and each live test database 10 MB more.
const ROOMY_BYTES: u64 = 1 << 30;

/// A process that uses the shared server. The lock tells the server that it
/// is needed; the kernel lets go of it when the process ends in whatever way.
pub struct Member {
    pub options: PgConnectOptions,
    _holder: File,
}

impl Member {
    pub fn join() -> Self {
        let dir = folder();
        make_private(&dir);
        // A server that is just ending holds this one alone until it is gone.
        let holder = open(&dir, "holders.lock");
        holder.lock_shared().expect("a file on a local file system can be locked");
        let starting = open(&dir, "start.lock");
        starting.lock().expect("a file on a local file system can be locked");
        let ready = dir.join("ready");
        if !is_alive(&dir) {
            fs::write(&ready, start(&dir)).expect("the folder is ours to write to");
        }
        let sockets = fs::read_to_string(&ready).expect("the process that started it wrote this");
        Self {
            options: PgConnectOptions::new_without_pgpass()
                .socket(sockets)
                .port(5432)
                .username("aureole")
                .database("aureole"),
            _holder: holder,
        }
    }
}

/// The same for every test binary of this checkout, another one for every
/// other checkout and user.
fn folder() -> PathBuf {
    let checkout = env!("CARGO_MANIFEST_DIR");
    let digest = Sha256::digest(checkout.as_bytes());
    let number = digest[..8].iter().fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
    let name = format!("aureole-tests-{}-{number:x}", uid());
    let memory = Path::new("/dev/shm");
    if free_bytes(memory) >= ROOMY_BYTES {
        return memory.join(name);
    }
    if uid() == 0 {
        // The account Postgres runs as may not reach root's checkout.
        return Path::new("/tmp").join(name);
    }
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres")
}

fn uid() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// None when there is no such file system, as on macOS.
#[cfg(target_os = "linux")]
fn free_bytes(path: &Path) -> u64 {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::CString::new(path.as_os_str().as_bytes()).expect("no NUL in it");
    let mut found = std::mem::MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: `path` ends in NUL, and `found` is only read after success filled it.
    unsafe {
        if libc::statvfs(path.as_ptr(), found.as_mut_ptr()) != 0 {
            return 0;
        }
        let found = found.assume_init();
        found.f_bavail * found.f_frsize
    }
}

#[cfg(not(target_os = "linux"))]
fn free_bytes(_path: &Path) -> u64 {
    0
}

fn make_private(dir: &Path) {
    // It may be there already; what is there is looked at next.
    let _ = DirBuilder::new().mode(0o700).create(dir);
    let found = fs::symlink_metadata(dir).expect("the folder for the test server can be made");
    assert!(found.is_dir() && found.uid() == uid(), "{} belongs to somebody else: remove it", dir.display());
}

fn open(dir: &Path, name: &str) -> File {
    File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(dir.join(name))
        .expect("the folder is ours to write to")
}

/// A running server holds this lock, see `Embedded`.
fn is_alive(dir: &Path) -> bool {
    let lock = open(dir, "postgres.lock");
    // Unlocked here and not just closed, because a child that another thread
    // is forking this instant shares the open file.
    let alive = lock.try_lock().is_err();
    lock.unlock().expect("unlocking an open file works");
    alive
}

/// Starts the server and gives the folder of its socket.
#[expect(clippy::zombie_processes, reason = "it outlives this process")]
fn start(dir: &Path) -> String {
    let log = dir.join("server.log");
    let mut server = Command::new(env!("CARGO_BIN_EXE_aureole"))
        .arg("test-postgres")
        .arg(dir)
        // It outlives this process, and a Ctrl-C or a test runner's kill.
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(&log).expect("the folder is ours to write to"))
        .spawn()
        .expect("cargo has built the binary");
    let output = server.stdout.take().expect("it was asked for");
    let ready = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("ready ").map(str::to_owned));
    ready.unwrap_or_else(|| {
        let reason = fs::read_to_string(&log).unwrap_or_default();
        panic!("the test server did not start: {reason}")
    })
}
