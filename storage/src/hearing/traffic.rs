//! Invalid traffic as it is written down and counted, in SQL that both databases read.

/// How many of each kind there are, and how they are marked. Binds from, to, platform, advertiser, regions.
pub(crate) const MARKED: &str = "SELECT kind, marks, count(*) FROM (
        SELECT c.kind, coalesce(c.invalid, '') AS marks FROM touchpoints AS c
        LEFT JOIN ads ON ads.ad_id = c.ad LEFT JOIN facts ON facts.ad_id = c.ad AND facts.latest = 1
        WHERE c.at >= $1 AND c.at < $2 AND ($3 IS NULL OR c.platform = $3)
        AND ($4 IS NULL OR coalesce(ads.advertiser, facts.advertiser) = $4) AND ($5 IS NULL OR facts.region LIKE $5)
        UNION ALL
        SELECT 'conversion' AS kind, coalesce(c.invalid || ' ' || c.invalid_click, c.invalid, c.invalid_click, '') AS marks
        FROM conversions AS c
        LEFT JOIN ads ON ads.ad_id = c.belongs LEFT JOIN facts ON facts.ad_id = c.belongs AND facts.latest = 1
        WHERE c.at >= $1 AND c.at < $2 AND ($3 IS NULL OR c.platform = $3)
        AND ($4 IS NULL OR coalesce(ads.advertiser, facts.advertiser) = $4) AND ($5 IS NULL OR facts.region LIKE $5)
    ) AS marked GROUP BY kind, marks ORDER BY kind, marks";

/// Marks what a click led to. SQLite would rather look at each conversion of the platform than use the index, were it asked in one.
pub(crate) const MARK_LED_TO: &str = "UPDATE conversions SET invalid_click = $3 WHERE (platform, id) IN
     (SELECT v.platform, v.id FROM conversions AS v WHERE v.platform = $1 AND v.via = $2)";

/// Takes marks back: of conversions by their clicks, of touchpoints, of conversions by themselves. Binds from and to.
pub(crate) const UNMARK: [&str; 3] = [
    "UPDATE conversions SET invalid_click = NULL WHERE invalid_click IS NOT NULL AND EXISTS (SELECT 1 FROM touchpoints AS t
     WHERE t.platform = conversions.platform AND t.id = conversions.via AND t.at >= $1 AND t.at < $2)",
    "UPDATE touchpoints SET invalid = NULL WHERE invalid IS NOT NULL AND at >= $1 AND at < $2",
    "UPDATE conversions SET invalid = NULL WHERE invalid IS NOT NULL AND at >= $1 AND at < $2",
];

/// Implements the marks of [`super::Hearing`] and the counts of [`super::Heard`] for a store.
macro_rules! hearing_traffic {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn mark(&self, marks: &[Mark], statements: &[&'static str]) -> Result<(), StoreError> {
                let mut transaction = self.hearing().await?;
                for mark in marks {
                    let rules = (!mark.rules.is_empty()).then(|| mark.rules.join(" "));
                    for statement in statements {
                        sqlx::query(*statement)
                            .bind(&mark.of.platform)
                            .bind(&mark.of.id)
                            .bind(&rules)
                            .execute(&mut *transaction)
                            .await
                            .map_err(|source| self.database(source))?;
                    }
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn unmark(&self, span: &Span) -> Result<(), StoreError> {
                let mut transaction = self.hearing().await?;
                for statement in traffic::UNMARK {
                    sqlx::query(statement)
                        .bind(span.from.timestamp_millis())
                        .bind(span.to.timestamp_millis())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn count_traffic(&self, sight: &Sight, span: &Span) -> Result<Vec<TrafficCount>, StoreError> {
                let rows: Vec<(String, String, i64)> = sqlx::query_as(traffic::MARKED)
                    .bind(span.from.timestamp_millis())
                    .bind(span.to.timestamp_millis())
                    .bind(&sight.platform)
                    .bind(&sight.advertiser)
                    .bind(sight.places())
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let mut all: BTreeMap<String, (u64, u64, BTreeMap<String, u64>)> = BTreeMap::new();
                for (kind, marks, count) in rows {
                    let count = count.unsigned_abs();
                    let (before, invalid, by_rule) = all.entry(kind).or_default();
                    *before += count;
                    *invalid += if marks.is_empty() { 0 } else { count };
                    let rules: BTreeSet<&str> = marks.split_whitespace().collect();
                    for rule in rules {
                        *by_rule.entry(rule.to_owned()).or_default() += count;
                    }
                }
                let mut counts = Vec::new();
                for (kind, (before, invalid, by_rule)) in all {
                    counts.push(TrafficCount { kind: kind.clone(), rule: None, before, after: before - invalid });
                    counts.extend(by_rule.into_iter().map(|(rule, count)| TrafficCount {
                        kind: kind.clone(),
                        rule: Some(rule),
                        before,
                        after: before - count,
                    }));
                }
                Ok(counts)
            }
        }
    };
}

pub(crate) use hearing_traffic;
