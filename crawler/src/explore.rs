//! Walks on from the landing page as a person would: finds what can be pressed, presses what submits nothing, and goes
//! where that leads, within a budget.
//!
//! The first part is pure: [`candidates::candidates`] lists the ways on that a snapshot offers and which of them may be
//! gone, [`app::read`] reads an address that leads into an app, [`clipboard::read`] what a page put into the clipboard.
//! The second part lives: [`hand`] presses, [`back`] goes back, [`walk`] decides where to go.

mod back;
mod hand;
mod walk;

pub(crate) use walk::from;

pub(crate) mod candidates;
pub(crate) mod safety;

mod kind;
mod press;
mod rank;
mod same;
mod titles;

mod fields;
mod label;
mod layers;
mod tree;

mod address;
pub(crate) mod app;
pub(crate) mod clipboard;
mod lexicon;
mod names;

#[cfg(test)]
mod pages;
