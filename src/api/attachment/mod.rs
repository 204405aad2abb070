//! `/Attachment`: files that go with chats and tickets.

mod disposition;
mod download;
mod encoded;
mod handlers;
mod held;
mod receive;
mod wire;

use axum::http::{Extensions, HeaderMap, StatusCode, Version, header};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, config::Limits};

/// Where files are sent to, as the router spells it.
pub const PATH: &str = "/Attachment";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_attachments, handlers::post_attachments))
        .routes(routes!(handlers::get_attachment, handlers::delete_attachment))
}

/// Files are packed already, most of them, and their length is worth knowing.
pub fn is_no_download(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::CONTENT_DISPOSITION)
}

/// Bytes of a body: a file of the largest size in base64, which makes four of three, and what stands
/// around it.
pub const fn body_bytes(limits: &Limits) -> usize {
    limits.attachment_bytes.div_ceil(3).saturating_mul(4).saturating_add(limits.body_bytes)
}
