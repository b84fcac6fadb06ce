//! A finding judged by a rule in force.

use std::collections::BTreeMap;

use schemars::JsonSchema;
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
    /// Why it is graver or less grave than the rule says by itself; empty where it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weighed: Vec<Weighed>,
    /// The rule's scope where it has one of its own, else the finding's.
    pub scope: Scope,
    /// Instrument and clause: `wlgg-2023#18`.
    pub cite: Vec<String>,
    pub finding: Finding,
    /// Checks whose findings rest on the same words of the same page, told within this violation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covers: Vec<String>,
    /// What further packs say of the same finding. One fact is one violation: the gravest law speaks first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_by: Vec<Ruling>,
    /// Wordings that were put through the checks and clear this violation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    /// By language: `zh-CN`, `en`.
    pub note: BTreeMap<String, Note>,
}

/// A rule of another pack that concerns the same finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ruling {
    pub pack: String,
    pub rule: String,
    pub severity: Severity,
    pub scope: Scope,
    pub cite: Vec<String>,
}

/// Something about the case that makes a violation graver or less grave, as its pack says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// The modifier's id within its pack.
    pub id: String,
    /// Steps up or down; 0 for a threshold that was lower for a vulnerable audience.
    pub by: i8,
    /// By language.
    pub why: BTreeMap<String, String>,
}

/// A wording that clears violations, proven by putting it through the same checks on the stored case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    pub on: FixOn,
    /// The words to replace, wherever the ad says them or their sum; empty where the wording is to be added, or is all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instead_of: String,
    /// Whether it is to be all that the ad says: its other sentences still promise what is not given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// In the language of the ad.
    pub text: String,
    /// What must stand above the main button of the page as well; empty where the ad's wording suffices.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub with_page: String,
    /// Rules that judge nothing any more once this is done: `<pack>/<rule>`.
    pub clears: Vec<String>,
}

/// What a wording is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FixOn {
    Ad,
    Page,
}

/// How grave the rule says it is: S1 提示, S2 一般, S3 严重, S4 极重.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    EditAd,
    EditPage,
    Disclose,
    Withdraw,
}

impl Severity {
    const ALL: [Self; 4] = [Self::S1, Self::S2, Self::S3, Self::S4];

    /// So many steps graver, or less grave; the ends hold.
    #[must_use]
    pub fn moved(self, steps: i32) -> Self {
        let at = (self as i32 + steps).clamp(0, Self::S4 as i32);
        Self::ALL[usize::try_from(at).expect("internal error: it was clamped")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_moves_step_by_step_and_stops_at_its_ends() {
        assert_eq!(Severity::S2.moved(1), Severity::S3);
        assert_eq!(Severity::S3.moved(4), Severity::S4);
        assert_eq!(Severity::S2.moved(-3), Severity::S1);
    }
}
