//! The ledger (台账): what was found, decided, done, and what came of it; whether it is whole, and where it ends.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use governance::ledger::{Broken, Head, ended, follow};
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
        };
        let asked = Asked { subject: hostile(), head: hostile(), ..Asked::default() };
        let page = |asked, entries, verified| Self {
            asked,
            entries,
            before: Some("behind=0".into()),
            more: Some("behind=9".into()),
            verified,
        };
        let whole = Verified { head: Some("2:0123".into()), entries: 2, wrong: None };
        let broken = Verified { head: None, entries: 2, wrong: Some(Broken::Missing { number: 2, found: 3 }.into()) };
        let entries = || vec![entry("finding", true), entry("measure", false)];
        let none = Self { before: None, more: None, ..page(Asked::default(), vec![], None) };
        vec![page(asked.clone(), entries(), Some(whole)), page(asked, entries(), Some(broken)), none]
    }
}

/// It is one chain, and whoever reads of one entry reads of what stands before it: it is for those who see everything.
pub(crate) fn may_read(role: Role, sight: &Sight) -> bool {
    role != Role::Advertiser && *sight == Sight::default()
}

fn for_those_who_may(person: &Person) -> Result<(), Failure> {
    if may_read(person.account.role, &person.sight()) { Ok(()) } else { Err(Failure::Forbidden) }
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    for_those_who_may(&person)?;
    let known = match asked.head.trim() {
        "" => None,
        text => Some(head(text).ok_or_else(|| Failure::bad("head"))?),
    };
    let last = ask!(app.stored, store => store.last_entry().await)?.map_or(0, |last| last.number);
    let subject = Some(asked.subject.trim()).filter(|subject| !subject.is_empty());
    // Of one subject from the beginning on; of all the last ones.
    let behind = asked.behind.unwrap_or(if subject.is_some() { 0 } else { last.saturating_sub(PAGE) });
    let mut entries = ask!(app.stored, store => store.entries(subject, behind, PAGE + 1).await)?;
    let more = entries.len() as u64 > PAGE;
    entries.truncate(PAGE as usize);
    let query = |behind: u64| format!("subject={}&behind={behind}", percent(&asked.subject));
    let page = LedgerPage {
        before: if behind > 0 { Some(query(before(&app, subject, behind).await?)) } else { None },
        more: entries.last().filter(|_| more).map(|last| query(last.number)),
        entries: entries.iter().rev().map(EntryShown::from).collect(),
        verified: if asked.verify == "yes" { Some(verified(&app, known).await?) } else { None },
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

async fn all(app: &App, subject: Option<&str>) -> Result<Vec<Entry>, Failure> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let behind = entries.last().map_or(0, |last| last.number);
        let more = ask!(app.stored, store => store.entries(subject, behind, AT_ONCE).await)?;
        if more.is_empty() {
            return Ok(entries);
        }
        entries.extend(more);
    }
}

/// Reads it page by page: of as many years as it has, only one page is held.
async fn verified(app: &App, known: Option<Head>) -> Result<Verified, Failure> {
    let (mut last, mut entries) = (None, 0);
    loop {
        let behind = last.map_or(0, |last: Head| last.number);
        let page = ask!(app.stored, store => store.entries(None, behind, AT_ONCE).await)?;
        if page.is_empty() {
            break;
        }
        entries += page.len() as u64;
        last = match follow(last, page, known) {
            Ok(last) => last,
            Err(broken) => return Ok(Verified { head: None, entries, wrong: Some(broken.into()) }),
        };
    }
    Ok(match ended(last, known) {
        Ok(head) => {
            Verified { head: head.map(|head| format!("{}:{}", head.number, head.hash.hex())), entries, wrong: None }
        }
        Err(broken) => Verified { head: None, entries, wrong: Some(broken.into()) },
    })
}

/// Where the page before this one begins. Numbers of one subject have gaps: it is walked from its beginning.
async fn before(app: &App, subject: Option<&str>, behind: u64) -> Result<u64, Failure> {
    if subject.is_none() {
        return Ok(behind.saturating_sub(PAGE));
    }
    let mut at = 0;
    loop {
        let page = ask!(app.stored, store => store.entries(subject, at, PAGE).await)?;
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
    for_those_who_may(&person)?;
    let kind = table::Kind::of_name(&name, "ledger").ok_or(Failure::NotFound)?;
    let entries = all(&app, Some(asked.subject.trim()).filter(|subject| !subject.is_empty())).await?;
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
