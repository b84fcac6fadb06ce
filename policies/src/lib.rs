//! Judges findings by law packs and writes the notes: pure functions over data.

mod read;

mod pack;
pub use pack::{About, Citation, Judging, Packs, built_in};

mod note;

mod judge;
pub use judge::judge;

mod lexicon;
pub use lexicon::{lexicon, senses};

pub use read::PackError;
