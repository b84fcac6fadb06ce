//! How many ads there were, and how they came out: each by its latest case of the week.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use chrono_tz::Asia::Shanghai;
use console::documents::weekly::{Counts, Day, Row};
use storage::weeks::{Examined, FoundThere};

/// The latest case of each ad, in the order of ads.
pub(super) fn latest(cases: &[Examined]) -> Vec<&Examined> {
    let mut ads: BTreeMap<(&Option<String>, &str), &Examined> = BTreeMap::new();
    for case in cases {
        // Cases come in the order of sealing.
        ads.insert((&case.platform, case.ad_id.as_str()), case);
    }
    ads.into_values().collect()
}

/// Whether people left it standing: nobody rejected it.
pub(super) fn stands(found: &FoundThere) -> bool {
    found.decision.as_deref() != Some("reject")
}

pub(super) fn is_violating(case: &Examined) -> bool {
    case.violations.iter().any(stands)
}

pub(super) fn counts(cases: &[Examined]) -> Counts {
    let mut counts = Counts { cases: cases.len() as u64, ..Counts::default() };
    for ad in latest(cases) {
        counts.ads += 1;
        let outcome = match ad.verdict.as_str() {
            _ if is_violating(ad) => &mut counts.violating,
            // Of what could not be seen nobody said that it is nothing.
            _ if !ad.violations.is_empty() && !ad.gaps => &mut counts.cleared,
            "clean" => &mut counts.clean,
            _ => &mut counts.inconclusive,
        };
        *outcome += 1;
        for found in &ad.violations {
            counts.violations += u64::from(stands(found));
            counts.confirmed += u64::from(found.decision.as_deref() == Some("confirm"));
            counts.rejected += u64::from(!stands(found));
        }
    }
    counts
}

/// By what a case says of itself, those with the most violating ads first; what says nothing comes last.
pub(super) fn rows(
    cases: &[Examined],
    before: &[Examined],
    of: impl Fn(&Examined) -> Option<String> + Copy,
) -> Vec<Row> {
    let (mut now, before) = (sorted(cases, of), sorted(before, of));
    // What was there a week ago alone has come to nothing, which is told.
    for name in before.keys() {
        now.entry(name.clone()).or_default();
    }
    let row = |(name, cases): (Option<String>, Vec<Examined>)| {
        let before = before.get(&name).map(|cases| counts(cases)).unwrap_or_default();
        Row { counts: counts(&cases), before, name }
    };
    let mut rows: Vec<Row> = now.into_iter().map(row).collect();
    rows.sort_by_key(|row| {
        let Counts { violating, ads, .. } = row.counts;
        (row.name.is_none(), std::cmp::Reverse((violating, ads)), row.name.clone())
    });
    rows
}

fn sorted(cases: &[Examined], of: impl Fn(&Examined) -> Option<String>) -> BTreeMap<Option<String>, Vec<Examined>> {
    let mut sorted: BTreeMap<Option<String>, Vec<Examined>> = BTreeMap::new();
    for case in cases {
        sorted.entry(of(case)).or_default().push(case.clone());
    }
    sorted
}

/// The seven days: each case on the day on which it was sealed, and an ad's violations on that of its latest case.
pub(super) fn days(cases: &[Examined], ads: &[&Examined], monday: NaiveDate) -> Vec<Day> {
    let days = (0..7).map(|n| {
        let day = monday + Days::new(n);
        let on = |case: &Examined| case.sealed_at.with_timezone(&Shanghai).date_naive() == day;
        let mut violations: BTreeMap<String, u64> = BTreeMap::new();
        let found = ads.iter().filter(|ad| on(ad)).flat_map(|ad| &ad.violations).filter(|found| stands(found));
        for found in found {
            *violations.entry(format!("{:?}", found.severity)).or_default() += 1;
        }
        Day { day, cases: cases.iter().filter(|case| on(case)).count() as u64, violations }
    });
    days.collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::violation::Severity;

    use super::*;

    fn rejected(gaps: bool) -> Examined {
        let found = FoundThere {
            check: "price-mismatch".into(),
            severity: Severity::S2,
            promised_source: "title".into(),
            decision: Some("reject".into()),
            found_since: DateTime::UNIX_EPOCH,
            decided_at: None,
        };
        Examined {
            case_id: "c".into(),
            ad_id: "a".into(),
            gaps,
            platform: Some("feed".into()),
            advertiser: None,
            advertiser_name: None,
            trade: None,
            region: None,
            verdict: "violating".into(),
            sealed_at: DateTime::UNIX_EPOCH,
            superseded_at: None,
            violations: vec![found],
        }
    }

    #[test]
    fn what_was_not_seen_whole_is_cleared_by_nobody() {
        let told = |gaps| {
            let Counts { cleared, inconclusive, .. } = counts(&[rejected(gaps)]);
            (cleared, inconclusive)
        };
        assert_eq!((told(false), told(true)), ((1, 0), (0, 1)));
    }

    #[test]
    fn what_there_was_a_week_ago_alone_has_its_row() {
        let rows = rows(&[], &[rejected(false)], |case| case.platform.clone());
        let told: Vec<_> = rows.iter().map(|row| (row.name.as_deref(), row.counts.ads, row.before.ads)).collect();
        assert_eq!(told, [(Some("feed"), 0, 1)]);
    }
}
