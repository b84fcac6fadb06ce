//! What became of one case: one line of `recheck.jsonl`.

use chrono::{DateTime, Utc};
use model::case::Gap;
use model::violation::{Severity, Weighed};
use serde::Serialize;
use storage::store::{CaseId, StoredCase};

use super::kept::DAMAGED;
use model::line::ViolationLine;

/// How a case came out, by some checks and packs.
pub(super) struct Judged {
    pub(super) verdict: String,
    pub(super) violations: Vec<ViolationLine>,
}

/// What of a case is otherwise than it was.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Change {
    pub(crate) case_id: CaseId,
    pub(crate) ad_id: String,
    pub(crate) opened_at: DateTime<Utc>,
    verdict: Verdicts,
    /// Why it could not be compared anew; then nothing is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gap: Option<Gap>,
    /// The packs that judged anew, `<pack>@<version>`.
    packs: Vec<String>,
    pub(crate) appeared: Vec<ViolationLine>,
    pub(crate) disappeared: Vec<Gone>,
    pub(crate) kept: Vec<Stayed>,
    pub(crate) severity_changed: Vec<Moved>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Verdicts {
    was: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    is: Option<String>,
}

/// A violation that is none any more.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Gone {
    #[serde(flatten)]
    pub(crate) violation: ViolationLine,
    /// The rule, `<pack>/<rule>`, whose violation tells the same fact now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) told_by: Option<String>,
}

/// A violation that stays one, by this version of its pack.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Stayed {
    pub(crate) pack: String,
    pub(crate) rule: String,
}

/// A violation that stays one and is graver, or less grave.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Moved {
    pub(crate) pack: String,
    pub(crate) rule: String,
    pub(crate) was: Severity,
    pub(crate) is: Severity,
    /// What makes it so grave now, besides its rule.
    weighed: Vec<Weighed>,
}

impl Change {
    /// A case that could not be compared anew.
    pub(super) fn unseen(case: StoredCase, gap: Gap) -> Self {
        let StoredCase { case_id, ad_id, opened_at, verdict, .. } = case;
        Self {
            case_id,
            ad_id,
            opened_at,
            verdict: Verdicts { was: verdict, is: None },
            gap: Some(gap),
            packs: Vec::new(),
            appeared: Vec::new(),
            disappeared: Vec::new(),
            kept: Vec::new(),
            severity_changed: Vec::new(),
        }
    }

    pub(super) fn between(case: StoredCase, was: Judged, is: Judged, packs: Vec<String>) -> Self {
        let StoredCase { case_id, ad_id, opened_at, .. } = case;
        let mut gone = was.violations;
        let (mut appeared, mut kept, mut severity_changed) = (Vec::new(), Vec::new(), Vec::new());
        for now in &is.violations {
            let Some(before) = gone.iter().position(|before| same(before, now)).map(|at| gone.remove(at)) else {
                appeared.push(now.clone());
                continue;
            };
            let (pack, rule) = (now.pack.clone(), now.rule.clone());
            kept.push(Stayed { pack: pack.clone(), rule: rule.clone() });
            if before.severity != now.severity {
                let weighed = now.weighed.clone();
                severity_changed.push(Moved { pack, rule, was: before.severity, is: now.severity, weighed });
            }
        }
        let told_by = |gone: &ViolationLine| is.violations.iter().find(|now| tells(now, gone)).map(rule);
        let disappeared = gone.into_iter().map(|violation| Gone { told_by: told_by(&violation), violation }).collect();
        let verdict = Verdicts { was: was.verdict, is: Some(is.verdict) };
        Self { case_id, ad_id, opened_at, verdict, gap: None, packs, appeared, disappeared, kept, severity_changed }
    }

    /// Whether what was sealed is not as it was sealed.
    pub(super) fn is_damaged(&self) -> bool {
        self.gap.as_ref().is_some_and(|gap| gap.reason == DAMAGED)
    }
}

/// Two violations are the same when the same rule says it of the same check's finding at the same place; its pack may be of
/// another version, and the words quoted may be others.
fn same(one: &ViolationLine, other: &ViolationLine) -> bool {
    one.check == other.check && rule(one) == rule(other) && same_page(one, other)
}

/// Whether a violation stands for another one's fact: another rule judges it, or it is told within a wider one.
fn tells(now: &ViolationLine, gone: &ViolationLine) -> bool {
    same_page(now, gone) && (now.check == gone.check || now.covers.contains(&gone.check))
}

fn same_page(one: &ViolationLine, other: &ViolationLine) -> bool {
    let place = |violation: &ViolationLine| {
        let place = &violation.delivered.place;
        (place.visitor.clone(), place.url.clone())
    };
    place(one) == place(other)
}

fn rule(violation: &ViolationLine) -> String {
    rule_of(&violation.pack, &violation.rule)
}

/// `<pack>/<rule>`, whatever the pack's version.
pub(super) fn rule_of(pack: &str, rule: &str) -> String {
    format!("{}/{rule}", pack.split('@').next().unwrap_or(pack))
}
