//! The key by which archives sort and find addresses: SURT, as the Python package `surt` makes it.
//!
//! `https://www.A.test/b/?y=2&x=1` becomes `test,a)/b?x=1&y=2`. Whoever looks an address up makes its key by the same rules,
//! so being like that package matters more here than being right.

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use regex::bytes::Regex;

/// The key of an address; the address itself where it is none that could be cut into parts.
pub(crate) fn surt(url: &str) -> String {
    if url.is_empty() {
        return "-".to_owned();
    }
    let key = Parts::of(url).map(Parts::canonical).map(|parts| parts.key());
    key.and_then(|key| String::from_utf8(key).ok()).unwrap_or_else(|| url.to_owned())
}

/// An address, cut where RFC 2396 cuts it; what is empty is left out.
struct Parts {
    scheme: Vec<u8>,
    host: Option<Vec<u8>>,
    port: Option<u16>,
    path: Vec<u8>,
    query: Option<Vec<u8>>,
}

static SCHEME: LazyLock<Regex> = LazyLock::new(|| regex(r"^[a-zA-Z][a-zA-Z0-9+.-]*:"));
static REPEATED: LazyLock<Regex> = LazyLock::new(|| regex(r"^(?:https?://)*(https?://)"));
static PARTS: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?s-u)^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$"));
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| regex(r"^[0-9]+(?:\.[0-9]+){1,3}$"));
static WWW: LazyLock<Regex> = LazyLock::new(|| regex(r"^www[0-9]*\."));

/// Where servers write sessions into paths and queries.
static PATH_SESSIONS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    [
        regex(r"(?i-u)^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$"),
        regex(r"(?i-u)^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$"),
    ]
});
static QUERY_SESSIONS: LazyLock<[Regex; 5]> = LazyLock::new(|| {
    [
        r"jsessionid=[0-9a-zA-Z]{32}",
        r"phpsessid=[0-9a-zA-Z]{32}",
        r"sid=[0-9a-zA-Z]{32}",
        r"ASPSESSIONID[a-zA-Z]{8}=[a-zA-Z]{24}",
        r"cfid=[^&]+&cftoken=[^&]+",
    ]
    .map(|session| regex(&format!("(?i-u)^(.*){session}(?:&(.*))?$")))
});

impl Parts {
    fn of(url: &str) -> Option<Self> {
        let bare: Vec<u8> = url
            .trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}'])
            .bytes()
            .filter(|byte| !b"\n\r\t".contains(byte))
            .collect();
        let mut url = if SCHEME.is_match(&bare) { bare } else { [b"http://".to_vec(), bare].concat() };
        if let Cow::Owned(once) = REPEATED.replace(&url, &b"$1"[..]) {
            url = once;
        }
        let cut = PARTS.captures(&url)?;
        let part = |nth: usize| cut.get(nth).map(|part| part.as_bytes().to_vec()).filter(|part| !part.is_empty());
        let (mut host, port) = authority(&part(2).unwrap_or_default())?;
        let mut path = part(3).unwrap_or_default();
        let scheme = part(1)?;
        if scheme.starts_with(b"http") && host.is_none() && !path.is_empty() {
            let rest = path.iter().position(|byte| *byte != b'/').map_or(&b""[..], |at| &path[at..]);
            let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            host = Some(rest[..end].to_vec());
            path = [b"/", rest.get(end + 1..).unwrap_or_default()].concat();
        }
        Some(Self { scheme, host, port, path, query: part(4) })
    }

    fn canonical(mut self) -> Self {
        self.query = self.query.map(|query| escape(&unescape(&query)));
        self.host = self.host.map(|host| plain_host(&host)).filter(|host| !host.is_empty());
        self.path = unescape(&self.path);
        if self.host.is_some() {
            self.path = without_dots(&self.path);
        }
        self.path = escape(&self.path).to_ascii_lowercase();
        for session in PATH_SESSIONS.iter() {
            self.path = cut_out(&self.path, session);
        }
        if self.path.len() > 1 && self.path.ends_with(b"/") {
            self.path.pop();
        }
        let usual = match self.scheme.to_ascii_lowercase().as_slice() {
            b"http" => 80,
            b"https" => 443,
            _ => 0,
        };
        self.port = self.port.filter(|port| *port != usual);
        self.query = self.query.map(|query| {
            let query = QUERY_SESSIONS.iter().fold(query, |query, session| cut_out(&query, session));
            in_order(&query.to_ascii_lowercase())
        });
        self.query = self.query.filter(|query| !query.is_empty());
        self
    }

    fn key(&self) -> Vec<u8> {
        let mut key = match &self.host {
            Some(host) => {
                let mut names: Vec<&[u8]> = host.split(|byte| *byte == b'.').collect();
                names.reverse();
                let mut key = names.join(&b',');
                if let Some(port) = self.port {
                    key.extend_from_slice(format!(":{port}").as_bytes());
                }
                key.push(b')');
                key
            }
            None => [&self.scheme[..], b":"].concat(),
        };
        key.extend_from_slice(&self.path);
        if let Some(query) = &self.query {
            key.extend_from_slice(if self.path.is_empty() { b"/?" } else { b"?" });
            key.extend_from_slice(query);
        }
        key
    }
}

/// Host and port; none when the port is no number.
fn authority(text: &[u8]) -> Option<(Option<Vec<u8>>, Option<u16>)> {
    let mut text = text;
    while let Some(shorter) = text.strip_suffix(b":") {
        text = shorter;
    }
    let text = text.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
    let cut = |text: &[u8], at: u8| match text.iter().position(|byte| *byte == at) {
        Some(found) => (text[..found].to_vec(), text[found + 1..].to_vec()),
        None => (text.to_vec(), Vec::new()),
    };
    let (host, port) = match text.iter().position(|byte| *byte == b'[') {
        Some(open) => {
            let (host, rest) = cut(&text[open + 1..], b']');
            (host, cut(&rest, b':').1)
        }
        None => cut(text, b':'),
    };
    let port = match std::str::from_utf8(&port).ok()? {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        _ => return None,
    };
    let host = host.to_ascii_lowercase();
    Some(((!host.is_empty()).then_some(host), port.filter(|port| *port != 0)))
}

fn plain_host(host: &[u8]) -> Vec<u8> {
    let mut host = unescape(host);
    if !host.is_ascii()
        && let Ok(url::Host::Domain(ascii)) = url::Host::parse(&String::from_utf8_lossy(&host))
    {
        host = ascii.into_bytes();
    }
    let mut single = Vec::with_capacity(host.len());
    let mut rest = &host[..];
    while let Some((first, after)) = rest.split_first() {
        single.push(*first);
        rest = if rest.starts_with(b"..") { &rest[2..] } else { after };
    }
    let end = single.iter().rposition(|byte| *byte != b'.').map_or(0, |at| at + 1);
    let start = single[..end].iter().position(|byte| *byte != b'.').unwrap_or(end);
    let host = &single[start..end];
    if !host.is_empty() && host.iter().all(u8::is_ascii_digit) {
        // As many archives do: what is beyond the four bytes of an address falls off.
        let number =
            host.iter().fold(0_u32, |number, digit| number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0')));
        return Ipv4Addr::from(number).to_string().into_bytes();
    }
    if NUMBERS.is_match(host)
        && let Ok(url::Host::Ipv4(address)) = url::Host::parse(&String::from_utf8_lossy(host))
    {
        return address.to_string().into_bytes();
    }
    let host = escape(&host.to_ascii_lowercase()).to_ascii_lowercase();
    WWW.replace(&host, &b""[..]).into_owned()
}

/// Unpacks `%41` until nothing is left to unpack.
///
/// What an unpacked byte completes is unpacked at once, which comes to the same as going over the whole again and again.
fn unescape(packed: &[u8]) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::with_capacity(packed.len());
    for byte in packed {
        plain.push(*byte);
        while let [.., b'%', high, low] = plain[..]
            && let (Some(high), Some(low)) = (char::from(high).to_digit(16), char::from(low).to_digit(16))
        {
            plain.truncate(plain.len() - 3);
            plain.push((high * 16 + low) as u8);
        }
    }
    plain
}

/// Packs what is no printable ASCII character, and space, `#` and `%`.
fn escape(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(plain.len());
    for byte in plain {
        match byte {
            b'#' | b'%' => packed.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            0x21..=0x7e => packed.push(*byte),
            _ => packed.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    packed
}

fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/').skip(1) {
        match part {
            b"." => {}
            b".." if !kept.is_empty() => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    let Some((last, folders)) = kept.split_last() else { return b"/".to_vec() };
    let mut plain = b"/".to_vec();
    for folder in folders.iter().filter(|folder| !folder.is_empty()) {
        plain.extend_from_slice(folder);
        plain.push(b'/');
    }
    plain.extend_from_slice(last);
    plain
}

/// The parts of a query, sorted by name, then by value.
fn in_order(query: &[u8]) -> Vec<u8> {
    let mut parts: Vec<(&[u8], Option<&[u8]>)> = query
        .split(|byte| *byte == b'&')
        .map(|part| match part.iter().position(|byte| *byte == b'=') {
            Some(at) => (&part[..at], Some(&part[at + 1..])),
            None => (part, None),
        })
        .collect();
    parts.sort_unstable();
    let whole = |(name, value): (&[u8], Option<&[u8]>)| match value {
        Some(value) => [name, b"=", value].concat(),
        None => name.to_vec(),
    };
    parts.into_iter().map(whole).collect::<Vec<_>>().join(&b'&')
}

/// Leaves out what the pattern holds between its two groups.
fn cut_out(text: &[u8], pattern: &Regex) -> Vec<u8> {
    match pattern.captures(text) {
        Some(found) => {
            let group = |nth: usize| found.get(nth).map_or(&b""[..], |part| part.as_bytes());
            [group(1), group(2)].concat()
        }
        None => text.to_vec(),
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("internal error: the pattern is tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `tests/package/surts.py` with the Python package.
    #[test]
    fn keys_are_those_of_the_python_package() {
        let expected = include_str!("surt/expected.tsv");
        let mut different = Vec::new();
        for line in expected.lines() {
            let (url, key) = line.split_once('\t').expect("an address and its key");
            let url: String = serde_json::from_str(url).expect("an address as JSON");
            if surt(&url) != key {
                different.push(format!("{url:?}: {key} is expected, and it is {}", surt(&url)));
            }
        }
        assert!(expected.lines().count() > 400);
        assert!(different.is_empty(), "{}", different.join("\n"));
    }

    #[test]
    fn a_long_nest_of_escapes_takes_no_time() {
        let url = format!("http://a.test/%{}41", "25".repeat(200_000));
        assert_eq!(surt(&url), "test,a)/a");
    }
}
