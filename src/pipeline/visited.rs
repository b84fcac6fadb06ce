//! What the visitors of a click met, and how it is kept: another job, or a later round, can go on from it.

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use model::case::Gap;
use model::chain::Chain;
use model::difference::Difference;
use model::evidence::{Evidence, EvidenceId};
use model::statement::Page;
use serde::{Deserialize, Serialize};
use storage::store;

use super::{Kept, json};

/// What the artefact is called that holds what was met, whatever ads are read beside it.
pub(crate) const VISIT: &str = "visit";

/// What the visitors of a click met. What it does not know it leaves aside: workers may be older or newer.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Visited {
    pub(crate) began: DateTime<Utc>,
    /// The ad whose click was followed.
    pub(crate) ad_id: String,
    pub(crate) chains: Vec<Chain>,
    pub(crate) pages: Vec<Page>,
    pub(crate) differences: Vec<Difference>,
    pub(crate) gaps: Vec<Gap>,
    /// As which tools ([`crate::tools::Looking::eyes`]).
    #[serde(default)]
    pub(crate) made_by: String,
    /// Written down by name: the bytes lie beside it.
    #[serde(skip)]
    pub(crate) kept: Kept,
}

/// As it is written down.
#[derive(Serialize, Deserialize)]
struct Written<V> {
    #[serde(flatten)]
    visited: V,
    evidence: Vec<store::Kept>,
}

impl Visited {
    /// It as an artefact, which names what it rests on.
    pub(crate) fn artefact(&self) -> Evidence {
        let evidence = self.kept.0.values().map(named).collect();
        Evidence::new(VISIT, "application/json", json(&Written { visited: self, evidence }), self.began)
    }

    /// One that was kept, with everything it rests on, which `read` gives by its id.
    pub(crate) async fn recalled<R>(id: EvidenceId, read: impl Fn(EvidenceId) -> R) -> anyhow::Result<Self>
    where
        R: Future<Output = anyhow::Result<Vec<u8>>>,
    {
        let written = read(id).await?;
        let written = serde_json::from_slice(&written).with_context(|| format!("{id} is no visit"))?;
        let Written { mut visited, evidence }: Written<Self> = written;
        for kept in evidence {
            let bytes = read(kept.id).await?;
            visited.kept.keep(Evidence::new(kept.what, kept.media_type, bytes, kept.captured_at));
        }
        Ok(visited)
    }
}

fn named(evidence: &Evidence) -> store::Kept {
    store::Kept {
        id: evidence.id(),
        media_type: evidence.media_type.clone(),
        bytes: evidence.bytes().len() as u64,
        what: evidence.what.clone(),
        captured_at: evidence.captured_at,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::case::Step;

    use super::*;

    #[tokio::test]
    async fn a_visit_is_given_back_whole_and_names_what_it_rests_on() {
        let page = Evidence::new("page html", "text/html", b"<p>a".to_vec(), DateTime::UNIX_EPOCH);
        let gap = Gap {
            step: Step::Capture,
            reason: "timeout".into(),
            visitor: None,
            hop: None,
            retry: true,
            detail: String::new(),
        };
        let visited = Visited {
            began: DateTime::UNIX_EPOCH,
            ad_id: "a".to_owned(),
            chains: vec![Chain { visitor: "v".to_owned(), ..Chain::default() }],
            pages: Vec::new(),
            differences: Vec::new(),
            gaps: vec![gap],
            made_by: String::new(),
            kept: Kept(BTreeMap::from([(page.id(), page.clone())])),
        };
        let artefact = visited.artefact();
        let lying = BTreeMap::from([(artefact.id(), artefact.clone()), (page.id(), page.clone())]);
        let read = async |id: EvidenceId| lying.get(&id).map(|one| one.bytes().to_vec()).context("not there");
        let recalled = Visited::recalled(artefact.id(), read).await.expect("it is there");
        assert_eq!(recalled.kept.0, visited.kept.0);
        assert_eq!((recalled.chains.clone(), recalled.gaps.clone()), (visited.chains, visited.gaps));
        assert_eq!(recalled.artefact(), artefact, "it is the same again");
        let nowhere = async |id: EvidenceId| {
            lying.get(&id).filter(|one| **one != page).map(|one| one.bytes().to_vec()).context("gone")
        };
        assert!(Visited::recalled(artefact.id(), nowhere).await.is_err(), "half of it is none of it");
    }
}
