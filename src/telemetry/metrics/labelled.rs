//! A metric with labels, of which there are never more series than somebody can keep.

use std::collections::HashSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

pub(super) type Labels = Vec<(&'static str, String)>;

/// A gauge that takes fractions.
pub(super) type Number = Gauge<f64, AtomicU64>;

/// How a metric begins.
pub(super) type Beginning<M> = fn() -> M;

/// Series of one metric; what would be one more is told as `other`.
pub(super) const MOST_SERIES: usize = 500;
/// Characters of a label's value.
const LONGEST: usize = 120;

/// One metric, a series for each value of its labels.
pub(super) struct Labelled<M> {
    pub(super) labels: &'static [&'static str],
    pub(super) family: Family<Labels, M, Beginning<M>>,
    pub(super) series: Mutex<HashSet<Labels>>,
}

impl<M: Clone + 'static> Labelled<M> {
    /// Tells something of the series with these values, in the order of the labels.
    pub(super) fn with<T>(&self, values: &[&str], tell: impl FnOnce(&M) -> T) {
        assert_eq!(values.len(), self.labels.len(), "internal error: {:?} take other values", self.labels);
        let cut = |value: &str| value.chars().take(LONGEST).collect::<String>();
        let mut series: Labels = self.labels.iter().copied().zip(values.iter().map(|value| cut(value))).collect();
        let mut known = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_SERIES && !known.contains(&series) {
            series.iter_mut().for_each(|(_, value)| *value = "other".to_owned());
        }
        known.insert(series.clone());
        drop(known);
        tell(&self.family.get_or_create_owned(&series));
    }
}

impl Labelled<Number> {
    /// Tells all series anew: of what is not among them nothing is told any more.
    pub(super) fn only(&self, rows: &[(Vec<String>, f64)]) {
        self.family.clear();
        self.series.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for (values, number) in rows {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            self.with(&values, |gauge| gauge.set(*number));
        }
    }
}
