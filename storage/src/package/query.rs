//! What a request that carries a body is found by: a query made of the body, as the players of archives make it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// Characters of a query; players cut there, too.
const LONGEST: usize = 4096;

/// The query of a body of this media type; empty when nothing can be made of it.
pub(super) fn of_body(media_type: &str, body: &[u8]) -> String {
    let query = match media_type.split(';').next().unwrap_or_default().trim() {
        "application/x-www-form-urlencoded" => match std::str::from_utf8(body) {
            Ok(form) => unquoted(form),
            Err(_) => as_bytes(body),
        },
        "application/json" => from_json(body).unwrap_or_default(),
        "text/plain" => from_json(body).unwrap_or_else(|| as_bytes(body)),
        _ => as_bytes(body),
    };
    query.chars().take(LONGEST).collect()
}

/// The address under which the answer is found.
pub(super) fn appended(url: &str, method: &str, query: &str) -> String {
    let mark = if url.contains('?') { '&' } else { '?' };
    let and = if query.is_empty() { "" } else { "&" };
    format!("{url}{mark}__wb_method={method}{and}{query}")
}

fn as_bytes(body: &[u8]) -> String {
    format!("__wb_post_data={}", STANDARD.encode(body))
}

fn unquoted(form: &str) -> String {
    let spaced = form.replace('+', " ");
    let mut plain = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (first, hex(0), hex(1)) {
            plain.push((high * 16 + low) as u8);
            rest = &after[2..];
        } else {
            plain.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Every value that stands under a name, however deep; the second of a name is told from the first by its number.
fn from_json(body: &[u8]) -> Option<String> {
    let read: Value = serde_json::from_slice(body).ok()?;
    let mut flat: Vec<(String, String)> = Vec::new();
    let mut count = std::collections::HashMap::new();
    flatten(&read, "", &mut |name: &str, value: String| {
        let seen: &mut u32 = count.entry(name.to_owned()).or_insert(0);
        *seen += 1;
        let name = if *seen == 1 { name.to_owned() } else { format!("{name}.{seen}_") };
        flat.push((name, value));
    });
    let pair = |(name, value): &(String, String)| format!("{}={}", quoted(name), quoted(value));
    Some(flat.iter().map(pair).collect::<Vec<_>>().join("&"))
}

fn flatten(value: &Value, name: &str, found: &mut impl FnMut(&str, String)) {
    match value {
        Value::Object(parts) => parts.iter().for_each(|(name, value)| flatten(value, name, found)),
        Value::Array(parts) => parts.iter().for_each(|value| flatten(value, name, found)),
        _ if name.is_empty() => {}
        Value::String(text) => found(name, text.clone()),
        Value::Number(number) => found(name, whole(number)),
        other => found(name, other.to_string()),
    }
}

/// As scripts write numbers: 2.0 is 2.
fn whole(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let mut packed = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => packed.push('+'),
            b'-' | b'_' | b'.' | b'~' => packed.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => packed.push(char::from(byte)),
            byte => {
                let _ = write!(packed, "%{byte:02X}");
            }
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_becomes_the_query_that_players_look_for() {
        let of = |kind: &str, body: &str| of_body(kind, body.as_bytes());
        assert_eq!(of("application/x-www-form-urlencoded", "a=1&b=%E5%BC%A0+x%2"), "a=1&b=张 x%2");
        assert_eq!(
            of("application/json; charset=utf-8", r#"{"a":1,"b":{"a":[true,null,2.0],"c d":"x&y"}}"#),
            "a=1&a.2_=true&a.3_=null&a.4_=2&c+d=x%26y"
        );
        assert_eq!(of("application/json", "no json"), "");
        assert_eq!(of("text/plain", "hi"), "__wb_post_data=aGk=");
        assert_eq!(of("", "hi"), "__wb_post_data=aGk=");
        assert_eq!(of("text/plain", &"x".repeat(9_000)).len(), LONGEST);
        assert_eq!(appended("https://a.test/?b=1", "POST", "a=1"), "https://a.test/?b=1&__wb_method=POST&a=1");
        assert_eq!(appended("https://a.test/", "PUT", ""), "https://a.test/?__wb_method=PUT");
    }
}
