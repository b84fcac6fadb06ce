//! What the console lists.
use chrono::{DateTime, Utc};
use model::account::Sight;
use model::evidence::EvidenceId;

use crate::store::{CaseId, Kept, StoreError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision { Undecided, Confirm, Reject, Again }
impl Decision {
    pub fn of(word: &str) -> Option<Self> {
        Some(match word { "undecided" => Self::Undecided, "confirm" => Self::Confirm, "reject" => Self::Reject, "again" => Self::Again, _ => return None })
    }
}
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted { pub verdict: Option<String>, pub severity: Option<String>, pub check: Option<String>, pub rule: Option<String>, pub platform: Option<String>, pub advertiser: Option<String>, pub trade: Option<String>, pub ad: Option<String>, pub text: Option<String>, pub decision: Option<Decision>, pub since: Option<DateTime<Utc>>, pub until: Option<DateTime<Utc>>, pub latest_only: bool }
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRow { pub number: u64, pub case_id: CaseId, pub ad_id: String, pub platform: Option<String>, pub advertiser: Option<String>, pub advertiser_name: Option<String>, pub trade: Option<String>, pub title: Option<String>, pub verdict: String, pub severity: Option<String>, pub violations: u64, pub gaps: Vec<String>, pub opened_at: DateTime<Utc>, pub sealed_at: DateTime<Utc>, pub decision: Option<String>, pub decided_at: Option<DateTime<Utc>> }
pub trait Desk: Send + Sync {
    fn list(&self, sight: &Sight, wanted: &Wanted, behind: Option<u64>, most: u64) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;
    fn case_in_sight(&self, sight: &Sight, case: &CaseId) -> impl Future<Output = Result<Option<CaseRow>, StoreError>> + Send;
    fn cases_of_ad(&self, sight: &Sight, ad: &str, most: u64) -> impl Future<Output = Result<Vec<CaseRow>, StoreError>> + Send;
    fn evidence_in_sight(&self, sight: &Sight, case: &CaseId, id: EvidenceId) -> impl Future<Output = Result<Option<Kept>, StoreError>> + Send;
}
macro_rules! stub { ($t:ty) => {
impl Desk for $t {
    async fn list(&self, _: &Sight, _: &Wanted, _: Option<u64>, _: u64) -> Result<Vec<CaseRow>, StoreError> { Ok(Vec::new()) }
    async fn case_in_sight(&self, _: &Sight, _: &CaseId) -> Result<Option<CaseRow>, StoreError> { Ok(None) }
    async fn cases_of_ad(&self, _: &Sight, _: &str, _: u64) -> Result<Vec<CaseRow>, StoreError> { Ok(Vec::new()) }
    async fn evidence_in_sight(&self, _: &Sight, _: &CaseId, _: EvidenceId) -> Result<Option<Kept>, StoreError> { Ok(None) }
} } }
stub!(crate::sqlite::SqliteStore);
stub!(crate::postgres::PostgresStore);
