//! The weekly report as a workbook: a sheet a table, numbers as numbers, and no cell a formula.

use rust_xlsxwriter::{Format, Image, Workbook, Worksheet, XlsxError};

use super::{Counts, Exhibit, Row, Seen, Standing, Week};
use crate::words::word;

/// A cell.
enum Cell {
    Text(String),
    Number(f64),
    /// A share of one, shown in percent.
    Share(f64),
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

/// The columns of exhibits; pictures stand in the last two.
const EXHIBITED: [&str; 10] =
    ["severity", "problem", "ad", "platform", "advertiser", "case", "promised", "delivered", "of_ad", "of_page"];
/// Pixels of a cell with a picture in it.
const PICTURE: (u32, u32) = (260, 240);

/// In one language: `zh-CN` or `en`; `seen` as [`super::Weekly::of`] has it.
pub fn workbook(week: &Week, seen: &[[Seen; 2]], language: &str) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let w = |key: &str| word(language, "weekly", key);
    let mut sheet = |name: &str, columns: &[&str], rows: Vec<Vec<Cell>>| -> Result<(), XlsxError> {
        let sheet = book.add_worksheet().set_name(w(name))?;
        let columns: Vec<String> = columns.iter().map(|column| w(column)).collect();
        fill(sheet, &columns, rows)
    };
    sheet("about", &["what", "name"], about(week, language))?;
    let total = [("this_week", week.total), ("before", week.before), ("unplaced", week.unplaced)];
    // Where nobody asked for a region, every ad is in it.
    let asked = |(name, _): &(&str, Counts)| *name != "unplaced" || week.scope.region.is_some();
    let total = total
        .into_iter()
        .filter(asked)
        .map(|(name, counts)| [vec![Cell::Text(w(name))], counted(counts)].into_iter().flatten().collect());
    let columns: Vec<&str> = ["span"].into_iter().chain(COUNTED).collect();
    sheet("total", &columns, total.collect())?;
    let columns: Vec<&str> = ["name"].into_iter().chain(COUNTED).chain(["violating_before"]).collect();
    for (name, rows) in [("platforms", &week.platforms), ("trades", &week.trades), ("regions", &week.regions)] {
        let called = |row: &Row| match &row.name {
            Some(code) if name == "regions" => region(code, language),
            Some(name) => name.clone(),
            None => w("unknown"),
        };
        sheet(name, &columns, rows.iter().map(|row| named(row, called(row))).collect())?;
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
    let rate = |rate: Option<f64>| rate.map_or(Cell::Empty, Cell::Share);
    let ccr = |one: &super::Ccr| {
        let kind = Cell::Text(word(language, "complaint_kind", &one.kind));
        vec![kind, one.complaints.into(), one.conversions.into(), rate(one.rate), rate(one.before)]
    };
    sheet("ccr", &["kind", "complaints", "conversions", "rate", "before"], week.ccr.iter().map(ccr).collect())?;
    let late = |one: &super::Late| {
        let text = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or_default());
        vec![
            Cell::Text(w(one.kind)),
            Cell::from(one.id.as_str()),
            text(&one.ad),
            text(&one.platform),
            text(&one.advertiser),
            Cell::from(one.since.as_str()),
            Cell::from(one.due_at.as_str()),
            text(&one.done_at),
        ]
    };
    let columns = ["kind", "item", "ad", "platform", "advertiser", "since", "due_at", "done_at"];
    sheet("overdue_items", &columns, week.overdue.items.iter().map(late).collect())?;
    let (gravest, exemplary) = seen.split_at(week.gravest.len().min(seen.len()));
    for (name, exhibits, seen) in [("gravest", &week.gravest, gravest), ("exemplary", &week.exemplary, exemplary)] {
        let sheet = book.add_worksheet().set_name(w(name))?;
        let columns: Vec<String> = EXHIBITED.iter().map(|column| w(column)).collect();
        fill(sheet, &columns, exhibits.iter().map(|one| exhibited(one, language)).collect())?;
        pictures(sheet, seen, &w)?;
    }
    book.save_to_buffer()
}

/// What it is of, how it was counted, and that it accuses nobody: a workbook is passed on without its page.
fn about(week: &Week, language: &str) -> Vec<Vec<Cell>> {
    let w = |group: &str, key: &str| word(language, group, key);
    let pair = |name: String, value: String| vec![Cell::Text(name), Cell::Text(value)];
    let all = || w("cases", "any");
    vec![
        pair(w("document", "number"), format!("PL-{}", week.week)),
        pair(w("weekly", "span"), format!("{} – {} {}", week.from, week.until, w("weekly", "clock"))),
        pair(w("weekly", "platform"), week.scope.platform.clone().unwrap_or_else(all)),
        pair(w("weekly", "region"), week.scope.region.as_deref().map_or_else(all, |code| region(code, language))),
        pair(
            w("weekly", "overdue"),
            format!(
                "{}{}",
                w("weekly", "overdue_said").replace("{}", &week.overdue.due.to_string()),
                week.overdue.overdue
            ),
        ),
        pair(String::new(), w("weekly", "counted")),
        pair(String::new(), w("document", "suspected")),
    ]
}

/// `44 广东`
fn region(code: &str, language: &str) -> String {
    let province: String = code.chars().take(2).collect();
    match word(language, "province", &province) {
        name if name == province => code.to_owned(),
        name => format!("{code} {name}"),
    }
}

fn exhibited(one: &Exhibit, language: &str) -> Vec<Cell> {
    let text = |text: &Option<String>| Cell::from(text.as_deref().unwrap_or_default());
    let found = one.violation.as_ref();
    let what = found.map(|found| found.what.get(language).unwrap_or(&found.rule).as_str());
    vec![
        Cell::from(found.map_or("", |found| found.severity.as_str())),
        Cell::from(what.unwrap_or_default()),
        Cell::from(one.ad.as_str()),
        text(&one.platform),
        Cell::Text([&one.advertiser, &one.name].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ")),
        Cell::from(one.case.as_str()),
        Cell::from(found.map_or("", |found| found.promised.as_str())),
        Cell::from(found.map_or("", |found| found.delivered.as_str())),
    ]
}

/// Puts each picture into its cell, or says why there is none.
fn pictures(sheet: &mut Worksheet, seen: &[[Seen; 2]], w: &dyn Fn(&str) -> String) -> Result<(), XlsxError> {
    let columns = (EXHIBITED.len() as u16 - 2)..;
    let wrapped = Format::new().set_text_wrap();
    for column in columns.clone().take(2) {
        sheet.set_column_width_pixels(column, PICTURE.0)?;
    }
    for (line, sides) in (1..).zip(seen) {
        let is_seen = sides.iter().any(|side| matches!(side, Seen::Picture(_)));
        if is_seen {
            sheet.set_row_height_pixels(line, PICTURE.1)?;
        }
        for (column, side) in columns.clone().zip(sides) {
            match side {
                Seen::Picture(jpeg) => {
                    let image = Image::new_from_buffer(jpeg)?.set_scale_to_size(PICTURE.0 - 6, PICTURE.1 - 6, true);
                    sheet.insert_image_with_offset(line, column, &image, 3, 3)?;
                }
                _ => {
                    sheet.write_string_with_format(line, column, w(side.word()), &wrapped)?;
                }
            }
        }
    }
    Ok(())
}

fn counted(counts: Counts) -> Vec<Cell> {
    let Counts { cases, ads, violating, cleared, clean, inconclusive, violations, confirmed, rejected } = counts;
    [cases, ads, violating, cleared, clean, inconclusive, violations, confirmed, rejected].map(Cell::from).into()
}

fn named(row: &Row, name: String) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(name)];
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
    let (bold, percent) = (Format::new().set_bold(), Format::new().set_num_format("0.00%"));
    for (at, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, at, name, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (at, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(text) => sheet.write_string(line, at, text.chars().take(32_767).collect::<String>())?,
                Cell::Number(number) => sheet.write_number(line, at, number)?,
                Cell::Share(share) => sheet.write_number_with_format(line, at, share, &percent)?,
                Cell::Empty => continue,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?.autofit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_says_what_it_is_of_and_that_it_accuses_nobody() {
        let mut week = Week { week: "2026-W47".into(), ..Week::default() };
        week.scope.region = Some("4401".into());
        let told: Vec<String> = about(&week, "zh-CN")
            .into_iter()
            .flatten()
            .filter_map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None })
            .collect();
        for text in ["PL-2026-W47", "4401 广东", "不限"] {
            assert!(told.iter().any(|one| one == text), "{text}: {told:?}");
        }
        assert!(told.iter().any(|one| one.contains("不构成对违法行为的认定")), "{told:?}");
    }
}
