//! A sweep as pages show it: what of, when, as whom, for how much.

use model::sweep::{Budget, Cadence, Scope, Sweep};
use serde::Serialize;

use crate::told::local;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct SweepShown {
    pub(crate) name: String,
    /// `running`, `paused`, `cancelled` or `done`.
    pub(crate) state: String,
    /// Its conditions, each with the key of its word; none: all ads.
    scope: Vec<(&'static str, String)>,
    cadence: CadenceShown,
    next_at: Option<String>,
    visitors: Vec<String>,
    depth: u8,
    pool: String,
    budget: Vec<(&'static str, String)>,
    priority: i32,
    created_at: String,
}

/// When it runs, as far as that can be said in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CadenceShown {
    /// `once`, `once-at`, `continuous`, `hourly`, `daily`, `weekly` or `cron`.
    kind: &'static str,
    /// The moment, the time of day, or the pattern.
    at: String,
    /// 0 for Sunday.
    weekday: Option<String>,
    zone: String,
    window: Option<u32>,
}

impl From<&Sweep> for SweepShown {
    fn from(sweep: &Sweep) -> Self {
        Self {
            name: sweep.name.clone(),
            state: model::line::word(&sweep.state),
            scope: scope(&sweep.scope),
            cadence: cadence(&sweep.cadence),
            next_at: sweep.next_at.map(local),
            visitors: sweep.visitors.clone(),
            depth: sweep.depth,
            pool: sweep.pool.clone(),
            budget: budget(&sweep.budget),
            priority: sweep.priority,
            created_at: local(sweep.created_at),
        }
    }
}

fn scope(scope: &Scope) -> Vec<(&'static str, String)> {
    let conditions = [
        ("platform", scope.platform.clone()),
        ("advertiser", scope.advertiser.clone()),
        ("trade", scope.trade.clone()),
        ("tag", scope.tag.clone()),
        ("ad", scope.ad.clone()),
        ("sample", scope.sample.map(|sample| sample.to_string())),
    ];
    conditions.into_iter().filter_map(|(word, value)| Some((word, value?))).collect()
}

fn budget(budget: &Budget) -> Vec<(&'static str, String)> {
    let limits = [
        ("cpu_minutes", budget.cpu_minutes.map(|limit| limit.to_string())),
        ("pages", budget.pages.map(|limit| limit.to_string())),
        ("megabytes", budget.bytes.map(|limit| format!("{:.0}", limit as f64 / 1e6))),
    ];
    limits.into_iter().filter_map(|(word, value)| Some((word, value?))).collect()
}

fn cadence(cadence: &Cadence) -> CadenceShown {
    let plain = |kind, at| CadenceShown { kind, at, weekday: None, zone: String::new(), window: None };
    match cadence {
        Cadence::Once { at: None } => plain("once", String::new()),
        Cadence::Once { at: Some(at) } => plain("once-at", local(*at)),
        Cadence::Continuous => plain("continuous", String::new()),
        Cadence::Cron { pattern, time_zone, window_minutes } => {
            let (kind, at, weekday) = in_words(pattern).unwrap_or(("cron", pattern.clone(), None));
            let window = Some(*window_minutes).filter(|window| *window > 0);
            CadenceShown { kind, at, weekday, zone: time_zone.clone(), window }
        }
    }
}

/// The patterns that most sweeps have; none for what is better told as it is written.
fn in_words(pattern: &str) -> Option<(&'static str, String, Option<String>)> {
    let fields: Vec<_> = pattern.split_whitespace().collect();
    let [minute, hour, "*", "*", weekday] = fields[..] else { return None };
    let number = |text: &str, most: u8| text.parse::<u8>().ok().filter(|number| *number <= most);
    let minute = number(minute, 59)?;
    if hour == "*" && weekday == "*" {
        return Some(("hourly", minute.to_string(), None));
    }
    let at = format!("{}:{minute:02}", number(hour, 23)?);
    if weekday == "*" {
        return Some(("daily", at, None));
    }
    Some(("weekly", at, Some((number(weekday, 7)? % 7).to_string())))
}

#[cfg(test)]
impl SweepShown {
    pub(crate) fn samples() -> Vec<Self> {
        use model::sweep::SweepState;
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let cron = |pattern: &str, window_minutes| Cadence::Cron {
            pattern: pattern.into(),
            time_zone: crate::page::tests::HOSTILE.into(),
            window_minutes,
        };
        let at = chrono::DateTime::UNIX_EPOCH;
        let sweep = |state, cadence| Sweep {
            name: hostile(),
            scope: Scope::default(),
            cadence,
            visitors: vec![hostile()],
            depth: 1,
            pool: hostile(),
            budget: Budget::default(),
            priority: -1,
            state,
            secret: "00ff".into(),
            created_at: at,
            next_at: None,
        };
        let full = Sweep {
            scope: Scope {
                platform: Some(hostile()),
                advertiser: Some(hostile()),
                trade: Some(hostile()),
                tag: Some(hostile()),
                sample: Some(12.5),
                ..Scope::default()
            },
            budget: Budget { cpu_minutes: Some(1), pages: Some(2), bytes: Some(3_000_000) },
            next_at: Some(at),
            ..sweep(SweepState::Running, cron("30 2 * * *", 120))
        };
        let others = [
            sweep(SweepState::Paused, cron("30 2 * * 7", 0)),
            sweep(SweepState::Cancelled, cron("5 * * * *", 0)),
            sweep(SweepState::Done, Cadence::Once { at: Some(at) }),
            sweep(SweepState::Running, Cadence::Once { at: None }),
            sweep(SweepState::Running, Cadence::Continuous),
            sweep(SweepState::Running, cron(&hostile(), 0)),
        ];
        [full].iter().chain(&others).map(Self::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_patterns_are_said_in_words() {
        let told = |pattern| in_words(pattern).map(|(kind, at, weekday)| (kind, at, weekday.unwrap_or_default()));
        let said = |kind, at: &str, weekday: &str| Some((kind, at.to_owned(), weekday.to_owned()));
        assert_eq!(told("30 2 * * *"), said("daily", "2:30", ""));
        assert_eq!(told("5 * * * *"), said("hourly", "5", ""));
        assert_eq!(told("0 14 * * 7"), said("weekly", "14:00", "0"));
        for other in ["*/5 * * * *", "0 2 1 * *", "0 2 * 1 *", "0 2 * * 1-5", "0 2,3 * * *", "0 24 * * *", "x"] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
