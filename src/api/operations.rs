//! For whoever runs the server: health, figures, and the description of this API.

use std::sync::LazyLock;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{error::ErrorBody, extract::Json};
use crate::{app::App, service::installation};

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

/// Whether requests can be served: the database answers and every migration has been applied.
#[utoipa::path(get, path = "/health/ready", tag = "Operations",
    responses((status = 200, body = Health), (status = 503, body = Health)))]
pub async fn get_ready(State(app): State<App>) -> (StatusCode, Json<Health>) {
    if installation::is_ready(&app).await {
        (StatusCode::OK, Json(Health { status: "ok" }))
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(Health { status: "the database does not answer or is not migrated" }),
        )
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "Operations",
    responses((status = 200, body = String, content_type = "text/plain",
        example = json!("aureole_http_requests_total 1")), (status = 503, body = ErrorBody)))]
pub async fn get_metrics() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], RECORDER.render()).into_response()
}

/// One recorder for the process; asking for it installs it.
static RECORDER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    metrics_exporter_prometheus::PrometheusBuilder::new()
        .install_recorder()
        .expect("nobody else installs a recorder")
});

/// Makes figures count from the start, not from the first look at them.
pub fn start_recording() {
    LazyLock::force(&RECORDER);
}

/// This description.
#[utoipa::path(get, path = "/openapi.yaml", tag = "Operations",
    responses((status = 200, body = Object, content_type = "application/yaml",
        example = json!({ "openapi": "3.1.0" }))))]
pub async fn get_openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/yaml"), (header::CACHE_CONTROL, "no-cache")];
    (headers, super::openapi_yaml()).into_response()
}
