//! What people look at: pages made from plain data, in two languages; and what machines ask while the program works.

pub mod auth {
    pub mod password;
}

pub mod documents;
pub mod probes;
pub mod report;
pub mod sheet;
pub mod told;

mod words;
