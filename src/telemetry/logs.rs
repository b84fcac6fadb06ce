//! Log lines, to standard error: docs/logging.md says what stands in them, and what never does.

use std::io::IsTerminal as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::traces::Traces;
use crate::config::{Log, LogFormat};

/// Lines of the present configuration, and spans to the collector, if there is one.
pub(crate) fn begin(log: &Log, traces: Option<&Traces>) {
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(on_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    // What other crates say in spans is theirs, and much.
    let spans = traces.map(|traces| {
        let ours = EnvFilter::builder().parse_lossy("off,postlink=info,crawler=info,reader=info,storage=info");
        tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_location(false).with_filter(ours)
    });
    tracing_subscriber::registry().with(lines.with_filter(filter(log))).with(spans).init();
}

/// What is said: as `log.level` says, which `RUST_LOG` is laid over.
fn filter(log: &Log) -> EnvFilter {
    // Warnings of every crate of ours, and in a pipe the log is the progress. A default of the filter's own would be over with
    // the first crate that is named.
    let ours = if on_terminal() { "warn" } else { "warn,postlink=info" };
    let environment = EnvFilter::try_from_default_env().map(|filter| filter.to_string()).unwrap_or_default();
    let all = [ours, &log.level, &environment].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    EnvFilter::builder().parse_lossy(all.join(","))
}

pub(crate) fn on_terminal() -> bool {
    std::io::stderr().is_terminal()
}
