//! The rows of a file, one after the other, each read or refused with its line.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::Path;

use anyhow::Context as _;
use governance::intake::{self, Fault, Field, Fields, Reading, Row, What};
use serde_json::{Map, Value};

use super::encoding::Mostly;
use super::lines::{LONGEST, Lines};
use super::source::{self, Source};
use super::table::{Record, Table};
use crate::exit::Refused;

/// Columns that are passed over and told.
const MOST_TOLD: usize = 50;

/// A row of a file.
pub(super) struct Read {
    /// Its first line.
    pub(super) line: u64,
    pub(super) bytes: usize,
    pub(super) row: Result<Row, Fault>,
    /// It is in another encoding than the file.
    pub(super) otherwise: bool,
}

pub(super) struct Rows {
    what: What,
    reading: Reading,
    mostly: Mostly,
    form: Form,
    /// Columns that stand for no field.
    passed_over: BTreeSet<String>,
}

type Bytes = Box<dyn BufRead + Send>;

enum Form {
    Table { table: Table<Bytes>, columns: Vec<Option<Field>> },
    Json(Lines<Bytes>),
}

impl Rows {
    pub(super) fn open(path: &Path, what: What, reading: Reading) -> anyhow::Result<Self> {
        let source = source::open(path).map_err(|error| {
            Refused::Usage(format!(
                "read {}: {error}; name a CSV or JSON Lines file, packed with gzip or not",
                path.display()
            ))
        })?;
        Self::of(source, what, reading).with_context(|| format!("read {}", path.display()))
    }

    pub(super) fn of(source: Source, what: What, reading: Reading) -> anyhow::Result<Self> {
        let Source { bytes, mostly, sample } = source;
        let first = sample.iter().find(|byte| !byte.is_ascii_whitespace());
        let lines = Lines::new(bytes);
        let mut rows = Self { what, reading, mostly, form: Form::Json(lines), passed_over: BTreeSet::new() };
        match first {
            Some(b'{') => Ok(rows),
            Some(b'[') => {
                Err(Refused::Usage("it is one JSON list: write one object a line (JSON Lines), or CSV".into()).into())
            }
            _ => {
                let Form::Json(lines) = rows.form else { unreachable!("internal error: it was just made") };
                let mut table = Table::new(lines);
                let columns = columns(what, mostly, table.head()?, &mut rows.passed_over)?;
                rows.form = Form::Table { table, columns };
                Ok(rows)
            }
        }
    }

    pub(super) fn mostly(&self) -> Mostly {
        self.mostly
    }

    pub(super) fn passed_over(&self) -> &BTreeSet<String> {
        &self.passed_over
    }

    pub(super) fn next(&mut self) -> anyhow::Result<Option<Read>> {
        match &mut self.form {
            Form::Table { table, columns } => {
                let Some(Record { line, bytes, fields }) = table.next()? else { return Ok(None) };
                let mut otherwise = false;
                let read =
                    fields.map_err(Fault::whole).and_then(|fields| told(&fields, columns, self.mostly, &mut otherwise));
                let row = read.and_then(|fields| self.reading.row(self.what, &fields));
                Ok(Some(Read { line, bytes, row, otherwise }))
            }
            Form::Json(lines) => loop {
                let Some(line) = lines.next()? else { return Ok(None) };
                let number = line.number;
                let Some(bytes) = line.bytes else {
                    let fault = Fault::whole(format!("the line is longer than {LONGEST} bytes"));
                    return Ok(Some(Read { line: number, bytes: 0, row: Err(fault), otherwise: false }));
                };
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                let mut otherwise = false;
                let object = object(&bytes, self.mostly, &mut otherwise);
                let row = object.and_then(|object| {
                    pass_over(self.what, &object, &mut self.passed_over);
                    self.reading.row(self.what, &Fields::of_json(self.what, &object)?)
                });
                return Ok(Some(Read { line: number, bytes: bytes.len(), row, otherwise }));
            },
        }
    }
}

/// The fields that the columns of a table stand for.
fn columns(
    what: What,
    mostly: Mostly,
    head: Option<Record>,
    passed_over: &mut BTreeSet<String>,
) -> anyhow::Result<Vec<Option<Field>>> {
    let refuse = |why: String| anyhow::Error::new(Refused::Usage(why));
    let Some(head) = head else { return Err(refuse("it is empty".into())) };
    let names = head.fields.map_err(|reason| refuse(format!("line {}: {reason}", head.line)))?;
    let mut columns = Vec::with_capacity(names.len());
    for name in &names {
        let (name, _) = mostly.text(name).ok_or_else(|| refuse("its head is in neither UTF-8 nor GB18030".into()))?;
        let field = intake::field(what, &name);
        match field {
            None if !name.trim().is_empty() => {
                passed_over.insert(name.trim().to_owned());
            }
            Some(field) if columns.contains(&Some(field)) => {
                return Err(refuse(format!(
                    "two columns stand for `{}`, `{name}` is the second: take one away",
                    field.name()
                )));
            }
            _ => {}
        }
        columns.push(field);
    }
    let needed: &[&str] = match what {
        What::Complaints => &["id", "source", "at"],
        What::Conversions => &["id", "at"],
        What::Touchpoints => &["id", "kind", "at"],
    };
    for needed in needed {
        if !columns.iter().flatten().any(|field| field.name() == *needed) {
            let known = intake::own_names(what).find(|(own, _)| own == needed).map(|(_, names)| names.join(", "));
            let why = format!("its head has no column for `{needed}`: call one {}", known.unwrap_or_default());
            return Err(refuse(why));
        }
    }
    Ok(columns)
}

/// The fields of a record, each in the encoding that it is in.
fn told(fields: &[Vec<u8>], columns: &[Option<Field>], mostly: Mostly, otherwise: &mut bool) -> Result<Fields, Fault> {
    let whole = fields.join(&b'\n');
    let (_, other) = mostly.text(&whole).ok_or_else(|| not_text(mostly))?;
    *otherwise = other;
    // A line is in one encoding: its shortest fields do not say in which.
    let its = match (mostly, other) {
        (Mostly::Utf8, true) => Mostly::Gb18030,
        (Mostly::Gb18030, true) => Mostly::Utf8,
        _ => mostly,
    };
    let mut read = Fields::default();
    for (field, bytes) in columns.iter().zip(fields) {
        if let Some(field) = field {
            let (text, _) = its.text(bytes).ok_or_else(|| not_text(mostly))?;
            read.put(*field, &text);
        }
    }
    Ok(read)
}

fn object(line: &[u8], mostly: Mostly, otherwise: &mut bool) -> Result<Map<String, Value>, Fault> {
    let (text, other) = mostly.text(line).ok_or_else(|| not_text(mostly))?;
    *otherwise = other;
    serde_json::from_str(&text).map_err(|error| {
        // serde counts lines within this one: only the column tells anything.
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or(&said).to_owned();
        Fault::whole(format!("it is no JSON object: {said} (column {})", error.column()))
    })
}

fn not_text(mostly: Mostly) -> Fault {
    match mostly {
        Mostly::Utf16 => Fault::whole("it is no UTF-16, as the file is"),
        _ => Fault::whole("it is in neither UTF-8 nor GB18030"),
    }
}

fn pass_over(what: What, object: &Map<String, Value>, passed_over: &mut BTreeSet<String>) {
    for name in object.keys() {
        if passed_over.len() < MOST_TOLD && intake::field(what, name).is_none() {
            passed_over.insert(name.clone());
        }
    }
}
