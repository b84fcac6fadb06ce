//! The list of cases: searched, filtered, page by page.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use storage::desk::{CaseRow, Decided, Desk as _, Wanted};

use super::shown::{CaseShown, shown};
use crate::app::App;
use crate::auth::Person;
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::web::failure::Failure;

/// Cases on one page.
const PAGE: u64 = 50;
/// What one may ask for at once. Characters.
const LONGEST: usize = 200;

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    text: String,
    verdict: String,
    severity: String,
    check: String,
    platform: String,
    advertiser: String,
    trade: String,
    decision: String,
    round: String,
    /// Days, as dates are written: `2026-11-28`.
    since: String,
    until: String,
    /// `all` where not only the latest case of each ad is wanted.
    history: String,
    behind: Option<u64>,
}

impl Asked {
    fn wanted(&self) -> Result<Wanted, Failure> {
        let some =
            |text: &str| Some(text.trim().chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty());
        let decision = match self.decision.as_str() {
            "" => None,
            word => Some(decided(word).ok_or_else(|| Failure::Bad("decision", word.to_owned()))?),
        };
        Ok(Wanted {
            text: some(&self.text),
            verdict: some(&self.verdict),
            severity: some(&self.severity),
            check: some(&self.check),
            platform: some(&self.platform),
            advertiser: some(&self.advertiser),
            trade: some(&self.trade),
            decision,
            round: some(&self.round),
            since: day(&self.since, 0)?,
            until: day(&self.until, 1)?,
            latest_only: self.history != "all",
            ..Wanted::default()
        })
    }

    /// The address of the page that begins behind a case.
    fn behind(&self, number: u64) -> String {
        let pairs = [
            ("text", &self.text),
            ("verdict", &self.verdict),
            ("severity", &self.severity),
            ("check", &self.check),
            ("platform", &self.platform),
            ("advertiser", &self.advertiser),
            ("trade", &self.trade),
            ("decision", &self.decision),
            ("round", &self.round),
            ("since", &self.since),
            ("until", &self.until),
            ("history", &self.history),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}&", percent(value))).collect::<String>()
            + &format!("behind={number}")
    }
}

/// What people have said, by its word.
fn decided(word: &str) -> Option<Decided> {
    match word {
        "undecided" => Some(Decided::Undecided),
        "confirm" => Some(Decided::Confirm),
        "reject" => Some(Decided::Reject),
        "again" => Some(Decided::Again),
        _ => None,
    }
}

/// The beginning of a day, so many days later, in the zone that times are told in.
fn day(text: &str, later: u64) -> Result<Option<DateTime<Utc>>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse().ok().and_then(|day: NaiveDate| day.checked_add_days(chrono::Days::new(later)));
    let moment = day.and_then(|day| crate::told::moment(day.and_time(NaiveTime::MIN)));
    moment.map(Some).ok_or_else(|| Failure::Bad("day", text.to_owned()))
}

#[derive(Serialize)]
pub(crate) struct CasesPage {
    asked: Asked,
    cases: Vec<CaseShown>,
    /// The query of the page behind this one.
    more: Option<String>,
    /// Whether anything narrows the list.
    narrowed: bool,
}

impl Page for CasesPage {
    const TEMPLATE: &'static str = "cases.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = crate::page::tests::HOSTILE.to_owned();
        let asked =
            Asked { text: hostile.clone(), platform: hostile.clone(), advertiser: hostile.clone(), ..Asked::default() };
        let full =
            Self { asked: asked.clone(), cases: CaseShown::samples(), more: Some(asked.behind(3)), narrowed: true };
        vec![full, Self { asked: Asked::default(), cases: Vec::new(), more: None, narrowed: false }]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (sight, wanted) = (person.sight(), asked.wanted()?);
    // One more than is shown tells whether there are more.
    let mut rows: Vec<CaseRow> = ask!(app.stored, store => store.list(&sight, &wanted, asked.behind, PAGE + 1).await)?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let more = rows.last().filter(|_| more).map(|last| asked.behind(last.number));
    let narrowed = Asked { behind: None, ..asked.clone() }.behind(0) != "behind=0";
    let page = CasesPage { cases: rows.iter().map(shown).collect(), more, narrowed, asked };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<CasesPage>();
    }

    #[test]
    fn the_next_page_asks_for_the_same() {
        let asked = Asked { text: "免费 & 领".into(), verdict: "clean".into(), ..Asked::default() };
        assert_eq!(asked.behind(7), "text=%E5%85%8D%E8%B4%B9%20%26%20%E9%A2%86&verdict=clean&behind=7");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        assert!(
            day("2026-11-28", 0)
                .is_ok_and(|day| day.is_some_and(|day| day.to_rfc3339().starts_with("2026-11-27T16:00")))
        );
        assert!(day("gestern", 0).is_err());
    }
}
