//! What platforms send, row by row: the fields of a line, by whatever names they come, as a complaint, a conversion or a touchpoint,
//! or why not.
//!
//! A row is taken as it is or refused with its field and the reason; nothing of it is cut, rounded or guessed.

mod amount;
mod columns;
mod moment;
mod words;

use core::net::IpAddr;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use model::complaint::{Age, Complaint};
use model::touchpoint::{Contact, Conversion, Touchpoint};
use serde_json::{Map, Value};

pub use columns::{Field, field, own_names};
pub use moment::{AHEAD, EARLIEST};

#[cfg(test)]
mod tests;

/// Characters of what names something.
pub const LONGEST_NAME: usize = 200;
/// Characters of what was said.
pub const LONGEST_TEXT: usize = 10_000;
/// Characters of a user agent.
pub const LONGEST_AGENT: usize = 1_000;

/// Years from which on somebody is no minor (未成年人保护法 #2).
const OF_AGE: u8 = 18;
/// Years from which on somebody is elderly (老年人权益保障法 #2).
const ELDERLY: u8 = 60;
/// Years that nobody has lived beyond, by far: more is a mistake.
const OLDEST: u8 = 130;

/// What rows are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Complaints,
    Conversions,
    Touchpoints,
}

impl What {
    pub const ALL: [Self; 3] = [Self::Complaints, Self::Conversions, Self::Touchpoints];

    pub fn word(self) -> &'static str {
        match self {
            Self::Complaints => "complaints",
            Self::Conversions => "conversions",
            Self::Touchpoints => "touchpoints",
        }
    }
}

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct Fault {
    /// By postlink's own name for it; empty where it is the whole row.
    pub field: String,
    pub reason: String,
}

impl Fault {
    pub fn of(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }

    pub fn whole(reason: impl Into<String>) -> Self {
        Self::of("", reason)
    }
}

/// What rows are read with.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Rows that are dated behind it are ahead of the clock.
    pub now: DateTime<Utc>,
    /// Of the clocks by which moments are told that name no zone.
    pub place: Tz,
    /// Of rows that name none.
    pub platform: Option<String>,
    /// For how long touchpoints are kept after they were: those whose time is over are not taken, since they would be forgotten at
    /// once, and with them what is known of them.
    pub touchpoints_for: TimeDelta,
}

/// The fields of one row that are not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<Field, String>);

impl Fields {
    /// Keeps a value; empty ones say nothing.
    pub fn put(&mut self, field: Field, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.0.insert(field, value.to_owned());
        }
    }

    /// Of a JSON object: texts, numbers, booleans, and pairs of numbers. What stands for no field is passed over.
    pub fn of_json(what: What, object: &Map<String, Value>) -> Result<Self, Fault> {
        let mut fields = Self::default();
        for (name, value) in object {
            let Some(field) = field(what, name) else { continue };
            let part = |part: &Value| part.as_number().map(ToString::to_string);
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Array(parts) => match parts.iter().map(part).collect::<Option<Vec<_>>>() {
                    Some(parts) if parts.len() == 2 => parts.join(","),
                    _ => return Err(Fault::of(field.name(), "is a list of other things than two numbers")),
                },
                Value::Object(_) => return Err(Fault::of(field.name(), "is an object: write a text or a number")),
            };
            let there = fields.0.get(&field).filter(|there| !text.trim().is_empty() && *there != text.trim());
            if let Some(there) = there {
                let twice = format!("is told twice: `{}` and `{}`", shown(there), shown(text.trim()));
                return Err(Fault::of(field.name(), twice));
            }
            fields.put(field, &text);
        }
        Ok(fields)
    }

    fn text(&self, name: &'static str, longest: usize) -> Result<Option<String>, Fault> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if text.contains('\0') {
            return Err(Fault::of(name, "has a NUL in it"));
        }
        let long = text.chars().count();
        if long > longest {
            return Err(Fault::of(name, format!("has {long} characters: {longest} at most, and none are cut off")));
        }
        Ok(Some(text.to_owned()))
    }

    fn name(&self, name: &'static str) -> Result<Option<String>, Fault> {
        self.text(name, LONGEST_NAME)
    }

    fn needed(&self, name: &'static str) -> Result<String, Fault> {
        self.name(name)?.ok_or_else(|| Fault::of(name, "is missing"))
    }

    fn get(&self, name: &'static str) -> Option<&str> {
        self.0.get(&Field(name)).map(String::as_str)
    }

    /// A whole number of a span.
    fn number(&self, name: &'static str, least: u64, most: u64) -> Result<Option<u64>, Fault> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse::<u64>().ok().filter(|number| (least..=most).contains(number));
        number
            .map(Some)
            .ok_or_else(|| Fault::of(name, format!("`{}` is no whole number from {least} to {most}", shown(text))))
    }

    fn degrees(&self, name: &'static str, most: f64) -> Result<Option<f64>, Fault> {
        self.get(name).map(|text| degrees(name, text, most)).transpose()
    }
}

/// A row that was read.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    Complaint(Complaint),
    Conversion(Conversion),
    Touchpoint(Touchpoint),
}

impl Reading {
    /// The row that fields say.
    pub fn row(&self, what: What, fields: &Fields) -> Result<Row, Fault> {
        match what {
            What::Complaints => self.complaint(fields).map(Row::Complaint),
            What::Conversions => self.conversion(fields).map(Row::Conversion),
            What::Touchpoints => self.touchpoint(fields).map(Row::Touchpoint),
        }
    }

    pub fn complaint(&self, fields: &Fields) -> Result<Complaint, Fault> {
        Ok(Complaint {
            id: fields.needed("id")?,
            source: words::of("source", &fields.needed("source")?)?,
            at: self.at(fields)?,
            text: fields.text("text", LONGEST_TEXT)?.unwrap_or_default(),
            user: fields.name("user")?,
            platform: self.platform(fields)?,
            ad: fields.name("ad")?,
            click: fields.name("click")?,
            age: fields.name("age")?.map(|word| age(&word)).transpose()?,
            rating: fields.number("rating", 1, 5)?.and_then(|stars| u8::try_from(stars).ok()),
            refunded: amount::of("refunded", fields.get("refunded"), "refunded_yuan", fields.get("refunded_yuan"))?,
        })
    }

    pub fn conversion(&self, fields: &Fields) -> Result<Conversion, Fault> {
        Ok(Conversion {
            id: fields.needed("id")?,
            at: self.at(fields)?,
            kind: fields.name("kind")?.unwrap_or_else(|| "conversion".to_owned()),
            user: fields.name("user")?,
            platform: self.platform(fields)?,
            ad: fields.name("ad")?,
            click: fields.name("click")?,
            value: amount::of("value", fields.get("value"), "value_yuan", fields.get("value_yuan"))?,
        })
    }

    pub fn touchpoint(&self, fields: &Fields) -> Result<Touchpoint, Fault> {
        let kind: Contact = words::of("kind", &fields.needed("kind")?)?;
        let ip = |text: String| {
            text.parse::<IpAddr>()
                .map_err(|_| Fault::of("ip", format!("`{}` is no address of IPv4 or IPv6", shown(&text))))
        };
        Ok(Touchpoint {
            id: fields.needed("id")?,
            kind,
            at: self.kept_at(fields)?,
            user: fields.name("user")?,
            platform: self.platform(fields)?,
            ad: fields.name("ad")?,
            channel: fields.name("channel")?.unwrap_or_else(|| "unknown".to_owned()),
            device: fields.name("device")?,
            ip: fields.name("ip")?.map(ip).transpose()?,
            user_agent: fields.text("user_agent", LONGEST_AGENT)?,
            size: size(fields)?,
            prefetch: fields.name("prefetch")?.map_or(Ok(false), |word| words::of("prefetch", &word))?,
            place: place(fields)?,
        })
    }

    fn at(&self, fields: &Fields) -> Result<DateTime<Utc>, Fault> {
        moment::of(&fields.needed("at")?, self.place, self.now).map_err(|reason| Fault::of("at", reason))
    }

    fn kept_at(&self, fields: &Fields) -> Result<DateTime<Utc>, Fault> {
        let at = self.at(fields)?;
        if at + self.touchpoints_for > self.now {
            return Ok(at);
        }
        let days = self.touchpoints_for.num_days();
        Err(Fault::of(
            "at",
            format!("its time is over: touchpoints are kept for {days} days, and none is taken in after them"),
        ))
    }

    fn platform(&self, fields: &Fields) -> Result<Option<String>, Fault> {
        Ok(fields.name("platform")?.or_else(|| self.platform.clone()))
    }
}

/// A group, or years: a column that is called an age holds either.
fn age(word: &str) -> Result<Age, Fault> {
    let years = word.strip_suffix('岁').unwrap_or(word).trim_end().parse::<u8>().ok();
    match years {
        Some(..OF_AGE) => Ok(Age::Minor),
        Some(OF_AGE..ELDERLY) => Ok(Age::Adult),
        Some(ELDERLY..=OLDEST) => Ok(Age::Elderly),
        _ => words::of("age", word),
    }
}

/// Width and height: `300x250`, or one in each of two fields.
fn size(fields: &Fields) -> Result<Option<(u32, u32)>, Fault> {
    const MOST: u64 = 65_535;
    let pixels = |pixels: u64| u32::try_from(pixels).unwrap_or(u32::MAX);
    if let Some(text) = fields.get("size") {
        let pair = text.split_once(['x', 'X', '×', '*', ',']);
        let side = |text: &str| text.trim().parse::<u64>().ok().filter(|side| *side <= MOST).map(pixels);
        let size = pair.and_then(|(width, height)| Some((side(width)?, side(height)?)));
        let wrong = || Fault::of("size", format!("`{}` is no size: write 300x250, {MOST} at most", shown(text)));
        return size.map(Some).ok_or_else(wrong);
    }
    let (width, height) = (fields.number("width", 0, MOST)?, fields.number("height", 0, MOST)?);
    Ok(width.zip(height).map(|(width, height)| (pixels(width), pixels(height))))
}

/// Degrees north and east: `23.13,113.26`, east and north: `113.26,23.13`, as Chinese files write them, or one in each of two fields.
fn place(fields: &Fields) -> Result<Option<(f64, f64)>, Fault> {
    for (field, how, turned) in [
        ("place", "north and east as 23.13,113.26", false),
        ("place_east_first", "east and north as 113.26,23.13", true),
    ] {
        let Some(text) = fields.get(field) else { continue };
        let (first, second) = text
            .split_once([',', '，'])
            .ok_or_else(|| Fault::of(field, format!("`{}` is no place: write degrees {how}", shown(text))))?;
        let (north, east) = if turned { (second, first) } else { (first, second) };
        return Ok(Some((degrees(field, north.trim(), 90.0)?, degrees(field, east.trim(), 180.0)?)));
    }
    Ok(fields.degrees("north", 90.0)?.zip(fields.degrees("east", 180.0)?))
}

/// In millionths, as they are kept: a tenth of a metre.
fn degrees(name: &str, text: &str, most: f64) -> Result<f64, Fault> {
    let degrees = text.parse::<f64>().ok().filter(|degrees| degrees.abs() <= most);
    let wrong = || Fault::of(name, format!("`{}` are no degrees from -{most} to {most}", shown(text)));
    degrees.map(|degrees| (degrees * 1e6).round() / 1e6).ok_or_else(wrong)
}

/// The beginning of what somebody wrote, for a reason.
pub(crate) fn shown(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).filter(|c| !c.is_control()).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
