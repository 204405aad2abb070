//! `/ChatMessage`: the log of a chat.

mod former;
mod handlers;
mod new_message;
mod shown;
mod transfer;
pub mod wire;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_messages, handlers::post_messages))
        .routes(routes!(handlers::post_is_typing))
}
