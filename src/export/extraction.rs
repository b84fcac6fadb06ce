//! The record of extraction of cases.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use console::documents::{Address, Extraction, File, Record, Step, Tested, Tool, VisitorTold};

use super::ledger::gap;
use super::{Made, Taken};
use crate::clock_offset::ClockOffset;
use crate::closing::CHECKS;
use console::told::{certificate, local};

pub(super) fn extraction(cases: &[Taken], made: &Made<'_>) -> anyhow::Result<Extraction> {
    Ok(Extraction { head: made.head("extraction", "E")?, records: cases.iter().map(record).collect() })
}

fn record(case: &Taken) -> Record {
    let last = case.manifest.evidence.iter().map(|kept| kept.captured_at).max();
    Record {
        case_id: case.stored.case_id.to_string(),
        ad_id: case.line.ad_id.clone(),
        title: case.title(),
        began: local(case.line.opened_at),
        ended: local(last.unwrap_or(case.line.opened_at)),
        sealed: local(case.stored.sealed_at),
        clock_offset: case.clock_offset.as_ref().map(ClockOffset::told),
        egress: case.pages.values().map(|page| &page.provenance.egress).find(|told| !told.is_empty()).cloned(),
        health: health(case),
        addresses: addresses(case),
        visitors: visitors(case),
        software: software(case),
        steps: steps(case),
        files: files(case),
        gaps: case.line.gaps.iter().map(gap).collect(),
        manifest: case.stored.manifest.to_string(),
        previous: case.manifest.previous.map(|id| id.to_string()),
        line: case.manifest.line_sha256.to_string(),
    }
}

/// How the browser was found before it was used.
fn health(case: &Taken) -> Vec<Tested> {
    let health = case.pages.values().find_map(|page| page.provenance.health.as_ref());
    let tested = |health: &model::snapshot::Health| -> Vec<Tested> {
        let one = |looked: &model::snapshot::Looked| Tested {
            what: looked.what.clone(),
            well: looked.well,
            at: local(health.at),
        };
        health.looked.iter().map(one).collect()
    };
    health.map(tested).unwrap_or_default()
}

fn addresses(case: &Taken) -> Vec<Address> {
    let of_chain = |chain: &model::chain::Chain| -> Vec<Address> {
        let address = |hop: &model::chain::Hop| Address {
            visitor: chain.visitor.clone(),
            hop: hop.index,
            level: hop.level.0,
            url: hop.url.clone(),
            remote: hop.remote.clone(),
            certificate: hop.tls.as_ref().map(certificate),
        };
        chain.hops.iter().map(address).collect()
    };
    case.line.chains.iter().flat_map(of_chain).collect()
}

/// As whom it was looked, by what their first page tells of it.
fn visitors(case: &Taken) -> Vec<VisitorTold> {
    let told = |chain: &model::chain::Chain| {
        let first = case.seen_by(&chain.visitor).map(|(_, page)| page).min_by_key(|page| page.at_ms);
        let blocked = case.seen_by(&chain.visitor).map(|(_, page)| page.provenance.blocked.len()).max();
        let provenance = first.map(|page| page.provenance.clone()).unwrap_or_default();
        VisitorTold {
            name: chain.visitor.clone(),
            user_agent: provenance.user_agent,
            language: provenance.language,
            time_zone: provenance.time_zone,
            screen: first.map(|page| format!("{}×{}", page.viewport.0, page.viewport.1)).unwrap_or_default(),
            blocked: blocked.unwrap_or_default(),
        }
    };
    case.line.chains.iter().map(told).collect()
}

/// What was used, by the seal and by the pages.
pub(super) fn software(case: &Taken) -> Vec<Tool> {
    let mut tools: BTreeMap<_, _> = case.manifest.tools.clone();
    // That is a number of things, and none of them.
    tools.remove(CHECKS);
    for page in case.pages.values().filter(|page| !page.provenance.browser_version.is_empty()) {
        tools.entry("browser".to_owned()).or_insert_with(|| page.provenance.browser_version.clone());
    }
    tools.into_iter().map(|(name, version)| Tool { name, version }).collect()
}

/// What was done, in its order; times where something tells them.
fn steps(case: &Taken) -> Vec<Step> {
    let step =
        |at: Option<DateTime<Utc>>, what: &str, of: String| Step { at: at.map(local), what: what.to_owned(), of };
    let mut steps =
        vec![step(Some(case.line.opened_at), "open", String::new()), step(None, "read-ad", case.promised.to_string())];
    for chain in &case.line.chains {
        steps.push(step(case.clicked(&chain.visitor), "click", chain.visitor.clone()));
        let mut pages: Vec<_> = case.seen_by(&chain.visitor).map(|(_, page)| page).collect();
        pages.sort_by_key(|page| (page.captured_at, page.hop));
        steps.extend(pages.into_iter().map(|page| step(Some(page.captured_at), "capture", page.url.clone())));
        if !chain.walk.is_empty() {
            steps.push(step(None, "walk", chain.visitor.clone()));
        }
        if let Some(mark) = &chain.reconfirmed {
            steps.push(step(Some(mark.at), "reconfirm", chain.visitor.clone()));
        }
    }
    steps.push(step(None, "compare", case.line.findings.len().to_string()));
    steps.push(step(None, "judge", case.line.violations.len().to_string()));
    steps.push(step(Some(case.stored.sealed_at), "seal", String::new()));
    steps
}

/// How artefacts are called, and the word for it; the longer name first.
const CALLED: [(&str, &str); 14] = [
    ("record of the chain", "record-of-the-chain"),
    ("response body ", "response-body"),
    ("page snapshot", "page-snapshot"),
    ("page picture", "page-picture"),
    ("page html", "page-html"),
    ("screen at ", "screen-at"),
    ("video frame ", "video-frame"),
    ("creative ", "creative"),
    ("transcript", "transcript"),
    ("package", "package"),
    ("traffic", "traffic"),
    ("look", "look"),
    ("visit", "visit"),
    ("ad", "ad"),
];

/// The evidence of a case, each by a word for it.
pub(super) fn files(case: &Taken) -> Vec<File> {
    let file = |kept: &storage::store::Kept| {
        let called = CALLED.iter().find_map(|(name, word)| Some((*word, kept.what.strip_prefix(name)?)));
        // What merely begins like it is something else.
        let whole = |rest: &str| rest.is_empty() || rest.starts_with(',');
        let (what, of) = match called {
            Some((word, rest)) if whole(rest) || word_takes_more(word) => (word, rest),
            _ => ("other", kept.what.as_str()),
        };
        File {
            what: what.to_owned(),
            of: of.to_owned(),
            media_type: kept.media_type.clone(),
            bytes: kept.bytes,
            captured_at: local(kept.captured_at),
            sha256: kept.id.hex(),
        }
    };
    case.manifest.evidence.iter().map(file).collect()
}

fn word_takes_more(word: &str) -> bool {
    matches!(word, "response-body" | "screen-at" | "video-frame" | "creative")
}
