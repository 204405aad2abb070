//! What is there before anything is measured: many chats, some of them live, some with the bot.

use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::{
    server::Server,
    wire::{self, Connection},
};

/// Chats that the load is spread over.
const BUSY_CHATS: usize = 100;

/// A chat and its visitor's token.
pub struct Chat {
    pub id: i64,
    pub visitor: String,
}

pub struct Scene {
    /// An agent has them.
    pub live: Vec<Chat>,
    /// The bot has them, and asks for a choice again and again.
    pub with_bot: Vec<Chat>,
}

impl Scene {
    pub async fn set(server: &Server, chats: i32) -> Self {
        let mut connection = server.connect().await;
        // One agent has them all.
        let agent = json!({"name": "Robin", "email": "robin@example.com", "max_chats": 1_000_000});
        let agent = post(&mut connection, server, "/Agent", &agent).await["id"].clone();
        let live = publish(&mut connection, server, &json!([])).await;
        let with_bot = publish(&mut connection, server, &two_choices()).await;
        let scene = Self {
            live: start(&mut connection, server, &live).await,
            with_bot: start(&mut connection, server, &with_bot).await,
        };
        for chat in &scene.live {
            let join = json!({"id": chat.id, "agent_id": agent});
            let header = post(&mut connection, server, "/Chat", &join).await;
            assert_eq!(header["state"], "live", "{header}");
        }
        fill(server, chats - 2 * i32::try_from(BUSY_CHATS).expect("they are few")).await;
        scene
    }
}

async fn post(connection: &mut Connection, server: &Server, path: &str, body: &Value) -> Value {
    connection.call(&wire::post(path, &server.token, body)).await
}

async fn publish(connection: &mut Connection, server: &Server, steps: &Value) -> Value {
    let profile = json!({"name": "Load", "key": "open-sesame", "access_type": 1, "steps": steps});
    post(connection, server, "/ChatProfile", &profile).await["id"].clone()
}

/// Two steps that lead to each other, so that every answer moves the flow.
fn two_choices() -> Value {
    let choice = |step: i32, next: i32| {
        json!({
            "step_id": step, "name": format!("Choice {step}"), "steptype": 1, "isstart": step == 1,
            "message": "Where to?",
            "actions": [
                {"id": step * 10 + 1, "action_name": "Next", "end_step": next},
                {"id": step * 10 + 2, "action_name": "Again", "end_step": step},
            ]
        })
    };
    json!([choice(1, 2), choice(2, 1)])
}

async fn start(connection: &mut Connection, server: &Server, profile: &Value) -> Vec<Chat> {
    let mut chats = Vec::with_capacity(BUSY_CHATS);
    for _ in 0..BUSY_CHATS {
        let new = json!({"chatprofileid": profile, "display_name": "Ada"});
        let started = post(connection, server, "/Chat", &new).await;
        let id = started["id"].as_i64().expect("a chat has an id");
        let visitor = started["access_token"].as_str().expect("a start answers a token");
        chats.push(Chat { id, visitor: visitor.to_owned() });
    }
    chats
}

/// Adds chats that are over; what was posted into them does not matter here.
async fn fill(server: &Server, chats: i32) {
    let mut database = PgConnection::connect_with(&server.database()).await.expect("it is running");
    sqlx::query(
        "with closed as (
            insert into chats (profile_id, profile_version, name, is_agent_chat, is_live, is_assigned,
                is_closed, is_abandoned, offered_team_ids, feedback_submitted, created_at, closed_at,
                flow_position, variables)
            select p.profile_id, p.version, 'Ada ' || n, false, false, false,
                true, false, '{}', false, now() - n * interval '1 second', now(),
                (select flow_position from chats limit 1), '{}'
            from generate_series(1, $1) n, (select * from chat_profiles limit 1) p
            returning chat_id
        ), headed as (
            insert into chat_heads select chat_id, 10, 10, 10, now() from closed
        )
        insert into chat_participants (chat_id, participant_id, unknown_id, name, has_left, read_id)
        select chat_id, 1, chat_id::text, 'Ada', true, 0 from closed",
    )
    .bind(chats.max(0))
    .execute(&mut database)
    .await
    .expect("the schema is the server's");
    // Otherwise the first measurements would pay for this.
    database.execute("vacuum analyze").await.expect("it is our database");
    database.execute("checkpoint").await.expect("it is our database");
}
