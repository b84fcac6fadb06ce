//! Cases as a file: what the list gives, all of it at once.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use model::account::Sight;
use serde_json::json;
use storage::desk::{CaseRow, Desk as _, Wanted};

use super::asked::Asked;
use super::caller::{Caller, Export};
use super::cases::CaseFacts;
use super::document::{Answer, Operation};
use super::filters::Filters;
use super::problem::{Kind, Problem};
use crate::app::App;
use crate::stored::ask;
use crate::table::{self, Cell};

/// Rows that are read at once.
const AT_ONCE: u64 = 500;
/// Rows of a sheet.
const MOST_OF_SHEET: u64 = table::MOST_OF_SHEET as u64;

/// A kind of file.
pub(crate) trait Format {
    const NAME: &'static str;
    const MEDIA_TYPE: &'static str;
}

pub(crate) struct Csv;
pub(crate) struct JsonLines;
pub(crate) struct Xlsx;

impl Format for Csv {
    const NAME: &'static str = "cases.csv";
    const MEDIA_TYPE: &'static str = "text/csv";
}

impl Format for JsonLines {
    const NAME: &'static str = "cases.jsonl";
    const MEDIA_TYPE: &'static str = "application/jsonl";
}

impl Format for Xlsx {
    const NAME: &'static str = "cases.xlsx";
    const MEDIA_TYPE: &'static str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
}

/// A file as it is handed out.
pub(crate) struct File<F> {
    body: Body,
    format: std::marker::PhantomData<F>,
}

impl<F: Format> File<F> {
    fn of(body: Body) -> Self {
        Self { body, format: std::marker::PhantomData }
    }
}

impl<F: Format> IntoResponse for File<F> {
    fn into_response(self) -> Response {
        let name = format!("attachment; filename=\"{}\"", F::NAME);
        let name = HeaderValue::from_str(&name).expect("internal error: the names are plain");
        let headers =
            [(header::CONTENT_TYPE, HeaderValue::from_static(F::MEDIA_TYPE)), (header::CONTENT_DISPOSITION, name)];
        (headers, self.body).into_response()
    }
}

impl<F: Format> Answer for File<F> {
    fn tell(operation: &mut Operation<'_>) {
        let schema = json!({ "type": "string", "contentMediaType": F::MEDIA_TYPE });
        let about = "A case a line: what the list gives of it, in the same order.";
        operation.answers_in(StatusCode::OK, about, &[F::MEDIA_TYPE], Some(&schema));
    }
}

pub(crate) async fn csv(
    State(app): State<Arc<App>>,
    caller: Caller<Export>,
    Asked(filters): Asked<Filters>,
) -> Result<File<Csv>, Problem> {
    caller.note(&app, "export", Csv::NAME).await?;
    let head = table::csv_line(COLUMNS.iter().map(|column| (*column).to_owned()));
    let rows = pages(app, caller.sight(), filters.wanted(), |row| table::csv_line(cells(row)));
    let head = stream::once(async { Ok(head) });
    Ok(File::of(Body::from_stream(futures_util::StreamExt::chain(head, rows))))
}

pub(crate) async fn json_lines(
    State(app): State<Arc<App>>,
    caller: Caller<Export>,
    Asked(filters): Asked<Filters>,
) -> Result<File<JsonLines>, Problem> {
    caller.note(&app, "export", JsonLines::NAME).await?;
    let line = |row| {
        let text = serde_json::to_string(&CaseFacts::from(row)).expect("internal error: facts are plain data");
        text + "\n"
    };
    Ok(File::of(Body::from_stream(pages(app, caller.sight(), filters.wanted(), line))))
}

pub(crate) async fn xlsx(
    State(app): State<Arc<App>>,
    caller: Caller<Export>,
    Asked(filters): Asked<Filters>,
) -> Result<File<Xlsx>, Problem> {
    let (sight, wanted) = (caller.sight(), filters.wanted());
    let rows: Vec<CaseRow> = ask!(app.stored, store => store.list(&sight, &wanted, None, MOST_OF_SHEET + 1).await)?;
    if rows.len() as u64 > MOST_OF_SHEET {
        let detail = format!(
            "there are more than {MOST_OF_SHEET} cases, and no sheet holds more: narrow them (`since`, `until`, `verdict`, …), \
             or take {}, which holds all",
            Csv::NAME
        );
        return Err(Problem::new(Kind::Unprocessable, detail));
    }
    caller.note(&app, "export", Xlsx::NAME).await?;
    let made = tokio::task::spawn_blocking(move || workbook(rows)).await;
    let bytes = made.map_err(|error| error.to_string()).and_then(|made| made.map_err(|error| error.to_string()));
    bytes.map(|bytes| File::of(bytes.into())).map_err(|error| {
        tracing::error!(%error, "A sheet could not be made");
        Problem::new(Kind::Broken, "the sheet could not be made: the log of the program says why")
    })
}

/// All that is wanted, so many rows a piece. Where one cannot be read the stream breaks off, and so does the answer: nobody takes
/// a part for the whole.
fn pages(
    app: Arc<App>,
    sight: Sight,
    wanted: Wanted,
    line: impl Fn(CaseRow) -> String + Send + 'static,
) -> impl Stream<Item = Result<String, storage::store::StoreError>> + Send {
    stream::try_unfold((app, sight, wanted, line, Some(None)), |(app, sight, wanted, line, behind)| async move {
        let Some(behind) = behind else { return Ok(None) };
        let rows: Vec<CaseRow> = ask!(app.stored, store => store.list(&sight, &wanted, behind, AT_ONCE).await)?;
        let next = rows.last().filter(|_| rows.len() as u64 == AT_ONCE).map(|last| Some(last.number));
        let text: String = rows.into_iter().map(&line).collect();
        Ok(Some((text, (app, sight, wanted, line, next))))
    })
}

const COLUMNS: [&str; 16] = [
    "number",
    "case_id",
    "ad_id",
    "platform",
    "advertiser",
    "advertiser_name",
    "trade",
    "title",
    "verdict",
    "severity",
    "violations",
    "gaps",
    "opened_at",
    "sealed_at",
    "decision",
    "decided_at",
];

/// What stands in the cells of a case.
fn cells(row: CaseRow) -> [String; 16] {
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    [
        row.number.to_string(),
        row.case_id.to_string(),
        row.ad_id,
        or_empty(row.platform),
        or_empty(row.advertiser),
        or_empty(row.advertiser_name),
        or_empty(row.trade),
        or_empty(row.title),
        row.verdict,
        or_empty(row.severity),
        row.violations.to_string(),
        row.gaps.join(" "),
        row.opened_at.to_rfc3339(),
        row.sealed_at.to_rfc3339(),
        or_empty(row.decision),
        row.decided_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
    ]
}

/// Its cells are texts and numbers by their column.
fn workbook(rows: Vec<CaseRow>) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let cell = |(name, cell): (&&str, String)| match cell.parse::<u32>() {
        Ok(number) if matches!(*name, "number" | "violations") => Cell::Number(number.into()),
        _ => Cell::Text(cell),
    };
    let rows = rows.into_iter().map(|row| COLUMNS.iter().zip(cells(row)).map(cell).collect());
    table::workbook("cases", &COLUMNS, rows)
}
