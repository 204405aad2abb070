//! The command line: what an operator can do, and the one place where a run begins and ends.

mod accounts;
mod backup;
mod database;
mod flow;
mod keys;
mod privacy;
mod probe;
mod rotation;
mod serve;

use std::{error::Error, fmt, future::Future, path::PathBuf};

use clap::{Parser, Subcommand};

use self::database::Opened;
use crate::{api, app::App, config::Config, postgres, server, telemetry};

/// A self-hosted chat server that speaks HaloPSA's chat REST API.
#[derive(Parser)]
#[command(version, about, after_help = "Everything else is environment: see .env.example.")]
pub struct Command {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Subcommand)]
enum Action {
    /// Serve until told to stop (the default)
    Serve,
    /// Bring the database's schema up to date, and end
    Migrate,
    /// Make, list and revoke API clients
    #[command(subcommand)]
    Client(accounts::ClientAction),
    /// Make and list agents, and set their passwords
    #[command(subcommand)]
    Agent(accounts::AgentAction),
    /// Give out or remove what is kept of a person
    #[command(subcommand)]
    Privacy(privacy::PrivacyAction),
    /// Write everything into one new file, as of one moment, whether or not servers run
    Backup { file: PathBuf },
    /// Fill an empty database from such a file
    Restore {
        file: PathBuf,
        /// Remove what the database holds, if it is not empty
        #[arg(long)]
        replace: bool,
    },
    /// Draw the flows of profiles
    #[command(subcommand)]
    Flow(flow::FlowAction),
    /// Seal every stored secret anew with the present key, or a new one of our own
    RotateKey,
    /// Print the API's description
    Openapi,
    /// Ask the server that runs here whether it is ready
    Healthcheck,
    #[command(hide = true, name = "test-postgres")]
    TestPostgres { dir: PathBuf },
    #[command(hide = true, name = "embedded-postgres")]
    EmbeddedPostgres { dir: PathBuf },
}

/// Why a command failed: one line with every cause, for a person.
pub struct Problem(String);

impl<E: Error> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut line = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            line.push_str(": ");
            line.push_str(&next.to_string());
            cause = next.source();
        }
        Self(line)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Problem {
    fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }
}

/// Carries a command out, from the main thread, before there is any other.
pub fn run(command: Command) -> Result<(), Problem> {
    match command.action.unwrap_or(Action::Serve) {
        Action::Flow(action) => flow::run(action)?,
        Action::Openapi => print!("{}", api::openapi_yaml()),
        Action::TestPostgres { dir } => postgres::serve_shared(&dir)?,
        Action::EmbeddedPostgres { dir } => postgres::serve_embedded(&dir)?,
        Action::Healthcheck => probe::run(&Config::load()?)?,
        Action::Serve => {
            let config = Config::load()?;
            // Dropped once the server has ended: the last traces go out then.
            let _traces = telemetry::start(&config)?;
            serve::run(config)?;
        }
        Action::Migrate => {
            let config = Config::load()?;
            let _traces = telemetry::start(&config)?;
            let database = database::open(&config)?;
            block_on(async {
                let pool = server::connect(database.options(), &config).await?;
                server::migrate(&pool).await?;
                Ok(())
            })?;
            println!("the schema is up to date");
        }
        Action::RotateKey => rotation::run(Config::load()?)?,
        Action::Client(action) => with_app(async |app| accounts::client(&app, action).await)?,
        Action::Backup { file } => backup::write(&file)?,
        Action::Restore { file, replace } => backup::restore(&file, replace)?,
        Action::Privacy(action) => with_app(async |app| privacy::run(&app, action).await)?,
        Action::Agent(action) => with_app(async |app| accounts::agent(&app, action).await)?,
    }
    Ok(())
}

/// Runs a short command over the database, whether or not a server is using it.
fn with_app(command: impl AsyncFnOnce(App) -> Result<(), Problem>) -> Result<(), Problem> {
    let mut config = Config::load()?;
    let database: Opened = database::open(&config)?;
    keys::load_secret_key(&mut config)?;
    block_on(async {
        let pool = server::connect(database.options(), &config).await?;
        server::migrate(&pool).await?;
        command(server::prepare(pool, config).await?).await
    })
}

fn block_on<T>(work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    tokio::runtime::Runtime::new()?.block_on(work)
}
