//! The nouns: plain data, no serde, no sqlx, no axum.

pub mod allowance;
pub mod attachment;
pub mod audit;
pub mod caller;
pub mod chat;
pub mod chat_filter;
pub mod document;
pub mod file_kind;
pub mod file_name;
pub mod finding;
pub mod hex;
pub mod hours;
pub mod ids;
pub mod message;
pub mod news;
pub mod paging;
pub mod person;
pub mod profile;
pub mod question;
pub mod replay;
pub mod text;
pub mod wall_clock;
