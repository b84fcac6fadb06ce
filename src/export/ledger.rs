//! The next-level ledger of cases.

use std::collections::{BTreeMap, BTreeSet};

use console::documents::{Confirmed, Coverage, GapTold, Ledger, LedgerAd, LedgerRow, Reason};
use model::case::Gap;
use model::chain::{Chain, Hop, Reconfirmed};
use model::units::Level;

use super::{Made, Taken};
use console::told::local;
use model::line::word;

pub(super) fn ledger(cases: &[Taken], made: &Made<'_>) -> anyhow::Result<Ledger> {
    let mut number = 0;
    let ads: Vec<_> = cases.iter().map(|case| ad(case, &mut number)).collect();
    let count = |status: &str| ads.iter().filter(|ad| ad.status == status).count();
    let pages = |deeper: bool| {
        let of = |case: &Taken| case.looked_at().filter(|page| (page.level > Level(1)) == deeper).count();
        cases.iter().map(of).sum()
    };
    let mut reasons: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in cases {
        for gap in &case.line.gaps {
            reasons.entry(&gap.reason).or_default().insert(&case.line.ad_id);
        }
    }
    let mut reasons: Vec<_> =
        reasons.into_iter().map(|(reason, ads)| Reason { reason: reason.to_owned(), ads: ads.len() }).collect();
    reasons.sort_by(|a, b| b.ads.cmp(&a.ads).then_with(|| a.reason.cmp(&b.reason)));
    let coverage = Coverage {
        ads: ads.len(),
        checked: count("checked"),
        partly: count("partly"),
        not_checked: count("not-checked"),
        visits: cases.iter().map(|case| case.line.chains.len()).sum(),
        next_level_pages: pages(false),
        deeper_pages: pages(true),
        reasons,
    };
    Ok(Ledger { head: made.head("ledger", "L")?, coverage, ads })
}

fn ad(case: &Taken, number: &mut usize) -> LedgerAd {
    let mut rows = Vec::new();
    for chain in &case.line.chains {
        rows.extend(chain.hops.iter().map(|hop| row(case, chain, hop, "browser")));
        rows.extend(chain.walk.iter().map(|hop| row(case, chain, hop, "http")));
    }
    for row in &mut rows {
        *number += 1;
        row.number = *number;
    }
    LedgerAd {
        ad_id: case.line.ad_id.clone(),
        title: case.title(),
        platform: case.line.ad.platform.clone(),
        advertiser: case.advertiser(),
        case_id: case.stored.case_id.to_string(),
        opened_at: local(case.line.opened_at),
        verdict: case.line.verdict.clone(),
        status: status(case).to_owned(),
        manifest: case.stored.manifest.to_string(),
        reconfirmed: case.reconfirmed().map(confirmed),
        gaps: case.line.gaps.iter().filter(|gap| !is_told(case, gap)).map(gap).collect(),
        rows,
    }
}

/// Whether every visitor saw the next-level page, some did, or none.
fn status(case: &Taken) -> &'static str {
    // What stands in for the page of the ad (a challenge, an error) leaves a gap at its hop.
    let saw_it = |chain: &&Chain| {
        case.landing(&chain.visitor).is_some_and(|(_, page)| case.gaps_at(&chain.visitor, page.hop).next().is_none())
    };
    let saw = case.line.chains.iter().filter(saw_it).count();
    match saw {
        0 => "not-checked",
        _ if saw == case.line.chains.len() && case.line.gaps.is_empty() => "checked",
        _ => "partly",
    }
}

fn row(case: &Taken, chain: &Chain, hop: &Hop, means: &str) -> LedgerRow {
    let browser = means == "browser";
    let landing = browser && case.landing(&chain.visitor).is_some_and(|(_, page)| page.hop == hop.index);
    let behind = browser && hop.level > Level(1);
    // What a cheap look went through again has its time; what lies behind the landing page has that of the visit.
    let mark = chain.reconfirmed.as_ref().filter(|_| !behind);
    let (at, about) = mark.map_or_else(|| case.at(chain, hop), |mark| (mark.at, !landing));
    let found: Vec<_> =
        case.found_at(&chain.visitor, hop.index).filter(|_| browser).map(|line| line.check.clone()).collect();
    let gaps: Vec<_> = case.gaps_at(&chain.visitor, hop.index).filter(|_| browser).map(gap).collect();
    let result = match () {
        () if behind && chain.reconfirmed.is_some() => "not-again",
        () if !found.is_empty() => "found",
        () if !gaps.is_empty() || hop.error.is_some() => "not-checked",
        () if hop.snapshot.is_some() => "nothing-found",
        () => "passed",
    };
    LedgerRow {
        number: 0,
        visitor: chain.visitor.clone(),
        means: means.to_owned(),
        hop: hop.index,
        level: browser.then_some(hop.level.0),
        kind: word(&hop.kind),
        url: hop.url.clone(),
        remote: hop.remote.clone(),
        at: local(at),
        // The walk over plain HTTP comes after the visit, and its times count from its own beginning.
        about: about || !browser,
        status: hop.status,
        error: hop.error.clone(),
        result: result.to_owned(),
        found,
        gaps,
        snapshot: mark.filter(|_| landing).map(|mark| mark.snapshot).or(hop.snapshot).map(|id| id.to_string()),
    }
}

/// Whether a gap stands in a row of its own hop.
fn is_told(case: &Taken, gap: &Gap) -> bool {
    let (Some(visitor), Some(hop)) = (&gap.visitor, gap.hop) else { return false };
    let there = |chain: &Chain| chain.visitor == *visitor && chain.hops.iter().any(|one| one.index == hop);
    case.line.chains.iter().any(there)
}

pub(super) fn confirmed(mark: &Reconfirmed) -> Confirmed {
    Confirmed { at: local(mark.at), visited_at: local(mark.visited_at) }
}

pub(super) fn gap(gap: &Gap) -> GapTold {
    GapTold { reason: gap.reason.clone(), detail: gap.detail.clone(), visitor: gap.visitor.clone() }
}
