//! The field `AIGC` in a text: JSON, or JSON within XML or within JSON, as GB 45438 and its guides write it.

use model::label::Aigc;
use serde_json::Value;

/// The name of the field.
const NAME: &str = "AIGC";
/// Characters between the name and its value: quotes, a colon, a type.
const BETWEEN: usize = 64;
/// Bytes of one field.
const LONGEST: usize = 16 << 10;
/// Fields of one text.
const MOST: usize = 8;
/// Characters of each part that are kept.
const MAX_PART: usize = 300;

/// Each field of a text, as it stands there and by its parts.
pub(super) fn fields(text: &str) -> Vec<(String, Aigc)> {
    let text = without_entities(text);
    let mut found: Vec<(String, Aigc)> = Vec::new();
    for (at, _) in text.match_indices(NAME).take(1_000) {
        if let Some(field) = field(&text[at + NAME.len()..])
            && !found.contains(&field)
        {
            found.push(field);
        }
        if found.len() >= MOST {
            break;
        }
    }
    found
}

/// The field whose value stands just behind here.
fn field(behind: &str) -> Option<(String, Aigc)> {
    let (at, _) = behind.char_indices().take(BETWEEN).find(|&(_, ch)| ch == '{')?;
    let value = &behind[at..];
    let value = &value[..value.floor_char_boundary(LONGEST)];
    parsed(value).or_else(|| parsed(&value.replace("\\\"", "\"")))
}

fn parsed(text: &str) -> Option<(String, Aigc)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let part = |name: &str| {
        let part = match value.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Some(part.chars().take(MAX_PART).collect::<String>())
    };
    let field = Aigc {
        label: part("Label"),
        content_producer: part("ContentProducer"),
        produce_id: part("ProduceID"),
        content_propagator: part("ContentPropagator"),
        propagate_id: part("PropagateID"),
    };
    (field != Aigc::default()).then(|| (text[..values.byte_offset()].to_owned(), field))
}

fn without_entities(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#x22;", "\"").replace("&amp;", "&")
}
