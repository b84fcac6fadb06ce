//! A sample for people to read: so many complaints of each source that a share of all of them is known within an error.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use model::account::Role;
use serde::{Deserialize, Serialize};
use storage::hearing::WantedComplaints;

use super::one::may_decide;
use super::shown::{ComplaintShown, shown};
use crate::app::App;
use crate::auth::Person;
use crate::chart::rate::{Whiskers, level, percent};
use crate::page::{self, Page};
use crate::pages::weeks::Weeks;
use crate::sample::{self, Drawn, draw, is_read};
use crate::stored::ask;
use crate::web::failure::Failure;

/// Errors that one may choose, in percent.
const ERRORS: [u8; 4] = [2, 3, 5, 10];
const USUAL_ERROR: u8 = 5;
/// Weeks that a sample may be of.
const WEEKS: [u16; 4] = [1, 4, 12, 52];
/// Complaints to read that are shown at once.
const SHOWN: usize = 30;
/// Characters of a seed.
const LONGEST: usize = 60;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The last week, and how many.
    week: String,
    weeks: Option<u16>,
    /// In percent.
    error: Option<u8>,
    seed: String,
}

#[derive(Serialize)]
pub(crate) struct SamplePage {
    week: String,
    weeks: u16,
    error: u8,
    errors: [u8; 4],
    counts: [u16; 4],
    seed: String,
    /// The query that draws the same again.
    same: String,
    quotas: Vec<QuotaShown>,
    /// Of the intervals, in percent.
    level: String,
    all: u64,
    to_read: u64,
    read: u64,
    estimates: Vec<EstimateShown>,
    /// Those that nobody has read yet come first.
    rows: Vec<(bool, ComplaintShown)>,
    more: usize,
    may_decide: bool,
}

#[derive(Serialize)]
struct QuotaShown {
    source: String,
    kind: String,
    size: u64,
    to_read: u64,
    read: u64,
}

#[derive(Serialize)]
struct EstimateShown {
    what: &'static str,
    /// In percent: the share, and from where to where it may be.
    share: Option<(String, String, String)>,
    drawn: Whiskers,
}

impl Page for SamplePage {
    const TEMPLATE: &'static str = "sample.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let quota = QuotaShown { source: "comment".into(), kind: "content".into(), size: 100, to_read: 20, read: 3 };
        let estimate = |share| EstimateShown { what: "content", share, drawn: Whiskers::default() };
        let estimates = vec![estimate(Some(("12.3".into(), "9".into(), "15".into()))), estimate(None)];
        let rows = ComplaintShown::samples().into_iter().map(|one| (false, one)).collect();
        let full = Self {
            week: "2026-W47".into(),
            weeks: 1,
            error: 5,
            errors: ERRORS,
            counts: WEEKS,
            seed: hostile(),
            same: "seed=1".into(),
            quotas: vec![quota],
            level: "95".into(),
            all: 100,
            to_read: 20,
            read: 3,
            estimates,
            rows,
            more: 2,
            may_decide: true,
        };
        let none = told(&Drawn::default(), "en", false);
        vec![full, none]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let weeks = Weeks::asked(&app, &asked.week, asked.weeks, &WEEKS, WEEKS[0])?;
    let error = asked.error.filter(|error| ERRORS.contains(error)).unwrap_or(USUAL_ERROR);
    let seed: String = asked.seed.trim().chars().take(LONGEST).collect();
    // Who gives none draws the same as everybody else who gives none for this week.
    let seed = if seed.is_empty() { format!("{}/{}", weeks.last, weeks.count) } else { seed };
    let span = weeks.span(&app.settings.hearing)?;
    let wanted = WantedComplaints { from: Some(span.from), before: Some(span.to), ..WantedComplaints::default() };
    let drawing = sample::Asked {
        wanted,
        error: f64::from(error) / 100.0,
        level: app.settings.hearing.level,
        seed: seed.clone(),
    };
    let sight = person.sight();
    let drawn = ask!(app.stored, store => draw(&**store, &sight, &drawing).await)?;
    let (week, count) = (weeks.last.to_string(), weeks.count);
    let same = format!("week={week}&weeks={count}&error={error}&seed={}", page::percent(&seed));
    let page = told(&drawn, person.frame().language, may_decide(&person));
    app.pages.show(
        person.frame(),
        &SamplePage { week, weeks: count, error, seed, same, level: level(drawing.level), ..page },
    )
}

fn told(drawn: &Drawn, language: &str, may_decide: bool) -> SamplePage {
    let read: &BTreeMap<String, u64> = &drawn.read;
    let quotas = drawn.quotas.iter().map(|quota| QuotaShown {
        source: quota.name.split(" / ").next().unwrap_or_default().to_owned(),
        kind: quota.name.split(" / ").nth(1).unwrap_or_default().to_owned(),
        size: quota.size,
        to_read: quota.read,
        read: read.get(&quota.name).copied().unwrap_or_default(),
    });
    let estimates = drawn.estimates.iter().map(|(what, estimate)| EstimateShown {
        what,
        share: estimate.map(|one| (percent(one.share), percent(one.interval.low), percent(one.interval.high))),
        drawn: estimate
            .map(|one| Whiskers::of(one.share, one.interval.low, one.interval.high, None, 1.0))
            .unwrap_or_default(),
    });
    let mut rows: Vec<(bool, ComplaintShown)> =
        drawn.rows.iter().map(|row| (is_read(row), shown(row, language))).collect();
    rows.sort_by_key(|(read, _)| *read);
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    SamplePage {
        week: String::new(),
        weeks: 1,
        error: USUAL_ERROR,
        errors: ERRORS,
        counts: WEEKS,
        seed: String::new(),
        same: String::new(),
        quotas: quotas.collect(),
        level: String::new(),
        all: drawn.quotas.iter().map(|quota| quota.size).sum(),
        to_read: drawn.quotas.iter().map(|quota| quota.read).sum(),
        read: read.values().sum(),
        estimates: estimates.collect(),
        rows,
        more,
        may_decide,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<SamplePage>();
    }
}
