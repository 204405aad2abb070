//! The people of a chat.

use super::{Conn, StoreError};
use crate::domain::{
    chat::{Participant, Person},
    ids::{AgentId, ChatId, MessageNumber, ParticipantNumber, UserId},
};

struct ParticipantRow {
    chat_id: i32,
    participant_id: i32,
    agent_id: Option<i32>,
    user_id: Option<i32>,
    unknown_id: Option<String>,
    client_id: Option<String>,
    name: String,
    email: Option<String>,
    is_signed_in: bool,
    has_left: bool,
    read_id: i32,
}

impl ParticipantRow {
    fn participant(self) -> Result<(ChatId, Participant), StoreError> {
        let person = match (self.agent_id, self.unknown_id, self.client_id) {
            (Some(agent), None, None) => Person::Agent(AgentId::new(agent)),
            (None, Some(unknown_id), None) => {
                Person::Visitor { unknown_id, user: self.user_id.map(UserId::new) }
            }
            (None, None, Some(client_id)) => Person::Client { client_id },
            _ => {
                let id = format!("{}/{}", self.chat_id, self.participant_id);
                return Err(StoreError::bad_row("chat_participants", id, "it is not exactly one person"));
            }
        };
        let participant = Participant {
            number: ParticipantNumber::new(self.participant_id),
            person,
            name: self.name,
            email: self.email,
            is_signed_in: self.is_signed_in,
            has_left: self.has_left,
            read: MessageNumber::new(self.read_id),
        };
        Ok((ChatId::new(self.chat_id), participant))
    }
}

/// Everybody who is or was in these chats, by chat and number.
pub async fn list_by_chats(
    conn: &mut Conn,
    chats: &[ChatId],
) -> Result<Vec<(ChatId, Participant)>, StoreError> {
    let chats: Vec<i32> = chats.iter().map(|id| id.get()).collect();
    let rows = sqlx::query_as!(
        ParticipantRow,
        r#"
        select chat_id, participant_id, agent_id, user_id, unknown_id, client_id, name, email,
            is_signed_in, has_left, read_id
        from chat_participants
        where chat_id = any($1)
        order by chat_id, participant_id
        "#,
        &chats,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(ParticipantRow::participant).collect()
}

/// Writes a participant of a chat that the caller has locked: new, or changed.
pub async fn save(conn: &mut Conn, chat: ChatId, participant: &Participant) -> Result<(), StoreError> {
    let (agent, user, unknown, client) = match &participant.person {
        Person::Agent(agent) => (Some(agent.get()), None, None, None),
        Person::Visitor { unknown_id, user } => (None, user.map(UserId::get), Some(unknown_id), None),
        Person::Client { client_id } => (None, None, None, Some(client_id)),
    };
    sqlx::query!(
        r#"
        insert into chat_participants (chat_id, participant_id, agent_id, user_id, unknown_id,
            client_id, name, email, is_signed_in, has_left, read_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        on conflict (chat_id, participant_id) do update
        set user_id = excluded.user_id, name = excluded.name, email = excluded.email,
            is_signed_in = excluded.is_signed_in, has_left = excluded.has_left, read_id = excluded.read_id
        "#,
        chat.get(),
        participant.number.get(),
        agent,
        user,
        unknown,
        client,
        participant.name,
        participant.email,
        participant.is_signed_in,
        participant.has_left,
        participant.read.get(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
