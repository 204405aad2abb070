//! Lists of chats: optional filters, closed sets of sort columns, what the caller may see.

use sqlx::{FromRow, Postgres, QueryBuilder, Row, postgres::PgRow};

use super::{Conn, StoreError, chat_row::ChatRow};
use crate::domain::{
    chat::{Chat, Head},
    chat_filter::{ChatFilter, Sight},
    paging::{ChatOrder, Page, Paged, Sort},
};

/// Past this many matches the planner's estimate replaces the count.
const EXACT_COUNT_MAX: i64 = 10_000;

/// A chat with the names and numbers that stand beside it.
#[derive(Clone, Debug)]
pub struct ListedChat {
    pub chat: Chat,
    pub head: Head,
    pub profile_name: Option<String>,
    pub team_name: Option<String>,
    pub agent_name: Option<String>,
    /// From 1; only while it is queued.
    pub queue_position: Option<i32>,
}

/// Adds a condition that holds for those of `chats c` that are in sight.
pub(super) fn push_sight(query: &mut QueryBuilder<Postgres>, sight: &Sight) {
    match sight {
        Sight::Everything => {}
        Sight::Visitor { chat, user: None } => {
            query.push(" and c.chat_id = ").push_bind(chat.get());
        }
        Sight::Visitor { chat, user: Some(user) } => {
            query.push(
                " and c.chat_id = any(array(select p.chat_id from chat_participants p where p.user_id = ",
            );
            query.push_bind(user.get()).push(" and p.is_signed_in) || ").push_bind(chat.get()).push(")");
        }
        Sight::Agent { id, teams, barred } => {
            let teams: Vec<i32> = teams.iter().map(|team| team.get()).collect();
            query.push(" and (((c.team_id = any(").push_bind(teams.clone());
            query.push(") or (c.is_live and not c.is_assigned and not c.is_closed and ((c.team_id is null");
            query.push(" and c.offered_team_ids = '{}') or c.offered_team_ids && ").push_bind(teams);
            query.push(")))");
            if !barred.is_empty() {
                let barred: Vec<String> = barred.iter().map(ToString::to_string).collect();
                query.push(" and (c.profile_id is null or not c.profile_id = any(").push_bind(barred);
                query.push("))");
            }
            query.push(") or c.agent_id = ").push_bind(id.get());
            query.push(" or exists (select from chat_participants p where p.chat_id = c.chat_id");
            query.push(" and not p.has_left and p.agent_id = ").push_bind(id.get()).push("))");
        }
    }
}

/// Adds what the caller may see and asks for.
fn push_where(query: &mut QueryBuilder<Postgres>, sight: &Sight, filter: &ChatFilter) {
    query.push(" where true");
    push_sight(query, sight);
    if let Some(chat) = filter.chat {
        query.push(" and c.chat_id = ").push_bind(chat.get());
    }
    if let Some(among) = &filter.among {
        let among: Vec<i32> = among.iter().map(|chat| chat.get()).collect();
        query.push(" and c.chat_id = any(").push_bind(among).push(")");
    }
    if let Some(below) = filter.below {
        query.push(" and c.chat_id < ").push_bind(below.get());
    }
    if let Some(profile) = &filter.profile {
        query.push(" and c.profile_id = ").push_bind(profile.clone());
    }
    if let Some(ticket) = filter.ticket_id {
        query.push(" and c.ticket_id = ").push_bind(ticket);
    }
    if let Some(conversation) = &filter.teams_conversation_id {
        query.push(" and c.teams_conversation_id = ").push_bind(conversation.clone());
    }
    if filter.open_only {
        query.push(" and not c.is_closed");
    }
    if let Some(moment) = filter.changed_after {
        query.push(" and h.updated_at > ").push_bind(moment);
    }
    if let Some(feed) = filter.feed_after {
        // The same condition as the index has.
        query.push(" and h.feed > 0 and h.feed > ").push_bind(feed);
    }
}

const fn column(order: ChatOrder) -> &'static str {
    match order {
        ChatOrder::Id => "c.chat_id",
        ChatOrder::Name => "c.name",
        ChatOrder::Created => "c.created_at",
        ChatOrder::Updated => "h.updated_at",
        ChatOrder::Queued => "c.queued_at",
        ChatOrder::AgentJoined => "c.agent_joined_at",
        ChatOrder::Closed => "c.closed_at",
        ChatOrder::Team => "c.team_id",
        ChatOrder::Agent => "c.agent_id",
        ChatOrder::Profile => "c.profile_id",
        ChatOrder::Ticket => "c.ticket_id",
        ChatOrder::LastMessage => "h.last_message_id",
        ChatOrder::IsClosed => "c.is_closed",
        ChatOrder::IsAssigned => "c.is_assigned",
        ChatOrder::IsLive => "c.is_live",
    }
}

const SELECT: &str = "
    select c.*, h.last_message_id, h.last_public_message_id, h.version, h.updated_at,
        (select name from chat_profiles p where p.profile_id = c.profile_id) as profile_name,
        (select name from teams t where t.id = c.team_id) as team_name,
        (select name from agents a where a.id = c.agent_id) as agent_name,
        case when c.is_live and not c.is_assigned and not c.is_closed then (
            case when c.team_id is null then (
                select count(*)::int + 1
                from chats q
                where q.team_id is null and q.is_live and not q.is_assigned and not q.is_closed
                    and (q.queued_at, q.chat_id) < (c.queued_at, c.chat_id)
            ) else (
                select count(*)::int + 1
                from chats q
                where q.team_id = c.team_id and q.is_live and not q.is_assigned and not q.is_closed
                    and (q.queued_at, q.chat_id) < (c.queued_at, c.chat_id)
            ) end
        ) end as queue_position
    from chats c
    join chat_heads h on h.chat_id = c.chat_id";

/// One page of the chats that match, with the length of the whole list.
pub async fn list(
    conn: &mut Conn,
    sight: &Sight,
    filter: &ChatFilter,
    sorts: &[Sort<ChatOrder>],
    page: Page,
) -> Result<Paged<ListedChat>, StoreError> {
    let rows = read(conn, sight, filter, sorts, page).await?;
    let filled = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let seen = page.offset().saturating_add(filled);
    // A page that is not full is the last one: it tells the length without a count.
    let is_last = filled < page.size && (filled > 0 || page.number == 1);
    let record_count = if is_last {
        seen
    } else if filled == 0 {
        // Halo answers 0 past the last page, and clients stop on it.
        0
    } else {
        count(conn, sight, filter).await?.max(seen)
    };
    Ok(Paged { rows, record_count })
}

/// One chat, if the caller may see it.
pub async fn find(
    conn: &mut Conn,
    sight: &Sight,
    filter: &ChatFilter,
) -> Result<Option<ListedChat>, StoreError> {
    Ok(read(conn, sight, filter, &[], Page { number: 1, size: 1 }).await?.pop())
}

/// The same without a count.
pub async fn read(
    conn: &mut Conn,
    sight: &Sight,
    filter: &ChatFilter,
    sorts: &[Sort<ChatOrder>],
    page: Page,
) -> Result<Vec<ListedChat>, StoreError> {
    let mut query = QueryBuilder::new(SELECT);
    push_where(&mut query, sight, filter);
    query.push(" order by ");
    for sort in sorts {
        query.push(column(sort.by)).push(if sort.descending {
            " desc nulls last, "
        } else {
            " asc nulls first, "
        });
    }
    // Ties, and lists without a wish, go by age: the newest chat first.
    query.push("c.chat_id desc limit ").push_bind(page.size).push(" offset ").push_bind(page.offset());
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(listed).collect()
}

fn listed(row: &PgRow) -> Result<ListedChat, StoreError> {
    let chat = ChatRow::from_row(row)?;
    Ok(ListedChat {
        chat: chat.chat()?,
        head: chat.head(),
        profile_name: row.try_get("profile_name")?,
        team_name: row.try_get("team_name")?,
        agent_name: row.try_get("agent_name")?,
        queue_position: row.try_get("queue_position")?,
    })
}

/// Counts exactly while that is cheap, then asks the planner.
async fn count(conn: &mut Conn, sight: &Sight, filter: &ChatFilter) -> Result<i64, StoreError> {
    // Every chat has a head, so only a filter on heads needs them.
    let from = if filter.changed_after.is_some() || filter.feed_after.is_some() {
        " from chats c join chat_heads h on h.chat_id = c.chat_id"
    } else {
        " from chats c"
    };
    let mut query = QueryBuilder::new("select count(*) from (select");
    query.push(from);
    push_where(&mut query, sight, filter);
    query.push(" limit ").push_bind(EXACT_COUNT_MAX + 1).push(") counted");
    let exact: i64 = query.build_query_scalar().fetch_one(&mut *conn).await?;
    if exact <= EXACT_COUNT_MAX {
        return Ok(exact);
    }
    let mut query = QueryBuilder::new("explain (format json) select");
    query.push(from);
    push_where(&mut query, sight, filter);
    let plan: serde_json::Value = query.build_query_scalar().fetch_one(conn).await?;
    let estimate = plan[0]["Plan"]["Plan Rows"].as_i64().unwrap_or(exact);
    Ok(estimate.max(exact))
}
