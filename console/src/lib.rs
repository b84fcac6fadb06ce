//! What people look at: pages made from plain data, in two languages.

pub mod documents;
pub mod report;
pub mod sheet;

mod words;
