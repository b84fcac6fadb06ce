//! Few keys: the matrix is inverted.

use super::{Walk, effects};

pub(super) fn removal_effects(walk: &Walk) -> Vec<f64> {
    let size = walk.keys.len();
    let inverse = inverse(walk);
    let row = |key: usize| &inverse[key * size..(key + 1) * size];
    let ends: Vec<f64> =
        (0..size).map(|key| row(key).iter().zip(&walk.end).map(|(visits, end)| visits * end).sum()).collect();
    let mut visits = vec![0.0; size];
    for (key, start) in walk.start.iter().enumerate().filter(|(_, start)| **start > 0.0) {
        visits.iter_mut().zip(row(key)).for_each(|(sum, from)| *sum += start * from);
    }
    let returns: Vec<f64> = (0..size).map(|key| inverse[key * size + key]).collect();
    effects(walk, &visits, &ends, &returns)
}

/// (I−Q)⁻¹ by Gauss–Jordan in place. It needs no pivots: rows of I−Q sum up to 0 or more with a positive diagonal (an M-matrix).
fn inverse(walk: &Walk) -> Vec<f64> {
    let size = walk.keys.len();
    let mut matrix = vec![0.0; size * size];
    for (from, row) in walk.rows.iter().enumerate() {
        matrix[from * size + from] = 1.0;
        for (to, probability) in row {
            matrix[from * size + to] -= probability;
        }
    }
    let mut pivot = vec![0.0; size];
    for key in 0..size {
        let by = 1.0 / matrix[key * size + key];
        matrix[key * size + key] = 1.0;
        matrix[key * size..(key + 1) * size].iter_mut().for_each(|value| *value *= by);
        pivot.copy_from_slice(&matrix[key * size..(key + 1) * size]);
        for (other, row) in matrix.chunks_exact_mut(size).enumerate() {
            let factor = row[key];
            if other != key && factor != 0.0 {
                row[key] = 0.0;
                row.iter_mut().zip(&pivot).for_each(|(value, pivot)| *value -= factor * pivot);
            }
        }
    }
    matrix
}
