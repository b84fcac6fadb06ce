//! The certificates that servers showed, byte for byte: that of the server first, then those that vouch for it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use model::chain::Hop;
use model::evidence::{Evidence, EvidenceId};
use serde_json::{Value, json};
use url::Url;

use crate::seat::Seat;

const BOUND: Duration = Duration::from_secs(2);
const A_MOMENT: Duration = Duration::from_millis(20);
/// Certificates of one server, and characters of each in base64, that are kept: chains have three or four of some kilobytes.
const MOST: usize = 8;
const LONGEST: usize = 128 << 10;
/// Servers of one tab that are asked for.
const MOST_ORIGINS: usize = 40;

/// What was shown in one tab.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    by_origin: BTreeMap<String, Vec<Vec<u8>>>,
    /// That of what stands in the tab, as the browser told last: the only word of a server that it refused.
    visible: Vec<Vec<u8>>,
}

impl Certificates {
    /// `Security.visibleSecurityStateChanged`
    pub(crate) fn told(&mut self, event: &Value) {
        self.visible = chain(&event["visibleSecurityState"]["certificateSecurityState"]["certificate"]);
    }

    /// Whether the browser has told nothing of what it shows now.
    pub(crate) fn is_silent(&self) -> bool {
        self.visible.is_empty()
    }

    fn lacks(&self, origin: &str) -> bool {
        self.by_origin.len() < MOST_ORIGINS && !self.by_origin.contains_key(origin)
    }
}

/// Asks for those of the documents so far: the browser has them as long as a page of their server is there.
pub(crate) async fn ask(seat: &Seat<'_>) {
    let origins: Vec<_> = {
        let watch = seat.watch();
        let mut origins: Vec<_> = watch.trail.hops().iter().filter_map(|hop| origin(&hop.url)).collect();
        origins.sort_unstable();
        origins.dedup();
        origins.retain(|origin| watch.certificates.lacks(origin));
        origins
    };
    // What stands in place of a page whose certificate was refused comes after it is known that it was.
    let since = Instant::now();
    while seat.watch().awaits_certificate() && since.elapsed() < BOUND && !seat.tab.is_lost() {
        tokio::time::sleep(A_MOMENT).await;
    }
    for origin in origins {
        if seat.tab.is_lost() {
            return;
        }
        let got = seat.tab.call("Network.getCertificate", json!({"origin": origin}), BOUND).await;
        let shown = got.map(|got| chain(&got["tableNames"])).unwrap_or_default();
        if !shown.is_empty() {
            seat.watch().certificates.by_origin.insert(origin, shown);
        }
    }
}

/// Writes down at each hop what its server showed, and gives the certificates as evidence. `refused` says that the browser shows
/// its own page instead of the last hop's.
pub(crate) fn keep(shown: Certificates, hops: &mut [Hop], refused: bool, at: DateTime<Utc>) -> Vec<Evidence> {
    let Certificates { mut by_origin, visible } = shown;
    let last = hops.last().filter(|_| refused && !visible.is_empty()).and_then(|hop| origin(&hop.url));
    if let Some(origin) = last {
        by_origin.entry(origin).or_insert(visible);
    }
    let mut kept = Vec::new();
    for hop in hops {
        let Some(chain) = origin(&hop.url).and_then(|origin| by_origin.get(&origin)) else { continue };
        let host = Url::parse(&hop.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let shown = chain.iter().enumerate().map(|(place, der)| one(&host, place, der.clone(), at));
        let shown: Vec<_> = shown.collect();
        hop.certificates = shown.iter().map(Evidence::id).collect();
        kept.extend(shown);
    }
    kept.sort_by_key(Evidence::id);
    kept.dedup_by_key(|one| one.id());
    kept
}

/// A certificate as an artefact, by its place in what was shown.
pub(crate) fn one(host: &str, place: usize, der: Vec<u8>, at: DateTime<Utc>) -> Evidence {
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
