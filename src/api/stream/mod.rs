//! What streams and sockets share: frames, and the task that makes them until it is time to end.

mod frame;
mod pump;
mod source;
mod sse;

pub use frame::Frame;
pub use pump::{Outlet, ended, pump, renewed};
pub use source::Source;
pub use sse::answer;
