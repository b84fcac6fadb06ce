//! The package of a case: what was fetched, seen and found, in one file that players of web archives open (WACZ 1.1.1).
//!
//! ```text
//! archive/data.warc.gz        every request and answer, and artefacts under `urn:` addresses
//! indexes/index.cdx           where each of them lies
//! pages/pages.jsonl           the pages to begin with
//! evidence/…                  files for people and scripts
//! datapackage.json            length and hash of each of these
//! datapackage-digest.json     the hash of that, and the signature if there is one
//! ```
//!
//! The same things put in give the same bytes, whenever and wherever: nothing reads a clock, and nothing is left to chance.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Seek, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use model::traffic::{Answer, Exchange};
use serde::Serialize;
use serde_json::{Value, json};

use index::Entry;
use warc::{Position, Record, Written, sha256};
use zip::Zip;

mod head;
mod index;
mod query;
mod surt;
pub mod verify;
mod warc;
mod zip;

pub(crate) const ARCHIVE: &str = "archive/data.warc.gz";
const INDEX: &str = "indexes/index.cdx";
const PAGES: &str = "pages/pages.jsonl";
const CONTENTS: &str = "datapackage.json";
const DIGEST: &str = "datapackage-digest.json";

const REVISIT: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// Why no package could be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("write the package: {0}")]
    Write(#[from] io::Error),
    #[error(
        "put {0:?} into the package: its files lie in `evidence/`, are named by letters, digits, `.`, `-` and `_`, and each once"
    )]
    Name(String),
}

/// What a package says of itself.
#[derive(Clone, Debug)]
pub struct About {
    pub title: String,
    /// `postlink 0.1.0`
    pub software: String,
    /// The moment of the last thing in it; kept to the second.
    pub created: DateTime<Utc>,
    /// Further lines about how it came to be, in the first record: `operator`, `http-header-user-agent`, ….
    pub notes: Vec<(String, String)>,
}

/// A page that a reader may begin with.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// Differs from page to page.
    pub id: String,
    pub url: String,
    pub title: String,
    /// When it was asked for: of several answers of one address, players take the nearest.
    #[serde(rename = "ts", serialize_with = "to_millis")]
    pub at: DateTime<Utc>,
    /// Its words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A package on its way: exchanges and resources first, then pages and files.
pub struct Package<W> {
    zip: Zip<W>,
    about: About,
    position: Position,
    /// Hashes are taken while it is written.
    members: Vec<Listed>,
    lines: Vec<String>,
    pages: Vec<Page>,
    files: BTreeMap<String, Vec<u8>>,
    /// By address and payload, the first record that held it.
    bodies: BTreeMap<(String, String), DateTime<Utc>>,
    archive: sha2::Sha256,
    archive_bytes: u64,
    targets: BTreeSet<String>,
}

/// A package that only lacks its signature.
pub struct Closed<W> {
    zip: Zip<W>,
    /// Of `datapackage.json`, as `sha256:…`: what is signed.
    pub hash: String,
    /// As it stands in the package: a signature names the same moment.
    pub created: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
struct Listed {
    name: String,
    path: String,
    hash: String,
    bytes: u64,
}

/// What is told of an exchange beside the exchange itself, as fields of its records: `Postlink-Visitor`, ….
pub type Fields<'a> = &'a [(&'a str, String)];

impl<W: Write + Seek> Package<W> {
    pub fn begin(out: W, about: About) -> Result<Self, PackageError> {
        let mut zip = Zip::new(out);
        zip.begin(ARCHIVE)?;
        let mut package = Self {
            zip,
            about,
            position: Position::default(),
            members: Vec::new(),
            lines: Vec::new(),
            pages: Vec::new(),
            files: BTreeMap::new(),
            bodies: BTreeMap::new(),
            archive: sha2::Sha256::default(),
            archive_bytes: 0,
            targets: BTreeSet::new(),
        };
        let mut info = String::new();
        let own = [
            ("software", package.about.software.clone()),
            ("format", "WARC File Format 1.1".into()),
            ("conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/".into()),
            ("isPartOf", package.about.title.clone()),
        ];
        let notes = package.about.notes.clone();
        for (name, value) in
            own.iter().map(|(name, value)| (*name, value)).chain(notes.iter().map(|(n, v)| (n.as_str(), v)))
        {
            head::line(&mut info, name, value);
        }
        let at = package.about.created;
        package.record(&Record {
            kind: "warcinfo",
            at,
            target: None,
            content_type: "application/warc-fields",
            head: &[],
            body: info.as_bytes(),
            payload: None,
            fields: vec![("WARC-Filename", "data.warc.gz".into())],
            packed: false,
        })?;
        Ok(package)
    }

    /// A request and what came of it; `sent` and `body` are the bytes that it names.
    pub fn exchange(
        &mut self,
        exchange: &Exchange,
        sent: &[u8],
        body: &[u8],
        fields: Fields<'_>,
    ) -> Result<(), PackageError> {
        let target = head::target(&exchange.url);
        // A status that is no three digits is none of HTTP: nothing was answered.
        let answer = exchange.answer.as_ref().filter(|answer| (100..=999).contains(&answer.status));
        if !head::is_web(&target) {
            // `blob:`, `data:`, the address of an app: nobody asked a server.
            return match answer {
                Some(answer) => self.under(&target, &answer.media_type, exchange.at, body, fields),
                None => self.unanswered(exchange, &target, fields).map(drop),
            };
        }
        let answered = match answer {
            Some(answer) => self.answer(exchange, answer, &target, sent, body, fields)?,
            None => self.unanswered(exchange, &target, fields)?,
        };
        let request = head::of_request(exchange, &target, sent.len());
        let mut fields = fields.to_vec();
        fields.push(("WARC-Concurrent-To", answered.id));
        self.record(&Record {
            kind: "request",
            at: exchange.at,
            target: Some(&target),
            content_type: "application/http;msgtype=request",
            head: request.as_bytes(),
            body: sent,
            payload: None,
            fields,
            packed: false,
        })?;
        Ok(())
    }

    fn unanswered(&mut self, exchange: &Exchange, target: &str, fields: Fields<'_>) -> Result<Written, PackageError> {
        let error = exchange.error.clone().unwrap_or_else(|| "no answer".into());
        self.told(target, exchange.at, &[("error", error)], fields)
    }

    fn answer(
        &mut self,
        exchange: &Exchange,
        answer: &Answer,
        target: &str,
        sent: &[u8],
        body: &[u8],
        more: Fields<'_>,
    ) -> Result<Written, PackageError> {
        let head = head::of_answer(answer, body);
        let mut fields = more.to_vec();
        if let Some(address) = answer.remote.as_deref().and_then(address) {
            fields.push(("WARC-IP-Address", address));
        }
        if !answer.protocol.is_empty() {
            fields.push(("WARC-Protocol", answer.protocol.clone()));
        }
        if answer.body.is_some_and(|body| body.cut) {
            fields.push(("WARC-Truncated", "length".into()));
        } else if answer.body.is_none() && !exchange.method.eq_ignore_ascii_case("HEAD") && has_body(answer.status) {
            fields.push(("WARC-Truncated", "unspecified".into()));
        }
        let payload = sha256(&[body]);
        let plain = exchange.method.eq_ignore_ascii_case("GET");
        let known = self.bodies.get(&(target.to_owned(), payload.clone())).filter(|_| plain && !body.is_empty());
        let revisit = known.copied();
        if let Some(first) = revisit {
            fields.push(("WARC-Profile", REVISIT.into()));
            fields.push(("WARC-Refers-To-Target-URI", target.to_owned()));
            fields.push(("WARC-Refers-To-Date", first.to_rfc3339_opts(SecondsFormat::Millis, true)));
        } else if plain {
            self.bodies.insert((target.to_owned(), payload.clone()), exchange.at);
        }
        let written = self.record(&Record {
            kind: if revisit.is_some() { "revisit" } else { "response" },
            at: exchange.at,
            target: Some(target),
            content_type: "application/http;msgtype=response",
            head: head.as_bytes(),
            body: if revisit.is_some() { &[] } else { body },
            payload: Some(payload),
            fields,
            packed: is_packed(&answer.media_type),
        })?;
        let mime = if revisit.is_some() { Some("warc/revisit") } else { head::media_type(&head) };
        let mut entry = Entry { status: Some(format!("{:03}", answer.status)), ..Entry::of(target, mime, &written) };
        let mut lookup = target.to_owned();
        let method = exchange.method.to_ascii_uppercase();
        if method == "POST" || method == "PUT" {
            let kind = head::value(&exchange.request_headers, "content-type").unwrap_or_default();
            let query = query::of_body(kind, sent);
            lookup = query::appended(target, &method, &query);
            (entry.request_body, entry.method) = (Some(query), Some(method));
        }
        self.lines.push(entry.line(&lookup, exchange.at));
        Ok(written)
    }

    /// Something about an address that is no answer of its: why there was none, how it came to be visited.
    pub fn about(
        &mut self,
        url: &str,
        at: DateTime<Utc>,
        told: &[(&str, String)],
        fields: Fields<'_>,
    ) -> Result<(), PackageError> {
        self.told(&head::target(url), at, told, fields).map(drop)
    }

    fn told(
        &mut self,
        target: &str,
        at: DateTime<Utc>,
        told: &[(&str, String)],
        fields: Fields<'_>,
    ) -> Result<Written, PackageError> {
        let mut text = String::new();
        told.iter().for_each(|(name, value)| head::line(&mut text, name, value));
        self.record(&Record {
            kind: "metadata",
            at,
            target: Some(target),
            content_type: "application/warc-fields",
            head: &[],
            body: text.as_bytes(),
            payload: None,
            fields: fields.to_vec(),
            packed: false,
        })
    }

    /// An artefact under an address of its own (`urn:…`); one address has one.
    pub fn resource(
        &mut self,
        urn: &str,
        media_type: &str,
        at: DateTime<Utc>,
        bytes: &[u8],
        fields: Fields<'_>,
    ) -> Result<(), PackageError> {
        let target = head::target(urn);
        if !self.targets.insert(target.clone()) {
            return Ok(());
        }
        self.under(&target, media_type, at, bytes, fields)
    }

    fn under(
        &mut self,
        target: &str,
        media_type: &str,
        at: DateTime<Utc>,
        bytes: &[u8],
        fields: Fields<'_>,
    ) -> Result<(), PackageError> {
        let media_type = match head::plain(media_type) {
            unknown if unknown.is_empty() => "application/octet-stream".to_owned(),
            known => known,
        };
        let written = self.record(&Record {
            kind: "resource",
            at,
            target: Some(target),
            content_type: &media_type,
            head: &[],
            body: bytes,
            payload: None,
            fields: fields.to_vec(),
            packed: is_packed(&media_type),
        })?;
        self.lines.push(Entry::of(target, Some(&media_type), &written).line(target, at));
        Ok(())
    }

    pub fn page(&mut self, page: Page) {
        self.pages.push(Page { url: head::target(&page.url), ..page });
    }

    /// A file beside the archive, such as `evidence/case.json`. It is stored as it is.
    pub fn file(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), PackageError> {
        let plain = |name: &str| !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain);
        let ours = path.strip_prefix("evidence/").is_some_and(plain);
        if !ours || self.files.insert(path.to_owned(), bytes).is_some() {
            return Err(PackageError::Name(path.to_owned()));
        }
        Ok(())
    }

    /// Writes what is left but the digest, which may hold a signature.
    pub fn close(mut self) -> Result<Closed<W>, PackageError> {
        use sha2::Digest as _;
        let archive = format!("sha256:{}", warc::hex(&std::mem::take(&mut self.archive).finalize()));
        self.members.push(listed(ARCHIVE, archive, self.archive_bytes));
        self.lines.sort_unstable();
        let index = self.lines.concat();
        self.member(INDEX, index.as_bytes())?;
        let pages = self.page_lines();
        self.member(PAGES, pages.as_bytes())?;
        for (path, bytes) in std::mem::take(&mut self.files) {
            self.member(&path, &bytes)?;
        }
        let created = self.about.created.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut contents = json!({
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": self.about.title,
            "software": self.about.software,
            "created": created,
        });
        if let Some(main) = self.pages.first() {
            contents["mainPageUrl"] = main.url.clone().into();
            contents["mainPageDate"] = main.at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
        }
        contents["resources"] = serde_json::to_value(&self.members).expect("internal error: a list is plain data");
        let text = pretty(&contents);
        self.zip.begin(CONTENTS)?;
        self.zip.write_all(text.as_bytes())?;
        Ok(Closed { zip: self.zip, hash: sha256(&[text.as_bytes()]), created })
    }

    fn page_lines(&self) -> String {
        let head = json!({"format": "json-pages-1.0", "id": "pages", "title": "Pages", "hasText": true});
        let pages =
            self.pages.iter().map(|page| serde_json::to_string(page).expect("internal error: a page is plain data"));
        [head.to_string()].into_iter().chain(pages).map(|line| line + "\n").collect()
    }

    fn member(&mut self, path: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.zip.begin(path)?;
        self.zip.write_all(bytes)?;
        self.members.push(listed(path, sha256(&[bytes]), bytes.len() as u64));
        Ok(())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<Written, PackageError> {
        let mut hashed = Hashed { out: &mut self.zip, hasher: &mut self.archive, bytes: &mut self.archive_bytes };
        Ok(self.position.write(&mut hashed, record)?)
    }
}

impl<W: Write + Seek> Closed<W> {
    /// Writes the digest, with what signs it (`signedData` of WACZ) if it is signed.
    pub fn seal(mut self, signed: Option<Value>) -> Result<W, PackageError> {
        let mut digest = json!({"path": CONTENTS, "hash": self.hash});
        if let Some(signed) = signed {
            digest["signedData"] = signed;
        }
        self.zip.begin(DIGEST)?;
        self.zip.write_all(pretty(&digest).as_bytes())?;
        Ok(self.zip.finish()?)
    }
}

/// Takes the hash of what goes through it.
struct Hashed<'a, W> {
    out: &'a mut Zip<W>,
    hasher: &'a mut sha2::Sha256,
    bytes: &'a mut u64,
}

impl<W: Write> Write for Hashed<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use sha2::Digest as _;
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        *self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn listed(path: &str, hash: String, bytes: u64) -> Listed {
    Listed { name: path.replace('/', "-").to_ascii_lowercase(), path: path.to_owned(), hash, bytes }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("internal error: JSON is plain data") + "\n"
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// Whether bytes of this sort are packed in themselves.
fn is_packed(media_type: &str) -> bool {
    let kind = media_type.trim().to_ascii_lowercase();
    let packed = ["image/", "video/", "audio/", "font/woff"].iter().any(|kinds| kind.starts_with(kinds));
    packed && !kind.starts_with("image/svg") && !kind.starts_with("image/bmp")
}

/// Whether an answer of this status has a body, as a rule.
fn has_body(status: u16) -> bool {
    !(100..=199).contains(&status) && !(300..=399).contains(&status) && ![204, 205].contains(&status)
}

/// The address of `address:port`.
fn address(remote: &str) -> Option<String> {
    let socket: Option<std::net::SocketAddr> = remote.parse().ok();
    let alone = || remote.parse().ok();
    socket.map(|socket| socket.ip()).or_else(alone).map(|address: std::net::IpAddr| address.to_string())
}

fn to_millis<S: serde::Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests;
