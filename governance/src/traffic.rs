//! Which contacts are people's: what is invalid by lists and rates (GIVT) and by what no person does (SIVT), in the terms of the MRC.
//!
//! Contacts come in the order of their time, one by one; each gets its reasons. Memory: [`Bounds`] says how many keys are remembered
//! and for how long.

mod data;
mod gate;
mod givt;
mod ranges;
mod reason;
mod remembered;
mod sivt;

pub use gate::{Bounds, Contact, Gate, Judged, What};
pub use ranges::{Ranges, RangesError};
pub use reason::{Class, Reason};

#[cfg(test)]
mod tests;
