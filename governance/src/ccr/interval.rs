//! How far a rate may be from what it would be if there were no end of conversions.

use serde::{Deserialize, Serialize};

use super::Counts;
use crate::ccr::smooth::normal_quantile;

/// Where the true value lies with the probability that was asked for. Both ends are 0 or more.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// The score interval of a rate: by Wilson (1927), two-sided; `level` is 0.95 for 95 %. None where nothing converted.
///
/// More complaints than conversions (users of last week complain in this one) are no proportion: there, the score interval of a
/// Poisson count over the conversions is given instead.
pub fn wilson(counts: Counts, level: f64) -> Option<Interval> {
    let z = normal_quantile(0.5 + level / 2.0);
    let (complaints, conversions) = (counts.complaints as f64, counts.conversions as f64);
    let rate = counts.rate()?;
    let (middle, half, scale) = if counts.complaints > counts.conversions {
        (rate + z * z / (2.0 * conversions), z * (complaints + z * z / 4.0).sqrt() / conversions, 1.0)
    } else {
        let variance = rate * (1.0 - rate) / conversions + z * z / (4.0 * conversions * conversions);
        (rate + z * z / (2.0 * conversions), z * variance.sqrt(), 1.0 + z * z / conversions)
    };
    // At no complaint and at nothing but complaints one end is the rate itself, which rounding must not pass.
    let low = if counts.complaints == 0 { 0.0 } else { ((middle - half) / scale).max(0.0) };
    let high = if counts.complaints == counts.conversions { 1.0 } else { (middle + half) / scale };
    Some(Interval { low, high })
}
