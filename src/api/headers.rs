//! What every answer says to browsers: it is data and no page, nobody frames it, nobody keeps it.

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};

use crate::app::App;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// For whatever has not said otherwise. Reading an answer from another site's page is what CORS is
/// about; embedding one is nobody's business.
const EVERYWHERE: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (RESOURCE_POLICY, "same-origin"),
    (OPENER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The reference is a page: it runs its own files, which hold no script within the page, and asks this
/// server. Its pictures are drawn into its style sheet; the one style that it puts into the page itself
/// colours its logo.
const PAGE: [(HeaderName, &str); 2] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; \
         style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "no-cache"),
];

/// Adds what an answer does not say itself.
pub async fn complete(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in EVERYWHERE {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Lets pages be pages.
pub fn of_pages(routes: Router<App>) -> Router<App> {
    routes.layer(middleware::map_response(async |mut response: Response| {
        for (name, value) in PAGE {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }))
}
