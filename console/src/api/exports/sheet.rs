//! Cases as rows of a table, for programs that calculate with them: no cell of them is a formula.

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use storage::desk::CaseRow;

pub(super) const COLUMNS: [&str; 16] = [
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

/// What stands in them.
pub(super) fn cells(row: CaseRow) -> [String; 16] {
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

/// One line (RFC 4180).
pub(super) fn csv_line(cells: impl IntoIterator<Item = String>) -> String {
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
pub(super) fn workbook(rows: Vec<CaseRow>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("cases")?;
    let bold = Format::new().set_bold();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, (name, cell)) in (0..).zip(COLUMNS.iter().zip(cells(row))) {
            match cell.parse::<u32>() {
                Ok(number) if matches!(*name, "number" | "violations") => sheet.write_number(line, column, number)?,
                _ => sheet.write_string(line, column, cut(&cell))?,
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
