//! The way to the landing page: the same answers over plain HTTP, and the same hops of the browser.

use crawler::source::landing::{self, Trackers};
use model::chain::{Act, Hop, Way};
use model::evidence::{Evidence, EvidenceId};
use model::traffic::{Answer, Client, Exchange, Traffic};

use super::{Before, Doubt, Look};

/// Statuses of answers that send a visitor on; where to, the next hop tells.
fn sends_on(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Without what tells one click from another, whoever's click it is.
pub(super) fn normal(url: &str) -> String {
    landing::of(url, None, &Trackers::default()).url
}

/// Whether servers say the same to the click before any script runs.
pub(super) fn same_walk(before: &Before<'_>, now: &Look) -> Result<(), Doubt> {
    if let Some(gap) = now.visit.gaps.first() {
        return Err(Doubt(format!("plain HTTP: {}", gap.reason)));
    }
    let (then, walk) = (&before.chain.walk, &now.visit.chain.walk);
    same_hops(then, walk)?;
    let landed = before.chain.landing();
    let ended = then.last().ok_or_else(|| Doubt::new("it was not walked over plain HTTP"))?;
    if normal(&ended.url) != normal(&landed.url) {
        return Err(Doubt::new("scripts or cookies decide where the click leads"));
    }
    let (then, now) = (traffic_before(before)?, traffic_now(now)?);
    let walked = |traffic: Traffic| -> Vec<Exchange> {
        traffic.exchanges.into_iter().filter(|exchange| exchange.by == Client::Walk).collect()
    };
    let (then, now) = (walked(then), walked(now));
    if then.len() != now.len() || then.is_empty() {
        return Err(Doubt::new("plain HTTP: another number of answers"));
    }
    then.iter().zip(&now).try_for_each(|(then, now)| {
        let at = |why: &str| Doubt(format!("{}: {why}", now.url));
        match (&then.answer, &now.answer) {
            (Some(then), Some(now)) => same_answer(then, now).map_err(at),
            _ => Err(at("no answer")),
        }
    })
}

fn same_answer(then: &Answer, now: &Answer) -> Result<(), &'static str> {
    let cookies = |answer: &Answer| header(answer, "set-cookie").is_some();
    let by_cookie = |answer: &Answer| {
        header(answer, "vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("cookie") || vary.contains('*'))
    };
    if then.status != now.status || then.media_type != now.media_type {
        return Err("another sort of answer");
    }
    if sends_on(now.status) {
        return if cookies(now) { Err("a cookie may decide where it leads") } else { Ok(()) };
    }
    if !(200..300).contains(&now.status) {
        return Err("it is no page");
    }
    if by_cookie(now) || cookies(then) != cookies(now) {
        return Err("cookies decide what is answered");
    }
    if header(then, "etag") != header(now, "etag") {
        return Err("another ETag");
    }
    match (then.body, now.body) {
        (Some(then), Some(now)) if then.evidence == now.evidence && !then.cut && !now.cut => Ok(()),
        _ => Err("another body"),
    }
}

pub(super) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Whether the browser goes the same way to the landing page, and the page does nothing else with its visitor.
pub(super) fn same_way(before: &Before<'_>, now: &Look) -> Result<(), Doubt> {
    if let Some(gap) = now.visit.gaps.first() {
        return Err(Doubt(format!("the browser: {}", gap.reason)));
    }
    let (then, seen) = (before.chain, &now.visit.chain);
    let landed = then.landing().index;
    let way: Vec<_> = then.hops.iter().filter(|hop| hop.index <= landed).cloned().collect();
    same_hops(&way, &seen.hops)?;
    if seen.hops.iter().any(|hop| hop.service_worker) {
        return Err(Doubt::new("a service worker answers"));
    }
    let acted = |act: &&Act| !then.acts.iter().any(|known| known.kind == act.kind);
    if let Some(act) = seen.acts.iter().find(acted) {
        return Err(Doubt(format!("the page does something else: {:?}", act.kind)));
    }
    let led = |way: &&Way| {
        let url = |way: &Way| way.url.as_deref().map(normal);
        !then.ways.iter().any(|known| known.kind == way.kind && url(known) == url(way))
    };
    match seen.ways.iter().find(led) {
        Some(way) => Err(Doubt(format!("another way on: {:?}", way.kind))),
        None => Ok(()),
    }
}

fn same_hops(then: &[Hop], now: &[Hop]) -> Result<(), Doubt> {
    let what = |hop: &Hop| (hop.kind, hop.status, normal(&hop.url));
    if then.len() != now.len() {
        return Err(Doubt(format!("{} hops, and {} before", now.len(), then.len())));
    }
    match then
        .iter()
        .zip(now)
        .find(|(then, now)| what(then) != what(now) || then.error.is_some() || now.error.is_some())
    {
        Some((then, now)) => Err(Doubt(format!("hop {}: {}, and {} before", now.index, now.url, then.url))),
        None => Ok(()),
    }
}

pub(super) fn traffic_before(before: &Before<'_>) -> Result<Traffic, Doubt> {
    read(before.chain.traffic, |id| before.kept.get(id))
}

pub(super) fn traffic_now(now: &Look) -> Result<Traffic, Doubt> {
    read(now.visit.chain.traffic, |id| now.evidence.get(&id))
}

fn read<'a>(id: Option<EvidenceId>, kept: impl Fn(EvidenceId) -> Option<&'a Evidence>) -> Result<Traffic, Doubt> {
    let traffic: Option<Traffic> = id.and_then(kept).and_then(|one| serde_json::from_slice(one.bytes()).ok());
    let traffic = traffic.ok_or_else(|| Doubt::new("what went over the wire was not kept"))?;
    if traffic.dropped > 0 { Err(Doubt::new("more went over the wire than is kept")) } else { Ok(traffic) }
}
