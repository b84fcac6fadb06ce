//! How often a page changes, told from looks that came as they came.
//!
//! A change is seen once however often the page changed between two looks, so "changes seen by time passed" is too low, and
//! the more so the rarer the looks. The rate that makes what was seen likeliest is not (Cho and Garcia-Molina, "Estimating
//! frequency of change", 2003, for looks at irregular times); a prior keeps it sane while little is known.

use model::landing::History;

/// What is believed before anything was seen: half a change in five days. Shape, and hours.
const PRIOR_CHANGES: f64 = 0.5;
const PRIOR_HOURS: f64 = 5.0 * 24.0;
/// Faster than that is one change a look, and cannot be told apart. An hour.
const FASTEST: f64 = 1.0;

/// Changes a day, as far as they can be told.
pub fn changes_a_day(history: &History) -> f64 {
    let quiet = history.quiet_hours + PRIOR_HOURS;
    // The slope of the likelihood's logarithm falls as the rate grows: halve until its root is found.
    let slope = |rate: f64| {
        let seen = history.changed.iter().map(|(bucket, times)| {
            let hours = hours(*bucket);
            times * hours / (rate * hours).exp_m1()
        });
        PRIOR_CHANGES / rate - quiet + seen.sum::<f64>()
    };
    let (mut low, mut high) = (1e-9, FASTEST);
    if slope(high) > 0.0 {
        return high * 24.0;
    }
    // By ratio, since rates differ by orders of magnitude; to a thousandth.
    while high / low > 1.001 {
        let middle = (low * high).sqrt();
        *if slope(middle) > 0.0 { &mut low } else { &mut high } = middle;
    }
    (low * high).sqrt() * 24.0
}

/// Times between looks are kept by the binary logarithm of hours, twice: so many numbers, whatever the count of looks.
pub(super) fn bucket(hours: f64) -> i8 {
    (hours.max(0.01).log2() * 2.0).round().clamp(-14.0, 40.0) as i8
}

fn hours(bucket: i8) -> f64 {
    (f64::from(bucket) / 2.0).exp2()
}
