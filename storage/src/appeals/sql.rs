//! What advertisers say, in SQL that both databases read.

/// The number of the decision that ended an appeal; null while it is open.
pub(crate) const ENDED: &str = "(SELECT min(decisions.number) FROM decisions WHERE decisions.case_id = appeals.case_id
    AND decisions.number > appeals.behind AND decisions.decision <> 'again'
    AND (decisions.violation IS NULL OR decisions.violation = appeals.violation))";

/// An appeal: number, violation, said, by, at, and what ended it.
pub(crate) type AppealRow = (i64, Option<i64>, String, String, i64, Option<i64>);

/// Implements [`super::Appeals`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! appeals {
    ($store:ty, $database:ty) => {
        impl $crate::appeals::Appeals for $store {
            async fn appeal(&self, appeal: &NewAppeal) -> Result<Option<Appeal>, StoreError> {
                let mut transaction = self.write().await?;
                if !self.appealable(&mut transaction, &appeal.case_id, appeal.violation).await? {
                    return Ok(None);
                }
                let at = (self.clock)();
                let number: i64 = sqlx::query_scalar(
                    "INSERT INTO appeals (number, case_id, violation, said, appealed_by, appealed_at, behind)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, (SELECT coalesce(max(number), 0) FROM decisions)
                     FROM appeals RETURNING number",
                )
                .bind(appeal.case_id.as_str())
                .bind(appeal.violation.map(|number| self.whole(number)).transpose()?)
                .bind(kept(&appeal.said))
                .bind(&appeal.by)
                .bind(at.timestamp_millis())
                .fetch_one(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                for (file, place) in appeal.files.iter().zip(1_i64..) {
                    sqlx::query(
                        "INSERT INTO appeal_files (appeal, place, evidence_id, media_type, bytes) VALUES ($1, $2, $3, $4, $5)",
                    )
                    .bind(number)
                    .bind(place)
                    .bind(file.evidence.to_string())
                    .bind(&file.media_type)
                    .bind(self.whole(file.bytes)?)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                let kept = self.appeals_of(&appeal.case_id).await?;
                Ok(kept.into_iter().find(|one| one.number == number.unsigned_abs()))
            }

            async fn may_appeal(&self, case: &CaseId, violation: Option<u64>) -> Result<bool, StoreError> {
                self.appealable(&mut self.change().await?, case, violation).await
            }

            async fn appeals_of(&self, case: &CaseId) -> Result<Vec<Appeal>, StoreError> {
                let asked = format!(
                    "SELECT number, violation, said, appealed_by, appealed_at, {ENDED} FROM appeals WHERE case_id = $1 ORDER BY number"
                );
                let rows: Vec<AppealRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(case.as_str())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                if rows.is_empty() {
                    return Ok(Vec::new());
                }
                let files: Vec<(i64, String, String, i64)> = sqlx::query_as(
                    "SELECT appeal, evidence_id, media_type, bytes FROM appeal_files
                     WHERE appeal IN (SELECT number FROM appeals WHERE case_id = $1) ORDER BY appeal, place",
                )
                .bind(case.as_str())
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let decisions = self.decisions_of(case).await?;
                let mut appeals = Vec::with_capacity(rows.len());
                for (number, violation, said, by, at, ended) in rows {
                    let mut attached = Vec::new();
                    for (_, evidence, media_type, bytes) in files.iter().filter(|file| file.0 == number) {
                        let evidence = evidence.parse().map_err(|_| self.damaged(&format!("the file {evidence}")))?;
                        attached.push(Attached { evidence, media_type: media_type.clone(), bytes: bytes.unsigned_abs() });
                    }
                    let ended = ended.map(i64::unsigned_abs);
                    appeals.push(Appeal {
                        number: number.unsigned_abs(),
                        appeal: NewAppeal {
                            case_id: case.clone(),
                            violation: violation.map(i64::unsigned_abs),
                            said,
                            by,
                            files: attached,
                        },
                        at: DateTime::from_timestamp_millis(at).unwrap_or_default(),
                        ended: decisions.iter().find(|one| Some(one.number) == ended).cloned(),
                    });
                }
                Ok(appeals)
            }

            async fn open_appeals(
                &self,
                sight: &Sight,
                behind: Option<u64>,
                most: u64,
            ) -> Result<Vec<(CaseRow, Appeal)>, StoreError> {
                let asked = format!(
                    "SELECT appeals.number, appeals.case_id FROM appeals JOIN facts ON facts.case_id = appeals.case_id
                     WHERE ($1 IS NULL OR facts.platform = $1) AND ($2 IS NULL OR facts.advertiser = $2)
                     AND ($3 IS NULL OR facts.region LIKE $3)
                     AND appeals.number > $4 AND {ENDED} IS NULL ORDER BY appeals.number LIMIT $5"
                );
                let rows: Vec<(i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .bind(self.whole(behind.unwrap_or(0))?)
                    .bind(self.whole(most)?)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let mut open = Vec::with_capacity(rows.len());
                for (number, case_id) in rows {
                    let case_id = CaseId(case_id);
                    let found = self.appeals_of(&case_id).await?.into_iter().find(|one| one.number == number.unsigned_abs());
                    if let (Some(case), Some(appeal)) = (self.case_in_sight(sight, &case_id).await?, found) {
                        open.push((case, appeal));
                    }
                }
                Ok(open)
            }

            async fn outcomes(&self, sight: &Sight) -> Result<Vec<Outcomes>, StoreError> {
                let asked = format!(
                    "SELECT violations.check_id, count(CASE WHEN ending.decision = 'reject' THEN 1 END),
                     count(CASE WHEN ending.decision = 'confirm' THEN 1 END), count(CASE WHEN ending.decision IS NULL THEN 1 END)
                     FROM appeals JOIN facts ON facts.case_id = appeals.case_id
                     JOIN violations ON violations.case_number = facts.case_number
                        AND (appeals.violation IS NULL OR violations.number = appeals.violation)
                     LEFT JOIN decisions AS ending ON ending.number = {ENDED}
                     WHERE ($1 IS NULL OR facts.platform = $1) AND ($2 IS NULL OR facts.advertiser = $2)
                     AND ($3 IS NULL OR facts.region LIKE $3)
                     GROUP BY violations.check_id ORDER BY violations.check_id"
                );
                let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let outcomes = |(check, upheld, dismissed, open): (String, i64, i64, i64)| Outcomes {
                    check,
                    upheld: upheld.unsigned_abs(),
                    dismissed: dismissed.unsigned_abs(),
                    open: open.unsigned_abs(),
                };
                Ok(rows.into_iter().map(outcomes).collect())
            }

            async fn say_corrected(&self, case: &CaseId, by: &str) -> Result<bool, StoreError> {
                let mut transaction = self.write().await?;
                let ad = self.decidable(&mut transaction, &about(case, None)).await?;
                let at = (self.clock)();
                let said = sqlx::query(
                    "INSERT INTO corrections (case_id, said_by, said_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                )
                .bind(case.as_str())
                .bind(by)
                .bind(at.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                if said.rows_affected() == 0 {
                    return Ok(false);
                }
                self.due_at_once(&mut transaction, &ad.ad_id, at).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(true)
            }

            async fn correction_of(&self, case: &CaseId) -> Result<Option<(String, DateTime<Utc>)>, StoreError> {
                let said: Option<(String, i64)> =
                    sqlx::query_as("SELECT said_by, said_at FROM corrections WHERE case_id = $1")
                        .bind(case.as_str())
                        .fetch_optional(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                Ok(said.map(|(by, at)| (by, DateTime::from_timestamp_millis(at).unwrap_or_default())))
            }
        }

        /// What an appeal is about is what could be decided about.
        impl $store {
            /// Whether there is such a thing to appeal about, and no appeal about it is open.
            async fn appealable(
                &self,
                transaction: &mut sqlx::Transaction<'static, $database>,
                case: &CaseId,
                violation: Option<u64>,
            ) -> Result<bool, StoreError> {
                self.decidable(transaction, &about(case, violation)).await?;
                let open: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                    "SELECT number FROM appeals WHERE case_id = $1 AND coalesce(violation, 0) = $2 AND {ENDED} IS NULL"
                )))
                .bind(case.as_str())
                .bind(self.whole(violation.unwrap_or(0))?)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                Ok(open.is_none())
            }
        }

        fn about(case: &CaseId, violation: Option<u64>) -> Decision {
            Decision { case_id: case.clone(), violation, choice: Choice::Again, reason: None, by: String::new() }
        }
    };
}

pub(crate) use appeals;
