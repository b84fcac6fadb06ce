//! The due-diligence dossier: what was checked and when, whether the page changed, and who the advertiser is.

use serde::Serialize;

use super::{Confirmed, Document, GapTold, Head};

#[derive(Clone, Debug, Serialize)]
pub struct Dossier {
    pub head: Head,
    pub parties: Vec<Party>,
}

impl Document for Dossier {
    const NAME: &'static str = "dossier";
}

/// An advertiser with its ads.
#[derive(Clone, Debug, Serialize)]
pub struct Party {
    pub id: Option<String>,
    /// Which gave it the id.
    pub platform: Option<String>,
    /// What the ad's data says of it; what an investigator asks for and is not there is said to be missing.
    pub given: Vec<Given>,
    pub ads: Vec<DossierAd>,
}

/// A field of an advertiser's identity or contact.
#[derive(Clone, Debug, Serialize)]
pub struct Given {
    /// A word that has a translation (`legal_name`), or the field's own name.
    pub field: String,
    pub value: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct DossierAd {
    pub ad_id: String,
    pub title: String,
    pub platform: Option<String>,
    pub click_url: String,
    pub landing_url: Option<String>,
    pub approved: Option<Approved>,
    /// Every examination, oldest first.
    pub looks: Vec<Look>,
    /// The landing page on every look, oldest first.
    pub watch: Vec<Watch>,
    /// Who answers for the page, by what it says of itself.
    pub page_facts: Vec<PageFact>,
    pub decisions: Vec<Decision>,
}

/// The landing page as it was when the platform approved the ad.
#[derive(Clone, Debug, Serialize)]
pub struct Approved {
    pub url: Option<String>,
    pub title: Option<String>,
    pub characters: Option<usize>,
    pub sha256: Option<String>,
    pub at: Option<String>,
}

/// One examination.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    pub case_id: String,
    pub opened_at: String,
    pub sealed_at: String,
    pub visitors: Vec<String>,
    /// Where a cheap look stood in for the visit: the pages are the landing pages alone.
    pub reconfirmed: Option<Confirmed>,
    pub pages: usize,
    pub deepest: u8,
    pub verdict: String,
    pub violations: Vec<Ruled>,
    pub gaps: Vec<GapTold>,
    pub manifest: String,
}

/// A suspected violation in a line.
#[derive(Clone, Debug, Serialize)]
pub struct Ruled {
    /// By language.
    pub title: std::collections::BTreeMap<String, String>,
    pub rule: String,
    pub pack: String,
    pub severity: String,
}

/// The landing page as one visitor saw it once.
#[derive(Clone, Debug, Serialize)]
pub struct Watch {
    pub at: String,
    pub case_id: String,
    pub visitor: String,
    pub url: String,
    pub title: String,
    pub sentences: usize,
    /// Of what a person reads on it.
    pub text_sha256: String,
    pub snapshot: String,
    /// Where a cheap look found it as it was.
    pub reconfirmed: Option<Confirmed>,
    /// Beside the approved page, where there is one.
    pub against: Option<Against>,
    /// Beside the same visitor's look before; none for the first.
    pub since: Option<Since>,
}

/// Each `same`, `other`, or `not-given`.
#[derive(Clone, Debug, Serialize)]
pub struct Against {
    pub url: String,
    pub title: String,
    pub text: String,
}

/// What changed since the look before.
#[derive(Clone, Debug, Serialize)]
pub struct Since {
    pub url: bool,
    pub title: bool,
    pub added: Vec<String>,
    pub gone: Vec<String>,
    /// How many there are beyond those that are shown.
    pub more: usize,
}

#[derive(Clone, Debug, Serialize)]
pub struct PageFact {
    pub kind: String,
    pub text: String,
    pub url: String,
}

/// What was decided or done.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    pub at: String,
    /// `decision`, `measure` or `deletion`.
    pub kind: String,
    /// Of a decision: `confirm`, `reject` or `again`.
    pub what: String,
    /// The number of the violation in its case; none where it is about the whole.
    pub violation: Option<u64>,
    pub reason: Option<String>,
    /// The record of it, by hash.
    pub record: String,
}
