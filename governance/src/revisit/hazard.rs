//! How likely a landing is to switch to a page that no ad may lead to, and what a look at it is worth.

use chrono::{DateTime, Utc};
use model::landing::{Known, Near, Signs};

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
/// What a first look is worth where nothing speaks against a landing. More than so many are bad from the first day on: it is the one look
/// that each is sure of.
const AT_FIRST: f64 = 0.3;
/// So often a day what was bad is over.
const OVER_A_DAY: f64 = 0.003;
/// How much likelier a switch is where all signs here are bad.
const OF_SIGNS: f64 = 30.0;
/// And by what the landing has in common with others, of that.
const OF_ENTITY: f64 = 0.8;
const OF_TEMPLATE: f64 = 0.2;
/// What is unknown weighs as much as so many landings that were seen good.
const UNKNOWN: f64 = 2.0;

/// Switches to a bad page a day, as far as can be foreseen.
pub fn hazard(known: &Known, now: DateTime<Utc>) -> f64 {
    let history = &known.history;
    let judged = history.good_changes + history.bad_changes + JUDGED_CHANGES;
    let bad = (history.bad_changes + BAD_CHANGES) / judged;
    let by_itself = (changes_a_day(history) * bad).max(LEAST);
    by_itself * risk(known, now) * since_approval(known.approved_at, now)
}

/// What a look is worth: how likely it is that a landing is bad, and nobody has seen it.
pub fn worth(known: &Known, now: DateTime<Utc>) -> f64 {
    let within = |a_day: f64, since: DateTime<Utc>| -(-a_day * days(now, since)).exp_m1();
    match (&known.last, known.history.last_good) {
        // It is known to be bad: a look says whether it is still.
        (Some(last), _) if last.bad => within(OVER_A_DAY, last.at),
        (_, Some(good)) => within(hazard(known, now), good),
        (_, None) => {
            // As odds, so that what is very suspect goes before what is suspect.
            let odds = AT_FIRST / (1.0 - AT_FIRST) * risk(known, now);
            let at_first = odds / (1.0 + odds);
            1.0 - (1.0 - at_first) * (1.0 - within(hazard(known, now), known.added_at))
        }
    }
}

/// By how much all that is known makes it likelier.
fn risk(known: &Known, now: DateTime<Utc>) -> f64 {
    let young = |since: Option<DateTime<Utc>>, below: f64, factor: f64| {
        if since.is_some_and(|since| days(now, since) < below) { factor } else { 1.0 }
    };
    let factor = of_signs(&known.near)
        * (1.0 + 4.0 * f64::from(known.near.same_page_bad.min(3)))
        * young(Some(known.host_since), 30.0, 4.0)
        * young(known.last.as_ref().and_then(|last| last.certificate_from), 14.0, 2.0)
        * young(known.advertiser_since, 45.0, 4.0);
    factor.min(GREATEST_RISK)
}

/// What was heard and found here says the most, and of what it has in common with others by whom it is.
///
/// Whoever has many ads is complained of now and then: elsewhere it is what was found that counts. That others of an advertiser are
/// good says little, as it may wait until it is trusted. A template is used by whoever likes it: it says something where most of those
/// are bad that it makes.
fn of_signs(Near { here, entity, template, .. }: &Near) -> f64 {
    let entity = OF_ENTITY * bad(entity, 0.2, 0.25);
    let template = OF_TEMPLATE * bad(template, 0.2, 1.0).powi(2);
    1.0 + OF_SIGNS * (bad(here, 1.0, 2.0) + entity + template)
}

/// How bad signs are, from 0 to 1, with what a complaint and a landing that was seen good weigh; a violation weighs 4.
fn bad(signs: &Signs, complaint: f64, clean: f64) -> f64 {
    let bad = complaint * signs.complaints + 4.0 * signs.violations;
    bad / (bad + clean * signs.clean + UNKNOWN)
}

fn since_approval(approved_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> f64 {
    approved_at.map_or(1.0, |at| 1.0 + AFTER_APPROVAL * (-days(now, at) / APPROVAL_FADES_DAYS).exp())
}

fn days(now: DateTime<Utc>, then: DateTime<Utc>) -> f64 {
    ((now - then).as_seconds_f64() / 86_400.0).max(0.0)
}
