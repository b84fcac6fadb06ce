//! The questions of the desk in SQL that both databases read.

/// A case as lists show it; what is wanted is told apart behind it.
pub(crate) const CASES: &str = "SELECT cases.number, cases.case_id, cases.ad_id, facts.platform, cases.advertiser, facts.advertiser_name,
    facts.trade, facts.title, cases.verdict, facts.severity, facts.violations, facts.gaps, cases.opened_at, cases.sealed_at,
    latest.decision, latest.decided_at
    FROM cases JOIN facts ON facts.case_number = cases.number
    LEFT JOIN decisions AS latest ON latest.number =
        (SELECT max(number) FROM decisions WHERE decisions.case_id = cases.case_id AND decisions.violation IS NULL)";

/// Implements [`super::Desk`]: `$moment` is what the database has for a moment, `$to` and `$from` lead there and back.
macro_rules! desk_rows {
    ($store:ty, $row:ty, $moment:ty, $to:path, $from:path) => {
        impl $crate::desk::Desk for $store {
            async fn list(
                &self,
                sight: &model::account::Sight,
                wanted: &$crate::desk::Wanted,
                behind: Option<u64>,
                most: u64,
            ) -> Result<Vec<$crate::desk::CaseRow>, StoreError> {
                let mut asked = $crate::desk::Asked::select($crate::desk::CASES).in_sight(sight).wanted(wanted);
                if let Some(behind) = behind {
                    asked = asked.and("cases.number < ?", $crate::desk::Bound::Number(self.whole(behind)?));
                }
                self.case_rows(asked.latest_first(most)).await
            }

            async fn case_in_sight(
                &self,
                sight: &model::account::Sight,
                case: &CaseId,
            ) -> Result<Option<$crate::desk::CaseRow>, StoreError> {
                let id = $crate::desk::Bound::Text(case.to_string());
                let asked =
                    $crate::desk::Asked::select($crate::desk::CASES).in_sight(sight).and("cases.case_id = ?", id);
                Ok(self.case_rows(asked).await?.pop())
            }

            async fn cases_of_ad(
                &self,
                sight: &model::account::Sight,
                ad: &str,
                most: u64,
            ) -> Result<Vec<$crate::desk::CaseRow>, StoreError> {
                let wanted = $crate::desk::Wanted { ad: Some(ad.to_owned()), ..Default::default() };
                self.list(sight, &wanted, None, most).await
            }

            async fn evidence_in_sight(
                &self,
                sight: &model::account::Sight,
                case: &CaseId,
                id: EvidenceId,
            ) -> Result<Option<Kept>, StoreError> {
                if self.case_in_sight(sight, case).await?.is_none() {
                    return Ok(None);
                }
                Ok(self.rests_on(case).await?.into_iter().find(|kept| kept.id == id))
            }
        }

        impl $store {
            async fn case_rows(&self, asked: $crate::desk::Asked) -> Result<Vec<$crate::desk::CaseRow>, StoreError> {
                // What stands in it is ours; what is asked for is bound.
                let mut query = sqlx::query(sqlx::AssertSqlSafe(asked.sql));
                for bound in asked.bound {
                    query = match bound {
                        $crate::desk::Bound::Text(text) => query.bind(text),
                        $crate::desk::Bound::Number(number) => query.bind(number),
                        $crate::desk::Bound::Moment(at) => query.bind($to(at)),
                    };
                }
                let rows = query.fetch_all(self.reading()).await.map_err(|source| self.database(source))?;
                rows.iter().map(|row| self.case_row(row).map_err(|source| self.database(source))).collect()
            }

            fn case_row(&self, row: &$row) -> Result<$crate::desk::CaseRow, sqlx::Error> {
                use sqlx::Row as _;
                let moment = |name: &str| row.try_get::<$moment, _>(name).map($from);
                let gaps: String = row.try_get("gaps")?;
                let decided_at: Option<i64> = row.try_get("decided_at")?;
                Ok($crate::desk::CaseRow {
                    number: row.try_get::<i64, _>("number")?.unsigned_abs(),
                    case_id: CaseId(row.try_get("case_id")?),
                    ad_id: row.try_get("ad_id")?,
                    platform: row.try_get("platform")?,
                    advertiser: row.try_get("advertiser")?,
                    advertiser_name: row.try_get("advertiser_name")?,
                    trade: row.try_get("trade")?,
                    title: row.try_get("title")?,
                    verdict: row.try_get("verdict")?,
                    severity: row.try_get("severity")?,
                    violations: row.try_get::<i64, _>("violations")?.unsigned_abs(),
                    gaps: serde_json::from_str(&gaps).unwrap_or_default(),
                    opened_at: moment("opened_at")?,
                    sealed_at: moment("sealed_at")?,
                    decision: row.try_get("decision")?,
                    decided_at: decided_at.and_then(DateTime::from_timestamp_millis),
                })
            }
        }
    };
}

pub(crate) use desk_rows;
