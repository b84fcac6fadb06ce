//! What a round of a sweep would cost, before it is opened.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use chrono::TimeDelta;
use governance::revisit::worth;

use super::budget::{Allowed, Weighed};
use super::{Chance, Costs, DateTime, Groups, Library, Round, Sweep, Utc, held, is_drawn, is_due};

/// How much a round would be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Preview {
    pub(crate) ads: u64,
    pub(crate) landings: u64,
    pub(crate) hosts: u64,
    pub(crate) jobs: u64,
    pub(crate) left_out: u64,
    pub(crate) pages: f64,
    pub(crate) cpu_minutes: f64,
    pub(crate) bytes: f64,
    /// With as many workers as are assumed.
    pub(crate) hours: f64,
    pub(crate) workers: u64,
    /// No sooner, however many workers: one host is visited by one at a time.
    pub(crate) busiest_host: String,
    pub(crate) busiest_host_hours: f64,
    pub(crate) money: f64,
    pub(crate) currency: String,
    /// Landings whose cost was measured.
    pub(crate) measured: u64,
}

/// Looks at what a round would be that is opened at a moment.
pub(crate) async fn preview(
    store: &impl Library,
    sweep: &Sweep,
    costs: &Costs,
    at: DateTime<Utc>,
) -> anyhow::Result<Preview> {
    let round = Round::name(&sweep.name, at);
    let weighed = Weighed::over(store, sweep, &round, costs, at).await?;
    let mut allowed = Allowed::new(&sweep.budget, &weighed);
    let mut told = Preview {
        workers: costs.assumed.workers.max(1),
        currency: costs.assumed.currency.clone(),
        ..Preview::default()
    };
    // By the hash of its name: sixteen bytes a host, whatever it is called.
    let mut hosts: HashMap<u64, f64> = HashMap::new();
    let (mut secs, mut cpu_secs) = (0.0, 0.0);
    let mut groups = Groups::of(store, &sweep.scope, at);
    while let Some(group) = groups.next().await? {
        let landing = &group.known.landing;
        if !is_drawn(sweep, &round, &landing.id) {
            continue;
        }
        let cost = costs.of(sweep, &group);
        let draw = Chance::of(&sweep.secret).unit(&format!("budget {round} {}", landing.id), 0);
        if !is_due(sweep, &group.known, at) || !allowed.takes(worth(&group.known, at), &cost, draw) {
            told.left_out += 1;
            continue;
        }
        told.ads += group.count;
        told.landings += 1;
        told.jobs += 1;
        told.measured += u64::from(cost.measured);
        told.pages += cost.pages;
        told.bytes += cost.bytes;
        cpu_secs += cost.cpu_secs;
        secs += cost.secs;
        for host in held::hosts(landing, group.known.last.as_ref(), &costs.assumed.redirectors) {
            let at_host = hosts.entry(hash(host)).or_default();
            *at_host += cost.secs + costs.assumed.host_pause_secs;
            if *at_host / 3_600.0 > told.busiest_host_hours {
                told.busiest_host_hours = *at_host / 3_600.0;
                host.clone_into(&mut told.busiest_host);
            }
        }
    }
    told.hosts = hosts.len() as u64;
    told.cpu_minutes = cpu_secs / 60.0;
    told.hours = (secs / 3_600.0 / told.workers as f64).max(told.busiest_host_hours);
    told.money = cpu_secs / 3_600.0 * costs.assumed.cpu_hour_price + told.bytes / 1e9 * costs.assumed.gigabyte_price;
    Ok(told)
}

fn hash(host: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    host.hash(&mut hasher);
    hasher.finish()
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ads          {}", self.ads)?;
        writeln!(f, "landings     {} on {} hosts, {} jobs", self.landings, self.hosts, self.jobs)?;
        if self.left_out > 0 {
            writeln!(f, "left out     {} landings that are not due, or that the budget does not allow", self.left_out)?;
        }
        writeln!(f, "pages        {:.0} at most", self.pages)?;
        writeln!(f, "CPU          {:.1} minutes", self.cpu_minutes)?;
        writeln!(f, "bytes        {:.2} GB", self.bytes / 1e9)?;
        writeln!(f, "time         {} with {} workers", span(self.hours), self.workers)?;
        if self.busiest_host_hours > 0.0 {
            let (host, hours) = (&self.busiest_host, span(self.busiest_host_hours));
            writeln!(f, "             no sooner than {hours}, which {host} takes: a host is visited by one at a time")?;
        }
        writeln!(f, "money        {:.2} {}", self.money, self.currency)?;
        let assumed = self.landings - self.measured;
        write!(
            f,
            "rests on     {} landings whose visits were measured, {assumed} by the configuration's [sweep]",
            self.measured
        )
    }
}

/// A time as one says it.
pub(crate) fn span(hours: f64) -> String {
    let span = TimeDelta::seconds((hours * 3_600.0) as i64);
    match span.num_seconds() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{:.1} h", seconds as f64 / 3_600.0),
        seconds => format!("{:.1} days", seconds as f64 / 86_400.0),
    }
}
