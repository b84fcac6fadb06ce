//! Values from the web as they may stand in a sentence: short, on one line, in the reader's language.

use minijinja::value::{Serde, ValueKind};
use minijinja::{Error, ErrorKind, Output, State, Value};

/// Characters of a quotation; what is longer is cut, as the whole stands in the evidence.
const LONGEST_QUOTE: usize = 120;

/// White space folded, and nothing that moves or hides text: what a page says must not change how a note reads.
pub(super) fn folded(text: &str) -> String {
    let visible: String = text.chars().filter(|c| c.is_whitespace() || !(c.is_control() || hides(*c))).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks that turn the direction of writing or take no room.
fn hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Ready to stand between quotation marks.
pub(super) fn quoted(text: &str, quotes: [char; 4]) -> String {
    let [open, close, inner_open, inner_close] = quotes;
    let text = folded(text);
    let cut = text.chars().count() > LONGEST_QUOTE;
    let mut quoted: String = text
        .chars()
        .take(LONGEST_QUOTE)
        .map(|c| {
            if c == open {
                inner_open
            } else if c == close {
                inner_close
            } else {
                c
            }
        })
        .collect();
    if cut {
        quoted.push('…');
    }
    quoted
}

/// A fact as a template gets it: text by language is one text, and a text does not bring its own full stop.
pub(super) fn told(fact: &serde_json::Value, language: &str, quotes: [char; 4]) -> Value {
    match fact {
        serde_json::Value::String(text) => {
            let text = quoted(text, quotes);
            let text = text.trim_end_matches(|c: char| "。，；、：,.;: ".contains(c));
            if text.is_empty() { Value::from(()) } else { Value::from(text) }
        }
        serde_json::Value::Array(all) => {
            let told = all.iter().map(|one| told(one, language, quotes)).filter(|one| !one.is_none());
            Value::from(told.collect::<Vec<_>>())
        }
        serde_json::Value::Object(by_language) => {
            let text =
                by_language.get(language).or_else(|| by_language.get("en")).or_else(|| by_language.values().next());
            text.map_or(Value::from(()), |text| told(text, language, quotes))
        }
        other => Value::from(Serde(other)),
    }
}

/// `3` for 3.0, `2.5` for 2.46: more decimals mean nothing to a reader.
pub(super) fn number(value: &Value) -> String {
    match f64::try_from(value.clone()) {
        Ok(number) => {
            let text = format!("{number:.1}");
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
        Err(_) => value.to_string(),
    }
}

/// The parts of a list with something between them; anything else is a list of one.
pub(super) fn listed(value: &Value, between: &str) -> String {
    let parts: Vec<_> = match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter().map_or_else(|_| Vec::new(), |parts| parts.map(|part| part.to_string()).collect())
        }
        _ => vec![value.to_string()],
    };
    parts.join(between)
}

/// Prints a value, except a fact that is not there: a template must ask first.
pub(super) fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, "a fact is printed that is not there"));
    }
    minijinja::escape_formatter(out, state, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZH: [char; 4] = ['「', '」', '『', '』'];

    #[test]
    fn a_quotation_in_a_quotation_has_other_marks() {
        assert_eq!(quoted("点「领取」\n即得", ZH), "点『领取』 即得");
    }

    #[test]
    fn a_long_quotation_is_cut() {
        let quoted = quoted(&"领".repeat(500), ZH);
        assert_eq!(quoted.chars().count(), LONGEST_QUOTE + 1);
        assert!(quoted.ends_with('…'));
    }

    #[test]
    fn marks_that_turn_or_hide_text_are_left_out() {
        assert_eq!(folded("免\u{200b}费\u{202e}领\u{7}"), "免费领");
    }

    #[test]
    fn a_fact_is_told_in_the_readers_language_or_another() {
        let kind = serde_json::json!({ "zh-CN": "游戏礼包", "en": "game gift" });
        assert_eq!(told(&kind, "zh-CN", ZH).to_string(), "游戏礼包");
        assert_eq!(told(&kind, "de", ZH).to_string(), "game gift");
        assert_eq!(told(&serde_json::json!("29元/月。"), "zh-CN", ZH).to_string(), "29元/月");
        assert!(told(&serde_json::json!(""), "zh-CN", ZH).is_none());
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [number(&Value::from(11.0)), number(&Value::from(2.46)), number(&Value::from(3))],
            ["11", "2.5", "3"]
        );
    }
}
