//! The client that traces leave by. The address is the operator's own, so nothing judges it.

use std::{fmt, io, time::Duration};

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::{Builder, Runtime};

use super::client;

/// Bytes of an answer, which says little.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Sends from the thread that collects spans, which outlives the server's own threads and may wait.
pub struct Collector {
    http: reqwest::Client,
    runtime: Runtime,
}

impl Collector {
    pub fn new(timeout: Duration) -> io::Result<Self> {
        let http = client::builder()
            .timeout(timeout)
            // Nobody looks after a connection between two batches.
            .pool_max_idle_per_host(0)
            .build()
            .expect("TLS is given, and nothing else can fail");
        Ok(Self { http, runtime: Builder::new_current_thread().enable_all().build()? })
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.http.execute(request.try_into()?).await.map_err(reqwest::Error::without_url)?;
        let status = response.status();
        let body = client::read(response, ANSWER_BYTES_MAX).await.map_err(|_| "the answer cannot be read")?;
        Ok(Response::builder().status(status).body(body.into())?)
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.runtime.block_on(self.send(request))
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}
