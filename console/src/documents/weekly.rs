//! The weekly report (周报): what was looked at in one week, what was found, decided and done, beside the week before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Document, Head};
use crate::chart::bar::Bar;
use crate::chart::columns::Columns;

mod seen;
mod sheets;

pub use seen::Seen;
use seen::Shown;
pub use sheets::workbook;

/// From the mildest up, as columns are stacked.
const SEVERITIES: [&str; 4] = ["S1", "S2", "S3", "S4"];

/// As it is printed.
#[derive(Clone, Debug, Serialize)]
pub struct Weekly {
    pub head: Head,
    pub week: Week,
    violations: Columns,
    verdicts: Vec<(Option<String>, Bar)>,
    /// What is to be seen of each exhibit: of the ad, and of the page.
    gravest: Vec<[Shown; 2]>,
    exemplary: Vec<[Shown; 2]>,
}

impl Document for Weekly {
    const NAME: &'static str = "weekly";
}

impl Weekly {
    /// `seen` has what is to be seen of the gravest exhibits and then of the exemplary ones, in their order.
    pub fn of(head: Head, week: Week, seen: &[[Seen; 2]]) -> Self {
        let counts: Vec<_> = week
            .days
            .iter()
            .flat_map(|day| day.violations.iter().map(|(severity, count)| (day.day, Some(severity.clone()), *count)))
            .filter(|(.., count)| *count > 0)
            .collect();
        let violations = Columns::in_order(&SEVERITIES, week.from, week.days.len(), &counts);
        let verdicts = week.platforms.iter().map(|row| (row.name.clone(), row.counts.bar())).collect();
        let shown = |seen: &[[Seen; 2]]| seen.iter().map(|[ad, page]| [Shown::of(ad), Shown::of(page)]).collect();
        let (gravest, exemplary) = seen.split_at(week.gravest.len().min(seen.len()));
        let (gravest, exemplary) = (shown(gravest), shown(exemplary));
        Self { head, week, violations, verdicts, gravest, exemplary }
    }
}

/// Its numbers: what `report.json` holds. The same store and week give the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Week {
    /// `postlink-weekly/1`
    pub format: String,
    /// `2026-W47`, by ISO 8601, on the clocks of Shanghai.
    pub week: String,
    /// Its Monday, and its Sunday.
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub scope: Scope,
    pub total: Counts,
    pub before: Counts,
    /// Ads of which nobody says in which region they are, or not closely enough for the one that is asked for: told apart, and in
    /// no other number of a report about a region.
    pub unplaced: Counts,
    pub platforms: Vec<Row>,
    pub trades: Vec<Row>,
    /// By province, or one level below the region that is asked for.
    pub regions: Vec<Row>,
    pub categories: Vec<Category>,
    /// Violations that belong to none of the categories.
    pub uncategorized: u64,
    pub dispositions: Dispositions,
    pub worst: Vec<Standing>,
    pub best: Vec<Standing>,
    pub days: Vec<Day>,
    pub overdue: Overdue,
    /// Rates of complaints; none where nothing converted.
    pub ccr: Vec<Ccr>,
    /// The gravest violations that nobody rejected, one of an ad.
    pub gravest: Vec<Exhibit>,
    /// Ads of the advertisers that did best, in which nothing was found.
    pub exemplary: Vec<Exhibit>,
}

/// What an ad says, beside what is behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Exhibit {
    pub case: String,
    pub ad: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    /// The advertiser's.
    pub name: Option<String>,
    /// None of an exemplary ad.
    pub violation: Option<Violation>,
}

/// A violation, as its note tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Violation {
    /// In its case, from 1.
    pub number: usize,
    pub rule: String,
    pub severity: String,
    pub confirmed: bool,
    /// By language; empty where its case cannot be read any more.
    pub what: BTreeMap<String, String>,
    /// As the ad has it, and as the page does.
    pub promised: String,
    pub delivered: String,
}

/// Whose ads it is about.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Scope {
    /// None: all.
    pub platform: Option<String>,
    /// An administrative code; none: everywhere.
    pub region: Option<String>,
}

/// How many ads were looked at, and how they came out: an ad counts once, by its latest case of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub cases: u64,
    pub ads: u64,
    /// With a violation that nobody rejected.
    pub violating: u64,
    /// In which something was found that people rejected, all of it.
    pub cleared: u64,
    pub clean: u64,
    pub inconclusive: u64,
    /// Violations that nobody rejected.
    pub violations: u64,
    /// Of these, how many people confirmed.
    pub confirmed: u64,
    pub rejected: u64,
}

impl Counts {
    fn bar(self) -> Bar {
        Bar::of(&[
            ("violating", self.violating),
            ("cleared", self.cleared),
            ("clean", self.clean),
            ("inconclusive", self.inconclusive),
        ])
    }
}

/// One platform, trade or region; none of a name: nobody says which.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    pub name: Option<String>,
    pub counts: Counts,
    pub before: Counts,
}

/// One of the six categories of supervision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Category {
    pub id: String,
    /// By language.
    pub name: BTreeMap<String, String>,
    /// None where postlink does not judge it: that is no 0.
    pub violations: Option<u64>,
    pub before: Option<u64>,
}

/// What was done in the week.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Dispositions {
    /// 账号: advertisers against which a step was taken.
    pub accounts: u64,
    /// 信息: ads that these steps rest on.
    pub items: u64,
    /// 音视频: pictures, videos and voices of these ads in which a confirmed violation lies.
    pub media: u64,
    pub steps: Vec<StepTaken>,
    /// Steps that were taken back.
    pub lifted: u64,
    /// Clues that were handed over to other authorities.
    pub handed_over: u64,
}

/// How often a step was taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepTaken {
    pub ladder: String,
    pub step: String,
    /// Of the step, by language.
    pub name: BTreeMap<String, String>,
    pub count: u64,
}

/// An advertiser among others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    pub platform: Option<String>,
    pub advertiser: String,
    pub name: Option<String>,
    pub ads: u64,
    pub violating: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    pub day: NaiveDate,
    pub cases: u64,
    /// That nobody rejected, by severity: `S1` to `S4`.
    pub violations: BTreeMap<String, u64>,
}

/// What was due within the week, and how much of it nobody did in time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Overdue {
    /// Cases with violations, to be decided 72 hours after they were found.
    pub due: u64,
    pub overdue: u64,
    /// Complaints that count, to be settled in 5 working days where they are of minors or the elderly, in 7 otherwise.
    pub complaints_due: u64,
    pub complaints_overdue: u64,
    /// What is overdue, the first that was due first; not more than [`Overdue::LISTED`].
    pub items: Vec<Late>,
}

impl Overdue {
    pub const LISTED: usize = 100;
}

/// A case or a complaint that was not done in time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Late {
    /// `decision` of a case, or `complaint`.
    pub kind: &'static str,
    /// The case, or the complaint on its platform.
    pub id: String,
    pub ad: Option<String>,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    /// Of a complaint: whether it is of a minor or somebody elderly.
    pub protected: bool,
    /// As people of the place write it.
    pub since: String,
    pub due_at: String,
    /// When it was done all the same.
    pub done_at: Option<String>,
}

/// The rate of complaints of one kind: of content, or of fulfilment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ccr {
    pub kind: String,
    pub complaints: u64,
    pub conversions: u64,
    pub rate: Option<f64>,
    pub before: Option<f64>,
}

#[cfg(test)]
impl Weekly {
    /// With everything that can stand in one.
    pub(super) fn sample(head: Head, text: &str) -> Self {
        let from = NaiveDate::from_ymd_opt(2026, 11, 16).expect("a day");
        let counts = Counts {
            cases: 9,
            ads: 7,
            violating: 2,
            cleared: 1,
            clean: 3,
            inconclusive: 1,
            violations: 3,
            confirmed: 1,
            rejected: 2,
        };
        let rows = || {
            vec![
                Row { name: Some(text.into()), counts, before: counts },
                Row { name: None, counts, before: Counts::default() },
            ]
        };
        let name =
            BTreeMap::from([("zh-CN".to_owned(), "标题党".to_owned()), ("en".to_owned(), "clickbait".to_owned())]);
        let category =
            |violations| Category { id: "clickbait".into(), name: name.clone(), violations, before: violations };
        let standing = Standing {
            platform: Some(text.into()),
            advertiser: text.into(),
            name: Some(text.into()),
            ads: 3,
            violating: 2,
        };
        let day = Day { day: from, cases: 3, violations: BTreeMap::from([("S4".to_owned(), 2), ("S1".to_owned(), 1)]) };
        let step = StepTaken { ladder: text.into(), step: text.into(), name: name.clone(), count: 2 };
        let late = |kind| Late {
            kind,
            id: text.into(),
            ad: Some(text.into()),
            platform: Some(text.into()),
            advertiser: Some(text.into()),
            protected: kind == "complaint",
            since: text.into(),
            due_at: text.into(),
            done_at: (kind == "complaint").then(|| text.into()),
        };
        let violation = Violation {
            number: 1,
            rule: text.into(),
            severity: "S4".into(),
            confirmed: true,
            what: BTreeMap::from([("zh-CN".to_owned(), text.to_owned()), ("en".to_owned(), text.to_owned())]),
            promised: text.into(),
            delivered: text.into(),
        };
        let exhibit = |violation| Exhibit {
            case: text.into(),
            ad: text.into(),
            platform: Some(text.into()),
            advertiser: Some(text.into()),
            name: Some(text.into()),
            violation,
        };
        let ccr = |rate| Ccr { kind: "content".into(), complaints: 2, conversions: 100, rate, before: rate };
        let week = Week {
            week: "2026-W47".into(),
            from,
            until: from + chrono::Days::new(6),
            scope: Scope { platform: Some(text.into()), region: Some("44".into()) },
            total: counts,
            unplaced: counts,
            platforms: rows(),
            trades: rows(),
            regions: rows(),
            categories: vec![category(Some(2)), category(None)],
            dispositions: Dispositions { steps: vec![step], ..Dispositions::default() },
            worst: vec![standing.clone()],
            best: vec![standing],
            days: vec![day],
            ccr: vec![ccr(Some(0.02)), ccr(None)],
            overdue: Overdue {
                due: 3,
                overdue: 1,
                complaints_due: 2,
                complaints_overdue: 1,
                items: vec![late("decision"), late("complaint")],
            },
            gravest: vec![exhibit(Some(violation.clone())), exhibit(Some(violation))],
            exemplary: vec![exhibit(None), exhibit(None)],
            ..Week::default()
        };
        let picture = || {
            Seen::Picture(b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec())
        };
        let seen = [
            [picture(), Seen::Gone],
            [Seen::Words, Seen::TooMany],
            [Seen::Withheld, picture()],
            [Seen::Words, Seen::Words],
        ];
        Self::of(head, week, &seen)
    }
}
