//! The case of an ad that was not looked at: inconclusive, and it says why.

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::case::{Case, Gap};
use model::evidence::{Evidence, EvidenceId};
use storage::store::{Opened, Opening, Outcome};

use crate::closing::Keep;
use model::line::CaseLine;

/// Names the case of an ad in a job: of this job and this ad alone, whoever examines it.
pub(super) fn opened(job_id: &str, ad: &Ad, opened_at: DateTime<Utc>) -> Opened {
    Opened::of_job(Opening {
        key: EvidenceId::of(format!("{job_id}/{}", ad.ad_id).as_bytes()).hex(),
        ad_id: ad.ad_id.clone(),
        platform: ad.platform.clone(),
        advertiser: ad.advertiser.as_ref().and_then(|advertiser| advertiser.id.clone()),
        position: 0,
        opened_at,
    })
}

/// A case that holds the ad, and the gap in place of all else.
pub(super) async fn unseen(
    job_id: &str,
    ad: Ad,
    gap: Gap,
    place: &impl Keep,
    now: DateTime<Utc>,
) -> anyhow::Result<(Opened, Outcome)> {
    let kept = place.keep(&Evidence::new("ad", "application/json", serde_json::to_vec(&ad)?, now)).await?;
    let mut case = Case::open(ad, kept.id, now);
    case.gaps.push(gap);
    let outcome = Outcome {
        verdict: case.verdict().word().to_owned(),
        line: serde_json::to_string(&CaseLine::of(&case, Vec::new()))?,
        evidence: vec![kept],
        tools: [("postlink".to_owned(), env!("CARGO_PKG_VERSION").to_owned())].into(),
        to_stamp: Vec::new(),
    };
    Ok((opened(job_id, &case.ad, now), outcome))
}
