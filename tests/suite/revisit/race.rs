//! Two ways of looking again, with the same budget, at the same world: how long until a switch is seen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, TimeDelta, Utc};
use governance::chance::Chance;
use governance::revisit::{Share, hazard, next_due, noted, share, today};
use model::landing::{History, Known, Landing, Near, Seen, Signs};

use super::world::{Kind, Place, RACE};

/// How looks are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// Each landing after so many hours, whatever it is.
    Fixed,
    /// As `governance::revisit` says, on the mean budget of one look in so many hours.
    ByRisk,
}

/// What a race came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) looks: usize,
    /// Hours from the switch to the first look that saw it, or to the ad's end, by kind.
    pub(crate) delays: BTreeMap<Kind, Vec<f64>>,
    /// Never seen before the ad ended.
    pub(crate) missed: BTreeMap<Kind, usize>,
    /// Hours between the last good and the first bad look.
    pub(crate) brackets: Vec<f64>,
    /// The longest time between two looks at a landing.
    pub(crate) longest: f64,
}

impl Outcome {
    pub(crate) fn all(&self) -> Vec<f64> {
        self.delays.values().flatten().copied().collect()
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Whoever is found out is looked at for so long still, then its ads are taken down. Hours.
const TAKEN_DOWN_AFTER: f64 = 7.0 * 24.0;

/// What is known of one landing while the race is run.
struct Watched {
    known: Known,
    hazard: f64,
    /// By which its next look was set.
    looks_a_day: f64,
    due: f64,
    found: Option<f64>,
    /// When it was seen good last.
    good: Option<f64>,
}

pub(crate) fn race(world: &[Place], way: Way, mean_hours: f64, seed: &str) -> Outcome {
    let chance = Chance::of(seed);
    let mut outcome = Outcome::default();
    let mut queue = BinaryHeap::new();
    let mut of_advertiser: BTreeMap<usize, BTreeMap<usize, f64>> = BTreeMap::new();
    let mut watched: Vec<Watched> = world
        .iter()
        .enumerate()
        .map(|(at, place)| {
            let known = Known {
                landing: Landing::of(format!("https://{at}.test/"), String::new()),
                added_at: moment(place.approved),
                host_since: moment(place.host_since),
                approved_at: Some(moment(place.approved)),
                advertiser_since: Some(moment(place.advertiser_since)),
                last: None,
                history: History::default(),
                cost: None,
                next_due: None,
                near: Near::default(),
            };
            // The approval is a look; who was approved before the race begins is somewhere between two.
            let due = place.approved.max(chance.unit("phase", at as i64) * mean_hours);
            queue.push(Reverse((whole(due), at)));
            Watched { known, hazard: 0.0, looks_a_day: 0.0, due, found: None, good: None }
        })
        .collect();
    let mut budget = Share::default();
    let (mut day, mut allowed) = (-1.0, 0.0);
    while let Some(Reverse((due, at))) = queue.pop() {
        let now = due as f64 / 3_600.0;
        if now >= RACE {
            break;
        }
        if way == Way::ByRisk && (now / 24.0).floor() > day {
            day = (now / 24.0).floor();
            let known = Weighing { world, of_advertiser: &of_advertiser };
            let (hazards, running) = known.weighed(&mut watched, now);
            let a_day = hazards.len() as f64 * 24.0 / mean_hours;
            budget = share(hazards.iter().copied(), today(a_day, outcome.looks as f64 - allowed));
            allowed += a_day;
            for at in running {
                // Who has become suspect, or was put off while the budget was short, is not left waiting.
                let one = &mut watched[at];
                let Some(last) = one.known.last.as_ref().map(|last| hours(last.at)) else { continue };
                if budget.looks_a_day(one.hazard, 1.0) > 1.5 * one.looks_a_day {
                    let due = due_after(one, &budget, last, &chance);
                    let soonest = now + 24.0 * chance.unit("overdue", whole(now) + at as i64);
                    if due.max(soonest) < one.due {
                        one.due = due.max(soonest);
                        queue.push(Reverse((whole(one.due), at)));
                    }
                }
            }
        }
        let (place, one) = (&world[at], &mut watched[at]);
        let taken_down = one.found.is_some_and(|found| now > found + TAKEN_DOWN_AFTER);
        // A due that was moved forward is in the queue twice.
        if whole(one.due) != due || now >= place.ends || taken_down {
            continue;
        }
        let seen = Seen {
            at: moment(now),
            page: place.page(now),
            etag: None,
            template: None,
            body: None,
            bad: place.is_bad(now),
            visit: None,
            host: None,
            certificate_from: Some(moment(place.certificate_since)),
        };
        outcome.looks += 1;
        if let Some(last) = &one.known.last {
            outcome.longest = outcome.longest.max((seen.at - last.at).as_seconds_f64() / 3_600.0);
        }
        one.known.history = noted(&one.known.history, one.known.last.as_ref(), &seen);
        if seen.bad {
            of_advertiser.entry(place.advertiser).or_default().insert(at, now);
        } else {
            one.good = Some(now);
        }
        if seen.bad && one.found.is_none() {
            one.found = Some(now);
            let from = place.bad_since().expect("it is bad");
            outcome.delays.entry(place.kind).or_default().push(now - from);
            outcome.brackets.extend(one.known.last.as_ref().map(|last| (seen.at - last.at).as_seconds_f64() / 3_600.0));
        }
        one.known.last = Some(seen);
        one.due = match way {
            Way::Fixed => now + mean_hours,
            Way::ByRisk => {
                one.hazard = expected((at, place), one, &of_advertiser, now);
                due_after(one, &budget, now, &chance)
            }
        };
        queue.push(Reverse((whole(one.due), at)));
    }
    for (place, one) in world.iter().zip(&watched) {
        if let (Some(from), None) = (place.bad_since(), one.found) {
            outcome.delays.entry(place.kind).or_default().push(place.ends - from);
            *outcome.missed.entry(place.kind).or_default() += 1;
        }
    }
    outcome
}

/// What a day's weighing needs.
struct Weighing<'a> {
    world: &'a [Place],
    of_advertiser: &'a BTreeMap<usize, BTreeMap<usize, f64>>,
}

impl Weighing<'_> {
    /// The hazards of all that run, each at the same cost, and which they are.
    fn weighed(&self, watched: &mut [Watched], now: f64) -> (Vec<(f64, f64)>, Vec<usize>) {
        let (mut hazards, mut running) = (Vec::new(), Vec::new());
        for (at, (place, one)) in self.world.iter().zip(watched).enumerate() {
            let taken_down = one.found.is_some_and(|found| now > found + TAKEN_DOWN_AFTER);
            if place.approved <= now && now < place.ends && !taken_down {
                one.hazard = expected((at, place), one, self.of_advertiser, now);
                hazards.push((one.hazard, 1.0));
                running.push(at);
            }
        }
        (hazards, running)
    }
}

fn expected(
    (at, place): (usize, &Place),
    one: &mut Watched,
    of_advertiser: &BTreeMap<usize, BTreeMap<usize, f64>>,
    now: f64,
) -> f64 {
    let weight = |since: f64| Signs::weight((now - since) / 24.0);
    let found = of_advertiser.get(&place.advertiser);
    let own = found.and_then(|found| found.get(&at)).map_or(0.0, |since| weight(*since));
    let elsewhere = found.into_iter().flatten().filter(|(other, _)| **other != at);
    let answered = |said: f64| if one.good.is_some_and(|good| said <= good) { Signs::ANSWERED } else { 1.0 };
    let open = place.complaints().iter().filter(|said| **said <= now);
    one.known.near.here = Signs {
        complaints: open.map(|said| answered(*said) * weight(*said)).sum(),
        violations: own,
        clean: one.good.map_or(0.0, weight),
    };
    one.known.near.entity.violations = elsewhere.map(|(_, since)| weight(*since)).sum();
    // Who is found out needs no finding: what is left is how closely it is followed.
    let found = if one.found.is_some() { 0.05 } else { 1.0 };
    hazard(&one.known, moment(now)) * found
}

fn due_after(one: &mut Watched, budget: &Share, last: f64, chance: &Chance) -> f64 {
    one.looks_a_day = budget.looks_a_day(one.hazard, 1.0);
    let next = next_due(&one.known.landing.id, &one.known.history, one.looks_a_day, moment(last), chance);
    hours(next)
}

fn hours(at: DateTime<Utc>) -> f64 {
    (at - moment(0.0)).as_seconds_f64() / 3_600.0
}

fn moment(hours: f64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(whole(hours))
}

/// Seconds.
fn whole(hours: f64) -> i64 {
    (hours * 3_600.0) as i64
}
