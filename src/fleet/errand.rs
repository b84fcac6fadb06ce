//! What a worker is told of a job: everything, since it has no database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::{Evidence, EvidenceId};
use model::sweep::{Round, Work};
use serde::{Deserialize, Serialize};
use storage::chest::Chest;
use storage::frontier::Lease;

use super::Base;

/// A job, and the ads that it is for. What it does not know it leaves aside: workers may be older or newer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) round: String,
    pub(crate) work: Work,
    /// What cannot be seen is tried again, and at this attempt is an outcome.
    pub(crate) most_attempts: u32,
    pub(crate) ads: Vec<AdOfErrand>,
    /// What another job met, in place of a look of its own.
    #[serde(default)]
    pub(crate) visit: Option<EvidenceId>,
}

/// An ad, and what is known of it that the worker cannot find out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AdOfErrand {
    pub(crate) ad: Ad,
    /// Blobs, by the paths that the ad names.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, EvidenceId>,
    /// When other ads of its advertiser were found violating.
    #[serde(default)]
    pub(crate) earlier: Vec<DateTime<Utc>>,
}

/// As a parcel carries it: whole, or as an artefact when it is long. Messages are small.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Packed {
    Errand(Box<Errand>),
    Kept(EvidenceId),
}

/// Bytes; NATS carries a mebibyte.
const LONGEST: usize = 256 << 10;

impl Errand {
    /// What a lease is about, with what the database knows of its ads. Ads that are not known are left out.
    pub(crate) async fn of(lease: &Lease, store: &impl Base, most_attempts: u32) -> anyhow::Result<Self> {
        let work: Work = serde_json::from_str(&lease.work)?;
        let round = Round::of_job(&lease.job_id, &work).to_owned();
        // What a round finds itself does not make a later ad of it graver: the order must not matter.
        let began = Round::due(&round).unwrap_or(lease.until);
        let mut known: BTreeMap<_, _> =
            store.ads(&work.ads).await?.into_iter().map(|ad| (ad.ad_id.clone(), ad)).collect();
        let mut ads = Vec::with_capacity(known.len());
        // The first one's click is followed.
        for id in &work.ads {
            let Some(known) = known.remove(id) else { continue };
            let earlier = match &known.advertiser {
                Some(advertiser) => store.found_before(advertiser, id, began).await?,
                None => Vec::new(),
            };
            ads.push(AdOfErrand { ad: serde_json::from_str(&known.ad)?, files: known.files, earlier });
        }
        let visit = match &work.look_of {
            Some(job) => store.outcome(job).await?.as_deref().and_then(super::brought::visit_of),
            None => None,
        };
        Ok(Self { round, work, most_attempts, ads, visit })
    }

    /// As a parcel carries it; what is long is kept, and named.
    pub(crate) async fn packed(&self, store: &impl Base, now: DateTime<Utc>) -> anyhow::Result<String> {
        let text = serde_json::to_string(&Packed::Errand(Box::new(self.clone())))?;
        if text.len() <= LONGEST {
            return Ok(text);
        }
        let bytes = serde_json::to_vec(self)?;
        let kept = store.keep(&Evidence::new("errand", "application/json", bytes, now)).await?;
        Ok(serde_json::to_string(&Packed::Kept(kept.id))?)
    }

    /// What a parcel carries.
    pub(crate) async fn unpacked(text: &str, chest: &Chest) -> anyhow::Result<Self> {
        match serde_json::from_str(text)? {
            Packed::Errand(errand) => Ok(*errand),
            Packed::Kept(id) => Ok(serde_json::from_slice(&chest.read(id).await?)?),
        }
    }
}
