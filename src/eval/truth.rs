//! What is true of an ad of the set, as those say who wrote it.

use model::ad::Ad;
use serde::{Deserialize, Serialize};

use crate::exit::Refused;

/// The field `truth` of a line of the set; everything else in the line is the ad.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Truth {
    /// `violating`, `clean` or `inconclusive`.
    pub(crate) verdict: Word,
    /// Who wrote the case: what is learned from one maker's words must hold on another's.
    pub(crate) maker: String,
    /// `dev`, on which words and settings may be tuned, or `test`, on which they may not.
    pub(crate) split: String,
    pub(crate) trade: String,
    pub(crate) language: String,
    /// `plain`, `indirect` or `adversarial`.
    pub(crate) style: String,
    /// For a reader: what misleads, or why it is honest.
    #[serde(default)]
    pub(crate) why: String,
    #[serde(default)]
    pub(crate) violations: Vec<Wrong>,
    /// Checks on which honest people differ; counted neither way.
    #[serde(default)]
    pub(crate) may: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Word {
    Violating,
    Clean,
    Inconclusive,
}

/// One check that a careful reader would uphold, and where it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wrong {
    pub(crate) check: String,
    /// Words of the ad's sentence; empty when the click itself is the promise.
    #[serde(default)]
    pub(crate) promised: String,
    /// When they begin, in a video or in what is said in it. Seconds.
    #[serde(default)]
    pub(crate) at_s: Option<f64>,
    /// Words of the page's sentence; empty when the matter is an act, or something that is not there.
    #[serde(default)]
    pub(crate) delivered: String,
    /// Position of the page in the chain; the click is 0.
    #[serde(default)]
    pub(crate) hop: Option<u16>,
}

impl Truth {
    /// Takes the truth out of an ad, so that nothing that examines it can see it.
    pub(crate) fn taken_from(ad: &mut Ad) -> Result<Self, Refused> {
        let refuse = |why: String| Refused::Usage(format!("the ad `{}`: {why}", ad.ad_id));
        let field = ad.extra.remove("truth");
        let field = field.ok_or_else(|| refuse("it has no `truth`; each line of the set needs one".into()))?;
        let truth: Self = serde_json::from_value(field).map_err(|error| refuse(format!("its `truth`: {error}")))?;
        if (truth.verdict == Word::Violating) == truth.violations.is_empty() {
            return Err(refuse("`violations` belong to the verdict `violating`, and to no other".into()));
        }
        Ok(truth)
    }
}
