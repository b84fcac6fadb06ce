//! What a sentence says, learnt from examples: 「到点接着走，钱照扣」 renews, though it has none of the usual words.
//!
//! A linear model over the letters and words of a sentence, one for each sense. It is learnt when the program is built
//! ([`learn()`]), from sentences that people wrote and labelled, and kept as bytes. Plain computing: no I/O, no clock.

mod example;
mod features;
mod learn;
mod senses;

pub use example::{BadLine, Example, examples};
pub use learn::{HeldOut, held_out, learn};
pub use senses::{BadSenses, Senses};
