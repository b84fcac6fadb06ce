//! Who counts: converted by this ad before, not excluded, and one vote a user, ad and kind, however loud.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use model::complaint::Kind;
use serde::{Deserialize, Serialize};

/// A complaint as far as it says whether it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard<'a> {
    pub at: DateTime<Utc>,
    /// Whose pseudonym the user has: the same one elsewhere is somebody else.
    pub platform: &'a str,
    pub user: Option<&'a str>,
    /// The ad that it belongs to: that it names, or that its click or the user's last click leads to.
    pub ad: Option<&'a str>,
    pub kind: Kind,
    /// By a rule or by a person.
    pub excluded: bool,
    /// When the user first converted by this ad, on valid traffic; none where that never happened.
    pub converted_at: Option<DateTime<Utc>>,
}

/// Whether a complaint counts, and if not, why: the first that holds, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Counts,
    /// It belongs to no ad.
    NoAd,
    /// Noise, by a rule or by a person.
    Excluded,
    /// Nobody converted by this ad before it, or nobody knows who complains.
    NotConverted,
    /// This user has said it about this ad already.
    Again,
}

/// Whether each complaint counts, in the order given, which must be that of time.
///
/// Memory: one entry per user, ad and kind that counts.
pub fn standings<'a>(heard: impl IntoIterator<Item = Heard<'a>>) -> impl Iterator<Item = Standing> {
    let mut voted = HashSet::new();
    heard.into_iter().map(move |one| {
        let Some(ad) = one.ad else { return Standing::NoAd };
        if one.excluded {
            return Standing::Excluded;
        }
        let converted = one.converted_at.is_some_and(|converted| converted <= one.at);
        match one.user {
            Some(user) if converted && voted.insert((one.platform, user, ad, one.kind)) => Standing::Counts,
            Some(_) if converted => Standing::Again,
            _ => Standing::NotConverted,
        }
    })
}
