//! Generated histories: ads come, some of them violate at some time, users complain after a while; and who is visited when.
//!
//! What a visit is chosen by never sees whether an ad violates: only complaints that came, and what earlier visits found. Honest ads
//! are complained about as well, use the templates and hosts of violators, and violators those of honest ads.

use std::collections::HashMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use governance::chance::Chance;
use governance::graph::{Has, THRESHOLD, Trait, groups};
use governance::priority::{Likeness, Sign, Signals, Waiting, turn};

/// How a history is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Making {
    pub(crate) ads: usize,
    /// Days.
    pub(crate) days: i64,
    /// Which part of ads violates some day.
    violating: f64,
    /// Which part of these belongs to rings: several advertisers behind whom somebody is one.
    in_rings: f64,
    /// Visits a day, as a part of the ads that run.
    budget: f64,
}

/// Most violators come in rings, as where one is blocked and opens the next account.
pub(crate) const RINGS: Making = Making { ads: 3_000, days: 120, violating: 0.06, in_rings: 0.8, budget: 0.02 };
/// A third does.
pub(crate) const WEAK: Making = Making { in_rings: 0.33, ..RINGS };
/// Each on its own.
pub(crate) const LONE: Making = Making { in_rings: 0.0, ..RINGS };

/// One ad of a history.
struct Ad {
    likeness: Likeness,
    /// Days.
    begins: f64,
    ends: f64,
    /// From when on it violates; none: never.
    violates: Option<f64>,
    /// When users complain.
    complaints: Vec<f64>,
}

pub(crate) struct History {
    ads: Vec<Ad>,
    days: i64,
    budget: f64,
}

/// How visits are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// As `governance::priority` says.
    BySignals,
    /// Whoever waits the longest.
    ByTurns,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ahead {
    /// Violating ads.
    pub(crate) violating: usize,
    /// Of these, visited while they did and before the first complaint about them that came since.
    pub(crate) before: usize,
    pub(crate) visits: usize,
}

impl Ahead {
    pub(crate) fn share(&self) -> f64 {
        self.before as f64 / self.violating.max(1) as f64
    }
}

impl fmt::Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ({} of {}, {} visits)", self.share(), self.before, self.violating, self.visits)
    }
}

/// Templates that builders of pages offer, to whoever comes.
const COMMON_TEMPLATES: u32 = 40;
const ADS_AN_ADVERTISER: usize = 5;
const ADVERTISERS_A_RING: usize = 4;

pub(crate) fn history(making: &Making, seed: &str) -> History {
    let chance = Chance::of(seed);
    let unit = |what: &str, number: usize| chance.unit(what, number as i64);
    let below = |many: usize, what: &str, number: usize| chance.below(many as u32, what, number as i64) as usize;
    let wait = |mean: f64, what: &str, number: usize| -mean * (1.0 - unit(what, number)).ln();
    let violating = (making.ads as f64 * making.violating) as usize;
    let in_rings = (violating as f64 * making.in_rings) as usize;
    let mut has: Vec<Has> = Vec::new();
    let mut ads: Vec<(Ad, String)> = Vec::new();
    for number in 0..making.ads {
        let bad = number < violating;
        // Rings first, then violators on their own, then everybody else.
        let advertiser = if number < in_rings {
            format!("r{}", number / ADS_AN_ADVERTISER)
        } else if bad {
            format!("lone{number}")
        } else {
            format!("h{}", below(making.ads / ADS_AN_ADVERTISER, "advertiser", number))
        };
        let ring = (number < in_rings).then_some(number / ADS_AN_ADVERTISER / ADVERTISERS_A_RING);
        // Half of the ads of a ring use its own template, and every fifth advertiser of it leaves no trace of who is paid.
        let common = || format!("t{}", below(COMMON_TEMPLATES as usize, "template", number));
        let template = match ring {
            Some(ring) if unit("own template", number) < 0.5 => format!("ring{ring}"),
            _ => common(),
        };
        let of_advertiser = |what: &str, parts: usize| {
            advertiser.bytes().fold(what.len() * 31, |sum, byte| sum * 33 % 9_973 + usize::from(byte)) % parts
        };
        let traced = ring.is_some() && of_advertiser("traced", 5) > 0;
        let payee = match ring {
            Some(ring) if traced => format!("account of ring {ring}"),
            _ if of_advertiser("payee", 3) == 0 => "payment service".to_owned(),
            _ => format!("account of {advertiser}"),
        };
        has.push(Has { advertiser: advertiser.clone(), what: Trait::Payee, value: payee });
        has.push(Has { advertiser: advertiser.clone(), what: Trait::Template, value: template.clone() });
        has.push(Has {
            advertiser: advertiser.clone(),
            what: Trait::Host,
            value: if of_advertiser("host", 4) == 0 { "shops.test".to_owned() } else { format!("{advertiser}.test") },
        });
        let begins = if unit("at once", number) < 0.4 { 0.0 } else { unit("begins", number) * making.days as f64 };
        let ends = begins + 20.0 + wait(60.0, "runs", number);
        // Some are bad from the first day on, others wait until they are trusted.
        let violates =
            bad.then(|| begins + if unit("at first", number) < 0.5 { 0.0 } else { wait(10.0, "waits", number) });
        let mut complaints: Vec<f64> = Vec::new();
        // Honest ads are complained about once in three hundred days, violating ones after some days, and then again and again.
        let mut at = begins;
        for step in 0..20 {
            at += wait(300.0, &format!("grumbles {step}"), number);
            complaints.push(at);
        }
        if let Some(violates) = violates {
            let reach = 4.0 + 36.0 * unit("reach", number) * unit("reach again", number);
            let mut at = violates + 1.0;
            for step in 0..20 {
                at += wait(reach, &format!("complains {step}"), number);
                complaints.push(at);
            }
        }
        complaints.retain(|at| *at < ends + 10.0);
        complaints.sort_by(f64::total_cmp);
        let landing = match ring {
            // A ring uses some of its landings for several ads.
            Some(ring) if unit("landing", number) < 0.4 => format!("ring{ring}-{}", below(3, "which landing", number)),
            _ => format!("l{number}"),
        };
        let likeness = Likeness { landing: Some(landing), template: Some(template), entity: None };
        ads.push((Ad { likeness, begins, ends, violates, complaints }, advertiser));
    }
    let joined: HashMap<String, String> = groups(&has, THRESHOLD)
        .into_iter()
        .flat_map(|group| group.advertisers.clone().into_iter().map(move |one| (one, group.advertisers[0].clone())))
        .collect();
    let ads = ads
        .into_iter()
        .map(|(mut ad, advertiser)| {
            ad.likeness.entity = Some(joined.get(&advertiser).cloned().unwrap_or(advertiser));
            ad
        })
        .collect();
    History { ads, days: making.days, budget: making.budget }
}

/// Goes through a history day by day.
pub(crate) fn ahead(history: &History, way: Way) -> Ahead {
    let time = |days: f64| -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::seconds((days * 86_400.0) as i64)
    };
    let ads = &history.ads;
    let mut signals = Signals::default();
    let mut visited: Vec<Option<f64>> = vec![None; ads.len()];
    let mut told: Vec<usize> = vec![0; ads.len()];
    // Whether it was visited while it violated, or complained about before that.
    let mut outcome: Vec<Option<bool>> = vec![None; ads.len()];
    let mut sum = Ahead::default();
    for day in 0..history.days {
        let now = day as f64;
        for (number, ad) in ads.iter().enumerate() {
            while let Some(at) = ad.complaints.get(told[number]).filter(|at| **at <= now) {
                signals.note(&number.to_string(), &ad.likeness, Sign::Complaint, time(*at));
                if ad.violates.is_some_and(|violates| *at >= violates) {
                    outcome[number].get_or_insert(false);
                }
                told[number] += 1;
            }
        }
        let running: Vec<usize> = (0..ads.len()).filter(|at| ads[*at].begins <= now && now < ads[*at].ends).collect();
        let waiting: Vec<Waiting> = running
            .iter()
            .map(|number| {
                let ad = &ads[*number];
                let score = match way {
                    Way::BySignals => signals.priority(&number.to_string(), &ad.likeness, time(now)).score,
                    Way::ByTurns => 0.0,
                };
                let days = now - visited[*number].unwrap_or(ad.begins);
                Waiting { score, days, visited: visited[*number].is_some() }
            })
            .collect();
        let budget = (running.len() as f64 * history.budget).ceil() as usize;
        for chosen in turn(&waiting, budget.min(running.len())) {
            let number = running[chosen];
            let bad = ads[number].violates.is_some_and(|violates| violates <= now);
            visited[number] = Some(now);
            sum.visits += 1;
            let sign = if bad { Sign::Violation } else { Sign::Clean };
            signals.note(&number.to_string(), &ads[number].likeness, sign, time(now));
            if bad {
                outcome[number].get_or_insert(true);
            }
        }
    }
    // Only ads that violated while somebody looked.
    let last = history.days as f64;
    let violating =
        ads.iter().zip(&outcome).filter(|(ad, _)| ad.violates.is_some_and(|at| at < ad.ends.min(last - 1.0)));
    for (_, outcome) in violating {
        sum.violating += 1;
        sum.before += usize::from(*outcome == Some(true));
    }
    sum
}
