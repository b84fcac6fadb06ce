//! How far a rate may be from what it would be if there were no end of conversions.

use serde::{Deserialize, Serialize};

use super::Counts;
use super::smooth::normal_quantile;

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
    if counts.complaints <= counts.conversions {
        return Some(score(rate, conversions, z));
    }
    let (middle, half) = (complaints + z * z / 2.0, z * (complaints + z * z / 4.0).sqrt());
    Some(Interval { low: (middle - half) / conversions, high: (middle + half) / conversions })
}

/// Wilson's interval of a proportion of so many, which need be no whole number.
pub(crate) fn score(share: f64, of: f64, z: f64) -> Interval {
    let middle = share + z * z / (2.0 * of);
    let half = z * (share * (1.0 - share) / of + z * z / (4.0 * of * of)).sqrt();
    let scale = 1.0 + z * z / of;
    // At none and at all one end is the share itself, which rounding must not pass.
    let low = if share <= 0.0 { 0.0 } else { ((middle - half) / scale).max(0.0) };
    let high = if share >= 1.0 { 1.0 } else { ((middle + half) / scale).min(1.0) };
    Interval { low, high }
}
