//! What a complaint is about: scenario, kind, a path of four levels and how grave it is, by the words of `governance/data/labels.toml`.
//!
//! What the words do not say is `other` with little confidence, for people to read.

mod lexicon;

use std::collections::BTreeSet;

use model::complaint::{Age, Kind, Labelled, Scenario};
use model::violation::Severity;

use crate::noise::normal;
pub use lexicon::{Labels, LabelsError};

/// Less sure than that is `other`.
const SURE: f64 = 0.5;
/// Of minors and the elderly: they say it in fewer words, and what is missed weighs more.
const SURE_OF_PROTECTED: f64 = 0.35;
/// What could have been said as well by other words, as a weight: one word of weight 3 alone is sure to three quarters.
const UNSAID: f64 = 1.0;
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
        if !spoken || confidence < if is_protected { SURE_OF_PROTECTED } else { SURE } {
            return self.unknown(&normal, confidence.min(SURE - 0.01));
        }
        let scenario = self.scenario(&normal, matter.scenario);
        Labelled {
            scenario,
            kind: matter.kind,
            path: path(scenario, matter.kind, &matter.group, &matter.id),
            severity: if is_protected && matter.money { matter.severity.moved(1) } else { matter.severity },
            confidence,
            words: words[best].iter().map(|word| (*word).to_owned()).collect(),
        }
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
