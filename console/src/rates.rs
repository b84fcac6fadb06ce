//! How often users who converted complain, week by week and group by group: from what is kept, by the arithmetic of `governance`.
//!
//! For the command line, the API and the pages alike. Memory: a week's counts for each group, and the complaints about one ad.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use governance::ccr::{self, Counts, Interval, Prior, Standing, Watch, Week};
use model::account::Sight;
use model::complaint::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::hearing::{AdOf, Complained, Heard, Span};
use storage::store::StoreError;

/// Weeks at once: ten years.
pub const MOST_WEEKS: usize = 530;

/// How rates are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    All,
    Ad,
    Advertiser,
    Trade,
    Platform,
}

impl By {
    fn group(self, of: &AdOf) -> Group {
        let (platform, who) = match self {
            Self::All => (None, None),
            Self::Ad => (of.platform.clone(), Some(of.ad.clone())),
            Self::Advertiser => (of.platform.clone(), of.advertiser.clone()),
            Self::Trade => (None, of.trade.clone()),
            Self::Platform => (of.platform.clone(), of.platform.clone()),
        };
        Group { platform, who }
    }
}

/// Of which complaints a rate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// About what the ad said.
    Content,
    /// About what was given for it.
    Fulfilment,
}

impl Sort {
    pub const ALL: [Self; 2] = [Self::Content, Self::Fulfilment];

    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Content => Some(Self::Content),
            Kind::Fulfilment => Some(Self::Fulfilment),
            Kind::Distribution | Kind::Other => None,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Fulfilment => "fulfilment",
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub by: By,
    pub from: Week,
    /// This week counts, too.
    pub to: Week,
    /// Whose clocks weeks begin by.
    pub place: Tz,
    /// Of intervals: 0.95 for 95 %.
    pub level: f64,
    pub watch: Watch,
}

impl Asked {
    /// The weeks, from the first to the last; none where the last is before the first, or too far from it.
    pub fn weeks(&self) -> Option<Vec<Week>> {
        let weeks: Vec<Week> = std::iter::successors(Some(self.from), |week| week.next())
            .take_while(|week| *week <= self.to)
            .take(MOST_WEEKS + 1)
            .collect();
        (1..=MOST_WEEKS).contains(&weeks.len()).then_some(weeks)
    }
}

/// When a week begins and the next one does, by the clocks of a place.
pub fn span(week: Week, place: Tz) -> Option<Span> {
    Some(Span { from: begins(week, place)?, to: begins(week.next()?, place)? })
}

fn begins(week: Week, place: Tz) -> Option<DateTime<Utc>> {
    // Where clocks go forward at midnight, the day begins when they have.
    let midnight = week.monday()?.and_time(NaiveTime::MIN);
    let hours = (0..3).map(|hour| midnight + chrono::TimeDelta::hours(hour));
    hours.into_iter().find_map(|at| at.and_local_timezone(place).earliest()).map(|at| at.to_utc())
}

/// An ad, an advertiser, a trade or a platform; nothing of it where all are one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Group {
    /// Of an ad, an advertiser and a platform, where it is known.
    pub platform: Option<String>,
    /// Its id or name; null where nobody said.
    pub who: Option<String>,
}

/// Rates of every group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Rates {
    /// As 2026-W47, in order.
    pub weeks: Vec<String>,
    /// Of all groups together: about content, and about fulfilment. Drawn towards nothing.
    pub total: Vec<GroupRates>,
    /// By group, each first about content, then about fulfilment.
    pub groups: Vec<GroupRates>,
    /// Complaints of these weeks by whether they count, or why not: `counts`, `no-ad`, `excluded`, `not-converted`, `again`.
    pub complaints: BTreeMap<String, u64>,
}

/// The rates of one group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GroupRates {
    #[serde(flatten)]
    pub group: Group,
    pub kind: Sort,
    /// One each week, in the order of the weeks.
    pub weeks: Vec<Rate>,
    /// All weeks together.
    pub total: Rate,
    /// The total drawn towards what the groups come to: of few conversions it says more. None where there is one group.
    pub smoothed: Option<Smoothed>,
    /// None where fewer than five weeks have conversions.
    pub trend: Option<Trend>,
    /// The rate has changed, the last time that it has; none where it has not, or too few weeks say what is usual.
    pub alarm: Option<Alarm>,
}

/// Complaints that count by valid conversions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Rate {
    pub complaints: u64,
    pub conversions: u64,
    /// None where nothing converted.
    pub rate: Option<f64>,
    /// Both ends of the interval (Wilson).
    pub interval: Option<[f64; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Smoothed {
    pub rate: f64,
    pub interval: [f64; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Trend {
    /// Change of the rate a week.
    pub a_week: f64,
    /// How often chance alone would show as much.
    pub p: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Alarm {
    /// The first week with another rate, as far as it can be told.
    pub since: String,
    /// The week that gave the alarm.
    pub noticed: String,
    pub from: f64,
    pub to: f64,
}

impl Rate {
    fn of(counts: Counts, level: f64) -> Self {
        let Counts { complaints, conversions } = counts;
        let interval = ccr::wilson(counts, level).map(ends);
        Self { complaints, conversions, rate: counts.rate(), interval }
    }
}

fn ends(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

/// Ads for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    pub ad: Option<String>,
    pub advertiser: Option<String>,
    pub trade: Option<String>,
    pub platform: Option<String>,
}

impl Within {
    fn holds(&self, of: &AdOf) -> bool {
        let is =
            |wanted: &Option<String>, its: Option<&str>| wanted.as_deref().is_none_or(|wanted| its == Some(wanted));
        is(&self.ad, Some(&of.ad))
            && is(&self.advertiser, of.advertiser.as_deref())
            && is(&self.trade, of.trade.as_deref())
            && is(&self.platform, of.platform.as_deref())
    }

    /// Whether all ads are within, and what belongs to none.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

/// The rates of what is in sight; none where the weeks are none.
pub async fn rates(store: &impl Heard, sight: &Sight, asked: &Asked) -> Result<Option<Rates>, StoreError> {
    rates_within(store, sight, asked, &Within::default()).await
}

/// The same of some of the ads alone.
pub async fn rates_within(
    store: &impl Heard,
    sight: &Sight,
    asked: &Asked,
    within: &Within,
) -> Result<Option<Rates>, StoreError> {
    Ok(rates_up_to(store, sight, asked, within, usize::MAX).await?.ok())
}

/// Why rates are not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// The last week is before the first, or too far from it.
    NoWeeks,
    /// Groups by weeks are more than may be asked for.
    TooMany,
}

/// The same, of no more groups by weeks than so many: memory and the answer grow with them.
pub async fn rates_up_to(
    store: &impl Heard,
    sight: &Sight,
    asked: &Asked,
    within: &Within,
    most: usize,
) -> Result<Result<Rates, Untold>, StoreError> {
    let Some(weeks) = asked.weeks() else { return Ok(Err(Untold::NoWeeks)) };
    let Some(spans) = weeks.iter().map(|week| span(*week, asked.place)).collect::<Option<Vec<_>>>() else {
        return Ok(Err(Untold::NoWeeks));
    };
    let most = most / spans.len();
    let mut counted = Counted { by: asked.by, spans, most, groups: BTreeMap::new(), complaints: BTreeMap::new() };
    for (at, span) in counted.spans.clone().iter().enumerate() {
        let mut take = |by: storage::hearing::ByAd| {
            if within.holds(&by.of)
                && let Some(cells) = counted.group(&by.of)
            {
                cells[at].conversions += by.valid;
            }
        };
        store.each_ad(sight, span, &mut take).await?;
    }
    let (Some(first), Some(last)) = (counted.spans.first(), counted.spans.last()) else {
        return Ok(Err(Untold::TooMany));
    };
    let whole = Span { from: first.from, to: last.to };
    let mut about: Vec<Complained> = Vec::new();
    let mut take = |one: Complained| {
        if !one.of.as_ref().map_or(within.is_all(), |of| within.holds(of)) {
            return;
        }
        let same = about.last().is_none_or(|last| {
            last.of.is_some() && last.of.as_ref().map(|of| &of.ad) == one.of.as_ref().map(|of| &of.ad)
        });
        if !same {
            counted.votes(&about);
            about.clear();
        }
        about.push(one);
    };
    store.each_complaint(sight, within.ad.as_deref(), &whole, &mut take).await?;
    counted.votes(&about);
    if counted.groups.len() > counted.most {
        return Ok(Err(Untold::TooMany));
    }
    let asked = *asked;
    // It takes its time, and nobody else's.
    let done = tokio::task::spawn_blocking(move || counted.done(&weeks, &asked)).await;
    Ok(Ok(done.unwrap_or_else(|broken| std::panic::resume_unwind(broken.into_panic()))))
}

/// Conversions and complaints of a week.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    conversions: u64,
    content: u64,
    fulfilment: u64,
}

impl Cell {
    fn add(&mut self, other: Self) {
        self.conversions += other.conversions;
        self.content += other.content;
        self.fulfilment += other.fulfilment;
    }

    fn counts(self, sort: Sort) -> Counts {
        let complaints = match sort {
            Sort::Content => self.content,
            Sort::Fulfilment => self.fulfilment,
        };
        Counts { complaints, conversions: self.conversions }
    }
}

struct Counted {
    by: By,
    spans: Vec<Span>,
    /// Groups: what is of one more than these is not counted any more.
    most: usize,
    groups: BTreeMap<Group, Vec<Cell>>,
    complaints: BTreeMap<String, u64>,
}

impl Counted {
    /// None where there are too many, which one more than may be says.
    fn group(&mut self, of: &AdOf) -> Option<&mut [Cell]> {
        let (weeks, group) = (self.spans.len(), self.by.group(of));
        if self.groups.len() > self.most && !self.groups.contains_key(&group) {
            return None;
        }
        Some(self.groups.entry(group).or_insert_with(|| vec![Cell::default(); weeks]))
    }

    /// Weeks follow each other without a gap.
    fn week(&self, at: DateTime<Utc>) -> Option<usize> {
        let week = self.spans.partition_point(|span| span.to <= at);
        self.spans.get(week).filter(|span| span.from <= at).map(|_| week)
    }

    /// Counts the complaints about one ad, in the order of time: those before the weeks say who has voted already.
    fn votes(&mut self, about: &[Complained]) {
        let heard = about.iter().map(|one| ccr::Heard {
            at: one.at,
            platform: &one.key.platform,
            user: one.user.as_deref(),
            ad: one.of.as_ref().map(|of| of.ad.as_str()),
            kind: kind(one),
            excluded: one.excluded,
            converted_at: one.converted_at,
        });
        let standings: Vec<Standing> = ccr::standings(heard).collect();
        for (one, standing) in about.iter().zip(standings) {
            let Some(week) = self.week(one.at) else {
                continue;
            };
            *self.complaints.entry(model::line::word(&standing)).or_default() += 1;
            let (Standing::Counts, Some(of), Some(sort)) = (standing, &one.of, Sort::of(kind(one))) else { continue };
            let Some(cells) = self.group(of) else { continue };
            let cell = &mut cells[week];
            match sort {
                Sort::Content => cell.content += 1,
                Sort::Fulfilment => cell.fulfilment += 1,
            }
        }
    }

    fn done(self, weeks: &[Week], asked: &Asked) -> Rates {
        let priors = Sort::ALL.map(|sort| {
            let totals: Vec<Counts> = self.groups.values().map(|cells| total(cells, sort)).collect();
            // One group alone says nothing of what others come to.
            let seen = totals.iter().filter(|total| total.conversions > 0).count();
            ccr::prior(&totals).filter(|_| seen > 1)
        });
        let groups = self.groups.iter().flat_map(|(group, cells)| {
            Sort::ALL.map(|sort| group_rates(group, cells, sort, priors[sort as usize].as_ref(), weeks, asked))
        });
        let mut all = vec![Cell::default(); weeks.len()];
        for cells in self.groups.values() {
            all.iter_mut().zip(cells).for_each(|(sum, cell)| sum.add(*cell));
        }
        let of_all = Sort::ALL.map(|sort| group_rates(&Group::default(), &all, sort, None, weeks, asked));
        let groups = groups.collect();
        Rates {
            weeks: weeks.iter().map(ToString::to_string).collect(),
            total: of_all.into(),
            groups,
            complaints: self.complaints,
        }
    }
}

/// What nobody has labelled is about nothing that is rated.
fn kind(one: &Complained) -> Kind {
    one.kind.unwrap_or(Kind::Other)
}

fn total(cells: &[Cell], sort: Sort) -> Counts {
    cells.iter().map(|cell| cell.counts(sort)).sum()
}

fn group_rates(
    group: &Group,
    cells: &[Cell],
    sort: Sort,
    prior: Option<&Prior>,
    weeks: &[Week],
    asked: &Asked,
) -> GroupRates {
    let counts: Vec<Counts> = cells.iter().map(|cell| cell.counts(sort)).collect();
    let total = total(cells, sort);
    let smoothed = prior.map(|prior| ccr::smoothed(total, prior, asked.level));
    let alarm = ccr::alarms(&counts, &asked.watch).pop();
    GroupRates {
        group: group.clone(),
        kind: sort,
        weeks: counts.iter().map(|counts| Rate::of(*counts, asked.level)).collect(),
        total: Rate::of(total, asked.level),
        smoothed: smoothed.map(|one| Smoothed { rate: one.rate, interval: ends(one.interval) }),
        trend: ccr::trend(&counts).map(|trend| Trend { a_week: trend.a_week, p: trend.p }),
        alarm: alarm.map(|change| Alarm {
            since: weeks[change.since].to_string(),
            noticed: weeks[change.noticed].to_string(),
            from: change.from,
            to: change.to,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_by_the_clocks_of_its_place() {
        let week: Week = "2026-W47".parse().expect("a week");
        let of =
            |place: Tz| span(week, place).map(|span| [span.from.to_rfc3339(), span.to.to_rfc3339()]).expect("it is");
        assert_eq!(of(chrono_tz::Asia::Shanghai), ["2026-11-15T16:00:00+00:00", "2026-11-22T16:00:00+00:00"]);
        assert_eq!(of(chrono_tz::UTC), ["2026-11-16T00:00:00+00:00", "2026-11-23T00:00:00+00:00"]);
    }

    fn imported(id: &str) -> storage::library::NewAd {
        storage::library::NewAd {
            ad_id: id.into(),
            platform: Some("feed".into()),
            advertiser: Some("one".into()),
            trade: None,
            tags: Vec::new(),
            approved_at: None,
            ends_at: None,
            landing: model::landing::Landing::of("https://a.test/".into(), "a.test".into()),
            ad: "{}".into(),
            folder: "/".into(),
            files: [].into(),
        }
    }

    fn sold(id: &str) -> model::touchpoint::Conversion {
        let at = "2026-11-18T00:00:00Z".parse().expect("a moment");
        let (user, ad, platform) = (Some("u".into()), Some(id.into()), Some("feed".into()));
        model::touchpoint::Conversion {
            id: id.into(),
            at,
            kind: "order".into(),
            user,
            platform,
            ad,
            click: None,
            value: None,
        }
    }

    #[tokio::test]
    async fn groups_by_weeks_are_refused_where_they_are_too_many() {
        use storage::hearing::Hearing as _;
        use storage::library::Library as _;

        let folder = tempfile::tempdir().expect("a folder");
        let clock: model::units::Clock = std::sync::Arc::new(|| DateTime::UNIX_EPOCH);
        let store = storage::sqlite::open(folder.path(), clock).await.expect("a store");
        let ads = ["a", "b", "c"];
        store.import(&ads.map(imported), DateTime::UNIX_EPOCH).await.expect("imports");
        store.take_conversions(&ads.map(sold)).await.expect("takes");
        let asked = |from: &str| Asked {
            by: By::Ad,
            from: from.parse().expect("a week"),
            to: "2026-W47".parse().expect("a week"),
            place: chrono_tz::UTC,
            level: 0.95,
            watch: Watch::default(),
        };
        let told = async |from: &str, most| {
            let (sight, all) = (Sight::default(), Within::default());
            rates_up_to(&store, &sight, &asked(from), &all, most).await.expect("asks").map(|rates| rates.groups.len())
        };
        assert_eq!(told("2026-W46", 6).await, Ok(6), "three ads, each about content and fulfilment");
        assert_eq!(told("2026-W46", 5).await, Err(Untold::TooMany));
        assert_eq!(told("2026-W45", 6).await, Err(Untold::TooMany));
        assert_eq!(told("2026-W48", 6).await, Err(Untold::NoWeeks));
    }

    #[test]
    fn weeks_go_on_over_the_turn_of_the_year_and_not_without_end() {
        let asked = |from: &str, to: &str| Asked {
            by: By::All,
            from: from.parse().expect("a week"),
            to: to.parse().expect("a week"),
            place: chrono_tz::UTC,
            level: 0.95,
            watch: Watch::default(),
        };
        let weeks = asked("2026-W52", "2027-W01").weeks().expect("some");
        assert_eq!(weeks.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2026-W52", "2026-W53", "2027-W01"]);
        assert_eq!(asked("2026-W02", "2026-W01").weeks(), None);
        assert_eq!(asked("2006-W02", "2026-W01").weeks(), None);
        for wrong in ["2025-W53", "2026-W54", "2026-47", "26-W01", "2026-W1", ""] {
            assert!(wrong.parse::<Week>().is_err(), "{wrong}");
        }
    }
}
