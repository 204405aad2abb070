//! What is measured, one after the other.

use std::time::Duration;

use serde_json::json;

use crate::{
    load::{self, Figures},
    pgbench::Pgbench,
    seed::{Chat, Scene},
    server::Server,
    wire,
};

/// What every message says.
pub const TEXT: &str = "My printer is on fire, and so is the curtain behind it. What should I do now?";
const POSTGRES: &str = "pgbench insert, one commit each";

const KINDS: [Kind; 4] = [Kind::Post, Kind::FlowStep, Kind::EmptyPoll, Kind::List];

#[derive(Clone, Copy)]
enum Kind {
    Post,
    FlowStep,
    EmptyPoll,
    List,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Post => "POST /ChatMessage, people",
            Self::FlowStep => "POST /ChatMessage, flow step",
            Self::EmptyPoll => "GET /ChatMessage, nothing new",
            Self::List => "GET /Chat, 20 of all",
        }
    }

    async fn requests(self, server: &Server, scene: &Scene) -> Vec<Vec<u8>> {
        match self {
            Self::Post => posts(server, scene),
            Self::FlowStep => answers(scene),
            Self::EmptyPoll => polls(server, scene).await,
            Self::List => vec![wire::get("/Chat?pageinate=true&page_size=20", &server.token)],
        }
    }
}

/// A line of the report.
pub struct Row {
    pub name: &'static str,
    pub connections: usize,
    pub figures: Figures,
    /// What `pgbench` did with as many connections, just before.
    pub postgres: Option<f64>,
}

/// Measures everything whose name holds `only`.
pub async fn carry_out(server: &Server, scene: &Scene, length: Duration, only: &str) -> Vec<Row> {
    let pgbench = Pgbench::prepare(server, &scene.live).await;
    let mut rows: Vec<Row> = Vec::new();
    for connections in [1, 16] {
        let mut postgres = None;
        if let Some(pgbench) = &pgbench
            && POSTGRES.contains(only)
        {
            let figures = pgbench.run(server, connections, length).await;
            postgres = Some(figures.per_second);
            rows.push(Row { name: POSTGRES, connections, figures, postgres });
        }
        for kind in KINDS {
            if kind.name().contains(only) {
                eprintln!("{}, {connections} connections", kind.name());
                // Made at the last moment: the logs have grown since the measurement before.
                let requests = kind.requests(server, scene).await;
                let figures = load::run(server.address, connections, requests, length).await;
                rows.push(Row { name: kind.name(), connections, figures, postgres });
            }
        }
    }
    rows
}

/// Staff and visitor in turn, through all chats that people have.
fn posts(server: &Server, scene: &Scene) -> Vec<Vec<u8>> {
    let by = |token: &str, chat: &Chat| {
        wire::post("/ChatMessage", token, &json!({"chat_id": chat.id, "text": TEXT}))
    };
    scene.live.iter().flat_map(|chat| [by(&server.token, chat), by(&chat.visitor, chat)]).collect()
}

/// A visitor's answer to a choice, which the bot answers with the next one.
fn answers(scene: &Scene) -> Vec<Vec<u8>> {
    let answer = |chat: &Chat| json!({"chat_id": chat.id, "text": "Next"});
    scene.with_bot.iter().map(|chat| wire::post("/ChatMessage", &chat.visitor, &answer(chat))).collect()
}

/// Visitors at the end of their logs.
async fn polls(server: &Server, scene: &Scene) -> Vec<Vec<u8>> {
    let mut connection = server.connect().await;
    let mut polls = Vec::with_capacity(scene.live.len());
    for chat in &scene.live {
        let header = connection.call(&wire::get(&format!("/Chat/{}", chat.id), &chat.visitor)).await;
        let path = format!("/ChatMessage?chat_id={}&last_id={}", chat.id, header["lastmessageid"]);
        polls.push(wire::get(&path, &chat.visitor));
    }
    polls
}
