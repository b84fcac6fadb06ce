//! In which forms an answer may come: the header `Accept` (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header};

/// Whether one of these media types may come, or there is none to come.
pub(crate) fn allows(headers: &HeaderMap, forms: &[String]) -> bool {
    let ranges: Vec<_> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(range)
        .collect();
    ranges.is_empty() || forms.is_empty() || forms.iter().any(|form| weight(&ranges, form) > 0.0)
}

/// A range and its weight.
fn range(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| range.contains('/'))?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some((range, weight.map_or(1.0, |weight| weight.parse().unwrap_or(1.0))))
}

/// That of the range that says most of a media type.
fn weight(ranges: &[(String, f32)], form: &str) -> f32 {
    let form = form.split(';').next().unwrap_or_default().trim();
    let all_of_its_kind = format!("{}/*", form.split('/').next().unwrap_or_default());
    let of = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted).map(|(_, weight)| *weight);
    of(form).or_else(|| of(&all_of_its_kind)).or_else(|| of("*/*")).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_come_is_what_a_range_lets_through() {
        let forms = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let json = forms(&["application/json"]);
        for (accept, may) in [
            ("application/json", true),
            ("text/html, application/*;q=0.1", true),
            ("*/*", true),
            ("text/html", false),
            ("application/xml, text/*", false),
            ("*/*, application/json;q=0", false),
            ("application/json;q=0.0", false),
            ("nonsense", true),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().expect("a value"))]);
            assert_eq!(allows(&headers, &json), may, "{accept}");
        }
        assert!(allows(&HeaderMap::new(), &json));
        let html = HeaderMap::from_iter([(header::ACCEPT, "image/png".parse().expect("a value"))]);
        assert!(allows(&html, &forms(&["image/jpeg", "image/png"])) && allows(&html, &[]));
    }
}
