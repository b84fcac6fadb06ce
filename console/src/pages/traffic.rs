//! How much of the traffic is people's: counts before and after, by kind and reason, and week by week.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use governance::traffic::{Class, Reason};
use serde::{Deserialize, Serialize};
use storage::hearing::{Heard as _, TrafficCount};

use super::weeks::{self, Weeks};
use crate::app::App;
use crate::auth::Person;
use crate::chart::parts::{Length, lengths};
use crate::chart::rate::percent;
use crate::doors::Lists;
use crate::page::Page;
use crate::stored::ask;
use crate::web::failure::Failure;

/// Weeks that may be looked at at once, and usually are.
const WEEKS: [u16; 3] = [4, 12, 26];
const USUAL_WEEKS: u16 = 12;
/// In the order of what a user does.
const KINDS: [&str; 3] = ["impression", "click", "conversion"];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    week: String,
    weeks: Option<u16>,
}

#[derive(Serialize)]
pub(crate) struct TrafficPage {
    week: String,
    count: u16,
    counts: [u16; 3],
    kinds: Vec<KindShown>,
    weeks: Vec<WeekShown>,
    lists: Lists,
    any: bool,
}

/// Traffic of one kind, in all and by reason.
#[derive(Serialize)]
struct KindShown {
    kind: &'static str,
    before: u64,
    after: u64,
    /// Invalid, in percent.
    share: String,
    /// GIVT first, each with the most first.
    classes: Vec<(&'static str, Vec<ReasonShown>)>,
}

#[derive(Serialize)]
struct ReasonShown {
    reason: String,
    count: u64,
    after: u64,
    bar: Length,
}

/// Which part of each kind was invalid in a week; none where there was none of it.
#[derive(Serialize)]
struct WeekShown {
    week: String,
    /// In the order of [`KINDS`]: of how many, in percent, and as a bar.
    shares: Vec<Option<(u64, String, Length)>>,
}

impl TrafficPage {
    fn of(weeks: Weeks, by_week: &[Vec<TrafficCount>], lists: Lists) -> Self {
        let mut whole: BTreeMap<(&str, Option<&str>), (u64, u64)> = BTreeMap::new();
        for one in by_week.iter().flatten() {
            let (before, invalid) = whole.entry((&one.kind, one.rule.as_deref())).or_default();
            *before += one.before;
            *invalid += one.before - one.after;
        }
        let kind = |kind: &&'static str| {
            let (before, invalid) = whole.get(&(*kind, None)).copied()?;
            let by_reason = whole.iter().filter_map(|((of, rule), (_, count))| {
                Some((*rule)?).filter(|_| of == kind).map(|rule| (rule, *count))
            });
            let mut by_reason: Vec<(&str, u64)> = by_reason.collect();
            by_reason.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let most = by_reason.first().map_or(0, |(_, count)| *count) as f64;
            let class = |class: &'static str| {
                let of = by_reason.iter().filter(|(reason, _)| class_of(reason) == class);
                let shown = of.map(|(reason, count)| ReasonShown {
                    reason: (*reason).to_owned(),
                    count: *count,
                    after: before - count,
                    bar: lengths(&[*count as f64], most).remove(0),
                });
                (class, shown.collect::<Vec<_>>())
            };
            let classes = ["givt", "sivt"].map(class).into_iter().filter(|(_, reasons)| !reasons.is_empty()).collect();
            Some(KindShown { kind, before, after: before - invalid, share: percent(part(invalid, before)), classes })
        };
        // The longest bar is the worst week of any kind.
        let all = by_week.iter().flatten().filter(|one| one.rule.is_none());
        let most = all.map(|one| part(one.before - one.after, one.before)).fold(0.0, f64::max);
        let week = |(week, counts): (governance::ccr::Week, &Vec<TrafficCount>)| {
            let of = |kind: &&str| {
                let one = counts.iter().find(|one| one.kind == **kind && one.rule.is_none())?;
                let invalid = one.before - one.after;
                let part = part(invalid, one.before);
                Some((one.before, percent(part), lengths(&[part], most).remove(0)))
            };
            WeekShown { week: week.to_string(), shares: KINDS.iter().map(of).collect() }
        };
        let kinds: Vec<KindShown> = KINDS.iter().filter_map(kind).collect();
        Self {
            week: weeks.last.to_string(),
            count: weeks.count,
            counts: WEEKS,
            any: !kinds.is_empty(),
            kinds,
            weeks: weeks.all().into_iter().zip(by_week).map(week).rev().collect(),
            lists,
        }
    }
}

fn part(part: u64, whole: u64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

/// General or sophisticated, by the reason's word; what is not known is sophisticated, since no list says it.
fn class_of(reason: &str) -> &'static str {
    let known: Option<Reason> = serde_json::from_value(reason.into()).ok();
    match known.map(Reason::class) {
        Some(Class::Givt) => "givt",
        _ => "sivt",
    }
}

impl Page for TrafficPage {
    const TEMPLATE: &'static str = "traffic.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let weeks = Weeks::until("2026-W47".parse().expect("a week"), 2).expect("weeks");
        let count =
            |kind: &str, rule: Option<String>, before, after| TrafficCount { kind: kind.into(), rule, before, after };
        let week = vec![
            count("click", None, 100, 80),
            count("click", Some("known-bot".into()), 100, 90),
            count("click", Some(hostile()), 100, 85),
            count("conversion", None, 0, 0),
        ];
        let lists = Lists { data_centres: Some((hostile(), 12)), own_agents: vec![hostile()] };
        vec![Self::of(weeks, &[week, vec![]], lists), Self::of(weeks, &[vec![], vec![]], Lists::default())]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let sight = person.sight();
    let weeks = Weeks::asked(&app, &asked.week, asked.weeks, &WEEKS, USUAL_WEEKS)?;
    let mut by_week = Vec::new();
    for week in weeks.all() {
        let span = weeks::of(week, &app.settings.hearing)?;
        by_week.push(ask!(app.stored, store => store.traffic(&sight, &span).await)?);
    }
    app.pages.show(person.frame(), &TrafficPage::of(weeks, &by_week, app.doors.traffic_lists()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<TrafficPage>();
    }

    #[test]
    fn reasons_stand_by_their_class_and_weeks_are_summed() {
        let weeks = Weeks::until("2026-W47".parse().expect("a week"), 2).expect("weeks");
        let count = |rule: Option<&str>, before, after| TrafficCount {
            kind: "click".into(),
            rule: rule.map(ToOwned::to_owned),
            before,
            after,
        };
        let week = |more: u64| {
            vec![
                count(None, 100 + more, 70),
                count(Some("known-bot"), 100 + more, 90),
                count(Some("device-reuse"), 100 + more, 80),
            ]
        };
        let page = TrafficPage::of(weeks, &[week(0), week(20)], Lists::default());
        let [clicks] = &page.kinds[..] else { panic!("clicks alone") };
        assert_eq!((clicks.before, clicks.after, clicks.share.as_str()), (220, 140, "36.4"));
        let told: Vec<_> = clicks
            .classes
            .iter()
            .map(|(class, reasons)| (*class, reasons[0].reason.as_str(), reasons[0].count, reasons[0].after))
            .collect();
        assert_eq!(told, [("givt", "known-bot", 40, 180), ("sivt", "device-reuse", 60, 160)]);
        assert_eq!(page.weeks[0].week, "2026-W47", "the latest first");
    }
}
