//! What is said of complaints, in SQL that both databases read.

use super::{NewWord, Saying};

/// As it stands in its columns: the word, and what more it says.
pub(crate) fn columns(saying: &Saying) -> (&'static str, Option<String>) {
    match saying {
        Saying::Exclude(exclusion) => ("exclude", Some(text(exclusion))),
        Saying::Doubt(exclusion) => ("doubt", Some(text(exclusion))),
        Saying::Restore => ("restore", None),
        Saying::Label(label) => ("label", Some(text(label))),
    }
}

/// Of its columns; none where no postlink wrote them.
pub(crate) fn saying(word: &str, body: Option<&str>) -> Option<Saying> {
    match (word, body) {
        ("exclude", Some(body)) => serde_json::from_str(body).ok().map(Saying::Exclude),
        ("doubt", Some(body)) => serde_json::from_str(body).ok().map(Saying::Doubt),
        ("restore", None) => Some(Saying::Restore),
        ("label", Some(body)) => serde_json::from_str(body).ok().map(Saying::Label),
        _ => None,
    }
}

/// PostgreSQL keeps no NUL, not even one that is written as JSON writes it.
fn text(data: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(data).expect("internal error: it is plain data");
    text.replace("\\u0000", "")
}

/// Whether a person has settled it, so that this word of a rule is passed over.
pub(crate) fn is_settled(word: &NewWord, label_settled: bool, noise_settled: bool) -> bool {
    let settled = if matches!(word.saying, Saying::Label(_)) { label_settled } else { noise_settled };
    word.by_rule && settled
}

/// Implements the words of [`super::Hearing`] for a store.
macro_rules! hearing_words {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn say_words(&self, said: &[NewWord]) -> Result<u64, StoreError> {
                let at = (self.clock)().timestamp_millis();
                let mut transaction = self.hearing().await?;
                let last: i64 = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM complaint_words")
                    .fetch_one(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                let mut number = last;
                for word in said {
                    let settled: Option<(i64, i64)> = sqlx::query_as(
                        "SELECT label_settled, noise_settled FROM complaints WHERE platform = $1 AND id = $2",
                    )
                    .bind(&word.of.platform)
                    .bind(&word.of.id)
                    .fetch_optional(&mut *transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                    let Some((label_settled, noise_settled)) = settled else { continue };
                    if words::is_settled(word, label_settled != 0, noise_settled != 0) {
                        continue;
                    }
                    number += 1;
                    self.say_word(&mut transaction, number, word, at).await?;
                    self.stand_as_said(&mut transaction, word).await?;
                }
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok((number - last).unsigned_abs())
            }

            async fn say_word(
                &self,
                transaction: &mut Transaction<'static, $database>,
                number: i64,
                word: &NewWord,
                at: i64,
            ) -> Result<(), StoreError> {
                let (said, body) = words::columns(&word.saying);
                sqlx::query(
                    "INSERT INTO complaint_words (number, platform, id, word, body, why, said_by, by_rule, said_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(number)
                .bind(&word.of.platform)
                .bind(&word.of.id)
                .bind(said)
                .bind(body)
                .bind(kept(&word.why))
                .bind(&word.by)
                .bind(i64::from(word.by_rule))
                .bind(at)
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }

            /// Brings the complaint itself up to what was said of it.
            async fn stand_as_said(
                &self,
                transaction: &mut Transaction<'static, $database>,
                word: &NewWord,
            ) -> Result<(), StoreError> {
                let by_person = i64::from(!word.by_rule);
                let body = words::columns(&word.saying).1;
                let done = match &word.saying {
                    Saying::Label(label) => {
                        sqlx::query(
                            "UPDATE complaints SET label = $3, scenario = $4, kind = $5, severity = $6,
                             label_settled = CASE WHEN $7 = 1 THEN 1 ELSE label_settled END
                             WHERE platform = $1 AND id = $2",
                        )
                        .bind(&word.of.platform)
                        .bind(&word.of.id)
                        .bind(body)
                        .bind(label.scenario.as_ref().map(model::line::word))
                        .bind(model::line::word(&label.kind))
                        .bind(model::line::word(&label.severity))
                        .bind(by_person)
                        .execute(&mut **transaction)
                        .await
                    }
                    Saying::Exclude(_) | Saying::Doubt(_) | Saying::Restore => {
                        let doubt = matches!(word.saying, Saying::Doubt(_));
                        let (excluded, doubted) = if doubt { (None, body) } else { (body, None) };
                        sqlx::query(
                            "UPDATE complaints SET excluded = $3, doubted = $4,
                             noise_settled = CASE WHEN $5 = 1 THEN 1 ELSE noise_settled END
                             WHERE platform = $1 AND id = $2",
                        )
                        .bind(&word.of.platform)
                        .bind(&word.of.id)
                        .bind(excluded)
                        .bind(doubted)
                        .bind(by_person)
                        .execute(&mut **transaction)
                        .await
                    }
                };
                done.map(drop).map_err(|source| self.database(source))
            }

            /// Writes down that rules have looked at complaints.
            async fn heed(&self, heeded: &[Key]) -> Result<(), StoreError> {
                let mut transaction = self.hearing().await?;
                for some in heeded.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(
                        "UPDATE complaints SET noise_heeded = 1 WHERE (platform, id) IN (",
                    );
                    push_keys!(update, some);
                    let done = update.build().persistent(false).execute(&mut *transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn words_said_of(&self, of: &Key) -> Result<Vec<Word>, StoreError> {
                let rows: Vec<(i64, String, Option<String>, String, String, i64, i64)> = sqlx::query_as(
                    "SELECT number, word, body, why, said_by, by_rule, said_at FROM complaint_words
                     WHERE platform = $1 AND id = $2 ORDER BY number",
                )
                .bind(&of.platform)
                .bind(&of.id)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let word =
                    |(number, word, body, why, by, by_rule, at): (i64, String, Option<String>, _, _, i64, i64)| {
                        let saying = words::saying(&word, body.as_deref())
                            .ok_or_else(|| self.damaged(&format!("word {number} of a complaint")))?;
                        let word = NewWord { of: of.clone(), saying, why, by, by_rule: by_rule != 0 };
                        Ok(Word { number: number.unsigned_abs(), word, at: moment(at) })
                    };
                rows.into_iter().map(word).collect()
            }
        }
    };
}

pub(crate) use hearing_words;
