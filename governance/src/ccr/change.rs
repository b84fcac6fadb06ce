//! When a rate has changed: the likelihood of the weeks since any week with the rate of before, against so many times that rate.
//!
//! This is Page's CUSUM (1954) with the usual rate known only as far as the weeks before tell it: counts of such weeks are negative
//! binomial, and the ratio of both likelihoods is a martingale, so that by Ville's inequality a false alarm from any one week on is
//! no likelier than e^−threshold, whatever the rate and the sizes of weeks are. Where weeks vary more than counts of their size do
//! by chance, the logarithm is divided by how many times more.

use serde::{Deserialize, Serialize};

use super::Counts;

/// What is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// Weeks at the beginning that say what is usual; nothing is alarmed within them.
    pub usual_weeks: usize,
    /// How many times the usual a rate is that is to be found; its inverse is found as well.
    pub times: f64,
    /// How likely a false alarm may be in a year without a change, each way.
    pub false_a_year: f64,
}

impl Default for Watch {
    fn default() -> Self {
        Self { usual_weeks: 8, times: 1.5, false_a_year: 0.05 }
    }
}

/// A change that was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Index of the first week with another rate, as far as it can be told.
    pub since: usize,
    /// Index of the week that gave the alarm.
    pub noticed: usize,
    pub from: f64,
    /// The rate of the weeks from `since` to `noticed`.
    pub to: f64,
}

const WEEKS_A_YEAR: f64 = 52.0;
/// What is known of how much weeks vary before any is seen: as much as so many weeks tell, that they do as counts do by chance.
const AS_COUNTS_DO: f64 = 4.0;
/// Of a rate before anything is seen (Jeffreys' prior of a Poisson rate).
const PRIOR: f64 = 0.5;

/// The first change behind the usual weeks; none where there is none, or nothing is usual yet. Weeks without conversions say nothing.
///
/// Whoever has seen to a change begins anew with the weeks from `since` on.
pub fn alarm(weeks: &[Counts], watch: &Watch) -> Option<Change> {
    let threshold = (WEEKS_A_YEAR / watch.false_a_year).ln();
    (watch.usual_weeks.max(1)..weeks.len()).find_map(|noticed| {
        let (since, score) = (watch.usual_weeks.max(1)..=noticed)
            .map(|since| (since, score(&weeks[..since], &weeks[since..=noticed], watch.times)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let rate = |weeks: &[Counts]| said(weeks).rate();
        (score >= threshold).then_some(())?;
        Some(Change { since, noticed, from: rate(&weeks[..since])?, to: rate(&weeks[since..=noticed])? })
    })
}

/// How much likelier the later weeks are with another rate than with that of those before: the logarithm of the ratio.
fn score(before: &[Counts], later: &[Counts], times: f64) -> f64 {
    let (usual, now) = (said(before), said(later));
    if usual.conversions == 0 {
        return 0.0;
    }
    let (known, size) = (usual.complaints as f64 + PRIOR, usual.conversions as f64);
    let (count, conversions) = (now.complaints as f64, now.conversions as f64);
    let ratio =
        |times: f64| count * times.ln() + (known + count) * ((size + conversions) / (size + times * conversions)).ln();
    ratio(times).max(ratio(1.0 / times)) / spread(before, usual)
}

/// How many times more weeks vary than counts of their size do by chance: 1 or more.
fn spread(weeks: &[Counts], all: Counts) -> f64 {
    let rate = all.rate().unwrap_or_default();
    let (mut squares, mut count) = (0.0, 0.0);
    for week in weeks.iter().filter(|week| week.conversions > 0) {
        let expected = rate * week.conversions as f64;
        if expected > 0.0 {
            squares += (week.complaints as f64 - expected).powi(2) / expected;
            count += 1.0;
        }
    }
    ((squares + AS_COUNTS_DO) / ((count - 1.0_f64).max(0.0) + AS_COUNTS_DO)).max(1.0)
}

/// What weeks with conversions come to together.
fn said(weeks: &[Counts]) -> Counts {
    weeks.iter().filter(|week| week.conversions > 0).copied().sum()
}
