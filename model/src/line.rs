//! One line of `cases.jsonl`: what scripts may rely on, kept to the letter.

use std::collections::BTreeMap;

use crate::ad::Ad;
use crate::case::{Case, Gap};
use crate::chain::Chain;
use crate::difference::Difference;
use crate::evidence::{AdPlace, EvidenceId, PagePlace, Place};
use crate::finding::{Confidence, Exhibit, Finding, Scope};
use crate::kin::Shown;
use crate::label::Label;
use crate::violation::{Fix, Note, Ruling, Severity, Violation, Weighed};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A finished case as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseLine {
    pub ad_id: String,
    /// `violating`, `clean` or `inconclusive`.
    pub verdict: String,
    pub opened_at: DateTime<Utc>,
    /// When other ads of the advertiser were found violating before the run in which this one was examined: it was judged by
    /// that. None in the lines of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<Vec<DateTime<Utc>>>,
    pub gaps: Vec<Gap>,
    pub chains: Vec<Chain>,
    /// What says of itself that a machine made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// What ties the advertiser's account with others that show the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traits: Vec<Shown>,
    /// In what visitors were shown different things.
    #[serde(default)]
    pub differences: Vec<Difference>,
    pub findings: Vec<FindingLine>,
    pub violations: Vec<ViolationLine>,
    pub ad: Ad,
    /// The ad as it was read, as evidence.
    pub ad_evidence: EvidenceId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingLine {
    pub check: String,
    pub confidence: Confidence,
    pub scope: Scope,
    pub promised: Exhibit<AdPlace>,
    pub delivered: Exhibit<PagePlace>,
    pub also: Vec<Exhibit<Place>>,
    pub facts: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViolationLine {
    pub check: String,
    pub rule: String,
    pub pack: String,
    pub severity: Severity,
    /// Why it is graver or less grave than the rule says by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weighed: Vec<Weighed>,
    pub confidence: Confidence,
    pub scope: Scope,
    pub promised: Exhibit<AdPlace>,
    pub delivered: Exhibit<PagePlace>,
    pub also: Vec<Exhibit<Place>>,
    pub cite: Vec<String>,
    /// Checks whose findings rest on the same words, told within this violation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
    /// What further packs say of the same finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_by: Vec<Ruling>,
    /// Wordings that were put through the checks and clear it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    pub note: BTreeMap<String, Note>,
}

impl CaseLine {
    pub fn of(case: &Case, earlier: Vec<DateTime<Utc>>) -> Self {
        Self {
            ad_id: case.ad.ad_id.clone(),
            verdict: case.verdict().word().to_owned(),
            opened_at: case.opened_at,
            earlier: Some(earlier),
            gaps: case.gaps.clone(),
            chains: case.chains.clone(),
            labels: case.labels.clone(),
            traits: Vec::new(),
            differences: case.differences.clone(),
            findings: case.findings.iter().map(FindingLine::of).collect(),
            violations: case.violations.iter().map(ViolationLine::of).collect(),
            ad: case.ad.clone(),
            ad_evidence: case.ad_evidence,
        }
    }
}

impl CaseLine {
    /// The violations, with the findings that they judge.
    pub fn told(&self) -> impl Iterator<Item = Violation> {
        let finding = |check: &str| self.findings.iter().find(|finding| finding.check == check);
        self.violations.iter().filter_map(move |line| Some(line.violation(finding(&line.check)?)))
    }
}

impl FindingLine {
    /// The finding that was written down.
    pub fn finding(&self) -> Finding {
        let finding = Finding::of(&self.check)
            .promised(self.promised.clone())
            .delivered(self.delivered.clone())
            .sure(self.confidence);
        let finding = self.also.iter().fold(finding, |finding, also| finding.also(also.clone()));
        self.facts.iter().fold(finding, |finding, (name, value)| finding.fact(name, value))
    }

    pub fn of(finding: &Finding) -> Self {
        Self {
            check: finding.check().to_owned(),
            confidence: finding.confidence(),
            scope: finding.scope(),
            promised: finding.promised().clone(),
            delivered: finding.delivered().clone(),
            also: finding.others().to_vec(),
            facts: finding.facts().clone(),
        }
    }
}

impl ViolationLine {
    fn violation(&self, finding: &FindingLine) -> Violation {
        Violation {
            rule: self.rule.clone(),
            pack: self.pack.clone(),
            severity: self.severity,
            weighed: self.weighed.clone(),
            scope: self.scope,
            cite: self.cite.clone(),
            finding: finding.finding(),
            covers: self.covers.clone(),
            also_by: self.also_by.clone(),
            fixes: self.fixes.clone(),
            note: self.note.clone(),
        }
    }

    pub fn of(violation: &Violation) -> Self {
        let FindingLine { check, confidence, promised, delivered, also, .. } = FindingLine::of(&violation.finding);
        Self {
            check,
            rule: violation.rule.clone(),
            pack: violation.pack.clone(),
            severity: violation.severity,
            weighed: violation.weighed.clone(),
            confidence,
            scope: violation.scope,
            promised,
            delivered,
            also,
            cite: violation.cite.clone(),
            covers: violation.covers.clone(),
            also_by: violation.also_by.clone(),
            fixes: violation.fixes.clone(),
            note: violation.note.clone(),
        }
    }
}

/// An enum's own word, as it is written in `cases.jsonl` and in packs.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
