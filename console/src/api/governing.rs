//! What is done over time: measures, what is due, the ledger; and what traffic and paths come to.

use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use governance::ccr::Week;
use governance::deadlines::{Calendar, Urgency};
use model::account::Role;
use model::ledger::Entry;
use model::line::word;
use model::measure::MeasureState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use storage::hearing::{Ends, Heard as _, Span};
use storage::kin::Kin as _;
use storage::ledger::Ledger as _;
use storage::measures::{KeptMeasure, Measures as _, Turn};

use super::asked::{Asked, Given, Words};
use super::caller::{Caller, Read};
use super::cases::Limit;
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::credits::{self, MODELS, To, credits};
use crate::deadlines::{self, Item};
use crate::kin::LinkedGiven;
use crate::pages::ledger::READERS;
use crate::pages::measures::{is_told, without_others};
use crate::pages::weeks::Weeks;
use crate::stored::ask;

/// Ways that are told.
const WAYS: usize = 50;
/// Weeks that may be asked for at once.
const MOST_WEEKS: u16 = 104;
const USUAL_WEEKS: u16 = 4;

/// Which weeks.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct WeeksAsked {
    /// The last week; without it, the last one that is over.
    #[schemars(with = "Option<String>", regex(pattern = "^[0-9]{4}-W[0-9]{2}$"), example = "2026-W47")]
    week: Option<AskedWeek>,
    /// How many, up to that one.
    #[schemars(range(min = 1, max = MOST_WEEKS), extend("default" = USUAL_WEEKS))]
    weeks: Option<u16>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct AskedWeek(Week);

impl TryFrom<String> for AskedWeek {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is no week: write 2026-W47"))
    }
}

impl WeeksAsked {
    fn weeks(&self, app: &App) -> Result<(Weeks, Span), Problem> {
        let wrong = |detail: String| Problem::new(Kind::BadRequest, detail);
        let count = self.weeks.unwrap_or(USUAL_WEEKS);
        if !(1..=MOST_WEEKS).contains(&count) {
            return Err(wrong(format!("`weeks`: write 1 to {MOST_WEEKS}")));
        }
        let hearing = &app.settings.hearing;
        let over = || Week::of((app.clock)() - TimeDelta::weeks(1), hearing.place);
        let last = self.week.map_or_else(over, |AskedWeek(week)| week);
        let found = Weeks::until(last, count).and_then(|weeks| Some((weeks, weeks.span(hearing).ok()?)));
        found.ok_or_else(|| wrong("no calendar goes that far".into()))
    }
}

/// Measures for which everything holds that is given.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct MeasuresAsked {
    /// Where it stands.
    state: Option<Standing>,
    /// The advertiser's id on its platform.
    advertiser: Option<Words>,
    /// Where the ads run.
    platform: Option<Words>,
}

/// Where a measure stands.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "MeasureState")]
enum Standing {
    Proposed,
    Taken,
    Refused,
    Lifted,
}

impl From<Standing> for MeasureState {
    fn from(state: Standing) -> Self {
        match state {
            Standing::Proposed => Self::Proposed,
            Standing::Taken => Self::Taken,
            Standing::Refused => Self::Refused,
            Standing::Lifted => Self::Lifted,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct MeasuresGiven {
    /// In the order of proposing.
    items: Vec<MeasureGiven>,
}

/// A step of a ladder.
#[derive(Serialize, JsonSchema)]
struct MeasureGiven {
    id: String,
    platform: Option<String>,
    /// Its id on its platform.
    advertiser: String,
    ladder: String,
    step: String,
    /// `S1` to `S4`.
    severity: String,
    /// The cases it rests on.
    cases: Vec<String>,
    /// Why it is this step.
    reasons: Vec<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    proposed_at: DateTime<Utc>,
    /// `proposed`, `taken`, `refused` or `lifted`.
    state: String,
    /// Whether a person has to decide it before it holds.
    to_decide: bool,
    /// When it ends by itself.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<DateTime<Utc>>,
    /// What it turned to, in order.
    turns: Vec<TurnGiven>,
}

#[derive(Serialize, JsonSchema)]
struct TurnGiven {
    state: String,
    /// The account; null: postlink by itself.
    by: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: DateTime<Utc>,
    why: Option<String>,
}

impl From<KeptMeasure> for MeasureGiven {
    fn from(KeptMeasure { measure, to_decide, turns }: KeptMeasure) -> Self {
        let turn = |Turn { state, by, at, why }: Turn| TurnGiven { state: state.word().to_owned(), by, at, why };
        Self {
            id: measure.id,
            platform: measure.platform,
            advertiser: measure.advertiser,
            ladder: measure.ladder,
            step: measure.step,
            severity: word(&measure.severity),
            cases: measure.cases,
            reasons: measure.reasons,
            proposed_at: measure.proposed_at,
            state: measure.state.word().to_owned(),
            to_decide,
            until: measure.until,
            turns: turns.into_iter().map(turn).collect(),
        }
    }
}

pub(crate) async fn measures(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<MeasuresAsked>,
) -> Result<Given<MeasuresGiven>, Problem> {
    let mut sight = caller.sight();
    // No further than this account sees.
    sight.platform = sight.platform.or(asked.platform.map(|Words(platform)| platform));
    sight.advertiser = sight.advertiser.or(asked.advertiser.map(|Words(advertiser)| advertiser));
    let kept = ask!(app.stored, store => store.measures(&sight, asked.state.map(Into::into)).await)?;
    let role = caller.account().role;
    let told = kept.into_iter().filter(|one| is_told(role, one.measure.state)).map(|one| without_others(role, one));
    let items = told.map(Into::into).collect();
    Ok(Given(MeasuresGiven { items }))
}

/// Whose.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct LinkedAsked {
    /// Joined with this advertiser, by its id on its platform.
    advertiser: Option<Words>,
    /// Not more than so many.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct AllLinkedGiven {
    /// By advertiser. Accounts that the token does not see are in none.
    items: Vec<LinkedGiven>,
}

pub(crate) async fn linked(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<LinkedAsked>,
) -> Result<Given<AllLinkedGiven>, Problem> {
    let (sight, most) = (caller.sight(), Limit::of(asked.limit) as usize);
    let advertiser = asked.advertiser.map(|Words(advertiser)| advertiser);
    let all = ask!(app.stored, store => store.linked(&sight, advertiser.as_deref(), most).await)?;
    Ok(Given(AllLinkedGiven { items: all.iter().map(LinkedGiven::of).collect() }))
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct DeadlinesGiven {
    /// The first that is due first.
    items: Vec<DeadlineGiven>,
}

/// Something that waits for people.
#[derive(Serialize, JsonSchema)]
struct DeadlineGiven {
    /// `decision` of a case, or `complaint`.
    kind: String,
    /// The case, or the complaint on its platform.
    id: String,
    ad: Option<String>,
    platform: Option<String>,
    advertiser: Option<String>,
    /// Of a case's gravest violation.
    severity: Option<String>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    since: DateTime<Utc>,
    #[schemars(with = "String", extend("format" = "date-time"))]
    due_at: DateTime<Utc>,
    /// Counted by weekends alone: no notice says yet which days of that year are worked.
    provisional: bool,
    /// `open`, `soon` or `overdue`.
    urgency: String,
}

impl From<Item> for DeadlineGiven {
    fn from(item: Item) -> Self {
        let urgency = match item.urgency {
            Urgency::Open => "open",
            Urgency::Soon => "soon",
            Urgency::Overdue => "overdue",
        };
        Self {
            kind: item.kind.to_owned(),
            id: item.id,
            ad: item.ad,
            platform: item.platform,
            advertiser: item.advertiser,
            severity: item.severity,
            since: item.since,
            due_at: item.due.at,
            provisional: item.due.provisional,
            urgency: urgency.to_owned(),
        }
    }
}

pub(crate) async fn due(State(app): State<Arc<App>>, caller: Caller<Read>) -> Result<Given<DeadlinesGiven>, Problem> {
    caller.must_be(&[Role::Platform, Role::Regulator])?;
    let (sight, now) = (caller.sight(), (app.clock)());
    let items = ask!(app.stored, store => deadlines::items(&**store, &sight, &Calendar::cn(), now).await)?;
    Ok(Given(DeadlinesGiven { items: items.into_iter().map(Into::into).collect() }))
}

/// Which part of the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct LedgerAsked {
    /// About this advertiser, by its id; or this ad, where none is known.
    subject: Option<Words>,
    /// Where the page before has ended: its `next`.
    #[schemars(range(max = 9_007_199_254_740_991_u64))]
    cursor: Option<Whole>,
    /// How many at most.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

/// The number of an entry, as every reader of JSON can tell it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "u64")]
#[schemars(with = "u64", inline)]
struct Whole(u64);

impl TryFrom<u64> for Whole {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number < 1 << 53 { Ok(Self(number)) } else { Err("no entry has such a number") }
    }
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct LedgerGiven {
    /// Those that this account sees, in order, each with its number in the whole chain, its hash, and that of the one before it.
    items: Vec<EntryGiven>,
    /// The cursor of the page behind this one; null on the last.
    next: Option<u64>,
    /// Where the whole chain ends; null while it has no entry.
    head: Option<HeadGiven>,
}

/// The last entry of the chain, to be noted elsewhere: what is cut off behind it is missed only by who knows it.
#[derive(Serialize, JsonSchema)]
struct HeadGiven {
    number: u64,
    hash: String,
}

impl HeadGiven {
    fn of(last: &Entry) -> Self {
        Self { number: last.number, hash: last.hash.to_string() }
    }
}

/// An entry: `hash` is the SHA-256 of everything else in canonical JSON (RFC 8785).
#[derive(Serialize, JsonSchema)]
struct EntryGiven {
    number: u64,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: DateTime<Utc>,
    /// `finding`, `decision`, `measure` or `outcome`.
    act: String,
    subject: String,
    what: String,
    /// The `what` that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    follows: Option<String>,
    /// The account; not there: postlink by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    body: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    hash: String,
}

impl From<Entry> for EntryGiven {
    fn from(entry: Entry) -> Self {
        let Entry { number, at, act, subject, what, follows, by, body, previous, hash } = entry;
        let (previous, hash) = (previous.map(|hash| hash.to_string()), hash.to_string());
        Self { number, at, act: act.word().to_owned(), subject, what, follows, by, body, previous, hash }
    }
}

pub(crate) async fn ledger(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<LedgerAsked>,
) -> Result<Given<LedgerGiven>, Problem> {
    let role = caller.account().role;
    if role != Role::Admin && !READERS.contains(&role) {
        return Err(Problem::new(Kind::NoScope, "the ledger is for platforms and regulators"));
    }
    let sight = caller.sight();
    let (subject, limit) = (asked.subject.map(|Words(subject)| subject), Limit::of(asked.limit));
    let behind = asked.cursor.map_or(0, |Whole(number)| number);
    let mut entries = ask!(app.stored, store => store.entries(&sight, subject.as_deref(), behind, limit + 1).await)?;
    let more = entries.len() as u64 > limit;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| more).map(|last| last.number);
    let head = ask!(app.stored, store => store.last_entry().await)?.map(|last| HeadGiven::of(&last));
    Ok(Given(LedgerGiven { items: entries.into_iter().map(Into::into).collect(), next, head }))
}

/// What is shared out, and among what.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct CreditsAsked {
    /// Of what.
    of: Option<EndsAsked>,
    /// Among what.
    to: Option<ToAsked>,
    /// Impressions are contacts, too; without it, clicks are.
    #[serde(default)]
    impressions: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Ends")]
enum EndsAsked {
    Conversions,
    Complaints,
    Refunds,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CreditTo")]
enum ToAsked {
    Ad,
    Creative,
    Channel,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct CreditsGiven {
    /// The models, in the order in which credits stand.
    models: Vec<String>,
    ends: u64,
    /// Of these, before which there was no contact: nobody gets credit for them.
    without_contact: u64,
    /// Those with the most by the last touch first.
    keys: Vec<KeyGiven>,
    /// Of each model, all of it: of `last-per-channel` more than there are ends, since it counts twice.
    sums: Vec<f64>,
    /// The ways that were gone most often.
    ways: Vec<WayGiven>,
}

#[derive(Serialize, JsonSchema)]
struct KeyGiven {
    /// The ad, the hash of what it shows, or the channel; `direct`: by no ad; `elsewhere`: by ads that this account does not see.
    name: String,
    credits: Vec<f64>,
}

#[derive(Serialize, JsonSchema)]
struct WayGiven {
    steps: Vec<String>,
    count: u64,
}

pub(crate) async fn attribution(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<CreditsAsked>,
    Asked(weeks): Asked<WeeksAsked>,
) -> Result<Given<CreditsGiven>, Problem> {
    let (_, span) = weeks.weeks(&app)?;
    let of = match asked.of {
        None | Some(EndsAsked::Conversions) => Ends::Conversions,
        Some(EndsAsked::Complaints) => Ends::Complaints,
        Some(EndsAsked::Refunds) => Ends::Refunds,
    };
    let to = match asked.to {
        None | Some(ToAsked::Ad) => To::Ad,
        Some(ToAsked::Creative) => To::Creative,
        Some(ToAsked::Channel) => To::Channel,
    };
    let (sight, wanted) = (caller.sight(), credits::Asked { span, of, to, impressions: asked.impressions, ways: WAYS });
    let told = ask!(app.stored, store => credits(&**store, &sight, &wanted).await)?;
    let key = |key: credits::Key| KeyGiven { name: key.name, credits: key.credits.into() };
    Ok(Given(CreditsGiven {
        models: MODELS.map(ToOwned::to_owned).into(),
        ends: told.ends,
        without_contact: told.without_contact,
        keys: told.keys.into_iter().map(key).collect(),
        sums: told.sums.into(),
        ways: told.ways.into_iter().map(|(steps, count)| WayGiven { steps, count }).collect(),
    }))
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct TrafficGiven {
    /// The first week and the last.
    from: String,
    to: String,
    items: Vec<CountGiven>,
}

/// Traffic of one kind; by one rule, or all of it.
#[derive(Serialize, JsonSchema)]
struct CountGiven {
    /// `impression`, `click` or `conversion`.
    kind: String,
    /// Null: however it is marked.
    rule: Option<String>,
    before: u64,
    /// Without what is invalid; of a rule, without what is invalid by it.
    after: u64,
}

pub(crate) async fn traffic(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(weeks): Asked<WeeksAsked>,
) -> Result<Given<TrafficGiven>, Problem> {
    let (weeks, span) = weeks.weeks(&app)?;
    let sight = caller.sight();
    let counts = ask!(app.stored, store => store.traffic(&sight, &span).await)?;
    let item = |one: storage::hearing::TrafficCount| CountGiven {
        kind: one.kind,
        rule: one.rule,
        before: one.before,
        after: one.after,
    };
    let (from, to) = (weeks.first.to_string(), weeks.last.to_string());
    Ok(Given(TrafficGiven { from, to, items: counts.into_iter().map(item).collect() }))
}
