//! The account of whoever is signed in: sessions, password, second factor.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use storage::accounts::{Accounts as _, Secrets};

use super::login::Nothing;
use crate::app::App;
use crate::auth::tries::{self, Tried};
use crate::auth::{Person, Signed, factor, password, qr, recovery, totp};
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::vault::Sealed;
use crate::web::failure::Failure;

#[derive(Serialize)]
pub(crate) struct AccountPage {
    sessions: Vec<SessionShown>,
    /// Whether one signs in by a password here, and so by a second factor.
    password: bool,
    totp: bool,
    /// Codes that are left for its loss.
    codes_left: u64,
    /// Codes that were just made: shown this once.
    codes: Vec<String>,
    /// Whether nothing else is shown before it is set up.
    must: bool,
    /// To set one up, or another one.
    new_key: Option<NewKey>,
}

/// A key that is not in use yet.
#[derive(Serialize)]
struct NewKey {
    key: String,
    /// For authenticator apps.
    address: String,
    /// The address as a QR code: its width, and its path.
    drawn: Option<(usize, String)>,
}

impl NewKey {
    fn of(name: &str) -> Self {
        let key = totp::new_key();
        let address = totp::address(&key, name);
        Self { drawn: qr::drawn(&address), key, address }
    }
}

#[derive(Serialize)]
struct SessionShown {
    begun_at: String,
    seen_at: String,
    address: String,
    agent: String,
    this: bool,
}

impl Page for AccountPage {
    const TEMPLATE: &'static str = "account.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let session =
            |this| SessionShown { begun_at: hostile(), seen_at: hostile(), address: hostile(), agent: hostile(), this };
        let sessions = || vec![session(true), session(false)];
        let with = |totp, new_key| Self {
            sessions: sessions(),
            password: true,
            totp,
            codes_left: 3,
            codes: Vec::new(),
            must: false,
            new_key,
        };
        let elsewhere = Self { password: false, ..with(false, None) };
        let codes = Self { codes: vec![hostile()], ..with(true, None) };
        let key = |drawn| Some(NewKey { key: hostile(), address: hostile(), drawn });
        let must = Self { must: true, ..with(false, key(Some((45, "M4 4h1v1h-1z".into())))) };
        vec![with(true, key(None)), with(false, key(None)), elsewhere, codes, must]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    page(&app, &person, Vec::new()).await
}

/// With codes that were just made.
async fn page(app: &App, person: &Person, codes: Vec<String>) -> Result<Response, Failure> {
    let (name, now) = (person.account.name.clone(), (app.clock)());
    let sessions = ask!(app.stored, store => store.sessions_of(&name, now).await)?;
    let sessions = sessions.iter().map(|session| SessionShown {
        begun_at: local(session.begun_at),
        seen_at: local(session.seen_at),
        address: session.address.clone(),
        agent: session.agent.clone(),
        this: session.hash == person.hash,
    });
    // As it is now: it may have changed with this very request.
    let (account, secrets) = ask!(app.stored, store => store.account(&name).await)?.ok_or(Failure::NotFound)?;
    let (password, totp) = (secrets.password.is_some(), account.totp);
    let page = AccountPage {
        sessions: sessions.collect(),
        password,
        totp,
        codes_left: ask!(app.stored, store => store.recovery_codes_left(&name).await)?,
        codes,
        must: person.must_set_up(app) && !totp,
        new_key: password.then(|| NewKey::of(&name)),
    };
    app.pages.show(person.frame(), &page)
}

#[derive(Deserialize)]
pub(crate) struct NewPassword {
    old: String,
    new: String,
}

pub(crate) async fn password(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewPassword>,
) -> Result<Response, Failure> {
    let name = &person.account.name;
    let secrets = proven(&app, &person, form.old, None).await?;
    password::refuse_weak(&form.new, name)?;
    let hashed = app.hashing.done(move || password::hash(&form.new)).await?;
    let secrets = Secrets { password: Some(hashed), ..secrets };
    // Every session ends with the old password, this one too.
    ask!(app.stored, store => store.change_account(&person.account, &secrets).await)?;
    person.note(&app, "password", name).await?;
    Ok(Redirect::to("/login").into_response())
}

#[derive(Deserialize)]
pub(crate) struct NewFactor {
    password: String,
    key: String,
    code: String,
    /// Of the one that is set up, where one is.
    #[serde(default)]
    old_code: String,
}

/// Sets up the second factor, once a code proves that an app has its key: in place of another one only with a code of that one.
pub(crate) async fn factor(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewFactor>,
) -> Result<Response, Failure> {
    let secrets = proven(&app, &person, form.password, Some(&form.old_code)).await?;
    let step = totp::step(&form.key, &form.code, (app.clock)());
    let step = step.ok_or_else(|| Failure::bad("code"))?;
    let sealed = app.vault.seal(&Sealed::Factor(person.account.name.clone()), &form.key)?;
    let secrets = Secrets { totp: Some(sealed), totp_step: Some(step), ..secrets };
    let account = model::account::Account { totp: true, ..person.account.clone() };
    ask!(app.stored, store => store.change_account(&account, &secrets).await)?;
    person.note(&app, "second-factor", &account.name).await?;
    // Whoever signed in without it does so again.
    let others = Some(&person.hash);
    ask!(app.stored, store => store.end_sessions_of(&account.name, others).await)?;
    renewed(&app, &person).await
}

#[derive(Deserialize)]
pub(crate) struct NewCodes {
    password: String,
    #[serde(default)]
    old_code: String,
}

/// Makes new codes for the loss of the second factor, in place of those that are left.
pub(crate) async fn codes(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewCodes>,
) -> Result<Response, Failure> {
    proven(&app, &person, form.password, Some(&form.old_code)).await?;
    if !person.account.totp {
        return Err(Failure::NotFound);
    }
    person.note(&app, "recovery-codes", &person.account.name).await?;
    renewed(&app, &person).await
}

async fn renewed(app: &App, person: &Person) -> Result<Response, Failure> {
    let codes = recovery::new();
    let kept: Vec<_> = codes.iter().filter_map(|code| recovery::hash(code)).collect();
    ask!(app.stored, store => store.renew_recovery_codes(&person.account.name, &kept).await)?;
    page(app, person, codes).await
}

/// The secrets of the account, once its password was given again; where a code is asked for as well, and a second factor is set
/// up, with one of that. As often as somebody may sign in.
async fn proven(app: &App, person: &Person, given: String, code: Option<&str>) -> Result<Secrets, Failure> {
    let name = &person.account.name;
    let (_, secrets) = ask!(app.stored, store => store.account(name).await)?.ok_or(Failure::NotFound)?;
    let tried = Tried::Again(name);
    let number = tries::noted(app, &tried, &person.address).await?;
    let kept = secrets.password.clone();
    let right = match app.hashing.done(move || password::is(&given, kept.as_deref())).await {
        Err(busy) => {
            tries::passed_over(app, number).await?;
            return Err(busy);
        }
        Ok(right) => right,
    };
    let code = code.filter(|_| secrets.totp.is_some());
    let wrong = match code {
        _ if !right => Some("password"),
        Some(code) if !factor::is(app, name, &secrets, code).await? => Some("old-code"),
        _ => None,
    };
    match wrong {
        None => tries::succeeded(app, &tried, number).await.map(|()| secrets),
        Some(wrong) => {
            person.note(app, "proof-failed", name).await?;
            Err(Failure::bad(wrong))
        }
    }
}

pub(crate) async fn end_sessions(
    State(app): State<Arc<App>>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    let (name, hash) = (&person.account.name, &person.hash);
    ask!(app.stored, store => store.end_sessions_of(name, Some(hash)).await)?;
    person.note(&app, "sessions-ended", name).await?;
    Ok(Redirect::to("/account?done=sessions").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<AccountPage>();
    }
}
