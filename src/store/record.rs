//! Whose records are whose: tickets, what happened to them, and feedback, by the chats they belong to.

use sqlx::{Postgres, QueryBuilder};

use super::{Conn, StoreError, chat_list, resource::Resource};
use crate::domain::{chat_filter::Sight, ids::ChatId};

/// What a record says that it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Links {
    pub chat: Option<ChatId>,
    pub ticket: Option<i32>,
}

/// The chat and the ticket of a row `r`, as expressions.
const fn links_of(resource: Resource) -> (&'static str, &'static str) {
    match resource {
        Resource::Actions => ("nullif((r.document ->> 'chatid')::int, 0)", "r.ticket_id"),
        Resource::Feedback => ("nullif((r.document ->> 'chat_id')::int, 0)", "r.ticket_id"),
        Resource::Tickets => ("r.chat_id", "null::int"),
        _ => ("null::int", "null::int"),
    }
}

/// Adds a condition that holds for those rows `r` of a resource of records that are in sight; none:
/// no row is.
pub(super) fn push_sight(query: &mut QueryBuilder<Postgres>, resource: Resource, sight: Option<&Sight>) {
    match (sight, resource) {
        (Some(Sight::Everything), _) => {}
        (Some(sight @ Sight::Agent { .. }), Resource::Tickets) => push_ticket_sight(query, "r", sight),
        (Some(sight @ Sight::Agent { .. }), _) => push_belonging(query, links_of(resource), sight),
        (None | Some(Sight::Visitor { .. }), _) => {
            query.push(" and false");
        }
    }
}

/// Adds a condition that holds for what belongs to a chat in sight or, where it belongs to none, to a
/// ticket in sight; what belongs to neither is the whole desk's.
pub(super) fn push_belonging(
    query: &mut QueryBuilder<Postgres>,
    (chat, ticket): (&str, &str),
    sight: &Sight,
) {
    query.push(" and case when ").push(chat).push(" is not null then exists (");
    query.push("select from chats c where c.chat_id = ").push(chat);
    chat_list::push_sight(query, sight);
    query.push(") when ").push(ticket).push(" is not null then exists (");
    query.push("select from tickets t where t.id = ").push(ticket);
    push_ticket_sight(query, "t", sight);
    query.push(") else true end");
}

/// The same for tickets: an agent's own, those of its teams, those of chats in sight, and those that are
/// nobody's and come from no chat.
fn push_ticket_sight(query: &mut QueryBuilder<Postgres>, ticket: &str, sight: &Sight) {
    let Sight::Agent { id, teams, .. } = sight else { return };
    let teams: Vec<i32> = teams.iter().map(|team| team.get()).collect();
    let agent = format!("coalesce(({ticket}.document ->> 'agent_id')::int, 0)");
    let team = format!("coalesce({ticket}.document ->> 'team', '')");
    query.push(format!(" and ({agent} = ")).push_bind(id.get());
    query.push(format!(" or exists (select from teams where name = {team} and id = any(")).push_bind(teams);
    query.push("))");
    for link in ["c.chat_id = {ticket}.chat_id", "c.ticket_id = {ticket}.id"] {
        query.push(" or exists (select from chats c where ").push(link.replace("{ticket}", ticket));
        chat_list::push_sight(query, sight);
        query.push(")");
    }
    query.push(format!(" or ({agent} = 0 and {team} = '' and {ticket}.chat_id is null"));
    query.push(format!(" and not exists (select from chats c where c.ticket_id = {ticket}.id)))"));
}

/// Whether a record is there and in sight; deleted ones count, for what still belongs to them.
pub async fn is_in_sight(
    conn: &mut Conn,
    resource: Resource,
    id: i32,
    sight: Option<&Sight>,
) -> Result<bool, StoreError> {
    let mut query = QueryBuilder::new("select exists (select from ");
    query.push(resource.table()).push(" r where r.id = ").push_bind(id);
    push_sight(&mut query, resource, sight);
    query.push(")");
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}

/// What a stored record belongs to.
pub async fn find_links(conn: &mut Conn, resource: Resource, id: i32) -> Result<Links, StoreError> {
    let (chat, ticket) = links_of(resource);
    let mut query = QueryBuilder::new("select ");
    query.push(chat).push(", ").push(ticket).push(" from ").push(resource.table());
    query.push(" r where r.id = ").push_bind(id);
    let (chat, ticket): (Option<i32>, Option<i32>) = query.build_query_as().fetch_one(conn).await?;
    Ok(Links { chat: chat.map(ChatId::new), ticket })
}
