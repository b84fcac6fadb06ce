//! The facts of cases in SQL that both databases read.

/// Cases told at once, of those that are older than their facts.
pub(crate) const AT_ONCE: i64 = 200;

/// Gives a store the rows of its cases' facts.
macro_rules! fact_rows {
    ($store:ty, $database:ty) => {
        impl $store {
            /// Writes what the line of a case says, within the transaction that writes the case.
            pub(crate) async fn tell_in(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                facts: &$crate::facts::Facts,
            ) -> Result<(), StoreError> {
                let json = |list: &[String]| serde_json::to_string(list).expect("internal error: words are plain data");
                sqlx::query(
                    "INSERT INTO facts (case_number, platform, advertiser_name, trade, title, severity, violations, gaps)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(number)
                .bind(&facts.ad.platform)
                .bind(&facts.ad.advertiser_name)
                .bind(&facts.ad.trade)
                .bind(&facts.ad.title)
                .bind(facts.severity())
                .bind(self.whole(facts.violations.len() as u64)?)
                .bind(json(&facts.gaps))
                .execute(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                for told in &facts.violations {
                    sqlx::query(
                        "INSERT INTO violations (case_number, number, check_id, rule, pack, severity, confidence, scope, cite,
                         promised_source, promised, promised_at_s, visitor, level, url, delivered)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                    )
                    .bind(number)
                    .bind(self.whole(told.number)?)
                    .bind(&told.check)
                    .bind(&told.rule)
                    .bind(&told.pack)
                    .bind(&told.severity)
                    .bind(&told.confidence)
                    .bind(&told.scope)
                    .bind(json(&told.cite))
                    .bind(&told.promised.source)
                    .bind(&told.promised.quote)
                    .bind(told.promised.at_s)
                    .bind(&told.delivered.visitor)
                    .bind(self.whole(told.delivered.level)?)
                    .bind(&told.delivered.url)
                    .bind(&told.delivered.quote)
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Gives cases that are older than their facts theirs, and tells nobody of them: they happened long ago.
            async fn tell_older_cases(&self) -> Result<(), StoreError> {
                loop {
                    let mut transaction = self.write().await?;
                    let cases: Vec<(i64, String, String)> = sqlx::query_as(
                        "SELECT number, ad_id, line FROM cases WHERE deleted_at IS NULL
                         AND NOT EXISTS (SELECT 1 FROM facts WHERE facts.case_number = cases.number)
                         ORDER BY number LIMIT $1",
                    )
                    .bind($crate::facts::rows::AT_ONCE)
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    for (number, ad_id, line) in &cases {
                        let facts = $crate::facts::Facts::of(ad_id, line);
                        self.tell_in(&mut transaction, *number, &facts).await?;
                    }
                    transaction.commit().await.map_err(|source| self.database(source))?;
                    if cases.is_empty() {
                        return Ok(());
                    }
                }
            }

            /// Takes away everything that was told of a case, and what was decided about it; the log keeps its entries.
            async fn untell(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
            ) -> Result<(), StoreError> {
                for statement in [
                    "DELETE FROM violations WHERE case_number = $1",
                    "DELETE FROM facts WHERE case_number = $1",
                    "DELETE FROM decisions WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                    "DELETE FROM outbox WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                ] {
                    sqlx::query(statement)
                        .bind(number)
                        .execute(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use fact_rows;
