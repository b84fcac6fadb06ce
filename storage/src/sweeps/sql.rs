//! The sweeps and rounds in SQL that both databases read.

/// Implements [`super::Sweeps`] for a store that gives out transactions by `change`, and reads from `reading`.
macro_rules! sweeps {
    ($store:ty) => {
        impl $crate::sweeps::Sweeps for $store {
            async fn create(&self, sweep: &Sweep) -> Result<bool, StoreError> {
                let mut transaction = self.change().await?;
                let added = sqlx::query(
                    "INSERT INTO sweeps (name, state, next_at, sweep) VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO NOTHING",
                )
                .bind(&sweep.name)
                .bind(word(&sweep.state))
                .bind(sweep.next_at.map(|at| at.timestamp_millis()))
                .bind(written(sweep))
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(added.rows_affected() == 1)
            }

            async fn sweep(&self, name: &str) -> Result<Option<Sweep>, StoreError> {
                let text: Option<String> = sqlx::query_scalar("SELECT sweep FROM sweeps WHERE name = $1")
                    .bind(name)
                    .fetch_optional(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                text.map(|text| self.sweep_of(&text)).transpose()
            }

            async fn sweeps(&self) -> Result<Vec<Sweep>, StoreError> {
                let texts: Vec<String> = sqlx::query_scalar("SELECT sweep FROM sweeps WHERE name NOT IN (SELECT ad_id FROM previews) ORDER BY name")
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                texts.iter().map(|text| self.sweep_of(text)).collect()
            }

            async fn save(&self, sweep: &Sweep) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query("UPDATE sweeps SET state = $2, next_at = $3, sweep = $4 WHERE name = $1")
                    .bind(&sweep.name)
                    .bind(word(&sweep.state))
                    .bind(sweep.next_at.map(|at| at.timestamp_millis()))
                    .bind(written(sweep))
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn due(&self, now: DateTime<Utc>) -> Result<Vec<Sweep>, StoreError> {
                let texts: Vec<String> = sqlx::query_scalar(
                    "SELECT sweep FROM sweeps WHERE state = $1 AND next_at <= $2 ORDER BY next_at, name",
                )
                .bind(word(&SweepState::Running))
                .bind(now.timestamp_millis())
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                texts.iter().map(|text| self.sweep_of(text)).collect()
            }

            async fn begin_round(&self, round: &Round) -> Result<Round, StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query(
                    "INSERT INTO rounds (round, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs)
                     VALUES ($1, $2, $3, $4, NULL, 0, 0, 0, 0) ON CONFLICT (round) DO NOTHING",
                )
                .bind(&round.id)
                .bind(&round.sweep)
                .bind(word(&round.state))
                .bind(round.opened_at.timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let row: RoundRow = sqlx::query_as(
                    "SELECT round, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs FROM rounds WHERE round = $1",
                )
                .bind(&round.id)
                .fetch_one(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                self.round_of(row)
            }

            async fn save_round(&self, round: &Round) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query(
                    "UPDATE rounds SET state = $2, ended_at = $3, ads = $4, landings = $5, left_out = $6, jobs = $7,
                         so_far = CASE WHEN $2 = 'opening' THEN so_far END WHERE round = $1",
                )
                .bind(&round.id)
                .bind(word(&round.state))
                .bind(round.ended_at.map(|at| at.timestamp_millis()))
                .bind(self.whole(round.counts.ads)?)
                .bind(self.whole(round.counts.landings)?)
                .bind(self.whole(round.counts.left_out)?)
                .bind(self.whole(round.counts.jobs)?)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn note_so_far(&self, round: &str, so_far: &str) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query("UPDATE rounds SET so_far = $2 WHERE round = $1 AND state = 'opening'")
                    .bind(round)
                    .bind(so_far)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn so_far(&self, round: &str) -> Result<Option<String>, StoreError> {
                sqlx::query_scalar("SELECT so_far FROM rounds WHERE round = $1")
                    .bind(round)
                    .fetch_optional(self.reading())
                    .await
                    .map(Option::flatten)
                    .map_err(|source| self.database(source))
            }

            async fn round(&self, id: &str) -> Result<Option<Round>, StoreError> {
                let row: Option<RoundRow> = sqlx::query_as(
                    "SELECT round, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs FROM rounds WHERE round = $1",
                )
                .bind(id)
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                row.map(|row| self.round_of(row)).transpose()
            }

            async fn rounds(&self, sweep: &str, most: usize) -> Result<Vec<Round>, StoreError> {
                let rows: Vec<RoundRow> = sqlx::query_as(
                    "SELECT round, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs FROM rounds
                     WHERE sweep = $1 ORDER BY opened_at DESC, round DESC LIMIT $2",
                )
                .bind(sweep)
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                rows.into_iter().map(|row| self.round_of(row)).collect()
            }

            async fn open_rounds(&self) -> Result<Vec<Round>, StoreError> {
                let rows: Vec<RoundRow> = sqlx::query_as(
                    "SELECT round, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs FROM rounds
                     WHERE state IN ('opening', 'open', 'paused') ORDER BY opened_at, round",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                rows.into_iter().map(|row| self.round_of(row)).collect()
            }
        }

        type RoundRow = (String, String, String, i64, Option<i64>, i64, i64, i64, i64);

        impl $store {
            fn sweep_of(&self, text: &str) -> Result<Sweep, StoreError> {
                serde_json::from_str(text).map_err(|_| self.damaged(&format!("the sweep {text}")))
            }

            fn round_of(&self, row: RoundRow) -> Result<Round, StoreError> {
                let (id, sweep, state, opened_at, ended_at, ads, landings, left_out, jobs) = row;
                let state: RoundState =
                    serde_json::from_value(state.into()).map_err(|_| self.damaged(&format!("the round {id}")))?;
                let [ads, landings, left_out, jobs] = [ads, landings, left_out, jobs].map(i64::unsigned_abs);
                let moment = |at| DateTime::from_timestamp_millis(at).unwrap_or_default();
                let counts = RoundCounts { ads, landings, left_out, jobs };
                Ok(Round { id, sweep, opened_at: moment(opened_at), state, counts, ended_at: ended_at.map(moment) })
            }
        }

        fn written(sweep: &Sweep) -> String {
            serde_json::to_string(sweep).expect("internal error: a sweep is plain data")
        }
    };
}

pub(crate) use sweeps;
