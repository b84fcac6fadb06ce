//! The decisions in SQL that both databases read.

/// Makes the decisions of a store, as `log_rows` does its log.
macro_rules! decision_rows {
    ($store:ty, $database:ty) => {
        impl $crate::decisions::Decisions for $store {
            async fn decide(
                &self,
                decision: &$crate::decisions::Decision,
            ) -> Result<$crate::decisions::Decided, StoreError> {
                let mut transaction = self.write().await?;
                let ad = self.decidable(&mut transaction, decision).await?;
                self.answers_its_appeal(&mut transaction, decision).await?;
                // No finer than its columns.
                let at = (self.clock)();
                let at = DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at);
                let record = $crate::decisions::Record::of(decision, at).text();
                let entry = $crate::log::Entry::Decision {
                    case_id: decision.case_id.clone(),
                    decision: decision.choice.word().to_owned(),
                    record: EvidenceId::of(record.as_bytes()),
                    at,
                };
                let leaf_index = self.append_in(&mut transaction, &entry).await?.index;
                let number: i64 = sqlx::query_scalar(
                    "INSERT INTO decisions (number, case_id, violation, decision, reason, decided_by, decided_at, leaf_index, record)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM decisions RETURNING number",
                )
                .bind(decision.case_id.as_str())
                .bind(decision.violation.map(|number| self.whole(number)).transpose()?)
                .bind(decision.choice.word())
                .bind(&decision.reason)
                .bind(&decision.by)
                .bind(at.timestamp_millis())
                .bind(self.whole(leaf_index)?)
                .bind(&record)
                .fetch_one(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let number = number.unsigned_abs();
                let case: i64 = sqlx::query_scalar("SELECT number FROM cases WHERE case_id = $1")
                    .bind(decision.case_id.as_str())
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                self.weigh(&mut transaction, case).await?;
                if decision.choice == model::event::Choice::Again {
                    self.due_at_once(&mut transaction, &ad.ad_id, at).await?;
                }
                let told = model::event::Decided {
                    case_id: decision.case_id.to_string(),
                    ad,
                    decision: model::event::Decision {
                        number,
                        violation: decision.violation,
                        decision: decision.choice,
                        reason: decision.reason.clone(),
                        by: decision.by.clone(),
                    },
                };
                let event = $crate::facts::event(model::event::What::Decided(told), at);
                self.put_out(&mut transaction, decision.case_id.as_str(), &[event]).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok($crate::decisions::Decided { number, decision: decision.clone(), at, leaf_index })
            }

            async fn decisions_of(&self, case: &CaseId) -> Result<Vec<$crate::decisions::Decided>, StoreError> {
                let rows: Vec<(i64, String, i64)> = sqlx::query_as(
                    "SELECT number, record, leaf_index FROM decisions WHERE case_id = $1 ORDER BY number",
                )
                .bind(case.as_str())
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let decided = |(number, text, leaf_index): (i64, String, i64)| {
                    let record: $crate::decisions::Record =
                        serde_json::from_str(&text).map_err(|_| self.damaged(&format!("decision {number}")))?;
                    let (number, leaf_index, at) = (number.unsigned_abs(), leaf_index.unsigned_abs(), record.at);
                    Ok($crate::decisions::Decided { number, decision: record.decision(), at, leaf_index })
                };
                rows.into_iter().map(decided).collect()
            }
        }

        impl $store {
            /// The ad of a case that is there, with the violation that is decided about.
            async fn decidable(
                &self,
                transaction: &mut Transaction<'static, $database>,
                decision: &$crate::decisions::Decision,
            ) -> Result<model::event::OfAd, StoreError> {
                type AdRow = (
                    String,
                    Option<String>,
                    Option<String>,
                    Option<String>,
                    Option<String>,
                    Option<String>,
                    i64,
                );
                let case = &decision.case_id;
                self.manifest_of(transaction, case).await?;
                let row: Option<AdRow> = sqlx::query_as(
                    "SELECT ad_id, platform, advertiser, advertiser_name, trade, title, violations FROM facts WHERE case_id = $1",
                )
                .bind(case.as_str())
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                let (ad_id, platform, advertiser, advertiser_name, trade, title, violations) =
                    row.ok_or_else(|| self.damaged(&format!("the facts of case {case}")))?;
                let (violations, wanted) = (violations.unsigned_abs(), decision.violation);
                if let Some(number) = wanted.filter(|number| !(1..=violations).contains(number)) {
                    return Err(StoreError::NoSuchViolation { case_id: case.clone(), number, violations });
                }
                Ok(model::event::OfAd { ad_id, platform, advertiser, advertiser_name, trade, title })
            }

            /// Refuses to confirm without a reason what an advertiser has appealed against.
            async fn answers_its_appeal(
                &self,
                transaction: &mut Transaction<'static, $database>,
                decision: &$crate::decisions::Decision,
            ) -> Result<(), StoreError> {
                let reason = decision.reason.as_deref().unwrap_or_default();
                if decision.choice != model::event::Choice::Confirm || !reason.trim().is_empty() {
                    return Ok(());
                }
                let open: Option<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                    "SELECT number FROM appeals WHERE case_id = $1 AND (CAST($2 AS BIGINT) IS NULL OR violation = $2) AND {} IS NULL",
                    $crate::appeals::ENDED
                )))
                .bind(decision.case_id.as_str())
                .bind(decision.violation.map(|number| self.whole(number)).transpose()?)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                open.map_or(Ok(()), |_| Err(StoreError::Appealed(decision.case_id.clone())))
            }

            /// Has the landing of an ad looked at in the next round that looks at what is due.
            async fn due_at_once(
                &self,
                transaction: &mut Transaction<'static, $database>,
                ad_id: &str,
                at: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE landings SET next_due = $2
                     WHERE landing = (SELECT landing FROM ads WHERE ad_id = $1) AND next_due > $2",
                )
                .bind(ad_id)
                .bind(at.timestamp_millis())
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }
        }
    };
}

pub(crate) use decision_rows;
