//! Paths to conversions, complaints and refunds: what each model gives to whom, the ways that are gone most, and where ads break
//! their word.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use storage::hearing::Ends;

use super::weeks::Weeks;
use crate::app::App;
use crate::auth::Person;
use crate::chart::parts::{Length, lengths, said};
use crate::credits::{self, Credits, Due, Hop, MODELS, To, credits, hops};
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

/// Weeks that may be looked at at once, and usually are.
const WEEKS: [u16; 4] = [1, 4, 12, 26];
const USUAL_WEEKS: u16 = 4;
/// Keys, ways and hops that are shown.
const KEYS: usize = 30;
const WAYS: usize = 15;
const HOPS: usize = 20;

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `conversions`, `complaints`, `refunds`.
    of: String,
    /// `ad`, `channel`, `hop`.
    to: String,
    week: String,
    weeks: Option<u16>,
    /// `yes` where impressions are contacts, too.
    impressions: String,
}

#[derive(Serialize)]
pub(crate) struct PathsPage {
    of: &'static str,
    to: &'static str,
    impressions: bool,
    week: String,
    count: u16,
    counts: [u16; 4],
    models: Vec<ModelShown>,
    ends: u64,
    without_contact: u64,
    left_out: u64,
    /// Models that give nothing, by name, and why.
    unsolved: Vec<(&'static str, String)>,
    keys: Vec<KeyShown>,
    more: usize,
    ways: Vec<(Vec<String>, u64)>,
    other_ways: u64,
    /// Of complaints: the hops that say what was not given.
    hops: Vec<HopShown>,
    /// What credit falls to is an ad here.
    is_ad: bool,
}

#[derive(Serialize)]
struct ModelShown {
    name: &'static str,
    /// All of it, and whether that is more than there are ends.
    sum: String,
    twice: bool,
}

#[derive(Serialize)]
struct KeyShown {
    name: String,
    credits: Vec<Length>,
}

#[derive(Serialize)]
struct HopShown {
    hop: Option<Hop>,
    /// Why there is none.
    why: &'static str,
    bar: Length,
}

impl PathsPage {
    fn of(weeks: Weeks, of: &'static str, to: &'static str, impressions: bool) -> Self {
        Self {
            of,
            to,
            impressions,
            week: weeks.last.to_string(),
            count: weeks.count,
            counts: WEEKS,
            models: Vec::new(),
            ends: 0,
            without_contact: 0,
            left_out: 0,
            unsolved: Vec::new(),
            keys: Vec::new(),
            more: 0,
            ways: Vec::new(),
            other_ways: 0,
            hops: Vec::new(),
            is_ad: to == To::Ad.word(),
        }
    }

    fn credited(self, told: Credits) -> Self {
        let most = told.keys.iter().flat_map(|key| key.credits).fold(0.0, f64::max);
        // What is due to contacts is due once, in every model but the one that gives it once a channel.
        let due = (told.ends - told.without_contact - told.left_out) as f64;
        let solved = |name: &str| told.unsolved.iter().all(|(model, _)| *model != name);
        let model = |(name, sum): (&&'static str, f64)| ModelShown {
            name,
            sum: if solved(name) { said(sum) } else { "—".to_owned() },
            twice: sum > due + 0.01,
        };
        Self {
            models: MODELS.iter().zip(told.sums).map(model).collect(),
            ends: told.ends,
            without_contact: told.without_contact,
            left_out: told.left_out,
            unsolved: told.unsolved.clone(),
            more: told.keys.len().saturating_sub(KEYS),
            keys: told
                .keys
                .into_iter()
                .take(KEYS)
                .map(|key| KeyShown { name: key.name, credits: lengths(&key.credits, most) })
                .collect(),
            ways: told.ways,
            other_ways: told.other_ways,
            ..self
        }
    }

    fn due(self, told: Vec<(Due, u64)>) -> Self {
        let most = told.iter().map(|(_, many)| *many).max().unwrap_or(0) as f64;
        let hop = |(due, many): (Due, u64)| {
            let (why, bar) = (due.word(), lengths(&[many as f64], most).remove(0));
            HopShown { hop: if let Due::Hop(hop) = due { Some(hop) } else { None }, why, bar }
        };
        let (ends, more) = (told.iter().map(|(_, many)| many).sum(), told.len().saturating_sub(HOPS));
        Self { ends, more, hops: told.into_iter().take(HOPS).map(hop).collect(), ..self }
    }
}

impl Page for PathsPage {
    const TEMPLATE: &'static str = "paths.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let weeks = Weeks::until("2026-W47".parse().expect("a week"), 4).expect("weeks");
        let told = Credits {
            ends: 9,
            without_contact: 2,
            left_out: 1,
            keys: vec![credits::Key { name: hostile(), credits: [1.5; 8] }],
            sums: [6.0, 6.0, 9.0, 6.0, 6.0, 6.0, 6.0, 6.0],
            ways: vec![(vec![hostile(), "direct".into()], 3)],
            other_ways: 4,
            unsolved: vec![("markov", hostile())],
        };
        let hop =
            Hop { ad: hostile(), case: "20261128T000000Z-0123456789ab".into(), hop: 3, level: 2, host: hostile() };
        let page = |of, to| Self::of(weeks, of, to, true);
        vec![
            page("conversions", "ad").credited(told.clone()),
            page("refunds", "channel").credited(told),
            page("complaints", "hop").due(vec![
                (Due::Hop(hop), 4),
                (Due::NoAd, 2),
                (Due::NotExamined, 2),
                (Due::Inconclusive, 1),
                (Due::Nothing, 1),
            ]),
            page("conversions", "hop"),
            page("conversions", "ad").credited(Credits::default()),
        ]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let weeks = Weeks::asked(&app, &asked.week, asked.weeks, &WEEKS, USUAL_WEEKS)?;
    let (span, sight) = (weeks.span(&app.settings.hearing)?, person.sight());
    let (of, of_word) = match asked.of.as_str() {
        "complaints" => (Ends::Complaints, "complaints"),
        "refunds" => (Ends::Refunds, "refunds"),
        _ => (Ends::Conversions, "conversions"),
    };
    let impressions = asked.impressions == "yes";
    let page = if asked.to == "hop" {
        let page = PathsPage::of(weeks, of_word, "hop", impressions);
        // Nothing that was promised is missing where somebody converted: hops are of complaints and refunds.
        if of == Ends::Conversions {
            page
        } else {
            page.due(ask!(app.stored, store => hops(&**store, &sight, &span, of).await)?)
        }
    } else {
        let to = To::ALL.into_iter().find(|to| to.word() == asked.to).unwrap_or_default();
        let wanted = credits::Asked { span, of, to, impressions, ways: WAYS };
        let told = ask!(app.stored, store => credits(&**store, &sight, &wanted).await)?;
        PathsPage::of(weeks, of_word, to.word(), impressions).credited(told)
    };
    app.pages.show(person.frame(), &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<PathsPage>();
    }

    #[test]
    fn only_the_model_that_counts_twice_is_told_so() {
        let twice: Vec<bool> = PathsPage::samples()[0].models.iter().map(|model| model.twice).collect();
        assert_eq!(twice, [false, false, true, false, false, false, false, false]);
    }
}
