//! A copy without personal data, and the proof of what in it comes from which sealed original.

use std::sync::Arc;

use anyhow::Context as _;
use model::evidence::EvidenceId;
use model::snapshot::Snapshot;
use reader::Reader;
use reader::redact::{self, COVER, CoverError, Done};
use serde::Serialize;
use serde_json::Value;
use storage::store::{Kept, Store};
use tokio::task::spawn_blocking;

use super::Taken;

/// The file that tells it.
pub(super) const RELATION: &str = "relation.json";

/// Fields of an ad that name a person by themselves, whatever stands in them.
const PERSONS: [&str; 7] =
    ["contact", "contact_person", "legal_person", "legal_representative", "representative", "person", "owner"];

/// `relation.json`
#[derive(Default, Serialize)]
pub(super) struct Relation {
    format: &'static str,
    /// In words, for whoever opens it first.
    about: &'static str,
    /// Whether faces were looked for in pictures, and covered.
    faces_covered: bool,
    /// How often what was covered, in all files.
    covered: Done,
    files: Vec<Related>,
    withheld: Vec<Withheld>,
}

/// A file of the copy, and the sealed original that it comes from.
#[derive(Serialize)]
struct Related {
    file: String,
    sha256: EvidenceId,
    case_id: String,
    /// The sealed original, as the case's manifest names it.
    original_sha256: EvidenceId,
    original: String,
    /// How often what was covered; empty where it is the original itself.
    covered: Done,
}

/// A sealed original of which no copy is handed out.
#[derive(Serialize)]
struct Withheld {
    case_id: String,
    original_sha256: EvidenceId,
    original: String,
    media_type: String,
    why: &'static str,
}

/// Covers what is personal, and writes down what it did.
pub(super) struct Redaction {
    reader: Arc<Reader>,
    relation: Relation,
}

impl Redaction {
    pub(super) fn by(reader: Arc<Reader>) -> Self {
        let relation = Relation {
            format: "postlink-redaction/1",
            about: "Each file of this copy with the SHA-256 of the sealed original it was made from. The manifest of the case \
                    lists the originals; a manifest that is not enclosed is named by its SHA-256 in bundle.json.",
            faces_covered: reader.minds_faces(),
            ..Relation::default()
        };
        Self { reader, relation }
    }

    pub(super) fn relation(&self) -> &Relation {
        &self.relation
    }

    /// Covers what is personal in all that documents tell of a case. Gives the line as it is to be shown.
    pub(super) fn cover(&self, case: &mut Taken) -> anyhow::Result<Done> {
        let mut done = Done::new();
        let mut line: Value = serde_json::from_str(&case.text)?;
        if let Some(ad) = line.get_mut("ad") {
            persons(ad, &mut done);
            numbers(ad, &mut done);
        }
        for chain in line.get_mut("chains").and_then(Value::as_array_mut).into_iter().flatten() {
            for way in chain.get_mut("ways").and_then(Value::as_array_mut).into_iter().flatten() {
                code(way, &mut done);
            }
        }
        texts(&mut line, &mut done);
        case.line = serde_json::from_value(line.clone()).context("read back a case whose personal data is covered")?;
        case.text = serde_json::to_string_pretty(&line)? + "\n";
        for page in case.pages.values_mut() {
            let facts = page.facts.iter_mut().flat_map(|fact| [&mut fact.text, &mut fact.value]);
            let blocked = page.provenance.blocked.iter_mut().map(|blocked| &mut blocked.url);
            let own = [&mut page.url, &mut page.title];
            for text in own.into_iter().chain(&mut page.sentences).chain(facts).chain(blocked) {
                cover(text, &mut done);
            }
        }
        for kept in &mut case.manifest.evidence {
            cover(&mut kept.what, &mut done);
        }
        Ok(done)
    }

    /// A text as it may be handed out.
    pub(super) fn text(&self, text: String) -> String {
        redact::covered(&text, &mut Done::new()).unwrap_or(text)
    }

    /// Takes note of a file that was made from a sealed original.
    pub(super) fn relate(
        &mut self,
        file: (String, EvidenceId),
        case: &Taken,
        original: (EvidenceId, &str),
        covered: Done,
    ) {
        for (kind, times) in &covered {
            *self.relation.covered.entry(*kind).or_default() += times;
        }
        self.relation.files.push(Related {
            file: file.0,
            sha256: file.1,
            case_id: case.stored.case_id.to_string(),
            original_sha256: original.0,
            original: original.1.to_owned(),
            covered,
        });
    }

    pub(super) fn withhold(&mut self, case: &Taken, kept: &Kept, why: &'static str) {
        self.relation.withheld.push(Withheld {
            case_id: case.stored.case_id.to_string(),
            original_sha256: kept.id,
            original: kept.what.clone(),
            media_type: kept.media_type.clone(),
            why,
        });
    }

    /// A picture as it may be handed out; an error says why it may not.
    pub(super) async fn picture(
        &self,
        store: &impl Store,
        case: &Taken,
        kept: &Kept,
    ) -> anyhow::Result<Result<redact::Covered, CoverError>> {
        let page = page_of(store, case, kept).await?;
        let (bytes, reader) = (store.read(kept.id).await?, Arc::clone(&self.reader));
        Ok(spawn_blocking(move || reader.covered(&bytes, page.as_ref())).await?)
    }
}

/// Why an artefact has no redacted copy; none for a picture that may have one.
pub(super) fn withheld(kept: &Kept) -> Option<&'static str> {
    let picture = kept.media_type.starts_with("image/") && !kept.media_type.contains("svg");
    match () {
        () if kept.what.starts_with("screen at ") => Some("pictures of the way there are not copied"),
        () if kept.what.starts_with("response body ") => Some("what servers sent is not copied"),
        () if picture => None,
        () if kept.media_type.starts_with("video/") => Some("videos are not copied"),
        () => Some("it holds the page or the traffic as it was; what documents need of it stands in case.json"),
    }
}

/// The snapshot whose picture this is.
async fn page_of(store: &impl Store, case: &Taken, kept: &Kept) -> anyhow::Result<Option<Snapshot>> {
    for id in case.pages.keys() {
        let snapshot: Snapshot = serde_json::from_slice(&store.read(*id).await?)?;
        if snapshot.picture.as_ref().is_some_and(|picture| picture.evidence == kept.id) {
            return Ok(Some(snapshot));
        }
    }
    Ok(None)
}

fn cover(text: &mut String, done: &mut Done) {
    if let Some(covered) = redact::covered(text, done) {
        *text = covered;
    }
}

/// Every text in a value.
fn texts(value: &mut Value, done: &mut Done) {
    match value {
        Value::String(text) => cover(text, done),
        Value::Array(all) => all.iter_mut().for_each(|one| texts(one, done)),
        Value::Object(fields) => fields.values_mut().for_each(|one| texts(one, done)),
        _ => {}
    }
}

/// Fields that hold the name of a person, and are called so.
fn persons(value: &mut Value, done: &mut Done) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| persons(one, done)),
        Value::Object(fields) => {
            for (name, one) in fields {
                match one {
                    Value::String(text) if PERSONS.contains(&name.as_str()) && !text.is_empty() => {
                        *text = COVER.to_owned();
                        *done.entry(redact::Kind::Name).or_default() += 1;
                    }
                    one => persons(one, done),
                }
            }
        }
        _ => {}
    }
}

/// A telephone may be written as a number.
fn numbers(value: &mut Value, done: &mut Done) {
    match value {
        Value::Number(number) => {
            if let Some(covered) = redact::covered(&number.to_string(), done) {
                *value = Value::String(covered);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|one| numbers(one, done)),
        Value::Object(fields) => fields.values_mut().for_each(|one| numbers(one, done)),
        _ => {}
    }
}

/// What a code in a picture says.
fn code(way: &mut Value, done: &mut Done) {
    if way.get("kind").and_then(Value::as_str) != Some("qr-code") {
        return;
    }
    for field in ["url", "words"] {
        if let Some(Value::String(text)) = way.get_mut(field) {
            *text = redact::code_covered(text, done);
        }
    }
}
