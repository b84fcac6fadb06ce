//! The index of the records (CDXJ): one line for each that can be looked up, sorted by its key.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::surt::surt;
use super::warc::Written;

/// What a line says of a record. Numbers are written as texts, as readers expect them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) url: String,
    /// None when no media type is stated; empty when an empty one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mime: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    pub(super) digest: String,
    pub(super) length: String,
    pub(super) offset: String,
    pub(super) filename: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) request_body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
}

impl Entry {
    pub(super) fn of(target: &str, media_type: Option<&str>, written: &Written) -> Self {
        let first =
            |text: &str| text.split(|c: char| c == ';' || c.is_whitespace()).next().unwrap_or_default().to_owned();
        Self {
            url: target.to_owned(),
            mime: media_type.map(first),
            status: None,
            digest: written.payload.clone(),
            length: written.bytes.to_string(),
            offset: written.offset.to_string(),
            filename: super::ARCHIVE.rsplit('/').next().unwrap_or_default().to_owned(),
            request_body: None,
            method: None,
        }
    }

    /// `lookup` is the address by which it is found.
    pub(super) fn line(&self, lookup: &str, at: DateTime<Utc>) -> String {
        let entry = serde_json::to_string(self).expect("internal error: an entry is plain data");
        // A key with a space in it would not be read back.
        let key = surt(lookup).replace(' ', "%20");
        format!("{key} {} {entry}\n", at.format("%Y%m%d%H%M%S"))
    }
}
