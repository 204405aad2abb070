//! `/ChatMessage`: the log of a chat.

mod former;
mod handlers;
mod new_message;
mod order;
mod shown;
mod socket;
mod stream;
mod transfer;
pub mod wire;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub use handlers::WAIT_MAX;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_messages, handlers::post_messages))
        .routes(routes!(handlers::post_is_typing))
        .routes(routes!(stream::stream_messages))
        .routes(routes!(socket::open_socket))
}
