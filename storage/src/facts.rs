//! What the line of a case says, as rows that others search: written with the case, never judged anew, and gone with it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::event::{Event, Examined, Found, OfAd, Told, What};
use model::evidence::EvidenceId;
use model::kin::Shown;
use serde::Deserialize;

use crate::seal::Manifest;

pub(crate) mod rows;

#[cfg(test)]
pub(crate) mod suite;

/// Characters of a quote that are kept; the case has it whole.
const QUOTED: usize = 300;
/// Things by which accounts are joined that are kept of a case.
const MOST_TRAITS: usize = 60;

/// What the line of a case says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) ad: OfAd,
    pub(crate) violations: Vec<Told>,
    /// Why something could not be seen, each reason once.
    pub(crate) gaps: Vec<String>,
    /// Of the deepest page that answered; 1 is the landing page.
    pub(crate) level: u64,
    /// Where the advertiser, or the ad, says to be: digits of an administrative code.
    pub(crate) region: Option<String>,
    /// By which its advertiser's account is joined with others.
    pub(crate) traits: Vec<Shown>,
}

/// The part of a line that is read.
#[derive(Default, Deserialize)]
struct Line {
    ad: Option<Ad>,
    #[serde(default)]
    violations: Vec<Told>,
    #[serde(default)]
    gaps: Vec<Reason>,
    #[serde(default)]
    chains: Vec<Chain>,
    #[serde(default)]
    traits: Vec<Shown>,
}

#[derive(Deserialize)]
struct Chain {
    #[serde(default)]
    hops: Vec<Hop>,
}

#[derive(Deserialize)]
struct Hop {
    #[serde(default)]
    level: u64,
    status: Option<u64>,
}

#[derive(Deserialize)]
struct Reason {
    reason: String,
}

impl Facts {
    /// Of the case of this ad. A line that cannot be read says nothing, and its case is kept all the same.
    pub(crate) fn of(ad_id: &str, line: &str) -> Self {
        if line.is_empty() {
            // Of a case that was deleted.
            return Self { ad: of_ad(ad_id, None), ..Self::default() };
        }
        let read = serde_json::from_str::<Line>(line);
        if read.is_err() {
            // What it says stands in no log.
            tracing::warn!(
                ad.id = ad_id,
                "The line of ad `{ad_id}` cannot be read: it is kept, and says nothing to those who search"
            );
        }
        let Line { ad, mut violations, gaps, chains, traits } = read.unwrap_or_default();
        for (told, number) in violations.iter_mut().zip(1..) {
            told.number = number;
            for quote in [&mut told.promised.quote, &mut told.delivered.quote] {
                shorten(quote);
                storable(quote);
            }
            storable(&mut told.delivered.url);
        }
        let mut seen = BTreeSet::new();
        let gaps = gaps.into_iter().map(|gap| gap.reason).filter(|reason| seen.insert(reason.clone())).collect();
        let answered = chains.iter().flat_map(|chain| &chain.hops).filter(|hop| hop.status.is_some());
        let level = answered.map(|hop| hop.level).max().unwrap_or_default();
        let region = ad.as_ref().and_then(region);
        let traits = told_once(traits);
        Self { ad: of_ad(ad_id, ad), violations, gaps, level, region, traits }
    }

    /// Of the gravest violation: `S4` is graver than `S1`.
    pub(crate) fn severity(&self) -> Option<&str> {
        self.violations.iter().map(|told| told.severity.as_str()).max()
    }

    /// What is told of a case that was just sealed: how it came out, then each violation.
    pub(crate) fn events(&self, manifest: &Manifest) -> Vec<Event> {
        let case_id = manifest.case_id.to_string();
        let examined = Examined {
            case_id: case_id.clone(),
            ad: self.ad.clone(),
            verdict: manifest.verdict.clone(),
            severity: self.severity().map(ToOwned::to_owned),
            violations: self.violations.len() as u64,
            gaps: self.gaps.clone(),
            opened_at: manifest.opened_at,
        };
        let ended = if manifest.verdict == "inconclusive" { What::Error(examined) } else { What::Done(examined) };
        let found =
            |violation: &Told| Found { case_id: case_id.clone(), ad: self.ad.clone(), violation: violation.clone() };
        let found = self.violations.iter().map(|violation| What::Violation(Box::new(found(violation))));
        std::iter::once(ended).chain(found).map(|what| event(what, manifest.sealed_at)).collect()
    }
}

/// An event, named by what it tells of: nothing that happened has two names.
pub(crate) fn event(what: What, timestamp: DateTime<Utc>) -> Event {
    let id = match &what {
        What::Done(Examined { case_id, .. }) | What::Error(Examined { case_id, .. }) => format!("{case_id}-ended"),
        What::Violation(found) => format!("{}-violation-{}", found.case_id, found.violation.number),
        What::Decided(decided) => format!("{}-decision-{}", decided.case_id, decided.decision.number),
    };
    Event { id, timestamp, what }
}

/// The same for violations that are nearly identical: one rule, one host, and the same words.
pub(crate) fn likeness(told: &Told) -> String {
    let url = url::Url::parse(&told.delivered.url).ok();
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    let mut hex = EvidenceId::of(format!("{}\n{host}\n{}", told.rule, told.delivered.quote).as_bytes()).hex();
    hex.truncate(32);
    hex
}

fn of_ad(ad_id: &str, ad: Option<Ad>) -> OfAd {
    let ad_id = ad_id.to_owned();
    let Some(ad) = ad else { return OfAd { ad_id, ..OfAd::default() } };
    let advertiser = ad.advertiser.unwrap_or_default();
    let mut told = OfAd {
        ad_id,
        platform: ad.platform,
        advertiser: advertiser.id,
        advertiser_name: advertiser.name.or(advertiser.legal_name),
        trade: advertiser.industry.or(ad.declared_category),
        title: ad.title,
    };
    let texts = [&mut told.platform, &mut told.advertiser_name, &mut told.trade, &mut told.title];
    texts.into_iter().flatten().for_each(storable);
    told
}

/// The administrative code (GB/T 2260: two digits name a province, four a city, six a district) that the advertiser gives as its
/// `region`, else the ad. What is no such code says nothing.
fn region(ad: &Ad) -> Option<String> {
    let of_advertiser = ad.advertiser.as_ref().and_then(|one| one.extra.get("region"));
    let given = [of_advertiser, ad.extra.get("region")].into_iter().flatten().find_map(|value| match value {
        serde_json::Value::String(text) => Some(text.trim().to_owned()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    })?;
    model::account::region(&given)
}

/// PostgreSQL keeps no text with a NUL. Whoever writes one into an ad or a page must not keep its case from being recorded.
fn storable(text: &mut String) {
    text.retain(|c| c != '\0');
}

/// Each thing once, as far as a case may say: whoever makes a page must not fill the database with it.
fn told_once(traits: Vec<Shown>) -> Vec<Shown> {
    let mut seen = BTreeSet::new();
    let traits = traits.into_iter().map(|mut shown| {
        storable(&mut shown.value);
        shown.value = shown.value.trim().to_lowercase().chars().take(QUOTED).collect();
        shown
    });
    let new = traits.filter(|shown| !shown.value.is_empty() && seen.insert((shown.what, shown.value.clone())));
    new.take(MOST_TRAITS).collect()
}

fn shorten(quote: &mut String) {
    if let Some((end, _)) = quote.char_indices().nth(QUOTED) {
        quote.truncate(end);
        quote.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_says_nothing() {
        let facts = Facts::of("a", "no JSON");
        assert_eq!(facts, Facts { ad: OfAd { ad_id: "a".into(), ..OfAd::default() }, ..Facts::default() });
    }

    #[test]
    fn a_region_is_the_advertisers_else_the_ads_and_only_a_code() {
        let region = |ad: serde_json::Value| Facts::of("a", &serde_json::json!({ "ad": ad }).to_string()).region;
        let ad = |own: serde_json::Value, advertiser: serde_json::Value| serde_json::json!({"ad_id": "a", "click_url": "https://a.test/", "region": own, "advertiser": {"region": advertiser}});
        assert_eq!(region(ad("44".into(), "440305".into())).as_deref(), Some("440305"));
        assert_eq!(region(ad(4403.into(), serde_json::Value::Null)).as_deref(), Some("4403"));
        let wide = ["440000", "440300", "4400"].map(|code| region(ad(code.into(), serde_json::Value::Null)));
        assert_eq!(wide, ["44", "4403", "44"].map(|code| Some(code.to_owned())), "what is wider is told as wider");
        for no_code in ["广东", "4", "44030", "4403051", "000000", ""] {
            assert_eq!(region(ad(no_code.into(), serde_json::Value::Null)), None, "{no_code}");
        }
    }

    #[test]
    fn a_page_that_shows_a_thousand_things_fills_no_database() {
        let shown =
            |n: usize| serde_json::json!({"what": "qr", "value": format!("{}\0{n}", "x".repeat(n)), "level": 1});
        let told = |values: Vec<serde_json::Value>| {
            Facts::of("a", &serde_json::json!({ "traits": values }).to_string()).traits
        };
        let all = told((0..1_000).map(shown).collect());
        assert_eq!(all.len(), 60);
        assert!(told(vec![shown(2_000)])[0].value.chars().count() == 300 && !all[0].value.contains('\0'));
        assert_eq!(told(vec![shown(3), shown(3)]).len(), 1);
    }

    #[test]
    fn a_long_quote_is_cut_between_characters() {
        let (mut long, mut short) = ("好".repeat(301), "好".repeat(300));
        shorten(&mut long);
        shorten(&mut short);
        assert_eq!((long.chars().count(), long.ends_with('…'), short.chars().count()), (301, true, 300));
    }
}
