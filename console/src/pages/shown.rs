//! A case as lists show it.

use serde::Serialize;
use storage::desk::CaseRow;

use crate::told::local;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct CaseShown {
    pub(crate) case_id: String,
    pub(crate) ad_id: String,
    pub(crate) title: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) advertiser: Option<String>,
    /// Its id on its platform.
    pub(crate) advertiser_id: Option<String>,
    pub(crate) trade: Option<String>,
    pub(crate) verdict: String,
    pub(crate) severity: Option<String>,
    pub(crate) violations: u64,
    pub(crate) gaps: Vec<String>,
    /// As people of the place write it.
    pub(crate) opened_at: String,
    pub(crate) decision: Option<String>,
}

pub(crate) fn shown(row: &CaseRow) -> CaseShown {
    CaseShown {
        case_id: row.case_id.to_string(),
        ad_id: row.ad_id.clone(),
        title: row.title.clone(),
        platform: row.platform.clone(),
        advertiser: row.advertiser_name.clone().or_else(|| row.advertiser.clone()),
        advertiser_id: row.advertiser.clone(),
        trade: row.trade.clone(),
        verdict: row.verdict.clone(),
        severity: row.severity.clone(),
        violations: row.violations,
        gaps: row.gaps.clone(),
        opened_at: local(row.opened_at),
        decision: row.decision.clone(),
    }
}

#[cfg(test)]
impl CaseShown {
    pub(crate) fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let full = Self {
            case_id: "20261128T000000Z-0123456789ab".into(),
            ad_id: hostile(),
            title: Some(hostile()),
            platform: Some(hostile()),
            advertiser: Some(hostile()),
            advertiser_id: Some(hostile()),
            trade: Some(hostile()),
            verdict: "violating".into(),
            severity: Some("S3".into()),
            violations: 2,
            gaps: vec!["timeout".into()],
            opened_at: "2026-11-28".into(),
            decision: Some("confirm".into()),
        };
        let bare = Self { ad_id: hostile(), verdict: "clean".into(), ..Self::default() };
        let unseen = Self { verdict: "inconclusive".into(), gaps: vec!["timeout".into(), hostile()], ..full.clone() };
        vec![full, bare, unseen]
    }
}
