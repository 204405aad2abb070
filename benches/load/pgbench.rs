//! Postgres alone: `pgbench` inserts into a copy of the table of messages, prepared statements,
//! one commit a row, the same server, socket and durability.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::process::Command;

use crate::{
    load::{Figures, WARM_UP},
    plan::TEXT,
    seed::Chat,
    server::Server,
};

/// One line of its log for so many inserts: writing them all would slow it down.
const INSERTS_PER_LINE: u32 = 10;

pub struct Pgbench {
    program: PathBuf,
    sockets: PathBuf,
    folder: PathBuf,
}

impl Pgbench {
    /// None: it is not installed.
    pub async fn prepare(server: &Server, chats: &[Chat]) -> Option<Self> {
        let options = server.database();
        let mut database = PgConnection::connect_with(&options).await.expect("it is running");
        let folder: String = sqlx::query_scalar("select setting from pg_config where name = 'BINDIR'")
            .fetch_one(&mut database)
            .await
            .expect("the server knows where its programs are");
        let beside = Path::new(&folder).join("pgbench");
        let program = if beside.is_file() { beside } else { PathBuf::from("pgbench") };
        let found = Command::new(&program).arg("--version").stdout(Stdio::null()).status().await;
        if !found.is_ok_and(|status| status.success()) {
            eprintln!("pgbench is not installed (Debian: postgresql-contrib), so there is no ratio to it");
            return None;
        }
        database
            .execute(
                "create table load_messages (like chat_messages including all);
                 alter table load_messages add foreign key (chat_id) references chats,
                     add foreign key (edited_by_agent_id) references agents;
                 create sequence load_numbers",
            )
            .await
            .expect("the schema is the server's");
        let ids = chats.iter().map(|chat| chat.id);
        let (first, last) = (ids.clone().min().unwrap_or(1), ids.max().unwrap_or(1));
        let script = format!(
            "\\set chat random({first}, {last})\n\
             insert into load_messages (chat_id, message_id, sender_id, system_id, is_staff_only, html, \
             plain, is_safe, created_at, image_type) values (:chat, nextval('load_numbers'), 1, 0, false, \
             '{TEXT}', '{TEXT}', true, now(), 0);\n"
        );
        fs::write(server.folder().join("insert.sql"), script).expect("the folder is ours");
        let sockets = options.get_socket().expect("our own server has no other door").clone();
        Some(Self { program, sockets, folder: server.folder().to_owned() })
    }

    pub async fn run(&self, server: &Server, connections: usize, length: Duration) -> Figures {
        self.insert(connections, WARM_UP).await;
        // The times of the warm-up are not wanted, but their files are to go.
        self.times();
        let before = count(server).await;
        self.insert(connections, length).await;
        let inserted = count(server).await - before;
        Figures::new(usize::try_from(inserted).expect("it only grows"), length, self.times())
    }

    async fn insert(&self, connections: usize, length: Duration) {
        let output = Command::new(&self.program)
            .current_dir(&self.folder)
            .args(["--no-vacuum", "--protocol=prepared", "--file=insert.sql", "--log", "--port=5432"])
            .arg(format!("--sampling-rate={}", 1.0 / f64::from(INSERTS_PER_LINE)))
            .arg(format!("--client={connections}"))
            .arg(format!("--jobs={}", connections.min(2)))
            .arg(format!("--time={}", length.as_secs()))
            .arg("--host")
            .arg(&self.sockets)
            .args(["--username=aureole", "aureole"])
            .output()
            .await
            .expect("it was found before");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Reads its logs, one for each of its threads, and removes them.
    fn times(&self) -> Vec<Duration> {
        let mut times = Vec::new();
        for entry in fs::read_dir(&self.folder).expect("the folder is ours").flatten() {
            if entry.file_name().to_string_lossy().starts_with("pgbench_log.") {
                let log = fs::read_to_string(entry.path()).expect("it was just written");
                let micros = log.lines().filter_map(|line| line.split(' ').nth(2)?.parse().ok());
                times.extend(micros.map(Duration::from_micros));
                fs::remove_file(entry.path()).expect("the folder is ours");
            }
        }
        times
    }
}

async fn count(server: &Server) -> i64 {
    let mut database = PgConnection::connect_with(&server.database()).await.expect("it is running");
    let statement = AssertSqlSafe("select last_value from load_numbers");
    sqlx::query_scalar(statement).fetch_one(&mut database).await.expect("it was made before")
}
