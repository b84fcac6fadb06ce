//! The access log: who looked at what, took it along, or decided about it. It only grows.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use model::account::Role;
use serde::{Deserialize, Serialize};
use storage::accounts::{Access, Accounts as _};

use crate::app::App;
use crate::auth::Person;
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

const PAGE: u64 = 100;

#[derive(Serialize)]
pub(crate) struct LogPage {
    object: String,
    who: String,
    /// Whether one may look for others than oneself.
    of_all: bool,
    entries: Vec<Entry>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    at: String,
    who: String,
    role: String,
    action: String,
    object: String,
    address: String,
    is_case: bool,
}

impl From<&Access> for Entry {
    fn from(access: &Access) -> Self {
        Self {
            at: local(access.at),
            who: access.who.clone(),
            role: access.role.clone(),
            action: access.action.clone(),
            object: access.object.clone(),
            address: access.address.clone(),
            is_case: storage::store::CaseId::named(&access.object).is_some(),
        }
    }
}

impl Page for LogPage {
    const TEMPLATE: &'static str = "log.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let entry = |is_case| Entry {
            at: hostile(),
            who: hostile(),
            role: "admin".into(),
            action: hostile(),
            object: hostile(),
            address: hostile(),
            is_case,
        };
        let full = Self {
            object: hostile(),
            who: hostile(),
            of_all: true,
            entries: vec![entry(true), entry(false)],
            more: Some("behind=1".into()),
        };
        vec![full, Self { object: String::new(), who: String::new(), of_all: false, entries: Vec::new(), more: None }]
    }
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Asked {
    object: String,
    who: String,
    behind: Option<u64>,
}

/// Those who look after accounts see everything; everybody else what they did themselves.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let of_all = person.account.role == Role::Admin;
    let who = if of_all { asked.who.clone() } else { person.account.name.clone() };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (object, by) = (some(&asked.object), some(&who));
    let entries =
        ask!(app.stored, store => store.accesses(object.as_deref(), by.as_deref(), asked.behind, PAGE).await)?;
    let last = entries.last().filter(|_| entries.len() as u64 == PAGE).map(|last| last.number);
    let more = last.map(|last| format!("object={}&who={}&behind={last}", percent(&asked.object), percent(&asked.who)));
    let page = LogPage { object: asked.object, who, of_all, entries: entries.iter().map(Entry::from).collect(), more };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<super::LogPage>();
    }
}
