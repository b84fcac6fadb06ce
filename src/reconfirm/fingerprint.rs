//! What is remembered of a landing, to tell another time whether it is another one.

use std::collections::BTreeSet;

use crawler::source::landing;
use model::chain::Chain;
use model::evidence::EvidenceId;
use model::landing::Seen;
use model::snapshot::Part;
use model::traffic::{Answer, Client};

use super::Before;
use super::way::{header, traffic_before};
use crate::pipeline::Visited;

/// What was seen at a landing, none where nobody came to a page; `visit` is what the visit is kept as, `bad` whether something
/// was found that no ad may lead to.
pub(crate) fn seen(visited: &Visited, visit: EvidenceId, bad: bool) -> Option<Seen> {
    let page = visited.pages.iter().find(|page| page.part == Part::Landing)?;
    let ended = visited.chains.iter().find(|chain| chain.visitor == page.visitor).map(Chain::landing);
    let answer = visited.chains.first().and_then(|chain| answered(&Before::of(visited, chain)));
    Some(Seen {
        at: visited.began,
        page: fingerprint(visited),
        etag: answer.as_ref().and_then(|answer| header(answer, "etag")).map(ToOwned::to_owned),
        template: page.template.clone(),
        body: answer.and_then(|answer| answer.body).map(|body| body.evidence.hex()),
        bad,
        visit: Some(visit),
        host: ended.and_then(|hop| landing::host(&hop.url)),
        certificate_from: ended.and_then(|hop| hop.tls.as_ref()).map(|tls| tls.valid_from),
    })
}

/// What plain HTTP came to in the end.
fn answered(before: &Before<'_>) -> Option<Answer> {
    let exchanges = traffic_before(before).ok()?.exchanges;
    exchanges.into_iter().rfind(|exchange| exchange.by == Client::Walk)?.answer
}

/// Names what a person saw: where each visitor came to, and the words there without figures, whatever their order. Clocks,
/// counters and prices that tick are no other page.
fn fingerprint(visited: &Visited) -> String {
    let told: Vec<_> = visited
        .chains
        .iter()
        .map(|chain| {
            let landed = chain.landing();
            let pages = visited.pages.iter().filter(|page| page.visitor == chain.visitor && page.part == Part::Landing);
            let words = pages.flat_map(|page| &page.statements).map(|statement| words(&statement.normal.text));
            (
                &chain.visitor,
                Before::of(visited, chain).address.normal(&landed.url),
                landed.status,
                words.collect::<BTreeSet<_>>(),
            )
        })
        .collect();
    EvidenceId::of(&serde_json::to_vec(&told).expect("internal error: words are plain data")).hex()
}

fn words(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_numeric() && !letter.is_whitespace()).collect()
}
