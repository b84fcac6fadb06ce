//! Sent on by a script: what the browser says of who started a navigation.

use model::chain::Initiator;
use serde_json::Value;

/// How long an address in a cause may be.
pub(crate) const MOST: usize = 300;

/// The place in a script from which a request was started; lines and columns count from 1.
pub(crate) fn initiator(initiator: &Value) -> Option<Initiator> {
    let frame = &initiator["stack"]["callFrames"][0];
    let said = if frame["url"].as_str().is_some_and(|url| !url.is_empty()) { frame } else { initiator };
    let url: String = said["url"].as_str().filter(|url| !url.is_empty())?.chars().take(MOST).collect();
    let from_1 = |name: &str| said[name].as_u64().and_then(|n| u32::try_from(n + 1).ok());
    Some(Initiator { url, line: from_1("lineNumber"), column: from_1("columnNumber") })
}

/// `script https://…/a.js:12`, from the initiator of the request.
pub(crate) fn cause(said: &Value) -> String {
    match initiator(said) {
        None => "script".to_owned(),
        Some(Initiator { url, line: Some(line), .. }) => format!("script {url}:{line}"),
        Some(Initiator { url, .. }) => format!("script {url}"),
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
