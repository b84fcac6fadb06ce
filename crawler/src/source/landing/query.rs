//! The parameters of a URL, without those that say who clicked and how it is counted, in one order.

use percent_encoding::percent_decode_str;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::super::macros;
use super::trackers::Trackers;
use super::{DEEPEST, escapes, normal, unclicked};

/// What is known while the parameters of one URL are looked at.
pub(super) struct Inner<'a> {
    pub(super) landing_url: Option<&'a str>,
    pub(super) trackers: &'a Trackers,
    /// Of how many URLs this one is a parameter.
    pub(super) depth: u8,
}

impl Inner<'_> {
    /// The normal form of the parameters of a URL, which is given without them.
    pub(super) fn normal(&self, query: &str, url: &Url) -> String {
        let of_url = self.trackers.of(&with(url, query));
        let mut kept: Vec<String> = Vec::new();
        let mut all_named = true;
        for piece in query.split('&').filter(|piece| !piece.is_empty()) {
            let Some((name, value)) = piece.split_once('=') else {
                // A word alone: `?/path` and `?12345` select pages by where they stand.
                if self.is_of_a_click(piece, &of_url) {
                    continue;
                }
                all_named = false;
                kept.push(escapes(&macros::fill(piece, &unclicked(self.landing_url)).url));
                continue;
            };
            if self.is_of_a_click(name, &of_url) {
                continue;
            }
            if let Some(value) = self.value(value) {
                // Only the first mark ends a name.
                kept.push(format!("{}={}", escapes(name), value.replace('=', "%3D")));
            }
        }
        if all_named {
            // Those of one name keep their order: it may be that of a list.
            kept.sort_by(|a, b| name(a).cmp(name(b)));
        }
        kept.join("&")
    }

    fn is_of_a_click(&self, name: &str, of_url: &[usize]) -> bool {
        let name = percent_decode_str(name).decode_utf8_lossy();
        // The mark of a parameter's beginning gets into its name when a URL is put together twice.
        self.trackers.is_one(name.trim_start_matches('?'), of_url)
    }

    /// A value in its normal form; none when a click would fill it.
    fn value(&self, value: &str) -> Option<String> {
        let value = self.filled(value)?;
        if self.depth < DEEPEST {
            let inner = percent_decode_str(&value).decode_utf8_lossy();
            let of_the_web = inner.starts_with("http://") || inner.starts_with("https://");
            // A URL within one that is not escaped has lost its parameters to the outer one.
            if of_the_web && (value.contains('%') || !inner.contains(['?', '&', '#'])) {
                let found = normal(&inner, self.landing_url, self.trackers, self.depth + 1);
                return Some(found.map_or(escapes(&value), |(url, _)| byte_serialize(url.as_bytes()).collect()));
            }
        }
        Some(escapes(&value))
    }

    /// A value with its macros filled as they are for every ad; none when it is nothing but a macro.
    fn filled(&self, value: &str) -> Option<String> {
        // With the mark before it: `[NAME]` is a macro only as a whole value.
        let written = format!("={value}");
        let filled = macros::fill(&written, &unclicked(None));
        if filled.macros.is_empty() {
            return Some(value.to_owned());
        }
        let with_landing = macros::fill(&written, &unclicked(self.landing_url)).url;
        if with_landing != filled.url {
            return Some(with_landing[1..].to_owned());
        }
        let whole: usize = filled.macros.iter().map(|one| one.written.len()).sum();
        (whole != value.len()).then(|| filled.url[1..].to_owned())
    }
}

fn name(piece: &str) -> &str {
    piece.split('=').next().unwrap_or_default()
}

/// The URL as lists of trackers look at it: with its parameters.
fn with(url: &Url, query: &str) -> String {
    let mut url = url.clone();
    url.set_query(Some(query));
    url.into()
}
