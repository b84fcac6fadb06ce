//! Headers as the browser tells them, bounded.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::traffic::Headers;
use serde_json::Value;

/// Bytes of all headers of one request or answer; Chromium itself takes no more than four times as much.
const MOST: usize = 64 << 10;
/// Bytes of what a page posts that are kept; less is told with the request.
pub(crate) const MOST_POSTED: usize = 64 << 10;

/// Headers that say something about a challenge or about who answers; their values are cut to this many characters.
const TELLING: [&str; 8] = [
    "cf-mitigated",
    "server",
    "x-datadome",
    "x-px",
    "retry-after",
    "content-type",
    "content-disposition",
    "set-cookie",
];
const MOST_TELLING: usize = 400;

/// The headers of an event; one that was sent several times stands in it once, with a line for each.
pub(super) fn of(told: &Value) -> Headers {
    let mut left = MOST;
    let lines = told.as_object().into_iter().flatten().flat_map(|(name, value)| {
        value.as_str().unwrap_or_default().split('\n').map(|line| (name.clone(), line.trim().to_owned()))
    });
    let fits = |(name, value): &(String, String)| {
        let size = name.len() + value.len();
        left = left.saturating_sub(size);
        left > 0
    };
    lines.take_while(fits).collect()
}

/// What a request carries in its body; none when it has none, or one too long to be told.
pub(super) fn posted(request: &Value) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in request["postDataEntries"].as_array()? {
        bytes.extend(STANDARD.decode(entry["bytes"].as_str()?).ok()?);
        if bytes.len() > MOST_POSTED {
            return None;
        }
    }
    Some(bytes)
}

/// Those by which what stands in for a page is known, by their lower-case names.
pub(crate) fn worth_a_look(headers: &Headers) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (name, value) in headers {
        let name = name.to_ascii_lowercase();
        if TELLING.contains(&name.as_str()) {
            let value: String = value.chars().take(MOST_TELLING).collect();
            // The first of several: which cookie comes last says nothing.
            found.entry(name).or_insert(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_header_that_was_sent_twice_is_told_twice_and_too_many_are_cut() {
        let told = json!({"Set-Cookie": "a=1\nb=2", "Server": "nginx"});
        let mut headers = of(&told);
        headers.sort();
        let expected = [("Server", "nginx"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")];
        assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(worth_a_look(&headers)["server"], "nginx");
        let flood: serde_json::Map<String, Value> =
            (0..1_000).map(|n| (format!("x-{n}"), "v".repeat(1_000).into())).collect();
        assert!(of(&flood.into()).len() < 70);
    }

    #[test]
    fn what_is_posted_is_bytes() {
        let request = json!({"postDataEntries": [{"bytes": "YT0x"}, {"bytes": "JmI9Mg=="}]});
        assert_eq!(posted(&request).as_deref(), Some(b"a=1&b=2".as_slice()));
        assert_eq!(posted(&json!({})), None);
        assert_eq!(posted(&json!({"postDataEntries": [{"bytes": "?"}]})), None);
    }
}
