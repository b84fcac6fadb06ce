//! Everything that needs two crates, a browser or a server, in one test binary.

mod accounts;
mod asvs;
mod claims;
mod cli;
mod console;
mod deploy;
mod events;
mod labels;
mod layering;
mod logging;
mod models;
mod packages;
mod pairs;
mod policy;
mod recheck;
mod retention;
mod revisit;
mod seal;
mod signatures;
mod sites;
mod soak;
mod stored;
mod sweeps;
mod tidy;
mod with_chromium;
