//! A folder as `postlink check` leaves it, with cases that nobody crawled.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use checker::Words;
use chrono::{DateTime, Utc};
use model::case::Case;
use model::evidence::{Evidence, EvidenceId};
use model::finding::Finding;
use model::violation::Violation;
use policies::{Circumstances, Packs};
use serde_json::{Map, Value, json};
use storage::sqlite::{self, SqliteStore};
use storage::store::{CaseId, Opening, Outcome, Store as _};

/// An open folder, and what its cases are compared and judged by.
pub(crate) struct Stored<'a> {
    store: SqliteStore,
    words: &'a Words,
    packs: Packs,
    cases: u64,
}

/// How a case is kept.
pub(crate) struct How {
    /// As versions did that kept no look, when false.
    pub(crate) look: bool,
    /// What the line says of earlier violations; none as older lines.
    pub(crate) earlier: Option<Vec<DateTime<Utc>>>,
    /// What was done with the findings before they were judged.
    pub(crate) weigh: fn(Vec<Finding>) -> Vec<Finding>,
}

impl Default for How {
    fn default() -> Self {
        Self { look: true, earlier: Some(Vec::new()), weigh: |findings| findings }
    }
}

/// A case that was kept.
pub(crate) struct Shelved {
    pub(crate) case_id: CaseId,
    pub(crate) look: EvidenceId,
    pub(crate) line: Value,
}

impl<'a> Stored<'a> {
    pub(crate) async fn open(dir: &Path, words: &'a Words) -> Result<Self> {
        let checks = checker::checks::ALL.iter().map(|check| check.id()).collect();
        let store = sqlite::open(dir, Arc::new(|| DateTime::UNIX_EPOCH)).await?;
        Ok(Self { store, words, packs: Packs::built_in(&checks)?, cases: 0 })
    }

    /// Compares and judges what was seen by the built-in packs, as `check` does, and keeps it.
    pub(crate) async fn keep(&mut self, look: &Case, how: How) -> Result<Shelved> {
        self.keep_as(look, &serde_json::to_vec(look)?, how).await
    }

    /// The same, with these bytes for its look.
    pub(crate) async fn keep_as(&mut self, look: &Case, bytes: &[u8], how: How) -> Result<Shelved> {
        let evidence = Evidence::new("look", "application/json", bytes.to_vec(), look.opened_at);
        let mut kept = Vec::new();
        if how.look {
            kept.push(self.store.keep(&evidence).await?);
        }
        let case = self.judged(look, &how);
        let line = line(&case, how.earlier)?;
        let opening = Opening {
            key: format!("key {}", self.cases),
            ad_id: case.ad.ad_id.clone(),
            platform: case.ad.platform.clone(),
            advertiser: case.ad.advertiser.as_ref().and_then(|advertiser| advertiser.id.clone()),
            position: self.cases,
            opened_at: case.opened_at,
        };
        self.cases += 1;
        let opened = self.store.begin(opening).await?;
        let (verdict, tools) = (case.verdict(), BTreeMap::new());
        let stored = self
            .store
            .finish(
                opened,
                Outcome {
                    verdict: verdict.word().to_owned(),
                    line: line.to_string(),
                    evidence: kept,
                    tools,
                    to_stamp: Vec::new(),
                },
            )
            .await?;
        Ok(Shelved { case_id: stored.case_id, look: evidence.id(), line })
    }

    fn judged(&self, look: &Case, how: &How) -> Case {
        let mut case = look.clone();
        let labels = checker::labels(&case, self.words);
        case.labels.extend(labels);
        let compared = checker::compare(&case, self.words);
        case.gaps.extend(compared.gaps);
        case.findings = (how.weigh)(compared.findings);
        let circumstances = Circumstances {
            kinds: checker::kinds(&case, self.words),
            earlier: how.earlier.clone().unwrap_or_default(),
            ..Circumstances::of(&case, &["CN".to_owned()].into())
        };
        case.violations = policies::judge(&case.findings, &self.packs, &circumstances);
        case
    }

    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// A case's line of `cases.jsonl`, by the contract.
fn line(case: &Case, earlier: Option<Vec<DateTime<Utc>>>) -> Result<Value> {
    let mut line = json!({
        "ad_id": case.ad.ad_id,
        "verdict": case.verdict().word(),
        "opened_at": case.opened_at,
        "gaps": case.gaps,
        "chains": case.chains,
        "labels": case.labels,
        "differences": case.differences,
        "findings": case.findings.iter().map(finding).collect::<Result<Vec<_>>>()?,
        "violations": case.violations.iter().map(violation).collect::<Result<Vec<_>>>()?,
        "ad": case.ad,
        "ad_evidence": case.ad_evidence,
    });
    if let Some(earlier) = earlier {
        line["earlier"] = json!(earlier);
    }
    Ok(line)
}

fn finding(finding: &Finding) -> Result<Map<String, Value>> {
    let mut written: Map<String, Value> = serde_json::from_value(serde_json::to_value(finding)?)?;
    written.entry("also").or_insert_with(|| json!([]));
    written.entry("facts").or_insert_with(|| json!({}));
    Ok(written)
}

/// A violation is told with its finding's places, and by the rule's scope.
fn violation(violation: &Violation) -> Result<Map<String, Value>> {
    let mut written: Map<String, Value> = serde_json::from_value(serde_json::to_value(violation)?)?;
    written.remove("finding");
    for (key, value) in finding(&violation.finding)? {
        if key != "facts" {
            written.entry(key).or_insert(value);
        }
    }
    Ok(written)
}
