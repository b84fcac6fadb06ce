//! What users did and said after the click, as platforms send it, and what it comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use chrono::{DateTime, Utc};
use governance::ccr::Week;
use governance::intake::{Fault, Fields, Reading, Row, What};
use model::account::{Account, Sight};
use model::complaint::Complaint;
use model::line::word;
use model::touchpoint::{Conversion, Touchpoint};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use storage::hearing::{ComplaintRow, Heard as _, HeardMark, Hearing as _, Intake, Key, Taken, WantedComplaints};

use super::asked::{Asked, Given, Sent, Words};
use super::caller::{Caller, Hear, Read};
use super::cases::Limit;
use super::once::{Done, Once, once};
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::rates::{self, By, Rates, Sort};
use crate::stored::ask;

/// Rows of one request.
const MOST_ROWS: usize = 1_000;
/// What is sent with one request at most. Bytes.
pub(super) const LARGEST: usize = 8 * 1024 * 1024;

/// Rows that are sent at once, of one kind.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = Rows::sample())]
pub(crate) struct Rows {
    /// Each with the columns that docs/complaints.md lists; `id` and `at` are in each of them.
    #[serde(deserialize_with = "some_rows")]
    #[schemars(length(min = 1, max = MOST_ROWS))]
    rows: Vec<Map<String, Value>>,
}

impl Rows {
    fn sample() -> Value {
        serde_json::json!({ "rows": [{ "id": "c-1", "source": "comment", "at": "2026-11-20T08:30:00+08:00",
            "text": "没有领到", "user": "u-7", "ad": "g-001" }] })
    }
}

fn some_rows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Map<String, Value>>, D::Error> {
    let rows = Vec::<Map<String, Value>>::deserialize(deserializer)?;
    if rows.is_empty() || rows.len() > MOST_ROWS {
        return Err(serde::de::Error::custom(format!("send 1 to {MOST_ROWS} rows")));
    }
    Ok(rows)
}

/// What became of the rows.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RowsGiven {
    new: u64,
    /// That were there, as they are.
    same: u64,
    /// That are not kept.
    refused: u64,
    /// Of each row that is refused or told a warning of, in their order.
    told: Vec<RowGiven>,
}

/// What is said of a row.
#[derive(Debug, Serialize, JsonSchema)]
struct RowGiven {
    /// Its place in `rows`, from 0.
    row: usize,
    /// The field it is about; empty where it is the whole row.
    field: String,
    reason: String,
    /// Whether it is kept all the same.
    kept: bool,
}

pub(crate) async fn complaints(
    State(app): State<Arc<App>>,
    caller: Caller<Hear>,
    key: Once,
    Sent(rows): Sent<Rows>,
) -> Result<Done<RowsGiven, 200>, Problem> {
    take(app, caller, key, rows, What::Complaints).await
}

pub(crate) async fn conversions(
    State(app): State<Arc<App>>,
    caller: Caller<Hear>,
    key: Once,
    Sent(rows): Sent<Rows>,
) -> Result<Done<RowsGiven, 200>, Problem> {
    take(app, caller, key, rows, What::Conversions).await
}

pub(crate) async fn touchpoints(
    State(app): State<Arc<App>>,
    caller: Caller<Hear>,
    key: Once,
    Sent(rows): Sent<Rows>,
) -> Result<Done<RowsGiven, 200>, Problem> {
    take(app, caller, key, rows, What::Touchpoints).await
}

async fn take(
    app: Arc<App>,
    caller: Caller<Hear>,
    key: Once,
    rows: Rows,
    what: What,
) -> Result<Done<RowsGiven, 200>, Problem> {
    let request = key.request(&rows);
    let who = caller.account().name.clone();
    once(Arc::clone(&app), who, request, async move {
        let read = Sorted::of(&rows, what, &app, caller.account());
        let intake = read.take(&app).await?;
        caller.note_done(&app, "hear", what.word()).await;
        Ok(read.given(&intake))
    })
    .await
}

/// The rows of a request, and why others are none.
#[derive(Default)]
struct Sorted {
    complaints: Vec<Complaint>,
    conversions: Vec<Conversion>,
    touchpoints: Vec<Touchpoint>,
    /// The place in the request, and the ad that it names, of each that was read.
    places: Vec<(usize, Option<String>)>,
    faults: Vec<(usize, Fault)>,
}

impl Sorted {
    fn of(rows: &Rows, what: What, app: &App, account: &Account) -> Self {
        let Sight { platform, .. } = account.sight();
        let reading = Reading { now: (app.clock)(), place: app.settings.hearing.place, platform: platform.clone() };
        let mut read = Self::default();
        for (at, object) in rows.rows.iter().enumerate() {
            let row = Fields::of_json(what, object).and_then(|fields| reading.row(what, &fields));
            match row.and_then(|row| theirs(row, platform.as_deref())) {
                Err(fault) => read.faults.push((at, fault)),
                Ok(Row::Complaint(row)) => {
                    read.places.push((at, row.ad.clone()));
                    read.complaints.push(row);
                }
                Ok(Row::Conversion(row)) => {
                    read.places.push((at, row.ad.clone()));
                    read.conversions.push(row);
                }
                Ok(Row::Touchpoint(row)) => {
                    read.places.push((at, row.ad.clone()));
                    read.touchpoints.push(row);
                }
            }
        }
        read
    }

    async fn take(&self, app: &App) -> Result<Intake, Problem> {
        let hearing = &app.settings.hearing;
        let intake = if !self.complaints.is_empty() {
            ask!(app.stored, store => store.take_complaints(&self.complaints, hearing.said_for).await)?
        } else if !self.conversions.is_empty() {
            ask!(app.stored, store => store.take_conversions(&self.conversions).await)?
        } else {
            ask!(app.stored, store => store.take_touchpoints(&self.touchpoints, hearing.touchpoints_for).await)?
        };
        Ok(intake)
    }

    fn given(self, intake: &Intake) -> RowsGiven {
        let mut told: Vec<RowGiven> = self
            .faults
            .into_iter()
            .map(|(row, Fault { field, reason })| RowGiven { row, field, reason, kept: false })
            .collect();
        let (mut new, mut same) = (0, 0);
        for (taken, (row, ad)) in intake.rows.iter().zip(self.places) {
            match taken {
                Taken::New => new += 1,
                Taken::Same => same += 1,
                Taken::Changed => {
                    let reason = "another row of this platform came under this id before, and stands".to_owned();
                    told.push(RowGiven { row, field: "id".to_owned(), reason, kept: false });
                    continue;
                }
            }
            if let Some(ad) = ad.filter(|ad| intake.unknown_ads.contains(ad)) {
                let reason =
                    format!("the ad `{ad}` was neither imported nor examined: until it is, this belongs to no ad");
                told.push(RowGiven { row, field: "ad".to_owned(), reason, kept: true });
            }
        }
        told.sort_by_key(|one| one.row);
        let refused = told.iter().filter(|one| !one.kept).count() as u64;
        RowsGiven { new, same, refused, told }
    }
}

/// A platform sends what is its own.
fn theirs(row: Row, platform: Option<&str>) -> Result<Row, Fault> {
    let of = match &row {
        Row::Complaint(row) => &row.platform,
        Row::Conversion(row) => &row.platform,
        Row::Touchpoint(row) => &row.platform,
    };
    match platform {
        Some(platform) if of.as_deref() != Some(platform) => {
            Err(Fault::of("platform", format!("this token is of the platform `{platform}`, and sends no other's rows")))
        }
        _ => Ok(row),
    }
}

/// Complaints for which everything holds that is given, and which part of their list.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct ComplaintsAsked {
    /// About this ad.
    ad: Option<Words>,
    /// About ads of this advertiser, by its id on its platform.
    advertiser: Option<Words>,
    /// About ads of this trade.
    trade: Option<Words>,
    /// Heard by this platform.
    platform: Option<Words>,
    /// What it is about.
    kind: Option<Labelled>,
    /// Where it was heard.
    source: Option<HeardBy>,
    /// Excluded, or not.
    excluded: Option<bool>,
    /// Said then or later.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    since: Option<DateTime<Utc>>,
    /// Said before.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<DateTime<Utc>>,
    /// Where the page before has ended: its `next`.
    #[schemars(length(max = 2_000), regex(pattern = "^([0-9a-f]{2})+$"))]
    cursor: Option<Cursor>,
    /// How many at most.
    #[schemars(range(min = 1, max = Limit::MOST), extend("default" = Limit::USUAL))]
    limit: Option<Limit>,
}

/// What complaints are about.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Labelled {
    Content,
    Fulfilment,
    Distribution,
    Other,
}

/// Where complaints are heard.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum HeardBy {
    Comment,
    Report,
    Hotline,
    Rating,
    Refund,
}

/// The last complaint of a page, in hex: it stands in an address whatever is in its id.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String")]
struct Cursor(HeardMark);

impl Cursor {
    fn of(mark: &HeardMark) -> String {
        let text = serde_json::json!([mark.at.timestamp_millis(), mark.key.platform, mark.key.id]).to_string();
        text.bytes().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let read = || {
            let bytes: Vec<u8> = text.as_bytes().chunks(2).map(byte).collect::<Option<_>>()?;
            let (at, platform, id): (i64, String, String) = serde_json::from_slice(&bytes).ok()?;
            let key = Key { platform: platform.replace('\0', ""), id: id.replace('\0', "") };
            Some(HeardMark { at: DateTime::from_timestamp_millis(at)?, key })
        };
        read().map(Self).ok_or("this is no `next` of a page that was given out")
    }
}

/// One page of the complaints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ComplaintsGiven {
    items: Vec<ComplaintGiven>,
    /// The cursor of the page behind this one; null on the last.
    next: Option<String>,
}

/// A complaint as it stands. Who said it is not told.
#[derive(Serialize, JsonSchema)]
struct ComplaintGiven {
    id: String,
    platform: Option<String>,
    /// `comment`, `report`, `hotline`, `rating` or `refund`.
    source: String,
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: DateTime<Utc>,
    /// Empty where nothing was said, and where it is not kept any more.
    text: String,
    /// The ad that it belongs to; null where it belongs to none that is known.
    ad: Option<String>,
    /// By what: `ad`, `click` or `last-click`.
    linked_by: Option<String>,
    /// Of the ad: its advertiser's id on its platform.
    advertiser: Option<String>,
    trade: Option<String>,
    /// `content`, `fulfilment`, `distribution` or `other`; null where nobody said.
    kind: Option<String>,
    /// Its label, from the widest level to the narrowest.
    path: Option<Vec<String>>,
    /// Of its label: `S1` to `S4`.
    severity: Option<String>,
    /// Why it does not count, where somebody or a rule says so, by language.
    excluded: Option<BTreeMap<String, String>>,
    /// Whether its user converted by its ad before.
    converted: bool,
}

impl From<ComplaintRow> for ComplaintGiven {
    fn from(row: ComplaintRow) -> Self {
        let ComplaintRow {
            complaint, belongs, linked_by, advertiser, trade, known, label, excluded, converted_at, ..
        } = row;
        Self {
            id: complaint.id,
            platform: complaint.platform,
            source: word(&complaint.source),
            at: complaint.at,
            text: complaint.text,
            ad: belongs.filter(|_| known),
            linked_by: linked_by.filter(|_| known),
            advertiser,
            trade,
            kind: label.as_ref().map(|label| word(&label.kind)),
            path: label.as_ref().map(|label| label.path.to_vec()),
            severity: label.as_ref().map(|label| word(&label.severity)),
            excluded: excluded.map(|exclusion| exclusion.why),
            converted: converted_at.is_some_and(|converted| converted <= complaint.at),
        }
    }
}

pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<ComplaintsAsked>,
) -> Result<Given<ComplaintsGiven>, Problem> {
    let words = |words: Option<Words>| words.map(|Words(text)| text);
    let wanted = WantedComplaints {
        ad: words(asked.ad),
        advertiser: words(asked.advertiser),
        trade: words(asked.trade),
        platform: words(asked.platform),
        kind: asked.kind.map(|kind| word(&kind)),
        source: asked.source.map(|source| word(&source)),
        excluded: asked.excluded,
        doubted: None,
        linked: None,
        heeded: None,
        from: asked.since,
        before: asked.until,
        standing: None,
    };
    let (sight, behind, limit) = (caller.sight(), asked.cursor.map(|Cursor(mark)| mark), Limit::of(asked.limit));
    // One more than is given tells whether there are more.
    let mut rows = ask!(app.stored, store => store.complaints(&sight, &wanted, behind.as_ref(), limit + 1).await)?;
    let more = rows.len() as u64 > limit;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|last| Cursor::of(&last.mark()));
    caller.note(&app, "view", "complaints").await?;
    Ok(Given(ComplaintsGiven { items: rows.into_iter().map(Into::into).collect(), next }))
}

/// Which rates are asked for.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct RatesAsked {
    /// The groups.
    by: Option<By>,
    /// The first week.
    #[schemars(with = "String", regex(pattern = "^[0-9]{4}-W[0-9]{2}$"), example = "2026-W40")]
    from: AskedWeek,
    /// The last week, which counts as well.
    #[schemars(with = "String", regex(pattern = "^[0-9]{4}-W[0-9]{2}$"), example = "2026-W51")]
    to: AskedWeek,
    /// Only of these complaints.
    kind: Option<Sort>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct AskedWeek(Week);

impl TryFrom<String> for AskedWeek {
    type Error = governance::ccr::NoWeek;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

pub(crate) async fn ccr(
    State(app): State<Arc<App>>,
    caller: Caller<Read>,
    Asked(asked): Asked<RatesAsked>,
) -> Result<Given<Rates>, Problem> {
    let hearing = &app.settings.hearing;
    let wanted = rates::Asked {
        by: asked.by.unwrap_or(By::All),
        from: asked.from.0,
        to: asked.to.0,
        place: hearing.place,
        level: hearing.level,
        watch: hearing.watch,
    };
    let found = ask!(app.stored, store => rates::rates(&**store, &caller.sight(), &wanted).await)?;
    let mut found = found.ok_or_else(|| {
        let detail = format!("`from` must not be behind `to`, nor more than {} weeks before it", rates::MOST_WEEKS);
        Problem::new(Kind::BadRequest, detail)
    })?;
    found.groups.retain(|group| asked.kind.is_none_or(|kind| group.kind == kind));
    Ok(Given(found))
}
