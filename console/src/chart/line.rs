//! A line of time: spans, moments with numbers, and looks.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::told::local;

/// The picture, in its own units, and what is left at both sides.
const WIDTH: i64 = 720;
const MARGIN: i64 = 20;
/// Numbers that are nearer to each other stand in rows.
const NEAR: i64 = 20;
const ROWS: i64 = 3;

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Line {
    width: i64,
    begins: String,
    ends: String,
    pub(crate) spans: Vec<Span>,
    pub(crate) moments: Vec<Moment>,
    pub(crate) looks: Vec<Look>,
}

/// Between two moments.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Span {
    pub(crate) word: &'static str,
    pub(crate) x: i64,
    pub(crate) width: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Moment {
    pub(crate) word: &'static str,
    pub(crate) at: String,
    pub(crate) x: i64,
    /// Of its number, above the line.
    row: i64,
}

/// A look that became a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Look {
    pub(crate) case: String,
    pub(crate) verdict: String,
    pub(crate) at: String,
    pub(crate) x: i64,
}

type At = DateTime<Utc>;

impl Line {
    /// Spans by word, moments by word, looks by case and verdict; nothing is drawn outside of its first and last moment.
    pub(crate) fn of(
        spans: &[(&'static str, At, At)],
        moments: &[(&'static str, At)],
        looks: &[(String, String, At)],
    ) -> Self {
        let ends = spans.iter().flat_map(|(_, from, until)| [*from, *until]);
        let all: Vec<_> =
            ends.chain(moments.iter().map(|(_, at)| *at)).chain(looks.iter().map(|(.., at)| *at)).collect();
        let (Some(first), Some(last)) = (all.iter().min(), all.iter().max()) else { return Self::default() };
        let whole = (*last - *first).num_seconds().max(1);
        let x = |at: At| {
            MARGIN + ((at - *first).num_seconds() as f64 / whole as f64 * (WIDTH - 2 * MARGIN) as f64).round() as i64
        };
        let mut moments = moments.to_vec();
        moments.sort_by_key(|(_, at)| *at);
        let mut before: Option<(i64, i64)> = None;
        let moments = moments.into_iter().map(|(word, at)| {
            let x = x(at);
            let row = before.filter(|(other, _)| x - other < NEAR).map_or(0, |(_, row)| (row + 1) % ROWS);
            before = Some((x, row));
            Moment { word, at: local(at), x, row }
        });
        let moments = moments.collect();
        let span = |(word, from, until): &(&'static str, At, At)| Span {
            word,
            x: x(*from),
            width: (x(*until) - x(*from)).max(1),
        };
        let look = |(case, verdict, at): &(String, String, At)| Look {
            case: case.clone(),
            verdict: verdict.clone(),
            at: local(*at),
            x: x(*at),
        };
        Self {
            width: WIDTH,
            begins: local(*first),
            ends: local(*last),
            spans: spans.iter().map(span).collect(),
            moments,
            looks: looks.iter().map(look).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> At {
        DateTime::from_timestamp(hours * 3_600, 0).expect("a time")
    }

    #[test]
    fn what_is_between_two_moments_is_drawn_between_them() {
        let line = Line::of(
            &[("bracket", at(10), at(20))],
            &[("bad", at(20)), ("good", at(10))],
            &[("c".into(), "clean".into(), at(110))],
        );
        let [good, bad] = &line.moments[..] else { panic!("two moments") };
        assert_eq!((good.word, bad.word), ("good", "bad"), "in their order");
        assert_eq!((line.spans[0].x, line.spans[0].x + line.spans[0].width), (good.x, bad.x));
        assert_eq!((good.x, line.looks[0].x), (MARGIN, WIDTH - MARGIN));
    }

    #[test]
    fn numbers_that_are_near_stand_in_rows() {
        let line = Line::of(&[], &[("a", at(0)), ("b", at(0)), ("c", at(1)), ("d", at(1_000))], &[]);
        assert_eq!(line.moments.iter().map(|one| one.row).collect::<Vec<_>>(), [0, 1, 2, 0]);
        assert_eq!(Line::of(&[], &[("a", at(0))], &[]).moments[0].x, MARGIN);
        assert_eq!(Line::of(&[], &[], &[]), Line::default());
    }
}
