//! The commands, one a file.

pub(crate) mod check;
pub(crate) mod decide;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod evidence;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod hold;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod migrate;
pub(crate) mod models;
pub(crate) mod notes;
pub(crate) mod outbox;
pub(crate) mod policy;
pub(crate) mod recheck;
pub(crate) mod retention;
pub(crate) mod schedule;
pub(crate) mod seal;
pub(crate) mod serve;
pub(crate) mod sweep;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod work;
