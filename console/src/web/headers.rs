//! What every answer says about how it may be used: the policy of the pages, and what browsers may not do with them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// Nothing from elsewhere, nothing written into a page, no frame around it.
const POLICY: &str = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

/// Two years, as browsers ask of those that they ship in their own lists.
const ONLY_TLS: &str = "max-age=63072000; includeSubDomains";

pub(crate) async fn set(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        // What is stricter already stays: evidence that is downloaded.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // What one account sees is kept by no cache on the way, nor shown by the Back button after signing out.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // What is for programs is no page, whatever a browser makes of it.
    let json = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.contains("json"));
    if headers.get(header::CONTENT_TYPE).is_some_and(json) {
        headers
            .entry(header::CONTENT_DISPOSITION)
            .or_insert(HeaderValue::from_static("attachment; filename=\"answer.json\""));
    }
    if app.over_tls() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONLY_TLS));
    }
    response
}
