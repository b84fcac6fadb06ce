//! The log rebuilt from its entries, its checkpoints, and the cases that it tells of.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use sqlx::SqliteConnection;

use super::{Fault, Look};
use crate::log::checkpoint::Note;
use crate::log::sealing::KeyHistory;
use crate::log::tree::{self, Growing};
use crate::log::{Entry, Hash};
use crate::sqlite::DATABASE;

/// Entries read at once.
const AT_ONCE: i64 = 1_000;

/// The migration that made the log: where it was applied, there must be one.
const MIGRATION: i64 = 2026112801;

pub(super) async fn check(look: &mut Look, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let migrated: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE version = $1")
        .bind(MIGRATION)
        .fetch_one(&mut *connection)
        .await?;
    if migrated == 0 {
        look.say("the store is older than logs: it is given one as soon as a postlink works in it");
        return Ok(());
    }
    let mut rows: Vec<(i64, i64, String, String, i64, DateTime<Utc>)> =
        sqlx::query_as("SELECT number, size, root, note, is_signed, made_at FROM checkpoints ORDER BY size, number")
            .fetch_all(&mut *connection)
            .await?;
    let mut rebuilt = Rebuilt::default();
    let mut waiting = rows.drain(..).peekable();
    loop {
        let entries: Vec<(i64, String, Option<String>, String, String)> = sqlx::query_as(
            "SELECT leaf_index, kind, case_id, entry, leaf_hash FROM log WHERE leaf_index >= $1 ORDER BY leaf_index LIMIT $2",
        )
        .bind(i64::try_from(rebuilt.next).unwrap_or(i64::MAX))
        .bind(AT_ONCE)
        .fetch_all(&mut *connection)
        .await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            rebuilt.entry(look, entry);
            while let Some(row) = waiting.next_if(|row| row.1.unsigned_abs() <= rebuilt.tree.size()) {
                rebuilt.checkpoint(look, row);
            }
        }
    }
    for row in waiting {
        let detail = format!("it stands for {} entries, and the log has {}", row.1, rebuilt.tree.size());
        look.problem(format!("{DATABASE}, checkpoint {}", row.0), Fault::ChainBroken, detail);
    }
    rebuilt.compare(look);
    rebuilt.tell(look);
    Ok(())
}

/// What is known of the log on the way through it.
#[derive(Default)]
struct Rebuilt {
    tree: Growing,
    /// The index that is expected next.
    next: u64,
    keys: KeyHistory,
    /// By case, the manifest that its entry names.
    sealed: BTreeMap<String, EvidenceId>,
    deleted: BTreeSet<String>,
    checkpoints: u64,
    signed: u64,
    last: Option<(u64, Hash)>,
}

impl Rebuilt {
    fn entry(
        &mut self,
        look: &mut Look,
        (index, kind, case, text, hash): (i64, String, Option<String>, String, String),
    ) {
        let place = format!("{DATABASE}, entry {index} of the log");
        let index = index.unsigned_abs();
        if index != self.next {
            let detail = format!("entry {} should come here: entries were taken out", self.next);
            look.problem(&place, Fault::ChainBroken, detail);
        }
        self.next = index + 1;
        let found = tree::leaf(text.as_bytes());
        if found.to_string() != hash {
            look.differs(&place, "its column leaf_hash is not the hash of the entry", found, &hash);
        }
        self.tree.add(found);
        let entry: Entry = match serde_json::from_str(&text) {
            Ok(entry) => entry,
            Err(error) => return look.problem(place, Fault::Unreadable, format!("it is no entry: {error}")),
        };
        let of_entry = (entry.kind().to_owned(), entry.case().map(ToString::to_string));
        if of_entry != (kind.clone(), case.clone()) {
            look.differs(
                &place,
                "its columns kind and case_id differ from the entry",
                format!("{of_entry:?}"),
                format!("{:?}", (kind, case)),
            );
        }
        if let Err(why) = self.keys.add(index, &entry) {
            look.problem(&place, Fault::Changed, format!("it announces a key, and {why}"));
        }
        match entry {
            Entry::Case { case_id, manifest, .. } => {
                if self.sealed.insert(case_id.to_string(), manifest).is_some() {
                    look.problem(place, Fault::ChainBroken, format!("it seals case {case_id} a second time"));
                }
            }
            Entry::Deletion { case_id, .. } => {
                self.deleted.insert(case_id.to_string());
            }
            Entry::Decision { .. } | Entry::Measure { .. } | Entry::Restamp { .. } | Entry::Key { .. } => {}
        }
    }

    fn checkpoint(
        &mut self,
        look: &mut Look,
        (number, size, root, text, is_signed, _): (i64, i64, String, String, i64, DateTime<Utc>),
    ) {
        let place = format!("{DATABASE}, checkpoint {number}");
        let note = match Note::parse(&text) {
            Ok(note) => note,
            Err(error) => return look.problem(place, Fault::Unreadable, error.to_string()),
        };
        self.checkpoints += 1;
        look.notes.insert(EvidenceId::of(text.as_bytes()));
        let told = (note.checkpoint.size, note.checkpoint.root.to_string(), i64::from(note.is_signed()));
        if told != (size.unsigned_abs(), root, is_signed) {
            return look.problem(place, Fault::Changed, "its columns differ from its note");
        }
        if size.unsigned_abs() != self.tree.size() || self.tree.root() != note.checkpoint.root {
            let detail = format!("the first {size} entries of the log have another root than it says");
            return look.differs(place, detail, note.checkpoint.root, self.tree.root());
        }
        self.last = Some((note.checkpoint.size, note.checkpoint.root));
        if !note.is_signed() {
            return;
        }
        let announced = self.keys.at(note.checkpoint.size).filter(|(_, origin)| *origin == note.checkpoint.origin);
        let right = announced.and_then(|(key, _)| note.is_signed_by(key));
        match right {
            Some(true) => self.signed += 1,
            Some(false) => look.problem(place, Fault::Changed, "its signature is not right"),
            None => look.problem(place, Fault::Changed, "it is not signed by the key that was in force"),
        }
    }

    /// Each sealed case has its entry, and each entry its case.
    fn compare(&self, look: &mut Look) {
        let cases = std::mem::take(&mut look.rows);
        for (case, manifest) in &cases {
            match self.sealed.get(case) {
                Some(logged) if logged == manifest => {}
                Some(logged) => look.differs(
                    format!("{DATABASE}, case {case}"),
                    "its manifest is not the one that the log has",
                    logged,
                    manifest,
                ),
                None => {
                    look.problem(format!("{DATABASE}, case {case}"), Fault::ChainBroken, "the log has no entry for it")
                }
            }
        }
        for case in self.sealed.keys().filter(|case| !cases.contains_key(*case) && !self.deleted.contains(*case)) {
            let detail = "the log says that it was sealed, and nothing says that it was deleted";
            look.problem(format!("{DATABASE}, case {case}"), Fault::Missing, detail);
        }
        look.rows = cases;
    }

    fn tell(&self, look: &mut Look) {
        let Self { tree, checkpoints, signed, last, keys, .. } = self;
        look.say(format!("log: {} entries, hashed anew; their root is {}", tree.size(), tree.root()));
        if !self.deleted.is_empty() {
            look.say(format!("log: it explains what was deleted of {} cases", self.deleted.len()));
        }
        match last {
            None => look.say("log: no checkpoint stands for it yet; `postlink seal` makes one"),
            Some((size, root)) => {
                look.say(format!(
                    "log: {checkpoints} checkpoints, each the root of the first entries of this log; the last stands for {size} of them: {root}"
                ));
                let unsigned = checkpoints - signed;
                if unsigned > 0 {
                    look.say(format!(
                        "log: {unsigned} checkpoints are not signed: they prove nothing to others but by their time stamps"
                    ));
                }
            }
        }
        let Some((key, origin)) = keys.at(u64::MAX) else { return };
        let (key, origin) = (key.clone(), origin.to_owned());
        let told = key.base64();
        match look.trust.log_key.clone() {
            Some(trusted) if trusted != key => {
                let detail = "the log is signed with another key than the one that was given";
                look.differs(DATABASE, detail, trusted.base64(), told);
            }
            Some(_) => look.say(format!("log: {signed} checkpoints are signed, the last with the key that was given, {told}")),
            None => look.say(format!(
                "log: {signed} checkpoints are signed, the last key is {told} of {origin}; the log itself says so: compare it with the one that its owner publishes"
            )),
        }
    }
}
