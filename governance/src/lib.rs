//! What complaints, clicks and violations come to over time, and what is to be done when: pure arithmetic, where time and chance
//! are arguments and law, words and calendars are data (`governance/data/`).
//!
//! ```text
//! contacts ─► traffic (which are people's) ─► attribution (which ad, channel, hop) ─┐
//! complaints ─► noise (what does not count) ─► label (about what) ──────────────────┼─► ccr (rate, trend, alarm)
//!                                              sample (what people read of it) ─────┘          │
//! cadence, sweeping, revisit (what is looked at when) ◄── graph (who is taken for one) ◄───────┤
//!                          ledger (what was done) ◄── deadlines (by when) ◄── ladder (what) ◄──┘
//! ```

pub mod cadence;
pub mod chance;
pub mod revisit;
pub mod sweeping;

pub mod traffic;

pub mod attribution;

mod words;

pub mod label;
pub mod noise;
pub mod sample;

pub mod intake;

pub mod ccr;

pub mod deadlines;
pub mod ladder;
pub mod ledger;

pub mod graph;
