//! Several processes on one database, whose calls go to each in turn: `AUREOLE_API_PROCESSES` says how
//! many. Whatever the one has answered, the next has heard of before it is asked.

use std::{env, sync::Arc, time::Duration};

use aureole::{
    api::{self, Api},
    app::App,
    clock::Clock,
    config::Config,
    domain::{
        ids::{ChatId, ParticipantNumber},
        news::{self, News},
    },
    service::news::{Watch, run},
};
use sqlx::PgPool;
use tokio::{sync::Mutex, time::timeout};

use super::eventually;
use crate::support::database::TestDatabase;

/// No chat has this number.
const FENCE: i32 = -1;
const WAIT_MAX: Duration = Duration::from_secs(20);

/// The processes, and whose turn it is.
pub struct Spread {
    pool: PgPool,
    processes: Mutex<Processes>,
}

struct Processes {
    all: Vec<Process>,
    turn: usize,
    /// How often a fence was raised.
    fences: u64,
}

struct Process {
    api: Api,
    fence: Watch,
}

impl Spread {
    /// Starts others beside a first process; none: it shall be alone.
    pub async fn beside(
        app: &App,
        first: &Api,
        database: &TestDatabase,
        clock: &Arc<dyn Clock>,
        config: impl Fn() -> Config,
    ) -> Option<Arc<Self>> {
        let count = env::var("AUREOLE_API_PROCESSES").ok()?;
        let count: usize = count.parse().expect("AUREOLE_API_PROCESSES is a number");
        let mut all = vec![Process::new(app, first.clone()).await];
        for _ in 1..count {
            let app = App::new(database.pool().await, clock.clone(), config());
            all.push(Process::new(&app, api::service(app.clone())).await);
        }
        Some(Arc::new(Self {
            pool: app.pool.clone(),
            processes: Mutex::new(Processes { all, turn: 0, fences: 0 }),
        }))
    }

    /// The process whose turn it is, once it has heard of everything that was committed up to now.
    pub async fn next(&self) -> Api {
        let mut processes = self.processes.lock().await;
        processes.turn = (processes.turn + 1) % processes.all.len();
        processes.fences += 1;
        let who = ParticipantNumber::new(1);
        let told = news::to_text(&[News::Typing { chat: ChatId::new(FENCE), who, since: None }]);
        sqlx::query("select pg_notify('aureole_news', $1)").bind(told).execute(&self.pool).await.unwrap();
        let (fences, turn) = (processes.fences, processes.turn);
        let process = &mut processes.all[turn];
        // Notifications come in the order of the commits.
        while process.fence.notice().typing < fences {
            timeout(WAIT_MAX, process.fence.changed()).await.expect("the others are heard");
        }
        process.api.clone()
    }
}

impl Process {
    async fn new(app: &App, api: Api) -> Self {
        let fence = Watch::new(app, ChatId::new(FENCE));
        tokio::spawn(run(app.clone()));
        eventually("news to be heard", || async { app.news.trust().map(drop) }).await;
        Self { api, fence }
    }
}
