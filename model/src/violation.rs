//! A finding judged by a rule in force.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Scope};

/// A finding judged by a rule in force: which rule of which pack and version, how grave, and told to a reader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule's id within its pack.
    pub rule: String,
    /// `<pack>@<version>`, so that it can be judged again.
    pub pack: String,
    pub severity: Severity,
    /// The rule's scope where it has one of its own, else the finding's.
    pub scope: Scope,
    /// Instrument and clause: `wlgg-2023#18`.
    pub cite: Vec<String>,
    pub finding: Finding,
    /// Checks whose findings rest on the same words of the same page, told within this violation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
    /// By language: `zh-CN`, `en`.
    pub note: BTreeMap<String, Note>,
}

/// How grave the rule says it is: S1 提示, S2 一般, S3 严重, S4 极重.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    S1,
    S2,
    S3,
    S4,
}

/// A violation told to a reader in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub what: String,
    pub why: String,
    #[serde(rename = "do")]
    pub todo: String,
    pub remedy: Remedy,
}

/// The kind of change asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    EditAd,
    EditPage,
    Disclose,
    Withdraw,
}
