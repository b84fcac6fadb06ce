//! Heads of HTTP messages, mended so that they fit the bodies that were kept, and so that they break no record.

use std::fmt::Write as _;

use model::traffic::{Answer, Exchange, Headers};
use url::Url;

/// What a header is renamed to that no longer fits the body.
const ORIGINAL: &str = "X-Orig-";

/// The head of a request, with the length of its body.
pub(super) fn of_request(exchange: &Exchange, target: &str, body: usize) -> String {
    let (path, host) = path_and_host(target);
    let mut head = format!("{} {path} HTTP/1.1\r\n", word(&exchange.method).unwrap_or("GET"));
    let given = &exchange.request_headers;
    if !given.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        line(&mut head, "Host", &host);
    }
    let has_length = given.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    for (name, value) in given {
        match name.to_ascii_lowercase().as_str() {
            "content-length" => line(&mut head, name, &body.to_string()),
            "transfer-encoding" => line(&mut head, &format!("{ORIGINAL}{name}"), value),
            _ => line(&mut head, name, value),
        }
    }
    if !has_length && body > 0 {
        line(&mut head, "Content-Length", &body.to_string());
    }
    head + "\r\n"
}

/// The head of an answer, with the body that was kept of it.
pub(super) fn of_answer(answer: &Answer, body: &[u8]) -> String {
    let mut head = format!("HTTP/1.1 {:03} {}\r\n", answer.status, plain(&answer.reason));
    let unpacked = answer.body.is_some_and(|kept| !kept.as_received);
    let recoded = unpacked && was_recoded(&answer.headers, body);
    let mut typed = false;
    for (name, value) in &answer.headers {
        let original = format!("{ORIGINAL}{name}");
        match name.to_ascii_lowercase().as_str() {
            // Of what was sent in pieces the pieces are gone; the length is written anew.
            "transfer-encoding" => line(&mut head, &original, value),
            "content-length" if value.trim() != body.len().to_string() => line(&mut head, &original, value),
            "content-length" => {}
            "content-encoding" if unpacked => line(&mut head, &original, value),
            "content-type" if recoded => {
                line(&mut head, &original, value);
                line(&mut head, name, &in_utf8(value));
                typed = true;
            }
            _ => line(&mut head, name, value),
        }
    }
    if recoded && !typed && !answer.media_type.is_empty() {
        line(&mut head, "Content-Type", &in_utf8(&answer.media_type));
    }
    line(&mut head, "Content-Length", &body.len().to_string());
    head + "\r\n"
}

/// Whether the browser made UTF-8 of a text that was sent in something else, or may have been.
///
/// It hands over texts as UTF-8, whatever they came in. A text in another encoding is hardly ever valid UTF-8 by chance.
fn was_recoded(headers: &Headers, body: &[u8]) -> bool {
    let kind = value(headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    let text = ["text/", "javascript", "json", "xml"].iter().any(|word| kind.contains(word)) || kind.is_empty();
    let says_so = kind.contains("charset=utf-8") || kind.contains("charset=\"utf-8");
    text && !says_so && !body.is_ascii() && std::str::from_utf8(body).is_ok()
}

fn in_utf8(media_type: &str) -> String {
    let parts = media_type.split(';').map(str::trim);
    let others = parts.filter(|part| !part.to_ascii_lowercase().starts_with("charset"));
    others.chain(["charset=utf-8"]).collect::<Vec<_>>().join("; ")
}

/// The first value of a header.
pub(super) fn value<'a>(headers: &'a Headers, wanted: &str) -> Option<&'a str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
}

/// The media type that a head states.
pub(super) fn media_type(head: &str) -> Option<&str> {
    let mut lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| value.trim())
}

/// Whether records about this address hold HTTP messages.
pub(super) fn is_web(target: &str) -> bool {
    ["http:", "https:"].iter().any(|scheme| target.starts_with(scheme))
}

/// An address as a record may name it: one word of ASCII, without the fragment, which is never sent.
pub(super) fn target(url: &str) -> String {
    if let Ok(mut parsed) = Url::parse(url) {
        if ["http", "https"].contains(&parsed.scheme()) {
            parsed.set_fragment(None);
        }
        let written = String::from(parsed);
        if written.bytes().all(|byte| byte.is_ascii_graphic()) {
            return written;
        }
    }
    // What is no address is named all the same.
    let mut named = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            named.push(char::from(byte));
        } else {
            let _ = write!(named, "%{byte:02X}");
        }
    }
    if named.contains(':') { named } else { format!("urn:postlink:no-address:{named}") }
}

fn path_and_host(target: &str) -> (String, String) {
    let Ok(url) = Url::parse(target) else { return ("/".into(), String::new()) };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = if url.path().starts_with('/') { url.path() } else { "/" };
    (format!("{path}{query}"), format!("{}{port}", url.host_str().unwrap_or_default()))
}

/// Adds a header, if HTTP/1.1 can say it: those of HTTP/2 that begin with a colon it cannot.
pub(super) fn line(head: &mut String, name: &str, value: &str) {
    if let Some(name) = word(name) {
        let _ = write!(head, "{name}: {}\r\n", plain(value));
    }
}

/// A token of HTTP; none when it is not.
fn word(text: &str) -> Option<&str> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    (!text.is_empty() && text.bytes().all(token)).then_some(text)
}

/// A text of one line, without what could end it.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}
