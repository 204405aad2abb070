//! Stored documents, and how they are read.

#[path = "../../src/store/field_document.rs"]
pub mod field_document;
#[path = "../../src/store/profile_document.rs"]
pub mod profile_document;
#[path = "../../src/store/request_document.rs"]
mod request_document;
