//! What says of itself that a machine made or altered it: words that people see, and metadata that they do not.

use serde::{Deserialize, Serialize};

use crate::evidence::{EvidenceId, Place};

/// A label that says that something was made or altered by a machine. None of them is verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Label {
    /// Words that people see or hear: 「AI生成」.
    Words { quote: String, place: Place },
    /// The field `AIGC` in the metadata of a file (GB 45438).
    Aigc {
        /// The file.
        file: EvidenceId,
        /// The field as it stands there.
        evidence: EvidenceId,
        #[serde(flatten)]
        field: Aigc,
    },
    /// A store of C2PA manifests in a file.
    C2pa {
        /// The file.
        file: EvidenceId,
        /// The store as it stands there.
        evidence: EvidenceId,
        /// The programs that wrote its claims.
        generators: Vec<String>,
        /// What sort of source its actions name, such as `…/digitalsourcetype/trainedAlgorithmicMedia`.
        source_types: Vec<String>,
    },
}

/// The parts of the field `AIGC`, by the names that GB 45438 gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Aigc {
    /// "1": it was made by a machine; "2": it may have been; "3": somebody suspects it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_producer: Option<String>,
    #[serde(default, rename = "ProduceID", skip_serializing_if = "Option::is_none")]
    pub produce_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_propagator: Option<String>,
    #[serde(default, rename = "PropagateID", skip_serializing_if = "Option::is_none")]
    pub propagate_id: Option<String>,
}
