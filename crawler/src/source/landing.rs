//! What ads share: the landing that a click URL leads to, without what tells one click from another.
//!
//! Two URLs get one landing only when nothing that could select a page differs: where it is not known, they stay apart, which
//! costs a visit and hides nothing. Trackers can select pages, too, where a page means to deceive: so it is always the click
//! URL of an ad that is visited, as the platform hands it out, and another ad's each round.

use model::landing::Landing;
use url::{Host, Url};

use super::macros::{self, Truth};

mod query;
mod trackers;

pub use trackers::{Trackers, TrackersError};

/// The host of click URLs that nobody can open: they wait for each other, and for nobody else.
const NO_HOST: &str = "unopenable.invalid";

/// Above that a URL is taken as it is. Bytes; more than any browser's address line takes.
const LONGEST: usize = 16 * 1024;

/// What stands at the end of a URL that was cut out of a text, and belongs to none.
const NOISE: [char; 12] = ['"', '\'', '<', '>', '`', '，', '。', '；', '、', '”', '’', '\u{200b}'];

/// The landing of a click, given where the advertiser says that it leads: some click URLs have a macro for that.
pub fn of(click_url: &str, landing_url: Option<&str>, trackers: &Trackers) -> Landing {
    let written = click_url.trim().trim_matches(|c: char| NOISE.contains(&c) || c.is_whitespace() || c == '\u{feff}');
    let known = (written.len() <= LONGEST).then(|| normal(written, landing_url, trackers, 0)).flatten();
    match known {
        Some((url, host)) => Landing::of(url, host),
        None => Landing::of(written.to_owned(), NO_HOST.to_owned()),
    }
}

/// How far URLs within parameters of URLs are looked into.
const DEEPEST: u8 = 2;

/// The normal form of a URL of the web, and its host.
fn normal(written: &str, landing_url: Option<&str>, trackers: &Trackers, depth: u8) -> Option<(String, String)> {
    let (rest, fragment) = written.split_once('#').map_or((written, None), |(rest, after)| (rest, Some(after)));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, after)| (rest, Some(after)));
    let mut url = Url::parse(&macros::fill(rest, &unclicked(landing_url)).url).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if let Some(Host::Domain(name)) = url.host()
        && let Some(bare) = name.strip_suffix('.').filter(|bare| !bare.is_empty()).map(ToOwned::to_owned)
    {
        url.set_host(Some(&bare)).ok()?;
    }
    let path = trackers.of_path(&without_session(&escapes(url.path())), &url);
    url.set_path(&path);
    let inner = query::Inner { landing_url, trackers, depth };
    let query = query.map(|query| inner.normal(query, &url)).filter(|query| !query.is_empty());
    url.set_query(query.as_deref());
    let fragment = fragment.and_then(|fragment| route(fragment, &inner, &url));
    url.set_fragment(fragment.as_deref());
    let host = host_of(&url)?;
    Some((url.into(), host))
}

/// The host of an address, as landings name it; none where it has none.
pub fn host(address: &str) -> Option<String> {
    host_of(&Url::parse(address).ok()?)
}

fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        // As `https://a:80/` and `http://a:443/` are not the usual ones, either.
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

/// What is true of a click that nobody made: only where it is said to lead differs between ads.
fn unclicked(landing_url: Option<&str>) -> Truth<'_> {
    Truth { now_ms: 0, user_agent: "", address: None, landing_url }
}

/// A fragment that a script may read as the address of a page; others only say where to scroll to.
fn route(fragment: &str, inner: &query::Inner<'_>, url: &Url) -> Option<String> {
    // What browsers keep from scripts: a text to be marked.
    let fragment = fragment.split(":~:").next().unwrap_or_default();
    // What WeChat and Facebook leave behind.
    let known = ["wechat_redirect", "wechat_qrcode", "rd", "_=_"].contains(&fragment);
    let word = fragment.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
    if known || word {
        return None;
    }
    if let Some((path, query)) = fragment.split_once('?') {
        let query = inner.normal(query, url);
        return Some(if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
    }
    if fragment.contains('=') && !fragment.contains('/') {
        return Some(inner.normal(fragment, url)).filter(|left| !left.is_empty());
    }
    Some(escapes(fragment))
}

/// Percent escapes in one form: large digits, and none where none is needed (RFC 3986, 6.2.2).
fn escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let start = bytes.len() - escape.len();
        let digits = bytes.get(start + 1..start + 3).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else {
            out.push('%');
            rest = &escape[1..];
            continue;
        };
        let digits = std::str::from_utf8(digits).unwrap_or_default().to_ascii_uppercase();
        match u8::from_str_radix(&digits, 16) {
            Ok(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(char::from(byte)),
            _ => out.extend(["%", digits.as_str()]),
        }
        rest = &escape[3..];
    }
    out.push_str(rest);
    out
}

/// A path without the name of a visit that some servers write into it.
fn without_session(path: &str) -> String {
    let small = path.to_ascii_lowercase();
    let Some(at) = small.find(";jsessionid=") else { return path.to_owned() };
    let end = path[at + 1..].find([';', '/']).map_or(path.len(), |length| at + 1 + length);
    format!("{}{}", &path[..at], &path[end..])
}

#[cfg(test)]
mod tests;
