//! Signing in by the operator's identity provider: there, and back.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use model::account::Account;
use serde::Deserialize;
use storage::accounts::{Accounts as _, Secrets, Way};
use tracing::warn;

use super::login::{self, LoginPage, Next};
use crate::app::App;
use crate::auth::tries::{self, Tried};
use crate::auth::{cookies, looks};
use crate::identity::begun::{COOKIE, MINUTES};
use crate::identity::{Begun, Failed, Provider};
use crate::stored::ask;
use crate::web::failure::Failure;

/// What the browser brings back.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Why nobody is signed in: the key of what is said, and whom the provider named.
struct Not {
    word: &'static str,
    identity: Option<String>,
}

impl From<&'static str> for Not {
    fn from(word: &'static str) -> Self {
        Self { word, identity: None }
    }
}

pub(crate) async fn leave(
    State(app): State<Arc<App>>,
    Query(Next { next }): Query<Next>,
    parts: Parts,
) -> Result<Response, Failure> {
    let provider = app.provider.as_ref().ok_or(Failure::NotFound)?;
    // Whoever leaves has shown nothing yet.
    let left = app.limits.take(&format!("leaves {}", looks::network(&looks::address(&app, &parts))), (app.clock)());
    if !left.goes_on {
        return Err(Failure::TooMany { again_in_secs: left.more_in_secs });
    }
    let begun = Begun::new(&next);
    match provider.way_there(&app, &begun).await {
        Ok(there) => {
            let cookie = cookies::keep(&app, COOKIE, begun.kept(), Some(60 * MINUTES));
            Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(there.as_str())).into_response())
        }
        Err(failed) => not(&app, &parts, &begun.next, told(&failed).into()).await,
    }
}

pub(crate) async fn come_back(
    State(app): State<Arc<App>>,
    Query(back): Query<Back>,
    parts: Parts,
) -> Result<Response, Failure> {
    let provider = app.provider.as_ref().ok_or(Failure::NotFound)?;
    let kept = cookies::given(&app, &parts.headers, COOKIE);
    let begun = kept.and_then(|kept| Begun::of(&kept)).filter(|begun| begun.is_state(&back.state));
    // Nobody is asked anything about what did not begin in this browser.
    let Some(begun) = begun else { return not(&app, &parts, "", "provider-stale".into()).await };
    let address = looks::address(&app, &parts);
    let number = tries::noted(&app, &Tried::Provider, &address).await?;
    match who(&app, provider, &begun, &back).await? {
        Ok((account, secrets)) => {
            tries::succeeded(&app, &Tried::Provider, number).await?;
            let mut response =
                login::begin(&app, &parts, &account, secrets.version, Way::Provider, &begun.next).await?;
            forget(&app, &mut response);
            Ok(response)
        }
        Err(not_in) => {
            let named = not_in.identity.clone().unwrap_or_default();
            login::note(&app, if named.is_empty() { "-" } else { &named }, "-", "login-failed", &address).await?;
            not(&app, &parts, &begun.next, not_in).await
        }
    }
}

/// Whose account it is that the provider names.
async fn who(
    app: &App,
    provider: &Provider,
    begun: &Begun,
    back: &Back,
) -> Result<Result<(Account, Secrets), Not>, Failure> {
    if let Err(failed) = provider.must_be_from(app, back.iss.as_deref()).await {
        return Ok(Err(told(&failed).into()));
    }
    let Some(code) = &back.code else {
        let denied = back.error.as_deref() == Some("access_denied");
        return Ok(Err(if denied { "provider-denied" } else { "provider-failed" }.into()));
    };
    let identity = match provider.who(app, begun, code).await {
        Ok(identity) => identity,
        Err(failed) => return Ok(Err(told(&failed).into())),
    };
    let found = ask!(app.stored, store => store.account_of_subject(&identity).await)?;
    let found = found.filter(|(account, _)| account.disabled_at.is_none());
    Ok(found.ok_or(Not { word: "provider-unknown", identity: Some(identity) }))
}

/// What is said to people; the rest stands in the log.
fn told(failed: &Failed) -> &'static str {
    warn!(error = %failed, "Nobody could be signed in by the identity provider");
    match failed {
        Failed::Unreached(_) | Failed::Silent => "provider-away",
        _ => "provider-failed",
    }
}

async fn not(app: &App, parts: &Parts, next: &str, Not { word, identity }: Not) -> Result<Response, Failure> {
    let mut frame = looks::frame(parts, None);
    // What the browser brought is good for once, and stands in no link.
    "/login".clone_into(&mut frame.here);
    let page = LoginPage::new(app, &frame, next).await?;
    let mut response = app.pages.show(&frame, &page.saying(word, identity))?;
    forget(app, &mut response);
    Ok(response)
}

/// A sign-in is finished once, whatever came of it.
fn forget(app: &App, response: &mut Response) {
    let gone = cookies::forget(app, COOKIE).parse().expect("internal error: a cookie is a header");
    response.headers_mut().append(SET_COOKIE, gone);
}
