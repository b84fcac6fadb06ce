//! Tables as text: fields between commas, tabs or semicolons, quoted where they hold one, over several lines if need be.
//!
//! A quote that is never closed must not swallow what follows: its line is refused, and reading goes on with the next one.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::lines::{LONGEST, Line, Lines};

/// Lines of one record.
const MOST_LINES: usize = 100;

/// A record of a table, or why a line is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Of its first line.
    pub(super) line: u64,
    pub(super) bytes: usize,
    pub(super) fields: Result<Vec<Vec<u8>>, String>,
}

pub(super) struct Table<R> {
    lines: Lines<R>,
    /// Lines that were looked at and are to be read again.
    again: VecDeque<Line>,
    delimiter: u8,
    /// Fields of the head; 0 before it was read.
    columns: usize,
}

impl<R: BufRead> Table<R> {
    pub(super) fn new(lines: Lines<R>) -> Self {
        Self { lines, again: VecDeque::new(), delimiter: b',', columns: 0 }
    }

    /// The first record, by which the delimiter and the number of columns are known.
    pub(super) fn head(&mut self) -> io::Result<Option<Record>> {
        let Some(line) = self.line()? else { return Ok(None) };
        let bytes = line.bytes.as_deref().unwrap_or_default();
        let count = |delimiter: u8| bytes.iter().filter(|byte| **byte == delimiter).count();
        self.delimiter = [b',', b'\t', b';']
            .into_iter()
            .max_by_key(|delimiter| (count(*delimiter), *delimiter == b','))
            .unwrap_or(b',');
        self.again.push_front(line);
        let head = self.next()?;
        self.columns = head.as_ref().and_then(|head| head.fields.as_ref().ok()).map_or(0, Vec::len);
        Ok(head)
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let first = loop {
            match self.line()? {
                None => return Ok(None),
                Some(Line { bytes: Some(bytes), .. }) if bytes.is_empty() => {}
                Some(line) => break line,
            }
        };
        let line = first.number;
        let Some(mut joined) = first.bytes else {
            return Ok(Some(Record {
                line,
                bytes: 0,
                fields: Err(format!("the line is longer than {LONGEST} bytes")),
            }));
        };
        let mut ahead = Vec::new();
        let fields = loop {
            match split(&joined, self.delimiter) {
                Split::Whole(fields) if self.columns > 0 && fields.len() != self.columns => {
                    break Err(format!("it has {} columns, and the head has {}", fields.len(), self.columns));
                }
                Split::Whole(fields) => break Ok(fields),
                Split::Broken => {
                    break Err("text stands behind a closing quote: write a quote within quotes twice".to_owned());
                }
                Split::Open => match self.line()? {
                    Some(Line { number, bytes: Some(bytes) })
                        if ahead.len() < MOST_LINES && joined.len() + bytes.len() < LONGEST =>
                    {
                        joined.push(b'\n');
                        joined.extend_from_slice(&bytes);
                        ahead.push(Line { number, bytes: Some(bytes) });
                    }
                    last => {
                        ahead.extend(last);
                        break Err("a quote is opened and never closed".to_owned());
                    }
                },
            }
        };
        let over_lines = fields.is_err() && !ahead.is_empty();
        let bytes = joined.len();
        let fields =
            if over_lines { Err("a quote is opened and not closed as it should be".to_owned()) } else { fields };
        if over_lines {
            ahead.into_iter().rev().for_each(|line| self.again.push_front(line));
        }
        Ok(Some(Record { line, bytes, fields }))
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.again.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next(),
        }
    }
}

/// What a stretch of text is.
enum Split {
    Whole(Vec<Vec<u8>>),
    /// It ends within quotes.
    Open,
    /// Something stands behind a closing quote.
    Broken,
}

/// Bytes of UTF-8 and GB18030 that are part of a longer character are no delimiter, quote or line break.
fn split(text: &[u8], delimiter: u8) -> Split {
    let (mut fields, mut rest) = (Vec::new(), text);
    loop {
        if rest.first() != Some(&b'"') {
            let end = rest.iter().position(|byte| *byte == delimiter);
            fields.push(rest[..end.unwrap_or(rest.len())].to_vec());
            let Some(end) = end else { return Split::Whole(fields) };
            rest = &rest[end + 1..];
            continue;
        }
        let (mut field, mut at) = (Vec::new(), 1);
        loop {
            let Some(quote) = rest[at..].iter().position(|byte| *byte == b'"') else { return Split::Open };
            field.extend_from_slice(&rest[at..at + quote]);
            at += quote + 1;
            if rest.get(at) != Some(&b'"') {
                break;
            }
            field.push(b'"');
            at += 1;
        }
        fields.push(field);
        match rest.get(at) {
            None => return Split::Whole(fields),
            Some(byte) if *byte == delimiter => rest = &rest[at + 1..],
            Some(_) => return Split::Broken,
        }
    }
}
