//! A database of its own for a test: a clone of a migrated template, dropped with the value.

use std::env;
use std::fmt::Write as _;
use std::str::FromStr as _;
use std::sync::{LazyLock, OnceLock, mpsc};
use std::thread;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection, PgPool};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::shared_server::Member;

/// Enough for the tests of what two requests do at once, little enough for
/// many tests to share one server.
const POOL_CONNECTIONS_MAX: u32 = 8;

pub struct TestDatabase {
    pub options: PgConnectOptions,
    name: String,
}

impl TestDatabase {
    /// On the server that `TEST_DATABASE_URL` names, else on a throw-away one.
    pub async fn new() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(ensure_template).await;
        let name = format!("aureole_test_{}", Uuid::new_v4().simple());
        let mut admin = administrator().await;
        // Copying files beats replaying a log of their pages by far.
        let clone = format!("create database {name} template {template} strategy file_copy");
        run(&mut admin, clone).await;
        // Nothing hangs on how this connection ends.
        let _ = admin.close().await;
        Self { options: server().clone().database(&name), name }
    }

    pub async fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(POOL_CONNECTIONS_MAX)
            .test_before_acquire(false)
            .connect_with(self.options.clone())
            .await
            .expect("the database was just made")
    }

    /// For the `DATABASE_URL` of a child process.
    pub fn url(&self) -> String {
        self.options.to_url_lossy().into()
    }
}

// Not every test binary starts a child process or needs a pool.
const _: fn(&TestDatabase) -> String = TestDatabase::url;

impl Drop for TestDatabase {
    fn drop(&mut self) {
        static JANITOR: LazyLock<mpsc::Sender<Discard>> = LazyLock::new(start_janitor);
        let (done, wait) = mpsc::channel();
        let discard = Discard { name: self.name.clone(), done };
        // A test process ends right after its last test, so this waits; and it
        // may be unwinding, so it does not panic.
        if JANITOR.send(discard).is_err() || wait.recv().is_err() {
            eprintln!("the test database {} was not dropped", self.name);
        }
    }
}

struct Discard {
    name: String,
    done: mpsc::Sender<()>,
}

/// `drop` cannot await, and a runtime cannot be entered twice: the databases
/// are dropped by a thread that has a runtime to itself.
fn start_janitor() -> mpsc::Sender<Discard> {
    let (sender, queue) = mpsc::channel::<Discard>();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a thread can have a runtime");
        for discard in queue {
            runtime.block_on(async {
                let mut admin = administrator().await;
                // By force: the pool of the test may still be connected.
                run(&mut admin, format!("drop database {} with (force)", discard.name)).await;
                let _ = admin.close().await;
            });
            // The other side may have given up.
            let _ = discard.done.send(());
        }
    });
    sender
}

fn server() -> &'static PgConnectOptions {
    static GIVEN: OnceLock<PgConnectOptions> = OnceLock::new();
    static SHARED: OnceLock<Member> = OnceLock::new();
    match env::var("TEST_DATABASE_URL") {
        Ok(url) if !url.is_empty() => GIVEN.get_or_init(|| {
            PgConnectOptions::from_str(&url).expect("TEST_DATABASE_URL is an address of Postgres")
        }),
        _ => &SHARED.get_or_init(Member::join).options,
    }
}

async fn administrator() -> PgConnection {
    PgConnection::connect_with(server()).await.expect("the test server answers")
}

async fn run(connection: &mut PgConnection, statement: String) {
    let outcome = connection.execute(AssertSqlSafe(statement.clone())).await;
    outcome.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// Named after what the migrations say, so that a changed one makes a new template.
fn template_name() -> String {
    let mut digest = Sha256::new();
    for migration in aureole::MIGRATOR.iter() {
        digest.update(migration.version.to_be_bytes());
        digest.update(&migration.checksum);
    }
    let mut name = "aureole_template_".to_owned();
    for byte in &digest.finalize()[..8] {
        write!(name, "{byte:02x}").expect("writing to a string cannot fail");
    }
    name
}

/// Makes the template unless some test process has: it carries its name only
/// once it is complete.
async fn ensure_template() -> String {
    let name = template_name();
    let mut admin = administrator().await;
    // Held until the connection closes.
    run(&mut admin, format!("select pg_advisory_lock(hashtext('{name}'))")).await;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut admin)
        .await
        .expect("the catalogue can be read");
    if !exists {
        build_template(&mut admin, &name).await;
    }
    let _ = admin.close().await;
    name
}

async fn build_template(admin: &mut PgConnection, name: &str) {
    let unfinished = format!("{name}_unfinished");
    run(admin, format!("drop database if exists {unfinished} with (force)")).await;
    run(admin, format!("create database {unfinished} template template0")).await;
    let options = server().clone().database(&unfinished);
    let mut connection = PgConnection::connect_with(&options).await.expect("the database was just made");
    aureole::MIGRATOR.run(&mut connection).await.expect("the migrations apply to an empty database");
    let _ = connection.close().await;
    // A connection would get in the way of cloning, so it allows none.
    run(admin, format!("alter database {unfinished} with is_template true allow_connections false")).await;
    run(admin, format!("alter database {unfinished} rename to {name}")).await;
}
