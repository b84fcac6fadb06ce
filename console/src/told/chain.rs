//! The chain of one visitor, without its film.

use chrono::{DateTime, Utc};
use model::chain::{HopKind, Initiator, Tls, WayKind};
use model::line::word;
use model::units::Level;

use super::{local, seconds};
use crate::report::{Act, Chain, Hop, Next, Reconfirmed, Way};

/// A chain; `screen` gives the picture of the screen as it stood when the page of a hop was left.
pub fn chain(chain: &model::chain::Chain, screen: impl Fn(&model::chain::Hop) -> Option<String>) -> Chain {
    let mut hops = Vec::new();
    let mut next: Vec<Next> = Vec::new();
    for one in &chain.hops {
        let told = Hop { left: screen(one), ..hop(one) };
        if one.level <= Level(1) {
            hops.push(told);
            continue;
        }
        let begins = matches!(one.kind, HopKind::NextLevel | HopKind::Popup | HopKind::AppLink);
        match next.last_mut() {
            Some(page) if !begins && page.level == one.level.0 => page.hops.push(told),
            _ => next.push(Next { level: one.level.0, hops: vec![told] }),
        }
    }
    Chain {
        visitor: chain.visitor.clone(),
        hops,
        walk: chain.walk.iter().map(hop).collect(),
        next,
        ways: chain.ways.iter().map(way).collect(),
        acts: chain
            .acts
            .iter()
            .map(|act| Act {
                kind: word(&act.kind),
                hop: act.hop,
                at_s: seconds(act.at_ms),
                detail: act.detail.clone(),
            })
            .collect(),
        film: None,
        reconfirmed: chain
            .reconfirmed
            .as_ref()
            .map(|mark| Reconfirmed { at: local(mark.at), visited_at: local(mark.visited_at) }),
    }
}

fn hop(hop: &model::chain::Hop) -> Hop {
    let host = url::Url::parse(&hop.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Hop {
        index: hop.index,
        kind: word(&hop.kind),
        level: hop.level.0,
        host: host.unwrap_or_else(|| hop.url.clone()),
        url: hop.url.clone(),
        before: hop.before.clone(),
        from: hop.from,
        status: hop.status,
        at_s: seconds(hop.at_ms),
        cause: hop.cause.clone(),
        initiator: hop.initiator.as_ref().map(script),
        gesture: hop.gesture,
        service_worker: hop.service_worker,
        referrer: hop.referrer.clone(),
        remote: hop.remote.clone(),
        tls: hop.tls.as_ref().map(certificate),
        error: hop.error.clone(),
        left: None,
    }
}

/// `https://a.test/app.js:12:4081`
fn script(initiator: &Initiator) -> String {
    let at = [initiator.line, initiator.line.and(initiator.column)];
    at.into_iter().flatten().fold(initiator.url.clone(), |told, number| format!("{told}:{number}"))
}

/// `TLS 1.3 · *.a.test · R11 · 2026-10-01 – 2026-12-30`
pub fn certificate(tls: &Tls) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d");
    let valid = format!("{} – {}", day(tls.valid_from), day(tls.valid_to));
    let parts = [&tls.protocol, &tls.subject, &tls.issuer, &valid];
    parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ")
}

fn way(way: &model::chain::Way) -> Way {
    let app = way.app.as_ref();
    Way {
        kind: word(&way.kind),
        hop: way.hop,
        at_s: seconds(way.at_ms),
        words: way.words.clone(),
        url: way.url.clone(),
        gesture: way.gesture,
        app: app.map(|app| {
            let parts = [app.name.as_deref(), Some(app.scheme.as_str()), app.package.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }),
        fallback: app.and_then(|app| app.fallback.clone()),
        file: way.file.as_ref().map(|file| {
            let size = file.bytes.map(size);
            let parts = [Some(file.name.as_str()), Some(file.mime.as_str()), size.as_deref()];
            parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }),
        // A code on a page has its box there.
        in_ad: way.kind == WayKind::QrCode && way.area.is_none(),
        outcome: word(&way.outcome),
    }
}

/// `812 bytes`, `48.2 MB`
fn size(bytes: u64) -> String {
    match bytes {
        ..10_000 => format!("{bytes} bytes"),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
