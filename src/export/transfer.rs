//! The record of a clue that is handed over to another authority.

use console::documents::transfer::{Fact, Listed, Transfer};
use console::documents::{Basis, Decision};
use console::told::local;
use model::line::{ViolationLine, word};
use policies::Authority;

use super::{Made, Taken};

/// The letter of its number.
pub(crate) const LETTER: &str = "T";

/// To whom, and by whom.
pub(crate) struct Clue {
    pub(crate) to: Authority,
    pub(crate) by: String,
}

pub(super) fn transfer(
    case: &Taken,
    clue: &Clue,
    decisions: Vec<Decision>,
    made: &Made<'_>,
) -> anyhow::Result<Transfer> {
    let mut head = made.head("transfer", LETTER)?;
    head.basis = basis(&clue.to);
    Ok(Transfer {
        head,
        to: clue.to.name.clone(),
        by: clue.by.clone(),
        case_id: case.stored.case_id.to_string(),
        ad_id: case.line.ad_id.clone(),
        title: case.title(),
        platform: case.line.ad.platform.clone(),
        advertiser: case.advertiser(),
        click_url: case.line.ad.click_url.clone(),
        opened_at: local(case.line.opened_at),
        sealed_at: local(case.stored.sealed_at),
        facts: case.line.violations.iter().map(|line| fact(line, made)).collect(),
        decisions,
        evidence: case.manifest.evidence.iter().map(listed).collect(),
        manifest: case.stored.manifest.to_string(),
        software: super::extraction::software(case),
    })
}

fn basis(to: &Authority) -> Vec<Basis> {
    let told = |one: &policies::Rests| Basis {
        id: one.id.clone(),
        title: one.title.clone(),
        clause: one.clause.clone(),
        verified: one.verified(),
    };
    to.basis.iter().map(told).collect()
}

fn fact(line: &ViolationLine, made: &Made<'_>) -> Fact {
    Fact {
        severity: word(&line.severity),
        title: made.packs.rule(&line.pack, &line.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
        rule: line.rule.clone(),
        pack: line.pack.clone(),
        promised: line.promised.quote.clone(),
        delivered: line.delivered.quote.clone(),
        url: line.delivered.place.url.clone(),
        cite: line.cite.clone(),
    }
}

fn listed(kept: &storage::store::Kept) -> Listed {
    Listed {
        what: kept.what.clone(),
        media_type: kept.media_type.clone(),
        bytes: kept.bytes,
        captured_at: local(kept.captured_at),
        sha256: kept.id.to_string(),
    }
}
