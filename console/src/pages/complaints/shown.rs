//! A complaint as lists and its own page show it.

use model::complaint::Exclusion;
use model::line::word;
use serde::Serialize;
use storage::hearing::ComplaintRow;

use crate::page::percent;
use crate::told::local;

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct ComplaintShown {
    pub(crate) id: String,
    /// The query that names it: two platforms may give one id.
    pub(crate) named: String,
    pub(crate) platform: Option<String>,
    pub(crate) source: String,
    pub(crate) at: String,
    pub(crate) text: String,
    pub(crate) forgotten: bool,
    pub(crate) ad: Option<String>,
    /// By what it belongs to its ad: `ad`, `click`, `last-click`.
    pub(crate) linked_by: Option<String>,
    /// Whether its ad is known here.
    pub(crate) known: bool,
    pub(crate) advertiser: Option<String>,
    pub(crate) trade: Option<String>,
    pub(crate) age: Option<String>,
    pub(crate) rating: Option<u8>,
    /// In the currency's unit.
    pub(crate) refunded: Option<String>,
    pub(crate) label: Option<LabelShown>,
    pub(crate) excluded: Option<Why>,
    pub(crate) doubted: Option<Why>,
    pub(crate) converted: Option<String>,
    /// `counts`, `again`, `not-converted`, `excluded`, `no-ad`.
    pub(crate) state: String,
}

/// What it is about.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct LabelShown {
    /// Scenario, kind, group, matter.
    pub(crate) path: [String; 4],
    pub(crate) severity: String,
    /// In percent.
    pub(crate) sure: u64,
    pub(crate) words: Vec<String>,
}

/// Why it does not count, or may not.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Why {
    pub(crate) rule: String,
    pub(crate) why: String,
    pub(crate) rests_on: Vec<String>,
}

impl Why {
    pub(crate) fn of(exclusion: &Exclusion, language: &str) -> Self {
        let said = exclusion.why.get(language).or_else(|| exclusion.why.values().next());
        Self {
            rule: exclusion.rule.clone(),
            why: said.cloned().unwrap_or_default(),
            rests_on: exclusion.rests_on.clone(),
        }
    }
}

impl LabelShown {
    pub(crate) fn of(label: &model::complaint::Labelled) -> Self {
        Self {
            path: label.path.clone(),
            severity: word(&label.severity),
            sure: (100.0 * label.confidence).round() as u64,
            words: label.words.clone(),
        }
    }
}

pub(crate) fn shown(row: &ComplaintRow, language: &str) -> ComplaintShown {
    let complaint = &row.complaint;
    let key = row.key();
    ComplaintShown {
        named: format!("platform={}&id={}", percent(&key.platform), percent(&key.id)),
        id: key.id,
        platform: complaint.platform.clone(),
        source: word(&complaint.source),
        at: local(complaint.at),
        text: complaint.text.clone(),
        forgotten: row.forgotten,
        ad: row.belongs.clone(),
        linked_by: row.linked_by.clone(),
        known: row.known,
        advertiser: row.advertiser.clone(),
        trade: row.trade.clone(),
        age: complaint.age.as_ref().map(word),
        rating: complaint.rating,
        refunded: complaint.refunded.map(|fen| format!("{}.{:02}", fen / 100, fen % 100)),
        label: row.label.as_ref().map(LabelShown::of),
        excluded: row.excluded.as_ref().map(|why| Why::of(why, language)),
        doubted: row.doubted.as_ref().map(|why| Why::of(why, language)),
        converted: row.converted_at.map(local),
        state: row.standing.clone(),
    }
}

#[cfg(test)]
impl ComplaintShown {
    pub(crate) fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let why = || Why { rule: hostile(), why: hostile(), rests_on: vec![hostile()] };
        let path = ["goods".to_owned(), "content".to_owned(), hostile(), hostile()];
        let label = LabelShown { path, severity: "S3".into(), sure: 75, words: vec![hostile()] };
        let full = Self {
            id: hostile(),
            named: "platform=p&id=1".into(),
            platform: Some(hostile()),
            source: "hotline".into(),
            at: "2026-11-28".into(),
            text: hostile(),
            ad: Some(hostile()),
            linked_by: Some("last-click".into()),
            known: true,
            advertiser: Some(hostile()),
            trade: Some(hostile()),
            age: Some("elderly".into()),
            rating: Some(1),
            refunded: Some("9.90".into()),
            label: Some(label),
            converted: Some("2026-11-27".into()),
            state: "counts".into(),
            ..Self::default()
        };
        let excluded = Self { excluded: Some(why()), state: "excluded".into(), ..full.clone() };
        let doubted = Self { doubted: Some(why()), label: None, ..full.clone() };
        let bare =
            Self { id: hostile(), source: "comment".into(), state: "no-ad".into(), forgotten: true, ..Self::default() };
        vec![full, excluded, doubted, bare]
    }
}
