//! Where the click of an ad leads, over time: when it was seen good, when bad, and between which looks it went over.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{DateTime, Utc};
use model::account::Role;
use model::landing::Known;
use serde::{Deserialize, Serialize};
use storage::desk::Desk as _;
use storage::library::Library;

use crate::app::App;
use crate::auth::Person;
use crate::chart::line::Line;
use crate::page::Page;
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Looks that are drawn, the latest.
const LOOKS: u64 = 60;

#[derive(Serialize)]
pub(crate) struct LandingPage {
    ad: String,
    /// None where the ad was examined, and never imported.
    known: Option<KnownShown>,
    line: Line,
}

#[derive(Serialize)]
struct KnownShown {
    url: String,
    looks: u64,
    changes: u64,
    switches: u32,
    next_due: Option<String>,
}

impl From<&Known> for KnownShown {
    fn from(known: &Known) -> Self {
        Self {
            url: known.landing.url.clone(),
            looks: known.history.looks,
            changes: known.history.changes,
            switches: known.history.switches,
            next_due: known.next_due.map(local),
        }
    }
}

impl Page for LandingPage {
    const TEMPLATE: &'static str = "landing.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let at = |secs| DateTime::from_timestamp(secs, 0).expect("a time");
        let known = || KnownShown { url: hostile(), looks: 3, changes: 1, switches: 1, next_due: Some(hostile()) };
        let looks = ["violating", "clean", "inconclusive"].map(|verdict| (hostile(), verdict.to_owned(), at(30)));
        let moments = [
            ("added", at(0)),
            ("approved", at(1)),
            ("last-good", at(10)),
            ("first-bad", at(20)),
            ("good-again", at(40)),
            ("last-look", at(50)),
        ];
        let line = Line::of(&[("bracket", at(10), at(20)), ("bad", at(20), at(40))], &moments, &looks);
        vec![
            Self { ad: hostile(), known: Some(known()), line },
            Self { ad: hostile(), known: None, line: Line::default() },
        ]
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    ad: String,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(Asked { ad }): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let sight = person.sight();
    let cases = ask!(app.stored, store => store.cases_of_ad(&sight, &ad, LOOKS).await)?;
    let known = known(&app, &person, &ad).await?;
    if known.is_none() && cases.is_empty() {
        return Err(Failure::NotFound);
    }
    let looks: Vec<_> =
        cases.iter().map(|case| (case.case_id.to_string(), case.verdict.clone(), case.opened_at)).collect();
    let page = LandingPage { ad, line: line(known.as_ref(), &looks), known: known.as_ref().map(KnownShown::from) };
    app.pages.show(person.frame(), &page)
}

/// What is known of the landing of an ad; none where the ad was never imported, or is not to be seen.
async fn known(app: &App, person: &Person, ad: &str) -> Result<Option<Known>, Failure> {
    let sight = person.sight();
    let Some(row) = ask!(app.stored, store => store.ad_in_sight(&sight, ad).await)? else { return Ok(None) };
    let ids = [row.ad_id];
    let Some(ad) = ask!(app.stored, store => Library::ads(&**store, &ids).await)?.pop() else { return Ok(None) };
    Ok(ask!(app.stored, store => store.known(&[ad.landing]).await)?.pop())
}

/// What is known of a landing, on a line of time.
fn line(known: Option<&Known>, looks: &[(String, String, DateTime<Utc>)]) -> Line {
    let Some(known) = known else { return Line::of(&[], &[], looks) };
    let last = known.last.as_ref().map(|last| last.at);
    let mut moments = vec![("added", known.added_at)];
    moments.extend(known.approved_at.map(|at| ("approved", at)));
    let mut spans = Vec::new();
    if let Some(bracket) = known.history.switch {
        if let Some(good) = bracket.last_good {
            moments.push(("last-good", good));
            spans.push(("bracket", good, bracket.first_bad));
        }
        moments.push(("first-bad", bracket.first_bad));
        moments.extend(bracket.good_again.map(|at| ("good-again", at)));
        spans.extend(bracket.good_again.or(last).map(|until| ("bad", bracket.first_bad, until.max(bracket.first_bad))));
    }
    moments.extend(last.map(|at| ("last-look", at)));
    Line::of(&spans, &moments, looks)
}

#[cfg(test)]
mod tests {
    use model::landing::{Bracket, History, Landing, Near};

    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<LandingPage>();
    }

    #[test]
    fn a_switch_is_drawn_between_the_looks_that_bracket_it() {
        let at = |hours: i64| DateTime::from_timestamp(hours * 3_600, 0).expect("a time");
        let switch = |last_good, good_again| Some(Bracket { last_good, first_bad: at(30), looks_since: 2, good_again });
        let known = |switch| Known {
            landing: Landing::of("https://a.test/".into(), "a.test".into()),
            added_at: at(0),
            host_since: at(0),
            approved_at: Some(at(1)),
            advertiser_since: None,
            last: None,
            history: History { switch, ..History::default() },
            cost: None,
            next_due: None,
            near: Near::default(),
        };
        let drawn = |switch| {
            let line = line(Some(&known(switch)), &[]);
            let spans = line.spans.iter().map(|span| span.word).collect::<Vec<_>>();
            (spans, line.moments.iter().map(|moment| moment.word).collect::<Vec<_>>())
        };
        assert_eq!(drawn(None), (vec![], vec!["added", "approved"]));
        let whole = drawn(switch(Some(at(20)), Some(at(40))));
        assert_eq!(whole.0, ["bracket", "bad"]);
        assert_eq!(whole.1, ["added", "approved", "last-good", "first-bad", "good-again"]);
        assert_eq!(drawn(switch(None, None)).0, [""; 0], "never seen good, and never again: there is no span to draw");
    }
}
