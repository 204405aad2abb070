//! Halo's objects as data: how each field is read, kept, given back and described.
//!
//! Adding a field or an object is a line in `catalogue/*.txt`.

mod catalogue;
mod coerce;
mod inline;
mod kept;
pub mod lenient;
mod normalise;
mod optional;
mod requests;
mod scalar_schema;
mod schema;
#[cfg(test)]
mod tests;

pub use inline::inline_scalars;
pub use normalise::{Normalised, merge, normalise};
pub use requests::describe_requests;
pub use schema::{schema, schemas};

/// Whether the object has a member of this name.
pub fn has_member(object: &str, member: &str) -> bool {
    catalogue::CATALOGUE.object(object).field(member).is_some()
}
