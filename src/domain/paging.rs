//! Lists: which part, in which order.

/// Columns that chats may be sorted by. Nothing else ever reaches an `order by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatOrder {
    Id,
    Name,
    Created,
    Updated,
    Queued,
    AgentJoined,
    Closed,
    Team,
    Agent,
    Profile,
    Ticket,
    LastMessage,
    IsClosed,
    IsAssigned,
    IsLive,
}

/// One of up to five sort fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort<T> {
    pub by: T,
    pub descending: bool,
}

/// A page, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub number: i64,
    pub size: i64,
}

impl Page {
    /// Rows before this page.
    pub const fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }
}

/// One page of a list, and how long the whole list is.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    pub rows: Vec<T>,
    /// Exact up to 10,000; beyond that an estimate, never less than what was paged.
    pub record_count: i64,
}
