//! In what two visitors, at the same click, were shown different things.

use serde::{Deserialize, Serialize};

use crate::evidence::PagePlace;
use crate::finding::{Confidence, Exhibit};
use crate::units::Level;

/// One matter in which what two visitors were shown differs in meaning. A fact without judgement: why they differ is
/// for a check to say.
///
/// The first of each pair belongs to the first visitor, the second to the second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    pub about: About,
    pub visitors: [String; 2],
    /// What each was shown of the matter, in short words and normal form: `telecom-plan`, `29 CNY/month`, `sms-code`;
    /// empty when nothing of it was there.
    pub shown: [Vec<String>; 2],
    /// Where; the head of the page when nothing of the matter was there, none when there was no page.
    pub places: [Option<Exhibit<PagePlace>>; 2],
    /// On pages of which level: 1 is the landing page.
    pub level: Level,
    /// How surely this is a difference in meaning; low for what devices and shops often differ in honestly.
    pub confidence: Confidence,
    /// Whether it showed again, the same way, each time both visitors clicked once more.
    pub repeated: bool,
    /// Where it showed the last time. The hops are those of that further visit, whose record is kept as evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<[Option<Exhibit<PagePlace>>; 2]>,
}

/// In what visitors differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// One came to a page; the other to a page of another owner's domain, to an obstacle or to an error.
    Fate,
    /// What sort of thing is offered.
    Offer,
    /// What is to be paid.
    Price,
    /// What a form asks of them.
    Fields,
    /// Who is behind the page.
    Entity,
}
