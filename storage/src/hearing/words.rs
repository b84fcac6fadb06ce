//! What is said of complaints, in SQL that both databases read.

use super::{Label, NewWord, Saying};

/// As it stands in its columns: the word, and the label.
pub(crate) fn columns(saying: &Saying) -> (&'static str, Option<String>) {
    match saying {
        Saying::Exclude => ("exclude", None),
        Saying::Restore => ("restore", None),
        Saying::Label(label) => {
            ("label", Some(serde_json::to_string(label).expect("internal error: it is plain data")))
        }
    }
}

/// Of its columns; none where no postlink wrote them.
pub(crate) fn saying(word: &str, label: Option<&str>) -> Option<Saying> {
    match (word, label) {
        ("exclude", None) => Some(Saying::Exclude),
        ("restore", None) => Some(Saying::Restore),
        ("label", Some(label)) => serde_json::from_str::<Label>(label).ok().map(Saying::Label),
        _ => None,
    }
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
                let (said, label) = words::columns(&word.saying);
                sqlx::query(
                    "INSERT INTO complaint_words (number, platform, id, word, label, why, said_by, by_rule, said_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(number)
                .bind(&word.of.platform)
                .bind(&word.of.id)
                .bind(said)
                .bind(label)
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
                let done = match &word.saying {
                    Saying::Label(label) => {
                        let path = serde_json::to_string(&label.path).expect("internal error: it is plain data");
                        sqlx::query(
                            "UPDATE complaints SET scenario = $3, kind = $4, label_path = $5, severity = $6,
                             label_settled = CASE WHEN $7 = 1 THEN 1 ELSE label_settled END
                             WHERE platform = $1 AND id = $2",
                        )
                        .bind(&word.of.platform)
                        .bind(&word.of.id)
                        .bind(&label.scenario)
                        .bind(&label.kind)
                        .bind(path)
                        .bind(&label.severity)
                        .bind(by_person)
                        .execute(&mut **transaction)
                        .await
                    }
                    Saying::Exclude | Saying::Restore => {
                        let excluded = (word.saying == Saying::Exclude).then(|| kept(&word.why));
                        sqlx::query(
                            "UPDATE complaints SET excluded = $3,
                             noise_settled = CASE WHEN $4 = 1 THEN 1 ELSE noise_settled END
                             WHERE platform = $1 AND id = $2",
                        )
                        .bind(&word.of.platform)
                        .bind(&word.of.id)
                        .bind(excluded)
                        .bind(by_person)
                        .execute(&mut **transaction)
                        .await
                    }
                };
                done.map(drop).map_err(|source| self.database(source))
            }

            async fn words_said_of(&self, of: &Key) -> Result<Vec<Word>, StoreError> {
                let rows: Vec<(i64, String, Option<String>, String, String, i64, i64)> = sqlx::query_as(
                    "SELECT number, word, label, why, said_by, by_rule, said_at FROM complaint_words
                     WHERE platform = $1 AND id = $2 ORDER BY number",
                )
                .bind(&of.platform)
                .bind(&of.id)
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))?;
                let word = |(number, word, label, why, by, by_rule, at): (i64, String, Option<String>, _, _, i64, i64)| {
                    let saying = words::saying(&word, label.as_deref())
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
