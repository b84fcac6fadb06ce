//! Hands cases over: a bundle of their evidence, documents made from it, and what is needed to verify all of it.

mod bundle;
mod certificate;
mod dossier;
mod extraction;
mod index;
mod ledger;
mod proof;
mod redact;
mod seal;
mod select;
mod taken;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use console::documents::{Basis, Head, Operator, Selection};
use policies::Packs;
use reader::Reader;

use crate::config;
use console::told::local;

pub(crate) use bundle::{Written, write, write_dossier};
pub(crate) use seal::Seals;
pub(crate) use select::{Selected, Which, select};
pub(crate) use taken::Taken;
pub(crate) use transfer::{Clue, LETTER, is_clue};

/// What every document is made with.
pub(crate) struct Made<'a> {
    pub(crate) at: DateTime<Utc>,
    pub(crate) operator: &'a config::Operator,
    pub(crate) packs: &'a Packs,
    pub(crate) markets: &'a BTreeSet<String>,
    pub(crate) language: &'a str,
    /// In which way the cases were chosen (a word of `[selection]`), and of what.
    pub(crate) chosen: (&'static str, String),
    pub(crate) cases: usize,
    /// Of a bundle. Bytes.
    pub(crate) most_bytes: u64,
    /// With whose eyes personal data is taken out; none where it stays.
    pub(crate) reader: Option<Arc<Reader>>,
    pub(crate) seals: &'a Seals,
    /// Where a clue is handed over: its record stands in the bundle.
    pub(crate) clue: Option<Clue>,
}

impl Made<'_> {
    /// By which a document is called in letters.
    pub(crate) fn number(&self, letter: &str) -> String {
        format!("PL-{}-{letter}", self.at.format("%Y%m%d%H%M%S"))
    }

    /// What stands above a document.
    fn head(&self, document: &str, letter: &str) -> anyhow::Result<Head> {
        let asking = policies::asking(document, self.markets)?;
        let (by, of) = self.chosen.clone();
        Ok(Head {
            number: self.number(letter),
            generated_at: local(self.at),
            program: concat!("postlink ", env!("CARGO_PKG_VERSION")).to_owned(),
            operator: Operator {
                name: self.operator.name.clone(),
                person: self.operator.person.clone(),
                contact: self.operator.contact.clone(),
                place: self.operator.place.clone(),
                device: self.operator.device.clone(),
                clock: self.operator.clock.clone(),
            },
            selection: Selection { by: by.to_owned(), of, cases: self.cases },
            basis: asking
                .into_iter()
                .map(|one| Basis { verified: one.verified(), id: one.id, title: one.title, clause: one.clause })
                .collect(),
            redacted: self.reader.is_some(),
            faces_shown: self.reader.as_ref().is_some_and(|reader| !reader.minds_faces()),
        })
    }
}
