//! Records of a WARC 1.1 file, each a gzip member of its own, so that it can be read alone from where it begins.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use flate2::{Compression, GzBuilder};
use sha2::{Digest as _, Sha256};

use super::head::{line, plain};

/// One record before it is written.
pub(super) struct Record<'a> {
    /// `response`, `revisit`, ….
    pub(super) kind: &'static str,
    pub(super) at: DateTime<Utc>,
    /// None for the first record, which speaks of the file.
    pub(super) target: Option<&'a str>,
    pub(super) content_type: &'a str,
    /// The HTTP head; empty in records of other things.
    pub(super) head: &'a [u8],
    pub(super) body: &'a [u8],
    /// The digest of what `body` would be; none when that is `body` itself.
    pub(super) payload: Option<String>,
    /// Further fields of the record, in their order.
    pub(super) fields: Vec<(&'a str, String)>,
    /// Whether packing the body again saves nothing.
    pub(super) packed: bool,
}

/// A record that was written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// `<urn:uuid:…>`
    pub(super) id: String,
    pub(super) payload: String,
    /// Bytes from the beginning of the file.
    pub(super) offset: u64,
    pub(super) bytes: u64,
}

/// Where the next record goes, and how many there are.
#[derive(Default)]
pub(super) struct Position {
    offset: u64,
    count: u64,
}

impl Position {
    pub(super) fn write(&mut self, out: &mut impl Write, record: &Record<'_>) -> io::Result<Written> {
        let block = sha256(&[record.head, record.body]);
        let payload = record.payload.clone().unwrap_or_else(|| sha256(&[record.body]));
        let date = record.at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let id = id(&[record.kind, record.target.unwrap_or_default(), &date, &block, &self.count.to_string()]);
        let mut fields =
            format!("WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n", record.kind);
        if let Some(target) = record.target {
            line(&mut fields, "WARC-Target-URI", target);
        }
        for (name, value) in &record.fields {
            line(&mut fields, name, value);
        }
        if !["warcinfo", "metadata"].contains(&record.kind) {
            line(&mut fields, "WARC-Payload-Digest", &payload);
        }
        line(&mut fields, "WARC-Block-Digest", &block);
        line(&mut fields, "Content-Type", &plain(record.content_type));
        line(&mut fields, "Content-Length", &(record.head.len() + record.body.len()).to_string());
        let level = if record.packed { Compression::fast() } else { Compression::default() };
        let mut counted = Counted { out, bytes: 0 };
        let mut member = GzBuilder::new().mtime(0).operating_system(255).write(&mut counted, level);
        for part in [fields.as_bytes(), b"\r\n", record.head, record.body, b"\r\n\r\n"] {
            member.write_all(part)?;
        }
        member.finish()?;
        let written = Written { id, payload, offset: self.offset, bytes: counted.bytes };
        self.offset += written.bytes;
        self.count += 1;
        Ok(written)
    }
}

struct Counted<'a, W> {
    out: &'a mut W,
    bytes: u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// `sha256:` and the hex digits of all parts together.
pub(super) fn sha256(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    format!("sha256:{}", hex(&hasher.finalize()))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name for a record that is the same whenever the same package is made again.
fn id(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("\n"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    // A UUID whose bits its maker chose (RFC 9562, version 8).
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex(&bytes);
    format!("<urn:uuid:{}-{}-{}-{}-{}>", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
