//! Which ways on a page offers: buttons, agreements, folds, close marks, app links; and which of them may be gone.
//!
//! Pure: it reads a snapshot and presses nothing. [`candidates::candidates`] lists the ways on, [`app::read`] reads an
//! address that leads into an app, [`clipboard::read`] what a page put into the clipboard.

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

#[cfg(test)]
mod pages;
