//! What users complain about: searched and filtered, page by page.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use storage::hearing::{Heard as _, HeardMark, Key, WantedComplaints};

use crate::app::{App, HearingSettings};
use crate::auth::Person;
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::web::failure::Failure;

pub(crate) mod one;
pub(crate) mod sampled;
pub(crate) mod shown;

use super::weeks::{self, Weeks};
use shown::{ComplaintShown, shown};

/// Complaints on one page.
const PAGE: u64 = 50;
/// As many as a page of rates is of.
const MOST_WEEKS: u16 = 52;
/// What one may ask for at once. Characters.
const LONGEST: usize = 200;

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    source: String,
    kind: String,
    /// Whether it counts: `counts`, `again`, `not-converted`, `excluded`, `no-ad`; or `doubted`.
    state: String,
    ad: String,
    advertiser: String,
    trade: String,
    platform: String,
    /// `2026-W47`
    week: String,
    /// So many up to that one; none: that one alone.
    weeks: Option<u16>,
    /// Where the page begins: moment, platform, id.
    behind: String,
}

impl Asked {
    fn wanted(&self, hearing: &HearingSettings) -> Result<WantedComplaints, Failure> {
        let some =
            |text: &str| Some(text.trim().chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty());
        let week = match self.week.as_str() {
            "" => None,
            text => {
                let count = self.weeks.unwrap_or(1).min(MOST_WEEKS);
                Some(Weeks::until(weeks::read(text)?, count).ok_or(Failure::NotFound)?.span(hearing)?)
            }
        };
        let doubted = (self.state == "doubted").then_some(true);
        Ok(WantedComplaints {
            ad: some(&self.ad),
            advertiser: some(&self.advertiser),
            trade: some(&self.trade),
            platform: some(&self.platform),
            kind: some(&self.kind),
            source: some(&self.source),
            doubted,
            standing: some(&self.state).filter(|_| doubted.is_none()),
            from: week.map(|week| week.from),
            before: week.map(|week| week.to),
            ..WantedComplaints::default()
        })
    }

    /// The same without where it begins, as a query.
    fn same(&self) -> String {
        let weeks = self.weeks.map(|weeks| weeks.to_string()).unwrap_or_default();
        let pairs = [
            ("source", &self.source),
            ("kind", &self.kind),
            ("state", &self.state),
            ("ad", &self.ad),
            ("advertiser", &self.advertiser),
            ("trade", &self.trade),
            ("platform", &self.platform),
            ("week", &self.week),
            ("weeks", &weeks),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| format!("{name}={}&", percent(value))).collect()
    }
}

fn written(HeardMark { at, key }: &HeardMark) -> String {
    format!("{}~{}~{}", at.timestamp_millis(), percent(&key.platform), percent(&key.id))
}

fn read(text: &str) -> Option<HeardMark> {
    let parts: Vec<&str> = text.split('~').collect();
    let [at, platform, id] = parts[..] else { return None };
    let plain =
        |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
    let key = Key { platform: plain(platform)?, id: plain(id)? };
    Some(HeardMark { at: DateTime::from_timestamp_millis(at.parse().ok()?)?, key })
}

#[derive(Serialize)]
pub(crate) struct ComplaintsPage {
    asked: Asked,
    complaints: Vec<ComplaintShown>,
    /// The query of the page behind this one.
    more: Option<String>,
    narrowed: bool,
    may_decide: bool,
}

impl Page for ComplaintsPage {
    const TEMPLATE: &'static str = "complaints.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let asked = Asked { ad: hostile(), advertiser: hostile(), week: hostile(), ..Asked::default() };
        let more = Some(format!("{}behind=1", asked.same()));
        let full = Self { asked, complaints: ComplaintShown::samples(), more, narrowed: true, may_decide: true };
        let none = Self { asked: Asked::default(), complaints: vec![], more: None, narrowed: false, may_decide: false };
        vec![full, none]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (sight, wanted) = (person.sight(), asked.wanted(&app.settings.hearing)?);
    let behind = match asked.behind.as_str() {
        "" => None,
        text => Some(read(text).ok_or_else(|| Failure::bad("behind"))?),
    };
    // One more than is shown tells whether there are more.
    let mut rows = ask!(app.stored, store => store.complaints(&sight, &wanted, behind.as_ref(), PAGE + 1).await)?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let more =
        rows.last().filter(|_| more).map(|last| format!("{}behind={}", asked.same(), percent(&written(&last.mark()))));
    let language = person.frame().language;
    let page = ComplaintsPage {
        complaints: rows.iter().map(|row| shown(row, language)).collect(),
        more,
        narrowed: !asked.same().is_empty(),
        may_decide: one::may_decide(&person),
        asked,
    };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<ComplaintsPage>();
    }

    #[test]
    fn a_mark_reads_what_it_writes() {
        let key = Key { platform: "a~b".into(), id: "1~免".into() };
        let mark = HeardMark { at: DateTime::from_timestamp_millis(1_764_000_000_123).expect("a moment"), key };
        assert_eq!(read(&written(&mark)), Some(mark));
        assert!(["", "1~2", "x~1~1"].iter().all(|text| read(text).is_none()));
    }

    #[test]
    fn a_week_is_that_of_shanghai() {
        let wanted =
            Asked { week: "2026-W47".into(), ..Asked::default() }.wanted(&HearingSettings::default()).expect("a week");
        assert_eq!(wanted.from.map(|from| from.to_rfc3339()), Some("2026-11-15T16:00:00+00:00".into()));
        assert!(Asked { week: "gestern".into(), ..Asked::default() }.wanted(&HearingSettings::default()).is_err());
    }
}
