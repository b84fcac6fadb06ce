//! The record of a clue that is handed over to another authority.

use console::documents::transfer::{Fact, Transfer};
use console::documents::{Basis, Decision};
use console::told::local;
use model::line::{ViolationLine, word};
use policies::Authority;
use storage::decisions::{Decided, Decisions, is_rejected};
use storage::store::{Store, StoredCase};

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
    decided: &[Decided],
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
        facts: standing(case, decided).map(|(number, line)| fact(number, line, made)).collect(),
        decisions,
        evidence: super::extraction::files(case),
        manifest: case.stored.manifest.to_string(),
        software: super::extraction::software(case),
    })
}

/// Whether there is something to hand over: a violation that nobody rejected.
pub(crate) async fn is_clue(store: &(impl Store + Decisions), case: &StoredCase) -> anyhow::Result<bool> {
    let decided = store.decisions_of(&case.case_id).await?;
    Ok(standing(&Taken::take(store, case).await?, &decided).next().is_some())
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

/// The violations that people did not reject, by their numbers.
fn standing<'a>(case: &'a Taken, decided: &'a [Decided]) -> impl Iterator<Item = (u64, &'a ViolationLine)> {
    (1..).zip(&case.line.violations).filter(|(number, _)| !is_rejected(decided, *number))
}

fn fact(number: u64, line: &ViolationLine, made: &Made<'_>) -> Fact {
    Fact {
        number,
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
