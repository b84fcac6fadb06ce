//! The visitors' ways: every request and answer, and every hop with what caused it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use model::chain::{Chain, Hop};
use model::evidence::EvidenceId;
use model::traffic::{Client, Exchange, Traffic};
use storage::package::PackageError;

use super::{Contents, Draft};
use model::line::word;

/// One visit, with what went over the wire in it.
pub(super) struct Visit<'a> {
    /// None for a click that was made again because the visitors were shown different things.
    pub(super) chain: Option<&'a Chain>,
    pub(super) traffic: Traffic,
    /// The artefact that the traffic was read from.
    pub(super) source: Option<EvidenceId>,
    /// The bodies that stand in the archive.
    pub(super) bodies: BTreeSet<EvidenceId>,
}

/// Puts all visits into the archive.
pub(super) fn put<'a>(contents: &Contents<'a>, package: &mut Draft) -> Result<Vec<Visit<'a>>, PackageError> {
    let mut visits = all(contents);
    for visit in &mut visits {
        for exchange in &visit.traffic.exchanges {
            let sent = exchange.request_body.and_then(|id| contents.bytes(id));
            let kept = exchange.answer.as_ref().and_then(|answer| answer.body);
            let body = kept.and_then(|body| contents.bytes(body.evidence));
            visit.bodies.extend(exchange.request_body.filter(|_| sent.is_some()));
            visit.bodies.extend(kept.map(|body| body.evidence).filter(|_| body.is_some()));
            let mut exchange = exchange.clone();
            if let Some(answer) = &mut exchange.answer {
                answer.body = answer.body.filter(|_| body.is_some());
            }
            let fields = fields(&visit.traffic.visitor, &exchange);
            package.exchange(&exchange, sent.unwrap_or_default(), body.unwrap_or_default(), &fields)?;
        }
        if let Some(chain) = visit.chain {
            hops(package, visit, &chain.hops, Client::Browser, contents.case.opened_at)?;
            hops(package, visit, &chain.walk, Client::Walk, contents.case.opened_at)?;
        }
    }
    Ok(visits)
}

/// The visits of the case, then those that were made again.
fn all<'a>(contents: &Contents<'a>) -> Vec<Visit<'a>> {
    let visit = |chain: Option<&'a Chain>, source: Option<EvidenceId>, traffic: Traffic| Visit {
        chain,
        traffic,
        source,
        bodies: BTreeSet::new(),
    };
    let mut visits = Vec::new();
    for chain in &contents.case.chains {
        let read = chain.traffic.and_then(|id| contents.read::<Traffic>(id));
        let traffic = read.unwrap_or_else(|| Traffic { visitor: chain.visitor.clone(), ..Traffic::default() });
        visits.push(visit(Some(chain), chain.traffic, traffic));
    }
    let known: BTreeSet<_> = visits.iter().filter_map(|visit| visit.source).collect();
    let again = contents.evidence.values().filter(|one| one.what.starts_with("traffic") && !known.contains(&one.id()));
    let mut again: Vec<_> = again.filter_map(|one| Some((one, contents.read::<Traffic>(one.id())?))).collect();
    again.sort_by_key(|(one, _)| (one.captured_at, one.id()));
    visits.extend(again.into_iter().map(|(one, traffic)| visit(None, Some(one.id()), traffic)));
    visits
}

/// What is told of an exchange in the fields of its records.
fn fields(visitor: &str, exchange: &Exchange) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("Postlink-Visitor", visitor.to_owned()),
        ("Postlink-Client", word(&exchange.by)),
        ("Postlink-Kind", exchange.kind.clone()),
        ("Postlink-Ms-After-Click", exchange.at_ms.0.to_string()),
    ];
    if exchange.answer.as_ref().is_some_and(|answer| answer.service_worker) {
        fields.push(("Postlink-Answered-By", "service-worker".into()));
    }
    fields
}

/// Each hop as a record of its own that says how it came about; the answer that it got is one of the traffic's.
fn hops(
    package: &mut Draft,
    visit: &Visit<'_>,
    hops: &[Hop],
    client: Client,
    opened_at: DateTime<Utc>,
) -> Result<(), PackageError> {
    let clicked = visit.clicked(client).unwrap_or(opened_at);
    for hop in hops {
        let at = clicked + TimeDelta::milliseconds(i64::try_from(hop.at_ms.0).unwrap_or(i64::MAX / 1_000_000));
        let fields = [("Postlink-Visitor", visit.traffic.visitor.clone()), ("Postlink-Client", word(&client))];
        package.about(&hop.url, at, &told(hop), &fields)?;
    }
    Ok(())
}

fn told(hop: &Hop) -> Vec<(&'static str, String)> {
    let mut told = vec![
        ("hop", hop.index.to_string()),
        ("kind", word(&hop.kind)),
        ("level", hop.level.0.to_string()),
        ("url", hop.url.clone()),
        ("ms-after-click", hop.at_ms.0.to_string()),
    ];
    let more = [
        ("status", hop.status.map(|status| status.to_string())),
        ("from-hop", hop.from.map(|from| from.to_string())),
        ("via", hop.before.clone()),
        ("cause", hop.cause.clone()),
        ("referrer", hop.referrer.clone()),
        ("error", hop.error.clone()),
        ("snapshot", hop.snapshot.map(|id| id.to_string())),
        ("screen-when-left", hop.left.map(|id| id.to_string())),
    ];
    told.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
    told
}

impl Visit<'_> {
    /// When the click was made.
    pub(super) fn clicked(&self, client: Client) -> Option<DateTime<Utc>> {
        let first = self.traffic.exchanges.iter().find(|exchange| exchange.by == client)?;
        Some(first.at - TimeDelta::milliseconds(i64::try_from(first.at_ms.0).ok()?))
    }

    /// The answered request for this address that was made nearest to this moment after the click.
    pub(super) fn answered(&self, url: &str, at_ms: u64) -> Option<&Exchange> {
        let bare = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
        let wanted = bare(url);
        let all = self.traffic.exchanges.iter();
        let answered = all.filter(|exchange| exchange.answer.is_some() && exchange.by == Client::Browser);
        answered
            .filter(|exchange| exchange.method == "GET" && bare(&exchange.url) == wanted)
            .min_by_key(|exchange| exchange.at_ms.0.abs_diff(at_ms))
    }

    /// By host, the addresses that answered for it.
    pub(super) fn remotes(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut hosts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for exchange in &self.traffic.exchanges {
            let host = url::Url::parse(&exchange.url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
            if let (Some(host), Some(answer)) = (host, &exchange.answer) {
                hosts.entry(host).or_default().extend(answer.remote.clone());
            }
        }
        hosts
    }
}
