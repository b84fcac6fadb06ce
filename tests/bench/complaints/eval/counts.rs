//! How often something is right, in all and by what it is.

use std::fmt;

use model::complaint::Kind;

const KINDS: [Kind; 4] = [Kind::Content, Kind::Fulfilment, Kind::Distribution, Kind::Other];
/// From where on one is as sure.
const SURE: [f64; 6] = [0.0, 0.5, 0.65, 0.75, 0.85, 1.01];

/// So many of so many.
#[derive(Clone, Copy, Default)]
pub(crate) struct Share {
    some: usize,
    all: usize,
}

impl Share {
    pub(crate) fn of(each: impl Iterator<Item = bool>) -> Self {
        each.fold(Self::default(), |Self { some, all }, is| Self { some: some + usize::from(is), all: all + 1 })
    }

    fn share(self) -> f64 {
        if self.all == 0 { 0.0 } else { self.some as f64 / self.all as f64 }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:.3} ({} of {})", self.share(), self.some, self.all)
    }
}

/// Kinds as they are, and as they were told.
pub(crate) struct Kinds(Vec<(Kind, Kind)>);

impl FromIterator<(Kind, Kind)> for Kinds {
    fn from_iter<T: IntoIterator<Item = (Kind, Kind)>>(each: T) -> Self {
        Self(each.into_iter().collect())
    }
}

impl Kinds {
    pub(crate) fn right(&self) -> Share {
        Share::of(self.0.iter().map(|(is, told)| is == told))
    }

    /// Of each kind its precision and its recall.
    pub(crate) fn each(&self) -> impl Iterator<Item = (Kind, Share, Share)> {
        KINDS.into_iter().map(|kind| {
            let precision = self.0.iter().filter(|(_, told)| *told == kind).map(|(is, _)| *is == kind);
            let recall = self.0.iter().filter(|(is, _)| *is == kind).map(|(_, told)| *told == kind);
            (kind, Share::of(precision), Share::of(recall))
        })
    }

    pub(crate) fn macro_f1(&self) -> f64 {
        let f1 = |(_, precision, recall): (Kind, Share, Share)| {
            let (precision, recall) = (precision.share(), recall.share());
            if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
        };
        self.each().map(f1).sum::<f64>() / KINDS.len() as f64
    }
}

/// How often it is right by how sure it is.
pub(crate) struct Calibration(Vec<(f64, bool)>);

impl FromIterator<(f64, bool)> for Calibration {
    fn from_iter<T: IntoIterator<Item = (f64, bool)>>(each: T) -> Self {
        Self(each.into_iter().collect())
    }
}

impl Calibration {
    pub(crate) fn each(&self) -> impl Iterator<Item = (f64, f64, Share)> {
        SURE.windows(2).map(|ends| {
            let some = self.0.iter().filter(|(sure, _)| (ends[0]..ends[1]).contains(sure));
            (ends[0], ends[1].min(1.0), Share::of(some.map(|(_, right)| *right)))
        })
    }
}
