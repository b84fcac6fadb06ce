//! What is remembered of a landing, to tell another time whether it is another one.

use std::collections::BTreeSet;

use model::chain::Chain;
use model::evidence::EvidenceId;
use model::landing::Seen;
use model::traffic::{Answer, Client};

use super::Before;
use super::page::{snapshot, without_clocks};
use super::way::{header, normal, traffic_before};
use crate::pipeline::{Kept, Visited};

/// What was seen at a landing; `visit` is what the visit is kept as, `bad` whether something was found that no ad may lead to.
pub(crate) fn seen(visited: &Visited, visit: EvidenceId, bad: bool) -> Seen {
    let answer = visited.chains.first().and_then(|chain| answered(&Before { chain, kept: &visited.kept }));
    Seen {
        at: visited.began,
        page: fingerprint(visited),
        etag: answer.as_ref().and_then(|answer| header(answer, "etag")).map(ToOwned::to_owned),
        body: answer.and_then(|answer| answer.body).map(|body| body.evidence.hex()),
        bad,
        visit: Some(visit),
    }
}

/// What plain HTTP came to in the end.
fn answered(before: &Before<'_>) -> Option<Answer> {
    let exchanges = traffic_before(before).ok()?.exchanges;
    exchanges.into_iter().rfind(|exchange| exchange.by == Client::Walk)?.answer
}

/// Names what a person saw: where each visitor came to, and the words there without figures, whatever their order.
fn fingerprint(visited: &Visited) -> String {
    let told: Vec<_> = visited.chains.iter().map(|chain| told(chain, &visited.kept)).collect();
    EvidenceId::of(&serde_json::to_vec(&told).expect("internal error: words are plain data")).hex()
}

fn told(chain: &Chain, kept: &Kept) -> (String, String, Option<u16>, BTreeSet<String>) {
    let landed = chain.landing();
    let page = landed.snapshot.and_then(|id| kept.get(id)).and_then(snapshot);
    let nodes = page.map(|page| page.nodes).unwrap_or_default();
    let visible = nodes.iter().filter(|node| node.style.as_ref().is_some_and(|style| style.visible));
    let words = visible.filter_map(|node| node.text.as_deref()).map(words).filter(|words| !words.is_empty());
    (chain.visitor.clone(), normal(&landed.url), landed.status, words.collect())
}

/// A text without its figures: those of counters and countdowns are others each time.
fn words(text: &str) -> String {
    without_clocks(text).chars().filter(|c| c.is_alphabetic()).collect()
}
