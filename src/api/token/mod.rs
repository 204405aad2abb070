//! `/auth/token`: tokens for API clients, agents and visitors.

pub mod wire;

use axum::{
    Extension,
    extract::{Request, State},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::wire::{TokenForm, TokenMembers, TokenRequest};
use super::{
    address::ComesFrom,
    error::{ApiError, ErrorBody},
    extract::{Json, body_of},
};
use crate::{
    app::App,
    service::auth::token::{self, TokenError},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_token))
}

/// Ask for a token (OAuth 2.0).
///
/// Grants: `client_credentials` for programs, `password` for agents, `refresh_token` for whoever got
/// one. A tenant, in the query or the form, is accepted and means nothing.
#[utoipa::path(post, path = "/auth/token", tag = "Sign-in",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenMembers), (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn post_token(
    State(app): State<App>,
    Extension(ComesFrom(address)): Extension<ComesFrom>,
    request: Request,
) -> Result<Json<TokenMembers>, ApiError> {
    let body = body_of(request, &app).await?;
    let TokenRequest { grant, scopes } = wire::read(&body)?;
    let issued = token::issue(&app, grant, &scopes, address).await.inspect_err(|error| {
        if !matches!(error, TokenError::Store(_)) {
            tracing::warn!(%error, "a sign-in was refused");
        }
    })?;
    Ok(Json(TokenMembers::from(&issued)))
}
