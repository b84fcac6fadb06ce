//! When a landing is looked at next.

use chrono::{DateTime, TimeDelta, Utc};
use model::landing::{History, LandingId};

use crate::chance::Chance;

/// Looks after a switch come after so long, then twice as long, and so on to the usual: so when it ended, and whether it
/// comes again, is known as closely as may be. Hours.
const AFTER_A_SWITCH: f64 = 0.5;
/// What has switched more often does so by a timer: that is known then, and further looks are better spent elsewhere.
const FOLLOWED_CLOSELY: u32 = 2;
/// No two looks come closer than that, so that they are two. Hours.
const SOONEST: f64 = 0.25;
/// Of looks, so many come at any time from at once: then no time after a look is safe for who waits for the next.
const AT_ANY_TIME: f64 = 0.2;
/// The mean of what is drawn, by the usual: half of it for those at any time, all of it for the others.
const MEAN: f64 = AT_ANY_TIME * 0.5 + (1.0 - AT_ANY_TIME);

/// Hours between looks, from looks a day.
pub fn usual_hours(looks_a_day: f64) -> f64 {
    24.0 / looks_a_day.max(1e-6)
}

/// When the next look at a landing is due after one, at an hour nobody can tell.
pub fn next_due(
    landing: &LandingId,
    history: &History,
    looks_a_day: f64,
    looked_at: DateTime<Utc>,
    chance: &Chance,
) -> DateTime<Utc> {
    let usual = usual_hours(looks_a_day);
    let followed = history.switch.filter(|_| history.switches <= FOLLOWED_CLOSELY);
    let soon = followed.map_or(f64::INFINITY, |switch| AFTER_A_SWITCH * f64::from(switch.looks_since.min(30)).exp2());
    // No moment comes again: each look has a draw of its own.
    let draw = |what: &str| chance.unit(&format!("{what} {landing}"), looked_at.timestamp());
    let hours = if soon < usual {
        soon * (0.75 + 0.5 * draw("spread"))
    } else if draw("at any time") < AT_ANY_TIME {
        usual / MEAN * draw("spread")
    } else {
        usual / MEAN * (0.5 + draw("spread"))
    };
    looked_at + TimeDelta::seconds((hours.max(SOONEST) * 3_600.0) as i64)
}
