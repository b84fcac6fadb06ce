//! Signs of sophisticated invalid traffic: what no person and no honest device does over time.

use std::collections::VecDeque;

use super::data::Limits;

/// Where somebody was, and how often that was too far away.
#[derive(Clone, Debug, Default)]
pub(super) struct Travelled {
    /// Seconds, degrees north and east.
    last: Option<(i64, (f64, f64))>,
    jumps: VecDeque<i64>,
}

const DAY: i64 = 86_400;

impl Travelled {
    /// Whether somebody has been in too many places too soon by now.
    pub(super) fn impossibly(&mut self, place: (f64, f64), at: i64, limits: &Limits) -> bool {
        if !(place.0.abs() <= 90.0 && place.1.abs() <= 180.0) {
            return false;
        }
        let limit = &limits.travel;
        if let Some((then, there)) = self.last {
            let far = kilometres(there, place);
            // Two contacts of one second are one second apart at most.
            let hours = (at - then).max(1) as f64 / 3_600.0;
            if far > limit.km && far / hours > limit.km_an_hour {
                self.jumps.push_back(at);
            }
        }
        self.last = Some((at, place));
        while self.jumps.front().is_some_and(|jump| at - jump > DAY) || self.jumps.len() > limit.jumps_a_day as usize {
            self.jumps.pop_front();
        }
        self.jumps.len() >= limit.jumps_a_day as usize
    }
}

/// The distance over the ground, by the haversine formula, on a sphere of 6371.0088 km (the mean radius of the IUGG).
pub(super) fn kilometres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (north, east) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let half =
        (north / 2.0).sin().powi(2) + a.0.to_radians().cos() * b.0.to_radians().cos() * (east / 2.0).sin().powi(2);
    2.0 * 6_371.008_8 * half.sqrt().min(1.0).asin()
}

/// Whose a device was, and where on the net, within a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    since: i64,
    users: Vec<u64>,
    networks: Vec<u64>,
}

impl Shared {
    /// Whether a device is more people's, or in more places, than one can be.
    pub(super) fn too_much(&mut self, user: Option<u64>, network: Option<u64>, at: i64, limits: &Limits) -> bool {
        if at - self.since > DAY {
            *self = Self { since: at, ..Self::default() };
        }
        let limit = &limits.device;
        let note = |seen: &mut Vec<u64>, one: Option<u64>, most: usize| {
            if let Some(one) = one.filter(|one| seen.len() < most && !seen.contains(one)) {
                seen.push(one);
            }
        };
        note(&mut self.users, user, limit.users_anywhere);
        note(&mut self.networks, network, limit.networks);
        let (users, networks) = (self.users.len(), self.networks.len());
        users >= limit.users && networks >= limit.with_networks
            || networks >= limit.networks
            || users >= limit.users_anywhere
    }
}

/// The last clicks of somebody that came without a long pause.
#[derive(Clone, Debug, Default)]
pub(super) struct Beat(VecDeque<f64>);

impl Beat {
    /// Whether clicks come by the clock by now. Time in seconds and parts of them.
    pub(super) fn is_even(&mut self, at: f64, limits: &Limits) -> bool {
        let limit = &limits.intervals;
        if self.0.back().is_some_and(|last| at - last > limit.pause) {
            self.0.clear();
        }
        if self.0.len() > limit.many {
            self.0.pop_front();
        }
        self.0.push_back(at);
        self.0.len() > limit.many && variation(self.0.make_contiguous()) <= limit.vary
    }
}

/// How much intervals vary: their standard deviation by their mean. 1 of a Poisson process, 0 by the clock. Those that take no time
/// say nothing, and vary without end.
pub(super) fn variation(times: &[f64]) -> f64 {
    let many = (times.len() - 1) as f64;
    let mean = (times[times.len() - 1] - times[0]) / many;
    let squares: f64 = times.array_windows().map(|[from, to]| (to - from - mean).powi(2)).sum();
    if mean > 0.0 { (squares / (many - 1.0)).sqrt() / mean } else { f64::INFINITY }
}

/// What clicks of a source lead to.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    clicks: u64,
    installs: u32,
    within_an_hour: u32,
}

impl Source {
    /// At so many of each the past fades by half: a source that mends its ways is believed again.
    const FADES: u32 = 400;

    pub(super) fn click(&mut self) {
        self.clicks += 1;
    }

    /// An installation so many seconds after its click.
    pub(super) fn install(&mut self, after: i64) {
        self.installs += 1;
        self.within_an_hour += u32::from(after <= 3_600);
        if self.installs >= Self::FADES {
            *self =
                Self { clicks: self.clicks / 2, installs: self.installs / 2, within_an_hour: self.within_an_hour / 2 };
        }
    }

    /// Whether what it leads to comes whenever, and hardly ever.
    pub(super) fn floods(&self, limits: &Limits) -> bool {
        let limit = &limits.flooding;
        let installs = f64::from(self.installs);
        self.installs >= limit.installs
            && f64::from(self.within_an_hour) < limit.within_an_hour * installs
            && self.clicks as f64 >= limit.clicks_an_install * installs
    }
}
