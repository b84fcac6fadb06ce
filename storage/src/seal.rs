//! The manifest of a case, and the hash chain that ties each to the one before.
//!
//! The chain notices a case that was taken out or replaced as long as somebody remembers a later manifest's hash:
//! it is unsigned, so whoever can rewrite the whole folder can rewrite the whole chain. Note the head elsewhere.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use model::evidence::EvidenceId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::{CaseId, Kept, Opened, Opening, Outcome, StoredCase};

/// Stands first in each manifest, so that a reader of the far future knows what it has.
pub const FORMAT: &str = "postlink-manifest/1";

/// Everything a case rests on. Its fields are written in this order, whatever happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    /// 1 for the first case of the store, without a gap.
    pub number: u64,
    pub case_id: CaseId,
    pub key: String,
    pub ad_id: String,
    pub position: u64,
    pub opened_at: DateTime<Utc>,
    pub sealed_at: DateTime<Utc>,
    pub verdict: String,
    /// Of the case's line of `cases.jsonl`, without the line break.
    pub line_sha256: EvidenceId,
    /// In the order in which it was handed in, each once.
    pub evidence: Vec<Kept>,
    pub tools: BTreeMap<String, String>,
    /// The SHA-256 of the manifest before; null in the first.
    pub previous: Option<EvidenceId>,
}

/// A manifest as its bytes, and their hash.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sealed {
    pub(crate) text: String,
    pub(crate) id: EvidenceId,
}

/// Where a manifest stands in the chain.
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) previous: Option<EvidenceId>,
}

impl Manifest {
    /// The case that it seals; `id` is the manifest's own hash.
    pub(crate) fn stored(self, id: EvidenceId) -> StoredCase {
        let Self { number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, .. } = self;
        StoredCase { number, case_id, key, ad_id, position, opened_at, sealed_at, verdict, manifest: id }
    }

    pub(crate) fn new(opened: Opened, outcome: &Outcome, sealed_at: DateTime<Utc>, link: Link) -> Self {
        let mut evidence: Vec<Kept> = Vec::with_capacity(outcome.evidence.len());
        let mut seen = std::collections::HashSet::new();
        for kept in &outcome.evidence {
            if seen.insert(kept.id) {
                evidence.push(kept.clone());
            }
        }
        let Opening { key, ad_id, position, opened_at, .. } = opened.opening;
        Self {
            format: FORMAT.to_owned(),
            number: link.number,
            case_id: opened.case_id,
            key,
            ad_id,
            position,
            opened_at,
            sealed_at,
            verdict: outcome.verdict.clone(),
            line_sha256: EvidenceId::of(outcome.line.as_bytes()),
            evidence,
            tools: outcome.tools.clone(),
            previous: link.previous,
        }
    }

    pub(crate) fn seal(&self) -> Sealed {
        let text = serde_json::to_string_pretty(self).expect("internal error: a manifest is plain data") + "\n";
        let id = EvidenceId::of(text.as_bytes());
        Sealed { text, id }
    }
}

/// The id of the `nth` case (from 0) under this key; the same input gives the same id.
pub(crate) fn case_id(opening: &Opening, nth: u64) -> CaseId {
    let Opening { key, ad_id, position, opened_at, .. } = opening;
    let at = written(*opened_at);
    let digest = Sha256::digest(format!("{key}\n{ad_id}\n{position}\n{at}\n{nth}"));
    let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    CaseId(format!("{}-{short}", opened_at.format("%Y%m%dT%H%M%SZ")))
}

/// A moment as manifests and the database write it.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT.into(),
            number: 2,
            case_id: CaseId("19700101T000000Z-000000000000".into()),
            key: "k".into(),
            ad_id: "g-001".into(),
            position: 0,
            opened_at: DateTime::UNIX_EPOCH,
            sealed_at: DateTime::UNIX_EPOCH,
            verdict: "clean".into(),
            line_sha256: EvidenceId::of(b"{}"),
            evidence: vec![Kept {
                id: EvidenceId::of(b"picture"),
                media_type: "image/webp".into(),
                bytes: 7,
                what: "page picture".into(),
                captured_at: DateTime::UNIX_EPOCH,
            }],
            tools: [("postlink".to_owned(), "0.1.0".to_owned()), ("chromium".to_owned(), "156".to_owned())].into(),
            previous: Some(EvidenceId::of(b"before")),
        }
    }

    #[test]
    fn a_manifest_has_the_same_bytes_each_time() {
        let sealed = manifest().seal();
        let expected = r#"{
  "format": "postlink-manifest/1",
  "number": 2,
  "case_id": "19700101T000000Z-000000000000",
  "key": "k",
  "ad_id": "g-001",
  "position": 0,
  "opened_at": "1970-01-01T00:00:00Z",
  "sealed_at": "1970-01-01T00:00:00Z",
  "verdict": "clean",
  "line_sha256": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  "evidence": [
    {
      "id": "PICTURE",
      "media_type": "image/webp",
      "bytes": 7,
      "what": "page picture",
      "captured_at": "1970-01-01T00:00:00Z"
    }
  ],
  "tools": {
    "chromium": "156",
    "postlink": "0.1.0"
  },
  "previous": "BEFORE"
}
"#;
        let expected = expected
            .replace("PICTURE", &EvidenceId::of(b"picture").to_string())
            .replace("BEFORE", &EvidenceId::of(b"before").to_string());
        assert_eq!(sealed.text, expected);
        assert_eq!(sealed.id, EvidenceId::of(expected.as_bytes()));
        assert_eq!(serde_json::from_str::<Manifest>(&sealed.text).unwrap(), manifest());
    }

    #[test]
    fn a_second_examination_of_the_same_ad_has_another_id() {
        let opening = Opening {
            key: "k".into(),
            ad_id: "g-001".into(),
            advertiser: None,
            platform: None,
            position: 0,
            opened_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(case_id(&opening, 0), case_id(&opening, 0));
        assert_ne!(case_id(&opening, 0), case_id(&opening, 1));
    }
}
