//! The weekly report (周报): what was looked at, found, decided and done in one week, as numbers.
//!
//! Nothing in them is of the moment at which they are counted: the same store and week give the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Asia::Shanghai;
use console::documents::weekly::{Scope, Week};
use governance::ccr::Week as Named;
use governance::ladder::Ladders;
use model::account::Sight;
use policies::Category;
use storage::hearing::Heard;
use storage::measures::Measures;
use storage::store::Store;
use storage::transfers::Transfers;
use storage::weeks::{Examined, Weeks};

mod categories;
mod ccr;
mod counted;
mod done;
mod exhibits;
mod overdue;
mod seen;
mod standings;

pub(crate) use seen::seen;

/// What stands first in `report.json`, so that a reader of the far future knows what it has.
const FORMAT: &str = "postlink-weekly/1";

/// A store that knows all that is counted.
pub(crate) trait Counted: Store + Weeks + Measures + Transfers + Heard {}

impl<S: Store + Weeks + Measures + Transfers + Heard> Counted for S {}

/// The moments at which a week begins and is over, on the clocks of Shanghai.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: DateTime<Utc>,
    pub(crate) until: DateTime<Utc>,
    pub(crate) monday: NaiveDate,
}

impl Span {
    /// None at the ends of the calendar.
    pub(crate) fn of(week: Named) -> Option<Self> {
        Self::from(week.monday()?)
    }

    fn from(monday: NaiveDate) -> Option<Self> {
        let midnight =
            |day: NaiveDate| Some(day.and_time(NaiveTime::MIN).and_local_timezone(Shanghai).single()?.to_utc());
        let until = midnight(monday.checked_add_days(Days::new(7))?)?;
        Some(Self { from: midnight(monday)?, until, monday })
    }

    fn before(self) -> Option<Self> {
        Self::from(self.monday.checked_sub_days(Days::new(7))?)
    }

    fn holds(self, at: DateTime<Utc>) -> bool {
        (self.from..self.until).contains(&at)
    }
}

/// Counts a week of what is in this scope, and in sight: what the one leaves out is told apart where it says of no region, what the
/// other leaves out is in no number.
pub(crate) async fn count(
    store: &impl Counted,
    week: Named,
    span: Span,
    scope: Scope,
    sight: &Sight,
    categories: &[Category],
    ladders: &Ladders,
) -> anyhow::Result<Week> {
    let sight = Sight { platform: scope.platform.clone().or_else(|| sight.platform.clone()), ..sight.clone() };
    let placed = Placed { region: scope.region.as_deref() };
    let (cases, unplaced) = placed.sorted(store.examined(&sight, span.from, span.until).await?);
    let before = span.before().ok_or_else(|| anyhow::anyhow!("there is no week before {week}"))?;
    let (cases_before, _) = placed.sorted(store.examined(&sight, before.from, before.until).await?);
    let (ads, ads_before) = (counted::latest(&cases), counted::latest(&cases_before));
    let group = |of: fn(&Examined) -> Option<String>| counted::rows(&cases, &cases_before, of);
    let level = placed.region.map_or(2, |code| (code.len() + 2).min(6));
    let (worst, best) = standings::standings(&ads);
    let gravest = exhibits::gravest(store, &ads).await;
    let exemplary = exhibits::exemplary(&ads, &best);
    Ok(Week {
        format: FORMAT.to_owned(),
        week: week.to_string(),
        from: span.monday,
        until: span.monday + Days::new(6),
        total: counted::counts(&cases),
        before: counted::counts(&cases_before),
        unplaced: if placed.region.is_some() { counted::counts(&unplaced) } else { Default::default() },
        platforms: group(|case| case.platform.clone()),
        trades: group(|case| case.trade.clone()),
        regions: counted::rows(&cases, &cases_before, |case| {
            case.region.as_ref().map(|code| code.chars().take(level).collect())
        }),
        categories: categories::categories(categories, &ads, &ads_before),
        uncategorized: categories::uncategorized(categories, &ads),
        dispositions: done::dispositions(store, &sight, placed, span, ladders).await?,
        worst,
        best,
        gravest,
        exemplary,
        days: counted::days(&cases, &ads, span.monday),
        overdue: overdue::overdue(store, &sight, placed, span).await?,
        ccr: ccr::of_week(store, &sight, placed, before, span).await?,
        scope,
    })
}

/// Which cases are in a region.
#[derive(Clone, Copy)]
struct Placed<'a> {
    region: Option<&'a str>,
}

/// Where something is, seen from the region that is asked for.
#[derive(PartialEq)]
enum Place {
    Within,
    Outside,
    /// Nobody says, or only in which wider region.
    Unknown,
}

impl Placed<'_> {
    fn place(self, region: Option<&str>) -> Place {
        match (self.region, region) {
            (None, _) => Place::Within,
            (Some(_), None) => Place::Unknown,
            (Some(asked), Some(given)) if given.starts_with(asked) => Place::Within,
            (Some(asked), Some(given)) if asked.starts_with(given) => Place::Unknown,
            _ => Place::Outside,
        }
    }

    /// Those within, and those of which it is not known.
    fn sorted(self, cases: Vec<Examined>) -> (Vec<Examined>, Vec<Examined>) {
        let (mut within, mut unknown) = (Vec::new(), Vec::new());
        for case in cases {
            match self.place(case.region.as_deref()) {
                Place::Within => within.push(case),
                Place::Unknown => unknown.push(case),
                Place::Outside => {}
            }
        }
        (within, unknown)
    }
}

/// Counts things by name, those of the most first.
fn most_first<T: Ord + Clone>(counts: BTreeMap<T, u64>) -> Vec<(T, u64)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
}
