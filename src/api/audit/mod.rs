//! `/Audit`: who changed, exported, erased or read what.

mod wire;

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::wire::{AuditList, AuditQuery};
use super::{
    address::ComesFrom,
    error::{ApiError, ErrorBody},
    extract::{Json, Query},
};
use crate::{
    app::App,
    domain::{audit::Actor, caller::Caller},
    service::audit,
};

/// Whoever asks, as the audit names them.
impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let address = parts.extensions.get().and_then(|&ComesFrom(address)| address);
        Ok(Self::of(&caller, address))
    }
}

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

/// List what was done, the newest first.
///
/// Changes of the configuration, sign-ins, exports, erasures, downloads of files, and who of the staff
/// read a chat without being in it (once an hour). Entries name members that changed, never what they
/// held. `next`, given back as `after`, goes on with older ones; it is absent on the last page.
#[utoipa::path(get, path = "/Audit", tag = "Audit", params(AuditQuery),
    responses((status = 200, body = AuditList), (status = 400, body = ErrorBody)))]
pub async fn list_audit(
    State(app): State<App>,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditList>, ApiError> {
    let filter = query.filter()?;
    let mut entries = audit::list(&app, &filter).await?;
    // One more than asked for was read, to see whether there is more.
    let page = usize::try_from(filter.limit - 1).unwrap_or_default();
    let has_more = entries.len() > page;
    entries.truncate(page);
    Ok(Json(AuditList::new(entries, has_more)))
}
