//! Judges findings by law packs and writes the notes: pure functions over data.

mod read;

mod circumstances;
pub use circumstances::Circumstances;

mod modifier;

mod pack;
pub use pack::{About, Basis, Citation, Conflict, Judging, Packs, RuleView, built_in_files, json_schema};

mod note;
pub use note::Depth;

mod telling;
pub use telling::{Clause, Telling};

mod judge;
pub use judge::judge;

mod authorities;
mod categories;
mod documents;
pub use authorities::{Authority, Entrance, Rests, authorities, entrance};
pub use categories::{Category, categories};
pub use documents::{Asking, asking};

mod cases;
pub use cases::{Tried, try_cases};

mod lexicon;
pub use lexicon::{lexicon, senses};

pub use read::{PackError, nearest};
