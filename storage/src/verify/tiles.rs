//! The tiles of the log against its entries: checkpoints and proofs are made of them.

use super::rows::Rows;
use super::{Fault, Look};
use crate::log::Hash;
use crate::log::tiles::{MOST_LEVELS, WIDTH};
use crate::log::tree::Growing;

/// The migration that made them.
const MIGRATION: i64 = 2026113003;

/// What mends them, as nothing rests on them but what is made of them.
const MEND: &str = "it is made of the entries: take all rows out of log_tiles, and they are made anew";

/// The tiles as the entries make them.
#[derive(Default)]
pub(super) struct Tiles {
    rows: [Row; MOST_LEVELS as usize],
    /// How many of those that are kept stand for entries.
    seen: i64,
    are_kept: bool,
}

#[derive(Default)]
struct Row {
    begun: Growing,
    /// How many are whole.
    whole: i64,
    /// Whether one is not kept: none after it can be.
    ended: bool,
}

impl Tiles {
    pub(super) async fn begin(rows: &mut impl Rows) -> Result<Self, sqlx::Error> {
        Ok(Self { are_kept: rows.has(MIGRATION).await?, ..Self::default() })
    }

    /// Takes the next entry.
    pub(super) async fn add(&mut self, look: &mut Look, rows: &mut impl Rows, leaf: Hash) -> Result<(), sqlx::Error> {
        let mut hash = leaf;
        for (row, level) in self.rows.iter_mut().zip(1_i64..).filter(|_| self.are_kept) {
            row.begun.add(hash);
            if row.begun.size() < WIDTH {
                break;
            }
            hash = std::mem::take(&mut row.begun).root();
            let tile = row.whole;
            row.whole += 1;
            let Some(kept) = rows.tile(level, tile).await? else {
                row.ended = true;
                continue;
            };
            self.seen += 1;
            let place = format!("{}, tile {tile} of level {level} of the log", look.database);
            if row.ended {
                look.problem(place, Fault::ChainBroken, format!("tiles before it are not there; {MEND}"));
            } else if kept != hash.to_string() {
                look.differs(place, MEND, hash, kept);
            }
        }
        Ok(())
    }

    pub(super) async fn end(self, look: &mut Look, rows: &mut impl Rows) -> Result<(), sqlx::Error> {
        if self.are_kept && rows.tiles().await? != self.seen {
            let place = format!("{}, tiles of the log", look.database);
            look.problem(place, Fault::NotInManifest, format!("there is one that stands for no entries; {MEND}"));
        }
        Ok(())
    }
}
