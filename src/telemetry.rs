//! What is seen of the program from outside while it works: log lines, metrics, traces, and whether it is ready.
//!
//! Metrics are an argument, as time is: whoever has something to tell is given [`metrics::Metrics`]. Traces follow the spans
//! of `tracing`; what crosses from process to process is in `context.rs`.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::config;

pub(crate) mod context;
pub(crate) mod listener;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod traces;

use traces::Traces;

/// Begins to log and to trace, as the configuration that a command was given says; what it gives back sends the rest of the
/// traces when it goes.
///
/// A configuration that cannot be read is refused by the command itself, in words of its own: until then lines are for people.
pub(crate) fn begin(words: &ArgMatches) -> Option<Traces> {
    let config = config::load(configured(words).as_deref()).or_else(|_| config::load(None));
    let config = config.expect("internal error: the defaults are tested");
    let traces = Traces::begin(&config.telemetry);
    logs::begin(&config.log, traces.as_ref().ok().and_then(Option::as_ref));
    traces.unwrap_or_else(|error| {
        tracing::warn!("Nothing is traced: {error:#}");
        None
    })
}

/// The file that the innermost command was given with `--config`.
fn configured(words: &ArgMatches) -> Option<PathBuf> {
    match words.subcommand() {
        Some((_, inner)) => configured(inner),
        None => words.try_get_one::<PathBuf>("config").ok().flatten().cloned(),
    }
}
