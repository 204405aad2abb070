//! When a stream ends although nothing that it tells of does.

use tokio::{sync::watch, time::Instant};

use super::{Frame, told::Over};
use crate::app::App;

/// What a stream or socket comes to its end by, beside what it tells of and who reads it.
pub struct Ending {
    stopping: watch::Receiver<bool>,
    /// The operator's limit; none: for ever.
    at: Option<Instant>,
}

impl Ending {
    /// Of a stream that begins now.
    pub fn new(app: &App) -> Self {
        let at = app.config.limits.stream_life.map(|life| Instant::now() + life);
        Self { stopping: app.news.stopping(), at }
    }

    /// Waits for the end; answers the last frame.
    pub async fn reached(&mut self) -> Frame {
        tokio::select! {
            () = stopped(&mut self.stopping) => Frame::end(Over::Shutdown),
            () = elapsed(self.at) => Frame::end(Over::Renew),
        }
    }
}

/// Waits until the server is to end.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn elapsed(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
