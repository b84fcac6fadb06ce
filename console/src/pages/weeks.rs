//! Which weeks a page is of: so many, up to one.

use chrono::TimeDelta;
use governance::ccr::Week;
use storage::hearing::Span;

use crate::app::{App, HearingSettings};
use crate::rates::span;
use crate::web::failure::Failure;

/// Up to `last`, which is of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weeks {
    pub(crate) first: Week,
    pub(crate) last: Week,
    pub(crate) count: u16,
}

impl Weeks {
    /// As the address says: the last week, none for the last one that is over; and how many, of those that may be chosen.
    pub(crate) fn asked(
        app: &App,
        week: &str,
        count: Option<u16>,
        choice: &[u16],
        usual: u16,
    ) -> Result<Self, Failure> {
        let hearing = &app.settings.hearing;
        let last = match week {
            "" => Week::of((app.clock)() - TimeDelta::weeks(1), hearing.place),
            text => read(text)?,
        };
        let count = count.filter(|count| choice.contains(count)).unwrap_or(usual);
        Self::until(last, count).ok_or(Failure::NotFound)
    }

    pub(crate) fn until(last: Week, count: u16) -> Option<Self> {
        let back = TimeDelta::weeks(i64::from(count.max(1)) - 1);
        let first = last.monday()?.checked_sub_signed(back)?;
        let iso = chrono::Datelike::iso_week(&first);
        Some(Self { first: Week { year: iso.year(), week: iso.week() }, last, count: count.max(1) })
    }

    pub(crate) fn all(self) -> Vec<Week> {
        std::iter::successors(Some(self.first), |week| week.next()).take(self.count.into()).collect()
    }

    /// From their first moment to the one behind their last.
    pub(crate) fn span(self, hearing: &HearingSettings) -> Result<Span, Failure> {
        let (first, last) = (of(self.first, hearing)?, of(self.last, hearing)?);
        Ok(Span { from: first.from, to: last.to })
    }
}

/// From the first moment of a week to the one behind its last.
pub(crate) fn of(week: Week, hearing: &HearingSettings) -> Result<Span, Failure> {
    span(week, hearing.place).ok_or(Failure::NotFound)
}

pub(crate) fn read(text: &str) -> Result<Week, Failure> {
    text.parse().map_err(|_| Failure::Bad("week", text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_go_back_over_the_turn_of_the_year() {
        let last: Week = "2027-W01".parse().expect("a week");
        let weeks = Weeks::until(last, 3).expect("weeks");
        assert_eq!(
            weeks.all().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2026-W52", "2026-W53", "2027-W01"]
        );
        let span = weeks.span(&HearingSettings::default()).expect("a span");
        assert_eq!(span.from.to_rfc3339(), "2026-12-20T16:00:00+00:00");
        assert_eq!(span.to.to_rfc3339(), "2027-01-10T16:00:00+00:00");
    }
}
