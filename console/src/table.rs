//! Tables that are taken along, for programs that calculate with them: no cell of them is a formula.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use serde::Serialize;

use crate::web::failure::Failure;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// As what a table is taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Csv,
    JsonLines,
    Xlsx,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Csv, Self::JsonLines, Self::Xlsx];

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// By the name of a file: `ccr.csv` of `ccr`.
    pub(crate) fn of_name(name: &str, stem: &str) -> Option<Self> {
        let ending = name.strip_prefix(stem)?.strip_prefix('.')?;
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }
}

/// Rows of a sheet: it is made in memory, and nobody reads a longer one.
pub(crate) const MOST_OF_SHEET: usize = 20_000;

/// A whole table as a file of this kind; rows are written to JSON as they are, and to the others cell by cell.
pub(crate) fn file<R: Serialize>(
    kind: Kind,
    stem: &str,
    columns: &[&str],
    rows: Vec<R>,
    cells: impl Fn(R) -> Vec<Cell>,
) -> Result<Response, Failure> {
    let body = match kind {
        Kind::Csv => {
            let head = csv_line(columns.iter().map(|column| (*column).to_owned()));
            let lines = rows.into_iter().map(|row| csv_line(cells(row).into_iter().map(Cell::text)));
            Body::from(head + &lines.collect::<String>())
        }
        Kind::JsonLines => {
            let line = |row| serde_json::to_string(row).expect("internal error: rows are plain data") + "\n";
            Body::from(rows.iter().map(line).collect::<String>())
        }
        Kind::Xlsx if rows.len() > MOST_OF_SHEET => {
            return Err(Failure::Bad("many-rows", MOST_OF_SHEET.to_string()));
        }
        Kind::Xlsx => {
            let rows = rows.into_iter().map(cells);
            Body::from(workbook(stem, columns, rows).map_err(|error| Failure::Broken(error.to_string()))?)
        }
    };
    let name = format!("attachment; filename=\"{stem}.{}\"", kind.ending());
    let name = HeaderValue::from_str(&name).expect("internal error: the names are plain");
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(kind.media_type())), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, body).into_response())
}

/// One line (RFC 4180).
pub(crate) fn csv_line(cells: impl IntoIterator<Item = String>) -> String {
    let quoted = |cell: String| {
        let cell = defused(cell);
        if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
    };
    cells.into_iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n"
}

/// Programs that calculate take a cell that begins so for a formula, and carry it out: ads and pages write what they like.
fn defused(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

/// A workbook with one sheet. Its cells are texts and numbers by their type, and never formulas.
pub(crate) fn workbook(
    name: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell>>,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name(name)?;
    let bold = Format::new().set_bold();
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Number(number) => sheet.write_number(line, column, number)?,
                Cell::Text(text) => sheet.write_string(line, column, cut(&text))?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?.autofit();
    workbook.save_to_buffer()
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> String {
    const MOST: usize = 32_767;
    text.chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_as_it_was() {
        let line = csv_line(["a,b", "say \"so\"", "two\nlines", "免费", ""].map(ToOwned::to_owned));
        assert_eq!(line, "\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",免费,\r\n");
    }

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "1=1", "=a,b"];
        let line = csv_line(cells.map(ToOwned::to_owned));
        assert_eq!(line, "'=1+1,'+1,'-1,'@A1,'\t=1,\"'\r=1\",1=1,\"'=a,b\"\r\n");
    }
}
