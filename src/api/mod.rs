//! HTTP in Halo's dialect: routers by resource, one door for authentication, one error body.

mod access;
mod address;
mod attachment;
mod audit;
mod authenticate;
mod chat;
mod chat_flow;
mod chat_matching_data;
mod chat_message;
mod chat_profile;
mod cors;
mod error;
mod extract;
mod headers;
mod idempotency;
mod listing;
mod objects;
mod one_or_many;
mod online_status;
mod openapi;
mod operations;
mod path_case;
mod privacy;
mod query;
mod resource;
mod session;
mod slack;
mod slack_chat_app;
mod slack_details;
mod slack_manifest;
mod start_up;
mod stream;
mod token;
mod traffic;

use std::sync::LazyLock;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use tower::{ServiceBuilder, util::BoxCloneSyncService};
use tower_http::{
    ServiceBuilderExt,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _},
    },
};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use self::{error::ApiError, path_case::PathCase};
use crate::app::App;

pub use address::{Peer, network};
pub use chat_profile::read_posted as read_posted_profile;
pub use operations::keep_figures;

/// The whole API as one service: a request in, an answer out.
pub type Api =
    BoxCloneSyncService<axum::extract::Request, axum::response::Response, std::convert::Infallible>;

/// Resources whose bodies are configuration, and may be large.
fn configuration_routes() -> OpenApiRouter<App> {
    chat_profile::routes()
        .merge(resource::routes())
        .merge(slack_chat_app::routes())
        .merge(slack_details::routes())
        .merge(slack_manifest::routes())
}

fn chat_routes() -> OpenApiRouter<App> {
    chat::routes()
        .merge(chat_message::routes())
        .merge(chat_flow::routes())
        .merge(chat_matching_data::routes())
        .merge(online_status::routes())
        .merge(token::routes())
        .merge(start_up::routes())
        .merge(operations::routes())
        .merge(audit::routes())
        .merge(privacy::routes())
}

/// The description of everything, as `openapi.yaml` holds it.
pub fn openapi_document() -> utoipa::openapi::OpenApi {
    let routes =
        configuration_routes().merge(chat_routes()).merge(attachment::routes()).merge(slack::routes());
    let (_, document) =
        OpenApiRouter::with_openapi(openapi::Document::openapi()).merge(routes).split_for_parts();
    openapi::complete(document)
}

/// The same as text; made once.
pub fn openapi_yaml() -> &'static str {
    static YAML: LazyLock<String> =
        LazyLock::new(|| openapi_document().to_yaml().expect("the document is plain data"));
    &YAML
}

/// Puts the resources behind the door, and the door behind what every answer has.
pub fn service(app: App) -> Api {
    let limits = &app.config.limits;
    let (configuration, _) = configuration_routes().split_for_parts();
    let (chat, _) = chat_routes().split_for_parts();
    let (files, _) = attachment::routes().split_for_parts();
    let (slack, _) = slack::routes().split_for_parts();
    let document = openapi_document();
    let paths = PathCase::new(document.paths.paths.keys().map(String::as_str));
    let routes = configuration
        .layer(DefaultBodyLimit::max(limits.configuration_body_bytes))
        .merge(chat.layer(DefaultBodyLimit::max(limits.body_bytes)))
        .merge(files.layer(DefaultBodyLimit::max(attachment::body_bytes(limits))))
        .merge(slack.layer(DefaultBodyLimit::max(app.config.slack.body_bytes)))
        .route_layer(middleware::from_fn_with_state(app.clone(), authenticate::authorise))
        .merge(headers::of_pages(docs(document)))
        .fallback(async || ApiError::not_found("there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "this method is not allowed here")
        });
    let layers = ServiceBuilder::new()
        .layer(paths)
        .map_request(traffic::check_id)
        .set_x_request_id(traffic::RequestIds)
        .propagate_x_request_id()
        .layer(middleware::from_fn(headers::complete))
        .layer(middleware::from_fn(traffic::record))
        .layer(middleware::from_fn_with_state(app.clone(), cors::answer))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(attachment::is_no_download)))
        .layer(middleware::from_fn_with_state(app.clone(), traffic::bound))
        .layer(CatchPanicLayer::custom(traffic::after_panic));
    BoxCloneSyncService::new(layers.service(routes.with_state(app)))
}

/// The browsable reference, shipped in the binary.
fn docs(document: utoipa::openapi::OpenApi) -> Router<App> {
    let config = utoipa_swagger_ui::Config::default().validator_url("none").try_it_out_enabled(true);
    SwaggerUi::new("/docs").url("/docs/openapi.json", document).config(config).into()
}
