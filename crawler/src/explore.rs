//! Walks on from the landing page as a person would: presses what can be pressed without submitting anything, and goes
//! where that leads, within a budget.

pub(crate) mod app;
mod back;
mod candidates;
mod hand;
mod walk;

pub(crate) use walk::from;
