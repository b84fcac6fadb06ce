//! What of a case makes its offence graver, or less grave: read from findings, the ad's audience, refunds and later visits.

use std::sync::LazyLock;

use governance::ladder::Circumstance;
use model::ad::Ad;
use serde::Deserialize;
use storage::appeals::Appeals;
use storage::measures::Confirmed;
use storage::store::{CaseId, Store};

use super::{Acts, ad_of, was_charged};

/// Years at which somebody is no minor.
const OF_AGE: u8 = 18;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checks {
    evasion: Vec<String>,
    vulnerable: Vec<String>,
}

static CHECKS: LazyLock<Checks> = LazyLock::new(|| {
    toml_edit::de::from_str(include_str!("circumstances.toml")).expect("internal error: what is built in can be read")
});

pub(super) async fn of_case(store: &impl Acts, case: &Confirmed) -> anyhow::Result<Vec<Circumstance>> {
    let found = |checks: &[String]| case.checks.iter().any(|check| checks.contains(check));
    let mut circumstances = Vec::new();
    if found(&CHECKS.evasion) {
        circumstances.push(Circumstance::Evasion);
    }
    let to_the_vulnerable = match CaseId::named(&case.case_id) {
        Some(id) => is_vulnerable(&ad_of(store, &id).await?),
        None => false,
    };
    if to_the_vulnerable || found(&CHECKS.vulnerable) {
        circumstances.push(Circumstance::Vulnerable);
    }
    if was_charged(store, &case.ad_id, case.platform.as_deref()).await? {
        circumstances.push(Circumstance::Charged);
    }
    Ok(circumstances)
}

fn is_vulnerable(ad: &Ad) -> bool {
    let minor = |audience: &model::ad::Audience| audience.min_age.is_some_and(|years| years < OF_AGE);
    ad.audience.as_ref().is_some_and(|audience| audience.elderly || minor(audience))
}

/// Whether the advertiser said of each case that it is mended, and the latest visit of each ad found nothing any more.
pub(super) async fn all_corrected(store: &(impl Store + Appeals), cases: &[Confirmed]) -> anyhow::Result<bool> {
    for case in cases {
        let Some(id) = CaseId::named(&case.case_id) else { return Ok(false) };
        if store.correction_of(&id).await?.is_none() {
            return Ok(false);
        }
    }
    let latest = store.cases().await?;
    let is_clean = |case: &Confirmed| latest.iter().any(|one| one.ad_id == case.ad_id && one.verdict == "clean");
    Ok(cases.iter().all(is_clean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_that_are_named_are_there() {
        let known = |check: &String| checker::checks::ALL.iter().any(|one| one.id() == check);
        for check in CHECKS.evasion.iter().chain(&CHECKS.vulnerable) {
            assert!(known(check), "no check is called {check}");
        }
    }

    #[test]
    fn minors_and_the_elderly_are_vulnerable() {
        let ad = |audience: serde_json::Value| {
            let ad = serde_json::json!({"ad_id": "a", "click_url": "https://a.test/", "audience": audience});
            serde_json::from_value::<Ad>(ad).expect("an ad")
        };
        assert!(is_vulnerable(&ad(serde_json::json!({"min_age": 12}))));
        assert!(is_vulnerable(&ad(serde_json::json!({"elderly": true}))));
        assert!(!is_vulnerable(&ad(serde_json::json!({"min_age": 18}))));
        assert!(!is_vulnerable(&ad(serde_json::Value::Null)));
    }
}
