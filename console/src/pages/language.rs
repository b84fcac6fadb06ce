//! The switch between languages.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite};
use serde::Deserialize;

use super::login::local;
use crate::app::App;
use crate::auth::looks::LANGUAGE;
use crate::page::language;

#[derive(Deserialize)]
pub(crate) struct Chosen {
    language: String,
    #[serde(default)]
    next: String,
}

/// Keeps the choice for a year, and goes back to where it was made.
pub(crate) async fn choose(State(app): State<Arc<App>>, Form(chosen): Form<Chosen>) -> Response {
    let back = Redirect::to(local(&chosen.next));
    let Some(language) = language(&chosen.language) else { return back.into_response() };
    let cookie = Cookie::build((LANGUAGE, language))
        .path("/")
        .same_site(SameSite::Lax)
        .secure(app.over_tls())
        .max_age(cookie::time::Duration::days(365))
        .build();
    (AppendHeaders([(SET_COOKIE, cookie.to_string())]), back).into_response()
}
