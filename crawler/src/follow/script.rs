//! Sent on by a script: what the browser says of who started a navigation.

use serde_json::Value;

/// How long an address in a cause may be.
const MOST: usize = 300;

/// `script https://…/a.js:12`, from the initiator of the request; lines count from 1.
pub(crate) fn cause(initiator: &Value) -> String {
    let frame = &initiator["stack"]["callFrames"][0];
    let (url, line) = match frame["url"].as_str() {
        Some(url) if !url.is_empty() => (url, frame["lineNumber"].as_f64()),
        _ => (initiator["url"].as_str().unwrap_or_default(), initiator["lineNumber"].as_f64()),
    };
    let url: String = url.chars().take(MOST).collect();
    match (url.is_empty(), line) {
        (true, _) => "script".to_owned(),
        (false, Some(line)) => format!("script {url}:{}", line + 1.0),
        (false, None) => format!("script {url}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cause_names_file_and_line() {
        let stack =
            json!({"type": "script", "stack": {"callFrames": [{"url": "https://a.test/a.js", "lineNumber": 11}]}});
        assert_eq!(cause(&stack), "script https://a.test/a.js:12");
        assert_eq!(
            cause(&json!({"type": "script", "url": "https://a.test/", "lineNumber": 0})),
            "script https://a.test/:1"
        );
        assert_eq!(cause(&json!({"type": "other"})), "script");
    }
}
