//! What waits for people, by when it is due: overdue first.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use governance::deadlines::{Calendar, Urgency};
use model::account::Role;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::auth::Person;
use crate::deadlines::{Item, MOST, items};
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Items on one page.
const SHOWN: usize = 100;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `decision` or `complaint`.
    kind: String,
    /// The page begins behind so many.
    behind: usize,
}

#[derive(Serialize)]
pub(crate) struct DeadlinesPage {
    asked: Asked,
    overdue: usize,
    soon: usize,
    open: usize,
    items: Vec<ItemShown>,
    more: usize,
    /// Where the page behind this one begins.
    next: usize,
    /// As many of a kind as are told at all, where there are more.
    cut: Option<u64>,
    provisional: bool,
}

#[derive(Serialize)]
struct ItemShown {
    kind: &'static str,
    id: String,
    href: String,
    ad: Option<String>,
    platform: Option<String>,
    advertiser: Option<String>,
    severity: Option<String>,
    since: String,
    due: String,
    /// Counted by weekends alone: no notice says yet which days of that year are worked.
    provisional: bool,
    urgency: &'static str,
    /// Days and hours that are left, or that it is late by.
    days: i64,
    hours: i64,
}

impl ItemShown {
    fn of(item: &Item, now: DateTime<Utc>) -> Self {
        let left = if item.due.at > now { item.due.at - now } else { now - item.due.at };
        let platform = item.platform.as_deref().unwrap_or_default();
        let href = match item.kind {
            "decision" => format!("/cases/{}", percent(&item.id)),
            _ => format!("/complaint?platform={}&id={}", percent(platform), percent(&item.id)),
        };
        Self {
            kind: item.kind,
            id: item.id.clone(),
            href,
            ad: item.ad.clone(),
            platform: item.platform.clone(),
            advertiser: item.advertiser.clone(),
            severity: item.severity.clone(),
            since: local(item.since),
            due: local(item.due.at),
            provisional: item.due.provisional,
            urgency: match item.urgency {
                Urgency::Open => "later",
                Urgency::Soon => "soon",
                Urgency::Overdue => "overdue",
            },
            days: left.num_days(),
            hours: (left - TimeDelta::days(left.num_days())).num_hours(),
        }
    }
}

impl Page for DeadlinesPage {
    const TEMPLATE: &'static str = "deadlines.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let item = |kind, urgency, severity| ItemShown {
            kind,
            id: hostile(),
            href: "/cases/x".into(),
            ad: Some(hostile()),
            platform: Some(hostile()),
            advertiser: Some(hostile()),
            severity,
            since: hostile(),
            due: hostile(),
            provisional: kind == "complaint",
            urgency,
            days: 2,
            hours: 5,
        };
        let items = vec![
            item("decision", "overdue", Some("S4".into())),
            item("complaint", "soon", None),
            item("complaint", "later", None),
        ];
        let full = Self {
            asked: Asked::default(),
            overdue: 1,
            soon: 1,
            open: 1,
            items,
            more: 3,
            next: 100,
            cut: Some(MOST),
            provisional: true,
        };
        let none = Self {
            asked: Asked { kind: hostile(), behind: 0 },
            overdue: 0,
            soon: 0,
            open: 0,
            items: vec![],
            more: 0,
            next: 0,
            cut: None,
            provisional: false,
        };
        vec![full, none]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let (sight, now) = (person.sight(), (app.clock)());
    let mut items = ask!(app.stored, store => items(&**store, &sight, &Calendar::cn(), now).await)?;
    items.retain(|item| asked.kind.is_empty() || item.kind == asked.kind);
    let count = |urgency| items.iter().filter(|item| item.urgency == urgency).count();
    let is_cut = |kind: &str| items.iter().filter(|item| item.kind == kind).count() as u64 >= MOST;
    let shown: Vec<ItemShown> =
        items.iter().skip(asked.behind).take(SHOWN).map(|item| ItemShown::of(item, now)).collect();
    let page = DeadlinesPage {
        overdue: count(Urgency::Overdue),
        soon: count(Urgency::Soon),
        open: count(Urgency::Open),
        provisional: shown.iter().any(|item| item.provisional),
        more: items.len().saturating_sub(asked.behind.saturating_add(SHOWN)),
        next: asked.behind.saturating_add(SHOWN),
        cut: (is_cut("decision") || is_cut("complaint")).then_some(MOST),
        items: shown,
        asked,
    };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<DeadlinesPage>();
    }
}
