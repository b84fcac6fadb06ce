//! A look is added to what is known of a landing; and when a switch happened is told more closely.

use chrono::{DateTime, TimeDelta, Utc};
use model::landing::{Bracket, History, Seen};

use super::rate;

/// Looks closer upon each other are one: visitors side by side see one page, and its one change.
const ONE_LOOK: TimeDelta = TimeDelta::minutes(10);
/// After so long what was seen counts half: owners, pages and habits change.
const HALF_LIFE_HOURS: f64 = 90.0 * 24.0;
/// Pages that are remembered: more variants than a page shows in turn by itself.
const MOST_PAGES: usize = 8;

/// The past of a landing with one more look, given the one before it.
pub fn noted(history: &History, last: Option<&Seen>, seen: &Seen) -> History {
    let mut history = history.clone();
    let known = history.pages.contains(&seen.page);
    match last.map(|last| seen.at - last.at) {
        None => history.looks += 1,
        // As well one that is told late, of a time between looks: it says nothing of how long the page stayed.
        Some(after) if after < ONE_LOOK => {}
        Some(after) => {
            let hours = after.as_seconds_f64() / 3_600.0;
            fade(&mut history, hours);
            history.looks += 1;
            if known {
                history.quiet_hours += hours;
            } else {
                history.changes += 1;
                *history.changed.entry(rate::bucket(hours)).or_default() += 1.0;
                *if seen.bad { &mut history.bad_changes } else { &mut history.good_changes } += 1.0;
            }
        }
    }
    if !known {
        history.pages.push(seen.page.clone());
        let too_many = history.pages.len().saturating_sub(MOST_PAGES);
        history.pages.drain(..too_many);
    }
    switched(&mut history, seen);
    history
}

fn fade(history: &mut History, hours: f64) {
    let left = 0.5_f64.powf(hours / HALF_LIFE_HOURS);
    history.quiet_hours *= left;
    history.good_changes *= left;
    history.bad_changes *= left;
    history.changed.values_mut().for_each(|times| *times *= left);
    // What has faded to a thousandth is gone, so that this stays short.
    history.changed.retain(|_, times| *times > 0.001);
}

/// Follows a page that goes bad, and good again.
fn switched(history: &mut History, seen: &Seen) {
    let last_good = history.last_good;
    match (&mut history.switch, seen.bad) {
        (Some(switch), true) if switch.good_again.is_none() => switch.looks_since += 1,
        (switch, true) => {
            history.switches += 1;
            *switch = Some(Bracket { last_good, first_bad: seen.at, looks_since: 0, good_again: None });
        }
        (Some(switch), false) if switch.good_again.is_none() => {
            // When it goes back is worth knowing as closely: a timer shows in both.
            switch.good_again = Some(seen.at);
            switch.looks_since = 0;
        }
        (Some(switch), false) => switch.looks_since += 1,
        (None, false) => {}
    }
    if !seen.bad {
        history.last_good = last_good.max(Some(seen.at));
    }
}

/// A bracket made narrower by what was seen of the same page by others: other ads, earlier evidence, an archive.
///
/// The past cannot be looked at, so this takes what somebody saw; what contradicts the bracket is left aside.
pub fn narrowed(bracket: &Bracket, good: &[DateTime<Utc>], bad: &[DateTime<Utc>]) -> Bracket {
    let from = bracket.last_good;
    let first_bad =
        bad.iter().copied().filter(|at| from.is_none_or(|from| *at > from)).chain([bracket.first_bad]).min();
    let first_bad = first_bad.unwrap_or(bracket.first_bad);
    let last_good = good.iter().copied().filter(|at| *at < first_bad).chain(from).max();
    Bracket { last_good, first_bad, ..*bracket }
}
