//! A column for each day, of parts by what they are of.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

/// The picture, in its own units, and what is left at its sides for words.
const WIDTH: u64 = 720;
const HEIGHT: u64 = 220;
const LEFT: u64 = 40;
const TOP: u64 = 10;
const BOTTOM: u64 = 28;
/// Series that are told apart; what is beyond them is one more.
const SERIES: usize = 5;
/// Lines across, the lowest included.
const STEPS: u64 = 4;
/// Days that have words below, at most.
const TICKS: usize = 8;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Columns {
    width: u64,
    height: u64,
    left: u64,
    /// Those of the most first.
    pub(crate) series: Vec<Series>,
    pub(crate) columns: Vec<Column>,
    /// Lines across: how high, and how much that is.
    steps: Vec<(u64, u64)>,
    pub(crate) sum: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Series {
    /// None: what says nothing of itself.
    pub(crate) name: Option<String>,
    /// Whether it is all that is beyond the others.
    pub(crate) rest: bool,
    pub(crate) sum: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Column {
    pub(crate) day: String,
    /// Whether its day is written below it.
    ticked: bool,
    x: u64,
    width: u64,
    pub(crate) sum: u64,
    /// From the lowest up, one of each series.
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Part {
    pub(crate) count: u64,
    y: u64,
    pub(crate) height: u64,
}

impl Columns {
    /// Of so many days from the first on; the series of the most lies lowest.
    pub(crate) fn of(first: NaiveDate, days: usize, counts: &[(NaiveDate, Option<String>, u64)]) -> Self {
        Self::with(series(counts), first, days, counts)
    }

    /// The same, with these series from the lowest up, each in its own colour whether it is there or not.
    pub(crate) fn in_order(
        names: &[&str],
        first: NaiveDate,
        days: usize,
        counts: &[(NaiveDate, Option<String>, u64)],
    ) -> Self {
        let series = names.iter().map(|name| {
            let own = counts.iter().filter(|(_, one, _)| one.as_deref() == Some(*name));
            Series { name: Some((*name).to_owned()), rest: false, sum: own.map(|(.., count)| count).sum() }
        });
        Self::with(series.collect(), first, days, counts)
    }

    fn with(series: Vec<Series>, first: NaiveDate, days: usize, counts: &[(NaiveDate, Option<String>, u64)]) -> Self {
        let place = |name: &Option<String>| {
            let own = series.iter().position(|one| !one.rest && one.name == *name);
            own.unwrap_or(series.len().saturating_sub(1))
        };
        let mut by_day: BTreeMap<NaiveDate, Vec<u64>> = (0..days as u64)
            .filter_map(|n| Some((first.checked_add_days(Days::new(n))?, vec![0; series.len()])))
            .collect();
        for (day, name, count) in counts {
            if let Some(parts) = by_day.get_mut(day) {
                parts[place(name)] += count;
            }
        }
        let top = top(by_day.values().map(|parts| parts.iter().sum()).max().unwrap_or(0));
        let (room, wide) = (HEIGHT - TOP - BOTTOM, WIDTH - LEFT);
        let y = |count: u64| TOP + room - count * room / top;
        let every = by_day.len().div_ceil(TICKS).max(1);
        let slots = by_day.len().max(1) as u64;
        let last = by_day.len().saturating_sub(1);
        let columns = by_day.into_iter().enumerate().map(|(n, (day, counts))| {
            let (from, until) = (n as u64 * wide / slots, (n as u64 + 1) * wide / slots);
            let mut below = 0;
            let parts = counts.iter().map(|count| {
                let (bottom, upper) = (y(below), y(below + count));
                below += count;
                Part { count: *count, y: upper, height: bottom - upper }
            });
            let parts = parts.collect();
            let width = (until - from).saturating_sub(3).max(1);
            let ticked = (last - n).is_multiple_of(every);
            Column { day: day.format("%m-%d").to_string(), ticked, x: LEFT + from + 1, width, sum: below, parts }
        });
        let columns: Vec<_> = columns.collect();
        let steps = (0..=STEPS).map(|n| (y(top * n / STEPS), top * n / STEPS)).collect();
        let sum = columns.iter().map(|column| column.sum).sum();
        Self { width: WIDTH, height: HEIGHT, left: LEFT, series, columns, steps, sum }
    }
}

/// Those of the most, and the rest together.
fn series(counts: &[(NaiveDate, Option<String>, u64)]) -> Vec<Series> {
    let mut sums: BTreeMap<&Option<String>, u64> = BTreeMap::new();
    for (_, name, count) in counts {
        *sums.entry(name).or_default() += count;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let beyond = sums.split_off(sums.len().min(SERIES));
    let mut series: Vec<_> =
        sums.into_iter().map(|(name, sum)| Series { name: name.clone(), rest: false, sum }).collect();
    if !beyond.is_empty() {
        series.push(Series { name: None, rest: true, sum: beyond.iter().map(|(_, sum)| sum).sum() });
    }
    series
}

/// A round number above, which the lines across divide.
fn top(most: u64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor * STEPS >= most {
                return step * factor * STEPS;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
impl Columns {
    pub(crate) fn sample() -> Self {
        let first = NaiveDate::default();
        let names = ["a", "b", "c", "d", "e", "f", crate::page::tests::HOSTILE].map(|name| Some(name.to_owned()));
        let counts = names.into_iter().chain([None]).zip(1..).map(|(name, count)| (first, name, count * 3));
        Self::of(first, 30, &counts.collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 28).and_then(|day| day.checked_add_days(Days::new(n))).expect("a day")
    }

    #[test]
    fn series_in_an_order_of_their_own_keep_it_whatever_they_come_to() {
        let day = NaiveDate::default();
        let counts = [(day, Some("S4".to_owned()), 9), (day, Some("S1".to_owned()), 1)];
        let chart = Columns::in_order(&["S1", "S2", "S4"], day, 1, &counts);
        let told: Vec<_> = chart.series.iter().map(|one| (one.name.as_deref(), one.sum)).collect();
        assert_eq!(told, [(Some("S1"), 1), (Some("S2"), 0), (Some("S4"), 9)]);
        assert_eq!(chart.columns[0].parts.iter().map(|part| part.count).collect::<Vec<_>>(), [1, 0, 9]);
    }

    #[test]
    fn every_violation_is_in_one_column_and_one_series() {
        let counts: Vec<_> = (0..9)
            .flat_map(|trade| (0..4).map(move |n| (day(n), (trade > 0).then(|| format!("t{trade}")), trade + n)))
            .collect();
        let all: u64 = counts.iter().map(|(_, _, count)| count).sum();
        let chart = Columns::of(day(0), 5, &counts);
        assert_eq!((chart.columns.len(), chart.series.len()), (5, SERIES + 1));
        assert_eq!(chart.sum, all);
        assert_eq!(chart.series.iter().map(|series| series.sum).sum::<u64>(), all);
        assert!(chart.series.last().expect("the rest").rest);
        for (n, series) in chart.series.iter().enumerate() {
            assert_eq!(chart.columns.iter().map(|column| column.parts[n].count).sum::<u64>(), series.sum);
        }
        assert!(
            chart.columns.iter().all(|column| column.sum == column.parts.iter().map(|part| part.count).sum::<u64>())
        );
    }

    #[test]
    fn parts_stand_upon_each_other_and_none_is_above_the_top() {
        let chart = Columns::of(day(0), 1, &[(day(0), Some("a".into()), 7), (day(0), None, 12)]);
        let parts = &chart.columns[0].parts;
        assert_eq!(parts[1].y + parts[1].height, parts[0].y);
        assert_eq!(parts[0].y + parts[0].height, HEIGHT - BOTTOM);
        assert!(parts[1].y >= TOP);
        assert_eq!([0, 1, 4, 5, 19, 20, 21, 4_000].map(top), [4, 4, 4, 8, 20, 20, 40, 4_000]);
    }

    #[test]
    fn no_violation_is_no_column_and_what_is_outside_is_not_drawn() {
        let chart = Columns::of(day(0), 3, &[]);
        assert!(chart.columns.iter().all(|column| column.parts.is_empty() && column.sum == 0));
        assert_eq!(Columns::of(day(0), 3, &[(day(9), None, 4)]).sum, 0);
    }
}
