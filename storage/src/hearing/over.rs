//! What is let go of when its time is over, in SQL that both databases read.

/// What is over, or too old: touchpoints, complaints' words, whole addresses. Binds when, and before when.
pub(crate) const COUNTS: &str = "SELECT (SELECT count(*) FROM touchpoints WHERE kept_until <= $1),
    (SELECT count(*) FROM complaints WHERE kept_until <= $1 AND forgotten = 0),
    (SELECT count(*) FROM touchpoints WHERE kept_until > $1 AND ip IS NOT NULL AND ip_cut = 0 AND at < $2)";

/// A label or an exclusion without the words of the complaint that it rests on.
pub(crate) fn without_words(body: &str) -> String {
    let mut body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.remove("words");
        body.remove("rests_on");
    }
    body.to_string()
}

/// Implements the letting go of [`super::Hearing`] for a store.
macro_rules! hearing_over {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn count_over(&self, at: DateTime<Utc>, before: DateTime<Utc>) -> Result<Forgotten, StoreError> {
                let (touchpoints, complaints, addresses): (i64, i64, i64) = sqlx::query_as(over::COUNTS)
                    .bind(at.timestamp_millis())
                    .bind(before.timestamp_millis())
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let [touchpoints, complaints, addresses] = [touchpoints, complaints, addresses].map(i64::unsigned_abs);
                Ok(Forgotten { touchpoints, complaints, addresses })
            }

            async fn forget_over(&self, at: DateTime<Utc>, before: DateTime<Utc>) -> Result<Forgotten, StoreError> {
                let mut transaction = self.hearing().await?;
                let gone = sqlx::query("DELETE FROM touchpoints WHERE kept_until <= $1")
                    .bind(at.timestamp_millis())
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                let complaints = self.forget_words(at).await?;
                let addresses = self.cut_addresses(before).await?;
                Ok(Forgotten { touchpoints: gone.rows_affected(), complaints, addresses })
            }

            /// What complaints said, some of them at a time; with the words that labels and exclusions rest on.
            async fn forget_words(&self, at: DateTime<Utc>) -> Result<u64, StoreError> {
                let (mut behind, mut forgotten) = (Key { platform: String::new(), id: String::new() }, 0);
                loop {
                    let mut transaction = self.hearing().await?;
                    let rows: Vec<(String, String, Option<String>, Option<String>, Option<String>)> = sqlx::query_as(
                        "SELECT platform, id, label, excluded, doubted FROM complaints WHERE (platform, id) > ($1, $2)
                         AND kept_until <= $3 AND forgotten = 0 ORDER BY platform, id LIMIT $4",
                    )
                    .bind(&behind.platform)
                    .bind(&behind.id)
                    .bind(at.timestamp_millis())
                    .bind(self.whole(ROWS as u64)?)
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    let Some((platform, id, ..)) = rows.last() else { return Ok(forgotten) };
                    behind = Key { platform: platform.clone(), id: id.clone() };
                    for (platform, id, label, excluded, doubted) in &rows {
                        let without = |text: &Option<String>| text.as_deref().map(over::without_words);
                        sqlx::query(
                            "UPDATE complaints SET said = '', digest = coalesce(bare_digest, ''), forgotten = 1, label = $3,
                             excluded = $4, doubted = $5 WHERE platform = $1 AND id = $2",
                        )
                        .bind(platform)
                        .bind(id)
                        .bind(without(label))
                        .bind(without(excluded))
                        .bind(without(doubted))
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                        // What a rule says why it said so is in the words that it found.
                        sqlx::query("UPDATE complaint_words SET why = '' WHERE platform = $1 AND id = $2 AND by_rule = 1")
                            .bind(platform)
                            .bind(id)
                            .execute(&mut *transaction)
                            .await
                            .map_err(|source| self.database(source))?;
                        let said: Vec<(i64, String)> = sqlx::query_as(
                            "SELECT number, body FROM complaint_words WHERE platform = $1 AND id = $2 AND body IS NOT NULL",
                        )
                        .bind(platform)
                        .bind(id)
                        .fetch_all(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                        for (number, body) in said {
                            sqlx::query("UPDATE complaint_words SET body = $2 WHERE number = $1")
                                .bind(number)
                                .bind(over::without_words(&body))
                                .execute(&mut *transaction)
                                .await
                                .map_err(|source| self.database(source))?;
                        }
                    }
                    transaction.commit().await.map_err(|source| self.database(source))?;
                    forgotten += rows.len() as u64;
                }
            }

            /// Some at a time: an address of IPv6 is cut here, since no database knows how.
            async fn cut_addresses(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                let (mut behind, mut cut) = (Key { platform: String::new(), id: String::new() }, 0);
                loop {
                    let mut transaction = self.hearing().await?;
                    let rows: Vec<(String, String, String)> = sqlx::query_as(
                        "SELECT platform, id, ip FROM touchpoints WHERE (platform, id) > ($1, $2)
                         AND ip IS NOT NULL AND ip_cut = 0 AND at < $3 ORDER BY platform, id LIMIT $4",
                    )
                    .bind(&behind.platform)
                    .bind(&behind.id)
                    .bind(before.timestamp_millis())
                    .bind(self.whole(ROWS as u64)?)
                    .fetch_all(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    let Some((platform, id, _)) = rows.last() else { return Ok(cut) };
                    behind = Key { platform: platform.clone(), id: id.clone() };
                    for (platform, id, ip) in &rows {
                        let network = ip.parse().ok().map(|address| digest::cut(address).to_string());
                        sqlx::query("UPDATE touchpoints SET ip = $3, ip_cut = 1 WHERE platform = $1 AND id = $2")
                            .bind(platform)
                            .bind(id)
                            .bind(network)
                            .execute(&mut *transaction)
                            .await
                            .map_err(|source| self.database(source))?;
                    }
                    transaction.commit().await.map_err(|source| self.database(source))?;
                    cut += rows.len() as u64;
                }
            }
        }
    };
}

pub(crate) use hearing_over;
