//! A violation told to one reader: no more than that reader is for.

use std::collections::BTreeMap;

use model::evidence::{EvidenceId, Place};
use model::violation::{Fix, FixOn, Remedy, Severity, Violation, Weighed};
use serde::Serialize;

use crate::note::{Depth, Matter};
use crate::pack::{Citation, Pack, Packs, Rule};

/// A violation told to one reader in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Telling {
    #[serde(rename = "for")]
    pub depth: Depth,
    pub language: String,
    pub pack: String,
    pub rule: String,
    pub severity: Severity,
    pub what: String,
    pub why: String,
    /// What to do, and wordings that were proven to help; not for a regulator, who asks for facts.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    pub todo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weighed: Vec<Weighed>,
    /// What it rests on; for a regulator only what was read in the instrument or in a copy of it.
    pub basis: Vec<Clause>,
    /// The normalised values that were compared; not for an advertiser.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, serde_json::Value>,
    /// As whom the page was looked at; for the platform alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<String>,
    /// The artefacts that show it, by their SHA-256.
    pub evidence: Vec<EvidenceId>,
}

/// A clause as it is put before a reader.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Clause {
    pub id: String,
    pub title: String,
    pub issued: String,
    pub text: String,
    pub verified: bool,
}

impl Packs {
    /// Tells a violation. None where its pack, its rule or the language is not known here any more.
    pub fn tell(&self, violation: &Violation, depth: Depth, language: &str) -> Option<Telling> {
        let pack = self.named(&violation.pack)?;
        let rule = pack.rule(&violation.rule)?;
        let told = |citation: &&Citation| depth != Depth::Regulator || citation.verified;
        let cited: Vec<_> = violation.cite.iter().filter_map(|id| self.citation(pack.id(), id)).filter(told).collect();
        let withheld = (depth == Depth::Advertiser).then(|| pack.withheld());
        let finding = &violation.finding;
        let matter = Matter { rule, finding, cited: &cited, facts: pack.facts(), withheld };
        let note = pack.book(language)?.write(&matter);
        let advertiser = depth == Depth::Advertiser;
        let advised = depth != Depth::Regulator;
        Some(Telling {
            depth,
            language: language.to_owned(),
            pack: violation.pack.clone(),
            rule: violation.rule.clone(),
            severity: violation.severity,
            what: note.what,
            why: note.why,
            todo: advised.then_some(note.todo),
            remedy: advised.then_some(note.remedy),
            fixes: violation.fixes.iter().filter(|_| advised).cloned().collect(),
            // That evasion made it graver is the platform's to know.
            weighed: violation.weighed.iter().filter(|_| !advertiser).cloned().collect(),
            basis: cited.iter().map(|citation| Clause::of(citation, language)).collect(),
            facts: if advertiser { BTreeMap::new() } else { finding.facts().clone() },
            visitor: (depth == Depth::Platform).then(|| finding.delivered().place.visitor.clone()),
            evidence: evidence(violation),
        })
    }

    /// Wordings that might clear a violation, in a language: whether they do is for the checks to say.
    pub fn wordings(&self, violation: &Violation, language: &str) -> Vec<(FixOn, String)> {
        let found = self.named(&violation.pack).and_then(|pack| Some((pack, pack.rule(&violation.rule)?)));
        found.map(|(pack, rule)| wordings(pack, rule, violation, language)).unwrap_or_default()
    }
}

fn wordings(pack: &Pack, rule: &Rule, violation: &Violation, language: &str) -> Vec<(FixOn, String)> {
    let matter = Matter { rule, finding: &violation.finding, cited: &[], facts: pack.facts(), withheld: None };
    let book = pack.book(language);
    let wording = |on| Some((on, book?.wording(&matter, on)?));
    [FixOn::Ad, FixOn::Page].into_iter().filter_map(wording).collect()
}

impl Clause {
    fn of(citation: &Citation, language: &str) -> Self {
        let text = |texts: &BTreeMap<String, String>| {
            texts.get(language).or_else(|| texts.values().next()).cloned().unwrap_or_default()
        };
        Self {
            id: citation.id.clone(),
            title: text(&citation.title),
            issued: citation.issued.clone(),
            text: text(&citation.clause),
            verified: citation.verified,
        }
    }
}

/// Each artefact once, in the order in which it is told.
fn evidence(violation: &Violation) -> Vec<EvidenceId> {
    let finding = &violation.finding;
    let also = finding.others().iter().map(|other| match &other.place {
        Place::Ad(place) => place.evidence,
        Place::Page(place) => place.evidence,
    });
    let mut all = Vec::new();
    for id in [finding.promised().place.evidence, finding.delivered().place.evidence].into_iter().chain(also) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    all
}
