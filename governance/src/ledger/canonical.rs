//! JSON that is written in one way only (RFC 8785), so that what means the same has the same hash.

use serde_json::{Map, Number, Value};

/// Keys sorted by their UTF-16 units, no spaces, numbers as JavaScript writes them. Integers beyond 2⁵³, which RFC 8785 leaves out,
/// keep all their digits.
pub fn canonical(value: &Value) -> String {
    let mut written = String::new();
    write(value, &mut written);
    written
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(is) => out.push_str(if *is { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&digits(number)),
        // Its escapes are those of the RFC.
        Value::String(text) => out.push_str(&Value::String(text.clone()).to_string()),
        Value::Array(all) => list(out, '[', ']', all, write),
        Value::Object(map) => list(out, '{', '}', &sorted(map), |(key, value), out| {
            out.push_str(&Value::String((*key).clone()).to_string());
            out.push(':');
            write(value, out);
        }),
    }
}

fn list<T>(out: &mut String, open: char, close: char, all: &[T], one: impl Fn(&T, &mut String)) {
    out.push(open);
    for (at, item) in all.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        one(item, out);
    }
    out.push(close);
}

fn sorted(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    entries
}

/// ECMAScript's `Number::toString`.
fn digits(number: &Number) -> String {
    let Some(float) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    if float == 0.0 {
        return "0".to_owned();
    }
    // Rust writes the shortest digits that read back as the same, as JavaScript does; only where the point stands differs.
    let text = format!("{:e}", float.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (figures, exponent) = (mantissa.replace('.', ""), exponent.parse::<i32>().unwrap_or_default());
    let (many, point) = (i32::try_from(figures.len()).unwrap_or(i32::MAX), exponent + 1);
    let zeros = |many: i32| "0".repeat(usize::try_from(many).unwrap_or_default());
    let plain = match point {
        1..=21 if many <= point => figures + &zeros(point - many),
        1..=21 => {
            let (whole, part) = figures.split_at(usize::try_from(point).unwrap_or_default());
            format!("{whole}.{part}")
        }
        -5..=0 => format!("0.{}{figures}", zeros(-point)),
        _ => {
            let (first, rest) = figures.split_at(1);
            let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
            format!("{first}{rest}e{exponent:+}")
        }
    };
    if float < 0.0 { format!("-{plain}") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc_come_out() {
        // RFC 8785, section 3.2.3 (keys) and appendix B (numbers).
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let told = canonical(&serde_json::from_str(text).expect("it is JSON"));
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"].map(|word| told.find(word));
        assert!(order.is_sorted() && order[0].is_some(), "{told}");
        for (number, expected) in [
            ("333333333.33333329", "333333333.3333333"),
            ("1E30", "1e+30"),
            ("4.50", "4.5"),
            ("2e-3", "0.002"),
            ("0.000000000000000000000000001", "1e-27"),
            ("-0.0", "0"),
            ("1e21", "1e+21"),
            ("999999999999999900000.0", "999999999999999900000"),
            ("9.999999999999997e-7", "9.999999999999997e-7"),
            ("0.000001", "0.000001"),
            ("-1.7976931348623157e308", "-1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("100.0", "100"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(canonical(&serde_json::from_str(number).expect("it is JSON")), expected);
        }
        let text = r#"{"b":[1,{"z":null,"a":"\u001f\"\\é"}],"a":true}"#;
        let told = canonical(&serde_json::from_str(text).expect("it is JSON"));
        assert_eq!(told, r#"{"a":true,"b":[1,{"a":"\u001f\"\\é","z":null}]}"#);
    }
}
