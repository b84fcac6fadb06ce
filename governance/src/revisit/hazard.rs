//! How likely a landing is to switch to a page that no ad may lead to.

use chrono::{DateTime, Utc};
use model::landing::{History, Risk};

use super::changes_a_day;

/// Of changes, so many are bad before any was judged: 1 in 20, as if 5 had been seen.
const BAD_CHANGES: f64 = 0.25;
const JUDGED_CHANGES: f64 = 5.0;
/// However quiet it was: switches a day that come out of the blue. One in about four years.
const LEAST: f64 = 0.0007;
/// A factor for all that is known together: signals say the same thing several times.
const GREATEST_RISK: f64 = 60.0;
/// Right after an approval a switch is so much likelier, and after so many days less by e.
const AFTER_APPROVAL: f64 = 8.0;
const APPROVAL_FADES_DAYS: f64 = 7.0;

/// Switches to a bad page a day, as far as can be foreseen.
pub fn hazard(history: &History, risk: &Risk, approved_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    let judged = history.good_changes + history.bad_changes + JUDGED_CHANGES;
    let bad = (history.bad_changes + BAD_CHANGES) / judged;
    let by_itself = (changes_a_day(history) * bad).max(LEAST);
    by_itself * of_risk(risk) * since_approval(approved_at, now)
}

/// How likely it has switched since it was last seen good: what a look is worth.
pub fn likely_switched(hazard: f64, last_good: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    match last_good {
        Some(at) => -(-hazard * days(now, at)).exp_m1(),
        // Never seen, or never seen good.
        None => 1.0,
    }
}

fn of_risk(risk: &Risk) -> f64 {
    let young =
        |days: Option<f64>, below: f64, factor: f64| if days.is_some_and(|days| days < below) { factor } else { 1.0 };
    let factor = (1.0 + 3.0 * f64::from(risk.violations.min(3)))
        * (1.0 + 2.0 * f64::from(risk.complaints.min(5)))
        * (1.0 + 2.0 * f64::from(risk.of_advertiser.min(3)))
        * (1.0 + 0.5 * f64::from(risk.complaints_of_advertiser.min(5)))
        * (1.0 + 4.0 * f64::from(risk.same_page.min(3)))
        * young(risk.host_days, 30.0, 4.0)
        * young(risk.certificate_days, 14.0, 2.0)
        * young(risk.advertiser_days, 45.0, 4.0);
    factor.min(GREATEST_RISK)
}

fn since_approval(approved_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    approved_at.map_or(1.0, |at| 1.0 + AFTER_APPROVAL * (-days(now, at) / APPROVAL_FADES_DAYS).exp())
}

fn days(now: DateTime<Utc>, then: DateTime<Utc>) -> f64 {
    ((now - then).as_seconds_f64() / 86_400.0).max(0.0)
}
