//! What people look at: pages made from plain data, in two languages; and what machines ask while the program works.

pub mod api;
pub mod app;
pub mod doors;
pub mod stored;
pub mod web;

pub mod auth;
pub(crate) mod chart;
pub mod identity;
pub(crate) mod page;
pub(crate) mod pages;

pub mod documents;
pub mod probes;
pub mod report;
pub mod sheet;
pub mod told;

pub mod credits;
pub mod deadlines;
pub mod kin;
pub mod rates;
pub mod sample;
pub mod vault;

mod aside;
mod assets;
mod checked;
mod handover;
mod hooks;
mod media;
mod table;
mod words;
