//! All cases of one ad compared anew, one look after the other: what a later one no longer finds was put right.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::case::{Case, Gap, Step, Verdict};
use model::finding::Finding;
use policies::{Circumstances, Packs};
use storage::sqlite::SqliteStore;
use storage::store::StoredCase;
use tokio::task::spawn_blocking;

use super::change::{Change, Judged};
use super::kept::{Kept, gap};
use super::{DryRun, Law, names};
use crate::pipeline;
use crate::second_opinion;
use model::line::ViolationLine;

/// The cases of each ad, the ads in the order of their first case.
pub(crate) fn by_ad(cases: Vec<StoredCase>) -> Vec<Vec<StoredCase>> {
    let mut places = BTreeMap::new();
    let mut ads: Vec<Vec<StoredCase>> = Vec::new();
    for case in cases {
        let place = *places.entry(case.ad_id.clone()).or_insert(ads.len());
        match ads.get_mut(place) {
            Some(ad) => ad.push(case),
            None => ads.push(vec![case]),
        }
    }
    ads
}

/// What became of each case of an ad, in their order.
pub(crate) async fn recheck(
    cases: Vec<StoredCase>,
    store: Arc<SqliteStore>,
    law: Arc<Law>,
) -> anyhow::Result<Vec<Change>> {
    let mut all = Vec::with_capacity(cases.len());
    for case in cases {
        let anew = match Kept::take(&store, &case).await? {
            Ok(kept) => {
                let law = Arc::clone(&law);
                // A crash costs this case only.
                spawn_blocking(move || Anew::of(&kept, &law)).await.unwrap_or_else(|crash| Err(crashed(&crash)))
            }
            Err(gap) => Err(gap),
        };
        all.push((case, anew));
    }
    put_right(&mut all);
    let mut changes = Vec::with_capacity(all.len());
    for (case, anew) in all {
        changes.push(match anew {
            Ok(anew) => {
                let (this, law) = (case.clone(), Arc::clone(&law));
                let change = spawn_blocking(move || change(this, anew, &law)).await;
                change.unwrap_or_else(|crash| Change::unseen(case, crashed(&crash)))
            }
            Err(gap) => Change::unseen(case, gap),
        });
    }
    Ok(changes)
}

/// Notes in each case what the last whole case of the ad no longer finds. An ad that was put right and went wrong again is
/// not put right.
fn put_right(all: &mut [(StoredCase, Result<Anew, Gap>)]) {
    let mut found_last = None;
    for anew in all.iter_mut().rev().filter_map(|(_, anew)| anew.as_mut().ok()) {
        match &found_last {
            Some(found) => anew.circumstances.corrected = anew.checks().difference(found).cloned().collect(),
            None if anew.is_whole() => found_last = Some(anew.checks()),
            None => {}
        }
    }
}

fn crashed(crash: &tokio::task::JoinError) -> Gap {
    gap(Step::Compare, "recheck-crashed", format!("comparing it crashed ({crash}); please report it with the evidence"))
}

/// A case as today's checks find it.
struct Anew {
    findings: Vec<Finding>,
    /// What it comes to as far as no violation is found in it: `Clean` only when all was seen.
    unless_violating: Verdict,
    circumstances: Circumstances,
    /// As it was told.
    told: Vec<ViolationLine>,
}

impl Anew {
    fn of(kept: &Kept, law: &Law) -> Result<Self, Gap> {
        let mut case: Case = kept.look()?;
        let seen_with = case.gaps.len();
        pipeline::compare(&mut case, &law.words);
        // What a check that failed does not find has not disappeared.
        if let Some(failed) = case.gaps.get(seen_with) {
            return Err(failed.clone());
        }
        let findings = std::mem::take(&mut case.findings);
        let kinds = checker::kinds(&case, &law.words);
        let earlier = kept.earlier.clone();
        Ok(Self {
            findings: findings.into_iter().map(|one| second_opinion::as_before(one, &kept.line.findings)).collect(),
            unless_violating: case.verdict(),
            circumstances: Circumstances { kinds, earlier, ..Circumstances::of(&case, &law.markets) },
            told: kept.line.violations.clone(),
        })
    }

    fn is_whole(&self) -> bool {
        matches!(self.unless_violating, Verdict::Clean(_))
    }

    fn checks(&self) -> BTreeSet<String> {
        self.findings.iter().map(|finding| finding.check().to_owned()).collect()
    }

    fn judged(&self, packs: &Packs, circumstances: &Circumstances) -> Judged {
        let violations = policies::judge(&self.findings, packs, circumstances);
        let verdict = if violations.is_empty() { self.unless_violating } else { Verdict::Violating };
        let violations = violations.iter().map(ViolationLine::of).collect();
        Judged { verdict: verdict.word().to_owned(), violations }
    }
}

fn change(case: StoredCase, anew: Anew, law: &Law) -> Change {
    let (was, is) = match &law.dry_run {
        None => {
            let is = anew.judged(&law.packs, &anew.circumstances);
            (Judged { verdict: case.verdict.clone(), violations: anew.told }, is)
        }
        Some(DryRun { before, at }) => {
            let now = Circumstances { at: *at, ..anew.circumstances.clone() };
            let then = Circumstances { trial: true, ..now.clone() };
            (anew.judged(before, &now), anew.judged(&law.packs, &then))
        }
    };
    Change::between(case, was, is, names(&law.packs))
}
