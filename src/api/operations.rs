//! For whoever runs the server: health, figures, and the description of this API.

mod recorder;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    authenticate::Proof,
    error::{ApiError, ErrorBody},
    extract::Json,
};
use crate::{
    app::App,
    service::{
        auth::secret,
        figures,
        installation::{self, Readiness},
    },
};

pub use recorder::run as keep_figures;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_live))
        .routes(routes!(get_ready))
        .routes(routes!(get_metrics))
        .routes(routes!(get_openapi))
}

/// How the server is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`, or what is wanting.
    pub status: &'static str,
}

/// Whether the process runs.
#[utoipa::path(get, path = "/health/live", tag = "Operations", responses((status = 200, body = Health)))]
pub async fn get_live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Whether requests can be served: the database answers, every migration has been applied, and the
/// process is not about to end.
#[utoipa::path(get, path = "/health/ready", tag = "Operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn get_ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    let unready = |status| (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status }));
    match installation::readiness(&app).await {
        Readiness::Ready => (StatusCode::OK, Json(Health { status: "ok" })),
        Readiness::Ending => unready("the process is about to end"),
        Readiness::NoDatabase => unready("the database does not answer"),
        Readiness::NotMigrated => unready("the database is not migrated"),
    }
}

/// Figures for Prometheus.
///
/// With `METRICS_TOKEN` set, that token is asked for, as a Bearer token.
#[utoipa::path(get, path = "/metrics", tag = "Operations",
    responses((status = 200, body = String, content_type = "text/plain",
        example = json!("aureole_http_requests_total 1")),
        (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn get_metrics(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(token) = &app.config.metrics_token {
        let proof = Proof::of(&headers)?;
        let is_it = |proof: &Proof| secret::is_same(proof.token(), token.expose_secret());
        if !proof.as_ref().is_some_and(is_it) {
            return Err(ApiError::unauthorized("the figures ask for METRICS_TOKEN as a Bearer token"));
        }
    }
    figures::refresh(&app).await;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder::render()).into_response())
}

/// This description.
#[utoipa::path(get, path = "/openapi.yaml", tag = "Operations",
    responses((status = 200, body = Object, content_type = "application/yaml",
        example = json!({ "openapi": "3.1.0" }))))]
pub async fn get_openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/yaml"), (header::CACHE_CONTROL, "no-cache")];
    (headers, super::openapi_yaml()).into_response()
}
