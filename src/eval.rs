//! How good the checks are on a set of ads whose truth is known.

pub(crate) mod baseline;
pub(crate) mod place;
pub(crate) mod score;
pub(crate) mod table;
pub(crate) mod truth;
