//! The weekly report as a workbook: a sheet a table, numbers as numbers, and no cell a formula.

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Counts, Row, Standing, Week};
use crate::words::word;

/// A cell.
enum Cell {
    Text(String),
    Number(f64),
    Empty,
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The columns of counts, as they are called in the words of `weekly`.
const COUNTED: [&str; 9] =
    ["cases", "ads", "violating", "cleared", "clean", "inconclusive", "violations", "confirmed", "rejected"];

/// In one language: `zh-CN` or `en`.
pub fn workbook(week: &Week, language: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let w = |key: &str| word(language, "weekly", key);
    let mut sheet = |name: &str, columns: &[&str], rows: Vec<Vec<Cell>>| -> Result<(), XlsxError> {
        let sheet = book.add_worksheet().set_name(w(name))?;
        let columns: Vec<String> = columns.iter().map(|column| w(column)).collect();
        fill(sheet, &columns, rows)
    };
    let total = [("this_week", week.total), ("before", week.before), ("unplaced", week.unplaced)];
    let total =
        total.map(|(name, counts)| [vec![Cell::Text(w(name))], counted(counts)].into_iter().flatten().collect());
    let columns: Vec<&str> = ["span"].into_iter().chain(COUNTED).collect();
    sheet("total", &columns, total.into())?;
    let columns: Vec<&str> = ["name"].into_iter().chain(COUNTED).chain(["violating_before"]).collect();
    for (name, rows) in [("platforms", &week.platforms), ("trades", &week.trades), ("regions", &week.regions)] {
        sheet(name, &columns, rows.iter().map(|row| named(row, &w("unknown"))).collect())?;
    }
    let judged = |count: Option<u64>| count.map_or_else(|| Cell::Text(w("not_judged")), Cell::from);
    let category = |one: &super::Category| {
        let name = one.name.get(language).unwrap_or(&one.id);
        vec![Cell::from(name.as_str()), judged(one.violations), judged(one.before)]
    };
    let mut categories: Vec<_> = week.categories.iter().map(category).collect();
    categories.push(vec![Cell::Text(w("uncategorized")), week.uncategorized.into(), Cell::Empty]);
    sheet("categories", &["category", "violations", "before"], categories)?;
    let done = &week.dispositions;
    let mut dispositions: Vec<Vec<Cell>> = [
        ("accounts", done.accounts),
        ("items", done.items),
        ("media", done.media),
        ("lifted", done.lifted),
        ("handed_over", done.handed_over),
    ]
    .map(|(name, count)| vec![Cell::Text(w(name)), count.into()])
    .into();
    for one in &done.steps {
        dispositions.push(vec![Cell::from(one.name.get(language).unwrap_or(&one.step).as_str()), one.count.into()]);
    }
    sheet("dispositions", &["what", "count"], dispositions)?;
    for (name, rows) in [("worst", &week.worst), ("best", &week.best)] {
        sheet(name, &["platform", "advertiser", "name", "ads", "violating"], rows.iter().map(standing).collect())?;
    }
    let day = |day: &super::Day| {
        let of = |severity: &str| Cell::from(day.violations.get(severity).copied().unwrap_or_default());
        let cells = ["S1", "S2", "S3", "S4"].map(of);
        [Cell::Text(day.day.to_string()), day.cases.into()].into_iter().chain(cells).collect()
    };
    sheet("days", &["day", "cases", "S1", "S2", "S3", "S4"], week.days.iter().map(day).collect())?;
    let rate = |rate: Option<f64>| rate.map_or(Cell::Empty, Cell::Number);
    let ccr = |one: &super::Ccr| {
        let kind = Cell::Text(word(language, "complaint_kind", &one.kind));
        vec![kind, one.complaints.into(), one.conversions.into(), rate(one.rate), rate(one.before)]
    };
    sheet("ccr", &["kind", "complaints", "conversions", "rate", "before"], week.ccr.iter().map(ccr).collect())?;
    book.save_to_buffer()
}

fn counted(counts: Counts) -> Vec<Cell> {
    let Counts { cases, ads, violating, cleared, clean, inconclusive, violations, confirmed, rejected } = counts;
    [cases, ads, violating, cleared, clean, inconclusive, violations, confirmed, rejected].map(Cell::from).into()
}

fn named(row: &Row, unknown: &str) -> Vec<Cell> {
    let mut cells = vec![Cell::from(row.name.as_deref().unwrap_or(unknown))];
    cells.extend(counted(row.counts));
    cells.push(row.before.violating.into());
    cells
}

fn standing(one: &Standing) -> Vec<Cell> {
    let text = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or_default());
    vec![
        text(&one.platform),
        Cell::from(one.advertiser.as_str()),
        text(&one.name),
        one.ads.into(),
        one.violating.into(),
    ]
}

fn fill(sheet: &mut Worksheet, columns: &[String], rows: Vec<Vec<Cell>>) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    for (at, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, at, name, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (at, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, at, text.chars().take(32_767).collect::<String>())?,
                Cell::Number(number) => sheet.write_number(line, at, number)?,
                Cell::Empty => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?.autofit();
    Ok(())
}
