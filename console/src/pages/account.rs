//! The account of whoever is signed in: sessions, password, second factor.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use storage::accounts::{Accounts as _, Secrets};

use super::login::Nothing;
use crate::app::App;
use crate::auth::{Person, Signed, password, totp};
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

#[derive(Serialize)]
pub(crate) struct AccountPage {
    sessions: Vec<SessionShown>,
    totp: bool,
    /// A key that is not in use yet, and its address for authenticator apps.
    new_key: Option<(String, String)>,
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
        let with = |totp, new_key| Self { sessions: vec![session(true), session(false)], totp, new_key };
        vec![with(true, None), with(false, Some((hostile(), hostile())))]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    let (name, now) = (person.account.name.clone(), (app.clock)());
    let sessions = ask!(app.stored, store => store.sessions_of(&name, now).await)?;
    let sessions = sessions.iter().map(|session| SessionShown {
        begun_at: local(session.begun_at),
        seen_at: local(session.seen_at),
        address: session.address.clone(),
        agent: session.agent.clone(),
        this: session.hash == person.hash,
    });
    let new_key = (!person.account.totp).then(totp::new_key).map(|key| {
        let address = totp::address(&key, &name);
        (key, address)
    });
    let page = AccountPage { sessions: sessions.collect(), totp: person.account.totp, new_key };
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
    let secrets = proven(&app, &person, form.old).await?;
    password::refuse_weak(&form.new, name).map_err(|weak| Failure::Bad(weak.to_string()))?;
    let turn = app.hashing.acquire().await;
    let hashed = tokio::task::spawn_blocking(move || password::hash(&form.new)).await;
    drop(turn);
    let hashed = hashed.map_err(|_| Failure::Bad("try again".into()))?;
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
}

/// Sets up the second factor, once a code proves that an app has its key.
pub(crate) async fn factor(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewFactor>,
) -> Result<Response, Failure> {
    let secrets = proven(&app, &person, form.password).await?;
    let step = totp::step(&form.key, &form.code, (app.clock)());
    let step = step.ok_or_else(|| {
        Failure::Bad("the code is not of this key: look at the clock of the phone, and try again".into())
    })?;
    let secrets = Secrets { totp: Some(form.key), totp_step: Some(step), ..secrets };
    let account = model::account::Account { totp: true, ..person.account.clone() };
    ask!(app.stored, store => store.change_account(&account, &secrets).await)?;
    person.note(&app, "second-factor", &account.name).await?;
    Ok(Redirect::to("/account?done=factor").into_response())
}

/// The secrets of the account, once its password was given again.
async fn proven(app: &App, person: &Person, given: String) -> Result<Secrets, Failure> {
    let name = &person.account.name;
    let found = ask!(app.stored, store => store.account(name).await)?;
    let (_, secrets) = found.ok_or(Failure::NotFound)?;
    let kept = secrets.password.clone();
    let turn = app.hashing.acquire().await;
    let right = tokio::task::spawn_blocking(move || password::is(&given, kept.as_deref())).await.unwrap_or(false);
    drop(turn);
    if right { Ok(secrets) } else { Err(Failure::Bad("the password is not right".into())) }
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
