//! Which ads of a week are shown with their evidence: the gravest violations, and ads of those who did best.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use console::documents::weekly::{Exhibit, Standing, Violation};
use model::line::CaseLine;
use storage::store::{CaseId, Store};
use storage::weeks::{Examined, FoundThere};

use super::counted::{is_violating, stands};

/// Gravest violations, and of one advertiser: one who has many is not all that there is to be seen.
const GRAVEST: usize = 6;
const OF_ONE: usize = 2;
/// Ads of advertisers that did best, one of each.
const EXEMPLARY: usize = 3;

/// Of each ad the gravest violation that stands, confirmed ones before others, earlier ones before later ones.
pub(super) async fn gravest(store: &impl Store, ads: &[&Examined]) -> Vec<Exhibit> {
    let worst_of = |ad: &&Examined| -> Option<(usize, FoundThere)> {
        let found = ad.violations.iter().enumerate().filter(|(_, found)| stands(found));
        found.min_by_key(|(_, found)| rank(found)).map(|(at, found)| (at + 1, found.clone()))
    };
    let mut worst: Vec<_> = ads.iter().filter_map(|ad| Some((*ad, worst_of(ad)?))).collect();
    worst.sort_by_key(|(ad, (_, found))| (rank(found), ad.sealed_at, ad.case_id.clone()));
    let mut shown = Vec::new();
    for (ad, (number, found)) in worst {
        let its =
            shown.iter().filter(|one: &&Exhibit| (&one.platform, &one.advertiser) == (&ad.platform, &ad.advertiser));
        if ad.advertiser.is_some() && its.count() >= OF_ONE {
            continue;
        }
        let violation = violation(store, &ad.case_id, number, &found).await;
        shown.push(Exhibit { violation: Some(violation), ..exhibit(ad) });
        if shown.len() == GRAVEST {
            break;
        }
    }
    shown
}

/// An ad that keeps what it says of each advertiser that did best.
pub(super) fn exemplary(ads: &[&Examined], best: &[Standing]) -> Vec<Exhibit> {
    let mut of: BTreeSet<(Option<String>, Option<String>)> =
        best.iter().map(|one| (one.platform.clone(), Some(one.advertiser.clone()))).collect();
    let is_first_of_its = |ad: &&&Examined| {
        ad.verdict == "clean" && !is_violating(ad) && of.remove(&(ad.platform.clone(), ad.advertiser.clone()))
    };
    ads.iter().filter(is_first_of_its).map(|ad| exhibit(ad)).take(EXEMPLARY).collect()
}

fn rank(found: &FoundThere) -> (Reverse<model::violation::Severity>, bool) {
    (Reverse(found.severity), found.decision.as_deref() != Some("confirm"))
}

fn exhibit(ad: &Examined) -> Exhibit {
    Exhibit {
        case: ad.case_id.clone(),
        ad: ad.ad_id.clone(),
        platform: ad.platform.clone(),
        advertiser: ad.advertiser.clone(),
        name: ad.advertiser_name.clone(),
        violation: None,
    }
}

/// As its case tells it; what cannot be read back is told by what is known of it.
async fn violation(store: &impl Store, case: &str, number: usize, found: &FoundThere) -> Violation {
    let known = Violation {
        number,
        rule: found.check.clone(),
        severity: format!("{:?}", found.severity),
        confirmed: found.decision.as_deref() == Some("confirm"),
        ..Violation::default()
    };
    let Some(told) = line(store, case).await.and_then(|line| line.violations.into_iter().nth(number - 1)) else {
        return known;
    };
    Violation {
        rule: told.rule,
        what: told.note.into_iter().map(|(language, note)| (language, note.what)).collect(),
        promised: told.promised.quote,
        delivered: told.delivered.quote,
        ..known
    }
}

/// None where it was deleted meanwhile, or no postlink of these days wrote it.
pub(super) async fn line(store: &impl Store, case: &str) -> Option<CaseLine> {
    let text = store.line(&CaseId::named(case)?).await.ok()?;
    serde_json::from_str(&text).ok()
}
