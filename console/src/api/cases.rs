//! Cases: their list, and each with all that is known of it.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::decisions::Decisions as _;
use storage::desk::{CaseRow, Desk as _};
use storage::store::{CaseId, Kept, Store as _};

use super::asked::{Asked, Given, Named};
use super::caller::{Caller, Read};
use super::decisions::DecisionGiven;
use super::filters::Filters;
use super::problem::Problem;
use crate::app::App;
use crate::stored::ask;

/// Which part of a list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Page {
    /// Where the page before has ended: its `next`.
    #[schemars(length(max = 20), regex(pattern = "^[0-9]{1,18}$"))]
    cursor: Option<Cursor>,
    /// How many at most.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String")]
struct Cursor(u64);

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = (1..=18).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or("this is no `next` of a page that was given out")
    }
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "u64")]
#[schemars(inline, with = "u64")]
pub(crate) struct Limit(u64);

impl Limit {
    /// Where nobody says how many.
    pub(crate) const USUAL: u64 = 50;
    pub(crate) const MOST: u64 = 200;

    pub(crate) fn of(asked: Option<Self>) -> u64 {
        asked.map_or(Self::USUAL, |Self(limit)| limit)
    }
}

impl TryFrom<u64> for Limit {
    type Error = String;

    fn try_from(limit: u64) -> Result<Self, Self::Error> {
        if (1..=Self::MOST).contains(&limit) { Ok(Self(limit)) } else { Err(format!("write 1 to {}", Self::MOST)) }
    }
}

/// One page of the cases.
#[derive(Serialize, JsonSchema)]
#[schemars(example = CasesGiven::sample())]
pub(crate) struct CasesGiven {
    items: Vec<CaseFacts>,
    /// The cursor of the page behind this one; null on the last.
    next: Option<String>,
}

/// A case in short.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct CaseFacts {
    /// Greater for each case that was sealed later.
    number: u64,
    case_id: String,
    ad_id: String,
    platform: Option<String>,
    /// The advertiser's id on its platform.
    advertiser: Option<String>,
    advertiser_name: Option<String>,
    /// The advertiser's trade, or the ad's declared category.
    trade: Option<String>,
    title: Option<String>,
    /// `violating`, `clean` or `inconclusive`.
    verdict: String,
    /// Of its gravest violation: `S1` to `S4`.
    severity: Option<String>,
    violations: u64,
    /// Why something could not be seen, each reason once.
    gaps: Vec<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    opened_at: DateTime<Utc>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    sealed_at: DateTime<Utc>,
    /// What people decided: none while a violation waits, `confirm` where one was confirmed, `again` where another visit was asked
    /// for, `reject` where all were rejected. Of a case without violations, the last word on the whole.
    decision: Option<String>,
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    decided_at: Option<DateTime<Utc>>,
}

impl From<CaseRow> for CaseFacts {
    fn from(row: CaseRow) -> Self {
        Self {
            number: row.number,
            case_id: row.case_id.to_string(),
            ad_id: row.ad_id,
            platform: row.platform,
            advertiser: row.advertiser,
            advertiser_name: row.advertiser_name,
            trade: row.trade,
            title: row.title,
            verdict: row.verdict,
            severity: row.severity,
            violations: row.violations,
            gaps: row.gaps,
            opened_at: row.opened_at,
            sealed_at: row.sealed_at,
            decision: row.decision,
            decided_at: row.decided_at,
        }
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(filters): Asked<Filters>,
    Asked(page): Asked<Page>,
) -> Result<Given<CasesGiven>, Problem> {
    let (sight, wanted) = (caller.sight(), filters.wanted());
    let behind = page.cursor.map(|Cursor(number)| number);
    let limit = Limit::of(page.limit);
    // One more than is given tells whether there are more.
    let rows: Vec<CaseRow> = ask!(app.stored, store => store.list(&sight, &wanted, behind, limit + 1).await)?;
    let more = rows.len() as u64 > limit;
    let items: Vec<_> = rows.into_iter().take(limit as usize).map(CaseFacts::from).collect();
    let next = items.last().filter(|_| more).map(|last| last.number.to_string());
    Ok(Given(CasesGiven { items, next }))
}

/// Names a case.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct OfCase {
    /// The id of the case, as lists give it.
    #[schemars(regex(pattern = "^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{12}$"), example = "20261128T120000Z-0123456789ab")]
    pub(crate) case: String,
}

/// The case, if whoever asks may see it.
pub(crate) async fn in_sight<S>(app: &App, caller: &Caller<S>, case: &str) -> Result<CaseRow, Problem> {
    let (sight, case) = (caller.sight(), CaseId::named(case).ok_or_else(Problem::not_found)?);
    ask!(app.stored, store => store.case_in_sight(&sight, &case).await)?.ok_or_else(Problem::not_found)
}

/// A case with all that is known of it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CaseGiven {
    facts: CaseFacts,
    /// Its line of `cases.jsonl`: the ad, the chains, what was found, what could not be seen.
    #[schemars(with = "serde_json::Map<String, Value>")]
    case: Value,
    /// What people have decided about it, in order: the last one counts.
    decisions: Vec<DecisionGiven>,
    evidence: Vec<EvidenceGiven>,
}

/// Something that a case rests on.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EvidenceGiven {
    /// As the case names it: `sha256:` and 64 hex digits.
    id: String,
    what: String,
    media_type: String,
    bytes: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    captured_at: DateTime<Utc>,
    /// Where its bytes are given out.
    href: String,
}

pub(crate) async fn one(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Named(OfCase { case }): Named<OfCase>,
) -> Result<Given<CaseGiven>, Problem> {
    let row = in_sight(&app, &caller, &case).await?;
    caller.note(&app, "view", row.case_id.as_str()).await?;
    let id = row.case_id.clone();
    let line = ask!(app.stored, store => store.line(&id).await)?;
    let decisions = ask!(app.stored, store => store.decisions_of(&id).await)?;
    let kept: Vec<Kept> = ask!(app.stored, store => store.rests_on(&id).await)?;
    let case = serde_json::from_str(&line).map_err(|error| super::problem::damaged(&id, &error))?;
    let evidence = kept.into_iter().map(|one| EvidenceGiven::of(&id, one)).collect();
    Ok(Given(CaseGiven { facts: row.into(), case, decisions: decisions.iter().map(Into::into).collect(), evidence }))
}

impl EvidenceGiven {
    fn of(case: &CaseId, kept: Kept) -> Self {
        let Kept { id, media_type, bytes, what, captured_at } = kept;
        let href = format!("/api/v1/cases/{case}/evidence/{}", id.hex());
        Self { id: id.to_string(), what, media_type, bytes, captured_at, href }
    }
}

impl CasesGiven {
    fn sample() -> Self {
        let at = DateTime::from_timestamp_secs(1_795_000_000).expect("internal error: a moment");
        let facts = CaseFacts {
            number: 7,
            case_id: "20261128T120000Z-0123456789ab".to_owned(),
            ad_id: "ad-1".to_owned(),
            platform: Some("feed".to_owned()),
            advertiser: Some("adv-1".to_owned()),
            advertiser_name: None,
            trade: Some("games".to_owned()),
            title: Some("登录即送".to_owned()),
            verdict: "violating".to_owned(),
            severity: Some("S3".to_owned()),
            violations: 1,
            gaps: Vec::new(),
            opened_at: at,
            sealed_at: at,
            decision: None,
            decided_at: None,
        };
        Self { items: vec![facts], next: Some("7".to_owned()) }
    }
}
