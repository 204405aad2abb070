//! Following a chat: what has happened since a cursor, and then everything that happens, whatever
//! carries it to the reader. Every entry is read from the log by its number; news only says when.

mod follower;
mod poll;
mod seats;

pub use follower::{Follower, Happening};
pub use poll::poll;
pub use seats::{Full, Seat, Seats, Transport};
