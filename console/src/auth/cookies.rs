//! Cookies that are secrets: read by no script, sent by no other site, and over TLS set for this very host alone.

use axum::http::HeaderMap;
use cookie::time::Duration;
use cookie::{Cookie, SameSite};

use super::looks;
use crate::app::App;

/// What a cookie is called. Browsers take one with this prefix only over TLS, for this host and all of it: no neighbour's page
/// can set it. Over plain HTTP, on this machine, there is no such thing.
fn called(app: &App, name: &str) -> String {
    if app.over_tls() { format!("__Host-{name}") } else { name.to_owned() }
}

pub(crate) fn given(app: &App, headers: &HeaderMap, name: &str) -> Option<String> {
    looks::cookie(headers, &called(app, name))
}

/// For as long as the browser is open, or so many seconds.
pub(crate) fn keep(app: &App, name: &str, value: String, secs: Option<i64>) -> String {
    let cookie = Cookie::build((called(app, name), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.over_tls());
    let cookie = match secs {
        Some(secs) => cookie.max_age(Duration::seconds(secs)),
        None => cookie,
    };
    cookie.build().to_string()
}

/// Takes it back.
pub(crate) fn forget(app: &App, name: &str) -> String {
    keep(app, name, String::new(), Some(0))
}
