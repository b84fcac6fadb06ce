//! Where the click ended for a visitor: at a page, at an obstacle, at an error, in an app.

use model::case::{Case, Gap, Step};
use model::chain::Chain;
use model::difference::{About, Difference};
use model::finding::Confidence;
use model::units::Level;

use super::host::registrable;
use super::sight::Sight;

/// Where a click ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// At a page of the ad.
    Page,
    /// At something that stands before it: a challenge, a log-in, a page that says nothing. The gap's reason.
    Obstacle(String),
    /// At an error that is the server's. The status, or the gap's reason.
    Error { said: String, may_pass: bool },
    /// In an app, a store, a download: not followed.
    App,
    /// We do not know: our own means failed.
    Unknown,
}

/// Gaps that say something of us and our patience, and nothing of what the visitor was given.
const OURS: &[&str] = &[
    "timeout",
    "browser-failed",
    "reader-crashed",
    "unknown-visitor",
    "not-a-url",
    "no-layout",
    "page-too-large",
    "form-held-back",
    "too-many-hops",
];
/// Pages that say, with status 200, that there is none.
const ERRORS: &[&str] = &["soft-404", "error-page", "parked-domain", "not-set-up"];
/// Gaps that leave the page as it is.
const HARMLESS: &[&str] = &["picture-unread", "no-picture"];

impl Fate {
    pub(super) fn of(chain: &Chain, case: &Case) -> Self {
        let landing = chain.landing();
        let there = |gap: &&Gap| {
            gap.visitor.as_ref() == Some(&chain.visitor)
                && gap.hop.is_none_or(|hop| hop == landing.index)
                && matches!(gap.step, Step::Follow | Step::Capture | Step::Read)
                && !HARMLESS.contains(&gap.reason.as_str())
        };
        let gaps: Vec<_> = case.gaps.iter().filter(there).collect();
        if gaps.iter().any(|gap| OURS.contains(&gap.reason.as_str())) {
            return Self::Unknown;
        }
        // What is said last is said of where the visitor came to; what stands in the way explains an error.
        let gap = gaps.iter().find(|gap| gap.reason != "error-status").or(gaps.first());
        match gap.map(|gap| (gap.reason.as_str(), gap.retry)) {
            Some(("scheme-refused" | "download", _)) => Self::App,
            Some(("name-not-resolved" | "connection-failed" | "tls-error" | "address-refused", may_pass)) => {
                Self::Error { said: gaps[0].reason.clone(), may_pass }
            }
            Some(("error-status", may_pass)) => {
                let said = landing.status.map_or_else(|| gaps[0].reason.clone(), |status| format!("HTTP {status}"));
                Self::Error { said, may_pass }
            }
            Some((reason, may_pass)) if ERRORS.contains(&reason) => Self::Error { said: reason.to_owned(), may_pass },
            Some((obstacle, _)) => Self::Obstacle(obstacle.to_owned()),
            None if case.pages.iter().any(|page| page.visitor == chain.visitor && page.hop == landing.index) => {
                Self::Page
            }
            None => Self::Unknown,
        }
    }
}

/// How the fates of two visitors differ. A page of another domain differs only if it is not of one house with the other
/// and something else on it differs as well: mirrors and phone sites live at addresses of their own.
pub(super) fn difference(sights: [&Sight<'_>; 2], others: &[Difference], kin: bool) -> Option<Difference> {
    let words = sights.map(|sight| match &sight.fate {
        Fate::Page => Some(registrable(&sight.chain.landing().url)),
        Fate::Obstacle(reason) => Some(reason.clone()),
        Fate::Error { said, .. } => Some(said.clone()),
        Fate::App => Some("app".to_owned()),
        Fate::Unknown => None,
    });
    let [Some(one), Some(other)] = words else { return None };
    let confidence = match (&sights[0].fate, &sights[1].fate) {
        (Fate::Page, Fate::Page) => elsewhere(one == other, others, kin)?,
        (Fate::Page, end) | (end, Fate::Page) => match end {
            // Robots are challenged, and desktops sent to the phone, by honest pages too.
            Fate::Obstacle(_) | Fate::App => Confidence::Low,
            Fate::Error { may_pass, .. } => {
                if *may_pass {
                    Confidence::Low
                } else {
                    Confidence::Medium
                }
            }
            Fate::Page | Fate::Unknown => return None,
        },
        _ => return None,
    };
    Some(Difference {
        about: About::Fate,
        visitors: sights.map(|sight| sight.visitor().to_owned()),
        shown: [vec![one], vec![other]],
        places: sights.map(|sight| Some(sight.face())),
        level: Level(1),
        confidence,
        repeated: false,
        again: None,
    })
}

fn elsewhere(same_domain: bool, others: &[Difference], kin: bool) -> Option<Confidence> {
    if same_domain || kin || others.is_empty() {
        return None;
    }
    let offer = others.iter().any(|difference| difference.about == About::Offer);
    Some(if offer { Confidence::High } else { Confidence::Medium })
}
