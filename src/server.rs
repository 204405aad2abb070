//! Puts store, workers and router together, and takes them apart again.

mod connections;
mod guests;
mod patient;

use std::{
    future::Future,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::extract::Request;
use sqlx::{
    Connection, PgConnection,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tower::ServiceExt;

use crate::{
    api,
    app::App,
    clock::SystemClock,
    config::Config,
    service::{auth::client, news, outbox, sweeper},
    slack,
    store::{MIGRATOR, Pool},
};

/// How long a request may wait for a connection to the database.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// How often it is looked whether the last stream has ended.
const DRAIN_LOOK: Duration = Duration::from_millis(10);

/// Why the server did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    #[error("could not reach the database")]
    Connect(#[source] sqlx::Error),
    #[error("could not bring the schema up to date")]
    Migrate(#[from] MigrateError),
    #[error(
        "the database was brought to schema {found} by a newer version than this one, which knows {known} \
         at most: start that version, or put a backup back"
    )]
    NewerSchema { found: i64, known: i64 },
    #[error("could not listen at {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("could not set up the administrator's client")]
    AdminClient(#[from] client::ClientError),
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

/// Applies every migration that is missing, under a lock: of several processes that start together,
/// one does it and the others wait, however long that takes.
pub async fn migrate(pool: &Pool) -> Result<(), ServerError> {
    let options = PgConnectOptions::clone(&pool.connect_options());
    let patient = options.options([
        ("lock_timeout", "0"),
        ("statement_timeout", "0"),
        // What is there already is nothing to tell of.
        ("client_min_messages", "warning"),
    ]);
    let mut connection = PgConnection::connect_with(&patient).await.map_err(ServerError::Connect)?;
    let migrated = MIGRATOR.run(&mut connection).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => ServerError::NewerSchema {
            found,
            known: MIGRATOR.iter().map(|one| one.version).max().unwrap_or_default(),
        },
        error => error.into(),
    });
    // The lock goes with the connection.
    let _ = connection.close().await;
    migrated
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
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
    let mut workers = JoinSet::new();
    workers.spawn(api::keep_figures(app.clone()));
    workers.spawn(sweeper::run(app.clone()));
    workers.spawn(outbox::run(app.clone()));
    workers.spawn(news::run(app.clone()));
    workers.spawn(slack::run(app.clone()));
    let (stopping, mut stopped) = watch::channel(false);
    let patience = app.config.limits.shutdown_timeout;
    let ending = app.clone();
    let graceful = async move {
        stop.await;
        // Whoever sends requests here learns that it should not before it no longer can.
        ending.is_ending.store(true, Ordering::Relaxed);
        tokio::time::sleep(ending.config.limits.drain).await;
        // Streams end by themselves, and say so; the others would wait for them.
        ending.news.stop();
        stopping.send_replace(true);
    };
    let serving = connections::serve(listener, api::service(app.clone()), &app.config, graceful);
    let deadline = async {
        // The sender lives in the future above, which resolves first.
        let _ = stopped.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(patience).await;
    };
    let served = async {
        serving.await;
        // A socket is no request any more, and has something to say too.
        while app.seats.taken() > 0 {
            tokio::time::sleep(DRAIN_LOOK).await;
        }
    };
    tokio::select! {
        () = served => {}
        () = deadline => {
            tracing::warn!("some requests were still under way when the time to finish them was over");
        }
    }
    workers.abort_all();
    app.pool.close().await;
}

/// One request through the API in this process, without a socket.
pub async fn call(api: &api::Api, request: Request) -> axum::response::Response {
    match api.clone().oneshot(request).await {
        Ok(response) => response,
        Err(impossible) => match impossible {},
    }
}
