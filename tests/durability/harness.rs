//! Sizes, a folder of one's own, and waiting with a deadline.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::{Duration, Instant},
};

use uuid::Uuid;

/// Writers at once, in every test.
pub const WRITERS: usize = 16;
/// Longer than a start after a crash on a busy machine.
const WAIT_MAX: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(10);
/// Per cent of the full size, unless `AUREOLE_DURABILITY_SCALE` says otherwise.
const SCALE_DEFAULT: usize = 5;

/// This part of a full size, and no less than `least`.
pub fn scaled(full: usize, least: usize) -> usize {
    static PER_CENT: LazyLock<usize> = LazyLock::new(|| match env::var("AUREOLE_DURABILITY_SCALE") {
        Ok(scale) => scale.parse().expect("AUREOLE_DURABILITY_SCALE is per cent of the full sizes"),
        Err(_) => SCALE_DEFAULT,
    });
    (full * *PER_CENT / 100).max(least)
}

/// A folder that the database account can reach, also when the checkout is root's.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = Path::new("/tmp").join(format!("aureole-durability-{}", Uuid::new_v4().simple()));
        fs::create_dir(&path).expect("/tmp is there for everybody");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A database that was just killed may still be writing its last.
        for _ in 0..3 {
            if fs::remove_dir_all(&self.0).is_ok() {
                break;
            }
        }
    }
}

/// A number that nobody can foresee.
pub fn random_below(limit: usize) -> usize {
    usize::from(u16::from_le_bytes([Uuid::new_v4().as_bytes()[0], Uuid::new_v4().as_bytes()[1]])) % limit
}

/// Polls until the answer is there; the only place in these tests that sleeps. The deadline is for
/// no answer at all: whoever makes progress asks anew.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(POLL).await;
    }
}
