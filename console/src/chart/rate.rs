//! A rate week by week: a line, the band that it may lie in, and where it was alarmed.

use governance::ccr::{Counts, Week, wilson};
use serde::Serialize;

/// The picture, in its own units, and what is left at its sides for words.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 28.0;
/// Lines across, the lowest included.
const STEPS: usize = 4;
/// Weeks that have words below, at most.
const TICKS: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct RateLine {
    width: f64,
    height: f64,
    left: f64,
    /// Where the line goes, stretch by stretch: weeks without conversions are gaps.
    lines: Vec<String>,
    bands: Vec<String>,
    points: Vec<Point>,
    /// Lines across: how high, and which rate that is.
    steps: Vec<(f64, String)>,
    ticks: Vec<(f64, String)>,
    /// From where to where the rate is another one.
    alarm: Option<(f64, f64)>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Point {
    pub(crate) week: String,
    x: f64,
    y: f64,
    pub(crate) complaints: u64,
    pub(crate) conversions: u64,
    /// None where nothing converted.
    pub(crate) rate: Option<String>,
    /// Its interval.
    between: Option<(String, String)>,
}

impl RateLine {
    /// `alarm`: since which of them the rate is another one, and in which it was noticed.
    pub(crate) fn of(weeks: &[Week], counts: &[Counts], alarm: Option<(usize, usize)>, level: f64) -> Self {
        let top = top(counts, level);
        let (wide, room) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
        let slots = weeks.len().saturating_sub(1).max(1) as f64;
        let x = |at: usize| round(LEFT + wide * at as f64 / slots);
        let y = |rate: f64| round(TOP + room - room * (rate / top).min(1.0));
        let (mut lines, mut bands, mut stretch) = (Vec::new(), Vec::new(), Vec::new());
        let mut end = |stretch: &mut Vec<(usize, Counts)>| {
            if stretch.is_empty() {
                return;
            }
            let told = |at: f64, high: f64| format!("{at} {high}");
            let middle = stretch.iter().map(|(at, counts)| told(x(*at), y(counts.rate().unwrap_or_default())));
            lines.push(format!("M{}", middle.collect::<Vec<_>>().join("L")));
            let edge = |(at, counts): &(usize, Counts)| (x(*at), wilson(*counts, level));
            let upper = stretch.iter().map(edge).filter_map(|(at, within)| Some(told(at, y(within?.high))));
            let lower = stretch.iter().rev().map(edge).filter_map(|(at, within)| Some(told(at, y(within?.low))));
            bands.push(format!("M{}Z", upper.chain(lower).collect::<Vec<_>>().join("L")));
            stretch.clear();
        };
        for (at, counts) in counts.iter().enumerate() {
            if counts.conversions > 0 { stretch.push((at, *counts)) } else { end(&mut stretch) }
        }
        end(&mut stretch);
        let points = weeks.iter().zip(counts).enumerate().map(|(at, (week, counts))| Point {
            week: week.to_string(),
            x: x(at),
            y: y(counts.rate().unwrap_or_default()),
            complaints: counts.complaints,
            conversions: counts.conversions,
            rate: counts.rate().map(percent),
            between: wilson(*counts, level).map(|within| (percent(within.low), percent(within.high))),
        });
        let every = weeks.len().div_ceil(TICKS).max(1);
        let ticked = |at: &usize| (weeks.len() - 1 - at).is_multiple_of(every);
        let ticks = (0..weeks.len()).filter(ticked).map(|at| (x(at), format!("W{:02}", weeks[at].week)));
        let steps = (0..=STEPS).map(|n| n as f64 / STEPS as f64 * top).map(|rate| (y(rate), percent(rate)));
        Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            points: points.collect(),
            steps: steps.collect(),
            ticks: ticks.collect(),
            alarm: alarm.map(|(since, noticed)| (x(since), x(noticed))),
            lines,
            bands,
        }
    }
}

/// A round rate above all of them; a week of few is cut off at three times what the others come to, so that it hides none.
fn top(counts: &[Counts], level: f64) -> f64 {
    let all: Counts = counts.iter().copied().sum();
    let highest = counts.iter().filter_map(|counts| Some(wilson(*counts, level)?.high)).fold(0.0, f64::max);
    let rates = counts.iter().filter_map(|counts| counts.rate()).fold(0.0, f64::max);
    let most = highest.min((3.0 * all.rate().unwrap_or(0.0)).max(1.2 * rates)).max(1e-4);
    let unit = 10_f64.powf(most.log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter().map(|factor| factor * unit).find(|top| *top >= most).unwrap_or(most)
}

/// A tenth of a unit is less than anybody sees.
fn round(at: f64) -> f64 {
    (at * 10.0).round() / 10.0
}

/// How sure an interval is, in percent: `95`, `99.5`.
pub(crate) fn level(level: f64) -> String {
    ((level * 1_000.0).round() / 10.0).to_string()
}

/// A rate in percent, as exact as it is read.
pub(crate) fn percent(rate: f64) -> String {
    let percent = 100.0 * rate;
    match percent {
        _ if percent == 0.0 => "0".to_owned(),
        ..0.095 => format!("{percent:.3}"),
        ..9.95 => format!("{percent:.2}"),
        _ => format!("{percent:.1}"),
    }
}

/// A rate with its interval and what it is drawn to, as whiskers within a common scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Whiskers {
    low: f64,
    high: f64,
    rate: f64,
    smoothed: Option<f64>,
    /// Goes on beyond the scale.
    beyond: bool,
}

impl Whiskers {
    /// Within 0 to `most`, as 0 to 200.
    pub(crate) fn of(rate: f64, low: f64, high: f64, smoothed: Option<f64>, most: f64) -> Self {
        let x = |value: f64| if most > 0.0 { round(200.0 * (value / most).clamp(0.0, 1.0)) } else { 0.0 };
        Self { low: x(low), high: x(high), rate: x(rate), smoothed: smoothed.map(x), beyond: high > most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(complaints: u64, conversions: u64) -> Counts {
        Counts { complaints, conversions }
    }

    #[test]
    fn a_week_in_which_nothing_converted_is_a_gap() {
        let weeks: Vec<Week> = (1..=5).map(|week| Week { year: 2026, week }).collect();
        let line = RateLine::of(
            &weeks,
            &[counts(1, 100), counts(2, 100), counts(0, 0), counts(1, 100), counts(0, 100)],
            None,
            0.95,
        );
        assert_eq!((line.lines.len(), line.bands.len()), (2, 2));
        assert_eq!(
            line.points.iter().map(|one| one.rate.as_deref()).collect::<Vec<_>>(),
            [Some("1.00"), Some("2.00"), None, Some("1.00"), Some("0")]
        );
        assert!(line.points.iter().all(|one| (TOP..=HEIGHT - BOTTOM).contains(&one.y)));
        assert_eq!(RateLine::of(&weeks[..1], &[counts(0, 0)], None, 0.95).lines.len(), 0);
    }

    #[test]
    fn whiskers_stay_within_their_scale() {
        let drawn = Whiskers::of(0.01, 0.005, 0.03, Some(0.012), 0.02);
        assert_eq!(drawn, Whiskers { low: 50.0, high: 200.0, rate: 100.0, smoothed: Some(120.0), beyond: true });
        assert_eq!(Whiskers::of(0.0, 0.0, 0.0, None, 0.0), Whiskers::default());
    }

    #[test]
    fn a_rate_is_told_as_exactly_as_it_is_read() {
        assert_eq!(
            [0.0, 0.000_42, 0.001, 0.0123, 0.4567, 1.2].map(percent),
            ["0", "0.042", "0.10", "1.23", "45.7", "120.0"]
        );
    }
}
