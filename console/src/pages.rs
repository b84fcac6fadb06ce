//! The pages, one a file.

pub(crate) mod account;
pub(crate) mod ad;
pub(crate) mod ads;
pub(crate) mod appeals;
pub(crate) mod badge;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod coverage;
pub(crate) mod evidence;
pub(crate) mod home;
pub(crate) mod landing;
pub(crate) mod language;
pub(crate) mod log;
pub(crate) mod login;
pub(crate) mod outbox;
pub(crate) mod overview;
pub(crate) mod preview;
pub(crate) mod progress;
pub(crate) mod provider;
pub(crate) mod quality;
pub(crate) mod queue;
pub(crate) mod round;
pub(crate) mod shown;
pub(crate) mod sweep;
pub(crate) mod sweeps;
pub(crate) mod users;
