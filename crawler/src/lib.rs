//! Follows an ad's click to where it really leads, as a declared visitor, and keeps what was there.
//!
//! [`Crawler::visit`] is the one entry: guard → browser → follow → capture, and beside it the plain-HTTP walk.

pub mod source;

mod crawler;
mod visit;

mod companions;
mod download;
mod explore;
mod leg;
mod seat;
mod traffic;
mod watch;

pub mod chat;
pub mod endpoint;
pub mod fetch;
pub mod guard;
mod health;
mod options;
pub mod print;
pub mod timestamp;
pub mod transcription;
mod visitor;
pub mod webhook;

mod browser;

mod capture;
mod certificates;
mod follow;
mod gap;
mod http;

pub use browser::{LaunchError, NotFound, find_program};
pub use crawler::{Crawler, StartError, Visit};
pub use options::{Browser, Capture, Follow, Options};
pub use visitor::{Brand, Hints, Visitor};
