//! What a complaint is about: scenario, kind, a path of four levels and how grave it is, by the words of `governance/data/labels.toml`.
//!
//! What the words do not say is `other` with little confidence, for people to read.

mod lexicon;

use std::collections::BTreeSet;

use model::complaint::{Age, Kind, Labelled, Scenario};
use model::violation::Severity;

use crate::noise::normal;
pub use lexicon::{Labels, LabelsError};
use lexicon::{Matter, Set};

/// What is `other` is less sure than that.
const SURE: f64 = 0.5;
/// What could have been said as well by other words, as a weight: one word of weight 3 alone is sure to three quarters.
const UNSAID: f64 = 1.0;
/// What weighs so much is said by itself.
const SAID: f64 = 3.0;
/// The group of matters in which somebody came to harm.
const HARM: &str = "harm";
/// Stands for the words of a quotation: what it says is not looked at.
const QUOTED: &str = "“…”";
/// A level that is not known.
const UNKNOWN: &str = "unknown";

impl Labels {
    /// What a text says. Of minors and the elderly less is enough, and it is one step graver where money is concerned.
    pub fn label(&self, text: &str, age: Option<Age>) -> Labelled {
        let normal = normal(text);
        let is_protected = age.is_some_and(Age::is_protected);
        let mut scores = vec![0.0; self.matters.len()];
        let mut words = vec![BTreeSet::new(); self.matters.len()];
        for found in self.words.in_text(&normal) {
            for (matter, weight) in found.means {
                // Who says a word ten times says it once.
                if words[*matter].insert(found.word) {
                    scores[*matter] += weight;
                }
            }
        }
        let alone = scores.clone();
        self.add_together(text, &normal, &mut scores, &mut words);
        let best = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)));
        let Some(best) = best.filter(|best| scores[*best] > 0.0) else {
            return self.unknown(&normal, 0.0);
        };
        let matter = &self.matters[best];
        let others = self.matters.iter().zip(&scores).filter(|(other, _)| other.kind != matter.kind);
        let rival = others.map(|(_, score)| *score).fold(0.0, f64::max);
        let confidence = scores[best] / (scores[best] + rival + UNSAID);
        // A word that only supports others says nothing alone.
        let spoken = scores[best] >= 2.0;
        let torn = scores[best] <= rival && !is_protected && !self.breaks_a_promise(&scores, best, rival);
        if !spoken || torn {
            return self.unknown(&normal, confidence.min(SURE - 0.01));
        }
        let (best, matter) = self.narrowed(best, &alone);
        let scenario = self.scenario(&normal, matter.scenario);
        // Whoever came to harm did, whatever it is about.
        let harm = self.matters.iter().zip(&scores).filter(|(matter, score)| matter.group == HARM && **score >= SAID);
        let severity = harm.map(|(harm, _)| harm.severity).fold(matter.severity, Severity::max);
        Labelled {
            scenario,
            kind: matter.kind,
            path: path(scenario, matter.kind, &matter.group, &matter.id),
            severity: if is_protected && matter.money { severity.moved(1) } else { severity },
            confidence,
            words: words[best].iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    /// Of the same kind what is said by its own words, where that is more than its kind.
    fn narrowed(&self, best: usize, alone: &[f64]) -> (usize, &Matter) {
        let kind = self.matters[best].kind;
        let of_kind = (0..alone.len()).filter(|at| self.matters[*at].kind == kind && alone[*at] >= SAID);
        let own = of_kind.max_by(|a, b| alone[*a].total_cmp(&alone[*b]).then(b.cmp(a))).unwrap_or(best);
        (own, &self.matters[own])
    }

    /// What is said by words of several sets together.
    fn add_together<'a>(&'a self, text: &str, normal: &'a str, scores: &mut [f64], words: &mut [BTreeSet<&'a str>]) {
        let quoted = quotes(text).then_some(QUOTED);
        let of_set = |set: &'a Set| match set {
            Set::Quoted => quoted,
            Set::Words(words) => words.in_text(normal).next().map(|found| found.word),
        };
        let found: Vec<Option<&str>> = self.sets.iter().map(of_set).collect();
        for (at, matter) in self.matters.iter().enumerate() {
            for together in &matter.together {
                if let Some(of_sets) = together.sets.iter().map(|set| found[*set]).collect::<Option<Vec<_>>>() {
                    scores[at] += together.weight;
                    words[at].extend(of_sets);
                }
            }
        }
    }

    /// What was promised and not given is about the promise, where as much is said of both.
    fn breaks_a_promise(&self, scores: &[f64], best: usize, rival: f64) -> bool {
        let of = |kind: Kind| {
            let of_kind = self.matters.iter().zip(scores).filter(move |(matter, _)| matter.kind == kind);
            of_kind.map(|(_, score)| *score).fold(0.0, f64::max)
        };
        self.matters[best].kind == Kind::Content && of(Kind::Fulfilment) == rival && of(Kind::Distribution) < rival
    }

    fn unknown(&self, normal: &str, confidence: f64) -> Labelled {
        let scenario = self.scenario(normal, None);
        let (kind, severity) = (Kind::Other, Severity::S1);
        let path = path(scenario, kind, UNKNOWN, UNKNOWN);
        Labelled { scenario, kind, path, severity, confidence, words: Vec::new() }
    }

    /// By the words; `nature` of the matter weighs as much as one sure word.
    fn scenario(&self, normal: &str, nature: Option<Scenario>) -> Option<Scenario> {
        const ALL: [Scenario; 3] = [Scenario::Goods, Scenario::Virtual, Scenario::Service];
        let mut scores = ALL.map(|scenario| if nature == Some(scenario) { 3.0 } else { 0.0 });
        let mut seen = BTreeSet::new();
        for found in self.scenarios.in_text(normal).filter(|found| seen.insert(found.word)) {
            scores[found.means.0 as usize] += found.means.1;
        }
        let best = scores.iter().copied().fold(0.0, f64::max);
        let mut heaviest = ALL.into_iter().zip(scores).filter(|(_, score)| *score == best && best > 0.0);
        match (heaviest.next(), heaviest.next()) {
            (Some((scenario, _)), None) => Some(scenario),
            // Two are as heavy: the nature of the matter decides, or nobody.
            _ => nature,
        }
    }
}

/// Whether a text quotes something of two characters or more: whose words they are, nobody says.
fn quotes(text: &str) -> bool {
    const MARKS: [(char, char); 6] = [('“', '”'), ('「', '」'), ('『', '』'), ('《', '》'), ('"', '"'), ('＂', '＂')];
    MARKS.iter().any(|(open, close)| {
        let behind = text.split_once(*open).map(|(_, behind)| behind);
        behind.and_then(|behind| behind.split_once(*close)).is_some_and(|(quoted, _)| quoted.chars().count() > 1)
    })
}

fn path(scenario: Option<Scenario>, kind: Kind, group: &str, matter: &str) -> [String; 4] {
    let scenario = match scenario {
        Some(Scenario::Goods) => "goods",
        Some(Scenario::Virtual) => "virtual",
        Some(Scenario::Service) => "service",
        None => UNKNOWN,
    };
    let kind = match kind {
        Kind::Content => "content",
        Kind::Fulfilment => "fulfilment",
        Kind::Distribution => "distribution",
        Kind::Other => "other",
    };
    [scenario, kind, group, matter].map(str::to_owned)
}

#[cfg(test)]
mod tests;
