//! Coverage: of the ads that run, which were examined, how far behind the click, which not, and why.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use model::account::Role;
use serde::{Deserialize, Serialize};
use storage::desk::{Coverage, Desk as _};

use crate::app::App;
use crate::auth::Person;
use crate::chart::bar::Bar;
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::told::local;
use crate::web::failure::Failure;

/// Advertisers on one page.
const PAGE: u64 = 50;

#[derive(Serialize)]
pub(crate) struct CoveragePage {
    total: Covered,
    advertisers: Vec<Covered>,
    /// The query of the page behind this one.
    more: Option<String>,
    /// Cases that are handed over at once.
    most: u64,
}

/// How far the ads of one advertiser are checked, or all.
#[derive(Clone, Serialize)]
struct Covered {
    /// None in the total.
    advertiser: Option<String>,
    platform: Option<String>,
    running: u64,
    examined: u64,
    reached: u64,
    never: u64,
    inconclusive: u64,
    reasons: Vec<(String, u64)>,
    oldest_look: Option<String>,
    /// Of those that run: what lies behind the landing page was reached, only the landing page was, none was, nobody looked.
    bar: Bar,
    /// Of a hundred that run, examined.
    percent: u64,
}

impl From<Coverage> for Covered {
    fn from(coverage: Coverage) -> Self {
        let Coverage { running, examined, reached_level_2: reached, never, .. } = coverage;
        let landed = coverage.reached_level_1.saturating_sub(reached);
        let unseen = examined.saturating_sub(coverage.reached_level_1);
        Self {
            bar: Bar::of(&[("reached", reached), ("landed", landed), ("unseen", unseen), ("never", never)]),
            percent: (examined * 100).checked_div(running).unwrap_or(0),
            advertiser: coverage.advertiser,
            platform: coverage.platform,
            running,
            examined,
            reached,
            never,
            inconclusive: coverage.inconclusive,
            reasons: coverage.reasons,
            oldest_look: coverage.oldest_look.map(local),
        }
    }
}

impl Page for CoveragePage {
    const TEMPLATE: &'static str = "coverage.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let some = Coverage {
            advertiser: Some(hostile()),
            platform: Some(hostile()),
            running: 9,
            examined: 6,
            reached_level_1: 5,
            reached_level_2: 4,
            inconclusive: 1,
            reasons: vec![("timeout".into(), 1), (hostile(), 1)],
            never: 3,
            oldest_look: Some(chrono::DateTime::UNIX_EPOCH),
        };
        let total = Covered::from(Coverage { advertiser: None, platform: None, ..some.clone() });
        let full = Self { total, advertisers: vec![some.into()], more: Some("behind=a".into()), most: 9 };
        vec![full, Self { total: Coverage::default().into(), advertisers: Vec::new(), more: None, most: 9 }]
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The advertiser that the page begins behind, and its platform.
    behind: Option<String>,
    #[serde(default)]
    on: String,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(Asked { behind, on }): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&[Role::Platform, Role::Regulator])?;
    let sight = person.sight();
    let total = ask!(app.stored, store => store.coverage_total(&sight).await)?;
    // One more than is shown tells whether there are more.
    let mut rows = ask!(app.stored, store => store.coverage(&sight, behind.as_deref().map(|behind| (behind, on.as_str())), PAGE + 1).await)?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let more = rows.last().filter(|_| more).map(|last| {
        let text = |text: &Option<String>| percent(text.as_deref().unwrap_or_default());
        format!("behind={}&on={}", text(&last.advertiser), text(&last.platform))
    });
    let advertisers = rows.into_iter().map(Covered::from).collect();
    app.pages
        .show(person.frame(), &CoveragePage { total: total.into(), advertisers, more, most: app.settings.export_cases })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<CoveragePage>();
    }

    #[test]
    fn every_ad_that_runs_is_in_the_bar_once() {
        for page in CoveragePage::samples() {
            for covered in page.advertisers.iter().chain([&page.total]) {
                assert_eq!(covered.bar.all, covered.running);
                assert_eq!(covered.examined + covered.never, covered.running);
            }
        }
    }
}
