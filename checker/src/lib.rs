//! Compares what the ad promises with what the pages behind its click give, and states the differences as findings.
//!
//! Pure and synchronous: no I/O, no clock, no law. The words by which things are recognised come as data.

mod about;
mod added;
mod aside;
mod asked;
mod bound;
mod by_code;
mod claims;
mod compare;
mod deeds;
mod documents;
mod doing;
mod exhibit;
mod extras;
mod free;
mod house;
mod kept;
mod kin;
mod labels;
mod lasting;
mod meaning;
mod measure;
mod named;
mod narrowed;
mod ordered;
mod paired;
mod parts;
mod pressed;
mod provided;
mod sentences;
mod shown;
mod side;
mod sized;
mod story;
mod terms;
mod whole;
mod wording;
mod words;

pub mod check;
pub mod checks;

pub use claims::claims;
pub use compare::{Compared, compare, kinds};
pub use kin::traits;
pub use labels::labels;
pub use meaning::{Again, differences, seen_again};
pub use words::{BadLexicon, Words};
