//! The thread that starts Postgres, waits for it, and starts it again when it dies.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::postmaster::{self, Launch, Postmaster};
use super::{StartError, program};

/// How often a starting server is looked at: it takes about 30 ms when warm.
const READY_POLL: Duration = Duration::from_millis(10);

/// A starting server that recovers from a crash is reported this often.
const PATIENCE_REPORT: Duration = Duration::from_secs(10);

/// An earlier server may still be ending, or be a zombie that nobody has
/// reaped yet, and keeps its lock files that long.
const EARLIER_SERVER_WAIT: Duration = Duration::from_secs(15);
const EARLIER_SERVER_POLL: Duration = Duration::from_millis(100);

/// Pauses between restarts double from the first to the last of these.
const RESTART_PAUSE_MIN: Duration = Duration::from_millis(200);
const RESTART_PAUSE_MAX: Duration = Duration::from_secs(30);

/// A server that lived this long was healthy; its end starts a new count.
const HEALTHY_LIFE: Duration = Duration::from_mins(1);

/// A clean shutdown writes out what is in memory; past this it is cut short,
/// which costs a recovery at the next start and no data.
const STOP_WAIT_MAX: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Set while the child exists, ended or not, and has not been reaped.
    pid: Option<i32>,
    stopping: bool,
    ended: bool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, but not through a stop.
    fn pause(&self, length: Duration) {
        let state = self.state();
        drop(self.changed.wait_timeout_while(state, length, |state| !state.stopping));
    }
}

/// Tells that the thread is over, also when it panicked.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.state().ended = true;
        self.0.changed.notify_all();
    }
}

impl Supervisor {
    /// Returns when the server is ready for the first time, or cannot become so.
    pub(super) fn start(launch: Launch) -> Result<Self, StartError> {
        let shared = Arc::new(Shared::default());
        let (report, first) = mpsc::channel();
        let watched = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || {
                let _ended = Ended(&watched);
                watch(&launch, &watched, report);
            })
            .map_err(StartError::Thread)?;
        let supervisor = Self { shared, thread: Some(thread) };
        first.recv().unwrap_or(Err(StartError::Stopped))?;
        Ok(supervisor)
    }

    /// Ends the server cleanly and waits for that; the second time does nothing.
    pub(super) fn stop(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        self.request(libc::SIGINT);
        let state = self.shared.state();
        let (state, waited) = self
            .shared
            .changed
            .wait_timeout_while(state, STOP_WAIT_MAX, |state| !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if waited.timed_out() {
            tracing::warn!("the embedded PostgreSQL takes too long to stop and is cut short");
            self.request(libc::SIGQUIT);
        }
        // A panic there has been printed, and there is nothing left to stop.
        let _ = thread.join();
    }

    fn request(&self, signal: libc::c_int) {
        let mut state = self.shared.state();
        state.stopping = true;
        if let Some(pid) = state.pid {
            postmaster::signal(pid, signal);
        }
        self.shared.changed.notify_all();
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

fn watch(launch: &Launch, shared: &Shared, report: mpsc::Sender<Result<(), StartError>>) {
    let mut report = Some(report);
    let mut pause = RESTART_PAUSE_MIN;
    loop {
        let born = Instant::now();
        let outcome = live(launch, shared, || {
            if let Some(first) = report.take() {
                // Nobody listens only when `start` is gone, and then so is the process.
                drop(first.send(Ok(())));
            } else {
                tracing::info!("the embedded PostgreSQL is back");
            }
        });
        if shared.state().stopping {
            return;
        }
        match (outcome, report.take()) {
            (Err(error), Some(first)) => {
                drop(first.send(Err(error)));
                return;
            }
            (Err(error), None) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the embedded PostgreSQL does not run; trying again"
                );
            }
            (Ok(()), _) => {}
        }
        if born.elapsed() > HEALTHY_LIFE {
            pause = RESTART_PAUSE_MIN;
        }
        shared.pause(pause);
        pause = (pause * 2).min(RESTART_PAUSE_MAX);
    }
}

/// One life: start, say `on_ready`, wait for the end.
fn live(launch: &Launch, shared: &Shared, on_ready: impl FnOnce()) -> Result<(), StartError> {
    let Some(mut server) = started(launch, shared)? else {
        return Ok(());
    };
    on_ready();
    server.wait_for_end();
    let status = reap(&mut server, shared);
    if !shared.state().stopping {
        let complaint = program::complaint(&server.said());
        tracing::error!(%status, complaint, "the embedded PostgreSQL ended by itself");
    }
    Ok(())
}

/// Tries until the server is ready; `None` when told to stop meanwhile.
fn started(launch: &Launch, shared: &Shared) -> Result<Option<Postmaster>, StartError> {
    let deadline = Instant::now() + EARLIER_SERVER_WAIT;
    loop {
        let Some(mut server) = spawn(launch, shared)? else {
            return Ok(None);
        };
        if wait_until_ready(&server) {
            return Ok(Some(server));
        }
        reap(&mut server, shared);
        if shared.state().stopping {
            return Ok(None);
        }
        let said = server.said();
        let complaint = program::complaint(&said);
        if !blocked_by_earlier_server(&said) {
            return Err(StartError::Died { complaint, log: launch.log() });
        }
        if Instant::now() >= deadline {
            return Err(StartError::StillRunning { data: launch.data(), complaint, log: launch.log() });
        }
        postmaster::end_orphan(&launch.data());
        shared.pause(EARLIER_SERVER_POLL);
    }
}

fn spawn(launch: &Launch, shared: &Shared) -> Result<Option<Postmaster>, StartError> {
    let mut state = shared.state();
    if state.stopping {
        return Ok(None);
    }
    let server = launch.spawn()?;
    state.pid = Some(server.pid());
    Ok(Some(server))
}

/// Until it is ready (true) or has ended (false). A recovery may take minutes
/// and is not cut off; a stop meanwhile ends the server, and so this wait.
fn wait_until_ready(server: &Postmaster) -> bool {
    let mut next_report = Instant::now() + PATIENCE_REPORT;
    while !server.is_ready() {
        if server.has_ended() {
            return false;
        }
        if Instant::now() >= next_report {
            tracing::info!("the embedded PostgreSQL is still starting");
            next_report += PATIENCE_REPORT;
        }
        thread::sleep(READY_POLL);
    }
    true
}

fn reap(server: &mut Postmaster, shared: &Shared) -> std::process::ExitStatus {
    let mut state = shared.state();
    state.pid = None;
    server.reap()
}

fn blocked_by_earlier_server(said: &str) -> bool {
    (said.contains("lock file") && said.contains("already exists"))
        || said.contains("pre-existing shared memory block")
}
