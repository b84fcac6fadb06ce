//! One line of `cases.jsonl`: what scripts may rely on, kept to the letter.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::case::{Case, Gap};
use model::chain::Chain;
use model::difference::Difference;
use model::evidence::{AdPlace, EvidenceId, PagePlace, Place};
use model::finding::{Confidence, Exhibit, Finding, Scope};
use model::label::Label;
use model::violation::{Fix, Note, Ruling, Severity, Violation, Weighed};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A finished case as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CaseLine {
    pub(crate) ad_id: String,
    /// `violating`, `clean` or `inconclusive`.
    pub(crate) verdict: String,
    pub(crate) opened_at: DateTime<Utc>,
    /// When other ads of the advertiser were found violating before the run in which this one was examined: it was judged by
    /// that. None in the lines of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) earlier: Option<Vec<DateTime<Utc>>>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) chains: Vec<Chain>,
    /// What says of itself that a machine made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<Label>,
    /// In what visitors were shown different things.
    #[serde(default)]
    pub(crate) differences: Vec<Difference>,
    pub(crate) findings: Vec<FindingLine>,
    pub(crate) violations: Vec<ViolationLine>,
    pub(crate) ad: Ad,
    /// The ad as it was read, as evidence.
    pub(crate) ad_evidence: EvidenceId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FindingLine {
    pub(crate) check: String,
    pub(crate) confidence: Confidence,
    pub(crate) scope: Scope,
    pub(crate) promised: Exhibit<AdPlace>,
    pub(crate) delivered: Exhibit<PagePlace>,
    pub(crate) also: Vec<Exhibit<Place>>,
    pub(crate) facts: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ViolationLine {
    pub(crate) check: String,
    pub(crate) rule: String,
    pub(crate) pack: String,
    pub(crate) severity: Severity,
    /// Why it is graver or less grave than the rule says by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) weighed: Vec<Weighed>,
    pub(crate) confidence: Confidence,
    pub(crate) scope: Scope,
    pub(crate) promised: Exhibit<AdPlace>,
    pub(crate) delivered: Exhibit<PagePlace>,
    pub(crate) also: Vec<Exhibit<Place>>,
    pub(crate) cite: Vec<String>,
    /// Checks whose findings rest on the same words, told within this violation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) covers: Vec<String>,
    /// What further packs say of the same finding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) also_by: Vec<Ruling>,
    /// Wordings that were put through the checks and clear it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) fixes: Vec<Fix>,
    pub(crate) note: BTreeMap<String, Note>,
}

impl CaseLine {
    pub(crate) fn of(case: &Case, earlier: Vec<DateTime<Utc>>) -> Self {
        Self {
            ad_id: case.ad.ad_id.clone(),
            verdict: case.verdict().word().to_owned(),
            opened_at: case.opened_at,
            earlier: Some(earlier),
            gaps: case.gaps.clone(),
            chains: case.chains.clone(),
            labels: case.labels.clone(),
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
    pub(crate) fn told(&self) -> impl Iterator<Item = Violation> {
        let finding = |check: &str| self.findings.iter().find(|finding| finding.check == check);
        self.violations.iter().filter_map(move |line| Some(line.violation(finding(&line.check)?)))
    }
}

impl FindingLine {
    /// The finding that was written down.
    pub(crate) fn finding(&self) -> Finding {
        let finding = Finding::of(&self.check)
            .promised(self.promised.clone())
            .delivered(self.delivered.clone())
            .sure(self.confidence);
        let finding = self.also.iter().fold(finding, |finding, also| finding.also(also.clone()));
        self.facts.iter().fold(finding, |finding, (name, value)| finding.fact(name, value))
    }

    pub(crate) fn of(finding: &Finding) -> Self {
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

    pub(crate) fn of(violation: &Violation) -> Self {
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
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
