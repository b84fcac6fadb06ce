//! What all operations of the document share: problems by their status, and how many requests are left.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::api::problem::{self, Kind, Problem, Told};

/// What every answer says of how many requests are left.
pub(super) fn limits() -> Value {
    let header =
        |says: &str, example: &str| json!({ "description": says, "schema": { "type": "string" }, "example": example });
    json!({
        "RateLimit-Policy": header("How many requests (q) there are in so many seconds (w).", "\"requests\";q=600;w=60"),
        "RateLimit": header("How many are left (r), and in how many seconds there is one more (t).", "\"requests\";r=599;t=0"),
    })
}

/// By their status.
pub(super) fn problems(schema: &Value) -> Value {
    let mut all: BTreeMap<u16, Value> = BTreeMap::new();
    for kind in Kind::ALL {
        let status = kind.status().as_u16();
        let problem = Problem::new(kind, "What, where, and what to do.");
        let (_, title) = kind.named();
        let word = kind.named().0.rsplit(':').next().unwrap_or_default().to_owned();
        let told = all.entry(status).or_insert_with(|| {
            let content = json!({ "schema": schema, "examples": {} });
            json!({ "description": "", "content": { problem::MEDIA_TYPE: content } })
        });
        let before = told["description"].as_str().unwrap_or_default();
        told["description"] = if before.is_empty() { title.into() } else { format!("{before}; or: {title}").into() };
        told["content"][problem::MEDIA_TYPE]["examples"][word] = json!({ "value": Told::of(&problem) });
        match kind {
            Kind::TooMany => {
                let after = json!({ "description": "Seconds.", "schema": { "type": "integer" } });
                told["headers"] = limits();
                told["headers"]["Retry-After"] = after;
            }
            Kind::NoToken => {
                told["headers"] = json!({ "WWW-Authenticate": { "schema": { "type": "string" } } });
            }
            _ => {}
        }
    }
    all.into_iter().map(|(status, told)| (status.to_string(), told)).collect::<Map<_, _>>().into()
}
