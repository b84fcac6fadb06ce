//! What a re-check comes to, rule by rule, as a table for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::change::{Change, rule_of};
use crate::exit::Ended;
use model::line::ViolationLine;

/// Cases that could not be compared anew, told by name for each reason; `recheck.jsonl` has them all.
const MOST_NAMED: usize = 20;
/// Characters of a quote.
const LONGEST_QUOTE: usize = 60;

/// The sums over all cases.
#[derive(Default)]
pub(crate) struct Tally {
    /// Cases that were compared anew.
    pub(crate) cases: usize,
    rules: BTreeMap<String, Row>,
    /// By reason.
    unseen: BTreeMap<String, Unseen>,
    damaged: bool,
}

#[derive(Default)]
struct Row {
    appeared: usize,
    disappeared: usize,
    /// Of those, told by another rule now.
    told_by: usize,
    kept: usize,
    severity_changed: usize,
    appearing: Vec<String>,
    disappearing: Vec<String>,
}

#[derive(Default)]
struct Unseen {
    cases: usize,
    named: Vec<String>,
}

impl Tally {
    /// Adds a case, and keeps up to so many samples of each rule.
    pub(crate) fn add(&mut self, change: &Change, samples: usize) {
        if let Some(gap) = &change.gap {
            self.damaged |= change.is_damaged();
            let unseen = self.unseen.entry(gap.reason.clone()).or_default();
            unseen.cases += 1;
            if unseen.named.len() < MOST_NAMED {
                unseen.named.push(format!("{} (ad {}): {}", change.case_id, change.ad_id, gap.detail));
            }
            return;
        }
        self.cases += 1;
        for one in &change.appeared {
            let row = self.row(&one.pack, &one.rule);
            row.appeared += 1;
            keep(&mut row.appearing, samples, || sample(change, one));
        }
        for gone in &change.disappeared {
            let row = self.row(&gone.violation.pack, &gone.violation.rule);
            row.disappeared += 1;
            row.told_by += usize::from(gone.told_by.is_some());
            keep(&mut row.disappearing, samples, || {
                let now = gone.told_by.as_ref().map(|rule| format!(" (told by {rule})"));
                sample(change, &gone.violation) + &now.unwrap_or_default()
            });
        }
        for one in &change.kept {
            self.row(&one.pack, &one.rule).kept += 1;
        }
        for one in &change.severity_changed {
            self.row(&one.pack, &one.rule).severity_changed += 1;
        }
    }

    fn row(&mut self, pack: &str, rule: &str) -> &mut Row {
        self.rules.entry(rule_of(pack, rule)).or_default()
    }

    pub(crate) fn ended(&self) -> Ended {
        match (self.damaged, self.rules.values().map(|row| row.appeared).sum(), self.unseen.is_empty()) {
            (true, ..) => Ended::DoesNotHold,
            (false, 1_usize.., _) => Ended::Violations,
            (false, 0, false) => Ended::Inconclusive,
            (false, 0, true) => Ended::Clean,
        }
    }

    /// The table by rule, the samples, the sums, and the cases that could not be compared anew.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let width = self.rules.keys().map(|rule| rule.chars().count()).max().unwrap_or_default().max(4);
        if !self.rules.is_empty() {
            let titles = ["appeared", "disappeared", "told by another", "kept", "severity changed"];
            let _ = writeln!(text, "{:width$}  {}", "rule", titles.join("  "));
            for (rule, row) in &self.rules {
                let counts = [row.appeared, row.disappeared, row.told_by, row.kept, row.severity_changed];
                let cells = counts.iter().zip(titles).map(|(count, title)| format!("{count:>0$}", title.len()));
                let _ = writeln!(text, "{rule:width$}  {}", cells.collect::<Vec<_>>().join("  "));
            }
            text.push('\n');
        }
        for (rule, row) in &self.rules {
            for (what, samples) in [("appeared", &row.appearing), ("disappeared", &row.disappearing)] {
                if !samples.is_empty() {
                    let _ = writeln!(text, "{rule}, {what}:\n{}\n", samples.join("\n"));
                }
            }
        }
        let sums = |of: fn(&Row) -> usize| self.rules.values().map(of).sum::<usize>();
        let _ = writeln!(text, "cases compared anew: {}", self.cases);
        let _ = writeln!(
            text,
            "violations: {} appeared, {} disappeared ({} told by another rule), {} kept ({} with another severity)",
            sums(|row| row.appeared),
            sums(|row| row.disappeared),
            sums(|row| row.told_by),
            sums(|row| row.kept),
            sums(|row| row.severity_changed),
        );
        for (reason, Unseen { cases, named }) in &self.unseen {
            let _ = writeln!(text, "cases not compared anew, {reason}: {cases}");
            for name in named {
                let _ = writeln!(text, "    {name}");
            }
            if *cases > named.len() {
                let _ = writeln!(text, "    and {} more", cases - named.len());
            }
        }
        text
    }
}

fn keep(samples: &mut Vec<String>, most: usize, sample: impl FnOnce() -> String) {
    if samples.len() < most {
        samples.push(sample());
    }
}

fn sample(change: &Change, one: &ViolationLine) -> String {
    let (promised, delivered) = (short(&one.promised.quote), short(&one.delivered.quote));
    format!("    {}, {:?}: 「{promised}」 → 「{delivered}」", change.ad_id, one.severity)
}

fn short(quote: &str) -> String {
    let cut: String = quote.chars().take(LONGEST_QUOTE).collect();
    if cut.len() < quote.len() { cut + "…" } else { cut }
}
