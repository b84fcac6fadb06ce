//! What is taken away again, and what may not be: holds, the deletion of a case, and the sweep of what no case rests on.
//!
//! A deleted case leaves its manifest, so that the chain can be walked, and an entry of the log, which explains why its line and
//! its artefacts are not there. When a case may go is for others to say: see `postlink retention`.

use chrono::{DateTime, Utc};

use crate::store::{CaseId, StoreError};

/// Taking away. Its promises are in `suite/retention.rs`.
pub trait Retention: Send + Sync {
    /// Keeps a case whatever its age, from now on.
    fn hold(&self, case: &CaseId, why: &str) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends all holds of a case; gives back how many there were.
    fn release(&self, case: &CaseId, why: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Every hold there ever was, in the order of placing.
    fn holds(&self) -> impl Future<Output = Result<Vec<Hold>, StoreError>> + Send;

    /// Deletes a case that is not held: its line, its advertiser, and what it alone rests on. The log says why.
    fn delete(&self, case: &CaseId, reason: &str) -> impl Future<Output = Result<Freed, StoreError>> + Send;

    /// What deleting these cases would free, one after the other: what several of them share goes with the last.
    fn would_free(&self, cases: &[CaseId]) -> impl Future<Output = Result<Vec<Freed>, StoreError>> + Send;

    /// The cases that were deleted, in the order of sealing, and when.
    fn deleted(&self) -> impl Future<Output = Result<Vec<(CaseId, DateTime<Utc>)>, StoreError>> + Send;

    /// Takes away what no case rests on, no ad names, and what has lain there since before a moment: a case on its way may still need the rest.
    fn sweep(&self, before: DateTime<Utc>, dry_run: bool) -> impl Future<Output = Result<Swept, StoreError>> + Send;
}

/// A case that may not be deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub case_id: CaseId,
    pub why: String,
    pub placed_at: DateTime<Utc>,
    /// When it ended, and why.
    pub released: Option<(DateTime<Utc>, String)>,
}

/// What was, or would be, taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Freed {
    pub artefacts: u64,
    pub bytes: u64,
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Everything that lies there.
    pub found: Freed,
    /// What no case rests on, and has lain there long enough.
    pub taken: Freed,
    /// What no case rests on, and is too young.
    pub young: Freed,
}

impl Freed {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.artefacts += 1;
        self.bytes += bytes;
    }
}

/// Blobs looked up at once.
pub(crate) const AT_ONCE: usize = 500;

pub(crate) type HoldRow = (String, String, DateTime<Utc>, Option<DateTime<Utc>>, Option<String>);

pub(crate) fn hold((case_id, why, placed_at, released_at, released_why): HoldRow) -> Hold {
    let released = released_at.map(|at| (at, released_why.unwrap_or_default()));
    Hold { case_id: CaseId(case_id), why, placed_at, released }
}

/// Makes the retention of a store. What is asked of both databases is the same, word for word; only their types differ.
macro_rules! retention_rows {
    ($store:ty, $database:ty) => {
        impl $crate::retention::Retention for $store {
            async fn hold(&self, case: &CaseId, why: &str) -> Result<(), StoreError> {
                let mut transaction = self.write().await?;
                self.manifest_of(&mut transaction, case).await?;
                let at = (self.clock)();
                sqlx::query(
                    "INSERT INTO holds (number, case_id, why, placed_at)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM holds",
                )
                .bind(case.as_str())
                .bind(why)
                .bind(at)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                self.log_hold(&mut transaction, case, "hold", why, at).await?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn release(&self, case: &CaseId, why: &str) -> Result<u64, StoreError> {
                let mut transaction = self.write().await?;
                let at = (self.clock)();
                let released = sqlx::query(
                    "UPDATE holds SET released_at = $2, released_why = $3 WHERE case_id = $1 AND released_at IS NULL",
                )
                .bind(case.as_str())
                .bind(at)
                .bind(why)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?
                .rows_affected();
                if released > 0 {
                    self.log_hold(&mut transaction, case, "hold-released", why, at).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(released)
            }

            async fn holds(&self) -> Result<Vec<$crate::retention::Hold>, StoreError> {
                let rows: Vec<$crate::retention::HoldRow> = sqlx::query_as(
                    "SELECT case_id, why, placed_at, released_at, released_why FROM holds ORDER BY number",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map($crate::retention::hold).collect())
            }

            async fn delete(&self, case: &CaseId, reason: &str) -> Result<$crate::retention::Freed, StoreError> {
                let mut transaction = self.write().await?;
                let (manifest, id) = self.manifest_of(&mut transaction, case).await?;
                let held: i64 =
                    sqlx::query_scalar("SELECT count(*) FROM holds WHERE case_id = $1 AND released_at IS NULL")
                        .bind(case.as_str())
                        .fetch_one(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                if held > 0 {
                    return Err(StoreError::Held(case.clone()));
                }
                let (alone, freed) = self.alone(&mut transaction, &manifest).await?;
                let number = self.whole(manifest.number)?;
                let at = (self.clock)();
                self.forget(&mut transaction, number, at).await?;
                // A reading may hold what was read in these pictures. It can be had again at any time, if they are still there.
                sqlx::query("DELETE FROM readings WHERE read_at <= $1")
                    .bind(self.moment(manifest.sealed_at))
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                let $crate::retention::Freed { artefacts, bytes } = freed;
                let (case_id, reason) = (case.clone(), reason.to_owned());
                let entry = $crate::log::Entry::Deletion { case_id, manifest: id, artefacts, bytes, reason, at };
                self.append_in(&mut transaction, &entry).await?;
                $crate::failpoint::reach("delete: before the commit");
                transaction.commit().await.map_err(|source| self.database(source))?;
                $crate::failpoint::reach("delete: committed");
                // After the row: what a crash in between leaves lying is named by no case, and the next sweep takes it away.
                self.blobs.take_away_name(case).await?;
                for some in alone.chunks($crate::retention::AT_ONCE) {
                    self.take_away(some).await?;
                }
                Ok(freed)
            }

            async fn would_free(&self, cases: &[CaseId]) -> Result<Vec<$crate::retention::Freed>, StoreError> {
                // Done as it would be, and taken back.
                let mut transaction = self.change().await?;
                let mut freed = Vec::with_capacity(cases.len());
                for case in cases {
                    let (manifest, _) = self.manifest_of(&mut transaction, case).await?;
                    freed.push(self.alone(&mut transaction, &manifest).await?.1);
                    sqlx::query("DELETE FROM case_evidence WHERE case_number = $1")
                        .bind(self.whole(manifest.number)?)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.rollback().await.map_err(|source| self.database(source))?;
                Ok(freed)
            }

            async fn deleted(&self) -> Result<Vec<(CaseId, DateTime<Utc>)>, StoreError> {
                let rows: Vec<(String, DateTime<Utc>)> = sqlx::query_as(
                    "SELECT case_id, deleted_at FROM cases WHERE deleted_at IS NOT NULL ORDER BY number",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map(|(case, at)| (CaseId(case), at)).collect())
            }

            async fn sweep(
                &self,
                before: DateTime<Utc>,
                dry_run: bool,
            ) -> Result<$crate::retention::Swept, StoreError> {
                let mut swept = $crate::retention::Swept::default();
                for first in 0..=u8::MAX {
                    let lying = self.blobs.lying(first).await?;
                    lying.iter().for_each(|one| swept.found.add(one.bytes));
                    for some in lying.chunks($crate::retention::AT_ONCE) {
                        self.sweep_some(some, before, dry_run, &mut swept).await?;
                    }
                }
                self.forget_kept_again(before).await?;
                Ok(swept)
            }
        }

        impl $store {
            /// Looks at some of what lies there while nobody keeps anything again.
            async fn sweep_some(
                &self,
                lying: &[$crate::evidence::Lying],
                before: DateTime<Utc>,
                dry_run: bool,
                swept: &mut $crate::retention::Swept,
            ) -> Result<(), StoreError> {
                let ids: Vec<_> = lying.iter().filter_map(|one| one.id).collect();
                let mut transaction = self.write().await?;
                let wanted = self.wanted(&mut transaction, &ids).await?;
                for one in lying.iter().filter(|one| one.id.is_none_or(|id| !wanted.contains(&id))) {
                    if one.since >= before {
                        swept.young.add(one.bytes);
                        continue;
                    }
                    swept.taken.add(one.bytes);
                    if !dry_run {
                        self.blobs.take_away(&one.path).await?;
                    }
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            /// Takes away blobs unless somebody wants them after all.
            async fn take_away(&self, ids: &[EvidenceId]) -> Result<(), StoreError> {
                let mut transaction = self.write().await?;
                let wanted = self.wanted(&mut transaction, ids).await?;
                for id in ids.iter().filter(|id| !wanted.contains(id)) {
                    self.blobs.take_away(&$crate::evidence::blob_path(*id)).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            /// The manifest of a case that is there.
            async fn manifest_of(
                &self,
                transaction: &mut Transaction<'static, $database>,
                case: &CaseId,
            ) -> Result<(Manifest, EvidenceId), StoreError> {
                let row: Option<(String, Option<DateTime<Utc>>)> =
                    sqlx::query_as("SELECT manifest, deleted_at FROM cases WHERE case_id = $1")
                        .bind(case.as_str())
                        .fetch_optional(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                match row {
                    None => Err(self.no_such_case(case)),
                    Some((_, Some(_))) => Err(StoreError::Deleted(case.clone())),
                    Some((text, None)) => {
                        let read = serde_json::from_str(&text);
                        let manifest = read.map_err(|_| self.damaged(&format!("the manifest of {case}")))?;
                        Ok((manifest, EvidenceId::of(text.as_bytes())))
                    }
                }
            }

            /// What a case rests on, and no other does, nor does an ad name it.
            async fn alone(
                &self,
                transaction: &mut Transaction<'static, $database>,
                manifest: &Manifest,
            ) -> Result<(Vec<EvidenceId>, $crate::retention::Freed), StoreError> {
                let alone: Vec<String> = sqlx::query_scalar(
                    "SELECT evidence_id FROM case_evidence AS ours WHERE case_number = $1 AND NOT EXISTS
                     (SELECT 1 FROM case_evidence AS theirs
                      WHERE theirs.evidence_id = ours.evidence_id AND theirs.case_number <> ours.case_number)
                     AND NOT EXISTS (SELECT 1 FROM ad_files WHERE ad_files.evidence_id = ours.evidence_id)
                     AND NOT EXISTS (SELECT 1 FROM appeal_files WHERE appeal_files.evidence_id = ours.evidence_id)",
                )
                .bind(self.whole(manifest.number)?)
                .fetch_all(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                let alone: std::collections::HashSet<String> = alone.into_iter().collect();
                let (mut ids, mut freed) = (Vec::new(), $crate::retention::Freed::default());
                for kept in manifest.evidence.iter().filter(|kept| alone.contains(&kept.id.to_string())) {
                    ids.push(kept.id);
                    freed.add(kept.bytes);
                }
                Ok((ids, freed))
            }

            /// Every case of the chain with its manifest's hash, those that were deleted as well.
            pub(crate) async fn chain(&self) -> Result<Vec<(CaseId, EvidenceId)>, StoreError> {
                let rows: Vec<(String, String)> =
                    sqlx::query_as("SELECT case_id, manifest_sha256 FROM cases ORDER BY number")
                        .fetch_all(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                let case =
                    |(case, id): (String, String)| Ok((CaseId(case), id.parse().map_err(|_| self.damaged(&id))?));
                rows.into_iter().map(case).collect()
            }

            /// Empties the rows of a case of all but what its manifest says.
            pub(crate) async fn forget(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                at: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                self.untell(transaction, number).await?;
                sqlx::query("UPDATE cases SET line = '', advertiser = NULL, deleted_at = $2 WHERE number = $1")
                    .bind(number)
                    .bind(at)
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                sqlx::query("DELETE FROM case_evidence WHERE case_number = $1")
                    .bind(number)
                    .execute(&mut **transaction)
                    .await
                    .map(drop)
                    .map_err(|source| self.database(source))
            }

            /// The log tells by hash what was said: it may be shown to anybody, and a reason may name people.
            async fn log_hold(
                &self,
                transaction: &mut Transaction<'static, $database>,
                case: &CaseId,
                decision: &str,
                why: &str,
                at: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                let (case_id, decision) = (case.clone(), decision.to_owned());
                let record = EvidenceId::of(why.as_bytes());
                let entry = $crate::log::Entry::Decision { case_id, decision, record, at };
                self.append_in(transaction, &entry).await.map(drop)
            }
        }
    };
}

pub(crate) use retention_rows;
