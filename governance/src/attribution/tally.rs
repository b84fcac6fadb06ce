//! What paths come to, one after the other.

use chrono::TimeDelta;

use super::markov::Chain;
use super::{
    End, MarkovError, Path, PathError, first, last_non_direct, last_per_channel, last_touch, linear, position,
    time_decay,
};

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
    /// Half as much for each `half_life` before the conversion: 7 days by convention. One that is not positive is the last touch.
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
    by_key: Vec<f64>,
    converted: f64,
    without_contact: f64,
    /// Of the Markov model.
    chain: Chain,
}

/// What each key gets.
#[derive(Clone, Debug, PartialEq)]
pub struct Credits {
    /// By the number of the key, as far as keys came.
    pub by_key: Vec<f64>,
    /// Weight of the paths that converted, with contacts.
    pub converted: f64,
    /// Weight of conversions before which there was no contact: nobody gets credit for them.
    pub without_contact: f64,
}

impl Tally {
    pub fn new(model: Model) -> Self {
        Self { model, by_key: Vec::new(), converted: 0.0, without_contact: 0.0, chain: Chain::default() }
    }

    /// Counts a path in. A path that cannot be counted changes nothing.
    pub fn add(&mut self, path: &Path<'_>) -> Result<(), PathError> {
        path.check()?;
        let converted = path.end != End::Lost;
        match (converted, path.touches.is_empty()) {
            (true, true) => self.without_contact += path.weight,
            (true, false) => self.converted += path.weight,
            (false, _) => {}
        }
        if self.model == Model::Markov {
            self.chain.add(path);
        } else if converted {
            self.share(path);
        }
        Ok(())
    }

    /// What each key gets.
    pub fn credits(&self) -> Result<Credits, MarkovError> {
        let by_key = match self.model {
            Model::Markov => self.chain.credits(self.converted)?,
            _ => self.by_key.clone(),
        };
        Ok(Credits { by_key, converted: self.converted, without_contact: self.without_contact })
    }

    /// Removal effects before they are made to sum up to one, by key: what part of conversions would be lost without it. Empty for
    /// models other than Markov.
    pub fn removal_effects(&self) -> Result<Vec<f64>, MarkovError> {
        self.chain.removal_effects()
    }

    fn share(&mut self, path: &Path<'_>) {
        let Self { model, by_key, .. } = self;
        let mut give = |key: u32, credit: f64| {
            let key = key as usize;
            if key >= by_key.len() {
                by_key.resize(key + 1, 0.0);
            }
            by_key[key] += credit * path.weight;
        };
        let touches = path.touches;
        match *model {
            Model::LastTouch => last_touch::share(touches, &mut give),
            Model::LastNonDirect { direct } => last_non_direct::share(touches, direct, &mut give),
            Model::LastPerChannel => last_per_channel::share(touches, &mut give),
            Model::First => first::share(touches, &mut give),
            Model::Linear => linear::share(touches, &mut give),
            Model::TimeDecay { half_life } if half_life > TimeDelta::zero() => {
                time_decay::share(touches, half_life, &mut give);
            }
            Model::TimeDecay { .. } => last_touch::share(touches, &mut give),
            Model::Position => position::share(touches, &mut give),
            Model::Markov => {}
        }
    }
}
