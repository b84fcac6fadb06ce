//! Who is taken for one, in SQL that both databases read.

/// An edge: both accounts, and what they share.
pub(crate) type EdgeRow = (String, String, String, String, String);

/// Rows in one statement.
pub(crate) const ROWS: usize = 500;

/// What a moment weighs, in SQL: `$1` is now, `$2` how long a sign lasts, `$3` before what it says nothing; all in milliseconds.
fn weight(moment: &str) -> String {
    format!("CASE WHEN {moment} > $3 THEN 1.0 - ($1 - {moment}) / $2 ELSE 0.0 END")
}

/// The statements that weigh anew, in order; each takes the same three values.
pub(crate) fn weighing() -> [String; 3] {
    let (bad, good) = (weight("landings.bad_at"), weight("landings.good_at"));
    let answered = format!(
        "CASE WHEN max(complaints.at) <= max(landings.good_at) THEN {:?} ELSE 1.0 END",
        model::landing::Signs::ANSWERED
    );
    let said = format!("({}) * {answered}", weight("max(complaints.at)"));
    let of_landing = format!("coalesce(signs.complaints, 0.0) AS complaints, {bad} AS violations, {good} AS clean");
    let its_signs = "LEFT JOIN signs ON signs.of_what = 'landing' AND signs.name = landings.landing";
    let summed = "sum(complaints), sum(violations), sum(clean)";
    let suspect = "HAVING sum(complaints) + sum(violations) > 0.0";
    [
        // A complaint that a look found nothing of since is answered, and weighs less. Of its ads a platform alone complains.
        format!(
            "INSERT INTO signs (of_what, name, complaints, violations, clean)
             SELECT 'landing', landing, sum(weight), 0.0, 0.0 FROM (
                SELECT ads.landing AS landing, {said} AS weight FROM complaints
                JOIN ads ON ads.ad_id = complaints.belongs JOIN landings ON landings.landing = ads.landing
                WHERE complaints.excluded IS NULL AND complaints.at > $3
                AND (complaints.platform = '' OR ads.platform IS NULL OR ads.platform = complaints.platform)
                GROUP BY ads.landing, coalesce(complaints.user_id, complaints.platform || '/' || complaints.id)
             ) AS said GROUP BY landing"
        ),
        format!(
            "INSERT INTO signs (of_what, name, complaints, violations, clean)
             SELECT 'template', template, {summed} FROM (
                SELECT landings.template AS template, {of_landing} FROM landings {its_signs} WHERE landings.template IS NOT NULL
             ) AS each_one GROUP BY template {suspect}"
        ),
        format!(
            "INSERT INTO signs (of_what, name, complaints, violations, clean)
             SELECT 'entity', entity, {summed} FROM (
                SELECT led.entity AS entity, {of_landing} FROM (
                    SELECT DISTINCT ads.landing AS landing,
                        coalesce(kin.entity, coalesce(ads.platform, '') || '/' || ads.advertiser) AS entity
                    FROM ads LEFT JOIN kin ON kin.advertiser = ads.advertiser AND kin.platform = coalesce(ads.platform, '')
                    WHERE ads.advertiser IS NOT NULL
                ) AS led JOIN landings ON landings.landing = led.landing {its_signs}
             ) AS each_one GROUP BY entity {suspect}"
        ),
    ]
}

/// Implements [`super::Kin`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! kin {
    ($store:ty, $database:ty) => {
        impl $crate::kin::Kin for $store {
            async fn shown(&self) -> Result<u64, StoreError> {
                let latest: Option<i64> = sqlx::query_scalar("SELECT max(case_number) FROM traits")
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(latest.unwrap_or_default().unsigned_abs())
            }

            async fn shared(&self, since: DateTime<Utc>, most: usize) -> Result<Vec<Has>, StoreError> {
                // Whoever is paid is asked for as well where nobody else is paid there: then two are two.
                let rows: Vec<(String, String, String, String)> = sqlx::query_as(
                    "SELECT DISTINCT traits.platform, traits.advertiser, traits.what, traits.value FROM traits JOIN (
                        SELECT what, value FROM
                        (SELECT DISTINCT what, value, platform, advertiser FROM traits WHERE seen_at >= $1) AS havers
                        GROUP BY what, value HAVING count(*) BETWEEN 2 AND $2
                     ) AS shared ON shared.what = traits.what AND shared.value = traits.value WHERE traits.seen_at >= $1
                     UNION SELECT platform, advertiser, what, value FROM traits WHERE what = 'payee' AND seen_at >= $1",
                )
                .bind(since.timestamp_millis())
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let has = |(platform, advertiser, what, value): (String, String, String, String)| {
                    let what = word(&what).ok_or_else(|| self.damaged(&format!("the trait `{what}`")))?;
                    Ok(Has { account: account(platform, advertiser), what, value })
                };
                rows.into_iter().map(has).collect()
            }

            async fn join(&self, groups: &[Group]) -> Result<u64, StoreError> {
                let mut transaction = self.change().await?;
                let rows: Vec<EdgeRow> =
                    sqlx::query_as("SELECT a_platform, a_advertiser, b_platform, b_advertiser, edge FROM kin_edges")
                        .fetch_all(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                let were: BTreeSet<EdgeRow> = rows.into_iter().collect();
                let edges = groups.iter().flat_map(|group| &group.edges);
                let are: BTreeSet<EdgeRow> = edges.map(row).collect();
                let gone: Vec<&EdgeRow> = were.difference(&are).collect();
                let new: Vec<&EdgeRow> = are.difference(&were).collect();
                for edge in &gone {
                    sqlx::query(
                        "DELETE FROM kin_edges
                         WHERE a_platform = $1 AND a_advertiser = $2 AND b_platform = $3 AND b_advertiser = $4",
                    )
                    .bind(&edge.0)
                    .bind(&edge.1)
                    .bind(&edge.2)
                    .bind(&edge.3)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                for edges in new.chunks($crate::kin::sql::ROWS) {
                    let mut rows = QueryBuilder::<$database>::new(
                        "INSERT INTO kin_edges (a_platform, a_advertiser, b_platform, b_advertiser, edge) ",
                    );
                    rows.push_values(edges, |mut row, edge| {
                        row.push_bind(&edge.0).push_bind(&edge.1).push_bind(&edge.2).push_bind(&edge.3);
                        row.push_bind(&edge.4);
                    });
                    rows.build().execute(&mut *transaction).await.map_err(|source| self.database(source))?;
                }
                if !gone.is_empty() || !new.is_empty() {
                    self.name_entities(&mut transaction, groups).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok((gone.len() + new.len()) as u64)
            }

            async fn weigh_signs(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
                let lasts = chrono::TimeDelta::days(Signs::LAST_DAYS);
                let mut transaction = self.change().await?;
                sqlx::query("DELETE FROM signs")
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                for statement in $crate::kin::sql::weighing() {
                    sqlx::query(sqlx::AssertSqlSafe(statement))
                        .bind(now.timestamp_millis() as f64)
                        .bind(lasts.num_milliseconds() as f64)
                        .bind((now - lasts).timestamp_millis())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn is_confirmed(&self, account: &Account, since: DateTime<Utc>) -> Result<bool, StoreError> {
                let found: Option<i64> = sqlx::query_scalar(
                    "SELECT facts.case_number FROM facts JOIN violations ON violations.case_number = facts.case_number
                     WHERE facts.advertiser = $1 AND coalesce(facts.platform, '') = $2 AND facts.sealed_at >= $3
                     AND violations.decision = 'confirm' LIMIT 1",
                )
                .bind(&account.advertiser)
                .bind(account.platform.as_deref().unwrap_or_default())
                .bind(since.timestamp_millis())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(found.is_some())
            }

            async fn linked(
                &self,
                sight: &Sight,
                advertiser: Option<&str>,
                most: usize,
            ) -> Result<Vec<Linked>, StoreError> {
                let lies = |one: &str| {
                    format!(
                        "EXISTS (SELECT 1 FROM facts WHERE facts.advertiser = {one}_advertiser
                         AND coalesce(facts.platform, '') = {one}_platform AND facts.latest = 1 AND facts.region LIKE $5)"
                    )
                };
                let asked = format!(
                    "SELECT a_platform, a_advertiser, b_platform, b_advertiser, edge FROM kin_edges
                     WHERE ($1 IS NULL OR (a_platform = $1 AND b_platform = $1))
                     AND ($2 IS NULL OR (a_advertiser = $2 AND b_advertiser = $2))
                     AND ($3 IS NULL OR a_advertiser = $3 OR b_advertiser = $3)
                     AND ($5 IS NULL OR ({} AND {}))
                     ORDER BY a_advertiser, a_platform, b_advertiser, b_platform LIMIT $4",
                    lies("a"),
                    lies("b")
                );
                let rows: Vec<EdgeRow> = sqlx::query_as(sqlx::AssertSqlSafe(asked))
                .bind(&sight.platform)
                .bind(&sight.advertiser)
                .bind(advertiser)
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .bind(sight.places())
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let mut all = Vec::with_capacity(rows.len());
                for (_, _, _, _, edge) in rows {
                    let edge: Edge = serde_json::from_str(&edge).map_err(|_| self.damaged("an edge between accounts"))?;
                    let mut shown = Vec::with_capacity(edge.shared.len());
                    for shared in &edge.shared {
                        let [a, b] = [self.shows(&edge.a, shared).await?, self.shows(&edge.b, shared).await?];
                        shown.push(ShownBy { shared: shared.clone(), a, b });
                    }
                    all.push(Linked { a: edge.a, b: edge.b, shown });
                }
                Ok(all)
            }
        }

        impl $store {
            /// Who belongs to whom, as these groups say.
            async fn name_entities(
                &self,
                transaction: &mut Transaction<'static, $database>,
                groups: &[Group],
            ) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM kin").execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                let named = groups.iter().filter_map(|group| Some((group.accounts.first()?.key(), &group.accounts)));
                let all: Vec<(String, &Account)> =
                    named.flat_map(|(name, accounts)| accounts.iter().map(move |one| (name.clone(), one))).collect();
                for accounts in all.chunks($crate::kin::sql::ROWS) {
                    let mut rows = QueryBuilder::<$database>::new("INSERT INTO kin (advertiser, platform, entity) ");
                    rows.push_values(accounts, |mut row, (name, account)| {
                        row.push_bind(&account.advertiser);
                        row.push_bind(account.platform.as_deref().unwrap_or_default()).push_bind(name);
                    });
                    rows.build().execute(&mut **transaction).await.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// The latest case that shows something of an account.
            async fn shows(&self, account: &Account, shared: &Shared) -> Result<Option<String>, StoreError> {
                sqlx::query_scalar(
                    "SELECT facts.case_id FROM traits JOIN facts ON facts.case_number = traits.case_number
                     WHERE traits.advertiser = $1 AND traits.platform = $2 AND traits.what = $3 AND traits.value = $4
                     ORDER BY traits.case_number DESC LIMIT 1",
                )
                .bind(&account.advertiser)
                .bind(account.platform.as_deref().unwrap_or_default())
                .bind(shared.what.word())
                .bind(&shared.value)
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))
            }
        }

        fn row(edge: &Edge) -> EdgeRow {
            let of = |account: &Account| (account.platform.clone().unwrap_or_default(), account.advertiser.clone());
            let ((a_platform, a), (b_platform, b)) = (of(&edge.a), of(&edge.b));
            let text = serde_json::to_string(edge).expect("internal error: an edge is plain data");
            (a_platform, a, b_platform, b, text)
        }
    };
}

pub(crate) use kin;
