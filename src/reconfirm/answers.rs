//! What the landing page was built from: the same documents, scripts, styles, letters and data, byte for byte.

use std::collections::BTreeSet;

use model::evidence::EvidenceId;
use model::traffic::{Client, Exchange};

use super::way::{normal, traffic_before, traffic_now};
use super::{Before, Doubt, Look};

/// Kinds of answers that decide what a page is. Pictures are compared where they have the same address: what counts visitors
/// asks for pictures, too, each time at another one.
const DECIDE: [&str; 7] = ["document", "script", "stylesheet", "xhr", "fetch", "font", "manifest"];
/// What cannot be compared: it goes on for as long as the page is there.
const ENDLESS: [&str; 3] = ["websocket", "eventsource", "webtransport"];

/// Whether everything that decides what the page is came as it did before.
pub(super) fn same(before: &Before<'_>, now: &Look) -> Result<(), Doubt> {
    let (then, now) = (traffic_before(before)?.exchanges, traffic_now(now)?.exchanges);
    let browser = |exchange: &&Exchange| exchange.by == Client::Browser;
    let then: Vec<_> = then.iter().filter(browser).collect();
    let now: Vec<_> = now.iter().filter(browser).collect();
    if let Some(endless) = now.iter().find(|exchange| ENDLESS.contains(&exchange.kind.as_str())) {
        return Err(Doubt(format!("{} is never over", endless.url)));
    }
    let known: BTreeSet<_> = then.iter().filter_map(|exchange| part(exchange).ok()).collect();
    for exchange in now.iter().filter(|exchange| decides(exchange)) {
        let part = part(exchange)?;
        if !known.contains(&part) {
            return Err(Doubt(format!("{} {} is another one", exchange.kind, exchange.url)));
        }
    }
    // What the page asked for until it was captured must come again; what came of presses and later pages need not.
    let landed = before.chain.landing();
    let captured = page_at(before).unwrap_or(landed.at_ms.0);
    let came: BTreeSet<_> = now.iter().filter(|one| decides(one)).filter_map(|one| part(one).ok()).collect();
    for exchange in then.iter().filter(|one| decides(one) && one.at_ms.0 <= captured) {
        if !came.contains(&part(exchange)?) {
            return Err(Doubt(format!("{} {} did not come", exchange.kind, exchange.url)));
        }
    }
    pictures(&then, &now)
}

fn decides(exchange: &Exchange) -> bool {
    DECIDE.contains(&exchange.kind.as_str())
}

/// What is to be the same of an answer. In what it asks for, and how it is asked, numbers may count visits: what comes decides.
type Part = (String, String, u16, Option<EvidenceId>);

fn part(exchange: &Exchange) -> Result<Part, Doubt> {
    let doubt = |why: &str| Doubt(format!("{} {}: {why}", exchange.kind, exchange.url));
    let answer = exchange.answer.as_ref().ok_or_else(|| doubt("no answer"))?;
    if answer.service_worker {
        return Err(doubt("a service worker answers"));
    }
    let has_body = (200..300).contains(&answer.status) && answer.status != 204;
    let asks = matches!(exchange.kind.as_str(), "xhr" | "fetch");
    if answer.body.is_none_or(|body| body.cut) && has_body && !asks {
        return Err(doubt("its body was not kept"));
    }
    if exchange.method != "GET" && answer.body.is_some_and(|body| body.bytes > 0) {
        return Err(doubt("it answers what the page sends"));
    }
    let place = exchange.url.split(['?', '#']).next().unwrap_or_default().to_owned();
    Ok((exchange.kind.clone(), place, answer.status, answer.body.map(|body| body.evidence)))
}

/// Pictures of the same address must be the same.
fn pictures(then: &[&Exchange], now: &[&Exchange]) -> Result<(), Doubt> {
    let body = |exchange: &Exchange| exchange.answer.as_ref().and_then(|answer| answer.body).map(|body| body.evidence);
    for exchange in now.iter().filter(|exchange| exchange.kind == "image") {
        let Some(now) = body(exchange) else { continue };
        let url = normal(&exchange.url);
        let mut known =
            then.iter().filter(|one| one.kind == "image" && normal(&one.url) == url).filter_map(|one| body(one));
        if let Some(first) = known.next()
            && first != now
            && known.all(|other| other != now)
        {
            return Err(Doubt(format!("the picture {} is another one", exchange.url)));
        }
    }
    Ok(())
}

/// When the landing page was captured, after the click.
fn page_at(before: &Before<'_>) -> Option<u64> {
    let kept = before.kept.get(before.chain.landing().snapshot?)?;
    Some(super::page::snapshot(kept)?.at_ms.0)
}
