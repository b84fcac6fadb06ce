//! The review queue: what nobody has decided about yet, the gravest and widest first, with the clock that runs.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use governance::deadlines::decision_due;
use model::account::Role;
use model::event::Choice;
use serde::{Deserialize, Serialize};
use storage::appeals::Appeals as _;
use storage::decisions::{Decision, Decisions as _};
use storage::desk::{Desk, LIKE, QueueMark, Queued, Wanted};
use storage::store::{CaseId, StoreError};

use super::shown::{CaseShown, shown};
use crate::app::App;
use crate::auth::{Person, Signed};
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Violations on one page.
const PAGE: u64 = 30;
/// Open appeals that are looked through for those of the page.
const APPEALS: u64 = 1_000;
/// From here on the clock is told as short. Hours.
const SOON: i64 = 24;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    severity: String,
    check: String,
    trade: String,
    /// Where the page begins: severity, exposure, moment, case, violation.
    behind: String,
}

impl Asked {
    /// As it stood in the address, with where the page begins.
    fn query(&self) -> String {
        let pairs =
            [("severity", &self.severity), ("check", &self.check), ("trade", &self.trade), ("behind", &self.behind)];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}&", percent(value))).collect()
    }
}

#[derive(Serialize)]
pub(crate) struct QueuePage {
    asked: Asked,
    /// The query of this very page: one comes back to it.
    same: String,
    narrowed: bool,
    /// Near-identical ones that are decided about at once.
    like_most: u64,
    items: Vec<Item>,
    more: Option<String>,
    may_decide: bool,
}

#[derive(Serialize)]
struct Item {
    case: CaseShown,
    number: u64,
    check: String,
    rule: String,
    severity: String,
    confidence: String,
    promised: String,
    delivered: String,
    exposure: u64,
    /// Counted to as many as are decided about at once.
    like: u64,
    /// Whether its advertiser says that it is not so.
    appealed: bool,
    due_at: String,
    /// Hours that are left; less than none where it is overdue.
    hours: i64,
    /// `overdue`, `soon`, `later`
    clock: &'static str,
}

impl Item {
    fn of(queued: &Queued, appealed: bool, now: DateTime<Utc>) -> Self {
        let due_at = decision_due(queued.found_since).at;
        let hours = (due_at - now).num_hours();
        let clock = match hours {
            _ if due_at <= now => "overdue",
            ..SOON => "soon",
            _ => "later",
        };
        Self {
            case: shown(&queued.case),
            number: queued.number,
            check: queued.check.clone(),
            rule: queued.rule.clone(),
            severity: queued.severity.clone(),
            confidence: queued.confidence.clone(),
            promised: queued.promised.clone(),
            delivered: queued.delivered.clone(),
            exposure: queued.exposure,
            like: queued.like,
            appealed,
            due_at: local(due_at),
            hours,
            clock,
        }
    }
}

impl Page for QueuePage {
    const TEMPLATE: &'static str = "queue.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let item = |case: CaseShown, clock, hours| Item {
            case,
            number: 1,
            check: hostile(),
            rule: hostile(),
            severity: "S3".into(),
            confidence: "high".into(),
            promised: hostile(),
            delivered: hostile(),
            exposure: 7,
            like: 200,
            appealed: true,
            due_at: hostile(),
            hours,
            clock,
        };
        let clocks = [("overdue", -3), ("soon", 5), ("later", 60)];
        let items = CaseShown::samples()
            .into_iter()
            .zip(clocks)
            .map(|(case, (clock, hours))| item(case, clock, hours))
            .collect();
        let asked = Asked { check: hostile(), trade: hostile(), ..Asked::default() };
        let same = asked.query();
        let page = |asked, items| Self {
            asked,
            same: same.clone(),
            narrowed: true,
            like_most: LIKE,
            items,
            more: Some("behind=x".into()),
            may_decide: true,
        };
        let (full, none_such) = (page(asked, items), page(Asked::default(), Vec::new()));
        let none = Self {
            narrowed: false,
            same: String::new(),
            more: None,
            may_decide: false,
            ..page(Asked::default(), Vec::new())
        };
        vec![full, none_such, none]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let wanted = Wanted {
        severity: some(&asked.severity),
        check: some(&asked.check),
        trade: some(&asked.trade),
        ..Wanted::default()
    };
    let behind = match asked.behind.as_str() {
        "" => None,
        text => Some(read(text).ok_or_else(|| Failure::bad("behind"))?),
    };
    let sight = person.sight();
    let mut queued = ask!(app.stored, store => store.queue(&sight, &wanted, behind.as_ref(), PAGE + 1).await)?;
    let more = queued.len() as u64 > PAGE;
    queued.truncate(PAGE as usize);
    let more =
        queued.last().filter(|_| more).map(|last| Asked { behind: written(&last.mark()), ..asked.clone() }.query());
    let now = (app.clock)();
    let appeals = ask!(app.stored, store => store.open_appeals(&sight, None, APPEALS).await)?;
    let appealed = |one: &Queued| {
        let mine = |violation: Option<u64>| violation.is_none_or(|violation| violation == one.number);
        appeals.iter().any(|(case, appeal)| case.case_id == one.case.case_id && mine(appeal.appeal.violation))
    };
    let items = queued.iter().map(|one| Item::of(one, appealed(one), now)).collect();
    let narrowed = [&asked.severity, &asked.check, &asked.trade].iter().any(|text| !text.trim().is_empty());
    let may_decide = person.must_be(&[Role::Platform]).is_ok();
    app.pages.show(
        person.frame(),
        &QueuePage { same: asked.query(), narrowed, like_most: LIKE, asked, items, more, may_decide },
    )
}

fn written(mark: &QueueMark) -> String {
    let QueueMark { severity, exposure, sealed_at, case, number } = mark;
    format!("{severity}~{exposure}~{}~{case}~{number}", sealed_at.timestamp_micros())
}

fn read(text: &str) -> Option<QueueMark> {
    let parts: Vec<&str> = text.split('~').collect();
    let [severity, exposure, at, case, number] = parts[..] else { return None };
    Some(QueueMark {
        severity: severity.to_owned(),
        exposure: exposure.parse().ok()?,
        sealed_at: DateTime::from_timestamp_micros(at.parse().ok()?)?,
        case: case.parse().ok()?,
        number: number.parse().ok()?,
    })
}

#[derive(Deserialize)]
pub(crate) struct Deciding {
    case: String,
    violation: u64,
    choice: Choice,
    #[serde(default)]
    reason: String,
    /// Whether it is about all that are near-identical, too.
    #[serde(default)]
    like: bool,
    /// The query of the page that one comes back to.
    #[serde(default)]
    back: String,
}

/// Decides about one violation, and about those that are like it where that is wanted; then back to what is left.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Signed { person, form }: Signed<Deciding>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform])?;
    let (sight, case) = (person.sight(), CaseId::named(&form.case).ok_or(Failure::NotFound)?);
    if ask!(app.stored, store => store.case_in_sight(&sight, &case).await)?.is_none() {
        return Err(Failure::NotFound);
    }
    let reason = super::case::reason(form.choice, &form.reason)?;
    let mut about = vec![(case.clone(), form.violation)];
    if form.like {
        about.extend(ask!(app.stored, store => store.like(&sight, &case, form.violation, LIKE).await)?);
    }
    for (place, (case_id, violation)) in about.into_iter().enumerate() {
        let decision = Decision {
            case_id: case_id.clone(),
            violation: Some(violation),
            choice: form.choice,
            reason: reason.clone(),
            by: person.account.name.clone(),
        };
        match ask!(app.stored, store => store.decide(&decision).await) {
            // One that was deleted meanwhile needs no decision any more.
            Ok(_) | Err(StoreError::NoSuchCase(..) | StoreError::Deleted(_)) => {}
            // What is like it and was appealed against is answered by itself: it stays in the queue.
            Err(StoreError::Appealed(_)) if place > 0 => continue,
            Err(error) => return Err(error.into()),
        }
        person.note(&app, "decide", case_id.as_str()).await?;
    }
    // Read and written anew, so that nobody is sent elsewhere by it.
    let back: Asked = serde_html_form::from_str(&form.back).unwrap_or_default();
    Ok(Redirect::to(&format!("/queue?{}done=decided", back.query())).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<QueuePage>();
    }

    #[test]
    fn one_comes_back_to_the_page_that_one_was_on_and_to_no_other() {
        let asked = Asked { severity: "S3".into(), trade: "游戏&x".into(), ..Asked::default() };
        let again: Asked = serde_html_form::from_str(&asked.query()).expect("a query");
        assert_eq!((again.severity, again.trade), (asked.severity, asked.trade));
        let elsewhere: Asked = serde_html_form::from_str("next=https://a.test/&x=//b.test").expect("a query");
        assert_eq!(elsewhere.query(), "");
    }

    #[test]
    fn a_mark_reads_what_it_writes() {
        let mark = QueueMark {
            severity: "S3".into(),
            exposure: 4,
            sealed_at: DateTime::from_timestamp_micros(1_764_000_000_123_456).expect("a moment"),
            case: 7,
            number: 2,
        };
        assert_eq!(read(&written(&mark)), Some(mark));
        assert!([" ", "S3~x~1~1~1", "S3~1~1~1"].iter().all(|text| read(text).is_none()));
    }
}
