//! The way of a user from contact to contact, and how it ended.

use chrono::{DateTime, Utc};

/// One contact. Numbers are those of [`super::Names`], keys and channels each of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// What credit falls to.
    pub key: u32,
    pub channel: u32,
    pub at: DateTime<Utc>,
}

/// How a path ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// In a conversion (or a complaint, where complaints are attributed).
    Converted(DateTime<Utc>),
    /// In nothing: only the Markov model learns from it.
    Lost,
}

/// A user's contacts from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path<'a> {
    pub touches: &'a [Touch],
    pub end: End,
    /// How often it was gone, or what it is worth: 1 where it is one path.
    pub weight: f64,
}

/// Why a path cannot be counted. The others are.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PathError {
    #[error("contact {number} is later than the one behind it: sort contacts by their time")]
    Unsorted { number: usize },
    #[error("contact {number} is later than the conversion at {converted}: leave out what comes behind it")]
    AfterConversion { number: usize, converted: DateTime<Utc> },
    #[error("a weight of {0} is none: write a finite number of 0 or more")]
    Weight(f64),
}

impl Path<'_> {
    /// Whether it can be counted.
    pub(super) fn check(&self) -> Result<(), PathError> {
        if !(self.weight.is_finite() && self.weight >= 0.0) {
            return Err(PathError::Weight(self.weight));
        }
        if let Some(at) = self.touches.array_windows().position(|[before, behind]| before.at > behind.at) {
            return Err(PathError::Unsorted { number: at + 1 });
        }
        if let End::Converted(converted) = self.end
            && let Some(last) = self.touches.last()
            && last.at > converted
        {
            return Err(PathError::AfterConversion { number: self.touches.len(), converted });
        }
        Ok(())
    }
}
