//! Where rates go over weeks: the median of all slopes (Theil 1950, Sen 1968), and whether chance alone would do that (Mann 1945, Kendall 1975).
//!
//! Chosen before a regression because weekly rates come with outliers and vary more than their counts say: a median does not mind one
//! bad week, and ranks need no model of how much they vary. Weeks without conversions are left out, and the others keep their place.

use serde::{Deserialize, Serialize};

use super::Counts;
use super::smooth::normal_below;

/// Where a rate goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// Change of the rate a week.
    pub a_week: f64,
    /// How often chance alone would show as much, both ways.
    pub p: f64,
    /// Weeks with conversions.
    pub weeks: usize,
}

/// Fewer weeks show no trend: with four, chance alone has a p of 0.08 at best.
const FEWEST: usize = 5;

/// The trend of weeks that follow each other, from the oldest on. None where fewer than five have conversions.
pub fn trend(weeks: &[Counts]) -> Option<Trend> {
    let points: Vec<(f64, f64)> =
        weeks.iter().enumerate().filter_map(|(at, counts)| Some((at as f64, counts.rate()?))).collect();
    if points.len() < FEWEST {
        return None;
    }
    let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    let mut score = 0.0;
    for (index, (from, before)) in points.iter().enumerate() {
        for (to, after) in &points[index + 1..] {
            slopes.push((after - before) / (to - from));
            score += if after > before { 1.0 } else { -f64::from(after < before) };
        }
    }
    slopes.sort_by(f64::total_cmp);
    let middle = slopes.len() / 2;
    let a_week = if slopes.len() % 2 == 1 { slopes[middle] } else { (slopes[middle - 1] + slopes[middle]) / 2.0 };
    Some(Trend { a_week, p: by_chance(score, &points), weeks: points.len() })
}

/// How often as much or more comes by chance, by the normal approximation with its correction of one step; ties make it vary less.
fn by_chance(score: f64, points: &[(f64, f64)]) -> f64 {
    let pairs = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let mut rates: Vec<f64> = points.iter().map(|(_, rate)| *rate).collect();
    rates.sort_by(f64::total_cmp);
    let ties: f64 = rates.chunk_by(|a, b| a == b).map(|same| pairs(same.len() as f64)).sum();
    let variance = (pairs(points.len() as f64) - ties) / 18.0;
    if variance <= 0.0 {
        return 1.0;
    }
    let z = (score.abs() - 1.0).max(0.0) / variance.sqrt();
    2.0 * normal_below(-z)
}
