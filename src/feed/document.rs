//! What is told, for those who hear it: a JSON schema, and an AsyncAPI document, both made of the types.

use model::event::{Event, What};
use serde_json::{Map, Value, json};

/// Where the document of this version lies.
const SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of every event.
pub(crate) fn schema() -> Value {
    let mut schema = schemars::schema_for!(Event).to_value();
    schema["$schema"] = SCHEMA.into();
    schema["title"] = "Event".into();
    schema
}

/// What is sent where, by AsyncAPI 3.0.
pub(crate) fn asyncapi() -> Value {
    let kinds = What::KINDS.map(|kind| (kind, format!("postlink.event.{kind}")));
    let channels: Map<_, _> =
        kinds.iter().map(|(kind, subject)| ((*kind).to_owned(), channel(kind, subject))).collect();
    let operations: Map<_, _> = kinds.iter().map(|(kind, _)| (format!("tell-{kind}"), operation(kind))).collect();
    let messages: Map<_, _> = kinds.iter().map(|(kind, _)| ((*kind).to_owned(), message(kind))).collect();
    let (event, parts) = parts();
    let mut schemas = parts;
    schemas.insert("Event".to_owned(), event);
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "postlink events",
            "version": "1.0.0",
            "description": "What happened to ads that were examined: at least once, in no certain order. An event has the same id \
                each time it comes. On JetStream (stream POSTLINK_EVENTS) the id is the message's Nats-Msg-Id; webhooks get the \
                same body by POST, signed by Standard Webhooks, with the id as webhook-id. Fields are added, and none is \
                renamed or taken away.",
            "license": { "name": "Apache-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": { "host": "nats.example:4222", "protocol": "nats", "description": "The `fleet.nats` of the configuration." },
        },
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas },
    })
}

fn channel(kind: &str, subject: &str) -> Value {
    let message = format!("#/components/messages/{kind}");
    json!({ "address": subject, "title": kind, "messages": { kind: { "$ref": message } } })
}

fn operation(kind: &str) -> Value {
    json!({
        "action": "send",
        "title": kind,
        "summary": about(kind),
        "channel": { "$ref": format!("#/channels/{kind}") },
        "messages": [{ "$ref": format!("#/channels/{kind}/messages/{kind}") }],
    })
}

fn message(kind: &str) -> Value {
    let of_kind = json!({ "type": "object", "properties": { "type": { "const": kind } }, "required": ["type"] });
    json!({
        "name": kind,
        "title": kind,
        "summary": about(kind),
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "properties": { "Nats-Msg-Id": { "type": "string", "description": "The id of the event." } },
        },
        "payload": { "allOf": [{ "$ref": "#/components/schemas/Event" }, of_kind] },
    })
}

/// What the schema says of this kind.
fn about(kind: &str) -> Value {
    let schema = schema();
    let all = schema["oneOf"].as_array().expect("internal error: an event is one of several");
    let of_kind = all.iter().find(|one| one["properties"]["type"]["const"] == *kind);
    of_kind.expect("internal error: each kind has its words").get("description").cloned().unwrap_or_default()
}

/// The schema of an event, and those that it names, as parts of one document.
fn parts() -> (Value, Map<String, Value>) {
    let mut event = schema();
    let whole = event.as_object_mut().expect("internal error: a schema is an object");
    whole.remove("$schema");
    let Some(Value::Object(parts)) = whole.remove("$defs") else { return (event, Map::new()) };
    let moved = |value: &Value| {
        let text = value.to_string().replace("\"#/$defs/", "\"#/components/schemas/");
        serde_json::from_str(&text).expect("internal error: it was JSON before")
    };
    (moved(&event), parts.iter().map(|(name, part)| (name.clone(), moved(part))).collect())
}
