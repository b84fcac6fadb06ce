//! The log rebuilt from its entries, its checkpoints, and the cases that it tells of.

use model::evidence::EvidenceId;

use super::rows::{AT_ONCE, CheckpointRow, EntryRow, Rows};
use super::tiles::Tiles;
use super::{Fault, Look};
use crate::log::checkpoint::Note;
use crate::log::sealing::KeyHistory;
use crate::log::tree::{self, Growing};
use crate::log::{Entry, Hash};

/// The migration that made the log: where it was applied, there must be one.
const MIGRATION: i64 = 2026112801;

pub(super) async fn check(look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
    if !rows.has(MIGRATION).await? {
        look.say("the store is older than logs: it is given one as soon as a postlink works in it");
        return Ok(());
    }
    let (mut rebuilt, mut tiles) = (Rebuilt::default(), Tiles::begin(rows).await?);
    let mut waiting = rows.checkpoints().await?.into_iter().peekable();
    loop {
        let entries = rows.entries(i64::try_from(rebuilt.next).unwrap_or(i64::MAX)).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            let leaf = rebuilt.entry(look, entry);
            tiles.add(look, rows, leaf).await?;
            while let Some(row) = waiting.next_if(|row| row.1.unsigned_abs() <= rebuilt.tree.size()) {
                rebuilt.checkpoint(look, row);
            }
        }
    }
    for row in waiting {
        let detail = format!("it stands for {} entries, and the log has {}", row.1, rebuilt.tree.size());
        look.problem(format!("{}, checkpoint {}", look.database, row.0), Fault::ChainBroken, detail);
    }
    tiles.end(look, rows).await?;
    sealed(look, rows).await?;
    unexplained(look, rows).await?;
    rebuilt.tell(look);
    Ok(())
}

/// Each case has its one entry.
async fn sealed(look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
    let mut last = 0;
    loop {
        let logged = rows.logged(last).await?;
        if logged.is_empty() && rows.numbers(last).await?.is_empty() {
            return Ok(());
        }
        last += AT_ONCE;
        let mut before = String::new();
        for (case, manifest, index, text) in logged {
            let place = format!("{}, case {case}", look.database);
            let entry = text.and_then(|text| serde_json::from_str(&text).ok());
            match (index, entry) {
                (None, _) => look.problem(place, Fault::ChainBroken, "the log has no entry for it"),
                (Some(index), _) if case == before => {
                    let place = format!("{}, entry {index} of the log", look.database);
                    look.problem(place, Fault::ChainBroken, format!("it seals case {case} a second time"));
                }
                (Some(_), Some(Entry::Case { manifest: logged, .. })) if logged.to_string() != manifest => {
                    look.differs(place, "its manifest is not the one that the log has", logged, manifest);
                }
                // An entry that is none, or of another kind than its columns say, was named on the way through the log.
                (Some(_), _) => {}
            }
            before = case;
        }
    }
}

/// Each entry that seals a case has its case.
async fn unexplained(look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
    let mut last = -1;
    loop {
        let lost = rows.unexplained(last).await?;
        let Some((end, _)) = lost.last() else { return Ok(()) };
        last = *end;
        for (_, case) in lost {
            let detail = "the log says that it was sealed, and nothing says that it was deleted";
            look.problem(format!("{}, case {case}", look.database), Fault::Missing, detail);
        }
    }
}

/// What is known of the log on the way through it.
#[derive(Default)]
struct Rebuilt {
    tree: Growing,
    /// The index that is expected next.
    next: u64,
    keys: KeyHistory,
    checkpoints: u64,
    signed: u64,
    last: Option<(u64, Hash)>,
}

impl Rebuilt {
    fn entry(&mut self, look: &mut Look, (index, kind, case, text, hash): EntryRow) -> Hash {
        let place = format!("{}, entry {index} of the log", look.database);
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
            Err(error) => {
                look.problem(place, Fault::Unreadable, format!("it is no entry: {error}"));
                return found;
            }
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
            look.problem(place, Fault::Changed, format!("it announces a key, and {why}"));
        }
        found
    }

    fn checkpoint(&mut self, look: &mut Look, (number, size, root, text, is_signed): CheckpointRow) {
        let place = format!("{}, checkpoint {number}", look.database);
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

    fn tell(&self, look: &mut Look) {
        let Self { tree, checkpoints, signed, last, keys, .. } = self;
        look.say(format!("log: {} entries, hashed anew; their root is {}", tree.size(), tree.root()));
        if !look.deleted.is_empty() {
            look.say(format!("log: it explains what was deleted of {} cases", look.deleted.len()));
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
                look.differs(look.database.clone(), detail, trusted.base64(), told);
            }
            Some(_) => look.say(format!("log: {signed} checkpoints are signed, the last with the key that was given, {told}")),
            None => look.say(format!(
                "log: {signed} checkpoints are signed, the last key is {told} of {origin}; the log itself says so: compare it with the one that its owner publishes"
            )),
        }
    }
}
