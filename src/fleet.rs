//! Sweeps, worked off: rounds become jobs, jobs are granted to workers, and what they bring back is recorded.
//!
//! ```text
//! scheduler ──► frontier (database) ──► dispatcher ──► courier ──► worker ──► courier ──► recorder ──► cases (database)
//! ```
//!
//! The database is the truth. Whatever else is lost, a lease ends, and its job is granted again.

use storage::accounts::Accounts;
use storage::appeals::Appeals;
use storage::decisions::Decisions;
use storage::figures::Figures;
use storage::frontier::Frontier;
use storage::hearing::Hearing;
use storage::kin::Kin;
use storage::ledger::Ledger;
use storage::library::Library;
use storage::outbox::Outbox;
use storage::previews::Previews;
use storage::store::Store;
use storage::sweeps::Sweeps;
use storage::waiting::Waiting;
use storage::webhooks::Webhooks;

use crate::weekly::Counted;

mod allowed;
mod brought;
mod dispatcher;
mod errand;
mod figures;
mod meter;
mod once;
pub(crate) mod probes;
mod recorder;
mod scheduler;
mod served;
mod told_off;
mod unseen;
mod worker;

pub(crate) use served::{Between, Served, until_over};
pub(crate) use told_off::retry_after;
pub(crate) use worker::{Stop, Worker};

/// A database that can do all of it.
pub(crate) trait Base:
    Store
    + Frontier
    + Library
    + Sweeps
    + Figures
    + Decisions
    + Outbox
    + Previews
    + Webhooks
    + Ledger
    + Waiting
    + Hearing
    + Appeals
    + Kin
    + Accounts
    + Counted
{
}

impl<S> Base for S where
    S: Store
        + Frontier
        + Library
        + Sweeps
        + Figures
        + Decisions
        + Outbox
        + Previews
        + Webhooks
        + Ledger
        + Waiting
        + Hearing
        + Appeals
        + Kin
        + Accounts
        + Counted
{
}
