//! What is said of complaints, in SQL that both databases read.

use std::collections::{BTreeMap, HashMap};

use model::complaint::Labelled;

use super::{Key, NewWord, Saying};

/// The complaints that rows of words called `w` are of: both databases call the columns of values so.
pub(crate) const OF_COMPLAINTS: &str = ") AS w WHERE complaints.platform = w.column1 AND complaints.id = w.column2";

/// As it stands in its columns: the word, and what more it says.
pub(crate) fn columns(saying: &Saying) -> (&'static str, Option<String>) {
    match saying {
        Saying::Exclude(exclusion) => ("exclude", Some(text(exclusion))),
        Saying::Doubt(exclusion) => ("doubt", Some(text(exclusion))),
        Saying::Restore => ("restore", None),
        Saying::Label(label) => ("label", Some(text(label))),
    }
}

pub(crate) fn label(saying: &Saying) -> Option<&Labelled> {
    if let Saying::Label(label) = saying { Some(label) } else { None }
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

/// Whether a person has settled its label, and whether it is noise: no rule says either any more.
pub(crate) type Settled = [bool; 2];

fn is_label(word: &NewWord) -> bool {
    matches!(word.saying, Saying::Label(_))
}

/// Those that are said, in their order: of complaints that are there, and by a rule only what no person has settled.
pub(crate) fn said(words: &[NewWord], mut settled: HashMap<Key, Settled>) -> Vec<&NewWord> {
    let is_said = |word: &&NewWord| {
        let Some(settled) = settled.get_mut(&word.of) else { return false };
        let settled = &mut settled[usize::from(!is_label(word))];
        let is_said = !(word.by_rule && *settled);
        *settled |= !word.by_rule;
        is_said
    };
    words.iter().filter(is_said).collect()
}

/// The last that was said of the label of each complaint, or else of whether it is noise; in the order of their keys.
pub(crate) fn last<'a>(said: &[&'a NewWord], of_labels: bool) -> Vec<&'a NewWord> {
    let of_sort = said.iter().filter(|word| is_label(word) == of_labels);
    let last: BTreeMap<&Key, &NewWord> = of_sort.map(|word| (&word.of, *word)).collect();
    last.into_values().collect()
}

/// Implements the words of [`super::Hearing`] for a store.
macro_rules! hearing_words {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn say_words(&self, words: &[NewWord]) -> Result<u64, StoreError> {
                let at = (self.clock)().timestamp_millis();
                let mut transaction = self.hearing().await?;
                let settled = self.settled(&mut transaction, words).await?;
                let said = words::said(words, settled);
                self.write_words(&mut transaction, &said, at).await?;
                self.label_as_said(&mut transaction, &words::last(&said, true)).await?;
                self.exclude_as_said(&mut transaction, &words::last(&said, false)).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(said.len() as u64)
            }

            /// What persons have settled, of those complaints that are there.
            async fn settled(
                &self,
                transaction: &mut Transaction<'static, $database>,
                words: &[NewWord],
            ) -> Result<HashMap<Key, words::Settled>, StoreError> {
                let keys: BTreeSet<&Key> = words.iter().map(|word| &word.of).collect();
                let keys: Vec<&Key> = keys.into_iter().collect();
                let mut settled = HashMap::with_capacity(keys.len());
                for some in keys.chunks(ROWS) {
                    let mut asked = QueryBuilder::<$database>::new(
                        "SELECT c.platform, c.id, c.label_settled, c.noise_settled FROM (",
                    );
                    push_pairs!(asked, some.iter().map(|key| (&key.platform, &key.id)));
                    asked.push(") AS k JOIN complaints AS c ON c.platform = k.column1 AND c.id = k.column2");
                    let rows: Vec<(String, String, i64, i64)> = asked
                        .build_query_as()
                        .persistent(false)
                        .fetch_all(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    settled.extend(
                        rows.into_iter()
                            .map(|(platform, id, label, noise)| (Key { platform, id }, [label != 0, noise != 0])),
                    );
                }
                Ok(settled)
            }

            async fn write_words(
                &self,
                transaction: &mut Transaction<'static, $database>,
                said: &[&NewWord],
                at: i64,
            ) -> Result<(), StoreError> {
                let mut number: i64 = sqlx::query_scalar("SELECT coalesce(max(number), 0) FROM complaint_words")
                    .fetch_one(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                for some in said.chunks(ROWS) {
                    let mut insert = QueryBuilder::<$database>::new(
                        "INSERT INTO complaint_words (number, platform, id, word, body, why, said_by, by_rule, said_at) ",
                    );
                    insert.push_values(some, |mut values, word| {
                        number += 1;
                        let (said, body) = words::columns(&word.saying);
                        values.push_bind(number).push_bind(&word.of.platform).push_bind(&word.of.id).push_bind(said);
                        values.push_bind(body).push_bind(kept(&word.why)).push_bind(&word.by);
                        values.push_bind(i64::from(word.by_rule)).push_bind(at);
                    });
                    let done = insert.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Brings labels up to what was said last.
            async fn label_as_said(
                &self,
                transaction: &mut Transaction<'static, $database>,
                last: &[&NewWord],
            ) -> Result<(), StoreError> {
                for some in last.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(
                        "UPDATE complaints SET label = w.column3, scenario = w.column4, kind = w.column5,
                         severity = w.column6,
                         label_settled = CASE WHEN w.column7 = 1 THEN 1 ELSE label_settled END FROM (",
                    );
                    update.push_values(some, |mut values, word| {
                        let label = words::label(&word.saying);
                        values.push_bind(&word.of.platform).push_bind(&word.of.id);
                        values.push_bind(words::columns(&word.saying).1);
                        values.push_bind(label.and_then(|label| label.scenario.as_ref().map(model::line::word)));
                        values.push_bind(label.map(|label| model::line::word(&label.kind)));
                        values.push_bind(label.map(|label| model::line::word(&label.severity)));
                        values.push_bind(i64::from(!word.by_rule));
                    });
                    update.push(words::OF_COMPLAINTS);
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Brings what is noise up to what was said last.
            async fn exclude_as_said(
                &self,
                transaction: &mut Transaction<'static, $database>,
                last: &[&NewWord],
            ) -> Result<(), StoreError> {
                for some in last.chunks(ROWS) {
                    let mut update = QueryBuilder::<$database>::new(
                        "UPDATE complaints SET excluded = w.column3, doubted = w.column4,
                         noise_settled = CASE WHEN w.column5 = 1 THEN 1 ELSE noise_settled END FROM (",
                    );
                    update.push_values(some, |mut values, word| {
                        let body = words::columns(&word.saying).1;
                        let is_doubt = matches!(word.saying, Saying::Doubt(_));
                        let (excluded, doubted) = if is_doubt { (None, body) } else { (body, None) };
                        values.push_bind(&word.of.platform).push_bind(&word.of.id);
                        values.push_bind(excluded).push_bind(doubted).push_bind(i64::from(!word.by_rule));
                    });
                    update.push(words::OF_COMPLAINTS);
                    let done = update.build().persistent(false).execute(&mut **transaction).await;
                    done.map_err(|source| self.database(source))?;
                }
                Ok(())
            }

            /// Writes down that rules have looked at complaints.
            async fn heed(&self, heeded: &[Key]) -> Result<(), StoreError> {
                let mut transaction = self.hearing().await?;
                for some in heeded.chunks(ROWS) {
                    let mut update =
                        QueryBuilder::<$database>::new("UPDATE complaints SET noise_heeded = 1 FROM (");
                    push_pairs!(update, some.iter().map(|key| (&key.platform, &key.id)));
                    update.push(words::OF_COMPLAINTS);
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
