//! Keeps cases and their evidence whole, in order, and so that a change to either is noticed. Never interprets them.

pub mod store;

pub mod chest;
pub mod evidence;
pub mod output;
pub mod package;
pub mod seal;

pub mod bundle;

pub mod keys;
pub mod log;
pub mod signature;
pub mod stamp;

pub mod decisions;
pub mod desk;
pub(crate) mod facts;
pub mod outbox;
pub mod previews;

pub mod appeals;
pub mod badges;
pub mod webhooks;

pub mod hearing;
pub mod kin;
pub mod ledger;
pub mod measures;
pub mod transfers;
pub mod waiting;
pub mod weeks;

pub mod retention;

pub mod accounts;
pub mod copying;
pub mod courier;
pub mod figures;
pub mod frontier;
pub mod library;
pub mod postgres;
pub mod sqlite;
pub mod sweeps;

pub mod verify;

mod failpoint;
mod hash;
mod lock;

#[cfg(any(test, feature = "suite"))]
pub mod suite;

#[cfg(test)]
mod faults;
