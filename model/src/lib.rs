//! The words of postlink as plain data, in the order of the flow: no I/O, no async, no clock.

pub mod ad;
pub mod chain;
pub mod landing;
pub mod snapshot;
pub mod traffic;

pub mod evidence;
pub mod label;
pub mod statement;

pub mod claim;
pub mod lexicon;

pub mod difference;
pub mod finding;
pub mod violation;

pub mod account;
pub mod case;
pub mod complaint;
pub mod event;
pub mod kin;
pub mod ledger;
pub mod line;
pub mod measure;
pub mod sweep;
pub mod touchpoint;
pub mod units;
