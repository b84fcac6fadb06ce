//! Files of complaints, conversions and touchpoints, of any size, as they come in.
//!
//! ```text
//! file ─► source (gz, UTF-16) ─► lines ─► table or JSON ─► rows (or why not) ─► import (batches) ─► storage
//! ```

mod encoding;
pub(crate) mod heed;
pub(crate) mod import;
mod lines;
mod rejects;
mod rows;
mod source;
mod table;

#[cfg(test)]
mod tests;
