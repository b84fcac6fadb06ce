//! From finished cases and their evidence to `report.html`.

pub(crate) mod chain;
mod differences;
mod pictures;

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset, Utc};
use console::report::{Case, Cite, Exhibit, Fix, Gap, Head, Note, Report, Ruling, Seen, Violation, Weighed};
use model::evidence::{AdPlace, EvidenceId, PagePlace, Place};
use model::finding::Exhibit as Shown;
use model::units::Millis;
use storage::sqlite::SqliteStore;
use storage::store::Store as _;

use crate::case_line::{CaseLine, ViolationLine, word};
use crate::tools::Tools;
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
        gaps: line
            .gaps
            .iter()
            .map(|gap| Gap {
                reason: gap.reason.clone(),
                detail: gap.detail.clone(),
                visitor: gap.visitor.clone(),
                hop: gap.hop,
                retry: gap.retry,
            })
            .collect(),
        seen,
    }
}

async fn violation(
    line: &ViolationLine,
    tools: &Tools,
    pictures: &mut Pictures<'_>,
    pages: &HashMap<EvidenceId, SeenPage>,
) -> Violation {
    let mut promised = ad_side(&line.promised);
    promised.picture = pictures.of_ad(&line.promised.place).await;
    promised.left_out = promised.picture.is_none() && line.promised.place.area.is_some();
    let mut delivered = page_side(&line.delivered);
    delivered.picture = pictures.of_page(&line.delivered.place, pages).await;
    delivered.left_out = delivered.picture.is_none() && line.delivered.place.area.is_some();
    Violation {
        check: line.check.clone(),
        rule: line.rule.clone(),
        title: tools.packs.rule(&line.pack, &line.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
        pack: line.pack.clone(),
        severity: word(&line.severity),
        confidence: word(&line.confidence),
        scope: word(&line.scope),
        promised,
        delivered,
        also: line.also.iter().map(other_side).collect(),
        covers: line.covers.clone(),
        weighed: line.weighed.iter().map(|one| Weighed { by: one.by, why: one.why.clone() }).collect(),
        also_by: line.also_by.iter().map(|one| ruling(one, tools)).collect(),
        cites: line
            .cite
            .iter()
            .map(|id| match tools.packs.citation(&line.pack, id) {
                Some(cite) => Cite {
                    id: id.clone(),
                    title: cite.title.clone(),
                    text: cite.clause.clone(),
                    verified: cite.verified,
                },
                None => Cite { id: id.clone(), title: Default::default(), text: Default::default(), verified: false },
            })
            .collect(),
        notes: line
            .note
            .iter()
            .map(|(language, note)| Note {
                language: language.clone(),
                what: note.what.clone(),
                why: note.why.clone(),
                todo: note.todo.clone(),
                remedy: word(&note.remedy),
            })
            .collect(),
        fixes: line.fixes.iter().map(fix).collect(),
    }
}

fn fix(fix: &model::violation::Fix) -> Fix {
    let how = match () {
        () if fix.whole => "whole",
        () if fix.instead_of.is_empty() => "beside",
        () => "instead",
    };
    Fix {
        how: format!("{}-{how}", word(&fix.on)),
        instead_of: fix.instead_of.clone(),
        text: fix.text.clone(),
        with_page: fix.with_page.clone(),
        clears: fix.clears.clone(),
    }
}

fn ruling(one: &model::violation::Ruling, tools: &Tools) -> Ruling {
    Ruling {
        pack: one.pack.clone(),
        rule: one.rule.clone(),
        severity: word(&one.severity),
        title: tools.packs.rule(&one.pack, &one.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
    }
}

fn ad_side(shown: &Shown<AdPlace>) -> Exhibit {
    let place = &shown.place;
    Exhibit {
        quote: shown.quote.clone(),
        source: Some(word(&place.source)),
        at_s: place.at_s.map(|s| format!("{s:.1}")),
        until_s: place.until_s.map(|s| format!("{s:.1}")),
        evidence: place.evidence.to_string(),
        ..Exhibit::default()
    }
}

fn page_side(shown: &Shown<PagePlace>) -> Exhibit {
    let place = &shown.place;
    Exhibit {
        quote: shown.quote.clone(),
        after_click_s: Some(seconds(place.at_ms)),
        visitor: Some(place.visitor.clone()),
        hop: Some(place.hop),
        level: Some(place.level.0),
        url: Some(place.url.clone()),
        selector: place.selector.clone(),
        evidence: place.evidence.to_string(),
        ..Exhibit::default()
    }
}

fn other_side(shown: &Shown<Place>) -> Exhibit {
    match &shown.place {
        Place::Ad(place) => ad_side(&Shown::new(shown.quote.clone(), place.clone())),
        Place::Page(place) => page_side(&Shown::new(shown.quote.clone(), place.clone())),
    }
}

pub(crate) fn seconds(ms: Millis) -> String {
    format!("{:.1}", ms.0 as f64 / 1000.0)
}

/// Times are told as in China, where the pages were looked at from.
pub(crate) fn local(at: DateTime<Utc>) -> String {
    const EAST_8: i32 = 8 * 3600;
    let zone = FixedOffset::east_opt(EAST_8).expect("internal error: eight hours are in range");
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}
