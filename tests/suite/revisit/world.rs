//! Landings whose truth is known: honest ones that change or do not, and several kinds that switch once they are approved.

use governance::chance::Chance;

/// How a landing behaves over its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Hardly ever changes.
    Steady,
    /// Changes every few days, always for good reasons.
    Editor,
    /// Goes bad within days of its approval, and stays so.
    SwitchAfterApproval,
    /// From then on bad at night only.
    NightTimer,
    /// From then on bad for six hours in two days, or a day a week.
    Periodic,
    /// A new advertiser on a new host, who goes bad within a month.
    NewAccount,
    /// Honest for long, then bad: nothing foretells it.
    Sleeper,
}

impl Kind {
    pub(crate) const BAD: [Kind; 5] =
        [Kind::SwitchAfterApproval, Kind::NightTimer, Kind::Periodic, Kind::NewAccount, Kind::Sleeper];
}

/// How a world is made: shares by kind, and how much the signs say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Making {
    pub(crate) landings: usize,
    /// Of a hundred landings, of each kind in its order.
    pub(crate) shares: [u32; 7],
    /// How often what switches has a new host, a young certificate, a new advertiser; of a hundred.
    pub(crate) signs_of_bad: u32,
    /// And how often what does not.
    pub(crate) signs_of_good: u32,
    /// Complaints a day while it is bad.
    pub(crate) complaints: f64,
}

/// As assumed in `governance`: what switches shows it in most cases, and so does one honest landing in eight.
pub(crate) const LIKELY: Making =
    Making { landings: 2_000, shares: [50, 25, 8, 4, 3, 8, 2], signs_of_bad: 60, signs_of_good: 12, complaints: 0.1 };
/// The signs say half as much, and hardly anybody complains.
pub(crate) const WEAK_SIGNS: Making = Making { signs_of_bad: 30, complaints: 0.03, ..LIKELY };
/// The signs say nothing, and nobody complains.
pub(crate) const WITHOUT_SIGNS: Making = Making { signs_of_bad: 12, complaints: 0.0, ..LIKELY };
/// What switches does so late, without a sign.
pub(crate) const SLEEPERS: Making = Making { shares: [50, 25, 2, 1, 1, 1, 20], ..WITHOUT_SIGNS };

/// All times are hours from the beginning of the race.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) approved: f64,
    pub(crate) ends: f64,
    pub(crate) advertiser: usize,
    pub(crate) host_since: f64,
    pub(crate) certificate_since: f64,
    pub(crate) advertiser_since: f64,
    edits: Vec<f64>,
    complaints: Vec<f64>,
    bad_from: f64,
    /// Of how many hours it is bad for how many, from which hour on; none when always.
    turns: Option<(f64, f64)>,
}

const DAY: f64 = 24.0;
/// How long a race is. Days.
pub(crate) const RACE: f64 = 180.0 * DAY;

pub(crate) fn world(making: &Making, seed: &str) -> Vec<Place> {
    let chance = Chance::of(seed);
    (0..making.landings).map(|number| Place::made(making, number as i64, &chance)).collect()
}

impl Place {
    fn made(making: &Making, number: i64, chance: &Chance) -> Self {
        let draw = |what: &str| chance.unit(what, number);
        let waited = |what: &str, mean: f64| -(1.0 - draw(what)).ln() * mean;
        let kind = kind(&making.shares, draw("kind"));
        let approved = -60.0 * DAY + draw("approved") * 210.0 * DAY;
        let ends = (approved + (30.0 + 120.0 * draw("ends")) * DAY).min(RACE);
        let honest = matches!(kind, Kind::Steady | Kind::Editor);
        let signs = f64::from(if honest { making.signs_of_good } else { making.signs_of_bad }) / 100.0;
        let since = |what: &str, young: f64| {
            let new = kind == Kind::NewAccount || draw(what) < signs;
            approved - if new { young * draw("young") } else { 90.0 * DAY + 900.0 * DAY * draw("old") }
        };
        let (bad_from, turns) = match kind {
            Kind::Steady | Kind::Editor => (f64::INFINITY, None),
            Kind::SwitchAfterApproval => (approved + waited("switch", 6.0 * DAY), None),
            Kind::NightTimer => {
                // From 23 to 5 o'clock: whole days from the beginning of the race.
                (((approved + waited("switch", 5.0 * DAY)) / DAY).ceil() * DAY - 1.0, Some((DAY, 6.0)))
            }
            Kind::Periodic if draw("period") < 0.5 => (approved + waited("switch", 8.0 * DAY), Some((2.0 * DAY, 6.0))),
            Kind::Periodic => (approved + waited("switch", 8.0 * DAY), Some((7.0 * DAY, DAY))),
            Kind::NewAccount => (approved + draw("switch") * 30.0 * DAY, None),
            Kind::Sleeper => (approved + (40.0 + 60.0 * draw("switch")) * DAY, None),
        };
        let rate = match kind {
            Kind::Steady => 1.0 / 120.0,
            Kind::Editor => 0.1 + 0.9 * draw("edits"),
            _ => 1.0 / 40.0,
        };
        let edits = events(chance, number, "edit", rate, approved, ends);
        // A good page has its grumblers, too: one in three years.
        let mut complaints = events(chance, number, "grumble", 0.001, approved, ends);
        complaints.extend(events(chance, number, "complaint", making.complaints, bad_from, ends));
        complaints.sort_by(f64::total_cmp);
        // Who deceives has several landings; who does not has few.
        let many = if honest { 3.0 } else { 6.0 };
        let advertiser = (number as f64 / many) as usize * 2 + usize::from(honest);
        Self {
            kind,
            approved,
            ends,
            advertiser,
            host_since: since("host", 20.0 * DAY),
            certificate_since: since("certificate", 10.0 * DAY),
            advertiser_since: since("advertiser", 30.0 * DAY),
            edits,
            complaints,
            bad_from,
            turns,
        }
    }

    pub(crate) fn is_bad(&self, at: f64) -> bool {
        at >= self.bad_from && self.turns.is_none_or(|(of, bad)| (at - self.bad_from).rem_euclid(of) < bad)
    }

    /// Since when a visitor could have been deceived within the race; none when never.
    pub(crate) fn bad_since(&self) -> Option<f64> {
        let from = match self.turns {
            Some((of, _)) if self.bad_from < 0.0 => self.bad_from + (-self.bad_from / of).ceil() * of,
            _ => self.bad_from.max(0.0),
        };
        (from < self.ends).then_some(from)
    }

    /// A page's fingerprint.
    pub(crate) fn page(&self, at: f64) -> String {
        if self.is_bad(at) {
            return "bad".to_owned();
        }
        self.edits.partition_point(|edit| *edit <= at).to_string()
    }

    /// When users complained, in order.
    pub(crate) fn complaints(&self) -> &[f64] {
        &self.complaints
    }
}

fn kind(shares: &[u32; 7], draw: f64) -> Kind {
    let kinds = [Kind::Steady, Kind::Editor].into_iter().chain(Kind::BAD);
    let all: u32 = shares.iter().sum();
    let mut left = draw * f64::from(all);
    for (kind, share) in kinds.zip(shares) {
        if left < f64::from(*share) {
            return kind;
        }
        left -= f64::from(*share);
    }
    Kind::Steady
}

/// What happens by chance, so often a day.
fn events(chance: &Chance, number: i64, what: &str, a_day: f64, from: f64, until: f64) -> Vec<f64> {
    let (mut at, mut all) = (from, Vec::new());
    for nth in 0..400 {
        at += -(1.0 - chance.unit(&format!("{what} {nth}"), number)).ln() * DAY / a_day;
        if at.is_nan() || at >= until {
            break;
        }
        all.push(at);
    }
    all
}
