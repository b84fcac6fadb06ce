//! An examined ad becomes a case to keep: its artefacts, its line, and its package.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::case::Case;
use model::evidence::{Evidence, EvidenceId};
use storage::store::{CaseId, Kept, Outcome, Store, StoreError};
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::config::Config;
use crate::package;
use crate::pipeline::Examined;
use crate::sealing::Sealing;
use crate::tools::{Looking, Tools};
use model::line::CaseLine;

/// Where artefacts go.
pub(crate) trait Keep {
    async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError>;
}

impl<S: Store> Keep for S {
    async fn keep(&self, evidence: &Evidence) -> Result<Kept, StoreError> {
        Store::keep(self, evidence).await
    }
}

/// What closing a case needs.
#[derive(Clone, Copy)]
pub(crate) struct Closing<'a> {
    pub(crate) config: &'a Config,
    pub(crate) tools: &'a Arc<Tools>,
    pub(crate) looking: &'a Looking,
    pub(crate) sealing: &'a Sealing,
}

/// Under which name the seal tells how many checks compared.
pub(crate) const CHECKS: &str = "checks";

impl Closing<'_> {
    /// Keeps everything that a case rests on, and says how it came out.
    pub(crate) async fn close(
        &self,
        examined: Examined,
        earlier: Vec<DateTime<Utc>>,
        case_id: &CaseId,
        place: &impl Keep,
    ) -> anyhow::Result<(Case, Outcome)> {
        let mut kept = Vec::with_capacity(examined.evidence.len());
        for evidence in examined.evidence.values() {
            kept.push(place.keep(evidence).await?);
        }
        let case = examined.case;
        let line = CaseLine { traits: checker::traits(&case), ..CaseLine::of(&case, earlier) };
        let line = serde_json::to_string(&line)?;
        let verdict = case.verdict().word().to_owned();
        let (case, package) = self.package(case, examined.evidence, &line, case_id).await;
        if let Some(package) = package {
            kept.push(place.keep(&package).await?);
        }
        let to_stamp = self.sealing.to_stamp(&kept);
        let mut tools = self.tools.versions.clone();
        tools.insert(CHECKS.to_owned(), checker::checks::ALL.len().to_string());
        Ok((case, Outcome { verdict, line, evidence: kept, tools, to_stamp }))
    }

    /// The case as one file, if the configuration wants it. A case without one is a case all the same.
    async fn package(
        &self,
        case: Case,
        evidence: BTreeMap<EvidenceId, Evidence>,
        line: &str,
        case_id: &CaseId,
    ) -> (Case, Option<Evidence>) {
        if !self.config.evidence.packages {
            return (case, None);
        }
        let (id, line) = (case_id.clone(), line.to_owned());
        let (tools, options) = (self.tools.versions.clone(), self.options());
        let case = Arc::new(case);
        let ours = Arc::clone(&case);
        // Packing keeps a processor busy: visits that are under way must not wait for it.
        let made = spawn_blocking(move || {
            let contents = package::Contents {
                case_id: &id,
                case: &ours,
                line: &line,
                evidence: &evidence,
                tools: &tools,
                options: &options,
            };
            package::draft(&contents)
        });
        let made = match made.await.map_err(anyhow::Error::new).and_then(|made| Ok(made?)) {
            Ok(closed) => {
                let signed = self.sealing.sign(&closed).await;
                package::sealed(closed, signed).map_err(anyhow::Error::new)
            }
            Err(error) => Err(error),
        };
        let case = Arc::into_inner(case).expect("internal error: whoever packs lets go of the case");
        match made {
            Ok(package) => (case, Some(package)),
            Err(error) => {
                warn!(case.id = %case_id, %error, "Case `{case_id}` is kept without its package");
                (case, None)
            }
        }
    }

    /// What crawler and reader were told, for the provenance sheet.
    fn options(&self) -> serde_json::Value {
        let mut crawl = self.config.crawl.clone();
        crawl.visitors.retain(|name, _| self.looking.visitors.contains(name));
        crawl.follow.next_levels = self.looking.levels;
        serde_json::json!({"crawl": crawl, "reader": self.config.reader})
    }
}
