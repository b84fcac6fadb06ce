//! What the browser cannot be told to be, said to scripts by a script that runs before theirs.

use serde_json::json;

use super::Visitor;

const SCRIPT: &str = include_str!("identity.js");

impl Visitor {
    /// The script for a document or a worker; it runs before all others.
    pub(super) fn script(&self) -> String {
        let me = json!({
            "engine": self.engine,
            "userAgent": self.agent(),
            "platform": self.navigator_platform,
            "languages": self.languages,
            "hints": (!self.hints.brands.is_empty()).then(|| self.metadata()),
            "cores": self.cores,
            "memory": self.memory,
            "gpu": self.gpu,
            "window": self.window,
            "screenKept": self.screen_kept,
            "mobile": self.mobile,
        });
        // Written as a string literal of JSON, which is a literal of JavaScript too.
        SCRIPT.trim_end().replacen("WHO", &me.to_string(), 1)
    }
}
