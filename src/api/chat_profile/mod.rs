//! `/ChatProfile`: what a chat looks like, says and does.

mod handlers;
mod wire;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_profiles, handlers::post_profiles))
        .routes(routes!(handlers::get_profile, handlers::delete_profile))
}
