//! `postlink ledger`: what was found, decided, done, and what came of it.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::Utc;
use governance::ledger::{Head, verify};
use model::account::Sight;
use model::ledger::Entry;
use model::units::Clock;
use storage::ledger::Ledger;

use crate::cli::{self, LedgerCommand};
use crate::config;
use crate::exit::{Ended, Refused};
use crate::ledger::follow;
use crate::stores::{self, on};

/// Entries that are read at once.
const AT_ONCE: u64 = 1_000;

pub(crate) async fn run(ledger: cli::Ledger) -> anyhow::Result<Ended> {
    let (LedgerCommand::List { store: at, .. }
    | LedgerCommand::Verify { store: at, .. }
    | LedgerCommand::Export { store: at, .. }) = &ledger.command;
    let config = config::load(at.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let opened = stores::at(at, &config, clock).await?;
    let done = on!(&opened, store => go(store, &ledger.command).await);
    opened.close().await;
    done
}

async fn go(store: &impl Ledger, command: &LedgerCommand) -> anyhow::Result<Ended> {
    follow(store).await?;
    match command {
        LedgerCommand::List { part, after, most, .. } => {
            for entry in store.entries(&part.sight(), part.subject.as_deref(), *after, *most).await? {
                println!("{}", told(&entry));
            }
        }
        LedgerCommand::Verify { head, .. } => {
            return verified(&all(store, &Sight::default(), None).await?, *head);
        }
        LedgerCommand::Export { part, format, out, .. } => {
            let entries = all(store, &part.sight(), part.subject.as_deref()).await?;
            let bytes = if format == "csv" { csv(&entries)? } else { json_lines(&entries)? };
            written(out.as_deref(), &bytes)?;
        }
    }
    Ok(Ended::Clean)
}

/// A line for people.
fn told(entry: &Entry) -> String {
    let Entry { number, at, act, subject, what, follows, by, .. } = entry;
    let at = at.format("%Y-%m-%dT%H:%M:%SZ");
    let follows = follows.as_ref().map_or_else(String::new, |follows| format!(" after {follows}"));
    let by = by.as_ref().map_or_else(String::new, |by| format!(" by {by}"));
    format!("{number}  {at}  {:<8}  {subject}  {what}{follows}{by}", act.word())
}

/// Every entry of a part, in order.
async fn all(store: &impl Ledger, sight: &Sight, subject: Option<&str>) -> anyhow::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let behind = entries.last().map_or(0, |entry| entry.number);
        let more = store.entries(sight, subject, behind, AT_ONCE).await?;
        if more.is_empty() {
            return Ok(entries);
        }
        entries.extend(more);
    }
}

fn verified(entries: &[Entry], known: Option<Head>) -> anyhow::Result<Ended> {
    let head = match verify(entries.iter().cloned(), known) {
        Ok(head) => head,
        Err(broken) => {
            println!("the ledger does not hold: {broken}");
            return Ok(Ended::DoesNotHold);
        }
    };
    match head {
        None => println!("the ledger holds: it has no entry"),
        Some(Head { number, hash }) => {
            println!("the ledger holds: {number} entries, each naming the one before it");
            println!("its head, to be noted elsewhere for --head: {number}:{}", hash.hex());
        }
    }
    Ok(Ended::Clean)
}

fn json_lines(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        serde_json::to_writer(&mut bytes, entry)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// For people who open it as a sheet: in UTF-8 with its mark, which such programs look for.
fn csv(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut rows = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    rows.write_record(["number", "at", "act", "subject", "what", "follows", "by", "body", "previous", "hash"])?;
    for entry in entries {
        let hash = |id: Option<model::evidence::EvidenceId>| id.map_or_else(String::new, |id| id.to_string());
        rows.write_record([
            entry.number.to_string(),
            entry.at.to_rfc3339(),
            entry.act.word().to_owned(),
            cell(&entry.subject),
            cell(&entry.what),
            cell(entry.follows.as_deref().unwrap_or_default()),
            cell(entry.by.as_deref().unwrap_or_default()),
            entry.body.to_string(),
            hash(entry.previous),
            hash(Some(entry.hash)),
        ])?;
    }
    rows.into_inner().context("write the sheet")
}

/// What begins as a formula does is text to every program that opens it.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Into a file that is not there yet, or to the screen.
fn written(out: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(out) = out else { return Ok(std::io::stdout().write_all(bytes)?) };
    let there = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Refused::Usage(format!("{} is there: nothing is overwritten", out.display())).into()
        }
        _ => anyhow::Error::new(error).context(format!("write {}", out.display())),
    };
    let mut file = std::fs::File::create_new(out).map_err(there)?;
    file.write_all(bytes).with_context(|| format!("write {}", out.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula() {
        assert_eq!(["=1+1", "@x", "shop"].map(cell), ["'=1+1", "'@x", "shop"]);
    }
}
