//! The certificate of a case in which nothing was found and nothing was left unseen.

use console::documents::{Certificate, SeenBy, Tool};

use super::extraction::software;
use super::{Made, Taken};
use crate::closing::CHECKS;
use console::told::local;

/// Why none is made of a case, by a word of `[index]`; none where one is.
pub(super) fn refused(case: &Taken) -> Option<&'static str> {
    match () {
        () if case.line.verdict == "violating" || !case.line.violations.is_empty() => Some("violating"),
        () if case.line.verdict != "clean" || !case.line.gaps.is_empty() => Some("inconclusive"),
        // What was pasted is seen by nobody.
        () if case.line.ad.pasted().is_some() => Some("pasted"),
        // A cheap look is no check of what lies behind the landing page.
        () if case.reconfirmed().is_some() => Some("reconfirmed"),
        () => None,
    }
}

/// None where it is refused.
pub(super) fn certificate(case: &Taken, made: &Made<'_>) -> anyhow::Result<Option<Certificate>> {
    if refused(case).is_some() {
        return Ok(None);
    }
    let (packs, software): (Vec<Tool>, Vec<Tool>) =
        software(case).into_iter().partition(|tool| tool.name.starts_with("pack "));
    let mut head = made.head("certificate", "C")?;
    head.number = format!("{}-{}", head.number, case.stored.number);
    Ok(Some(Certificate {
        head,
        case_id: case.stored.case_id.to_string(),
        ad_id: case.line.ad_id.clone(),
        title: case.title(),
        advertiser: case.advertiser(),
        platform: case.line.ad.platform.clone(),
        click_url: case.line.ad.click_url.clone(),
        began: local(case.line.opened_at),
        sealed: local(case.stored.sealed_at),
        seen: seen(case),
        promised: case.promised,
        checks: case.manifest.tools.get(CHECKS).cloned(),
        packs: packs.into_iter().map(|pack| Tool { name: pack.name.replacen("pack ", "", 1), ..pack }).collect(),
        software,
        possible: case.line.findings.len(),
        manifest: case.stored.manifest.to_string(),
        line: case.manifest.line_sha256.to_string(),
    }))
}

fn seen(case: &Taken) -> Vec<SeenBy> {
    let by = |chain: &model::chain::Chain| {
        let (id, landing) = case.landing(&chain.visitor)?;
        Some(SeenBy {
            visitor: chain.visitor.clone(),
            hops: chain.hops.len(),
            pages: case.seen_by(&chain.visitor).count(),
            deepest: case.seen_by(&chain.visitor).map(|(_, page)| page.level.0).max().unwrap_or_default(),
            landing: landing.url.clone(),
            at: local(landing.captured_at),
            snapshot: id.to_string(),
        })
    };
    case.line.chains.iter().filter_map(by).collect()
}
