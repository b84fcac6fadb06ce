//! Generated histories: ads come, some of them violate at some time, users complain after a while; and which landings are visited when.
//!
//! What a visit is chosen by never sees whether an ad violates: only complaints that came, and what earlier visits saw, which is also all
//! that says who shares a payee, a host or a template with whom. Honest ads are complained about as well, use the templates and hosts of
//! violators, and violators those of honest ads.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use governance::chance::Chance;
use governance::graph::{THRESHOLD, groups};
use governance::revisit::{noted, worth};
use model::kin::{Account, Has, Trait};
use model::landing::{History as Past, Known, Landing, Near, Seen, Signs};

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
    /// Visits a day, as a part of the landings whose ads run.
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
    landing: usize,
    account: Account,
    template: String,
    payee: String,
    host: String,
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
    landings: usize,
    days: i64,
    budget: f64,
}

/// How visits are chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// What is worth most, as `governance::revisit` says.
    BySigns,
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
/// Days.
const JOINED_EVERY: i64 = 4;
const ADS_AN_ADVERTISER: usize = 5;
const ADVERTISERS_A_RING: usize = 4;

pub(crate) fn history(making: &Making, seed: &str) -> History {
    let chance = Chance::of(seed);
    let unit = |what: &str, number: usize| chance.unit(what, number as i64);
    let below = |many: usize, what: &str, number: usize| chance.below(many as u32, what, number as i64) as usize;
    let wait = |mean: f64, what: &str, number: usize| -mean * (1.0 - unit(what, number)).ln();
    let violating = (making.ads as f64 * making.violating) as usize;
    let in_rings = (violating as f64 * making.in_rings) as usize;
    let mut ads: Vec<Ad> = Vec::new();
    let mut landings: HashMap<String, usize> = HashMap::new();
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
        let host = if of_advertiser("host", 4) == 0 { "shops.test".to_owned() } else { format!("{advertiser}.test") };
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
        let next = landings.len();
        let landing = *landings.entry(landing).or_insert(next);
        let account = Account { platform: None, advertiser };
        ads.push(Ad { landing, account, template, payee, host, begins, ends, violates, complaints });
    }
    History { ads, landings: landings.len(), days: making.days, budget: making.budget }
}

fn time(days: f64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::seconds((days * 86_400.0) as i64)
}

/// What is known of the landings of a history on a day, as a store knows it.
struct Watch {
    known: Vec<Known>,
    /// When something bad, and when nothing was seen there last. Days.
    bad_at: Vec<Option<f64>>,
    good_at: Vec<Option<f64>>,
    complaints: Vec<Vec<f64>>,
    /// Which accounts lead there, and what visits to them have shown.
    accounts: Vec<BTreeSet<Account>>,
    has: BTreeSet<Has>,
    /// Who is taken for whom, as it was told last.
    joined: HashMap<Account, Account>,
}

impl Watch {
    fn of(history: &History) -> Self {
        let long_ago = time(-900.0);
        let known = (0..history.landings).map(|number| Known {
            landing: Landing::of(format!("https://{number}.test/"), String::new()),
            added_at: time(first(history, number)),
            host_since: long_ago,
            approved_at: None,
            advertiser_since: Some(long_ago),
            last: None,
            history: Past::default(),
            cost: None,
            next_due: None,
            near: Near::default(),
        });
        let mut accounts = vec![BTreeSet::new(); history.landings];
        for ad in &history.ads {
            accounts[ad.landing].insert(ad.account.clone());
        }
        let none = vec![None; history.landings];
        let complaints = vec![Vec::new(); history.landings];
        Self {
            known: known.collect(),
            bad_at: none.clone(),
            good_at: none,
            complaints,
            accounts,
            has: BTreeSet::new(),
            joined: HashMap::new(),
        }
    }

    fn looked(&mut self, landing: usize, ads: &[&Ad], now: f64) {
        let bad = ads.iter().any(|ad| ad.violates.is_some_and(|violates| violates <= now));
        let seen = Seen {
            at: time(now),
            page: if bad { "bad" } else { "good" }.to_owned(),
            etag: None,
            template: ads.first().map(|ad| ad.template.clone()),
            body: None,
            bad,
            visit: None,
            host: None,
            certificate_from: None,
        };
        let known = &mut self.known[landing];
        known.history = noted(&known.history, known.last.as_ref(), &seen);
        known.last = Some(seen);
        *if bad { &mut self.bad_at[landing] } else { &mut self.good_at[landing] } = Some(now);
        for ad in ads {
            let has = |what, value: &str| Has { account: ad.account.clone(), what, value: value.to_owned() };
            self.has.extend([
                has(Trait::Payee, &ad.payee),
                has(Trait::Template, &ad.template),
                has(Trait::Host, &ad.host),
            ]);
        }
    }

    fn join(&mut self) {
        let all: Vec<Has> = self.has.iter().cloned().collect();
        let joined = groups(&all, THRESHOLD).into_iter().flat_map(|group| {
            let name = group.accounts[0].clone();
            group.accounts.into_iter().map(move |one| (one, name.clone()))
        });
        self.joined = joined.collect();
    }

    /// Weighs what was heard and seen until now: here, where the template is the same, and of whoever is taken for one.
    fn weigh(&mut self, now: f64) {
        if now as i64 % JOINED_EVERY == 0 {
            self.join();
        }
        let joined = std::mem::take(&mut self.joined);
        let entity = |account: &Account| joined.get(account).unwrap_or(account).clone();
        let weight = |at: Option<f64>| at.map_or(0.0, |at| Signs::weight(now - at));
        let (mut of_template, mut of_entity) = (BTreeMap::<String, Signs>::new(), BTreeMap::<Account, Signs>::new());
        for (at, known) in self.known.iter_mut().enumerate() {
            let answered =
                |said: f64| if self.good_at[at].is_some_and(|good| said <= good) { Signs::ANSWERED } else { 1.0 };
            let open = self.complaints[at].iter();
            let complaints = open.map(|said| answered(*said) * Signs::weight(now - said)).sum();
            let here = Signs { complaints, violations: weight(self.bad_at[at]), clean: weight(self.good_at[at]) };
            known.near.here = here;
            let template = known.last.as_ref().and_then(|last| last.template.clone());
            template.into_iter().for_each(|template| add(of_template.entry(template).or_default(), here));
            let entities: BTreeSet<Account> = self.accounts[at].iter().map(entity).collect();
            entities.into_iter().for_each(|entity| add(of_entity.entry(entity).or_default(), here));
        }
        for (at, known) in self.known.iter_mut().enumerate() {
            let template = known.last.as_ref().and_then(|last| of_template.get(last.template.as_ref()?));
            let entity = self.accounts[at].first().and_then(|account| of_entity.get(&entity(account)));
            let else_where = |all: Option<&Signs>| all.map_or(Signs::default(), |all| all.without(known.near.here));
            (known.near.template, known.near.entity) = (else_where(template), else_where(entity));
        }
        self.joined = joined;
    }
}

fn add(sum: &mut Signs, more: Signs) {
    sum.complaints += more.complaints;
    sum.violations += more.violations;
    sum.clean += more.clean;
}

/// Since when a landing is known.
fn first(history: &History, landing: usize) -> f64 {
    let leading = history.ads.iter().filter(|ad| ad.landing == landing);
    leading.map(|ad| ad.begins).fold(f64::INFINITY, f64::min)
}

/// Goes through a history day by day.
pub(crate) fn ahead(history: &History, way: Way) -> Ahead {
    let ads = &history.ads;
    let mut watch = Watch::of(history);
    let mut told: Vec<usize> = vec![0; ads.len()];
    // Whether it was visited while it violated, or complained about before that.
    let mut outcome: Vec<Option<bool>> = vec![None; ads.len()];
    let mut sum = Ahead::default();
    let chance = Chance::of("draws");
    for day in 0..history.days {
        let now = day as f64;
        for (number, ad) in ads.iter().enumerate() {
            while let Some(at) = ad.complaints.get(told[number]).filter(|at| **at <= now) {
                watch.complaints[ad.landing].push(*at);
                if ad.violates.is_some_and(|violates| *at >= violates) {
                    outcome[number].get_or_insert(false);
                }
                told[number] += 1;
            }
        }
        let mut running: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (number, ad) in ads.iter().enumerate().filter(|(_, ad)| ad.begins <= now && now < ad.ends) {
            running.entry(ad.landing).or_default().push(number);
        }
        if way == Way::BySigns {
            watch.weigh(now);
        }
        let urgency = |landing: usize| match way {
            Way::BySigns => worth(&watch.known[landing], time(now)),
            Way::ByTurns => {
                let known = &watch.known[landing];
                (time(now) - known.last.as_ref().map_or(known.added_at, |last| last.at)).as_seconds_f64()
            }
        };
        let draw = |landing: usize| chance.unit(&day.to_string(), landing as i64);
        let mut order: Vec<(f64, f64, usize)> =
            running.keys().map(|landing| (urgency(*landing), draw(*landing), *landing)).collect();
        let by = |a: f64, b: f64| b.partial_cmp(&a).unwrap_or(Ordering::Equal);
        order.sort_by(|a, b| by(a.0, b.0).then(by(a.1, b.1)));
        let budget = (order.len() as f64 * history.budget).ceil() as usize;
        for (_, _, landing) in order.into_iter().take(budget) {
            sum.visits += 1;
            let there = &running[&landing];
            for number in there {
                if ads[*number].violates.is_some_and(|violates| violates <= now) {
                    outcome[*number].get_or_insert(true);
                }
            }
            watch.looked(landing, &there.iter().map(|number| &ads[*number]).collect::<Vec<_>>(), now);
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
