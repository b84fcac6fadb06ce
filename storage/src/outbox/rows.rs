//! The outbox in SQL that both databases read.

/// Makes the outbox of a store, as `log_rows` does its log; `$alone` has a database of many machines give each row to one of
/// those who ask for it at once.
macro_rules! outbox_rows {
    ($store:ty, $database:ty, $alone:literal) => {
        impl $crate::outbox::Outbox for $store {
            async fn spread(
                &self,
                to: &[$crate::outbox::Subscription],
                now: DateTime<Utc>,
                most: u64,
            ) -> Result<u64, StoreError> {
                // Asked every second: where nothing is new, nobody who writes is held up.
                let new: Option<i64> = sqlx::query_scalar("SELECT spread FROM outbox WHERE spread = 0 LIMIT 1")
                    .fetch_optional(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                if new.is_none() {
                    return Ok(0);
                }
                let mut transaction = self.change().await?;
                let events: Vec<(String, String, String, i64)> = sqlx::query_as(concat!(
                    "SELECT event_id, kind, case_id, happened_at FROM outbox WHERE spread = 0 ORDER BY happened_at, event_id LIMIT $1",
                    $alone
                ))
                .bind(self.whole(most)?)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                for (event_id, kind, case_id, happened_at) in &events {
                    let happened_at = DateTime::from_timestamp_millis(*happened_at).unwrap_or_default();
                    for subscription in to.iter().filter(|subscription| subscription.wants(kind, happened_at)) {
                        sqlx::query(
                            "INSERT INTO deliveries (event_id, destination, state, attempts, next_at)
                             SELECT $1, $2, 'waiting', 0, $3
                             WHERE (CAST($4 AS TEXT) IS NULL AND CAST($5 AS TEXT) IS NULL AND CAST($7 AS TEXT) IS NULL)
                             OR EXISTS (SELECT 1 FROM facts WHERE facts.case_id = $6
                                AND (CAST($4 AS TEXT) IS NULL OR facts.platform = $4)
                                AND (CAST($5 AS TEXT) IS NULL OR facts.advertiser = $5)
                                AND (CAST($7 AS TEXT) IS NULL OR facts.region LIKE $7))
                             ON CONFLICT DO NOTHING",
                        )
                        .bind(event_id)
                        .bind(&subscription.destination)
                        .bind(now.timestamp_millis())
                        .bind(&subscription.sight.platform)
                        .bind(&subscription.sight.advertiser)
                        .bind(case_id)
                        .bind(subscription.sight.places())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    }
                    sqlx::query("UPDATE outbox SET spread = 1 WHERE event_id = $1")
                        .bind(event_id)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(events.len() as u64)
            }

            async fn to_send(
                &self,
                destination: &str,
                now: DateTime<Utc>,
                most: u64,
            ) -> Result<Vec<$crate::outbox::ToSend>, StoreError> {
                let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
                    "SELECT outbox.event_id, kind, body, attempts FROM deliveries JOIN outbox ON outbox.event_id = deliveries.event_id
                     WHERE destination = $1 AND state = 'waiting' AND next_at <= $2 ORDER BY next_at, happened_at LIMIT $3",
                )
                .bind(destination)
                .bind(now.timestamp_millis())
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let to_send = |(event_id, kind, body, attempts): (_, _, _, i64)| $crate::outbox::ToSend {
                    event_id,
                    kind,
                    body,
                    attempts: attempts.unsigned_abs(),
                };
                Ok(rows.into_iter().map(to_send).collect())
            }

            async fn sent(&self, event_id: &str, destination: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query(
                    "UPDATE deliveries SET state = 'sent', attempts = attempts + 1, trouble = NULL, ended_at = $3
                     WHERE event_id = $1 AND destination = $2 AND state <> 'sent'",
                )
                .bind(event_id)
                .bind(destination)
                .bind(now.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn not_sent(
                &self,
                event_id: &str,
                destination: &str,
                trouble: &str,
                then: $crate::outbox::Then,
            ) -> Result<(), StoreError> {
                let (state, next_at, ended_at) = match then {
                    $crate::outbox::Then::TryAt(at) => ("waiting", at, None),
                    $crate::outbox::Then::Dead(at) => ("dead", at, Some(at.timestamp_millis())),
                };
                let mut transaction = self.change().await?;
                sqlx::query(
                    "UPDATE deliveries SET state = $3, attempts = attempts + 1, trouble = $4, next_at = $5, ended_at = $6
                     WHERE event_id = $1 AND destination = $2 AND state = 'waiting'",
                )
                .bind(event_id)
                .bind(destination)
                .bind(state)
                .bind(trouble)
                .bind(next_at.timestamp_millis())
                .bind(ended_at)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn undelivered(
                &self,
                only_dead: bool,
                most: u64,
            ) -> Result<Vec<$crate::outbox::Undelivered>, StoreError> {
                type UndeliveredRow = (String, String, String, i64, String, i64, i64, Option<String>);
                let rows: Vec<UndeliveredRow> = sqlx::query_as(
                    "SELECT outbox.event_id, kind, destination, happened_at, state, attempts, next_at, trouble FROM deliveries
                     JOIN outbox ON outbox.event_id = deliveries.event_id
                     WHERE state <> 'sent' AND (state = 'dead' OR NOT $1) ORDER BY happened_at, outbox.event_id, destination LIMIT $2",
                )
                .bind(only_dead)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let moment = |at| DateTime::from_timestamp_millis(at).unwrap_or_default();
                let undelivered = |(event_id, kind, destination, happened_at, state, attempts, next_at, trouble): UndeliveredRow| {
                    $crate::outbox::Undelivered {
                        event_id,
                        kind,
                        destination,
                        happened_at: moment(happened_at),
                        dead: state == "dead",
                        attempts: attempts.unsigned_abs(),
                        next_at: moment(next_at),
                        trouble,
                    }
                };
                Ok(rows.into_iter().map(undelivered).collect())
            }

            async fn revive(
                &self,
                event_id: Option<&str>,
                destination: Option<&str>,
                now: DateTime<Utc>,
            ) -> Result<u64, StoreError> {
                let mut transaction = self.change().await?;
                let revived = sqlx::query(
                    "UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = $3, ended_at = NULL WHERE state = 'dead'
                     AND ($1 IS NULL OR event_id = $1) AND ($2 IS NULL OR destination = $2)",
                )
                .bind(event_id)
                .bind(destination)
                .bind(now.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(revived.rows_affected())
            }

            async fn backlog(&self) -> Result<Vec<$crate::outbox::Backlog>, StoreError> {
                let rows: Vec<(String, i64, i64, Option<i64>)> = sqlx::query_as(
                    "SELECT destination, count(CASE WHEN state = 'waiting' THEN 1 END), count(CASE WHEN state = 'dead' THEN 1 END),
                     min(CASE WHEN state = 'waiting' THEN happened_at END)
                     FROM deliveries JOIN outbox ON outbox.event_id = deliveries.event_id WHERE state <> 'sent'
                     GROUP BY destination ORDER BY destination",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let backlog = |(destination, waiting, dead, since): (_, i64, i64, Option<i64>)| $crate::outbox::Backlog {
                    destination,
                    waiting: waiting.unsigned_abs(),
                    dead: dead.unsigned_abs(),
                    since: since.and_then(DateTime::from_timestamp_millis),
                };
                Ok(rows.into_iter().map(backlog).collect())
            }

            async fn drop_events(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
                let mut transaction = self.change().await?;
                let dropped = sqlx::query("DELETE FROM outbox WHERE happened_at < $1")
                    .bind(before.timestamp_millis())
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(dropped.rows_affected())
            }
        }

        impl $store {
            /// Puts events out, within the transaction that makes them true. Of a preview nobody is told.
            pub(crate) async fn put_out(
                &self,
                transaction: &mut Transaction<'static, $database>,
                case_id: &str,
                events: &[model::event::Event],
            ) -> Result<(), StoreError> {
                if self.is_of_preview(transaction, case_id).await? {
                    return Ok(());
                }
                for event in events {
                    let body = serde_json::to_string(event).expect("internal error: an event is plain data");
                    sqlx::query(
                        "INSERT INTO outbox (event_id, kind, case_id, happened_at, spread, body) VALUES ($1, $2, $3, $4, 0, $5)",
                    )
                    .bind(&event.id)
                    .bind(event.what.kind())
                    .bind(case_id)
                    .bind(event.timestamp.timestamp_millis())
                    .bind(&body)
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                Ok(())
            }
        }
    };
}

pub(crate) use outbox_rows;
