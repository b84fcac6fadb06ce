//! Each time stamp, by whom and of what; and those that are still waited for.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;

use super::rows::Rows;
use super::{Fault, Look};
use crate::stamp::{self, Checked, KeptList, KeptStamp, ListError, Standing, State, what};

/// The migration that made them.
const MIGRATION: i64 = 2026112802;
/// The one that made the lists of certificates that were taken back.
const LISTS: i64 = 2026120121;

pub(super) async fn check(look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
    if !rows.has(MIGRATION).await? {
        return Ok(());
    }
    let (mut tally, mut last) = (Tally::default(), i64::MIN);
    if rows.has(LISTS).await? {
        tally.lists = rows.lists().await?;
    }
    for (digest, state) in rows.restamps().await? {
        // One that is no digest is named below.
        if let Ok(digest) = digest.parse() {
            tally.restamps.insert(digest, Restamp { is_stamped: state == State::Stamped.word(), is_of: false });
        }
    }
    loop {
        let read = rows.stamps(last).await?;
        if read.is_empty() {
            break;
        }
        for row in read {
            last = row.number;
            match row.stamp() {
                Ok(stamp) => one(look, &mut tally, &stamp),
                Err(what) => {
                    let detail = format!("{what} is not what was written");
                    look.problem(look.database.clone(), Fault::Changed, detail);
                }
            }
        }
    }
    for (digest, _) in tally.restamps.iter().filter(|(_, restamp)| !restamp.is_of) {
        let place = format!("{}, stamp of restamp {digest}", look.database);
        look.problem(place, Fault::Missing, "what it is a stamp of is not here");
    }
    tally.tell(look);
    Ok(())
}

/// A stamp of the answer of an authority.
struct Restamp {
    is_stamped: bool,
    /// Whether the answer is here.
    is_of: bool,
}

/// What is told of all stamps together.
#[derive(Default)]
struct Tally {
    /// By the digest of the answer.
    restamps: BTreeMap<EvidenceId, Restamp>,
    lists: Vec<KeptList>,
    /// Whose certificate was good when a later list was issued, and until when that is known at least.
    good: u64,
    good_until: Option<DateTime<Utc>>,
    /// Whose certificate names a list of which none is kept that was issued after the stamp.
    not_listed_yet: u64,
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

fn one(look: &mut Look, tally: &mut Tally, stamp: &KeptStamp) {
    let place = format!("{}, stamp {} of {} {}", look.database, stamp.number, stamp.what, stamp.digest);
    let of_something = match stamp.what.as_str() {
        what::CHECKPOINT => look.notes.contains(&stamp.digest),
        what::RESTAMP => true, // seen when all answers are
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
    let restamp = tally.restamps.get_mut(&EvidenceId::of(&answer.response));
    let is_renewed = restamp.is_some_and(|restamp| {
        restamp.is_of = true;
        restamp.is_stamped
    });
    let read = match stamp::read(&answer.response, stamp.digest, &look.trust.roots) {
        Ok(read) => read,
        Err(error) => return look.problem(place, Fault::Changed, error.to_string()),
    };
    let seconds = (read.at - answer.stamped_at).abs().num_seconds();
    if seconds > 0 {
        look.differs(&place, "its column stamped_at differs from the stamp", read.at, answer.stamped_at);
    }
    let ran_out = look.trust.now.is_some_and(|now| read.expires_at < now);
    if ran_out && !is_renewed {
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
    standing(look, tally, &place, (&answer.response, read.at));
    *tally.right.entry((read.authority, stamp.what.clone())).or_default() += 1;
}

/// Whether the certificate had been taken back when it stamped, by the lists that are kept.
fn standing(look: &mut Look, tally: &mut Tally, place: &str, (response, at): (&[u8], DateTime<Utc>)) {
    match stamp::standing(response, at, &tally.lists, &look.trust.roots) {
        Ok(Standing::NotListed) => {}
        Ok(Standing::Awaited { .. }) => tally.not_listed_yet += 1,
        Ok(Standing::Good { issued_at }) => {
            tally.good += 1;
            tally.good_until = Some(tally.good_until.map_or(issued_at, |until| until.min(issued_at)));
        }
        Ok(Standing::TakenBack { at }) => {
            look.problem(place, Fault::Changed, format!("its certificate had been taken back at {}", at.to_rfc3339()));
        }
        // Whose list it is can only be said where a root was named.
        Err((_, ListError::OtherIssuer(_))) if look.trust.roots.is_empty() => tally.not_listed_yet += 1,
        Err((url, error)) => look.problem(place, Fault::Changed, format!("the list kept of {url}: {error}")),
    }
}

impl Tally {
    fn tell(self, look: &mut Look) {
        for ((authority, what), count) in &self.right {
            look.say(format!("time stamps: {count} of a {what}, by {authority}: digest, time and signature hold"));
        }
        if let Some(until) = self.good_until {
            look.say(format!(
                "time stamps: {} are by certificates that were not taken back when lists issued later, the first at {}, were kept: \
                 they hold beyond the end of the certificates",
                self.good,
                until.to_rfc3339()
            ));
        }
        if self.not_listed_yet > 0 {
            look.say(format!(
                "time stamps: of {} the certificates name a list of those taken back, and none issued after the stamp is kept yet \
                 (or no root is named to check it by); `postlink seal` fetches it",
                self.not_listed_yet
            ));
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
