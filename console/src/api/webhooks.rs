//! Webhooks of the token's account: made, listed, given another secret, and taken away.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use model::event::What;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::webhooks::Webhook;

use super::asked::{Created, Given, Named, Sent};
use super::caller::{Caller, Webhooks};
use super::document::{Answer, Operation};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::hooks::{self, NoHook};
use crate::web::failure::Failure;

/// What happens, that is told.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Told {
    Done,
    Error,
    Violation,
    Decided,
}

impl Told {
    fn word(self) -> &'static str {
        What::KINDS[self as usize]
    }
}

/// What is asked of a new webhook.
#[derive(Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = Making::sample())]
pub(crate) struct Making {
    /// Over https, and on the Internet.
    #[schemars(length(min = 1, max = 2000))]
    url: String,
    /// Of what it is told; none: of everything. One that is named twice is named.
    #[serde(default)]
    events: Vec<Told>,
}

impl Making {
    fn sample() -> Self {
        Self { url: "https://hooks.example/postlink".to_owned(), events: vec![Told::Violation, Told::Decided] }
    }
}

/// A webhook.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Hook {
    id: String,
    url: String,
    /// Of what it is told; none: of everything.
    events: Vec<String>,
    /// Whose sight it has.
    account: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    made_at: DateTime<Utc>,
}

impl From<Webhook> for Hook {
    fn from(hook: Webhook) -> Self {
        let Webhook { id, account, url, kinds: events, made_at, .. } = hook;
        Self { id, url, events, account, made_at }
    }
}

/// Webhooks by when they were made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Hooks {
    items: Vec<Hook>,
}

/// A webhook that was just made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NewHook {
    #[serde(flatten)]
    hook: Hook,
    /// Signs each message, as Standard Webhooks has it; it is given this once.
    secret: String,
}

/// What signs from now on; the secret before it does so for a day more.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Secret {
    secret: String,
}

/// Names a webhook.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct OfHook {
    /// Its id, as the list has it.
    hook: String,
}

/// It is gone.
pub(crate) struct Gone;

impl IntoResponse for Gone {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Answer for Gone {
    fn tell(operation: &mut Operation<'_>) {
        operation.answers_in(StatusCode::NO_CONTENT, "It is gone, with what it was not told yet.", &[], None);
    }
}

pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller<Webhooks>) -> Result<Given<Hooks>, Problem> {
    let items = hooks::of(&app, caller.account()).await?.into_iter().map(Hook::from).collect();
    Ok(Given(Hooks { items }))
}

pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller<Webhooks>,
    Sent(Making { url, events }): Sent<Making>,
) -> Result<Created<NewHook>, Problem> {
    let kinds: BTreeSet<_> = events.into_iter().map(|one| one.word().to_owned()).collect();
    let kinds = kinds.into_iter().collect();
    let (hook, secret) = hooks::add(&app, caller.account(), url.trim(), kinds).await.map_err(|no| match no {
        NoHook::Not(key, value) => Problem::new(Kind::Unprocessable, Failure::Bad(key, value).to_string()),
        NoHook::Failed(failure) => failure.into(),
    })?;
    caller.note(&app, "webhook-added", &hook.id).await?;
    Ok(Created(NewHook { hook: hook.into(), secret }))
}

pub(crate) async fn turn(
    State(app): State<Arc<App>>,
    caller: Caller<Webhooks>,
    Named(OfHook { hook: id }): Named<OfHook>,
) -> Result<Given<Secret>, Problem> {
    let secret = hooks::turn(&app, caller.account(), &id).await?.ok_or_else(Problem::not_found)?;
    caller.note(&app, "webhook-turned", &id).await?;
    Ok(Given(Secret { secret }))
}

pub(crate) async fn drop_it(
    State(app): State<Arc<App>>,
    caller: Caller<Webhooks>,
    Named(OfHook { hook: id }): Named<OfHook>,
) -> Result<Gone, Problem> {
    if !hooks::drop_it(&app, caller.account(), &id).await? {
        return Err(Problem::not_found());
    }
    caller.note(&app, "webhook-deleted", &id).await?;
    Ok(Gone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_can_be_asked_for_by_its_word() {
        for (told, word) in [Told::Done, Told::Error, Told::Violation, Told::Decided].into_iter().zip(What::KINDS) {
            assert_eq!((told.word(), serde_json::to_value(told).expect("a word")), (word, word.into()));
        }
    }
}
