//! The form of a new sweep: what is typed, what it means, and which field is wrong.

use chrono::NaiveDateTime;
use governance::cadence::CadenceError;
use governance::sweeping::{Asked, SweepError};
use model::account::Sight;
use model::sweep::{Budget, Cadence, Scope, Sweep};
use serde::{Deserialize, Serialize};

use crate::doors::Sweeping;

/// A value of the scope is an id or a word. Characters.
const LONGEST: usize = 200;
const MEGABYTE: u64 = 1_000_000;
/// As browsers write a moment.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// As it is typed: whatever is wrong with it, it is shown again as it was.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct NewSweep {
    name: String,
    platform: String,
    advertiser: String,
    trade: String,
    tag: String,
    sample: String,
    /// `once`, `cron` or `continuous`.
    cadence: String,
    at: String,
    pattern: String,
    time_zone: String,
    window: String,
    visitors: Vec<String>,
    depth: String,
    cpu_minutes: String,
    pages: String,
    megabytes: String,
    priority: String,
    /// The button that was pressed: `preview` or `create`.
    #[serde(skip_serializing)]
    then: String,
}

/// A field, and the words for what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Wrong {
    pub(crate) field: &'static str,
    pub(crate) word: &'static str,
}

impl NewSweep {
    /// All ads once, as soon as may be.
    pub(crate) fn usual(sweeping: &Sweeping) -> Self {
        Self {
            cadence: "once".into(),
            pattern: "30 2 * * *".into(),
            time_zone: "Asia/Shanghai".into(),
            window: "120".into(),
            visitors: sweeping.usual.clone(),
            depth: sweeping.depth.to_string(),
            priority: "0".into(),
            ..Self::default()
        }
    }

    /// The same again, under another name.
    pub(crate) fn like(sweep: &Sweep) -> Self {
        let Sweep { scope, budget, .. } = sweep;
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let usual = Self::usual(&Sweeping::default());
        let (cadence, pattern, time_zone, window) = match &sweep.cadence {
            Cadence::Once { .. } => ("once", usual.pattern, usual.time_zone, usual.window),
            Cadence::Continuous => ("continuous", usual.pattern, usual.time_zone, usual.window),
            Cadence::Cron { pattern, time_zone, window_minutes } => {
                ("cron", pattern.clone(), time_zone.clone(), window_minutes.to_string())
            }
        };
        Self {
            name: String::new(),
            platform: scope.platform.clone().unwrap_or_default(),
            advertiser: scope.advertiser.clone().unwrap_or_default(),
            trade: scope.trade.clone().unwrap_or_default(),
            tag: scope.tag.clone().unwrap_or_default(),
            sample: scope.sample.map(|sample| sample.to_string()).unwrap_or_default(),
            cadence: cadence.into(),
            at: String::new(),
            pattern,
            time_zone,
            window,
            visitors: sweep.visitors.clone(),
            depth: sweep.depth.to_string(),
            cpu_minutes: number(budget.cpu_minutes),
            pages: number(budget.pages),
            megabytes: number(budget.bytes.map(|bytes| bytes.div_ceil(MEGABYTE))),
            priority: sweep.priority.to_string(),
            then: String::new(),
        }
    }

    /// Whether it is to be created, and not only weighed.
    pub(crate) fn creates(&self) -> bool {
        self.then == "create"
    }

    /// What is asked for, within what the account sees; every field that is wrong.
    pub(crate) fn asked(&self, sweeping: &Sweeping, sight: &Sight) -> Result<Asked, Vec<Wrong>> {
        let mut read = Read::default();
        let scope = Scope {
            platform: read.platform(&self.platform, sight),
            advertiser: text(&self.advertiser),
            trade: text(&self.trade),
            tag: text(&self.tag),
            sample: read.number("sample", "sample", &self.sample),
            ..Scope::default()
        };
        let asked = Asked {
            name: self.name.trim().to_owned(),
            scope,
            cadence: self.cadence(&mut read),
            visitors: read.visitors(&self.visitors, sweeping),
            depth: read.number("depth", "depth", &self.depth).unwrap_or(sweeping.depth),
            pool: sweeping.pool.clone(),
            budget: Budget {
                cpu_minutes: read.number("cpu_minutes", "whole", &self.cpu_minutes),
                pages: read.number("pages", "whole", &self.pages),
                bytes: read.number("megabytes", "whole", &self.megabytes).map(|mb: u64| mb.saturating_mul(MEGABYTE)),
            },
            priority: read.number("priority", "priority", &self.priority).unwrap_or(0),
        };
        if read.wrong.is_empty() { Ok(asked) } else { Err(read.wrong) }
    }

    fn cadence(&self, read: &mut Read) -> Cadence {
        match self.cadence.as_str() {
            "continuous" => Cadence::Continuous,
            "cron" => Cadence::Cron {
                pattern: self.pattern.trim().to_owned(),
                time_zone: self.time_zone.trim().to_owned(),
                window_minutes: read.number("window", "whole", &self.window).unwrap_or(0),
            },
            "" | "once" => Cadence::Once { at: read.moment(&self.at) },
            _ => {
                read.wrong("cadence", "cadence");
                Cadence::Continuous
            }
        }
    }
}

/// What is typed, where it is something. Nothing has a NUL in it: a database may be unable to look into what has.
fn text(typed: &str) -> Option<String> {
    let plain = typed.trim().chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    Some(plain).filter(|text| !text.is_empty())
}

/// Notes what cannot be read, and goes on.
#[derive(Default)]
struct Read {
    wrong: Vec<Wrong>,
}

impl Read {
    fn wrong(&mut self, field: &'static str, word: &'static str) {
        self.wrong.push(Wrong { field, word });
    }

    /// A number; none where nothing is typed.
    fn number<N: std::str::FromStr>(&mut self, field: &'static str, word: &'static str, typed: &str) -> Option<N> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let number = typed.parse().ok();
        if number.is_none() {
            self.wrong(field, word);
        }
        number
    }

    /// A moment on the clocks that times are told by.
    fn moment(&mut self, typed: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        if typed.is_empty() {
            return None;
        }
        // Browsers leave out seconds that are none.
        let there = NaiveDateTime::parse_from_str(typed, MOMENT);
        let there = there.or_else(|_| NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%S"));
        let moment = there.ok().and_then(crate::told::moment);
        if moment.is_none() {
            self.wrong("at", "at");
        }
        moment
    }

    /// An account that sees one platform asks for that one.
    fn platform(&mut self, typed: &str, sight: &Sight) -> Option<String> {
        let typed = text(typed);
        if let (Some(own), Some(other)) = (&sight.platform, &typed)
            && own != other
        {
            self.wrong("platform", "platform");
        }
        sight.platform.clone().or(typed)
    }

    fn visitors(&mut self, ticked: &[String], sweeping: &Sweeping) -> Vec<String> {
        if ticked.iter().any(|one| !sweeping.visitors.contains(one)) {
            self.wrong("visitors", "visitor");
        }
        ticked.to_vec()
    }
}

impl Wrong {
    pub(crate) fn taken() -> Self {
        Self { field: "name", word: "taken" }
    }
}

impl From<&SweepError> for Wrong {
    fn from(error: &SweepError) -> Self {
        let (field, word) = match error {
            SweepError::Name(_) => ("name", "name"),
            SweepError::Sample(_) => ("sample", "sample"),
            SweepError::Priority(_) => ("priority", "priority"),
            SweepError::NoVisitor => ("visitors", "no-visitor"),
            SweepError::Window(_) | SweepError::Cadence(CadenceError::Window { .. }) => ("window", "window"),
            SweepError::Cadence(CadenceError::Pattern { .. }) => ("pattern", "pattern"),
            SweepError::Cadence(CadenceError::Never(_)) => ("pattern", "never"),
            SweepError::Cadence(CadenceError::TimeZone(_)) => ("time_zone", "time-zone"),
        };
        Self { field, word }
    }
}

#[cfg(test)]
mod tests;
