//! What paths come to, one after the other.

use chrono::TimeDelta;

use super::{MarkovError, Path, PathError};

/// How credit is shared among the contacts of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    LastTouch,
    /// `direct`: the channel that stands for no ad.
    LastNonDirect {
        direct: u32,
    },
    /// Each channel of a path gets all of it at its own last contact: the sum is more than what converted.
    LastPerChannel,
    First,
    Linear,
    /// Half as much for each `half_life` before the conversion: 7 days by convention.
    TimeDecay {
        half_life: TimeDelta,
    },
    /// 40 % first, 40 % last, the rest in between.
    Position,
    /// By what would be lost without it: the removal effect of an absorbing chain.
    Markov,
}

/// Credits of one model over the paths added so far.
#[derive(Clone, Debug)]
pub struct Tally {
    model: Model,
}

/// What each key gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Credits {
    /// By the number of the key.
    pub by_key: Vec<f64>,
    /// Weight of the paths that converted, with contacts.
    pub converted: f64,
    /// Weight of conversions before which there was no contact: nobody gets credit for them.
    pub without_contact: f64,
}

impl Tally {
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// Counts a path in. A path that cannot be counted changes nothing.
    pub fn add(&mut self, path: &Path<'_>) -> Result<(), PathError> {
        let _ = (path, self.model);
        todo!()
    }

    /// What another tally of the same model has counted is counted in: shares of the paths can be counted side by side.
    pub fn merge(&mut self, other: Self) {
        let _ = other;
        todo!()
    }

    /// What each key gets.
    pub fn credits(&self) -> Result<Credits, MarkovError> {
        todo!()
    }
}
