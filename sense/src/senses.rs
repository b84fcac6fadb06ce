//! What was learnt, and how it is asked.

use std::collections::BTreeMap;

use crate::features::{BUCKETS, buckets};

/// What begins the bytes of a model; the figure goes up when its form or the parts of a sentence change.
const MARK: &[u8; 8] = b"senses01";
/// Weights are kept in steps of a 127th of the largest one of their sense.
const STEPS: f32 = 127.0;

/// A linear model for each sense.
#[derive(Clone, Debug, Default)]
pub struct Senses {
    /// How seldom each bucket is met in the examples; none counts where it was never met.
    pub(crate) rarity: Vec<f32>,
    pub(crate) models: BTreeMap<String, Model>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub(crate) weights: Vec<i8>,
    pub(crate) step: f32,
    pub(crate) bias: f32,
    /// The score from which on nine of ten examples of authors it had not learnt from truly said it.
    pub(crate) sure: f32,
}

/// Why bytes are no model.
#[derive(Debug, thiserror::Error)]
#[error("these bytes are not what this version learnt: build the program again")]
pub struct BadSenses;

/// A sentence made ready to be asked for many senses.
#[derive(Clone, Debug)]
pub(crate) struct Sentence(pub(crate) Vec<(u32, f32)>);

impl Senses {
    /// Whether a sentence in normal form says it; false for a sense that was not learnt, or not learnt well enough.
    pub fn says(&self, sense: &str, text: &str) -> bool {
        self.models.get(sense).is_some_and(|model| model.score(&self.sentence(text)) >= model.sure)
    }

    /// Every sense of a sentence in normal form.
    pub fn of(&self, text: &str) -> Vec<&str> {
        let sentence = self.sentence(text);
        let said = self.models.iter().filter(|(_, model)| model.score(&sentence) >= model.sure);
        said.map(|(name, _)| name.as_str()).collect()
    }

    /// The senses that can be asked for.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.models.keys().map(String::as_str)
    }

    pub(crate) fn sentence(&self, text: &str) -> Sentence {
        let parts = buckets(text).into_iter().map(|bucket| (bucket, self.rarity.get(bucket as usize).copied()));
        let parts: Vec<_> =
            parts.filter_map(|(bucket, rarity)| Some((bucket, rarity?))).filter(|part| part.1 > 0.0).collect();
        let length = parts.iter().map(|(_, rarity)| rarity * rarity).sum::<f32>().sqrt();
        Sentence(parts.into_iter().map(|(bucket, rarity)| (bucket, rarity / length)).collect())
    }

    /// The model as bytes, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        bytes.extend(self.rarity.iter().flat_map(|rarity| rarity.to_le_bytes()));
        for (name, model) in &self.models {
            bytes.push(u8::try_from(name.len()).expect("internal error: a sense with a long name"));
            bytes.extend(name.as_bytes());
            bytes.extend([model.step, model.bias, model.sure].iter().flat_map(|figure| figure.to_le_bytes()));
            bytes.extend(model.weights.iter().map(|weight| weight.to_le_bytes()[0]));
        }
        bytes
    }

    /// A model that [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadSenses> {
        let mut rest = bytes.strip_prefix(MARK.as_slice()).ok_or(BadSenses)?;
        let rarity = (0..BUCKETS).map(|_| figure(&mut rest)).collect::<Result<_, _>>()?;
        let mut models = BTreeMap::new();
        while let Some((length, after)) = rest.split_first() {
            let (name, after) = after.split_at_checked(usize::from(*length)).ok_or(BadSenses)?;
            rest = after;
            let name = String::from_utf8(name.to_vec()).map_err(|_| BadSenses)?;
            let (step, bias, sure) = (figure(&mut rest)?, figure(&mut rest)?, figure(&mut rest)?);
            let (weights, after) = rest.split_at_checked(BUCKETS).ok_or(BadSenses)?;
            rest = after;
            let weights = weights.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
            models.insert(name, Model { weights, step, bias, sure });
        }
        Ok(Self { rarity, models })
    }
}

impl Model {
    pub(crate) fn new(weights: &[f32], bias: f32, sure: f32) -> Self {
        let largest = weights.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        let step = largest / STEPS;
        let weights = weights.iter().map(|weight| (weight / step).round() as i8).collect();
        Self { weights, step, bias, sure }
    }

    pub(crate) fn score(&self, sentence: &Sentence) -> f32 {
        let sum: f32 = sentence.0.iter().map(|(bucket, value)| f32::from(self.weights[*bucket as usize]) * value).sum();
        sum * self.step + self.bias
    }
}

fn figure(bytes: &mut &[u8]) -> Result<f32, BadSenses> {
    let (figure, rest) = bytes.split_first_chunk().ok_or(BadSenses)?;
    *bytes = rest;
    Ok(f32::from_le_bytes(*figure))
}
