//! What reads addresses, bodies and queries.

#[path = "../../src/api/attachment/disposition.rs"]
pub mod disposition;
#[path = "../../src/api/listing.rs"]
pub mod listing;
#[path = "../../src/api/objects/mod.rs"]
pub mod objects;
#[path = "../../src/api/query.rs"]
pub mod query;
