//! What the store keeps of a case: how it was told, and how it was seen before anything was compared.

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::case::{Case, Gap, Step};
use serde::Deserialize;
use storage::sqlite::SqliteStore;
use storage::store::{Store as _, StoreError, StoredCase};

use crate::pipeline::LOOK;
use model::line::{FindingLine, ViolationLine};

/// The reason of a gap: what was sealed is not there any more as it was.
pub(super) const DAMAGED: &str = "evidence-damaged";

/// A case out of the store, its look not read yet.
pub(super) struct Kept {
    pub(super) line: Told,
    look: Vec<u8>,
    /// When other ads of the advertiser were found violating before.
    pub(super) earlier: Vec<DateTime<Utc>>,
}

/// As much of a case's line as is compared.
#[derive(Deserialize)]
pub(super) struct Told {
    ad: Ad,
    earlier: Option<Vec<DateTime<Utc>>>,
    pub(super) findings: Vec<FindingLine>,
    pub(super) violations: Vec<ViolationLine>,
}

impl Kept {
    /// Takes a case out of the store, or says why it cannot be compared anew.
    pub(super) async fn take(store: &SqliteStore, case: &StoredCase) -> anyhow::Result<Result<Self, Gap>> {
        let rests_on = store.rests_on(&case.case_id).await?;
        let Some(look) = rests_on.into_iter().find(|kept| kept.what == LOOK) else {
            let detail = "it was examined before looks were kept; examine the ad again to have one";
            return Ok(Err(gap(Step::Keep, "no-look", detail.to_owned())));
        };
        let look = match store.read(look.id).await {
            Ok(look) => look,
            Err(error @ (StoreError::Changed { .. } | StoreError::Unreadable { .. })) => {
                return Ok(Err(gap(Step::Keep, DAMAGED, error.to_string())));
            }
            Err(error) => return Err(error.into()),
        };
        let line = store.line(&case.case_id).await?;
        let line: Told = match serde_json::from_str(&line) {
            Ok(line) => line,
            Err(error) => return Ok(Err(unknown("line", &error))),
        };
        let earlier = earlier(store, case, &line).await?;
        Ok(Ok(Self { line, look, earlier }))
    }

    /// The case as it was seen.
    pub(super) fn look(&self) -> Result<Case, Gap> {
        serde_json::from_slice(&self.look).map_err(|error| unknown("look", &error))
    }
}

/// As the line says it was judged. What was found later in the same run would be counted otherwise, and what the order of
/// the ads is must not matter.
async fn earlier(store: &SqliteStore, case: &StoredCase, line: &Told) -> Result<Vec<DateTime<Utc>>, StoreError> {
    if let Some(recorded) = &line.earlier {
        return Ok(recorded.clone());
    }
    match line.ad.whose() {
        Some(whose) => store.found_before(&whose, &case.ad_id, case.opened_at).await,
        None => Ok(Vec::new()),
    }
}

/// Written by a version whose form is not known here.
fn unknown(what: &str, error: &serde_json::Error) -> Gap {
    let detail = format!("its {what} is in a form that this version cannot read ({error}); examine the ad again");
    gap(Step::Keep, &format!("{what}-unknown"), detail)
}

/// Why a case cannot be compared anew; trying again does not help.
pub(super) fn gap(step: Step, reason: &str, detail: String) -> Gap {
    Gap { step, reason: reason.to_owned(), visitor: None, hop: None, retry: false, detail }
}
