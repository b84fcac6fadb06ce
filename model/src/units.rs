//! Small units that carry their meaning in their type.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Tells the time to those who date evidence. Handed in from the outside: nothing here reads a clock by itself.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Milliseconds; what they count from is said where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

/// A rectangle, written `[x, y, w, h]`: CSS pixels of the page from its top left corner, or pixels of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Area {
    pub fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// Square pixels.
    pub fn size(&self) -> f64 {
        self.w * self.h
    }

    pub fn is_empty(&self) -> bool {
        self.w <= 0.0 || self.h <= 0.0
    }

    /// The smallest rectangle around both.
    pub fn union(&self, other: &Area) -> Area {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Area { x, y, w: self.right().max(other.right()) - x, h: self.bottom().max(other.bottom()) - y }
    }

    /// What both cover; empty (zero width or height) when they do not meet.
    pub fn intersection(&self, other: &Area) -> Area {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (w, h) = (self.right().min(other.right()) - x, self.bottom().min(other.bottom()) - y);
        Area { x, y, w: w.max(0.0), h: h.max(0.0) }
    }

    pub fn contains(&self, other: &Area) -> bool {
        self.x <= other.x && self.y <= other.y && self.right() >= other.right() && self.bottom() >= other.bottom()
    }
}

impl From<[f64; 4]> for Area {
    fn from([x, y, w, h]: [f64; 4]) -> Self {
        Self { x, y, w, h }
    }
}

impl From<Area> for [f64; 4] {
    fn from(a: Area) -> Self {
        // A tenth of a pixel is more than any layout means; it keeps the files readable.
        [a.x, a.y, a.w, a.h].map(|v| (v * 10.0).round() / 10.0)
    }
}

/// How many user actions away from the ad a page is: 0 is a hop nobody sees, 1 the landing page, 2 its next-level link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(pub u8);

/// A stretch of time that a fee or a right runs for: `count` units, for example 3 months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub count: u16,
    pub unit: PeriodUnit,
}

impl Period {
    pub fn one(unit: PeriodUnit) -> Self {
        Self { count: 1, unit }
    }

    /// About how many days it lasts (a month 30, a year 365): for comparing, not for calendars.
    pub fn days(&self) -> u32 {
        let unit = match self.unit {
            PeriodUnit::Day => 1,
            PeriodUnit::Week => 7,
            PeriodUnit::Month => 30,
            PeriodUnit::Quarter => 91,
            PeriodUnit::Year => 365,
        };
        u32::from(self.count) * unit
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodUnit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_is_written_as_four_numbers() {
        let written = serde_json::to_string(&Area::new(1.0, 2.26, 3.0, 4.0)).expect("writes");
        assert_eq!(written, "[1.0,2.3,3.0,4.0]");
        assert_eq!(serde_json::from_str::<Area>("[1,2,3,4]").expect("reads"), Area::new(1.0, 2.0, 3.0, 4.0));
    }

    #[test]
    fn areas_that_do_not_meet_share_nothing() {
        let (a, b) = (Area::new(0.0, 0.0, 10.0, 10.0), Area::new(20.0, 0.0, 5.0, 5.0));
        assert!(a.intersection(&b).is_empty());
        assert_eq!(a.union(&b), Area::new(0.0, 0.0, 25.0, 10.0));
    }
}
