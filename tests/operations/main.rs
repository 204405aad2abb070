//! What whoever runs the server relies on: figures, logs, traces, readiness, and several starts at once.
//! Over real HTTP, with the built binary.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod collector;
mod figures;
mod logs;
#[path = "../support/program.rs"]
mod program;
mod proxy;
mod readiness;
mod server;
mod starting;
#[path = "../support/mod.rs"]
mod support;
mod traces;

use std::time::{Duration, Instant};

/// Longer than a start on a busy machine.
const WAIT_MAX: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(20);

/// Polls until the answer is there; the only place in these tests that sleeps.
async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let deadline = Instant::now() + WAIT_MAX;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited too long for {what}");
        tokio::time::sleep(POLL).await;
    }
}
