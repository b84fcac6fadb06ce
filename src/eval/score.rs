//! Counts right and wrong over a set: by check, by verdict, by place, by confidence.

use std::collections::{BTreeMap, BTreeSet};

use model::case::{Case, Verdict};
use model::finding::Confidence;
use model::violation::Violation;

use super::place::Right;
use super::truth::{Truth, Word};

/// One ad of the set, examined.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) truth: Truth,
    pub(crate) case: Case,
}

/// Right and wrong of one sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Rightly said.
    pub(crate) hits: usize,
    /// Wrongly said.
    pub(crate) false_alarms: usize,
    /// Wrongly not said.
    pub(crate) misses: usize,
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) of: usize,
    pub(crate) right: usize,
}

/// What came of a set.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) checks: BTreeMap<String, Tally>,
    /// By the truth and by what was said.
    pub(crate) verdicts: BTreeMap<(Word, Word), usize>,
    /// Honest ads of which nothing wrong was said.
    pub(crate) honest: Share,
    pub(crate) sentence: Share,
    pub(crate) quoted: Share,
    pub(crate) promise: Share,
    pub(crate) second: Share,
    pub(crate) hop: Share,
    /// Of what was said so surely, how much is true.
    pub(crate) sure: BTreeMap<Confidence, Share>,
    /// What went wrong, for a reader: the ad, and a line for each matter.
    pub(crate) faults: Vec<(String, Vec<String>)>,
}

impl Tally {
    pub(crate) fn recall(self) -> Option<f64> {
        Share { of: self.hits + self.misses, right: self.hits }.part()
    }

    pub(crate) fn precision(self) -> Option<f64> {
        Share { of: self.hits + self.false_alarms, right: self.hits }.part()
    }

    /// The harmonic mean of both; none when nothing was said and nothing was to be said.
    pub(crate) fn f1(self) -> Option<f64> {
        let wrong = self.false_alarms + self.misses;
        Share { of: 2 * self.hits + wrong, right: 2 * self.hits }.part()
    }

    pub(crate) fn add(&mut self, said: bool, is_so: bool) {
        match (said, is_so) {
            (true, true) => self.hits += 1,
            (true, false) => self.false_alarms += 1,
            (false, true) => self.misses += 1,
            (false, false) => {}
        }
    }
}

impl Share {
    /// 0 to 1; none of none.
    pub(crate) fn part(self) -> Option<f64> {
        (self.of > 0).then(|| self.right as f64 / self.of as f64)
    }

    fn add(&mut self, right: Option<bool>) {
        if let Some(right) = right {
            self.of += 1;
            self.right += usize::from(right);
        }
    }
}

impl Score {
    pub(crate) fn of<'a>(examined: impl IntoIterator<Item = &'a Examined>) -> Self {
        let mut score = Self::default();
        for one in examined {
            score.count(one);
        }
        score
    }

    /// Every check together: each of a case counts once.
    pub(crate) fn all(&self) -> Tally {
        self.checks.values().fold(Tally::default(), |sum, one| Tally {
            hits: sum.hits + one.hits,
            false_alarms: sum.false_alarms + one.false_alarms,
            misses: sum.misses + one.misses,
        })
    }

    fn count(&mut self, Examined { truth, case }: &Examined) {
        let mut faults = Vec::new();
        let said = Word::of(case.verdict());
        *self.verdicts.entry((truth.verdict, said)).or_default() += 1;
        let wrong: BTreeSet<&str> = truth.violations.iter().map(|wrong| wrong.check.as_str()).collect();
        let may: BTreeSet<&str> = truth.may.iter().map(String::as_str).collect();
        let told: BTreeMap<&str, &Violation> = case.violations.iter().flat_map(told_by).collect();
        for check in wrong.iter().chain(told.keys()).copied().collect::<BTreeSet<_>>() {
            let (is_said, is_so) = (told.contains_key(check), wrong.contains(check));
            if !is_so && may.contains(check) {
                continue;
            }
            self.checks.entry(check.to_owned()).or_default().add(is_said, is_so);
            match (is_said.then(|| told[check]), is_so) {
                (None, _) => faults.push(format!("missed {check}")),
                (Some(violation), false) => faults.push(format!("accused by {check}: {}", quotes(violation))),
                (Some(_), true) => {}
            }
        }
        for violation in &case.violations {
            let check = violation.finding.check();
            let is_so = wrong.contains(check);
            if is_so || !may.contains(check) {
                self.sure.entry(violation.finding.confidence()).or_default().add(Some(is_so));
            }
        }
        if truth.verdict == Word::Clean {
            self.honest.add(Some(!told.keys().any(|check| !may.contains(check))));
        }
        for wrong in &truth.violations {
            // What is told within a graver violation is told at that one's places.
            if let Some(violation) = told.get(wrong.check.as_str()) {
                let right = Right::of(violation, wrong);
                self.sentence.add(right.sentence);
                self.quoted.add(right.quoted);
                self.promise.add(right.promise);
                self.second.add(right.second);
                self.hop.add(right.hop);
                if [right.quoted, right.promise, right.second, right.hop].contains(&Some(false)) {
                    let (promised, delivered) = (&wrong.promised, &wrong.delivered);
                    faults.push(format!("{}: {} for 「{promised}」 → 「{delivered}」", wrong.check, quotes(violation)));
                }
            }
        }
        if said != truth.verdict {
            let gaps: Vec<_> = case.gaps.iter().map(|gap| gap.reason.as_str()).collect();
            faults.push(format!("{} called {} (gaps: {})", truth.verdict.shown(), said.shown(), gaps.join(", ")));
        }
        if !faults.is_empty() {
            self.faults.push((case.ad.ad_id.clone(), faults));
        }
    }
}

impl Word {
    pub(crate) const ALL: [Self; 3] = [Self::Violating, Self::Clean, Self::Inconclusive];

    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Violating => Self::Violating,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::Clean(_) => Self::Clean,
        }
    }

    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Violating => "violating",
            Self::Clean => "clean",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// The checks that speak by a violation: its own, and those told within it.
fn told_by(violation: &Violation) -> impl Iterator<Item = (&str, &Violation)> {
    let within = violation.covers.iter().map(String::as_str);
    within.chain([violation.finding.check()]).map(move |check| (check, violation))
}

fn quotes(violation: &Violation) -> String {
    let (promised, delivered) = (violation.finding.promised(), violation.finding.delivered());
    let second = promised.place.at_s.map_or_else(String::new, |at| format!(" at {at:.1} s"));
    let facts = violation.finding.facts().iter().map(|(name, value)| format!("{name}={value}"));
    let facts = facts.collect::<Vec<_>>().join(" ");
    format!("「{}」{second} → 「{}」 of hop {} ({facts})", promised.quote, delivered.quote, delivered.place.hop)
}
