//! The facts of cases in SQL that both databases read.

/// Cases told at once, of those that are older than their facts.
pub(crate) const AT_ONCE: i64 = 200;

/// Brings up to date what follows from what was decided about a case, and from the ads that lead where it looked.
pub(crate) const WEIGH: [&str; 6] = [
    "UPDATE violations SET decision = (SELECT decisions.decision FROM decisions
     WHERE decisions.case_id = (SELECT case_id FROM cases WHERE cases.number = violations.case_number)
     AND (decisions.violation IS NULL OR decisions.violation = violations.number) ORDER BY decisions.number DESC LIMIT 1)
     WHERE case_number = $1",
    // A case is decided as far as its violations are; one that has none, by what was said of the whole.
    "UPDATE facts SET decision = CASE WHEN EXISTS (SELECT 1 FROM violations
     WHERE violations.case_number = facts.case_number AND violations.decision IS NULL) THEN NULL
     ELSE coalesce((SELECT violations.decision FROM violations WHERE violations.case_number = facts.case_number
     ORDER BY CASE violations.decision WHEN 'confirm' THEN 0 WHEN 'again' THEN 1 ELSE 2 END LIMIT 1),
     (SELECT decisions.decision FROM decisions WHERE decisions.case_id = facts.case_id AND decisions.violation IS NULL
     ORDER BY decisions.number DESC LIMIT 1)) END WHERE case_number = $1",
    "UPDATE facts SET decided_at = CASE WHEN decision IS NULL THEN NULL ELSE (SELECT max(decisions.decided_at) FROM decisions
     WHERE decisions.case_id = facts.case_id) END WHERE case_number = $1",
    "DELETE FROM undecided WHERE case_number = $1",
    "INSERT INTO undecided (case_number, number, gravity, reach, sealed_at, platform, advertiser, likeness, found_since)
     SELECT facts.case_number, violations.number,
     CASE violations.severity WHEN 'S4' THEN 0 WHEN 'S3' THEN 1 WHEN 'S2' THEN 2 WHEN 'S1' THEN 3 ELSE 4 END,
     -coalesce(nullif((SELECT count(*) FROM ads WHERE ads.landing =
        (SELECT own.landing FROM ads AS own WHERE own.ad_id = facts.ad_id)
        AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = ads.ad_id)), 0), 1),
     facts.sealed_at, facts.platform, facts.advertiser, violations.likeness, violations.found_since
     FROM facts JOIN violations ON violations.case_number = facts.case_number
     WHERE facts.case_number = $1 AND facts.latest = 1 AND violations.decision IS NULL",
    // Where people rejected all of it, nothing bad was seen.
    "UPDATE landings SET bad_at = NULL WHERE bad_at IS NOT NULL
     AND landing = (SELECT ads.landing FROM ads JOIN facts ON facts.ad_id = ads.ad_id WHERE facts.case_number = $1 AND facts.latest = 1)
     AND EXISTS (SELECT 1 FROM violations WHERE case_number = $1)
     AND NOT EXISTS (SELECT 1 FROM violations WHERE case_number = $1 AND coalesce(decision, 'open') <> 'reject')",
];

/// Since when the same was found of an ad and nobody decided it: another visit starts no clock anew, and neither does one that saw
/// too little to say anything. Binds the case's number, its ad, the likeness, the check.
pub(crate) const FOUND_SINCE: &str = "SELECT min(found_since) FROM violations
     WHERE likeness = $3 AND check_id = $4 AND (decision IS NULL OR decision = 'again') AND case_number = (SELECT max(case_number) FROM facts
        WHERE ad_id = $2 AND case_number < $1 AND verdict <> 'inconclusive')";

/// Gives a store the rows of its cases' facts.
macro_rules! fact_rows {
    ($store:ty, $database:ty) => {
        impl $store {
            /// Writes what the line of a case says, within the transaction that writes the case; of a preview nothing.
            pub(crate) async fn tell_in(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                facts: &$crate::facts::Facts,
            ) -> Result<(), StoreError> {
                type Case = (String, String, Option<String>, String, DateTime<Utc>, DateTime<Utc>);
                let json = |list: &[String]| serde_json::to_string(list).expect("internal error: words are plain data");
                let (case_id, ad_id, advertiser, verdict, opened_at, sealed_at): Case = sqlx::query_as(
                    "SELECT case_id, ad_id, advertiser, verdict, opened_at, sealed_at FROM cases WHERE number = $1",
                )
                .bind(number)
                .fetch_one(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                if self.is_of_preview(transaction, &case_id).await? {
                    return Ok(());
                }
                // The case before is the latest no more.
                for statement in [
                    "DELETE FROM undecided WHERE case_number IN (SELECT case_number FROM facts WHERE ad_id = $2 AND case_number < $1)",
                    "UPDATE facts SET latest = 0 WHERE ad_id = $2 AND latest = 1 AND case_number < $1",
                ] {
                    sqlx::query(statement)
                        .bind(number)
                        .bind(&ad_id)
                        .execute(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                sqlx::query(
                    "INSERT INTO facts (case_number, platform, advertiser_name, trade, title, severity, violations, gaps,
                     case_id, ad_id, advertiser, verdict, opened_at, sealed_at, level, region, latest)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     CASE WHEN EXISTS (SELECT 1 FROM facts AS its WHERE its.ad_id = $10 AND its.latest = 1) THEN 0 ELSE 1 END)",
                )
                .bind(number)
                .bind(&facts.ad.platform)
                .bind(&facts.ad.advertiser_name)
                .bind(&facts.ad.trade)
                .bind(&facts.ad.title)
                .bind(facts.severity())
                .bind(self.whole(facts.violations.len() as u64)?)
                .bind(json(&facts.gaps))
                .bind(&case_id)
                .bind(&ad_id)
                .bind(&advertiser)
                .bind(&verdict)
                .bind(opened_at.timestamp_millis())
                .bind(sealed_at.timestamp_millis())
                .bind(self.whole(facts.level)?)
                .bind(&facts.region)
                .execute(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                for told in &facts.violations {
                    let likeness = $crate::facts::likeness(told);
                    let since: Option<i64> = sqlx::query_scalar($crate::facts::rows::FOUND_SINCE)
                        .bind(number)
                        .bind(&ad_id)
                        .bind(&likeness)
                        .bind(&told.check)
                        .fetch_one(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    sqlx::query(
                        "INSERT INTO violations (case_number, number, check_id, rule, pack, severity, confidence, scope, cite,
                         promised_source, promised, promised_at_s, visitor, level, url, delivered, likeness, found_since)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
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
                    .bind(&likeness)
                    .bind(since.unwrap_or_else(|| sealed_at.timestamp_millis()))
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                if let Some(advertiser) = &advertiser {
                    let platform = facts.ad.platform.as_deref().unwrap_or_default();
                    self.show(transaction, number, [&ad_id, platform, advertiser], sealed_at, &facts.traits).await?;
                }
                self.weigh(transaction, number).await
            }

            /// Keeps what a case shows of the account behind its ad: of each thing, the latest case that does.
            async fn show(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                [ad_id, platform, advertiser]: [&str; 3],
                sealed_at: DateTime<Utc>,
                traits: &[model::kin::Shown],
            ) -> Result<(), StoreError> {
                for shown in traits {
                    sqlx::query(
                        "INSERT INTO traits (ad_id, what, value, platform, advertiser, case_number, seen_at)
                         VALUES ($1, $2, $3, $4, $5, $6, $7)
                         ON CONFLICT (ad_id, what, value) DO UPDATE SET platform = excluded.platform,
                         advertiser = excluded.advertiser, case_number = excluded.case_number, seen_at = excluded.seen_at
                         WHERE excluded.case_number >= traits.case_number",
                    )
                    .bind(ad_id)
                    .bind(shown.what.word())
                    .bind(&shown.value)
                    .bind(platform)
                    .bind(advertiser)
                    .bind(number)
                    .bind(sealed_at.timestamp_millis())
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Keeps again what the latest case of an ad shows, where the one that showed it is gone.
            async fn show_again(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
            ) -> Result<(), StoreError> {
                let (ad_id, advertiser, sealed_at, line): (String, Option<String>, DateTime<Utc>, String) =
                    sqlx::query_as("SELECT ad_id, advertiser, sealed_at, line FROM cases WHERE number = $1")
                        .bind(number)
                        .fetch_one(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                let Some(advertiser) = advertiser else { return Ok(()) };
                let facts = $crate::facts::Facts::of(&ad_id, &line);
                let platform = facts.ad.platform.as_deref().unwrap_or_default();
                self.show(transaction, number, [&ad_id, platform, &advertiser], sealed_at, &facts.traits).await
            }

            /// Brings up to date what follows from what was decided about a case: the words on it, and its place in the queue.
            pub(crate) async fn weigh(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
            ) -> Result<(), StoreError> {
                for statement in $crate::facts::rows::WEIGH {
                    sqlx::query(statement)
                        .bind(number)
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
                         AND NOT EXISTS (SELECT 1 FROM previews WHERE previews.ad_id = cases.ad_id)
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
                    "DELETE FROM undecided WHERE case_number = $1",
                    "DELETE FROM violations WHERE case_number = $1",
                    "DELETE FROM traits WHERE case_number = $1",
                    "DELETE FROM facts WHERE case_number = $1",
                    "DELETE FROM appeal_files WHERE appeal IN (SELECT number FROM appeals WHERE case_id = (SELECT case_id FROM cases WHERE number = $1))",
                    "DELETE FROM appeals WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                    "DELETE FROM corrections WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                    "DELETE FROM decisions WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                    "DELETE FROM outbox WHERE case_id = (SELECT case_id FROM cases WHERE number = $1)",
                ] {
                    sqlx::query(statement)
                        .bind(number)
                        .execute(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                // The one before is the latest of its ad now.
                let latest: Option<i64> = sqlx::query_scalar(
                    "UPDATE facts SET latest = 1 WHERE latest = 0 AND case_number = (SELECT max(case_number) FROM facts AS its
                     WHERE its.ad_id = (SELECT ad_id FROM cases WHERE number = $1)) RETURNING case_number",
                )
                .bind(number)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                let Some(latest) = latest else { return Ok(()) };
                self.show_again(transaction, latest).await?;
                self.weigh(transaction, latest).await
            }
        }
    };
}

pub(crate) use fact_rows;
