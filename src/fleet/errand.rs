//! What a worker is told of a job: everything, since it has no database.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::EvidenceId;
use model::sweep::{Round, Work};
use serde::{Deserialize, Serialize};
use storage::chest::Chest;
use storage::courier::Parcel;
use storage::frontier::{Lease, Token};
use storage::store::Allowance;

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
    /// How much its advertiser used when the job was granted, and may; none where nothing limits it.
    #[serde(default)]
    pub(crate) allowance: Option<Allowance>,
}

/// As a parcel carries it: whole, or laid down beside the evidence when it is long. Messages are small.
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
            let ad: Ad = serde_json::from_str(&known.ad)?;
            let (earlier, allowance) = match ad.whose() {
                Some(whose) => (store.found_before(&whose, id, began).await?, store.allowance(&whose).await?),
                None => (Vec::new(), None),
            };
            ads.push(AdOfErrand { ad, files: known.files, earlier, allowance });
        }
        let visit = match &work.look_of {
            Some(job) => store.outcome(job).await?.as_deref().and_then(super::brought::visit_of),
            None => None,
        };
        Ok(Self { round, work, most_attempts, ads, visit })
    }

    /// As a parcel carries it; what is long is laid down under its lease, and named.
    pub(crate) async fn packed(&self, under: Token, chest: &Chest) -> anyhow::Result<String> {
        let text = serde_json::to_string(&Packed::Errand(Box::new(self.clone())))?;
        if text.len() <= LONGEST {
            return Ok(text);
        }
        let id = chest.lay_down(under, &serde_json::to_vec(self)?).await?;
        Ok(serde_json::to_string(&Packed::Kept(id))?)
    }

    /// What a parcel carries.
    pub(crate) async fn unpacked(parcel: &Parcel, chest: &Chest) -> anyhow::Result<Self> {
        match serde_json::from_str(&parcel.work)? {
            Packed::Errand(errand) => Ok(*errand),
            Packed::Kept(id) => Ok(serde_json::from_slice(&chest.pick_up(parcel.token(), id).await?)?),
        }
    }

    /// What a parcel's errand is laid down as, where it does not carry it itself.
    pub(crate) fn laid_down(parcel: &Parcel) -> Option<EvidenceId> {
        match serde_json::from_str(&parcel.work) {
            Ok(Packed::Kept(id)) => Some(id),
            Ok(Packed::Errand(_)) | Err(_) => None,
        }
    }
}
