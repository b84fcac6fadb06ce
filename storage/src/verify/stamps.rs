//! Each time stamp, by whom and of what; and those that are still waited for.

use std::collections::{BTreeMap, BTreeSet};

use model::evidence::EvidenceId;
use sqlx::SqliteConnection;

use super::{Fault, Look};
use crate::sqlite::DATABASE;
use crate::stamp::kept::StampRow;
use crate::stamp::{self, Checked, KeptStamp, State, what};

/// The migration that made them.
const MIGRATION: i64 = 2026112802;

pub(super) async fn check(look: &mut Look, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let migrated: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE version = $1")
        .bind(MIGRATION)
        .fetch_one(&mut *connection)
        .await?;
    if migrated == 0 {
        return Ok(());
    }
    let rows: Vec<StampRow> =
        sqlx::query_as("SELECT * FROM stamps ORDER BY number").fetch_all(&mut *connection).await?;
    let (mut tally, mut stamps) = (Tally::default(), Vec::new());
    for row in rows {
        match row.stamp() {
            Ok(stamp) => stamps.push(stamp),
            Err(what) => look.problem(DATABASE, Fault::Changed, format!("{what} is not what was written")),
        }
    }
    let answers: BTreeSet<EvidenceId> =
        stamps.iter().filter_map(|stamp| Some(EvidenceId::of(&stamp.answer.as_ref()?.response))).collect();
    let renewed: BTreeSet<EvidenceId> = stamps
        .iter()
        .filter(|stamp| stamp.what == what::RESTAMP && stamp.state == State::Stamped)
        .map(|stamp| stamp.digest)
        .collect();
    for stamp in &stamps {
        one(look, &mut tally, stamp, &answers, &renewed);
    }
    tally.tell(look);
    Ok(())
}

/// What is told of all stamps together.
#[derive(Default)]
struct Tally {
    /// By whom and of what.
    right: BTreeMap<(String, String), u64>,
    no_roots: u64,
    /// Each with the way of signing that is not known here.
    not_here: Vec<(u64, String)>,
    waiting: u64,
    trouble: Option<String>,
    failed: u64,
    ran_out: u64,
}

fn one(
    look: &mut Look,
    tally: &mut Tally,
    stamp: &KeptStamp,
    answers: &BTreeSet<EvidenceId>,
    renewed: &BTreeSet<EvidenceId>,
) {
    let place = format!("{DATABASE}, stamp {} of {} {}", stamp.number, stamp.what, stamp.digest);
    let of_something = match stamp.what.as_str() {
        what::CHECKPOINT => look.notes.contains(&stamp.digest),
        what::RESTAMP => answers.contains(&stamp.digest),
        _ => look.blobs.contains(&stamp.digest),
    };
    if !of_something {
        look.problem(&place, Fault::Missing, "what it is a stamp of is not here");
    }
    let Some(answer) = &stamp.answer else {
        match stamp.state {
            State::Failed => tally.failed += 1,
            State::Waiting | State::Stamped => tally.waiting += 1,
        }
        tally.trouble = stamp.trouble.clone().or(tally.trouble.take());
        return;
    };
    let read = match stamp::read(&answer.response, stamp.digest, &look.trust.roots) {
        Ok(read) => read,
        Err(error) => return look.problem(place, Fault::Changed, error.to_string()),
    };
    let seconds = (read.at - answer.stamped_at).abs().num_seconds();
    if seconds > 0 {
        look.differs(&place, "its column stamped_at differs from the stamp", read.at, answer.stamped_at);
    }
    let ran_out = look.trust.now.is_some_and(|now| read.expires_at < now);
    if ran_out && !renewed.contains(&EvidenceId::of(&answer.response)) {
        tally.ran_out += 1;
    }
    match read.checked {
        Checked::ToRoot => {}
        Checked::NoRoots => tally.no_roots += 1,
        Checked::NotHere(how) => {
            tally.not_here.push((stamp.number, how));
            return;
        }
    }
    *tally.right.entry((read.authority, stamp.what.clone())).or_default() += 1;
}

impl Tally {
    fn tell(self, look: &mut Look) {
        for ((authority, what), count) in &self.right {
            look.say(format!("time stamps: {count} of a {what}, by {authority}: digest, time and signature hold"));
        }
        if self.no_roots > 0 {
            look.say(format!(
                "time stamps: whose {} of them are was not followed to a root, as none is configured (`seal.tsa_roots`)",
                self.no_roots
            ));
        }
        for (number, how) in &self.not_here {
            look.say(format!(
                "time stamps: SIGNATURE NOT CHECKED HERE of stamp {number} ({how}); run `openssl ts -verify` on it"
            ));
        }
        if self.ran_out > 0 {
            look.say(format!(
                "time stamps: the certificates of {} have run out, and they were not stamped anew in time",
                self.ran_out
            ));
        }
        if self.waiting + self.failed > 0 {
            let why = self.trouble.map(|why| format!("; the last try: {why}")).unwrap_or_default();
            look.say(format!(
                "time stamps: {} are waited for and {} were refused; `postlink seal` tries again{why}",
                self.waiting, self.failed
            ));
        }
    }
}
