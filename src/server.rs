//! Puts store, workers and router together, and takes them apart again.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    extract::Request,
    serve::{Listener, ListenerExt},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tower::{Service, ServiceExt};

use crate::{
    api,
    app::App,
    clock::SystemClock,
    config::Config,
    service::{auth::client, outbox, sweeper},
    slack,
    store::{MIGRATOR, Pool},
};

/// How long a request may wait for a connection to the database.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the server did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("could not reach the database")]
    Connect(#[source] sqlx::Error),
    #[error("could not bring the schema up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("could not listen at {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("could not set up the administrator's client")]
    AdminClient(#[from] client::ClientError),
    #[error("could not serve")]
    Serve(#[source] std::io::Error),
}

/// Opens a pool. No statement waits for a lock, and no transaction sits idle, without an end.
pub async fn connect(options: PgConnectOptions, config: &Config) -> Result<Pool, ServerError> {
    let options = options.application_name("aureole").options([
        ("lock_timeout", "10s"),
        ("statement_timeout", "30s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ]);
    PgPoolOptions::new()
        .max_connections(config.limits.database_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A broken connection shows at its first statement; asking before each would cost a round trip.
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(ServerError::Connect)
}

/// Applies every migration that is missing, under a lock.
pub async fn migrate(pool: &Pool) -> Result<(), ServerError> {
    Ok(MIGRATOR.run(pool).await?)
}

/// Makes the application over a database whose schema is up to date.
pub async fn prepare(pool: Pool, config: Config) -> Result<App, ServerError> {
    let app = App::new(pool, Arc::new(SystemClock), config);
    if let Some(admin) = &app.config.admin_client {
        client::save_admin(&app, admin).await?;
    }
    Ok(app)
}

pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServerError> {
    TcpListener::bind(address).await.map_err(|source| ServerError::Listen { address, source })
}

/// Serves until `stop` resolves, then finishes the requests under way, for so long and no longer.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServerError> {
    api::start_recording();
    let mut workers = JoinSet::new();
    workers.spawn(sweeper::run(app.clone()));
    workers.spawn(outbox::run(app.clone()));
    workers.spawn(slack::run(app.clone()));
    let (stopping, mut stopped) = watch::channel(false);
    let patience = app.config.limits.shutdown_timeout;
    let graceful = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "could not turn Nagle's algorithm off");
        }
    });
    let service = api::service(app.clone());
    let serving = axum::serve(listener, MakeApi(service)).with_graceful_shutdown(graceful);
    let deadline = async {
        // The sender lives in the future above, which resolves first.
        let _ = stopped.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(patience).await;
    };
    let outcome = tokio::select! {
        outcome = serving.into_future() => outcome.map_err(ServerError::Serve),
        () = deadline => {
            tracing::warn!("some requests were still under way when the time to finish them was over");
            Ok(())
        }
    };
    workers.abort_all();
    app.pool.close().await;
    outcome
}

/// Every connection is served by the same API.
#[derive(Clone)]
struct MakeApi(api::Api);

impl<L: Listener> Service<axum::serve::IncomingStream<'_, L>> for MakeApi {
    type Response = api::Api;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<api::Api, std::convert::Infallible>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: axum::serve::IncomingStream<'_, L>) -> Self::Future {
        std::future::ready(Ok(self.0.clone()))
    }
}

/// One request through the API in this process, without a socket.
pub async fn call(api: &api::Api, request: Request) -> axum::response::Response {
    match api.clone().oneshot(request).await {
        Ok(response) => response,
        Err(impossible) => match impossible {},
    }
}
