//! What streams and sockets share: frames, and the task that makes them until it is time to end.

mod described;
mod ending;
mod frame;
mod pump;
mod source;
mod sse;
mod told;

pub use described::{ChatEvent, FeedEvent};
pub use ending::Ending;
pub use frame::Frame;
pub use pump::{Outlet, pump, renewed};
pub use source::Source;
pub use sse::answer;
