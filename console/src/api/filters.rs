//! Which cases are asked for: the same words in lists and exports.

use chrono::{DateTime, Utc};
use model::line::word;
use model::violation::Severity;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use storage::desk::{Decided, Wanted};

use super::asked::Words;

/// How a case came out.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    Violating,
    Clean,
    Inconclusive,
}

/// What people decided of a case: of all its violations, or of the whole where it has none.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LastWord {
    Undecided,
    Confirm,
    Reject,
    Again,
}

/// Cases for which everything holds that is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub(crate) struct Filters {
    /// How the case came out.
    verdict: Option<Verdict>,
    /// Of its gravest violation.
    severity: Option<Severity>,
    /// One of its violations is of this check, as docs/checks.md names it.
    check: Option<Words>,
    /// One of its violations is by this rule.
    rule: Option<Words>,
    /// Where the ad runs.
    platform: Option<Words>,
    /// The advertiser's id on its platform.
    advertiser: Option<Words>,
    /// The advertiser's trade, or the ad's declared category.
    trade: Option<Words>,
    /// The ad's id on its platform.
    ad: Option<Words>,
    /// In the ad's id, its title or the advertiser's name.
    text: Option<Words>,
    /// What people decided of it: `undecided` while a violation waits.
    decision: Option<LastWord>,
    /// Sealed then or later.
    #[schemars(with = "Option<String>", extend("format" = "date-time", "examples" = ["2026-11-28T00:00:00+08:00"]))]
    since: Option<DateTime<Utc>>,
    /// Sealed before.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    until: Option<DateTime<Utc>>,
    /// Of each ad the latest case alone.
    #[serde(default)]
    latest_only: bool,
}

impl Filters {
    pub(crate) fn wanted(self) -> Wanted {
        let words = |words: Option<Words>| words.map(|Words(text)| text);
        Wanted {
            verdict: self.verdict.map(|verdict| word(&verdict)),
            severity: self.severity.map(|severity| word(&severity)),
            check: words(self.check),
            rule: words(self.rule),
            platform: words(self.platform),
            advertiser: words(self.advertiser),
            trade: words(self.trade),
            ad: words(self.ad),
            text: words(self.text),
            decision: self.decision.map(LastWord::decision),
            since: self.since,
            until: self.until,
            latest_only: self.latest_only,
            ..Wanted::default()
        }
    }
}

impl LastWord {
    fn decision(self) -> Decided {
        match self {
            Self::Undecided => Decided::Undecided,
            Self::Confirm => Decided::Confirm,
            Self::Reject => Decided::Reject,
            Self::Again => Decided::Again,
        }
    }
}
