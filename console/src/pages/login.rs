//! Signing in and out.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use model::account::Account;
use serde::{Deserialize, Serialize};
use storage::accounts::{Accounts as _, NewAccess, Secrets, Session, Version, Way};
use storage::store::StoreError;

use crate::app::App;
use crate::auth::person::SESSION;
use crate::auth::tries::{self, Tried as Trying};
use crate::auth::{Person, Signed, cookies, factor, looks, password, secret};
use crate::page::{Frame, Page};
use crate::stored::ask;
use crate::web::failure::Failure;

/// What a browser says of itself is kept so far. Characters.
const LONGEST_AGENT: usize = 200;

#[derive(Serialize)]
pub(crate) struct LoginPage {
    next: String,
    name: String,
    /// Why the last try failed, a key.
    wrong: Option<&'static str>,
    /// Whom the identity provider named, where no account is theirs.
    identity: Option<String>,
    /// The name of the identity provider, where there is one.
    provider: Option<String>,
    /// Whether nobody has an account yet.
    nobody: bool,
}

impl LoginPage {
    pub(crate) async fn new(app: &App, frame: &Frame, next: &str) -> Result<Self, Failure> {
        let nobody = ask!(app.stored, store => store.accounts().await)?.is_empty();
        let provider = app.provider.as_ref().map(|provider| provider.name(frame.language).to_owned());
        let (next, name) = (local(next).to_owned(), String::new());
        Ok(Self { next, name, wrong: None, identity: None, provider, nobody })
    }

    /// Says why nobody is signed in, and whom the identity provider named.
    pub(crate) fn saying(self, wrong: &'static str, identity: Option<String>) -> Self {
        Self { wrong: Some(wrong), identity, ..self }
    }
}

impl Page for LoginPage {
    const TEMPLATE: &'static str = "login.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = crate::page::tests::HOSTILE.to_owned();
        let page = |wrong, nobody| Self {
            next: hostile.clone(),
            name: hostile.clone(),
            wrong,
            identity: None,
            provider: None,
            nobody,
        };
        let unknown = Self {
            identity: Some(hostile.clone()),
            provider: Some(hostile.clone()),
            ..page(Some("provider-unknown"), false)
        };
        vec![page(None, false), page(None, true), page(Some("wrong"), false), page(Some("code"), false), unknown]
    }
}

#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    pub(crate) next: String,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    Query(Next { next }): Query<Next>,
    parts: Parts,
) -> Result<Response, Failure> {
    let frame = looks::frame(&parts, None);
    let page = LoginPage::new(&app, &frame, &next).await?;
    app.pages.show(&frame, &page)
}

#[derive(Deserialize)]
pub(crate) struct Tried {
    name: String,
    password: String,
    /// Of the second factor, where one is set up.
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    parts: Parts,
    Form(tried): Form<Tried>,
) -> Result<Response, Failure> {
    let address = looks::address(&app, &parts);
    let known = tries::is_known(&app, &parts.headers, &tried.name);
    let trying = Trying::Login { name: &tried.name, known };
    let number = tries::noted(&app, &trying, &address).await?;
    let found = who(&app, &tried).await;
    if let Err(Failure::Busy) = &found {
        tries::passed_over(&app, number).await?;
    }
    match found? {
        Ok((account, secrets)) => {
            tries::succeeded(&app, &trying, number).await?;
            begin(&app, &parts, &account, secrets.version, Way::Password, &tried.next).await
        }
        Err(wrong) => {
            note(&app, &tried.name, "-", "login-failed", &address).await?;
            let frame = looks::frame(&parts, None);
            let page = LoginPage::new(&app, &frame, &tried.next).await?;
            app.pages.show(&frame, &LoginPage { name: tried.name, wrong: Some(wrong), ..page })
        }
    }
}

/// The account, if everything is right; else what to say.
async fn who(app: &App, tried: &Tried) -> Result<Result<(Account, Secrets), &'static str>, Failure> {
    let found = ask!(app.stored, store => store.account(&tried.name).await)?;
    let kept = found.as_ref().and_then(|(_, secrets)| secrets.password.clone());
    let given = tried.password.clone();
    // Where there is no such account as much is computed: nobody learns by the time it takes which names there are.
    let right = app.hashing.done(move || password::is(&given, kept.as_deref())).await?;
    let Some((account, secrets)) = found.filter(|(account, _)| right && account.disabled_at.is_none()) else {
        return Ok(Err("wrong"));
    };
    if secrets.totp.is_none() {
        return Ok(Ok((account, secrets)));
    }
    let proven = factor::is(app, &account.name, &secrets, &tried.code).await?;
    Ok(if proven { Ok(factor::sealed(app, account, secrets).await?) } else { Err("code") })
}

/// Begins a session of an account as it was checked: a new one, whatever cookie was there before.
pub(crate) async fn begin(
    app: &App,
    parts: &Parts,
    account: &Account,
    checked: Version,
    way: Way,
    next: &str,
) -> Result<Response, Failure> {
    let (now, address, secret) = ((app.clock)(), looks::address(app, parts), secret::new());
    let agent = parts.headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let session = Session {
        hash: secret::hash(&secret),
        account: account.name.clone(),
        way,
        csrf: secret::new(),
        begun_at: now,
        seen_at: now,
        ends_at: now + TimeDelta::seconds(i64::try_from(app.settings.session_secs).unwrap_or(0)),
        address: address.clone(),
        agent: agent.chars().take(LONGEST_AGENT).collect(),
    };
    if !ask!(app.stored, store => store.begin_session(&session, checked).await)? {
        return Err(StoreError::Overtaken(account.name.clone()).into());
    }
    note(app, &account.name, account.role.word(), "login", &address).await?;
    let known = if way == Way::Password { tries::known_cookie(app, &account.name) } else { None };
    let kept = [Some(cookies::keep(app, SESSION, secret, None)), known].into_iter().flatten();
    Ok((AppendHeaders(kept.map(|cookie| (SET_COOKIE, cookie))), Redirect::to(local(next))).into_response())
}

pub(crate) async fn note(app: &App, who: &str, role: &str, action: &str, address: &str) -> Result<(), Failure> {
    let access = NewAccess {
        at: (app.clock)(),
        who: who.chars().take(LONGEST_AGENT).collect(),
        role: role.to_owned(),
        action: action.to_owned(),
        object: String::new(),
        address: address.to_owned(),
    };
    Ok(ask!(app.stored, store => store.note_access(&access).await)?)
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

pub(crate) async fn sign_out(
    State(app): State<Arc<App>>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    let Person { hash, .. } = &person;
    ask!(app.stored, store => store.end_session(hash).await)?;
    person.note(&app, "logout", "").await?;
    let gone = cookies::forget(&app, SESSION);
    Ok((AppendHeaders([(SET_COOKIE, gone)]), Redirect::to("/login")).into_response())
}

/// A path of this console, whatever was asked for: nobody is sent elsewhere after signing in.
pub(crate) fn local(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(|c: char| c == '\\' || c.is_control());
    if own { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (asked, given) in [
            ("/cases?verdict=clean", "/cases?verdict=clean"),
            ("", "/"),
            ("https://b.test/", "/"),
            ("//b.test/", "/"),
            ("/\\b.test", "/"),
            ("/a\r\nset-cookie: a=b", "/"),
            // Browsers pass over tabs in addresses.
            ("/\t/b.test", "/"),
        ] {
            assert_eq!(local(asked), given, "{asked}");
        }
    }

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<LoginPage>();
    }
}
