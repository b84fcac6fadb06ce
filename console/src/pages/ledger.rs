//! The ledger (台账): what was found, decided, done, and what came of it; whether it is whole, and where it ends.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use governance::ledger::{Broken, Followed, Head};
use model::account::{Role, Sight};
use model::ledger::Entry;
use serde::{Deserialize, Serialize};
use storage::ledger::Ledger as _;

use crate::app::App;
use crate::auth::Person;
use crate::page::{Page, percent};
use crate::stored::ask;
use crate::table::{self, Cell};
use crate::told::local;
use crate::web::failure::Failure;

/// Entries on one page.
const PAGE: u64 = 50;
/// Entries that are read at once.
const AT_ONCE: u64 = 2_000;

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// About whom: an advertiser, or an ad where none is known.
    subject: String,
    /// The page begins behind this number; none: it is the last one.
    behind: Option<u64>,
    /// `yes` where it is to be verified.
    verify: String,
    /// Where it ended once, `NUMBER:HASH`.
    head: String,
}

#[derive(Serialize)]
pub(crate) struct LedgerPage {
    asked: Asked,
    entries: Vec<EntryShown>,
    /// The queries of the pages before and behind.
    before: Option<String>,
    more: Option<String>,
    verified: Option<Verified>,
    /// Whether entries are left out that this account does not see.
    is_part: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct EntryShown {
    number: u64,
    at: String,
    act: &'static str,
    subject: String,
    what: String,
    is_case: bool,
    follows: Option<String>,
    by: Option<String>,
    /// Names and values of whatever else is kept of it.
    body: Vec<(String, String)>,
    hash: String,
    /// The hash of the entry before it in the chain, whoever sees that one.
    previous: Option<String>,
}

/// Whether it is whole.
#[derive(Serialize)]
struct Verified {
    /// Where it ends: to be noted down elsewhere.
    head: Option<String>,
    entries: u64,
    wrong: Option<Wrong>,
}

/// A word of `[ledgerbroken]`, and the numbers in it.
#[derive(Serialize)]
struct Wrong {
    word: &'static str,
    number: u64,
    found: u64,
}

impl From<Broken> for Wrong {
    fn from(broken: Broken) -> Self {
        let (word, number, found) = match broken {
            Broken::Changed { number } => ("changed", number, 0),
            Broken::Missing { number, found } => ("missing", number, found),
            Broken::Reordered { number, found } => ("reordered", number, found),
            Broken::Unchained { number } => ("unchained", number, 0),
            Broken::CutOff { last, known } => ("cut-off", last, known),
            Broken::OtherHead { number } => ("other-head", number, 0),
            Broken::Loose { number, .. } => ("loose", number, 0),
            Broken::Backward { number, .. } => ("backward", number, 0),
            Broken::Unfounded { number } => ("unfounded", number, 0),
        };
        Self { word, number, found }
    }
}

impl From<&Entry> for EntryShown {
    fn from(entry: &Entry) -> Self {
        let body = entry.body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        let told = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        Self {
            number: entry.number,
            at: local(entry.at),
            act: entry.act.word(),
            subject: entry.subject.clone(),
            is_case: storage::store::CaseId::named(&entry.what).is_some(),
            what: entry.what.clone(),
            follows: entry.follows.clone(),
            by: entry.by.clone(),
            body: body.map(|(name, value)| (name.clone(), told(value))).collect(),
            hash: entry.hash.hex(),
            previous: entry.previous.map(|hash| hash.hex()),
        }
    }
}

impl Page for LedgerPage {
    const TEMPLATE: &'static str = "ledger.html";

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let hostile = || crate::page::tests::HOSTILE.to_owned();
        let entry = |act, is_case| EntryShown {
            number: 2,
            at: hostile(),
            act,
            subject: hostile(),
            what: hostile(),
            is_case,
            follows: Some(hostile()),
            by: Some(hostile()),
            body: vec![(hostile(), hostile())],
            hash: "0123456789abcdef".into(),
            previous: (act != "finding").then(|| "fedcba9876543210".into()),
        };
        let asked = Asked { subject: hostile(), head: hostile(), ..Asked::default() };
        let page = |asked, entries, verified| Self {
            asked,
            entries,
            before: Some("behind=0".into()),
            more: Some("behind=9".into()),
            verified,
            is_part: true,
        };
        let whole = Verified { head: Some("2:0123".into()), entries: 2, wrong: None };
        let broken = Verified { head: None, entries: 2, wrong: Some(Broken::Missing { number: 2, found: 3 }.into()) };
        let entries = || vec![entry("finding", true), entry("measure", false)];
        let none = Self { before: None, more: None, is_part: false, ..page(Asked::default(), vec![], None) };
        vec![page(asked.clone(), entries(), Some(whole)), page(asked, entries(), Some(broken)), none]
    }
}

/// Advertisers are told of what was done, and not of who decided it and why.
pub(crate) const READERS: [Role; 2] = [Role::Platform, Role::Regulator];

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&READERS)?;
    let sight = person.sight();
    let known = match asked.head.trim() {
        "" => None,
        text => Some(head(text).ok_or_else(|| Failure::bad("head"))?),
    };
    let subject = Some(asked.subject.trim()).filter(|subject| !subject.is_empty());
    // Of one subject or one part from the beginning on; of all the last ones.
    let is_part = subject.is_some() || sight != Sight::default();
    let last = async || -> Result<u64, Failure> {
        let last = ask!(app.stored, store => store.last_entry().await)?;
        Ok(last.map_or(0, |last| last.number.saturating_sub(PAGE)))
    };
    let behind = match asked.behind {
        Some(behind) => behind,
        None if is_part => 0,
        None => last().await?,
    };
    let mut entries = ask!(app.stored, store => store.entries(&sight, subject, behind, PAGE + 1).await)?;
    let more = entries.len() as u64 > PAGE;
    entries.truncate(PAGE as usize);
    let query = |behind: u64| format!("subject={}&behind={behind}", percent(&asked.subject));
    let page = LedgerPage {
        before: if behind > 0 { Some(query(before(&app, &sight, subject, behind).await?)) } else { None },
        more: entries.last().filter(|_| more).map(|last| query(last.number)),
        entries: entries.iter().rev().map(EntryShown::from).collect(),
        verified: if asked.verify == "yes" { Some(verified(&app, known).await?) } else { None },
        is_part: sight != Sight::default(),
        asked,
    };
    app.pages.show(person.frame(), &page)
}

/// As it is told: the number and the hash of the last entry.
fn head(text: &str) -> Option<Head> {
    let (number, hash) = text.trim().split_once(':')?;
    Some(Head {
        number: number.parse().ok()?,
        hash: format!("sha256:{}", hash.trim_start_matches("sha256:")).parse().ok()?,
    })
}

async fn all(app: &App, sight: &Sight, subject: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let behind = entries.last().map_or(0, |last| last.number);
        let more = ask!(app.stored, store => store.entries(sight, subject, behind, AT_ONCE).await)?;
        if more.is_empty() {
            return Ok(entries);
        }
        entries.extend(more);
    }
}

/// The chain is one, whoever asks: who sees a part is told whether it holds and where it ends, and of no entry. It is read page by page:
/// of as many years as it has, only one page is held.
async fn verified(app: &App, known: Option<Head>) -> Result<Verified, Failure> {
    let (mut followed, mut entries) = (Followed::default(), 0);
    loop {
        let (all, behind) = (Sight::default(), followed.last.map_or(0, |last| last.number));
        let page = ask!(app.stored, store => store.entries(&all, None, behind, AT_ONCE).await)?;
        if page.is_empty() {
            break;
        }
        entries += page.len() as u64;
        if let Err(broken) = followed.on(page, known) {
            return Ok(Verified { head: None, entries, wrong: Some(broken.into()) });
        }
    }
    Ok(match followed.ended(known) {
        Ok(head) => {
            Verified { head: head.map(|head| format!("{}:{}", head.number, head.hash.hex())), entries, wrong: None }
        }
        Err(broken) => Verified { head: None, entries, wrong: Some(broken.into()) },
    })
}

/// Where the page before this one begins. Numbers of one subject or of a part have gaps: it is walked from its beginning.
async fn before(app: &App, sight: &Sight, subject: Option<&str>, behind: u64) -> Result<u64, Failure> {
    if subject.is_none() && *sight == Sight::default() {
        return Ok(behind.saturating_sub(PAGE));
    }
    let mut at = 0;
    loop {
        let page = ask!(app.stored, store => store.entries(sight, subject, at, PAGE).await)?;
        match page.last() {
            Some(last) if last.number < behind => at = last.number,
            _ => return Ok(at),
        }
    }
}

const COLUMNS: [&str; 10] = ["number", "at", "act", "subject", "what", "follows", "by", "body", "previous", "hash"];

/// Entries as a file: `ledger.csv`, `ledger.jsonl` (which can be verified) or `ledger.xlsx`.
pub(crate) async fn file(
    State(app): State<Arc<App>>,
    person: Person,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    person.must_be(&READERS)?;
    let kind = table::Kind::of_name(&name, "ledger").ok_or(Failure::NotFound)?;
    let subject = Some(asked.subject.trim()).filter(|subject| !subject.is_empty());
    let entries = all(&app, &person.sight(), subject).await?;
    person.note(&app, "export", &name).await?;
    table::file(kind, "ledger", &COLUMNS, entries, cells)
}

fn cells(entry: Entry) -> Vec<Cell> {
    let text = |text: Option<String>| Cell::Text(text.unwrap_or_default());
    vec![
        Cell::Number(entry.number as f64),
        text(Some(entry.at.to_rfc3339())),
        text(Some(entry.act.word().to_owned())),
        text(Some(entry.subject)),
        text(Some(entry.what)),
        text(entry.follows),
        text(entry.by),
        text(Some(entry.body.to_string())),
        text(entry.previous.map(|hash| hash.to_string())),
        text(Some(entry.hash.to_string())),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands() {
        crate::page::tests::renders::<LedgerPage>();
    }

    #[test]
    fn a_head_is_read_as_it_is_told() {
        let hash = "ab".repeat(32);
        let read = head(&format!("7:{hash}")).expect("a head");
        assert_eq!((read.number, read.hash.hex()), (7, hash));
        assert!(["", "7", "x:1", "7:1"].iter().all(|text| head(text).is_none()));
    }
}
