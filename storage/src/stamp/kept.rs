//! Stamps as a database keeps them: each digest once, waiting until an authority has stamped it.

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use serde::{Deserialize, Serialize};

use crate::store::{CaseId, StoreError};

/// The stamps of a store. Its promises are in `suite/stamps.rs`.
pub trait Stamps: Send + Sync {
    /// Has a digest stamped as soon as can be; one that waits or is stamped already is left as it is.
    fn want(&self, wanted: &ToStamp) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Those that are not stamped and are due, the oldest first.
    fn due(&self, now: DateTime<Utc>, most: u64) -> impl Future<Output = Result<Vec<KeptStamp>, StoreError>> + Send;

    /// All of them, in the order of asking.
    fn stamps(&self) -> impl Future<Output = Result<Vec<KeptStamp>, StoreError>> + Send;

    /// Those of what a case rests on, in the order of asking.
    fn stamps_of(&self, case: &CaseId) -> impl Future<Output = Result<Vec<KeptStamp>, StoreError>> + Send;

    /// Those of one digest: what it is stamped as may differ.
    fn stamps_for(&self, digest: EvidenceId) -> impl Future<Output = Result<Vec<KeptStamp>, StoreError>> + Send;

    /// Keeps the answer of an authority. A stamp that is there is not replaced.
    fn stamped(&self, number: u64, answer: &Answered) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes that it did not come to a stamp, and when to try again.
    fn not_stamped(
        &self,
        number: u64,
        trouble: &str,
        state: State,
        next_try: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The lists of certificates that were taken back, in the order of keeping.
    fn lists(&self) -> impl Future<Output = Result<Vec<KeptList>, StoreError>> + Send;

    /// Keeps a list; says whether it was not there. Each issue of an address is kept once.
    fn keep_list(&self, list: &KeptList) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// A digest that is to be stamped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToStamp {
    pub digest: EvidenceId,
    /// One of the words of `stamp::what`.
    pub what: String,
}

/// How far a stamp is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Waiting,
    Stamped,
    /// Every authority refused it again and again: only `postlink seal` still tries.
    Failed,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stamped => "stamped",
            Self::Failed => "failed",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Stamped, Self::Failed].into_iter().find(|state| state.word() == word)
    }
}

/// What an authority answered, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub authority: String,
    /// The whole answer, as it came: what `openssl ts -verify -in` reads.
    pub response: Vec<u8>,
    pub stamped_at: DateTime<Utc>,
    /// Until when the certificate of the authority is good.
    pub expires_at: DateTime<Utc>,
}

/// A stamp, or the wish for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStamp {
    pub number: u64,
    pub digest: EvidenceId,
    pub what: String,
    pub state: State,
    pub wanted_at: DateTime<Utc>,
    pub tries: u64,
    pub next_try: DateTime<Utc>,
    /// Why the last try failed.
    pub trouble: Option<String>,
    pub answer: Option<Answered>,
}

/// A list of certificates that their issuer took back, as it was fetched.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptList {
    pub url: String,
    /// DER: what `openssl crl -inform DER` reads.
    pub list: Vec<u8>,
    pub issued_at: DateTime<Utc>,
    /// When the next one is due, as it says.
    pub next_at: Option<DateTime<Utc>>,
    pub fetched_at: DateTime<Utc>,
}

/// A row, before it is known to be whole.
#[derive(sqlx::FromRow)]
pub(crate) struct StampRow {
    pub(crate) number: i64,
    digest: String,
    what: String,
    state: String,
    wanted_at: DateTime<Utc>,
    tries: i64,
    next_try: DateTime<Utc>,
    trouble: Option<String>,
    authority: Option<String>,
    response: Option<Vec<u8>>,
    stamped_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

impl StampRow {
    /// The stamp, or what the row lacks.
    pub(crate) fn stamp(self) -> Result<KeptStamp, String> {
        let wrong = |what: &str| format!("{what} of stamp {}", self.number);
        let answer = match (self.authority, self.response, self.stamped_at, self.expires_at) {
            (Some(authority), Some(response), Some(stamped_at), Some(expires_at)) => {
                Some(Answered { authority, response, stamped_at, expires_at })
            }
            _ => None,
        };
        let state = State::of(&self.state).ok_or_else(|| wrong("the state"))?;
        if (state == State::Stamped) != answer.is_some() {
            return Err(wrong("the answer"));
        }
        Ok(KeptStamp {
            number: self.number.unsigned_abs(),
            digest: self.digest.parse().map_err(|_| wrong("the digest"))?,
            what: self.what,
            state,
            wanted_at: self.wanted_at,
            tries: self.tries.unsigned_abs(),
            next_try: self.next_try,
            trouble: self.trouble,
            answer,
        })
    }
}

/// Makes the stamps of a store, as `log_rows` does its log.
macro_rules! stamp_rows {
    ($store:ty, $database:ty) => {
        impl $crate::stamp::Stamps for $store {
            async fn want(&self, wanted: &$crate::stamp::ToStamp) -> Result<(), StoreError> {
                let mut transaction = self.write().await?;
                self.want_in(&mut transaction, wanted).await?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn due(&self, now: DateTime<Utc>, most: u64) -> Result<Vec<$crate::stamp::KeptStamp>, StoreError> {
                let rows = sqlx::query_as(
                    "SELECT * FROM stamps WHERE state = 'waiting' AND next_try <= $1 ORDER BY number LIMIT $2",
                )
                .bind(now)
                .bind(self.whole(most)?)
                .fetch_all(self.reading())
                .await;
                self.read_stamps(rows)
            }

            async fn stamps(&self) -> Result<Vec<$crate::stamp::KeptStamp>, StoreError> {
                let rows = sqlx::query_as("SELECT * FROM stamps ORDER BY number").fetch_all(self.reading()).await;
                self.read_stamps(rows)
            }

            async fn stamps_of(&self, case: &CaseId) -> Result<Vec<$crate::stamp::KeptStamp>, StoreError> {
                let rows = sqlx::query_as(
                    "SELECT stamps.* FROM stamps
                     JOIN case_evidence ON case_evidence.evidence_id = stamps.digest
                     JOIN cases ON cases.number = case_evidence.case_number
                     WHERE cases.case_id = $1 ORDER BY stamps.number",
                )
                .bind(case.as_str())
                .fetch_all(self.reading())
                .await;
                self.read_stamps(rows)
            }

            async fn stamps_for(&self, digest: EvidenceId) -> Result<Vec<$crate::stamp::KeptStamp>, StoreError> {
                let rows = sqlx::query_as("SELECT * FROM stamps WHERE digest = $1 ORDER BY number")
                    .bind(digest.to_string())
                    .fetch_all(self.reading())
                    .await;
                self.read_stamps(rows)
            }

            async fn stamped(&self, number: u64, answer: &$crate::stamp::kept::Answered) -> Result<(), StoreError> {
                let mut transaction = self.write().await?;
                sqlx::query(
                    "UPDATE stamps SET state = 'stamped', tries = tries + 1, trouble = NULL, authority = $1,
                     response = $2, stamped_at = $3, expires_at = $4 WHERE number = $5 AND state <> 'stamped'",
                )
                .bind(&answer.authority)
                .bind(&answer.response)
                .bind(answer.stamped_at)
                .bind(answer.expires_at)
                .bind(self.whole(number)?)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn not_stamped(
                &self,
                number: u64,
                trouble: &str,
                state: $crate::stamp::State,
                next_try: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                let mut transaction = self.write().await?;
                sqlx::query(
                    "UPDATE stamps SET state = $1, tries = tries + 1, trouble = $2, next_try = $3
                     WHERE number = $4 AND state <> 'stamped'",
                )
                .bind(state.word())
                .bind(trouble)
                .bind(next_try)
                .bind(self.whole(number)?)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))
            }

            async fn lists(&self) -> Result<Vec<$crate::stamp::KeptList>, StoreError> {
                sqlx::query_as(
                    "SELECT url, list, issued_at, next_at, fetched_at FROM revocation_lists ORDER BY fetched_at, url",
                )
                .fetch_all(self.reading())
                .await
                .map_err(|source| self.database(source))
            }

            async fn keep_list(&self, list: &$crate::stamp::KeptList) -> Result<bool, StoreError> {
                let mut transaction = self.write().await?;
                let done = sqlx::query(
                    "INSERT INTO revocation_lists (url, issued_at, next_at, fetched_at, list)
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (url, issued_at) DO NOTHING",
                )
                .bind(&list.url)
                .bind(list.issued_at)
                .bind(list.next_at)
                .bind(list.fetched_at)
                .bind(&list.list)
                .execute(&mut *transaction)
                .await
                .map_err(|source| self.database(source))?;
                transaction.commit().await.map_err(|source| self.database(source))?;
                Ok(done.rows_affected() > 0)
            }
        }

        impl $store {
            /// Has a digest stamped, if the transaction comes to its end.
            pub(crate) async fn want_in(
                &self,
                transaction: &mut Transaction<'static, $database>,
                wanted: &$crate::stamp::ToStamp,
            ) -> Result<(), StoreError> {
                let now = (self.clock)();
                sqlx::query(
                    "INSERT INTO stamps (number, digest, what, state, wanted_at, tries, next_try)
                     SELECT coalesce(max(number), 0) + 1, $1, $2, 'waiting', $3, 0, $3 FROM stamps
                     WHERE true ON CONFLICT (digest, what) DO NOTHING",
                )
                .bind(wanted.digest.to_string())
                .bind(&wanted.what)
                .bind(now)
                .execute(&mut **transaction)
                .await
                .map(drop)
                .map_err(|source| self.database(source))
            }

            fn read_stamps(
                &self,
                rows: Result<Vec<$crate::stamp::kept::StampRow>, sqlx::Error>,
            ) -> Result<Vec<$crate::stamp::KeptStamp>, StoreError> {
                let rows = rows.map_err(|source| self.database(source))?;
                let stamp = |row: $crate::stamp::kept::StampRow| row.stamp().map_err(|what| self.damaged(&what));
                rows.into_iter().map(stamp).collect()
            }
        }
    };
}

pub(crate) use stamp_rows;
