//! `/ChatProfile`: what a chat looks like, says and does.

mod handlers;
mod public;
#[cfg(test)]
mod table;
mod wire;

use serde_json::{Map, Value};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, domain::document::Document};

/// A profile as it would be stored, from the body of a `POST`; or why it would be refused.
pub fn read_posted(body: Map<String, Value>) -> Result<Document, String> {
    let profile = wire::ProfileIn::new(body).map_err(|error| error.message().to_owned())?;
    Ok(profile.change(None).document)
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(handlers::list_profiles, handlers::post_profiles))
        .routes(routes!(handlers::get_profile, handlers::delete_profile))
}
