//! How far it has got: a bar on a terminal, lines in a pipe.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::case::Case;
use tracing::info;

use crate::telemetry::logs::on_terminal;

/// Tells how a check gets on.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(crate) fn over(ads: usize, finished: usize) -> Self {
        let bar = if on_terminal() {
            let bar = ProgressBar::with_draw_target(Some(ads as u64), ProgressDrawTarget::stderr());
            let style = "{spinner} {pos}/{len} ads [{wide_bar}] {elapsed} (about {eta} left) {msg}";
            bar.set_style(
                ProgressStyle::with_template(style).expect("internal error: a template").progress_chars("=> "),
            );
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        } else {
            ProgressBar::hidden()
        };
        bar.set_position(finished as u64);
        if finished > 0 {
            let said = format!("{finished} of {ads} ads are finished already (--again examines them once more)");
            bar.println(&said);
            info!(finished, ads, "{said}");
        }
        Self { bar }
    }

    /// How far the jobs of a round are, whose count grows while it is worked off.
    pub(crate) fn over_jobs() -> Self {
        let progress = Self::over(0, 0);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} jobs [{wide_bar}] {elapsed}") {
            progress.bar.set_style(style.progress_chars("=> "));
        }
        progress
    }

    pub(crate) fn jobs(&self, finished: u64, all: u64) {
        self.bar.set_length(all);
        self.bar.set_position(finished);
    }

    pub(crate) fn finished(&self, case: &Case, took: Duration) {
        let (verdict, ad) = (case.verdict().word(), &case.ad.ad_id);
        self.bar.inc(1);
        self.bar.set_message(format!("{ad}: {verdict}"));
        info!(
            ad.id = %ad,
            verdict,
            violations = case.violations.len(),
            gaps = case.gaps.len(),
            took_ms = took.as_millis() as u64,
            "Examined ad `{ad}`: {verdict}"
        );
    }

    /// One more ad is done, of which there is nothing to say by itself.
    pub(crate) fn passed(&self) {
        self.bar.inc(1);
    }

    /// A line that stays, above the bar.
    pub(crate) fn say(&self, line: &str) {
        if on_terminal() { self.bar.println(line) } else { eprintln!("{line}") }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
