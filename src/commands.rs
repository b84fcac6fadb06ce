//! The commands, one a file.

pub(crate) mod check;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod notes;
pub(crate) mod policy;
pub(crate) mod recheck;
pub(crate) mod schedule;
pub(crate) mod sweep;
pub(crate) mod verify;
