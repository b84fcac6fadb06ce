//! JSON Lines: one ad a line, in postlink's own fields.

use std::collections::BTreeMap;

use model::ad::Ad;

use super::{Ads, BadLine};

/// Reads every line; empty ones are passed over.
pub(super) fn read(text: &str) -> Ads {
    let mut ads = Ads::default();
    let mut first_line: BTreeMap<String, usize> = BTreeMap::new();
    for (line, text) in text.lines().enumerate().map(|(at, text)| (at + 1, text.trim())) {
        if text.is_empty() {
            continue;
        }
        match ad(text) {
            Ok(ad) => match first_line.get(&ad.ad_id) {
                Some(first) => {
                    let reason = stands_already(&ad.ad_id, *first);
                    ads.bad.push(BadLine { line, reason });
                }
                None => {
                    first_line.insert(ad.ad_id.clone(), line);
                    ads.ads.push(ad);
                }
            },
            Err(reason) => ads.bad.push(BadLine { line, reason }),
        }
    }
    ads
}

pub(super) fn stands_already(ad_id: &str, first: usize) -> String {
    format!("the ad_id `{ad_id}` stands on line {first} already: give each ad its own")
}

pub(super) fn ad(text: &str) -> Result<Ad, String> {
    if !text.starts_with('{') {
        return Err("the line is no JSON object: write `{\"ad_id\": …, \"click_url\": …}`".to_owned());
    }
    let ad: Ad = serde_json::from_str(text).map_err(|error| {
        // serde counts lines within this one text: only the column tells anything.
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or(&said).to_owned();
        format!("{said} (column {}); a line is one JSON object with at least `ad_id` and `click_url`", error.column())
    })?;
    if ad.ad_id.trim().is_empty() {
        return Err("`ad_id` is empty: give the ad a name of its own".to_owned());
    }
    Ok(ad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_line_is_named_and_the_others_go_on() {
        let ads = read(concat!(
            r#"{"ad_id": "a", "click_url": "https://a.example/", "mood": "blue"}"#,
            "\n\n{broken\n",
            r#"{"ad_id": "b"}"#,
            "\n",
            r#"{"ad_id": "a", "click_url": "https://b.example/"}"#,
            "\n",
            r#"{"ad_id": " ", "click_url": "x"}"#,
            "\n",
            r#"{"ad_id": "c", "click_url": "no url at all"}"#,
        ));
        let ids: Vec<_> = ads.ads.iter().map(|ad| ad.ad_id.as_str()).collect();
        assert_eq!(ids, ["a", "c"], "whether a URL can be opened is for the visit to say");
        assert_eq!(ads.ads[0].extra["mood"], "blue", "unknown fields are kept");
        let bad: Vec<_> = ads.bad.iter().map(|bad| bad.line).collect();
        assert_eq!(bad, [3, 4, 5, 6]);
        assert!(ads.bad[1].reason.contains("click_url"), "{}", ads.bad[1].reason);
        assert!(ads.bad[2].reason.contains("line 1"), "{}", ads.bad[2].reason);
    }
}
