//! Complaint rates (CCR): in all and by group, how sure each is, where it goes, and the way down to the complaints behind it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use governance::ccr::{Counts, Week};
use serde::{Deserialize, Serialize};

use super::weeks::Weeks;
use crate::app::{App, HearingSettings};
use crate::auth::Person;
use crate::chart::rate::{RateLine, Whiskers, level, percent};
use crate::page::{self, Page};
use crate::rates::{self, By, GroupRates, Rates, Sort, Within, rates_within};
use crate::stored::ask;
use crate::table::{self, Cell};
use crate::web::failure::Failure;

/// Weeks that may be looked at at once, and usually are: half a year.
const WEEKS: [u16; 4] = [4, 12, 26, 52];
const USUAL_WEEKS: u16 = 26;
/// Groups that are shown; a file has all of them.
const SHOWN: usize = 50;
/// Of so many complaints a 95 % interval goes from about half of the rate to twice of it (Poisson: 10 is 4.8 to 18.4).
const FEW: u64 = 10;
/// A trend is told as one when chance alone shows it this seldom.
const BY_CHANCE: f64 = 0.05;
/// What one may ask for at once. Characters.
const LONGEST: usize = 200;

/// What stands in the address.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    by: String,
    /// The last week; empty: the last one that is over.
    week: String,
    weeks: Option<u16>,
    /// By which rate groups are ranked.
    sort: String,
    ad: String,
    advertiser: String,
    trade: String,
    platform: String,
}

/// By what groups may be made.
const BY: [(By, &str); 4] =
    [(By::Advertiser, "advertiser"), (By::Ad, "ad"), (By::Trade, "trade"), (By::Platform, "platform")];

/// The same, understood.
struct Wanted {
    asked: rates::Asked,
    weeks: Weeks,
    within: Within,
    sort: Sort,
    by: &'static str,
}

impl Asked {
    fn wanted(&self, app: &App) -> Result<Wanted, Failure> {
        let weeks = Weeks::asked(app, &self.week, self.weeks, &WEEKS, USUAL_WEEKS)?;
        let (within, (by, word)) = (self.within(), self.by());
        let HearingSettings { place, level, watch, .. } = app.settings.hearing;
        let asked = rates::Asked { by, from: weeks.first, to: weeks.last, place, level, watch };
        let sort = Sort::ALL.into_iter().find(|sort| sort.word() == self.sort).unwrap_or(Sort::Content);
        Ok(Wanted { asked, weeks, within, sort, by: word })
    }

    fn within(&self) -> Within {
        let some =
            |text: &str| Some(text.trim().chars().take(LONGEST).collect::<String>()).filter(|text| !text.is_empty());
        Within {
            ad: some(&self.ad),
            advertiser: some(&self.advertiser),
            trade: some(&self.trade),
            platform: some(&self.platform),
        }
    }

    /// What is within one advertiser is told ad by ad, where nobody says otherwise.
    fn by(&self) -> (By, &'static str) {
        let usual = if self.within().is_all() { BY[0] } else { BY[1] };
        BY.into_iter().find(|(_, word)| *word == self.by).unwrap_or(usual)
    }

    /// What is narrowed to, as the beginning of a query, without what it says otherwise.
    fn narrowing(&self, otherwise: &[&str]) -> String {
        let pairs =
            [("ad", &self.ad), ("advertiser", &self.advertiser), ("trade", &self.trade), ("platform", &self.platform)];
        let given = pairs.iter().filter(|(name, value)| !value.is_empty() && !otherwise.contains(name));
        given.map(|(name, value)| format!("{name}={}&", page::percent(value))).collect()
    }

    /// The same as a query, for files.
    fn same(&self, wanted: &Wanted) -> String {
        let given = self.narrowing(&[]);
        format!("{given}by={}&week={}&weeks={}", wanted.by, wanted.weeks.last, wanted.weeks.count)
    }
}

#[derive(Serialize)]
pub(crate) struct CcrPage {
    asked: Asked,
    by: &'static str,
    sort: &'static str,
    count: u16,
    counts: [u16; 4],
    /// First and last.
    weeks: (String, String),
    /// The query of the same, for files.
    same: String,
    total: Vec<Told>,
    groups: Vec<GroupShown>,
    more: usize,
    standings: Vec<(&'static str, u64)>,
    /// What the page is narrowed to, as the beginning of a query.
    within: String,
    narrowed: bool,
    /// Of the intervals, in percent.
    level: String,
}

/// One rate as it is told.
#[derive(Clone, Debug, Default, Serialize)]
struct Told {
    sort: &'static str,
    complaints: u64,
    conversions: u64,
    /// In percent.
    rate: Option<String>,
    between: Option<(String, String)>,
    smoothed: Option<String>,
    drawn: Whiskers,
    few: bool,
    /// `up`, `down`, `level`, and how likely by chance; none where weeks are too few.
    trend: Option<(&'static str, String)>,
    /// `up` or `down`, since which week, noticed in which, from which rate to which.
    alarm: Option<(&'static str, String, String, String, String)>,
    chart: RateLine,
}

#[derive(Clone, Debug, Default, Serialize)]
struct GroupShown {
    name: Option<String>,
    platform: Option<String>,
    content: Told,
    fulfilment: Told,
    /// The query of the complaints of this group, and of its ads.
    complaints: String,
    down: Option<String>,
}

impl Told {
    fn of(its: &GroupRates, most: f64) -> Self {
        let smoothed = its.smoothed.filter(|_| its.total.conversions > 0).map(|one| one.rate);
        let drawn = its.total.rate.zip(its.total.interval);
        Self {
            sort: its.kind.word(),
            complaints: its.total.complaints,
            conversions: its.total.conversions,
            rate: its.total.rate.map(percent),
            between: its.total.interval.map(|[low, high]| (percent(low), percent(high))),
            smoothed: smoothed.map(percent),
            drawn: drawn.map(|(rate, [low, high])| Whiskers::of(rate, low, high, smoothed, most)).unwrap_or_default(),
            few: its.total.complaints < FEW,
            trend: its.trend.map(|trend| {
                let way = match trend.a_week {
                    _ if trend.p > BY_CHANCE => "level",
                    ..0.0 => "down",
                    _ => "up",
                };
                (way, if trend.p < 0.001 { "< 0.001".to_owned() } else { format!("= {:.3}", trend.p) })
            }),
            alarm: its.alarm.as_ref().map(|alarm| {
                let way = if alarm.to > alarm.from { "up" } else { "down" };
                (way, alarm.since.clone(), alarm.noticed.clone(), percent(alarm.from), percent(alarm.to))
            }),
            chart: RateLine::default(),
        }
    }

    /// With its weeks as a line.
    fn drawn(its: &GroupRates, weeks: &[Week], level: f64) -> Self {
        let counts: Vec<Counts> = its
            .weeks
            .iter()
            .map(|week| Counts { complaints: week.complaints, conversions: week.conversions })
            .collect();
        let place = |of: &str| weeks.iter().position(|week| week.to_string() == of);
        let alarm = its.alarm.as_ref().and_then(|alarm| Some((place(&alarm.since)?, place(&alarm.noticed)?)));
        Self { chart: RateLine::of(weeks, &counts, alarm, level), ..Self::of(its, 1.0) }
    }
}

/// Whether complaints count, in the order in which it is told.
const STANDINGS: [&str; 5] = ["counts", "again", "not-converted", "excluded", "no-ad"];

impl CcrPage {
    fn of(asked: Asked, wanted: &Wanted, rates: &Rates) -> Self {
        let weeks = wanted.weeks;
        // Each group first about content, then about fulfilment.
        let mut ranked: Vec<&[GroupRates]> = rates.groups.chunks(Sort::ALL.len()).collect();
        let low = |group: &[GroupRates]| {
            let its = group.iter().find(|one| one.kind == wanted.sort).and_then(|one| one.total.interval);
            its.map_or(-1.0, |[low, _]| low)
        };
        // Whose rate is surely high comes first: by the lower end of its interval.
        ranked.sort_by(|a, b| low(b).total_cmp(&low(a)));
        let more = ranked.len().saturating_sub(SHOWN);
        ranked.truncate(SHOWN);
        let scales: Vec<f64> = (0..Sort::ALL.len()).map(|at| most(ranked.iter().map(|group| &group[at]))).collect();
        let group = |group: &&[GroupRates]| {
            let told = |at: usize| group.get(at).map(|its| Told::of(its, scales[at])).unwrap_or_default();
            let who = &group[0].group;
            let pairs = [(wanted.by, &who.who), ("platform", &who.platform)];
            let named = pairs.iter().filter(|(name, _)| *name != "platform" || wanted.by != "platform");
            let mut named: Vec<(&str, &String)> =
                named.filter_map(|(name, value)| Some((*name, value.as_ref()?))).collect();
            if wanted.by == "platform" {
                named.extend(who.who.as_ref().map(|who| ("platform", who)));
            }
            let own: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
            let query: String = named.iter().map(|(name, value)| format!("{name}={}&", page::percent(value))).collect();
            let query = asked.narrowing(&own) + &query;
            let down = (who.who.is_some() && wanted.within.ad.is_none())
                .then(|| format!("{query}by=ad&weeks={}&week={}", weeks.count, weeks.last));
            GroupShown {
                name: who.who.clone(),
                platform: who.platform.clone().filter(|_| wanted.by != "platform"),
                content: told(0),
                fulfilment: told(1),
                // What has no name cannot be asked for.
                complaints: if who.who.is_some() { query } else { String::new() },
                down,
            }
        };
        let all = weeks.all();
        Self {
            by: wanted.by,
            sort: wanted.sort.word(),
            count: weeks.count,
            counts: WEEKS,
            weeks: (weeks.first.to_string(), weeks.last.to_string()),
            same: asked.same(wanted),
            total: rates.total.iter().map(|its| Told::drawn(its, &all, wanted.asked.level)).collect(),
            groups: ranked.iter().map(group).collect(),
            more,
            standings: STANDINGS
                .iter()
                .map(|word| (*word, rates.complaints.get(*word).copied().unwrap_or(0)))
                .collect(),
            within: asked.narrowing(&[]),
            narrowed: !wanted.within.is_all(),
            level: level(wanted.asked.level),
            asked,
        }
    }
}

/// The scale of whiskers: as far as the intervals of most groups go, so that one of few does not flatten the others.
fn most<'a>(groups: impl Iterator<Item = &'a GroupRates>) -> f64 {
    let (mut highs, mut rates): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    for one in groups {
        highs.extend(one.total.interval.map(|[_, high]| high));
        rates.extend(one.total.rate);
    }
    highs.sort_by(f64::total_cmp);
    let usual = highs.get(highs.len() * 4 / 5).or(highs.last()).copied().unwrap_or(0.0);
    rates.into_iter().fold(usual, f64::max)
}

impl Page for CcrPage {
    const TEMPLATE: &'static str = "ccr.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let weeks: Vec<_> = (1..=12).map(|week| Week { year: 2026, week }).collect();
        let counts: Vec<_> = (0..12).map(|at| Counts { complaints: at, conversions: 300 * (at % 5) }).collect();
        let told = Told {
            sort: "content",
            complaints: 3,
            conversions: 100,
            rate: Some("3.00".into()),
            between: Some(("1".into(), "8".into())),
            smoothed: Some("2.00".into()),
            drawn: Whiskers::of(0.03, 0.01, 0.08, Some(0.02), 0.05),
            few: true,
            trend: Some(("up", "= 0.012".into())),
            alarm: Some(("up", "2026-W08".into(), "2026-W09".into(), "1.00".into(), "2.00".into())),
            chart: RateLine::of(&weeks, &counts, Some((8, 9)), 0.95),
        };
        let bare = Told { sort: "fulfilment", ..Told::default() };
        let group = |name: Option<String>, content: &Told, down| GroupShown {
            platform: name.clone(),
            name,
            content: content.clone(),
            fulfilment: bare.clone(),
            complaints: "ad=1&".into(),
            down,
        };
        let asked =
            Asked { ad: hostile(), advertiser: hostile(), trade: hostile(), week: hostile(), ..Asked::default() };
        let page = |asked, groups, narrowed| Self {
            asked,
            by: "advertiser",
            sort: "content",
            count: 12,
            counts: WEEKS,
            weeks: ("2026-W01".into(), "2026-W12".into()),
            same: "by=ad".into(),
            total: vec![told.clone(), bare.clone()],
            groups,
            more: 3,
            standings: STANDINGS.iter().map(|word| (*word, 2)).collect(),
            within: String::new(),
            narrowed,
            level: "95".into(),
        };
        let groups = vec![group(Some(hostile()), &told, Some("by=ad".into())), group(None, &bare, None)];
        vec![page(asked, groups, true), page(Asked::default(), Vec::new(), false)]
    }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (wanted, sight) = (asked.wanted(&app)?, person.sight());
    let rates = ask!(app.stored, store => rates_within(&**store, &sight, &wanted.asked, &wanted.within).await)?;
    let rates = rates.ok_or(Failure::NotFound)?;
    app.pages.show(person.frame(), &CcrPage::of(asked, &wanted, &rates))
}

/// A rate of one week, as a file has it.
#[derive(Serialize)]
struct Line {
    group: Option<String>,
    platform: Option<String>,
    kind: &'static str,
    /// None: of all weeks together.
    week: Option<String>,
    complaints: u64,
    conversions: u64,
    rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    smoothed: Option<f64>,
}

const COLUMNS: [&str; 10] =
    ["group", "platform", "kind", "week", "complaints", "conversions", "rate", "low", "high", "smoothed"];

impl Line {
    fn cells(self) -> Vec<Cell> {
        let text = |text: Option<String>| Cell::Text(text.unwrap_or_default());
        let number = |number: Option<f64>| number.map_or_else(|| Cell::Text(String::new()), Cell::Number);
        vec![
            text(self.group),
            text(self.platform),
            Cell::Text(self.kind.to_owned()),
            text(self.week),
            Cell::Number(self.complaints as f64),
            Cell::Number(self.conversions as f64),
            number(self.rate),
            number(self.low),
            number(self.high),
            number(self.smoothed),
        ]
    }
}

/// Every group with all weeks together, and with each.
fn lines(rates: &Rates) -> Vec<Line> {
    let line = |its: &GroupRates, week: Option<&String>, rate: &rates::Rate| Line {
        group: its.group.who.clone(),
        platform: its.group.platform.clone(),
        kind: its.kind.word(),
        week: week.cloned(),
        complaints: rate.complaints,
        conversions: rate.conversions,
        rate: rate.rate,
        low: rate.interval.map(|[low, _]| low),
        high: rate.interval.map(|[_, high]| high),
        smoothed: its.smoothed.filter(|_| week.is_none()).map(|one| one.rate),
    };
    let of_group = |its: &GroupRates| {
        let weeks = rates.weeks.iter().zip(&its.weeks).map(|(week, rate)| line(its, Some(week), rate));
        std::iter::once(line(its, None, &its.total)).chain(weeks).collect::<Vec<_>>()
    };
    rates.groups.iter().flat_map(of_group).collect()
}

/// The figures as a file: `ccr.csv`, `ccr.jsonl` or `ccr.xlsx`.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    person: Person,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let kind = table::Kind::of_name(&name, "ccr").ok_or(Failure::NotFound)?;
    let (wanted, sight) = (asked.wanted(&app)?, person.sight());
    let rates = ask!(app.stored, store => rates_within(&**store, &sight, &wanted.asked, &wanted.within).await)?;
    let rates = rates.ok_or(Failure::NotFound)?;
    let lines = lines(&rates);
    person.note(&app, "export", &name).await?;
    table::file(kind, "ccr", &COLUMNS, lines, Line::cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<CcrPage>();
    }

    #[test]
    fn what_is_narrowed_to_goes_along_on_the_way_down() {
        let asked = Asked { platform: "feed".into(), trade: "游戏".into(), ..Asked::default() };
        assert_eq!(asked.narrowing(&[]), "trade=%E6%B8%B8%E6%88%8F&platform=feed&");
        assert_eq!(asked.narrowing(&["platform", "advertiser"]), "trade=%E6%B8%B8%E6%88%8F&");
    }

    #[test]
    fn what_is_within_one_advertiser_is_told_ad_by_ad() {
        let by = |asked: Asked| asked.by().1;
        assert_eq!(by(Asked::default()), "advertiser");
        assert_eq!(by(Asked { advertiser: "a".into(), ..Asked::default() }), "ad");
        assert_eq!(by(Asked { by: "trade".into(), platform: "p".into(), ..Asked::default() }), "trade");
    }
}
