//! The previews in SQL that both databases read.

/// A preview with its latest case.
pub(crate) const PREVIEWED: &str =
    "SELECT previews.ad_id, previews.title, previews.made_by, previews.made_at, cases.case_id, cases.verdict
    FROM previews LEFT JOIN cases ON cases.number =
        (SELECT max(number) FROM cases AS its WHERE its.ad_id = previews.ad_id AND its.deleted_at IS NULL)
    WHERE previews.role = $1 AND previews.platform = $2 AND previews.advertiser = $3";

/// Its columns, in order.
pub(crate) type PreviewRow = (String, Option<String>, String, i64, Option<String>, Option<String>);

/// Implements [`super::Previews`].
macro_rules! previews {
    ($store:ty, $database:ty) => {
        impl $crate::previews::Previews for $store {
            async fn add_preview(&self, preview: &$crate::previews::Preview) -> Result<(), StoreError> {
                let [role, platform, advertiser] = $crate::previews::columns(&preview.maker);
                let mut transaction = self.change().await?;
                sqlx::query(
                    "INSERT INTO previews (ad_id, role, platform, advertiser, title, made_by, made_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(&preview.ad_id)
                .bind(role)
                .bind(platform)
                .bind(advertiser)
                .bind(preview.title.as_deref().map($crate::previews::kept))
                .bind(&preview.made_by)
                .bind(preview.made_at.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn previews(
                &self,
                maker: &$crate::previews::Maker,
                most: u64,
            ) -> Result<Vec<$crate::previews::Previewed>, StoreError> {
                self.previewed(maker, " AND $5 = '' ORDER BY previews.made_at DESC, previews.ad_id LIMIT $4", most, "").await
            }

            async fn preview(
                &self,
                maker: &$crate::previews::Maker,
                ad: &str,
            ) -> Result<Option<$crate::previews::Previewed>, StoreError> {
                Ok(self.previewed(maker, " AND previews.ad_id = $5 LIMIT $4", 1, ad).await?.pop())
            }

            async fn case_of_preview(
                &self,
                maker: &$crate::previews::Maker,
                case: &CaseId,
            ) -> Result<Option<$crate::desk::CaseRow>, StoreError> {
                type Row = (i64, String, Option<String>, String, DateTime<Utc>, DateTime<Utc>, String);
                let [role, platform, advertiser] = $crate::previews::columns(maker);
                let row: Option<Row> = sqlx::query_as(
                    "SELECT number, cases.ad_id, cases.advertiser, verdict, opened_at, sealed_at, line
                     FROM cases JOIN previews ON previews.ad_id = cases.ad_id
                     WHERE case_id = $4 AND deleted_at IS NULL AND role = $1 AND platform = $2 AND previews.advertiser = $3",
                )
                .bind(role)
                .bind(platform)
                .bind(advertiser)
                .bind(case.as_str())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let Some((number, ad_id, advertiser, verdict, opened_at, sealed_at, line)) = row else {
                    return Ok(None);
                };
                let facts = $crate::facts::Facts::of(&ad_id, &line);
                Ok(Some($crate::desk::CaseRow {
                    number: number.unsigned_abs(),
                    case_id: case.clone(),
                    severity: facts.severity().map(ToOwned::to_owned),
                    violations: facts.violations.len() as u64,
                    ad_id,
                    platform: facts.ad.platform,
                    advertiser,
                    advertiser_name: facts.ad.advertiser_name,
                    trade: facts.ad.trade,
                    title: facts.ad.title,
                    verdict,
                    gaps: facts.gaps,
                    opened_at,
                    sealed_at,
                    decision: None,
                    decided_at: None,
                }))
            }
        }

        impl $store {
            async fn previewed(
                &self,
                maker: &$crate::previews::Maker,
                which: &'static str,
                most: u64,
                ad: &str,
            ) -> Result<Vec<$crate::previews::Previewed>, StoreError> {
                let [role, platform, advertiser] = $crate::previews::columns(maker);
                let asked = format!("{}{which}", $crate::previews::sql::PREVIEWED);
                // Both parts are ours; what is asked for is bound.
                let rows: Vec<$crate::previews::sql::PreviewRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                    .bind(role)
                    .bind(platform)
                    .bind(advertiser)
                    .bind(i64::try_from(most).unwrap_or(i64::MAX))
                    .bind($crate::previews::kept(ad))
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let previewed = |(ad_id, title, made_by, made_at, case, verdict): $crate::previews::sql::PreviewRow| {
                    let made_at = DateTime::from_timestamp_millis(made_at).unwrap_or_default();
                    let preview = $crate::previews::Preview { ad_id, maker: maker.clone(), title, made_by, made_at };
                    $crate::previews::Previewed { preview, case: case.map(CaseId).zip(verdict) }
                };
                Ok(rows.into_iter().map(previewed).collect())
            }

            /// Whether a case is one of a preview: nobody is told of it.
            pub(crate) async fn is_of_preview(
                &self,
                transaction: &mut Transaction<'static, $database>,
                case_id: &str,
            ) -> Result<bool, StoreError> {
                let found: Option<i64> = sqlx::query_scalar(
                    "SELECT previews.made_at FROM previews JOIN cases ON cases.ad_id = previews.ad_id WHERE cases.case_id = $1",
                )
                .bind(case_id)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                Ok(found.is_some())
            }
        }
    };
}

pub(crate) use previews;
