//! Every record of the archive against its own digests, and the index against the records.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Seek};

use flate2::bufread::GzDecoder;
use sha2::{Digest as _, Sha256};

use super::{ARCHIVE, INDEX, Member, PAGES, Report, open, whole};
use crate::package::index::Entry;
use crate::package::{head, warc};

/// Bytes of the head of a record, or of the HTTP message in it.
const LONGEST_HEAD: usize = 1 << 20;
/// Bytes of one record, unpacked: more than any visit keeps of all bodies together.
const LONGEST_RECORD: u64 = 512 << 20;
/// How many faults of one step are told.
const MOST_FAULTS: usize = 20;

pub(super) fn check(report: &mut Report, file: &mut BufReader<impl Read + Seek>, members: &[Member]) -> io::Result<()> {
    let Some(archive) = members.iter().find(|member| member.name == ARCHIVE) else { return Ok(()) };
    let mut faults = Vec::new();
    let mut records = Vec::new();
    let mut packed = Counted { inner: open(file, archive)?, bytes: 0 };
    while !packed.fill_buf()?.is_empty() {
        let offset = packed.bytes;
        match record(&mut packed) {
            Ok((mut record, wrong)) => {
                (record.offset, record.length) = (offset, packed.bytes - offset);
                faults.extend(wrong.into_iter().map(|wrong| format!("{ARCHIVE}, record at byte {offset}: {wrong}")));
                records.push(record);
            }
            Err(error) => {
                faults.push(format!("{ARCHIVE}, record at byte {offset}: {error}"));
                break;
            }
        }
        if faults.len() >= MOST_FAULTS {
            break;
        }
    }
    let whole_archive = faults.is_empty();
    faults.extend(references(&records));
    faults.truncate(MOST_FAULTS);
    report.step(
        format!(
            "each of the {} records of {ARCHIVE} has the SHA-256 that it states, and refers to records that are there",
            records.len()
        ),
        faults,
    );
    let index = whole(file, members, INDEX)?;
    // What does not begin where the archive broke off would be called missing, too.
    let faults = if whole_archive {
        lines(&index, &records)
    } else {
        vec![format!("{INDEX}: it cannot be told while the archive is broken")]
    };
    report.step(format!("{INDEX} says truly where each record lies"), faults);
    let pages = whole(file, members, PAGES)?;
    report.step(format!("each page of {PAGES} is in the archive"), self::pages(&pages, &records));
    Ok(())
}

/// What is known of a record.
#[derive(Default)]
struct Known {
    offset: u64,
    length: u64,
    fields: BTreeMap<String, String>,
}

impl Known {
    fn field(&self, name: &str) -> &str {
        self.fields.get(name).map(String::as_str).unwrap_or_default()
    }

    fn is_indexed(&self) -> bool {
        ["response", "revisit", "resource"].contains(&self.field("warc-type"))
    }
}

/// Reads one record, and says what is wrong with it.
fn record(packed: &mut impl BufRead) -> io::Result<(Known, Vec<String>)> {
    let broken = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut member = BufReader::new(GzDecoder::new(packed).take(LONGEST_RECORD));
    let text = head_of(&mut member)?.ok_or_else(|| broken("it has no head"))?;
    let mut lines = text.split("\r\n");
    if lines.next() != Some("WARC/1.1") {
        return Err(broken("it is no record of WARC 1.1"));
    }
    let mut known = Known::default();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| broken("a line of its head has no colon"))?;
        known.fields.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: u64 = known.field("content-length").parse().map_err(|_| broken("it states no length"))?;
    let mut faults = Vec::new();
    let (mut block, mut payload) = (Sha256::new(), Sha256::new());
    let mut rest = member.by_ref().take(length);
    let http = known.field("content-type").starts_with("application/http");
    if http {
        let head = head_of(&mut rest)?.ok_or_else(|| broken("its HTTP message has no head"))?;
        block.update(head.as_bytes());
    }
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = rest.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        block.update(&buffer[..read]);
        payload.update(&buffer[..read]);
    }
    if rest.limit() > 0 {
        return Err(broken("it is shorter than it states"));
    }
    let mut end = Vec::new();
    // One byte more than there may be: what goes on for ever is not read.
    member.by_ref().take(5).read_to_end(&mut end)?;
    if end != b"\r\n\r\n" {
        return Err(broken("it does not end where it states"));
    }
    let mut digest = |name: &str, found: Sha256, wanted: bool| {
        let found = format!("sha256:{}", warc::hex(&found.finalize()));
        match known.fields.get(name) {
            Some(stated) if *stated != found => faults.push(format!("its {name} is {stated}, and it has {found}")),
            None if wanted => faults.push(format!("it states no {name}")),
            _ => {}
        }
    };
    digest("warc-block-digest", block, true);
    // The payload of a revisit is in the record that it refers to.
    if known.field("warc-type") != "revisit" {
        digest("warc-payload-digest", payload, known.is_indexed());
    }
    Ok((known, faults))
}

/// Reads up to the empty line and with it; none when it does not come in time, or is no text.
fn head_of(from: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let before = head.len();
        from.by_ref().take((LONGEST_HEAD - before.min(LONGEST_HEAD)) as u64).read_until(b'\n', &mut head)?;
        if head.len() == before {
            return Ok(None);
        }
    }
    Ok(String::from_utf8(head).ok())
}

/// Records are named once, and those that refer to another one refer to one that is there.
fn references(records: &[Known]) -> Vec<String> {
    let mut faults = Vec::new();
    let (mut ids, mut bodies) = (BTreeSet::new(), BTreeSet::new());
    for record in records {
        if !ids.insert(record.field("warc-record-id")) {
            faults.push(format!("{ARCHIVE}, record at byte {}: its name is that of another one", record.offset));
        }
        if record.field("warc-type") == "response" {
            let of = ["warc-target-uri", "warc-date", "warc-payload-digest"].map(|name| record.field(name));
            bodies.insert(of);
        }
    }
    for record in records {
        let concurrent = record.field("warc-concurrent-to");
        if !concurrent.is_empty() && !ids.contains(concurrent) {
            faults.push(format!(
                "{ARCHIVE}, record at byte {}: it belongs to {concurrent}, which is not there",
                record.offset
            ));
        }
        let first =
            ["warc-refers-to-target-uri", "warc-refers-to-date", "warc-payload-digest"].map(|name| record.field(name));
        if record.field("warc-type") == "revisit" && !bodies.contains(&first) {
            faults
                .push(format!("{ARCHIVE}, record at byte {}: the body that it refers to is not there", record.offset));
        }
    }
    faults
}

fn lines(index: &[u8], records: &[Known]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut waiting: BTreeMap<String, &Known> =
        records.iter().filter(|record| record.is_indexed()).map(|record| (record.offset.to_string(), record)).collect();
    let mut before = "";
    let text = String::from_utf8_lossy(index);
    for (number, line) in text.lines().enumerate() {
        let fault = entry(line, &mut waiting).err();
        let unsorted = (line < before).then(|| "it does not come after the line before it".to_owned());
        before = line;
        faults.extend(fault.or(unsorted).map(|fault| format!("{INDEX}:{}: {fault}", number + 1)));
        if faults.len() >= MOST_FAULTS {
            return faults;
        }
    }
    let left = waiting.values().take(MOST_FAULTS);
    faults.extend(left.map(|record| format!("{INDEX}: no line leads to the record at byte {}", record.offset)));
    faults
}

fn entry(line: &str, waiting: &mut BTreeMap<String, &Known>) -> Result<(), String> {
    let mut parts = line.splitn(3, ' ');
    let (_key, at, entry) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let entry: Entry = serde_json::from_str(entry).map_err(|error| format!("it is no entry: {error}"))?;
    let record = waiting.remove(&entry.offset).ok_or("no record begins where it says, or another line says so, too")?;
    let date = record.field("warc-date");
    let digits: String = date.split('.').next().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let same = [
        (entry.length == record.length.to_string(), "length"),
        (entry.url == record.field("warc-target-uri"), "address"),
        (entry.digest == record.field("warc-payload-digest"), "digest"),
        (at == digits, "time"),
        (ARCHIVE.ends_with(&format!("/{}", entry.filename)), "file"),
        (lookup(&entry) == parts_key(line), "key"),
    ];
    match same.iter().find(|(same, _)| !same) {
        Some((_, what)) => Err(format!("its {what} is not that of the record at byte {}", record.offset)),
        None => Ok(()),
    }
}

/// The key that an entry should stand under.
fn lookup(entry: &Entry) -> String {
    let address = match (&entry.method, &entry.request_body) {
        (Some(method), Some(body)) => crate::package::query::appended(&entry.url, method, body),
        _ => entry.url.clone(),
    };
    crate::package::surt::surt(&address).replace(' ', "%20")
}

fn parts_key(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

fn pages(pages: &[u8], records: &[Known]) -> Vec<String> {
    let there: BTreeSet<&str> =
        records.iter().filter(|record| record.is_indexed()).map(|record| record.field("warc-target-uri")).collect();
    let mut faults = Vec::new();
    for (number, line) in String::from_utf8_lossy(pages).lines().enumerate().skip(1) {
        let page: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let url = page["url"].as_str().unwrap_or_default();
        if !there.contains(url) {
            faults.push(format!("{PAGES}:{}: {} is not in the archive", number + 1, head::plain(url)));
        }
    }
    faults.truncate(MOST_FAULTS);
    faults
}

/// Counts what was taken.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.inner.consume(bytes);
        self.bytes += bytes as u64;
    }
}
