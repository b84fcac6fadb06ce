//! Takes the rows of a file in, batch by batch: each is one transaction, and what was taken before is the same again.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::TimeDelta;
use governance::intake::{Fault, Reading, Row, What};
use model::complaint::Complaint;
use model::touchpoint::{Conversion, Touchpoint};
use storage::hearing::{Hearing, Intake, MOST_AT_ONCE, Taken};
use tokio::sync::mpsc;
use tracing::info;

use super::rejects::Rejects;
use super::rows::{Read, Rows};

/// Bytes of a batch: with long texts it has fewer rows.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Batches that are read ahead of the one that is taken in.
const READ_AHEAD: usize = 2;
/// Batches between two lines of the log.
const TOLD_EVERY: u64 = 20;
/// Unknown ads that are told by name.
const MOST_ADS: usize = 20;

/// For how long rows are kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    pub(crate) complaints: TimeDelta,
    pub(crate) touchpoints: TimeDelta,
}

/// What became of the rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) new: u64,
    pub(crate) same: u64,
    /// Another row is there under its id.
    pub(crate) changed: u64,
    /// That are no rows.
    pub(crate) bad: u64,
    /// Kept, and of ads that are not known.
    pub(crate) of_unknown_ads: u64,
    /// Some of these ads.
    pub(crate) unknown_ads: BTreeSet<String>,
    /// In another encoding than the file.
    pub(crate) otherwise: u64,
    /// What most lines are in.
    pub(crate) encoding: &'static str,
    /// Columns that stand for no field.
    pub(crate) passed_over: BTreeSet<String>,
}

impl Counts {
    /// Rows that were read and are kept.
    pub(crate) fn kept(&self) -> u64 {
        self.new + self.same
    }

    pub(crate) fn refused(&self) -> u64 {
        self.bad + self.changed
    }
}

/// Reads a file of any size into the store, in little memory: while some rows are taken in, the next ones are read.
pub(crate) async fn import(
    store: &impl Hearing,
    file: &Path,
    what: What,
    reading: Reading,
    kept: Kept,
    rejects: Option<&Path>,
) -> anyhow::Result<Counts> {
    let mut rows = Rows::open(file, what, reading)?;
    let mut importing = Importing { store, kept, rejects: Rejects::new(file, rejects)?, counts: Counts::default() };
    let (some, mut read) = mpsc::channel(READ_AHEAD);
    let reading = tokio::task::spawn_blocking(move || rows.batches(&some).map(|()| rows));
    let mut batches = 0;
    while let Some(batch) = read.recv().await {
        let line = batch.line;
        importing.take(batch).await?;
        batches += 1;
        if batches % TOLD_EVERY == 0 {
            let Counts { new, same, .. } = importing.counts;
            info!(line, new, same, refused = importing.counts.refused(), "Rows are taken in");
        }
    }
    let rows = reading.await??;
    let (encoding, passed_over) = (rows.mostly().word(), rows.passed_over().clone());
    Ok(Counts { encoding, passed_over, ..importing.counts })
}

impl Rows {
    /// Hands out all rows, batch by batch, until nobody takes any more.
    fn batches(&mut self, to: &mpsc::Sender<Batch>) -> anyhow::Result<()> {
        let mut batch = Batch::default();
        while let Some(read) = self.next()? {
            batch.push(read);
            if batch.is_full() && to.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Ok(());
            }
        }
        // Whoever takes them is gone only where taking has failed, and says so.
        drop(to.blocking_send(batch));
        Ok(())
    }
}

/// Rows that are taken in at once, with their lines, and what between them is none.
#[derive(Default)]
struct Batch {
    /// The last one that was read.
    line: u64,
    lines: Vec<u64>,
    bytes: usize,
    complaints: Vec<Complaint>,
    conversions: Vec<Conversion>,
    touchpoints: Vec<Touchpoint>,
    bad: Vec<(u64, Fault)>,
    otherwise: u64,
}

impl Batch {
    fn push(&mut self, read: Read) {
        let Read { line, bytes, row, otherwise } = read;
        self.line = line;
        self.otherwise += u64::from(otherwise);
        self.bytes += bytes;
        match row {
            Err(fault) => return self.bad.push((line, fault)),
            Ok(Row::Complaint(row)) => self.complaints.push(row),
            Ok(Row::Conversion(row)) => self.conversions.push(row),
            Ok(Row::Touchpoint(row)) => self.touchpoints.push(row),
        }
        self.lines.push(line);
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= MOST_AT_ONCE || self.bad.len() >= MOST_AT_ONCE || self.bytes >= MOST_BYTES
    }

    /// The ad that a row of it names.
    fn ad(&self, at: usize) -> Option<&String> {
        let ad = [
            self.complaints.get(at).map(|row| &row.ad),
            self.conversions.get(at).map(|row| &row.ad),
            self.touchpoints.get(at).map(|row| &row.ad),
        ];
        ad.into_iter().flatten().next()?.as_ref()
    }
}

struct Importing<'a, S> {
    store: &'a S,
    kept: Kept,
    rejects: Rejects,
    counts: Counts,
}

impl<S: Hearing> Importing<'_, S> {
    async fn take(&mut self, batch: Batch) -> anyhow::Result<()> {
        self.counts.otherwise += batch.otherwise;
        self.counts.bad += batch.bad.len() as u64;
        for (line, fault) in &batch.bad {
            self.rejects.tell(*line, fault, false)?;
        }
        // All rows of a file are of one kind.
        let Intake { rows, unknown_ads } = if !batch.complaints.is_empty() {
            self.store.take_complaints(&batch.complaints, self.kept.complaints).await?
        } else if !batch.conversions.is_empty() {
            self.store.take_conversions(&batch.conversions).await?
        } else {
            self.store.take_touchpoints(&batch.touchpoints, self.kept.touchpoints).await?
        };
        for (at, (taken, line)) in rows.iter().zip(&batch.lines).enumerate() {
            match taken {
                Taken::New => self.counts.new += 1,
                Taken::Same => self.counts.same += 1,
                Taken::Changed => {
                    self.counts.changed += 1;
                    let reason =
                        "another row of this platform came under this id before, and stands: give this one its own";
                    self.rejects.tell(*line, &Fault::of("id", reason), false)?;
                    continue;
                }
            }
            if let Some(ad) = batch.ad(at).filter(|ad| unknown_ads.contains(*ad)) {
                self.counts.of_unknown_ads += 1;
                // The same again was told before.
                if *taken == Taken::New {
                    let reason =
                        format!("the ad `{ad}` was neither imported nor examined: until it is, this belongs to no ad");
                    self.rejects.tell(*line, &Fault::of("ad", reason), true)?;
                }
            }
        }
        let room = MOST_ADS.saturating_sub(self.counts.unknown_ads.len());
        self.counts.unknown_ads.extend(unknown_ads.into_iter().take(room));
        self.rejects.flush()
    }
}
