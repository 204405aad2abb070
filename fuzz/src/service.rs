//! What a feed's reader brings back.

#[path = "../../src/service/feed/cursor.rs"]
pub mod cursor;
