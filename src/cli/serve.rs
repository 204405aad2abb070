//! `aureole serve`: from the environment to a listening server, and back.

use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};

use super::{Problem, block_on, database, database::Opened, keys};
use crate::{config::Config, server};

pub fn run(mut config: Config) -> Result<(), Problem> {
    // From the main thread, which lasts: an embedded Postgres ends with the thread that started it.
    let database = database::open_alone(&config)?;
    // A connection is an open file, and the usual limit is a thousand. Postgres keeps its own.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "could not raise the limit of open files");
    }
    let is_first_start = keys::complete(&mut config)?;
    block_on(async {
        let pool = server::connect(database.options(), &config).await?;
        server::migrate(&pool).await?;
        let address = config.listen_addr;
        let app = server::prepare(pool, config).await?;
        let listener = server::listen(address).await?;
        announce(&app.config, &database, is_first_start);
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping: finishing the requests under way");
        };
        server::serve(app, listener, stop).await;
        Ok(())
    })
}

/// Says where the server is, where its data is, and how to get the first token.
fn announce(config: &Config, database: &Opened, is_first_start: bool) {
    println!("Aureole {} at {}", env!("CARGO_PKG_VERSION"), config.public_url);
    println!("  data: {}", database.place());
    if let Some(note) = database.note() {
        println!("  note: {note}");
    }
    println!("  reference: {}/docs", config.public_url);
    let Some(admin) = &config.admin_client else {
        println!("  first token: make a client with `aureole client create --name NAME`");
        return;
    };
    let file = config.data_dir.path.join("admin-client.json");
    if is_first_start {
        println!("  administrator's client, shown this once and kept in {}:", file.display());
        println!("    client_id:     {}", admin.id);
        println!("    client_secret: {}", admin.secret.expose_secret());
    } else {
        println!("  administrator's client: {}", admin.id);
    }
    println!(
        "  first token: curl -d grant_type=client_credentials -d client_id=… -d client_secret=… {}/auth/token",
        config.public_url
    );
}
