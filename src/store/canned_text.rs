//! Which canned texts a list holds; each is a document like the other resources.

use sqlx::{FromRow, Postgres, QueryBuilder};

use super::{Conn, StoreError, resource::Stored};
use crate::domain::{
    ids::{AgentId, TeamId},
    paging::{Page, Paged},
};

/// Whose texts the reader sees.
#[derive(Clone, Debug)]
pub enum Readers {
    Everybody,
    /// The agent's own, those of its teams, and everybody's.
    Agent {
        id: AgentId,
        teams: Vec<TeamId>,
    },
}

/// What the reader asks for. Texts that are nobody's in particular are anybody's.
#[derive(Clone, Debug, Default)]
pub struct CannedTextFilter {
    pub id: Option<i32>,
    pub agent: Option<AgentId>,
    pub team: Option<TeamId>,
    /// All of these stand somewhere in the text or its name.
    pub words: Vec<String>,
}

/// A text, and the names of those that it is meant for.
#[derive(Clone, Debug)]
pub struct CannedText {
    pub stored: Stored,
    /// Whose own it is.
    pub agent: Option<AgentId>,
    pub agent_name: Option<String>,
    pub team_name: Option<String>,
}

#[derive(FromRow)]
struct CannedTextRow {
    total: i64,
    id: i32,
    document: String,
    agent_id: Option<i32>,
    agent_name: Option<String>,
    team_name: Option<String>,
}

impl From<CannedTextRow> for CannedText {
    fn from(row: CannedTextRow) -> Self {
        Self {
            stored: Stored::from((row.id, row.document)),
            agent: row.agent_id.map(AgentId::new),
            agent_name: row.agent_name,
            team_name: row.team_name,
        }
    }
}

/// Texts by name.
pub async fn list(
    conn: &mut Conn,
    readers: &Readers,
    filter: &CannedTextFilter,
    page: Page,
) -> Result<Paged<CannedText>, StoreError> {
    let mut query = QueryBuilder::new(
        "select count(*) over () as total, c.id, c.document::text, c.agent_id,
            (select name from agents a where a.id = c.agent_id) as agent_name,
            (select name from teams t where t.id = c.team_id) as team_name
        from canned_texts c
        where c.deleted_at is null",
    );
    push_where(&mut query, readers, filter);
    query.push(" order by c.name, c.id limit ").push_bind(page.size);
    query.push(" offset ").push_bind(page.offset());
    let rows: Vec<CannedTextRow> = query.build_query_as().fetch_all(conn).await?;
    Ok(Paged {
        record_count: rows.first().map_or(0, |row| row.total),
        rows: rows.into_iter().map(CannedText::from).collect(),
    })
}

fn push_where(query: &mut QueryBuilder<Postgres>, readers: &Readers, filter: &CannedTextFilter) {
    if let Readers::Agent { id, teams } = readers {
        let teams: Vec<i32> = teams.iter().map(|team| team.get()).collect();
        query.push(" and (c.agent_id = ").push_bind(id.get());
        query.push(" or (c.agent_id is null and (c.team_id is null or c.team_id = any(").push_bind(teams);
        query.push("))))");
    }
    if let Some(id) = filter.id {
        query.push(" and c.id = ").push_bind(id);
    }
    if let Some(agent) = filter.agent {
        query.push(" and (c.agent_id is null or c.agent_id = ").push_bind(agent.get()).push(")");
    }
    if let Some(team) = filter.team {
        query.push(" and (c.team_id is null or c.team_id = ").push_bind(team.get()).push(")");
    }
    for word in &filter.words {
        query.push(
            " and strpos(lower(concat_ws(' ', c.name, c.document ->> 'text', c.document ->> 'html')), lower(",
        );
        query.push_bind(word.clone()).push(")) > 0");
    }
}
