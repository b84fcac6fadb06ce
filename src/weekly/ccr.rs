//! The rates of complaints of a week, of content and of fulfilment, as `postlink ccr` tells them.

use std::collections::BTreeSet;

use chrono_tz::Asia::Shanghai;
use console::documents::weekly::Ccr;
use console::rates::{Asked, By, GroupRates, Sort, rates};
use governance::ccr::{Counts, Watch, Week};
use model::account::Sight;

use super::{Counted, Place, Placed, Span};

/// Of the intervals, which the report leaves out.
const LEVEL: f64 = 0.95;

/// None where nothing converted in either week.
pub(super) async fn of_week(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    before: Span,
    span: Span,
) -> anyhow::Result<Vec<Ccr>> {
    let asked = Asked {
        by: if placed.region.is_some() { By::Ad } else { By::All },
        from: Week::of(before.from, Shanghai),
        to: Week::of(span.from, Shanghai),
        place: Shanghai,
        level: LEVEL,
        watch: Watch::default(),
    };
    let Some(told) = rates(store, sight, &asked).await? else { return Ok(Vec::new()) };
    let ads = ads_of(store, sight, placed, before, span).await?;
    let is_ours =
        |one: &&GroupRates| ads.as_ref().is_none_or(|ads| one.group.who.as_ref().is_some_and(|ad| ads.contains(ad)));
    let ours: Vec<_> = told.groups.iter().filter(is_ours).collect();
    let sum = |sort: Sort, week: usize| -> Counts {
        let of = ours.iter().filter(|one| one.kind == sort).filter_map(|one| one.weeks.get(week));
        of.map(|rate| Counts { complaints: rate.complaints, conversions: rate.conversions }).sum()
    };
    let rate = |sort: Sort| {
        let (then, now) = (sum(sort, 0), sum(sort, 1));
        let Counts { complaints, conversions } = now;
        Ccr { kind: sort.word().to_owned(), complaints, conversions, rate: now.rate(), before: then.rate() }
    };
    let all = Sort::ALL.map(rate);
    Ok(if all.iter().any(|one| one.conversions > 0 || one.before.is_some()) { all.into() } else { Vec::new() })
}

/// Ads of the region that were looked at in these weeks; none where all count.
async fn ads_of(
    store: &impl Counted,
    sight: &Sight,
    placed: Placed<'_>,
    before: Span,
    span: Span,
) -> anyhow::Result<Option<BTreeSet<String>>> {
    if placed.region.is_none() {
        return Ok(None);
    }
    let cases = store.examined(sight, before.from, span.until).await?;
    let within = cases.into_iter().filter(|case| placed.place(case.region.as_deref()) == Place::Within);
    Ok(Some(within.map(|case| case.ad_id).collect()))
}
