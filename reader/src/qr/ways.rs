//! Codes as ways on: what a person who scans them would be led to.

use model::chain::{App, Outcome, Way, WayKind};
use model::evidence::Place;
use model::statement::{Code, Page};
use model::units::{Area, Millis};

/// Schemes without `//` that hand over to another program.
const HAND_OVERS: [&str; 4] = ["tel", "sms", "smsto", "mailto"];

/// The codes of a page as ways on from it.
pub fn ways(page: &Page) -> Vec<Way> {
    let area = |code: &Code| match &code.place {
        Place::Page(place) => place.area,
        Place::Ad(_) => None,
    };
    page.codes.iter().map(|code| way(code, page.hop, page.at_ms, area(code))).collect()
}

/// The codes of the ad itself as ways on: beside the click, and before it.
pub fn ways_of_ad(codes: &[Code]) -> Vec<Way> {
    codes.iter().map(|code| way(code, 0, Millis(0), None)).collect()
}

fn way(code: &Code, hop: u16, at_ms: Millis, area: Option<Area>) -> Way {
    let text = code.text.as_str();
    let (url, app, outcome) = match scheme(text) {
        Some(scheme) if scheme == "http" || scheme == "https" => (Some(text), None, Outcome::Unspent),
        Some(scheme) => {
            (Some(text), Some(App { scheme, name: None, package: None, fallback: None }), Outcome::NotLaunched)
        }
        // Plain words lead nowhere.
        None => (None, None, Outcome::Nothing),
    };
    Way {
        kind: WayKind::QrCode,
        hop,
        at_ms,
        words: text.to_owned(),
        area,
        url: url.map(str::to_owned),
        gesture: true,
        app,
        file: None,
        snapshot: None,
        outcome,
    }
}

/// The scheme of an address, in lower case; none for words. Codes of capital letters are smaller, so they are common.
fn scheme(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let is_one = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let leads = !rest.is_empty() && !text.contains(char::is_whitespace);
    (is_one && leads && (rest.starts_with("//") || HAND_OVERS.contains(&scheme.as_str()))).then_some(scheme)
}

#[cfg(test)]
mod tests {
    use model::evidence::{AdPlace, AdSource, EvidenceId};

    use super::*;

    fn code(text: &str) -> Code {
        let place =
            AdPlace { source: AdSource::Image, at_s: None, until_s: None, area: None, evidence: EvidenceId::of(b"a") };
        Code { text: text.into(), place: Place::Ad(place) }
    }

    #[test]
    fn an_address_is_a_way_on_an_app_is_not_launched_and_words_lead_nowhere() {
        for (text, url, scheme, outcome) in [
            ("https://a.test/?q=1", true, None, Outcome::Unspent),
            ("HTTP://A.TEST/X", true, None, Outcome::Unspent),
            ("weixin://dl/business/?t=1", true, Some("weixin"), Outcome::NotLaunched),
            ("tel:10086", true, Some("tel"), Outcome::NotLaunched),
            ("WIFI:S:home;T:WPA;P:12345678;;", false, None, Outcome::Nothing),
            ("https://a.test/ 复制打开", false, None, Outcome::Nothing),
            ("淘口令：￥abc￥", false, None, Outcome::Nothing),
            ("://a.test/", false, None, Outcome::Nothing),
        ] {
            let ways = ways_of_ad(&[code(text)]);
            let [way] = ways.as_slice() else { panic!("one way: {ways:?}") };
            assert_eq!((way.kind, way.words.as_str(), way.gesture), (WayKind::QrCode, text, true));
            assert_eq!(way.url.as_deref(), url.then_some(text), "{text}");
            assert_eq!((way.app.as_ref().map(|app| app.scheme.as_str()), way.outcome), (scheme, outcome), "{text}");
        }
    }
}
