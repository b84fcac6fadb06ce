//! How often each landing is looked at again: more often where a switch is likelier, at hours nobody can tell.
//!
//! ```text
//! looks ─► how often it changes ─┐
//! signs near it, its approval ────┼─► how likely it has switched ─► its share of the budget ─► when next
//! switches seen ─────────────────┘                               (looks come close after one)
//! ```
//!
//! The constants are assumptions, not laws of nature: what they come to on generated pasts is measured in
//! `tests/bench/revisit/`, with what happens when they are wrong.

mod due;
mod hazard;
mod look;
mod rate;
mod share;

pub use due::{next_due, usual_hours};
pub use hazard::{hazard, worth};
pub use look::{narrowed, noted};
pub use rate::changes_a_day;
pub use share::{Share, share, today};

#[cfg(test)]
mod tests;
