//! The form of a pack's files, for editors that complete and check while one writes.

use schemars::{Schema, schema_for};
use serde_json::{Value, json};

use super::schema::{Head, Library, Rule};
use crate::cases::CaseFile;
use crate::note::File as Notes;

/// One schema with a definition for each sort of file: `pack.toml`, `citations.toml`, `rules/*.toml`, `notes/*.toml`, `cases/*.toml`.
pub fn json_schema() -> Value {
    let files: [(&str, Schema); 5] = [
        ("pack.toml", schema_for!(Head)),
        ("citations.toml", schema_for!(Library)),
        ("rules/<id>.toml", schema_for!(Rule)),
        ("notes/<language>.toml", schema_for!(Notes)),
        ("cases/<id>.toml", schema_for!(CaseFile)),
    ];
    let files: serde_json::Map<_, _> =
        files.into_iter().map(|(file, schema)| (file.to_owned(), schema.to_value())).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The files of a policy pack",
        "description": "Each property is a sort of file; its value is the schema of that file. Made by `postlink generate`.",
        "type": "object",
        "properties": files,
    })
}
