//! From finished cases and their evidence to `report.html`.

mod chain;
mod differences;
mod pictures;

use std::collections::HashMap;

use anyhow::Context as _;
use console::report::{Case, Head, Report, Seen, Violation};
use console::told::{self, local};
use model::evidence::EvidenceId;
use storage::sqlite::SqliteStore;
use storage::store::Store as _;

use crate::tools::Tools;
use model::line::{CaseLine, ViolationLine};
use pictures::{Pictures, SeenPage};

/// The lines of all finished cases, in order.
pub(crate) async fn lines(store: &SqliteStore) -> anyhow::Result<Vec<CaseLine>> {
    let mut lines = Vec::new();
    for case in store.cases().await? {
        let line = store.line(&case.case_id).await?;
        lines.push(serde_json::from_str(&line).with_context(|| format!("read back case {}", case.case_id))?);
    }
    Ok(lines)
}

/// Writes the report, with at most so many pictures in it.
pub(crate) async fn write(
    lines: &[CaseLine],
    store: &SqliteStore,
    tools: &Tools,
    max_pictures: usize,
) -> anyhow::Result<()> {
    let count = |word: &str| lines.iter().filter(|line| line.verdict == word).count();
    let head = Head {
        generated_at: local((tools.clock)()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        violating: count("violating"),
        inconclusive: count("inconclusive"),
        clean: count("clean"),
    };
    let mut draft = store.draft("report.html")?;
    let mut report = Report::begin(&mut draft, &head)?;
    let mut pictures = Pictures::of(store, &tools.reader, max_pictures);
    // What needs a decision comes first.
    let rank = |line: &&CaseLine| match line.verdict.as_str() {
        "violating" => 0,
        "inconclusive" => 1,
        _ => 2,
    };
    let mut ordered: Vec<_> = lines.iter().collect();
    ordered.sort_by_key(rank);
    for line in ordered {
        report.case(&case(line, tools, &mut pictures).await)?;
    }
    report.end()?;
    Ok(store.publish(draft).await?)
}

async fn case(line: &CaseLine, tools: &Tools, pictures: &mut Pictures<'_>) -> Case {
    let pages = pictures.pages(line).await;
    let mut violations = Vec::new();
    for one in &line.violations {
        violations.push(violation(one, tools, pictures, &pages).await);
    }
    let mut seen = Vec::new();
    if line.violations.is_empty() {
        for page in pages.values() {
            if let Some(picture) = pictures.thumbnail(page.picture.evidence).await {
                seen.push(Seen { visitor: page.visitor.clone(), url: page.url.clone(), picture });
            }
        }
        seen.sort_by(|a, b| a.visitor.cmp(&b.visitor));
    }
    let differences = differences::told(&line.differences, pictures, &pages).await;
    let mut chains = Vec::new();
    for one in &line.chains {
        chains.push(chain::told(one, pictures).await);
    }
    let ad = &line.ad;
    Case {
        ad_id: line.ad_id.clone(),
        verdict: line.verdict.clone(),
        title: ad.title.clone(),
        description: ad.description.clone(),
        cta: ad.cta.clone(),
        advertiser: ad.advertiser.as_ref().and_then(|a| a.legal_name.clone().or_else(|| a.name.clone())),
        platform: ad.platform.clone(),
        opened_at: local(line.opened_at),
        chains,
        differences,
        violations,
        gaps: line.gaps.iter().map(told::gap).collect(),
        seen,
    }
}

async fn violation(
    line: &ViolationLine,
    tools: &Tools,
    pictures: &mut Pictures<'_>,
    pages: &HashMap<EvidenceId, SeenPage>,
) -> Violation {
    let mut told = told::violation(line, &tools.packs);
    told.promised.picture = pictures.of_ad(&line.promised.place).await;
    told.promised.left_out = told.promised.picture.is_none() && line.promised.place.area.is_some();
    told.delivered.picture = pictures.of_page(&line.delivered.place, pages).await;
    told.delivered.left_out = told.delivered.picture.is_none() && line.delivered.place.area.is_some();
    told
}
