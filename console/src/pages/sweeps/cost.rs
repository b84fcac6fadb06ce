//! What a round costs, as people read it.

use serde::Serialize;

use crate::doors::SweepCost;

#[derive(Serialize)]
pub(crate) struct CostShown {
    ads: u64,
    landings: u64,
    hosts: u64,
    left_out: u64,
    pages: u64,
    cpu_minutes: String,
    gigabytes: String,
    time: String,
    workers: u64,
    /// The host that takes the longest, and how long.
    busiest: Option<(String, String)>,
    money: String,
    measured: u64,
    assumed: u64,
}

impl From<SweepCost> for CostShown {
    fn from(cost: SweepCost) -> Self {
        let busiest = (cost.busiest_host_hours > 0.0).then(|| (cost.busiest_host, clock(cost.busiest_host_hours)));
        Self {
            ads: cost.ads,
            landings: cost.landings,
            hosts: cost.hosts,
            left_out: cost.left_out,
            pages: cost.pages.round() as u64,
            cpu_minutes: format!("{:.1}", cost.cpu_minutes),
            gigabytes: format!("{:.2}", cost.bytes / 1e9),
            time: clock(cost.hours),
            workers: cost.workers,
            busiest,
            money: format!("{:.2} {}", cost.money, cost.currency),
            measured: cost.measured,
            assumed: cost.landings.saturating_sub(cost.measured),
        }
    }
}

/// Hours, as a clock counts them: `26:05:00`.
fn clock(hours: f64) -> String {
    super::super::round::span((hours * 3_600.0).round() as i64)
}

#[cfg(test)]
impl CostShown {
    pub(crate) fn sample() -> Self {
        let hostile = crate::page::tests::HOSTILE.to_owned();
        Self::from(SweepCost {
            ads: 12,
            landings: 6,
            left_out: 1,
            measured: 2,
            hours: 1.5,
            busiest_host: hostile.clone(),
            busiest_host_hours: 0.5,
            currency: hostile,
            ..SweepCost::default()
        })
    }
}
