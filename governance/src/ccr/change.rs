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
pub fn alarm(weeks: &[Counts], watch: &Watch) -> Option<Change> {
    first(&Sums::of(weeks), 0, watch)
}

/// Each change, in order: behind the first, the weeks since then say what is usual.
///
/// Time: the square of the number of weeks.
pub fn alarms(weeks: &[Counts], watch: &Watch) -> Vec<Change> {
    let sums = Sums::of(weeks);
    std::iter::successors(first(&sums, 0, watch), |last| first(&sums, last.since, watch)).collect()
}

/// The first change of the weeks from one on.
fn first(sums: &Sums, begin: usize, watch: &Watch) -> Option<Change> {
    let threshold = (WEEKS_A_YEAR / watch.false_a_year).ln();
    let usual = begin + watch.usual_weeks.max(1);
    (usual..sums.weeks()).find_map(|noticed| {
        let (since, score) = (usual..=noticed)
            .map(|since| (since, score(&sums.between(begin, since), &sums.between(since, noticed + 1), watch.times)))
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        (score >= threshold).then_some(())?;
        let (from, to) = (sums.between(begin, since), sums.between(since, noticed + 1));
        Some(Change { since, noticed, from: from.counts.rate()?, to: to.counts.rate()? })
    })
}

/// How much likelier the later weeks are with another rate than with that of those before: the logarithm of the ratio.
fn score(usual: &Sum, now: &Sum, times: f64) -> f64 {
    if usual.counts.conversions == 0 {
        return 0.0;
    }
    let (known, size) = (usual.counts.complaints as f64 + PRIOR, usual.counts.conversions as f64);
    let (count, conversions) = (now.counts.complaints as f64, now.counts.conversions as f64);
    let ratio =
        |times: f64| count * times.ln() + (known + count) * ((size + conversions) / (size + times * conversions)).ln();
    ratio(times).max(ratio(1.0 / times)) / usual.spread()
}

/// What weeks with conversions come to together.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    counts: Counts,
    weeks: f64,
    /// Of each week's complaints squared by its conversions.
    squares: f64,
}

impl Sum {
    /// How many times more weeks vary than counts of their size do by chance: 1 or more.
    fn spread(&self) -> f64 {
        let (complaints, conversions) = (self.counts.complaints as f64, self.counts.conversions as f64);
        // Σ(c − rn)²/rn, with the rate r = Σc/Σn, is Σ(c²/n)/r − Σc. Where nobody complained, no week varies.
        let (squares, weeks) = match self.counts.complaints {
            0 => (0.0, 0.0),
            _ => ((self.squares * conversions / complaints - complaints).max(0.0), self.weeks),
        };
        ((squares + AS_COUNTS_DO) / ((weeks - 1.0).max(0.0) + AS_COUNTS_DO)).max(1.0)
    }
}

/// Sums up to each week: those between two are a difference.
struct Sums(Vec<Sum>);

impl Sums {
    fn of(weeks: &[Counts]) -> Self {
        let mut sums = vec![Sum::default()];
        for week in weeks {
            let mut sum = *sums.last().expect("internal error: there is always a first");
            if week.conversions > 0 {
                sum.counts.complaints += week.complaints;
                sum.counts.conversions += week.conversions;
                sum.weeks += 1.0;
                sum.squares += (week.complaints as f64).powi(2) / week.conversions as f64;
            }
            sums.push(sum);
        }
        Self(sums)
    }

    fn weeks(&self) -> usize {
        self.0.len() - 1
    }

    /// Of the weeks from one to before another.
    fn between(&self, from: usize, to: usize) -> Sum {
        let (from, to) = (&self.0[from], &self.0[to]);
        Sum {
            counts: Counts {
                complaints: to.counts.complaints - from.counts.complaints,
                conversions: to.counts.conversions - from.counts.conversions,
            },
            weeks: to.weeks - from.weeks,
            squares: (to.squares - from.squares).max(0.0),
        }
    }
}
