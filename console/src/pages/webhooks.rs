//! Webhooks of an account: who is told of what happens to the ads that it sees, and what did not come there.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use model::account::Role;
use model::event::What;
use serde::{Deserialize, Serialize};
use storage::outbox::Outbox as _;
use storage::webhooks::Webhook;

use super::login::Nothing;
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::hooks::{self, NoHook};
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

const FOR: [Role; 3] = [Role::Platform, Role::Advertiser, Role::Regulator];

#[derive(Serialize)]
pub(crate) struct WebhooksPage {
    hooks: Vec<HookShown>,
    /// All there are.
    kinds: [&'static str; 4],
    /// What was typed, and why it was not taken.
    url: String,
    wrong: Option<String>,
    /// A webhook, and its secret: shown this once.
    secret: Option<(String, String)>,
}

#[derive(Serialize)]
struct HookShown {
    id: String,
    url: String,
    kinds: Vec<String>,
    account: String,
    made_at: String,
    waiting: u64,
    dead: u64,
}

impl Page for WebhooksPage {
    const TEMPLATE: &'static str = "webhooks.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let hook = |kinds, dead| HookShown {
            id: hostile(),
            url: hostile(),
            kinds,
            account: hostile(),
            made_at: hostile(),
            waiting: 3,
            dead,
        };
        let hooks = vec![hook(vec!["done".into()], 2), hook(Vec::new(), 0)];
        let (wrong, secret) = (Some(hostile()), Some((hostile(), hostile())));
        let none = Self { hooks: Vec::new(), kinds: What::KINDS, url: String::new(), wrong: None, secret: None };
        vec![Self { hooks, kinds: What::KINDS, url: hostile(), wrong, secret }, none]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    page(&app, &person, String::new(), None, None).await
}

async fn page(
    app: &App,
    person: &Person,
    url: String,
    wrong: Option<String>,
    secret: Option<(String, String)>,
) -> Result<Response, Failure> {
    person.must_be(&FOR)?;
    let backlog = ask!(app.stored, store => store.backlog().await)?;
    let backlog: BTreeMap<_, _> = backlog.into_iter().map(|one| (one.destination, (one.waiting, one.dead))).collect();
    let shown = |hook: Webhook| {
        let (waiting, dead) = backlog.get(&hook.id).copied().unwrap_or_default();
        let Webhook { id, account, url, kinds, made_at, .. } = hook;
        HookShown { id, url, kinds, account, made_at: local(made_at), waiting, dead }
    };
    let hooks = hooks::of(app, &person.account).await?.into_iter().map(shown).collect();
    app.pages.show(person.frame(), &WebhooksPage { hooks, kinds: What::KINDS, url, wrong, secret })
}

/// What is typed to make one.
#[derive(Deserialize)]
pub(crate) struct NewHook {
    #[serde(default)]
    url: String,
    #[serde(default)]
    kind: Vec<String>,
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<NewHook>,
) -> Result<Response, Failure> {
    person.must_be(&FOR)?;
    match hooks::add(&app, &person.account, form.url.trim(), form.kind).await {
        Ok((hook, secret)) => {
            person.note(&app, "webhook-added", &hook.id).await?;
            page(&app, &person, String::new(), None, Some((hook.id, secret))).await
        }
        Err(NoHook::Not(key, value)) => {
            let wrong = crate::words::word(person.frame().language, "refused", key).replace("{}", &value);
            page(&app, &person, form.url, Some(wrong), None).await
        }
        Err(NoHook::Failed(failure)) => Err(failure),
    }
}

/// Gives it another secret, takes it away, or has tried again what nobody tries any more.
pub(crate) async fn act(
    State(app): State<Arc<App>>,
    Path((id, what)): Path<(String, String)>,
    Signed { person, form: Nothing {} }: Signed<Nothing>,
) -> Result<Response, Failure> {
    person.must_be(&FOR)?;
    match what.as_str() {
        "turn" => {
            let secret = hooks::turn(&app, &person.account, &id).await?.ok_or(Failure::NotFound)?;
            person.note(&app, "webhook-turned", &id).await?;
            return page(&app, &person, String::new(), None, Some((id, secret))).await;
        }
        "delete" => {
            if !hooks::drop_it(&app, &person.account, &id).await? {
                return Err(Failure::NotFound);
            }
            person.note(&app, "webhook-deleted", &id).await?;
            Ok(Redirect::to("/webhooks?done=saved").into_response())
        }
        "retry" => {
            let own = hooks::of(&app, &person.account).await?;
            own.iter().find(|hook| hook.id == id).ok_or(Failure::NotFound)?;
            let now = (app.clock)();
            ask!(app.stored, store => store.revive(None, Some(&id), now).await)?;
            person.note(&app, "outbox-retried", &id).await?;
            Ok(Redirect::to("/webhooks?done=retried").into_response())
        }
        _ => Err(Failure::NotFound),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<super::WebhooksPage>();
    }
}
