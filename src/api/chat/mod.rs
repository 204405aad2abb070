//! `/Chat`: live chats and their headers.

mod handlers;
mod new_chat;
mod stream;
pub mod wire;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub use wire::LiveChatHeader;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_chats, handlers::post_chats))
        .routes(routes!(handlers::get_chat))
        .routes(routes!(stream::stream_chats))
}
