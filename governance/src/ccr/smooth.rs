//! Small counts, drawn towards what groups of their kind come to: empirical Bayes with a beta prior.

use serde::{Deserialize, Serialize};

use super::{Counts, Interval};

/// What is known of a group before anything of it is seen: a beta distribution, as so many conversions with such a rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// The mean rate of the groups, each weighing as much as it has conversions.
    pub mean: f64,
    /// How many conversions of a group weigh as much as the prior does.
    pub conversions: f64,
}

/// A rate drawn towards the prior.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Smoothed {
    pub rate: f64,
    pub interval: Interval,
}

/// The prior never weighs more than so many conversions: groups that are all alike by chance do not silence the next one.
const HEAVIEST: f64 = 100_000.0;
/// Nor less than one: groups that have nothing in common still say of which size rates are.
const LIGHTEST: f64 = 1.0;

/// The prior that groups tell of each other, by the method of moments (Kleinman 1973). None where they have no conversion.
///
/// What rates vary beyond what counts of their size vary by chance is how much groups differ.
pub fn prior(groups: &[Counts]) -> Option<Prior> {
    let all: Counts = groups.iter().copied().sum();
    let mean = all.rate()?.min(1.0);
    let total = all.conversions as f64;
    let seen = groups.iter().filter(|group| group.conversions > 0);
    let (mut count, mut spread, mut squares) = (0.0, 0.0, 0.0);
    for group in seen {
        let conversions = group.conversions as f64;
        let rate = group.rate().unwrap_or_default().min(1.0);
        count += 1.0;
        spread += conversions * (rate - mean).powi(2);
        squares += conversions * conversions;
    }
    let by_chance = mean * (1.0 - mean);
    // E[spread] = by_chance·((count−1) + rho·(total − squares/total − (count−1))), where rho = 1/(conversions+1).
    let room = by_chance * (total - squares / total - (count - 1.0));
    let rho = if room > 0.0 { (spread - by_chance * (count - 1.0)) / room } else { 0.0 };
    let conversions = if rho > 0.0 { (1.0 / rho - 1.0).clamp(LIGHTEST, HEAVIEST) } else { HEAVIEST };
    Some(Prior { mean, conversions })
}

/// A group's rate with the prior: the mean of the posterior beta, and its two-sided interval. `level` is 0.95 for 95 %.
pub fn smoothed(counts: Counts, prior: &Prior, level: f64) -> Smoothed {
    let (complaints, conversions) = (counts.complaints.min(counts.conversions) as f64, counts.conversions as f64);
    let a = prior.mean * prior.conversions + complaints;
    let b = (1.0 - prior.mean) * prior.conversions + conversions - complaints;
    let tail = (1.0 - level) / 2.0;
    let interval = Interval { low: beta_quantile(a, b, tail), high: beta_quantile(a, b, 1.0 - tail) };
    Smoothed { rate: a / (a + b), interval }
}

/// Where a beta distribution has so much below it, by halving.
fn beta_quantile(a: f64, b: f64, below: f64) -> f64 {
    if a <= 0.0 {
        return 0.0;
    }
    if b <= 0.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    // As often as a double can tell halves of rates of one in a billion.
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if beta_below(a, b, middle) < below { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The regularised incomplete beta function, by its continued fraction (Lentz; DLMF 8.17.22).
fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(b, a, 1.0 - x);
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - (ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)) - a.ln()).exp();
    let tiny = 1e-300;
    let kept = |value: f64| if value.abs() < tiny { tiny } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept(1.0 - (a + b) * x / (a + 1.0)));
    let mut fraction = d;
    for step in 1..10_000 {
        let m = f64::from(step);
        for part in [
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        ] {
            d = 1.0 / kept(1.0 + part * d);
            c = kept(1.0 + part / c);
            fraction *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

/// The logarithm of the gamma function of a positive number, by Stirling's series (DLMF 5.11.1) behind eight steps of recurrence.
fn ln_gamma(x: f64) -> f64 {
    let (mut shift, mut x) = (0.0, x);
    while x < 10.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let (inverse, square) = (1.0 / x, 1.0 / (x * x));
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1_260.0 - square / 1_680.0)));
    shift + (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

/// How much of a normal distribution is below, by the integral's series or its continued fraction: to 1e-13.
pub(crate) fn normal_below(z: f64) -> f64 {
    let x = z.abs();
    let density = (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let above = if x < 3.0 {
        let (mut term, mut sum) = (x, x);
        for step in 1..200 {
            term *= x * x / f64::from(2 * step + 1);
            sum += term;
        }
        0.5 - density * sum
    } else {
        let fraction = (1..=100).rev().fold(0.0, |inner, step| f64::from(step) / (x + inner));
        density / (x + fraction)
    };
    if z > 0.0 { 1.0 - above } else { above }
}

/// Where a normal distribution has so much below it, by halving.
pub(crate) fn normal_quantile(below: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if normal_below(middle) < below { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}
