//! Rows that platforms send, in SQL that both databases read.

use std::collections::{HashMap, HashSet};

use super::{Key, Taken};

/// A row on its way in.
pub(crate) struct Coming<'a, T> {
    pub(crate) platform: &'a str,
    pub(crate) id: &'a str,
    pub(crate) digest: String,
    /// By which it is known once what it says is forgotten.
    pub(crate) bare: Option<String>,
    pub(crate) row: &'a T,
}

/// Those that are the first of their id, in the order of their keys: two who take in the same do not wait for each other in turn.
pub(crate) fn firsts<'a, 'r, T>(coming: &'r [Coming<'a, T>]) -> Vec<&'r Coming<'a, T>> {
    let mut firsts: Vec<&Coming<'a, T>> = coming.iter().collect();
    firsts.sort_by_key(|one| (one.platform, one.id));
    firsts.dedup_by_key(|one| (one.platform, one.id));
    firsts
}

/// What became of each: of one id the first is new, and what comes after it is compared with what is kept.
pub(crate) fn taken<T>(coming: &[Coming<'_, T>], mut new: HashSet<Key>, mut kept: HashMap<Key, String>) -> Vec<Taken> {
    let mut taken = Vec::with_capacity(coming.len());
    for one in coming {
        let key = Key { platform: one.platform.to_owned(), id: one.id.to_owned() };
        taken.push(if new.remove(&key) {
            kept.insert(key, one.digest.clone());
            Taken::New
        } else if kept.get(&key).is_some_and(|kept| is_same(one, kept)) {
            Taken::Same
        } else {
            Taken::Changed
        });
    }
    taken
}

fn is_same<T>(coming: &Coming<'_, T>, kept: &str) -> bool {
    // Of what was forgotten before there were bare digests nothing is known any more.
    kept == coming.digest || coming.bare.as_ref().is_some_and(|bare| kept == bare || kept.is_empty())
}

/// Implements the taking in of [`super::Hearing`] for a store that gives out transactions by `hearing`.
macro_rules! hearing_intake {
    ($store:ty, $database:ty) => {
        impl $store {
            async fn intake_touchpoints(&self, rows: &[Touchpoint], kept_for: TimeDelta) -> Result<Intake, StoreError> {
                let coming = coming(rows, |row| (row.platform.as_deref(), &row.id), digest::of_touchpoint);
                let mut transaction = self.hearing().await?;
                let mut new = HashSet::new();
                for some in intake::firsts(&coming).chunks(ROWS) {
                    let mut insert = QueryBuilder::<$database>::new(
                        "INSERT INTO touchpoints (platform, id, kind, at, user_id, ad, channel, device, ip, user_agent, width,
                         height, prefetch, north_e6, east_e6, digest, kept_until) ",
                    );
                    insert.push_values(some, |mut values, one| {
                        let row = one.row;
                        let millionths = |degrees: f64| (degrees * 1e6).round() as i64;
                        values.push_bind(one.platform).push_bind(one.id).push_bind(word(&row.kind));
                        values.push_bind(row.at.timestamp_millis()).push_bind(&row.user).push_bind(&row.ad);
                        values.push_bind(&row.channel).push_bind(&row.device).push_bind(row.ip.map(|ip| ip.to_string()));
                        values.push_bind(&row.user_agent).push_bind(row.size.map(|size| i64::from(size.0)));
                        values.push_bind(row.size.map(|size| i64::from(size.1))).push_bind(i64::from(row.prefetch));
                        values.push_bind(row.place.map(|place| millionths(place.0)));
                        values.push_bind(row.place.map(|place| millionths(place.1))).push_bind(&one.digest);
                        values.push_bind((row.at + kept_for).timestamp_millis());
                    });
                    new.extend(self.insert_heard(&mut transaction, insert).await?);
                }
                let clicks: Vec<&Touchpoint> = coming
                    .iter()
                    .filter(|one| one.row.kind == Contact::Click && new.contains(&key(one.platform, one.id)))
                    .map(|one| one.row)
                    .collect();
                for some in clicks.chunks(ROWS) {
                    self.link_late(&mut transaction, some).await?;
                }
                let rows = self.settle_heard(&mut transaction, "touchpoints", &coming, new).await?;
                let unknown_ads = self.unknown_ads(&mut transaction, coming.iter().map(|one| &one.row.ad)).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(Intake { rows, unknown_ads })
            }

            async fn intake_conversions(&self, rows: &[Conversion]) -> Result<Intake, StoreError> {
                let coming = coming(rows, |row| (row.platform.as_deref(), &row.id), digest::of);
                let mut transaction = self.hearing().await?;
                let mut new = HashSet::new();
                for some in intake::firsts(&coming).chunks(ROWS) {
                    let mut insert = QueryBuilder::<$database>::new(
                        "INSERT INTO conversions (platform, id, kind, at, user_id, ad, click, value, belongs, linked_by, digest) ",
                    );
                    insert.push_values(some, |mut values, one| {
                        let row = one.row;
                        values.push_bind(one.platform).push_bind(one.id).push_bind(&row.kind);
                        values.push_bind(row.at.timestamp_millis()).push_bind(&row.user).push_bind(&row.ad);
                        values.push_bind(&row.click).push_bind(row.value.map(amount)).push_bind(&row.ad);
                        values.push_bind(row.ad.as_ref().map(|_| "ad")).push_bind(&one.digest);
                    });
                    let these = self.insert_heard(&mut transaction, insert).await?;
                    self.link_new(&mut transaction, "conversions", &these).await?;
                    self.unheed(&mut transaction, links::OF_WHO_CONVERTED, &these).await?;
                    new.extend(these);
                }
                let rows = self.settle_heard(&mut transaction, "conversions", &coming, new).await?;
                let unknown_ads = self.unknown_ads(&mut transaction, coming.iter().map(|one| &one.row.ad)).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(Intake { rows, unknown_ads })
            }

            async fn intake_complaints(&self, rows: &[Complaint], kept_for: TimeDelta) -> Result<Intake, StoreError> {
                let mut coming = coming(rows, |row| (row.platform.as_deref(), &row.id), digest::of);
                coming.iter_mut().for_each(|one| one.bare = Some(digest::bare(one.row)));
                let mut transaction = self.hearing().await?;
                let mut new = HashSet::new();
                for some in intake::firsts(&coming).chunks(ROWS) {
                    let mut insert = QueryBuilder::<$database>::new(
                        "INSERT INTO complaints (platform, id, source, at, said, user_id, ad, click, age, rating, refunded,
                         belongs, linked_by, digest, bare_digest, kept_until) ",
                    );
                    insert.push_values(some, |mut values, one| {
                        let row = one.row;
                        values.push_bind(one.platform).push_bind(one.id).push_bind(word(&row.source));
                        values.push_bind(row.at.timestamp_millis()).push_bind(&row.text).push_bind(&row.user);
                        values.push_bind(&row.ad).push_bind(&row.click).push_bind(row.age.as_ref().map(word));
                        values.push_bind(row.rating.map(i64::from)).push_bind(row.refunded.map(amount));
                        values.push_bind(&row.ad).push_bind(row.ad.as_ref().map(|_| "ad")).push_bind(&one.digest);
                        values.push_bind(&one.bare).push_bind((row.at + kept_for).timestamp_millis());
                    });
                    let these = self.insert_heard(&mut transaction, insert).await?;
                    self.link_new(&mut transaction, "complaints", &these).await?;
                    new.extend(these);
                }
                let rows = self.settle_heard(&mut transaction, "complaints", &coming, new).await?;
                let unknown_ads = self.unknown_ads(&mut transaction, coming.iter().map(|one| &one.row.ad)).await?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(Intake { rows, unknown_ads })
            }

            /// Inserts what is not there; gives back what was not.
            async fn insert_heard(
                &self,
                transaction: &mut Transaction<'static, $database>,
                mut insert: QueryBuilder<$database>,
            ) -> Result<Vec<Key>, StoreError> {
                insert.push(" ON CONFLICT DO NOTHING RETURNING platform, id");
                let new: Vec<(String, String)> = insert
                    .build_query_as()
                    .persistent(false)
                    .fetch_all(&mut **transaction)
                    .await
                    .map_err(|source| self.database(source))?;
                Ok(new.into_iter().map(|(platform, id)| Key { platform, id }).collect())
            }

            /// Compares what is not new with what is kept.
            async fn settle_heard<T: Sync>(
                &self,
                transaction: &mut Transaction<'static, $database>,
                table: &'static str,
                coming: &[Coming<'_, T>],
                new: HashSet<Key>,
            ) -> Result<Vec<Taken>, StoreError> {
                let mut kept = HashMap::new();
                let known: Vec<Key> = intake::firsts(coming)
                    .into_iter()
                    .map(|one| key(one.platform, one.id))
                    .filter(|key| !new.contains(key))
                    .collect();
                for some in known.chunks(ROWS) {
                    let mut asked = QueryBuilder::<$database>::new("SELECT c.platform, c.id, c.digest FROM (");
                    push_pairs!(asked, some.iter().map(|key| (&key.platform, &key.id)));
                    asked.push(") AS k JOIN ").push(table).push(" AS c ON c.platform = k.column1 AND c.id = k.column2");
                    let rows: Vec<(String, String, String)> = asked
                        .build_query_as()
                        .persistent(false)
                        .fetch_all(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    kept.extend(rows.into_iter().map(|(platform, id, digest)| (Key { platform, id }, digest)));
                }
                Ok(intake::taken(coming, new, kept))
            }

            /// Those of these ads that were neither imported nor examined.
            async fn unknown_ads<'a>(
                &self,
                transaction: &mut Transaction<'static, $database>,
                ads: impl Iterator<Item = &'a Option<String>>,
            ) -> Result<BTreeSet<String>, StoreError> {
                let mut named: BTreeSet<String> = ads.flatten().cloned().collect();
                let all: Vec<String> = named.iter().cloned().collect();
                for some in all.chunks(ROWS) {
                    let mut asked = QueryBuilder::<$database>::new("SELECT ad_id FROM ads WHERE ad_id IN (");
                    let mut these = asked.separated(", ");
                    some.iter().for_each(|ad| {
                        these.push_bind(ad);
                    });
                    asked.push(") UNION SELECT ad_id FROM facts WHERE ad_id IN (");
                    let mut these = asked.separated(", ");
                    some.iter().for_each(|ad| {
                        these.push_bind(ad);
                    });
                    asked.push(")");
                    let known: Vec<String> = asked
                        .build_query_scalar()
                        .persistent(false)
                        .fetch_all(&mut **transaction)
                        .await
                        .map_err(|source| self.database(source))?;
                    known.iter().for_each(|ad| {
                        named.remove(ad);
                    });
                }
                Ok(named)
            }
        }

        /// Rows with what names them.
        fn coming<'a, T>(
            rows: &'a [T],
            named: impl Fn(&'a T) -> (Option<&'a str>, &'a String),
            digest: impl Fn(&'a T) -> String,
        ) -> Vec<Coming<'a, T>> {
            let coming = |row: &'a T| {
                let (platform, id) = named(row);
                Coming { platform: platform.unwrap_or_default(), id, digest: digest(row), bare: None, row }
            };
            rows.iter().map(coming).collect()
        }

        fn key(platform: &str, id: &str) -> Key {
            Key { platform: platform.to_owned(), id: id.to_owned() }
        }

        /// What is too much for a database was refused before.
        fn amount(amount: u64) -> i64 {
            i64::try_from(amount).unwrap_or(i64::MAX)
        }
    };
}

/// Pushes `VALUES …` of pairs.
macro_rules! push_pairs {
    ($asked:ident, $pairs:expr) => {
        $asked.push_values($pairs, |mut values, (one, other)| {
            values.push_bind(one).push_bind(other);
        });
    };
}

pub(crate) use {hearing_intake, push_pairs};
