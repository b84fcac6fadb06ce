//! The accounts in SQL that both databases read.

/// Implements [`super::Accounts`] for a store that gives out transactions by `change`, and reads from `reading`; `$alone` has
/// others wait for who reads a row in order to change it, `$counts` for who counts logins that failed.
macro_rules! accounts {
    ($store:ty, $database:ty, $alone:literal, $counts:literal) => {
        impl $crate::accounts::Accounts for $store {
            async fn add_account(&self, account: &Account, secrets: &Secrets) -> Result<bool, StoreError> {
                let added = sqlx::query(
                    "INSERT INTO accounts (name, role, tenant, platform, language, created_at, disabled_at, totp, issuer_subject,
                     password, totp_secret, totp_step, region)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
                )
                .bind(&account.name)
                .bind(account.role.word())
                .bind(&account.tenant)
                .bind(&account.platform)
                .bind(&account.language)
                .bind(account.created_at.timestamp_millis())
                .bind(account.disabled_at.map(|at| at.timestamp_millis()))
                .bind(i64::from(account.totp))
                .bind(&account.issuer_subject)
                .bind(&secrets.password)
                .bind(&secrets.totp)
                .bind(secrets.totp_step)
                .bind(&account.region);
                Ok(self.change_accounts(added).await? == 1)
            }

            async fn account(&self, name: &str) -> Result<Option<(Account, Secrets)>, StoreError> {
                self.account_by("name", name).await
            }

            async fn account_of_subject(&self, issuer_subject: &str) -> Result<Option<(Account, Secrets)>, StoreError> {
                self.account_by("issuer_subject", issuer_subject).await
            }

            async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
                let rows: Vec<AccountRow> =
                    sqlx::query_as(concat!("SELECT ", $crate::accounts::sql::account_columns!(), " FROM accounts ORDER BY name"))
                        .fetch_all(self.reading())
                        .await
                        .map_err(|source| self.database(source))?;
                rows.into_iter().map(|row| self.account_of(row)).collect()
            }

            async fn change_account(&self, account: &Account, secrets: &Secrets) -> Result<bool, StoreError> {
                let mut transaction = self.change().await?;
                let before: Option<WithSecrets> = sqlx::query_as(concat!(
                    "SELECT ", $crate::accounts::sql::account_columns!(), $crate::accounts::sql::secret_columns!(),
                    " FROM accounts WHERE name = $1", $alone
                ))
                .bind(&account.name)
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let Some(WithSecrets { account: row, secrets: kept }) = before else { return Ok(false) };
                let (before, kept) = (self.account_of(row)?, Secrets::from(kept));
                if kept.version != secrets.version {
                    return Err(StoreError::Overtaken(account.name.clone()));
                }
                sqlx::query(
                    "UPDATE accounts SET role = $2, tenant = $3, platform = $4, language = $5, created_at = $6, disabled_at = $7,
                     totp = $8, issuer_subject = $9, password = $10, totp_secret = $11, totp_step = $12, region = $13,
                     version = version + 1
                     WHERE name = $1",
                )
                .bind(&account.name)
                .bind(account.role.word())
                .bind(&account.tenant)
                .bind(&account.platform)
                .bind(&account.language)
                .bind(account.created_at.timestamp_millis())
                .bind(account.disabled_at.map(|at| at.timestamp_millis()))
                .bind(i64::from(account.totp))
                .bind(&account.issuer_subject)
                .bind(&secrets.password)
                .bind(&secrets.totp)
                // What was used since these were read stays used.
                .bind(if secrets.totp == kept.totp || secrets.totp_step.is_some() {
                    secrets.totp_step.max(kept.totp_step)
                } else {
                    None
                })
                .bind(&account.region)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                // Also where it is enabled: a login that was under way may have begun a session of a disabled one.
                if before.disabled_at.is_some() != account.disabled_at.is_some()
                    || before.issuer_subject != account.issuer_subject
                    || kept.password != secrets.password
                {
                    sqlx::query("DELETE FROM sessions WHERE account = $1")
                        .bind(&account.name)
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(true)
            }

            async fn use_totp(&self, name: &str, step: i64) -> Result<bool, StoreError> {
                let used = sqlx::query(
                    "UPDATE accounts SET totp_step = $2 WHERE name = $1 AND (totp_step IS NULL OR totp_step < $2)",
                );
                Ok(self.change_accounts(used.bind(name).bind(step)).await? == 1)
            }

            async fn renew_recovery_codes(&self, name: &str, codes: &[TokenHash]) -> Result<(), StoreError> {
                let mut transaction = self.change().await?;
                sqlx::query("DELETE FROM recovery_codes WHERE account = $1")
                    .bind(name)
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                for code in codes {
                    sqlx::query("INSERT INTO recovery_codes (account, hash) VALUES ($1, $2)")
                        .bind(name)
                        .bind(code.hex())
                        .execute(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn use_recovery_code(&self, name: &str, code: &TokenHash) -> Result<bool, StoreError> {
                let used = sqlx::query("DELETE FROM recovery_codes WHERE account = $1 AND hash = $2");
                Ok(self.change_accounts(used.bind(kept(name)).bind(code.hex())).await? == 1)
            }

            async fn recovery_codes_left(&self, name: &str) -> Result<u64, StoreError> {
                let left: i64 = sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE account = $1")
                    .bind(kept(name))
                    .fetch_one(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(left.unsigned_abs())
            }

            async fn begin_session(&self, session: &Session, checked: Version) -> Result<bool, StoreError> {
                // A change that is under way is waited for: it would not end a session that it cannot see.
                let begun = sqlx::query(concat!(
                    "INSERT INTO sessions (hash, account, way, csrf, begun_at, seen_at, ends_at, address, agent)
                     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM accounts WHERE name = $2 AND version = $10", $alone
                ))
                .bind(session.hash.hex())
                .bind(&session.account)
                .bind(session.way.word())
                .bind(&session.csrf)
                .bind(session.begun_at.timestamp_millis())
                .bind(session.seen_at.timestamp_millis())
                .bind(session.ends_at.timestamp_millis())
                .bind(kept(&session.address))
                .bind(kept(&session.agent))
                .bind(checked.0);
                Ok(self.change_accounts(begun).await? == 1)
            }

            async fn session(
                &self,
                hash: &TokenHash,
                now: DateTime<Utc>,
            ) -> Result<Option<(Session, Account)>, StoreError> {
                let row: Option<Of<SessionRow>> = sqlx::query_as(concat!(
                    "SELECT hash, account, way, csrf, begun_at, seen_at, ends_at, address, agent, ", $crate::accounts::sql::account_columns!(),
                    " FROM sessions JOIN accounts ON name = account WHERE hash = $1 AND ends_at > $2 AND disabled_at IS NULL"
                ))
                .bind(hash.hex())
                .bind(now.timestamp_millis())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let Some(Of { what, account }) = row else { return Ok(None) };
                let session = what.session().ok_or_else(|| self.damaged("a session"))?;
                Ok(Some((session, self.account_of(account)?)))
            }

            async fn seen_session(&self, hash: &TokenHash, now: DateTime<Utc>) -> Result<(), StoreError> {
                let seen = sqlx::query("UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2");
                self.change_accounts(seen.bind(hash.hex()).bind(now.timestamp_millis())).await.map(drop)
            }

            async fn end_session(&self, hash: &TokenHash) -> Result<(), StoreError> {
                let ended = sqlx::query("DELETE FROM sessions WHERE hash = $1");
                self.change_accounts(ended.bind(hash.hex())).await.map(drop)
            }

            async fn end_sessions_of(&self, account: &str, but: Option<&TokenHash>) -> Result<u64, StoreError> {
                let ended = sqlx::query("DELETE FROM sessions WHERE account = $1 AND ($2 IS NULL OR hash <> $2)");
                self.change_accounts(ended.bind(account).bind(but.map(TokenHash::hex))).await
            }

            async fn sessions_of(&self, account: &str, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
                let rows: Vec<SessionRow> = sqlx::query_as(
                    "SELECT hash, account, way, csrf, begun_at, seen_at, ends_at, address, agent FROM sessions
                     WHERE account = $1 AND ends_at > $2 ORDER BY begun_at DESC, hash",
                )
                .bind(account)
                .bind(now.timestamp_millis())
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let sessions: Option<_> = rows.into_iter().map(SessionRow::session).collect();
                sessions.ok_or_else(|| self.damaged("a session"))
            }

            async fn add_token(&self, token: &ApiToken) -> Result<(), StoreError> {
                let added = sqlx::query(
                    "INSERT INTO tokens (token_id, hash, account, purpose, scopes, made_at, ends_at, used_at, revoked_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(&token.id)
                .bind(token.hash.hex())
                .bind(&token.account)
                .bind(kept(&token.name))
                .bind(token.scopes.join(" "))
                .bind(token.created_at.timestamp_millis())
                .bind(token.ends_at.map(|at| at.timestamp_millis()))
                .bind(token.used_at.map(|at| at.timestamp_millis()))
                .bind(token.revoked_at.map(|at| at.timestamp_millis()));
                self.change_accounts(added).await.map(drop)
            }

            async fn token(
                &self,
                hash: &TokenHash,
                now: DateTime<Utc>,
            ) -> Result<Option<(ApiToken, Account)>, StoreError> {
                let row: Option<Of<TokenRow>> = sqlx::query_as(concat!(
                    "SELECT token_id, hash, account, purpose, scopes, made_at, ends_at, used_at, revoked_at, ", $crate::accounts::sql::account_columns!(),
                    " FROM tokens JOIN accounts ON name = account
                      WHERE hash = $1 AND (ends_at IS NULL OR ends_at > $2) AND revoked_at IS NULL AND disabled_at IS NULL"
                ))
                .bind(hash.hex())
                .bind(now.timestamp_millis())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let Some(Of { what, account }) = row else { return Ok(None) };
                let token = what.token().ok_or_else(|| self.damaged("a token"))?;
                Ok(Some((token, self.account_of(account)?)))
            }

            async fn used_token(&self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
                let used = sqlx::query(
                    "UPDATE tokens SET used_at = $2 WHERE token_id = $1 AND (used_at IS NULL OR used_at < $2)",
                );
                self.change_accounts(used.bind(id).bind(now.timestamp_millis())).await.map(drop)
            }

            async fn tokens_of(&self, account: &str) -> Result<Vec<ApiToken>, StoreError> {
                let rows: Vec<TokenRow> = sqlx::query_as(
                    "SELECT token_id, hash, account, purpose, scopes, made_at, ends_at, used_at, revoked_at FROM tokens
                     WHERE account = $1 ORDER BY made_at, token_id",
                )
                .bind(account)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let tokens: Option<_> = rows.into_iter().map(TokenRow::token).collect();
                tokens.ok_or_else(|| self.damaged("a token"))
            }

            async fn revoke_token(&self, account: &str, id: &str) -> Result<bool, StoreError> {
                let revoked = sqlx::query(
                    "UPDATE tokens SET revoked_at = $3 WHERE account = $1 AND token_id = $2 AND revoked_at IS NULL",
                );
                let now = (self.clock)().timestamp_millis();
                Ok(self.change_accounts(revoked.bind(account).bind(kept(id)).bind(now)).await? == 1)
            }

            async fn try_login(&self, tried: &Try, may: &MayFail) -> Result<Option<u64>, StoreError> {
                let mut transaction = self.change().await?;
                // Whoever counts waits for who counted before: so no more go on than may.
                sqlx::query($counts).execute(&mut *transaction).await.map_err(|source| self.database(source))?;
                sqlx::query("DELETE FROM failed_logins WHERE failed_at <= $1")
                    .bind((tried.at - FAILED).timestamp_millis())
                    .execute(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                let (of_both, of_name, from_place): (i64, i64, i64) = sqlx::query_as(
                    "SELECT (SELECT count(*) FROM failed_logins WHERE name = $1 AND address = $2 AND failed_at >= $3),
                            (SELECT count(*) FROM failed_logins WHERE name = $1 AND failed_at >= $3),
                            (SELECT count(*) FROM failed_logins WHERE address = $2 AND failed_at >= $3)",
                )
                .bind(kept(&tried.name))
                .bind(kept(&tried.from))
                .bind(may.since.timestamp_millis())
                .fetch_one(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                let many = |failed: i64, most| failed.unsigned_abs() >= most;
                if many(of_both, may.of_both) || many(of_name, may.of_name) || many(from_place, may.from_place) {
                    return Ok(None);
                }
                let number: i64 =
                    sqlx::query_scalar("INSERT INTO failed_logins (name, address, failed_at) VALUES ($1, $2, $3) RETURNING number")
                        .bind(kept(&tried.name))
                        .bind(kept(&tried.from))
                        .bind(tried.at.timestamp_millis())
                        .fetch_one(&mut *transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(Some(number.unsigned_abs()))
            }

            async fn forget_try(&self, number: u64) -> Result<(), StoreError> {
                let forgotten = sqlx::query("DELETE FROM failed_logins WHERE number = $1");
                self.change_accounts(forgotten.bind(self.whole(number)?)).await.map(drop)
            }

            async fn forget_failed_logins(&self, name: &str) -> Result<(), StoreError> {
                let forgotten = sqlx::query("DELETE FROM failed_logins WHERE name = $1");
                self.change_accounts(forgotten.bind(kept(name))).await.map(drop)
            }

            async fn note_access(&self, access: &NewAccess) -> Result<(), StoreError> {
                let noted = sqlx::query(
                    "INSERT INTO accesses (at, who, role, action, object, address) VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(access.at.timestamp_millis())
                .bind(kept(&access.who))
                .bind(kept(&access.role))
                .bind(kept(&access.action))
                .bind(kept(&access.object))
                .bind(kept(&access.address));
                self.change_accounts(noted).await.map(drop)
            }

            async fn accesses(
                &self,
                object: Option<&str>,
                who: Option<&str>,
                behind: Option<u64>,
                most: u64,
            ) -> Result<Vec<Access>, StoreError> {
                let rows: Vec<AccessRow> = sqlx::query_as(
                    "SELECT number, at, who, role, action, object, address FROM accesses
                     WHERE ($1 IS NULL OR object = $1) AND ($2 IS NULL OR who = $2) AND ($3 IS NULL OR number < $3)
                     ORDER BY number DESC LIMIT $4",
                )
                .bind(object.map(kept))
                .bind(who.map(kept))
                .bind(behind.map(|number| self.whole(number)).transpose()?)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                Ok(rows.into_iter().map(Access::from).collect())
            }

            async fn remember_answer(
                &self,
                account: &str,
                key: &str,
                answer: &Remembered,
                at: DateTime<Utc>,
            ) -> Result<bool, StoreError> {
                let remembered = sqlx::query(
                    "INSERT INTO answers (account, key, request, status, body, answered_at) VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (account, key) DO UPDATE SET request = excluded.request, status = excluded.status,
                     body = excluded.body, answered_at = excluded.answered_at
                     WHERE answers.answered_at <= $7 OR answers.status = 0 AND answers.answered_at <= $8",
                )
                .bind(account)
                .bind(key)
                .bind(hex(&answer.request))
                .bind(i64::from(answer.status))
                .bind(&answer.body)
                .bind(at.timestamp_millis())
                .bind((at - ANSWERED).timestamp_millis())
                .bind((at - UNDER_WAY).timestamp_millis());
                Ok(self.change_accounts(remembered).await? == 1)
            }

            async fn remembered_answer(
                &self,
                account: &str,
                key: &str,
                since: DateTime<Utc>,
            ) -> Result<Option<Remembered>, StoreError> {
                let row: Option<(String, i64, Vec<u8>)> = sqlx::query_as(
                    "SELECT request, status, body FROM answers WHERE account = $1 AND key = $2 AND answered_at > $3",
                )
                .bind(account)
                .bind(key)
                .bind(since.timestamp_millis())
                .fetch_optional(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let Some((request, status, body)) = row else { return Ok(None) };
                match (bytes(&request), u16::try_from(status)) {
                    (Some(request), Ok(status)) => Ok(Some(Remembered { request, status, body })),
                    _ => Err(self.damaged("a remembered answer")),
                }
            }

            async fn settle_answer(&self, account: &str, key: &str, answer: &Remembered) -> Result<(), StoreError> {
                let settled = sqlx::query(
                    "UPDATE answers SET status = $1, body = $2 WHERE account = $3 AND key = $4 AND request = $5 AND status = 0",
                )
                .bind(i64::from(answer.status))
                .bind(&answer.body)
                .bind(account)
                .bind(key)
                .bind(hex(&answer.request));
                self.change_accounts(settled).await.map(|_| ())
            }

            async fn forget_answer(&self, account: &str, key: &str) -> Result<(), StoreError> {
                let forgotten = sqlx::query("DELETE FROM answers WHERE account = $1 AND key = $2 AND status = 0");
                self.change_accounts(forgotten.bind(account).bind(key)).await.map(|_| ())
            }

            async fn tidy_accounts(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
                let mut over = 0;
                for (statement, until) in [
                    ("DELETE FROM sessions WHERE ends_at <= $1", now),
                    ("DELETE FROM failed_logins WHERE failed_at <= $1", now - FAILED),
                    ("DELETE FROM answers WHERE answered_at <= $1", now - ANSWERED),
                    ("DELETE FROM answers WHERE status = 0 AND answered_at <= $1", now - UNDER_WAY),
                ] {
                    over += self.change_accounts(sqlx::query(statement).bind(until.timestamp_millis())).await?;
                }
                Ok(over)
            }
        }

        impl $store {
            /// Carries out one statement by itself; gives back how many rows it changed.
            async fn change_accounts(
                &self,
                statement: sqlx::query::Query<'_, $database, <$database as sqlx::Database>::Arguments>,
            ) -> Result<u64, StoreError> {
                let mut transaction = self.change().await?;
                let changed =
                    statement.execute(&mut *transaction).await.map_err(|source| self.database(source))?.rows_affected();
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(changed)
            }

            /// The account whose column says this.
            async fn account_by(&self, column: &str, said: &str) -> Result<Option<(Account, Secrets)>, StoreError> {
                let query = format!(
                    "SELECT {}{} FROM accounts WHERE {column} = $1",
                    $crate::accounts::sql::account_columns!(),
                    $crate::accounts::sql::secret_columns!()
                );
                let row: Option<WithSecrets> = sqlx::query_as(sqlx::AssertSqlSafe(query))
                    .bind(kept(said))
                    .fetch_optional(self.reading())
                    .await
                    .map_err(|source| self.database(source))?;
                let Some(WithSecrets { account, secrets }) = row else { return Ok(None) };
                Ok(Some((self.account_of(account)?, secrets.into())))
            }

            fn account_of(&self, row: AccountRow) -> Result<Account, StoreError> {
                row.account().ok_or_else(|| self.damaged("an account"))
            }
        }
    };
}

/// What an account's row is read by.
macro_rules! account_columns {
    () => {
        "name, role, tenant, platform, region, language, created_at, disabled_at, totp, issuer_subject"
    };
}

/// And what its secrets are, behind it.
macro_rules! secret_columns {
    () => {
        ", password, totp_secret, totp_step, version"
    };
}

pub(crate) use {account_columns, accounts, secret_columns};
