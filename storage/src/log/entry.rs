//! What an entry of the log says: one line of JSON, whose bytes are never written twice.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use serde::{Deserialize, Serialize};

use crate::log::tree::{self, Hash};
use crate::seal::Manifest;
use crate::store::CaseId;

/// What an artefact is called that is the package of its case.
pub const PACKAGE: &str = "package";

/// Something that happened to what a store keeps. It names no person, no ad and no page: the log may be shown to anybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A case was sealed.
    Case {
        case_id: CaseId,
        /// The SHA-256 of its manifest.
        manifest: EvidenceId,
        /// The SHA-256 of its package, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        package: Option<EvidenceId>,
        verdict: String,
        at: DateTime<Utc>,
    },
    /// A person decided about a case.
    Decision { case_id: CaseId, decision: String, record: EvidenceId, at: DateTime<Utc> },
    /// A step was taken for a violation.
    Measure { case_id: CaseId, measure: String, record: EvidenceId, at: DateTime<Utc> },
    /// Artefacts of a case were deleted, and why that was right.
    Deletion { case_id: CaseId, manifest: EvidenceId, artefacts: u64, bytes: u64, reason: String, at: DateTime<Utc> },
    /// A time stamp was stamped itself, before the certificate of its authority ran out.
    Restamp { of: EvidenceId, stamp: EvidenceId, authority: String, at: DateTime<Utc> },
    /// A key that signs checkpoints from now on; all but the first are signed for by the one before.
    Key {
        /// Raw Ed25519, base64.
        public_key: String,
        /// The name under which it signs.
        origin: String,
        /// The key before, and its signature of [`announcement`], both base64.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
        at: DateTime<Utc>,
    },
}

impl Entry {
    /// That a case was sealed, as its manifest tells it; `id` is the hash of the manifest.
    pub(crate) fn sealed(manifest: &Manifest, id: EvidenceId) -> Self {
        let package = manifest.evidence.iter().find(|kept| kept.what == PACKAGE).map(|kept| kept.id);
        let (case_id, verdict) = (manifest.case_id.clone(), manifest.verdict.clone());
        Self::Case { case_id, manifest: id, package, verdict, at: manifest.sealed_at }
    }

    /// The bytes that are hashed: one line, without the line break.
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("internal error: an entry is plain data")
    }

    pub fn hash(&self) -> Hash {
        tree::leaf(self.text().as_bytes())
    }

    /// The word by which its kind is found in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Case { .. } => "case",
            Self::Decision { .. } => "decision",
            Self::Measure { .. } => "measure",
            Self::Deletion { .. } => "deletion",
            Self::Restamp { .. } => "restamp",
            Self::Key { .. } => "key",
        }
    }

    /// The case that it is about.
    pub fn case(&self) -> Option<&CaseId> {
        match self {
            Self::Case { case_id, .. }
            | Self::Decision { case_id, .. }
            | Self::Measure { case_id, .. }
            | Self::Deletion { case_id, .. } => Some(case_id),
            Self::Restamp { .. } | Self::Key { .. } => None,
        }
    }
}

/// What the key before signs when it makes way for the next one.
pub fn announcement(origin: &str, before: &str, next: &str) -> String {
    format!("postlink log key\n{origin}\n{before}\n{next}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case() -> CaseId {
        CaseId("20261127T000000Z-0123456789ab".into())
    }

    /// Once an entry is in a log, what makes its bytes may not change any more.
    #[test]
    fn an_entry_has_the_same_bytes_each_time() {
        let at = DateTime::UNIX_EPOCH;
        let (one, other) = (EvidenceId::of(b"one"), EvidenceId::of(b"other"));
        let package = Some(other);
        let all = [
            (
                Entry::Case { case_id: case(), manifest: one, package, verdict: "clean".into(), at },
                r#"{"kind":"case","case_id":"CASE","manifest":"ONE","package":"OTHER","verdict":"clean","at":"AT"}"#,
            ),
            (
                Entry::Case { case_id: case(), manifest: one, package: None, verdict: "clean".into(), at },
                r#"{"kind":"case","case_id":"CASE","manifest":"ONE","verdict":"clean","at":"AT"}"#,
            ),
            (
                Entry::Decision { case_id: case(), decision: "upheld".into(), record: one, at },
                r#"{"kind":"decision","case_id":"CASE","decision":"upheld","record":"ONE","at":"AT"}"#,
            ),
            (
                Entry::Measure { case_id: case(), measure: "warn".into(), record: one, at },
                r#"{"kind":"measure","case_id":"CASE","measure":"warn","record":"ONE","at":"AT"}"#,
            ),
            (
                Entry::Deletion { case_id: case(), manifest: one, artefacts: 3, bytes: 9, reason: "期满".into(), at },
                r#"{"kind":"deletion","case_id":"CASE","manifest":"ONE","artefacts":3,"bytes":9,"reason":"期满","at":"AT"}"#,
            ),
            (
                Entry::Restamp { of: one, stamp: other, authority: "https://tsa.test/".into(), at },
                r#"{"kind":"restamp","of":"ONE","stamp":"OTHER","authority":"https://tsa.test/","at":"AT"}"#,
            ),
            (
                Entry::Key { public_key: "AA==".into(), origin: "o".into(), before: None, signature: None, at },
                r#"{"kind":"key","public_key":"AA==","origin":"o","at":"AT"}"#,
            ),
        ];
        for (entry, expected) in all {
            let expected = expected
                .replace("CASE", case().as_str())
                .replace("ONE", &one.to_string())
                .replace("OTHER", &other.to_string())
                .replace("AT", "1970-01-01T00:00:00Z");
            assert_eq!(entry.text(), expected);
            assert!(expected.starts_with(&format!("{{\"kind\":\"{}\"", entry.kind())));
            assert_eq!(serde_json::from_str::<Entry>(&expected).unwrap(), entry);
        }
    }

    #[test]
    fn an_entry_is_one_line_whatever_is_in_it() {
        let record = EvidenceId::of(b"one");
        let decision = "two\nlines\r".to_owned();
        let entry = Entry::Decision { case_id: case(), decision, record, at: DateTime::UNIX_EPOCH };
        assert!(!entry.text().contains(['\n', '\r']));
    }
}
