//! Events that have not come to other systems: which, why not, and the button that has them tried again.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::{Deserialize, Serialize};
use storage::outbox::{Backlog, Outbox as _, Undelivered};

use crate::app::App;
use crate::auth::{Person, Signed};
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Events on the page, the oldest first.
const MOST: u64 = 100;

#[derive(Serialize)]
pub(crate) struct OutboxPage {
    destinations: Vec<Destination>,
    events: Vec<EventShown>,
}

#[derive(Serialize)]
struct Destination {
    name: String,
    waiting: u64,
    dead: u64,
    since: Option<String>,
}

#[derive(Serialize)]
struct EventShown {
    id: String,
    kind: String,
    destination: String,
    happened_at: String,
    dead: bool,
    attempts: u64,
    next_at: String,
    trouble: Option<String>,
}

impl From<Backlog> for Destination {
    fn from(backlog: Backlog) -> Self {
        let Backlog { destination: name, waiting, dead, since } = backlog;
        Self { name, waiting, dead, since: since.map(local) }
    }
}

impl From<Undelivered> for EventShown {
    fn from(event: Undelivered) -> Self {
        Self {
            id: event.event_id,
            kind: event.kind,
            destination: event.destination,
            happened_at: local(event.happened_at),
            dead: event.dead,
            attempts: event.attempts,
            next_at: local(event.next_at),
            trouble: event.trouble,
        }
    }
}

impl Page for OutboxPage {
    const TEMPLATE: &'static str = "outbox.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let event = |dead, trouble| EventShown {
            id: hostile(),
            kind: "done".into(),
            destination: hostile(),
            happened_at: hostile(),
            dead,
            attempts: 3,
            next_at: hostile(),
            trouble,
        };
        let destination = Destination { name: hostile(), waiting: 3, dead: 1, since: Some(hostile()) };
        let events = vec![event(true, Some(hostile())), event(false, None)];
        vec![Self { destinations: vec![destination], events }, Self { destinations: Vec::new(), events: Vec::new() }]
    }
}

pub(crate) async fn show(State(app): State<Arc<App>>, person: Person) -> Result<Response, Failure> {
    // Events are of every tenant.
    person.must_be(&[])?;
    let backlog = ask!(app.stored, store => store.backlog().await)?;
    let events = ask!(app.stored, store => store.undelivered(false, MOST).await)?;
    let destinations = backlog.into_iter().map(Destination::from).collect();
    app.pages
        .show(person.frame(), &OutboxPage { destinations, events: events.into_iter().map(EventShown::from).collect() })
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Again {
    event: String,
    destination: String,
}

/// Has those that nobody tries any more tried from the beginning: one, those of a destination, or all.
pub(crate) async fn retry(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<Again>,
) -> Result<Response, Failure> {
    person.must_be(&[])?;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (event, destination, now) = (some(&form.event), some(&form.destination), (app.clock)());
    ask!(app.stored, store => store.revive(event.as_deref(), destination.as_deref(), now).await)?;
    person.note(&app, "outbox-retried", &form.destination).await?;
    Ok(Redirect::to("/outbox?done=retried").into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<super::OutboxPage>();
    }
}
