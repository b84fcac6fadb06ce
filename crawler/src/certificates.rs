//! The certificates that servers showed, byte for byte: that of the server first, then those that vouch for it.

mod refused;

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use model::chain::Hop;
use model::evidence::{Evidence, EvidenceId};
use serde_json::{Value, json};
use url::Url;

use crate::seat::Seat;

pub(crate) use refused::look_at;

const BOUND: Duration = Duration::from_secs(2);
/// Certificates of one server, and characters of each in base64, that are kept: chains have three or four of some kilobytes.
const MOST: usize = 8;
const LONGEST: usize = 128 << 10;
/// Servers of one tab that are asked for.
const MOST_ORIGINS: usize = 40;

/// What was shown in one tab, by origin.
pub(crate) type Certificates = BTreeMap<String, Vec<Vec<u8>>>;

/// Asks for those of the documents so far: the browser has them as long as a page of their server is there.
pub(crate) async fn ask(seat: &Seat<'_>) {
    let origins: Vec<_> = {
        let watch = seat.watch();
        let mut origins: Vec<_> = watch.trail.hops().iter().filter_map(|hop| origin(&hop.url)).collect();
        origins.sort_unstable();
        origins.dedup();
        origins.retain(|origin| !watch.certificates.contains_key(origin));
        origins.truncate(MOST_ORIGINS.saturating_sub(watch.certificates.len()));
        origins
    };
    for origin in origins {
        if seat.tab.is_lost() {
            return;
        }
        let got = seat.tab.call("Network.getCertificate", json!({"origin": origin}), BOUND).await;
        let shown = got.map(|got| chain(&got["tableNames"])).unwrap_or_default();
        if !shown.is_empty() {
            seat.watch().certificates.insert(origin, shown);
        }
    }
}

/// Writes down at each hop what its server showed, and gives the certificates as evidence.
pub(crate) fn keep(shown: &Certificates, hops: &mut [Hop], at: DateTime<Utc>) -> Vec<Evidence> {
    let mut kept = Vec::new();
    for hop in hops {
        if let Some(chain) = origin(&hop.url).and_then(|origin| shown.get(&origin)) {
            kept.extend(write_down(hop, chain, at));
        }
    }
    kept.sort_by_key(Evidence::id);
    kept.dedup_by_key(|one| one.id());
    kept
}

fn write_down(hop: &mut Hop, chain: &[Vec<u8>], at: DateTime<Utc>) -> Vec<Evidence> {
    let host = Url::parse(&hop.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let shown = chain.iter().enumerate().map(|(place, der)| one(&host, place, der.clone(), at));
    let shown: Vec<_> = shown.collect();
    hop.certificates = shown.iter().map(Evidence::id).collect();
    shown
}

/// A certificate as an artefact, by its place in what was shown.
fn one(host: &str, place: usize, der: Vec<u8>, at: DateTime<Utc>) -> Evidence {
    let what = if place == 0 { format!("certificate of {host}") } else { "issuing certificate".to_owned() };
    Evidence::new(what, "application/pkix-cert", der, at)
}

/// The certificate that vouches for the name, as far as the client for plain HTTP gives it away.
pub(crate) fn of_answer(answer: &reqwest::Response, at: DateTime<Utc>) -> Option<(EvidenceId, Evidence)> {
    let der = answer.extensions().get::<reqwest::tls::TlsInfo>()?.peer_certificate()?.to_vec();
    let kept = one(answer.url().host_str().unwrap_or_default(), 0, der, at);
    Some((kept.id(), kept))
}

fn chain(told: &Value) -> Vec<Vec<u8>> {
    let told = told.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|text| text.len() <= LONGEST);
    told.take(MOST).filter_map(|text| STANDARD.decode(text).ok()).collect()
}

/// `https://a.test:8443`; none for what is not encrypted.
fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
    Some(url.origin().ascii_serialization())
}
