//! The record of a clue that is handed over to another authority (线索移送书): to whom, on which clauses, what was found, which evidence.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Document, File, Head, Tool};

#[derive(Clone, Debug, Serialize)]
pub struct Transfer {
    /// Its clauses are those that the hand-over rests on.
    pub head: Head,
    /// The authority, by language.
    pub to: BTreeMap<String, String>,
    /// Who hands it over.
    pub by: String,
    pub case_id: String,
    pub ad_id: String,
    pub title: String,
    pub platform: Option<String>,
    pub advertiser: Option<String>,
    pub click_url: String,
    pub opened_at: String,
    pub sealed_at: String,
    /// What people did not reject.
    pub facts: Vec<Fact>,
    /// What people decided about it, in order.
    pub decisions: Vec<super::Decision>,
    pub evidence: Vec<File>,
    pub manifest: String,
    pub software: Vec<Tool>,
}

impl Document for Transfer {
    const NAME: &'static str = "transfer";
}

/// What was found: promised here, delivered there.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// Of the violation in its case.
    pub number: u64,
    pub severity: String,
    /// Of the rule, by language.
    pub title: BTreeMap<String, String>,
    pub rule: String,
    pub pack: String,
    pub promised: String,
    pub delivered: String,
    pub url: String,
    pub cite: Vec<String>,
}
