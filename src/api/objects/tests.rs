//! What the catalogue and the lenient types promise, by example.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod catalogue;
mod documents;
mod lenient;
mod requests;
mod round_trip;
