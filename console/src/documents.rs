//! Documents that are handed over: plain, numbered, printable, in one language; the same data is their JSON.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::words::word;

mod certificate;
mod dossier;
mod extraction;
mod index;
mod ledger;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod weekly;

pub use certificate::{Certificate, SeenBy};
pub use dossier::{Against, Approved, Decision, Dossier, DossierAd, Given, Look, PageFact, Party, Ruled, Since, Watch};
pub use extraction::{Address, Extraction, File, Record, Step, Tested, Tool, VisitorTold};
pub use index::{Index, IndexCase, Part};
pub use ledger::{Confirmed, Coverage, GapTold, Ledger, LedgerAd, LedgerRow, Reason};

/// What stands above every document.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Head {
    /// By which it is called in letters.
    pub number: String,
    /// As people of the place write it.
    pub generated_at: String,
    /// `postlink 0.1.0`
    pub program: String,
    pub operator: Operator,
    pub selection: Selection,
    /// The law that asks for it.
    pub basis: Vec<Basis>,
    /// Whether personal data was taken out.
    pub redacted: bool,
    /// Of a redacted copy, whether faces are left in its pictures.
    pub faces_shown: bool,
}

/// Who looks, as they told the program. Empty where they did not.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Operator {
    pub name: String,
    pub person: String,
    pub contact: String,
    pub place: String,
    pub device: String,
    pub clock: String,
}

/// Which cases it is about.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Selection {
    /// `case`, `advertiser`, `period` or `all`.
    pub by: String,
    /// The id, or the days; empty for all.
    pub of: String,
    pub cases: usize,
}

/// A clause that asks for a document.
#[derive(Clone, Debug, Serialize)]
pub struct Basis {
    pub id: String,
    /// By language.
    pub title: BTreeMap<String, String>,
    /// What it says, by language.
    pub clause: BTreeMap<String, String>,
    /// Whether it was compared with the instrument or a copy of it.
    pub verified: bool,
}

/// A document: its data, and the template that shows it.
pub trait Document: Serialize {
    /// Below `templates/documents/`, without the ending.
    const NAME: &'static str;
    /// Whether it is printed on its side.
    const WIDE: bool = false;
}

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
#[error("fill in the template of {document}: {source}")]
pub struct DocumentError {
    document: &'static str,
    source: minijinja::Error,
}

const PIECES: [(&str, &str); 11] = [
    ("frame", include_str!("../templates/documents/frame.html")),
    ("parts", include_str!("../templates/documents/parts.html")),
    ("ledger", include_str!("../templates/documents/ledger.html")),
    ("dossier", include_str!("../templates/documents/dossier.html")),
    ("extraction", include_str!("../templates/documents/extraction.html")),
    ("certificate", include_str!("../templates/documents/certificate.html")),
    ("index", include_str!("../templates/documents/index.html")),
    ("transfer", include_str!("../templates/documents/transfer.html")),
    ("weekly", include_str!("../templates/documents/weekly.html")),
    ("chart", include_str!("../templates/console/chart.html")),
    ("verify", include_str!("../templates/documents/verify.md")),
];

/// The document as a page that needs nothing but itself.
pub fn html<D: Document>(document: &D, language: &str) -> Result<String, DocumentError> {
    let css = Value::from_safe_string(include_str!("../templates/documents/document.css").to_owned());
    filled(D::NAME, language, context! { d => Serde(document), css, wide => D::WIDE, language })
        .map_err(|source| DocumentError { document: D::NAME, source })
}

/// How a bundle is verified without postlink, in both languages; Markdown.
pub fn verify_md(index: &Index) -> Result<String, DocumentError> {
    filled("verify", "en", context! { d => Serde(index) })
        .map_err(|source| DocumentError { document: "VERIFY.md", source })
}

/// The languages in which documents are written.
pub const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

fn filled(name: &str, language: &str, data: Value) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| if name == "verify" { AutoEscape::None } else { AutoEscape::Html });
    let spoken = language.to_owned();
    environment.add_function("t", move |group: &str, key: &str, value: Option<String>| {
        word(&spoken, group, key).replace("{}", value.as_deref().unwrap_or_default())
    });
    // For macros, which have no context of their own.
    environment.add_global("language", language.to_owned());
    let spoken = language.to_owned();
    environment.add_filter("spoken", move |by_language: &Value| {
        let told =
            [spoken.as_str(), LANGUAGES[0]].into_iter().filter_map(|language| by_language.get_attr(language).ok());
        // A rule that no pack has any more has no title: its id stands beside it.
        told.into_iter().find(|told| !told.is_undefined()).unwrap_or_else(|| Value::from(""))
    });
    for (name, text) in PIECES {
        environment.add_template(name, text)?;
    }
    environment.get_template(name)?.render(data)
}
