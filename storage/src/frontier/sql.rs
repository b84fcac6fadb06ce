//! The frontier in SQL that both databases read; where they differ, in how rows are locked, the store says how.
//!
//! A macro, since what the two databases' types share cannot be said in bounds that anybody would want to read.

/// Implements [`super::Frontier`] for a store that gives out transactions by `change` and has errors by `database`.
///
/// `$skip` and `$wait` come at the end of a question whose rows are to be locked: those that others hold are passed over, or
/// waited for. SQLite has one writer at a time and needs neither.
macro_rules! frontier {
    ($store:ty, $database:ty, skip: $skip:literal, wait: $wait:literal) => {
        impl $crate::frontier::Frontier for $store {
            async fn enqueue(&self, jobs: &[NewJob]) -> Result<usize, StoreError> {
                let mut transaction = self.change().await?;
                let mut new: Vec<&NewJob> = Vec::new();
                for job in jobs {
                    // The job before its queue: whoever looks at the queue meanwhile would find nothing in it.
                    let added = sqlx::query(
                        "INSERT INTO jobs (job_id, round, host, pool, priority, state, ready_at, attempts, most_attempts, work, also)
                         VALUES ($1, $2, $3, $4, $5, 'ready', $6, 0, $7, $8, $9) ON CONFLICT (job_id) DO NOTHING",
                    )
                    .bind(&job.job_id)
                    .bind(&job.round)
                    .bind(&job.host)
                    .bind(&job.pool)
                    .bind(job.priority)
                    .bind(job.ready_at.timestamp_millis())
                    .bind(i64::from(job.most_attempts))
                    .bind(&job.work)
                    .bind(&job.also)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    if added.rows_affected() == 1 {
                        new.push(job);
                    }
                }
                let count = new.len();
                // In one order, so that two who enqueue do not wait for each other.
                let hosts: std::collections::BTreeSet<_> =
                    new.iter().flat_map(|job| std::iter::once(&job.host).chain(&job.also)).collect();
                for host in hosts {
                    sqlx::query("INSERT INTO hosts (host, next_at, failures) VALUES ($1, 0, 0) ON CONFLICT (host) DO NOTHING")
                        .bind(host)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                new.sort_by(|a, b| (&a.host, &a.pool).cmp(&(&b.host, &b.pool)));
                for job in new {
                    self.raise(&mut transaction, &job.host, &job.pool, job.priority, job.ready_at.timestamp_millis()).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(count)
            }

            async fn grant(
                &self,
                pool: &str,
                now: DateTime<Utc>,
                lasts: TimeDelta,
                most: usize,
            ) -> Result<Vec<Lease>, StoreError> {
                let (at, until) = (now.timestamp_millis(), (now + lasts).timestamp_millis());
                let mut transaction = self.change().await?;
                // A queue whose jobs all wait for their second host stands in nobody's way: it is passed over, one row a queue. That is
                // asked within a limit, which keeps a planner from looking at all jobs at once.
                let hosts: Vec<String> = sqlx::query_scalar(concat!(
                    "SELECT queues.host FROM queues JOIN hosts ON hosts.host = queues.host
                     WHERE queues.pool = $1 AND queues.best IS NOT NULL AND queues.ready_at <= $2
                       AND hosts.next_at <= $2 AND hosts.lease IS NULL
                       AND (SELECT job_id FROM jobs
                            WHERE jobs.host = queues.host AND jobs.pool = queues.pool AND state = 'ready' AND jobs.ready_at <= $2
                              AND (also IS NULL OR EXISTS (SELECT 1 FROM hosts AS second WHERE second.host = jobs.also
                                   AND second.lease IS NULL AND second.next_at <= $2))
                            ORDER BY priority DESC, jobs.ready_at LIMIT 1) IS NOT NULL
                     ORDER BY queues.best DESC, queues.ready_at LIMIT $3",
                    $skip
                ))
                .bind(pool)
                .bind(at)
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let mut leases = Vec::with_capacity(hosts.len());
                for host in hosts {
                    // Either host may have been taken meanwhile: as the second one of another job of this very grant.
                    let job: Option<(String, i64, String, Option<String>)> = sqlx::query_as(
                        "SELECT job_id, attempts, work, also FROM jobs
                         WHERE host = $1 AND pool = $2 AND state = 'ready' AND ready_at <= $3
                           AND (also IS NULL OR EXISTS (SELECT 1 FROM hosts AS second WHERE second.host = jobs.also
                                AND second.lease IS NULL AND second.next_at <= $3))
                           AND EXISTS (SELECT 1 FROM hosts AS first WHERE first.host = $1 AND first.lease IS NULL)
                         ORDER BY priority DESC, ready_at LIMIT 1",
                    )
                    .bind(&host)
                    .bind(pool)
                    .bind(at)
                    .fetch_optional(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    let Some((job_id, attempts, work, also)) = job else { continue };
                    if self.is_free(&mut transaction, also.as_deref(), at).await? {
                        let attempt = attempts + 1;
                        let token: i64 = sqlx::query_scalar(
                            "INSERT INTO attempts (job_id, attempt, granted_at, until) VALUES ($1, $2, $3, $4) RETURNING token",
                        )
                        .bind(&job_id)
                        .bind(attempt)
                        .bind(at)
                        .bind(until)
                        .fetch_one(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                        sqlx::query("UPDATE jobs SET state = 'leased', attempts = $2, token = $3, until = $4 WHERE job_id = $1")
                            .bind(&job_id)
                            .bind(attempt)
                            .bind(token)
                            .bind(until)
                            .execute(&mut *transaction)
                            .await
                            .map_err(|source| self.database(source))?;
                        sqlx::query("UPDATE hosts SET lease = $3 WHERE host IN ($1, $2)")
                            .bind(&host)
                            .bind(&also)
                            .bind(token)
                            .execute(&mut *transaction)
                            .await
                            .map_err(|source| self.database(source))?;
                        leases.push(Lease {
                            job_id,
                            host: host.clone(),
                            token: Token(token),
                            attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
                            until: now + lasts,
                            work,
                        });
                        self.recount(&mut transaction, &host, pool).await?;
                    }
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(leases)
            }

            async fn under_way(&self, pool: &str) -> Result<u64, StoreError> {
                let count: i64 = sqlx::query_scalar("SELECT count(*) FROM jobs WHERE state = 'leased' AND pool = $1")
                    .bind(pool)
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(count.unsigned_abs())
            }

            async fn complete(&self, done: &Done, now: DateTime<Utc>) -> Result<Recorded, StoreError> {
                let at = now.timestamp_millis();
                let mut transaction = self.change().await?;
                let held = sqlx::query(
                    "UPDATE jobs SET state = 'done', outcome = $3, until = NULL WHERE job_id = $1 AND token = $2 AND state = 'leased'",
                )
                .bind(&done.job_id)
                .bind(done.token.0)
                .bind(&done.outcome)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let recorded = if held.rows_affected() == 1 {
                    self.end(&mut transaction, done.token, "done", None, Some(&done.worker), at).await?;
                    let next_at = (now + done.pause).timestamp_millis();
                    sqlx::query("UPDATE hosts SET lease = NULL, failures = 0, next_at = $2 WHERE lease = $1")
                        .bind(done.token.0)
                        .bind(next_at)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    Recorded::Recorded
                } else {
                    self.late(&mut transaction, &done.job_id, done.token, at).await?
                };
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(recorded)
            }

            async fn fail(&self, failed: &Failed, now: DateTime<Utc>) -> Result<Recorded, StoreError> {
                let at = now.timestamp_millis();
                let mut transaction = self.change().await?;
                let held: Option<(String, String, i64, i64, i64)> = sqlx::query_as(concat!(
                    "SELECT host, pool, priority, attempts, most_attempts FROM jobs
                     WHERE job_id = $1 AND token = $2 AND state = 'leased'",
                    $wait
                ))
                .bind(&failed.job_id)
                .bind(failed.token.0)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let Some((host, pool, priority, attempts, most_attempts)) = held else {
                    let recorded = self.late(&mut transaction, &failed.job_id, failed.token, at).await?;
                    transaction.commit().await.map_err(|source| self.database(source))?;
                    return Ok(recorded);
                };
                self.end(&mut transaction, failed.token, "failed", Some(&failed.reason), Some(&failed.worker), at).await?;
                let ready_at = failed.retry_in.filter(|_| attempts < most_attempts).map(|after| (now + after).timestamp_millis());
                sqlx::query("UPDATE jobs SET state = $2, ready_at = $3, until = NULL, reason = $4 WHERE job_id = $1")
                    .bind(&failed.job_id)
                    .bind(if ready_at.is_some() { "ready" } else { "dead" })
                    .bind(ready_at.unwrap_or(at))
                    .bind(&failed.reason)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                // Which of its hosts is to blame nobody can tell: each is, until somebody succeeds there.
                let visited: Vec<(String, i64)> =
                    sqlx::query_as("SELECT host, failures FROM hosts WHERE lease = $1 ORDER BY host")
                        .bind(failed.token.0)
                        .fetch_all(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                for (visited, failures) in visited {
                    let failures = if failed.by_host { failures + 1 } else { failures };
                    let pause = pause_after(if failed.by_host { failures } else { 0 }, failed.pause);
                    sqlx::query("UPDATE hosts SET lease = NULL, failures = $2, next_at = $3 WHERE host = $1")
                        .bind(visited)
                        .bind(failures)
                        .bind((now + pause).timestamp_millis())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                if let Some(ready_at) = ready_at {
                    self.raise(&mut transaction, &host, &pool, priority, ready_at).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(Recorded::Recorded)
            }

            async fn reap(&self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Lost>, StoreError> {
                let at = now.timestamp_millis();
                let mut transaction = self.change().await?;
                let lost: Vec<(String, i64, i64, i64, String, String, i64)> = sqlx::query_as(concat!(
                    "SELECT job_id, token, attempts, most_attempts, host, pool, priority FROM jobs
                     WHERE state = 'leased' AND until < $1 ORDER BY host, pool LIMIT 500",
                    $skip
                ))
                .bind(before.timestamp_millis())
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let mut told = Vec::with_capacity(lost.len());
                for (job_id, token, attempts, most_attempts, host, pool, priority) in lost {
                    let dead = attempts >= most_attempts;
                    self.end(&mut transaction, Token(token), "expired", None, None, at).await?;
                    sqlx::query("UPDATE jobs SET state = $2, ready_at = $3, until = NULL, reason = $4 WHERE job_id = $1")
                        .bind(&job_id)
                        .bind(if dead { "dead" } else { "ready" })
                        .bind(at)
                        .bind(dead.then_some("no worker that took it ever came back"))
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    sqlx::query("UPDATE hosts SET lease = NULL WHERE lease = $1")
                        .bind(token)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    if !dead {
                        self.raise(&mut transaction, &host, &pool, priority, at).await?;
                    }
                    let attempt = u32::try_from(attempts).unwrap_or(u32::MAX);
                    told.push(Lost { job_id, pool, token: Token(token), attempt, dead });
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(told)
            }

            async fn hold(&self, round: &str) -> Result<u64, StoreError> {
                self.shift(round, "ready", "held").await
            }

            async fn release(&self, round: &str) -> Result<u64, StoreError> {
                self.shift(round, "held", "ready").await
            }

            async fn cancel(&self, round: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
                let at = now.timestamp_millis();
                let waiting = self.shift(round, "ready", "cancelled").await? + self.shift(round, "held", "cancelled").await?;
                let mut transaction = self.change().await?;
                let under_way: Vec<(String, i64)> = sqlx::query_as(concat!(
                    "SELECT job_id, token FROM jobs WHERE round = $1 AND state = 'leased'",
                    $wait
                ))
                .bind(round)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                for (job_id, token) in &under_way {
                    self.end(&mut transaction, Token(*token), "cancelled", None, None, at).await?;
                    // The host is not free before the lease ends: its worker does not know yet.
                    sqlx::query("UPDATE jobs SET state = 'cancelled' WHERE job_id = $1")
                        .bind(job_id)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    sqlx::query(
                        "UPDATE hosts SET lease = NULL, next_at = (SELECT until FROM attempts WHERE token = $1) WHERE lease = $1",
                    )
                    .bind(token)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(waiting + under_way.len() as u64)
            }

            async fn given_up(&self, most: usize) -> Result<Vec<GivenUp>, StoreError> {
                let rows: Vec<(String, String, String, String, Option<String>, i64)> = sqlx::query_as(
                    "SELECT job_id, pool, round, work, reason, attempts FROM jobs
                     WHERE state = 'dead' AND outcome IS NULL ORDER BY job_id LIMIT $1",
                )
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let given_up = |(job_id, pool, round, work, reason, attempts): (_, _, _, _, Option<String>, i64)| GivenUp {
                    job_id,
                    pool,
                    round,
                    work,
                    reason: reason.unwrap_or_default(),
                    attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                };
                Ok(rows.into_iter().map(given_up).collect())
            }

            async fn settle(&self, job: &str, outcome: &str) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query("UPDATE jobs SET outcome = $2 WHERE job_id = $1 AND state = 'dead'")
                    .bind(job)
                    .bind(outcome)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn lead(
                &self,
                role: &str,
                holder: &str,
                now: DateTime<Utc>,
                lasts: TimeDelta,
            ) -> Result<bool, StoreError> {
                let mut transaction = self.change().await?;
                let taken = sqlx::query(
                    "INSERT INTO leaders (role, holder, until) VALUES ($1, $2, $4)
                     ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, until = excluded.until
                     WHERE leaders.holder = excluded.holder OR leaders.until < $3",
                )
                .bind(role)
                .bind(holder)
                .bind(now.timestamp_millis())
                .bind((now + lasts).timestamp_millis())
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(taken.rows_affected() == 1)
            }

            async fn work(&self, job: &str) -> Result<Option<String>, StoreError> {
                sqlx::query_scalar("SELECT work FROM jobs WHERE job_id = $1")
                    .bind(job)
                    .fetch_optional(self.reading())
                    .await
                    .map_err(|source| self.database(source))
            }

            async fn outcome(&self, job: &str) -> Result<Option<String>, StoreError> {
                sqlx::query_scalar("SELECT outcome FROM jobs WHERE job_id = $1 AND state = 'done'")
                    .bind(job)
                    .fetch_optional(self.reading())
                    .await
                    .map(Option::flatten)
                    .map_err(|source| self.database(source))
            }

            async fn cases_of_round(&self, round: &str) -> Result<Vec<CaseId>, StoreError> {
                let ids: Vec<String> = sqlx::query_scalar("SELECT case_id FROM round_cases WHERE round = $1 ORDER BY ad_id")
                    .bind(round)
                    .fetch_all(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(ids.into_iter().map(CaseId).collect())
            }

            async fn verdicts(&self, round: &str) -> Result<Vec<(String, u64)>, StoreError> {
                let counts: Vec<(String, i64)> = sqlx::query_as(
                    "SELECT cases.verdict, count(*) FROM round_cases JOIN cases ON cases.case_id = round_cases.case_id
                     WHERE round_cases.round = $1 GROUP BY cases.verdict ORDER BY cases.verdict",
                )
                .bind(round)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(counts.into_iter().map(|(verdict, count)| (verdict, count.unsigned_abs())).collect())
            }

            async fn progress(&self, round: &str) -> Result<Progress, StoreError> {
                let counts: Vec<(String, i64)> = sqlx::query_as(
                    "SELECT CASE WHEN state = 'dead' AND outcome IS NULL THEN 'given up' ELSE state END AS how, count(*)
                     FROM jobs WHERE round = $1 GROUP BY how",
                )
                .bind(round)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let of = |state: &str| {
                    counts.iter().find(|(own, _)| own == state).map_or(0, |(_, count)| count.unsigned_abs())
                };
                Ok(Progress {
                    ready: of("ready"),
                    held: of("held"),
                    leased: of("leased"),
                    done: of("done"),
                    given_up: of("given up"),
                    dead: of("dead"),
                    cancelled: of("cancelled"),
                })
            }

            async fn attempts(&self, job: &str) -> Result<Vec<Attempt>, StoreError> {
                type Row = (i64, i64, i64, i64, Option<String>, Option<String>, Option<String>, Option<i64>);
                let rows: Vec<Row> = sqlx::query_as(
                    "SELECT token, attempt, granted_at, until, worker, ended, reason, late_at FROM attempts
                     WHERE job_id = $1 ORDER BY token",
                )
                .bind(job)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let moment = |at: i64| DateTime::from_timestamp_millis(at).unwrap_or_default();
                let attempt = |(token, attempt, granted_at, until, worker, ended, reason, late_at): Row| Attempt {
                    token: Token(token),
                    attempt: u32::try_from(attempt).unwrap_or(u32::MAX),
                    granted_at: moment(granted_at),
                    until: moment(until),
                    worker,
                    ended,
                    reason,
                    late_at: late_at.map(moment),
                };
                Ok(rows.into_iter().map(attempt).collect())
            }
        }

        impl $store {
            /// Whether a second host is free, and held until the transaction ends. One that somebody else is about to take is not
            /// waited for: two who grant would wait for each other.
            async fn is_free(
                &self,
                transaction: &mut Transaction<'static, $database>,
                host: Option<&str>,
                at: i64,
            ) -> Result<bool, StoreError> {
                let Some(host) = host else { return Ok(true) };
                let free: Option<String> = sqlx::query_scalar(concat!(
                    "SELECT host FROM hosts WHERE host = $1 AND lease IS NULL AND next_at <= $2",
                    $skip
                ))
                .bind(host)
                .bind(at)
                .fetch_optional(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                Ok(free.is_some())
            }

            /// Tells a queue of one more job that waits in it.
            async fn raise(
                &self,
                transaction: &mut Transaction<'static, $database>,
                host: &str,
                pool: &str,
                priority: i64,
                ready_at: i64,
            ) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO queues (host, pool, best, ready_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (host, pool) DO UPDATE SET
                         best = CASE WHEN queues.best > excluded.best THEN queues.best ELSE excluded.best END,
                         ready_at = CASE WHEN queues.ready_at < excluded.ready_at THEN queues.ready_at ELSE excluded.ready_at END",
                )
                .bind(host)
                .bind(pool)
                .bind(priority)
                .bind(ready_at)
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }

            /// Draws a queue anew from its jobs.
            async fn recount(
                &self,
                transaction: &mut Transaction<'static, $database>,
                host: &str,
                pool: &str,
            ) -> Result<(), StoreError> {
                // Locked by a question of its own: the next one then sees the jobs of whoever held the lock before.
                let _: Option<String> =
                    sqlx::query_scalar(concat!("SELECT host FROM queues WHERE host = $1 AND pool = $2", $wait))
                        .bind(host)
                        .bind(pool)
                        .fetch_optional(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                sqlx::query(
                    "UPDATE queues SET
                         best = (SELECT priority FROM jobs WHERE host = $1 AND pool = $2 AND state = 'ready'
                                 ORDER BY priority DESC, ready_at LIMIT 1),
                         ready_at = (SELECT ready_at FROM jobs WHERE host = $1 AND pool = $2 AND state = 'ready'
                                     ORDER BY ready_at LIMIT 1)
                     WHERE host = $1 AND pool = $2",
                )
                .bind(host)
                .bind(pool)
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }

            /// Writes down how a lease ended.
            async fn end(
                &self,
                transaction: &mut Transaction<'static, $database>,
                token: Token,
                how: &str,
                reason: Option<&str>,
                worker: Option<&str>,
                at: i64,
            ) -> Result<(), StoreError> {
                sqlx::query("UPDATE attempts SET ended = $2, reason = $3, worker = $4, ended_at = $5 WHERE token = $1")
                    .bind(token.0)
                    .bind(how)
                    .bind(reason)
                    .bind(worker)
                    .bind(at)
                    .execute(&mut **transaction)
                    .await
                    .map(drop)
                    .map_err(|source| self.database(source))
            }

            /// What an outcome is whose lease no longer holds: known already, or late, which is written down.
            async fn late(
                &self,
                transaction: &mut Transaction<'static, $database>,
                job: &str,
                token: Token,
                at: i64,
            ) -> Result<Recorded, StoreError> {
                let ended: Option<Option<String>> =
                    sqlx::query_scalar("SELECT ended FROM attempts WHERE token = $1 AND job_id = $2")
                        .bind(token.0)
                        .bind(job)
                        .fetch_optional(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                if matches!(ended.flatten().as_deref(), Some("done" | "failed")) {
                    return Ok(Recorded::Known);
                }
                sqlx::query("UPDATE attempts SET late_at = $2 WHERE token = $1 AND late_at IS NULL")
                    .bind(token.0)
                    .bind(at)
                    .execute(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(Recorded::Late)
            }

            /// Says that an ad has its case in a round; gives back why it must not have this one.
            pub(super) async fn fence(
                &self,
                transaction: &mut Transaction<'static, $database>,
                job: &OfJob,
                opened: &Opened,
            ) -> Result<Option<Filed>, StoreError> {
                let held: Option<(String, Option<i64>)> =
                    sqlx::query_as(concat!("SELECT state, token FROM jobs WHERE job_id = $1", $wait))
                        .bind(&job.job_id)
                        .fetch_optional(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                let holds = match (&held, job.token) {
                    (Some((state, token)), Some(Token(ours))) => state == "leased" && *token == Some(ours),
                    (Some((state, _)), None) => state == "dead",
                    (None, _) => false,
                };
                if !holds {
                    return Ok(Some(Filed::Late));
                }
                let said = sqlx::query(
                    "INSERT INTO round_cases (round, ad_id, job_id, case_id) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (round, ad_id) DO NOTHING",
                )
                .bind(&job.round)
                .bind(&opened.opening.ad_id)
                .bind(&job.job_id)
                .bind(opened.case_id.as_str())
                .execute(&mut **transaction)
                .await
                .map_err(|source| self.database(source))?;
                Ok((said.rows_affected() == 0).then_some(Filed::Known))
            }

            /// Moves the jobs of a round from one state to another, and draws their queues anew.
            async fn shift(&self, round: &str, from: &'static str, to: &'static str) -> Result<u64, StoreError> {
                let mut transaction = self.change().await?;
                // Queues before their jobs, as whoever grants takes them: two that wait for each other would wait for ever.
                let _: Vec<(String, String)> = sqlx::query_as(concat!(
                    "SELECT host, pool FROM queues
                     WHERE (host, pool) IN (SELECT host, pool FROM jobs WHERE round = $1 AND state = $2) ORDER BY host, pool",
                    $wait
                ))
                .bind(round)
                .bind(from)
                .fetch_all(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let mut moved: Vec<(String, String)> =
                    sqlx::query_as("UPDATE jobs SET state = $3 WHERE round = $1 AND state = $2 RETURNING host, pool")
                        .bind(round)
                        .bind(from)
                        .bind(to)
                        .fetch_all(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                let count = moved.len() as u64;
                moved.sort();
                moved.dedup();
                for (host, pool) in moved {
                    self.recount(&mut transaction, &host, &pool).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(count)
            }
        }
    };
}

pub(crate) use frontier;
