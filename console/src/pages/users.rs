//! The accounts, for those who look after them: who there is, what each sees, and the switch that ends all of it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::{Account, AccountError, Role};
use serde::{Deserialize, Serialize};
use storage::accounts::{Accounts as _, Secrets};

use super::login::Nothing;
use crate::app::App;
use crate::auth::{Person, Signed, password, secret};
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

#[derive(Serialize)]
pub(crate) struct UsersPage {
    users: Vec<UserShown>,
    /// What was typed, and why it was not taken.
    form: NewUser,
    wrong: Option<Wrong>,
    /// Name and password of an account that was just made: shown this once.
    made: Option<(String, String)>,
}

/// A key of `[refused]`, and what stands in its place.
type Wrong = (&'static str, String);

#[derive(Serialize)]
struct UserShown {
    name: String,
    role: &'static str,
    tenant: String,
    platform: Option<String>,
    region: Option<String>,
    created_at: String,
    disabled_at: Option<String>,
    totp: bool,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct NewUser {
    name: String,
    role: String,
    tenant: String,
    platform: String,
    region: String,
}

impl Page for UsersPage {
    const TEMPLATE: &'static str = "users.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let user = |disabled_at| UserShown {
            name: hostile(),
            role: "advertiser",
            tenant: hostile(),
            platform: Some(hostile()),
            region: Some("4403".into()),
            created_at: hostile(),
            disabled_at,
            totp: true,
        };
        let form =
            NewUser { name: hostile(), role: hostile(), tenant: hostile(), platform: hostile(), region: hostile() };
        let users = vec![user(None), user(Some(hostile()))];
        let none = Self { users: Vec::new(), form: NewUser::default(), wrong: None, made: None };
        vec![Self { users, form, wrong: Some(("no-name", hostile())), made: Some((hostile(), hostile())) }, none]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    page(&app, &person, NewUser::default(), None, None).await
}

async fn page(
    app: &App,
    person: &Person,
    form: NewUser,
    wrong: Option<Wrong>,
    made: Option<(String, String)>,
) -> Result<Response, Failure> {
    person.must_be(&[])?;
    let accounts = ask!(app.stored, store => store.accounts().await)?;
    let users = accounts.iter().map(|account| UserShown {
        name: account.name.clone(),
        role: account.role.word(),
        tenant: account.tenant.clone(),
        platform: account.platform.clone(),
        region: account.region.clone(),
        created_at: local(account.created_at),
        disabled_at: account.disabled_at.map(local),
        totp: account.totp,
    });
    app.pages.show(person.frame(), &UsersPage { users: users.collect(), form, wrong, made })
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewUser>,
) -> Result<Response, Failure> {
    person.must_be(&[])?;
    let account = match made(&form, (app.clock)()) {
        Ok(account) => account,
        Err(wrong) => return page(&app, &person, form, Some(wrong), None).await,
    };
    let given = secret::new();
    let typed = given.clone();
    let hashed = app.hashing.done(move || password::hash(&typed)).await?;
    let secrets = Secrets { password: Some(hashed), ..Secrets::default() };
    if !ask!(app.stored, store => store.add_account(&account, &secrets).await)? {
        let wrong = ("name-taken", account.name.clone());
        return page(&app, &person, form, Some(wrong), None).await;
    }
    person.note(&app, "user-added", &account.name).await?;
    page(&app, &person, NewUser::default(), None, Some((account.name, given))).await
}

fn made(form: &NewUser, now: chrono::DateTime<chrono::Utc>) -> Result<Account, Wrong> {
    let role: Role = form.role.parse().map_err(|error| refused(&error))?;
    let platform = Some(form.platform.trim().to_owned()).filter(|platform| !platform.is_empty());
    let account = Account::new(form.name.trim(), role, form.tenant.trim(), platform, now);
    let account = match form.region.trim() {
        "" => account,
        region => account.and_then(|account| account.of_region(region)),
    };
    account.map_err(|error| refused(&error))
}

fn refused(error: &AccountError) -> Wrong {
    match error {
        AccountError::NoName(name) => ("no-name", name.clone()),
        AccountError::NoSuchRole(role) => ("no-role", role.clone()),
        AccountError::NoTenant(_) => ("no-tenant", String::new()),
        AccountError::EveryAdvertiser => ("every-advertiser", String::new()),
        AccountError::PlatformTwice(_) => ("platform-twice", String::new()),
        AccountError::NoRegion(code) => ("no-region", code.clone()),
        AccountError::RegionOf(_) => ("region-of", String::new()),
        // Of tokens, which are not made here.
        error @ (AccountError::NoSuchScope(_) | AccountError::NotOfRole { .. }) => ("form", error.to_string()),
    }
}

/// Disables an account, which ends its sessions and tokens, or has it sign in again.
pub(crate) async fn turn(
    State(app): State<Arc<App>>,
    Path((name, to)): Path<(String, String)>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    person.must_be(&[])?;
    if name == person.account.name {
        return Err(Failure::bad("own-account"));
    }
    let disabled_at = match to.as_str() {
        "disable" => Some((app.clock)()),
        "enable" => None,
        _ => return Err(Failure::NotFound),
    };
    let (account, secrets) = ask!(app.stored, store => store.account(&name).await)?.ok_or(Failure::NotFound)?;
    ask!(app.stored, store => store.change_account(&Account { disabled_at, ..account }, &secrets).await)?;
    person.note(&app, &format!("user-{to}d"), &name).await?;
    Ok(Redirect::to("/users?done=saved").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<UsersPage>();
    }

    #[test]
    fn what_is_wrong_with_a_new_account_is_said() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let form = |name: &str, role: &str, tenant: &str| NewUser {
            name: name.into(),
            role: role.into(),
            tenant: tenant.into(),
            ..NewUser::default()
        };
        assert!(made(&form("li", "platform", "*"), now).is_ok());
        let city = NewUser { region: " 440300".into(), ..form("li", "regulator", "*") };
        assert_eq!(made(&city, now).expect("an account").region.as_deref(), Some("4403"));
        for wrong in [
            form("", "platform", "*"),
            form("li", "boss", "*"),
            form("li", "advertiser", "*"),
            form("li", "platform", ""),
            NewUser { region: "44".into(), ..form("li", "platform", "*") },
            NewUser { region: "440".into(), ..form("li", "regulator", "*") },
        ] {
            assert!(made(&wrong, now).is_err_and(|(key, _)| crate::words::known("en", "refused", key)), "{wrong:?}");
        }
    }
}
