//! The flow, as one function that can be read aloud.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use checker::Words;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use model::ad::Ad;
use model::case::{Case, Gap, Step};
use model::chain::WayKind;
use model::evidence::{Evidence, EvidenceId};
use model::snapshot::Snapshot;
use model::statement::Page;
use policies::Circumstances;
use tokio::task::spawn_blocking;
use tracing::{Instrument as _, info_span};

use crate::remedy::Proof;
use crate::repeat;
use crate::second_opinion;
use crate::tools::{Looking, Tools};

mod visited;

pub(crate) use visited::Visited;

/// What the artefact is called that holds a case as it was seen, before anything was compared.
pub(crate) const LOOK: &str = "look";

/// A case with the artefacts it rests on.
pub(crate) struct Examined {
    pub(crate) case: Case,
    pub(crate) evidence: BTreeMap<EvidenceId, Evidence>,
}

/// An ad that is to be examined.
pub(crate) struct Asked {
    pub(crate) ad: Ad,
    /// When other ads of its advertiser were found violating.
    pub(crate) earlier: Vec<DateTime<Utc>>,
}

/// Examines one ad: follows its click, keeps what it saw, and says what was promised and not given.
///
/// Never fails: a step that does leaves a gap, and the rest goes on.
pub(crate) async fn examine(asked: Asked, folder: &Path, tools: &Arc<Tools>) -> Examined {
    let seen = look(asked.ad, folder, tools).await;
    say(seen, asked.earlier, tools).await
}

/// What there is to see: the ad, the way behind its click, and the pages there.
pub(crate) async fn look(ad: Ad, folder: &Path, tools: &Arc<Tools>) -> Examined {
    let visited = visit(&ad, &tools.looking, tools).await;
    read(ad, visited, folder, tools).await
}

/// Follows a click as every visitor, and reads the pages they came to.
pub(crate) async fn visit(ad: &Ad, looking: &Looking, tools: &Arc<Tools>) -> Visited {
    let mut kept = Kept::default();
    let began = (tools.clock)();
    let mut case = Case::open(ad.clone(), EvidenceId::of(&json(ad)), began);
    // Side by side: most of a visit is waiting.
    let visits = looking.visitors.iter().map(|visitor| {
        tools
            .crawler
            .visit_levels(ad, visitor, looking.levels, looking.until, looking.pasted.as_ref())
            .instrument(info_span!("visitor", visitor))
    });
    let visits = join_all(visits).await;
    for visit in visits {
        case.gaps.extend(visit.gaps);
        kept.keep_all(visit.evidence);
        let mut chain = visit.chain;
        for snapshot in visit.snapshots {
            let read = read_page(snapshot, &kept, tools).await;
            case.gaps.extend(read.gaps);
            chain.ways.extend(read.page.iter().flat_map(reader::qr::ways));
            case.pages.extend(read.page);
        }
        case.chains.push(chain);
    }
    repeat::look_again(&mut case, &mut kept, looking, tools).await;
    let Case { chains, pages, differences, gaps, .. } = case;
    let made_by = looking.eyes(tools);
    Visited { began, ad_id: ad.ad_id.clone(), chains, pages, differences, gaps, made_by, kept }
}

/// Reads the ad, and puts beside it what the visitors met.
pub(crate) async fn read(ad: Ad, visited: Visited, folder: &Path, tools: &Arc<Tools>) -> Examined {
    let Visited { began, ad_id, chains, pages, differences, gaps, mut kept, .. } = visited;
    let ad_as_read = Evidence::new("ad", "application/json", json(&ad), began);
    let mut case = Case::open(ad, kept.keep(ad_as_read), began);
    let said = read_ad(&case, folder, tools).await;
    kept.keep_all(said.evidence);
    case.promised = said.statements;
    case.labels = said.labels;
    case.gaps.extend(said.gaps);
    case.gaps.extend(gaps);
    let codes = reader::qr::ways_of_ad(&said.codes);
    let clicked = (ad_id != case.ad.ad_id).then_some(ad_id);
    case.chains = chains;
    for chain in &mut case.chains {
        // The codes of the ad, then those of the pages: a person meets them in this order.
        let first = chain.ways.iter().position(|way| way.kind == WayKind::QrCode).unwrap_or(chain.ways.len());
        chain.ways.splice(first..first, codes.iter().cloned());
        chain.clicked.clone_from(&clicked);
    }
    (case.pages, case.differences) = (pages, differences);
    Examined { case, evidence: kept.0 }
}

/// What is to be said of what was seen.
pub(crate) async fn say(seen: Examined, earlier: Vec<DateTime<Utc>>, tools: &Arc<Tools>) -> Examined {
    let Examined { mut case, evidence } = seen;
    let mut kept = Kept(evidence);
    // What the checks are given: with it a case can be judged again without looking again.
    kept.keep(Evidence::new(LOOK, "application/json", json(&case), case.opened_at));
    compare(&mut case, &tools.words);
    second_opinion::ask(&mut case, &mut kept, tools).await;
    judge(&mut case, earlier, tools);
    put_right(&mut case, tools);
    Examined { case, evidence: kept.0 }
}

/// The findings in what was seen.
pub(crate) fn compare(case: &mut Case, words: &Words) {
    let labels = checker::labels(case, words);
    case.labels.extend(labels);
    let compared = checker::compare(case, words);
    case.gaps.extend(compared.gaps);
    case.findings = compared.findings;
}

/// The violations that the rules in force make of the findings.
pub(crate) fn judge(case: &mut Case, earlier: Vec<DateTime<Utc>>, tools: &Tools) {
    let kinds = checker::kinds(case, &tools.words);
    let circumstances = Circumstances { kinds, earlier, ..Circumstances::of(case, &tools.markets) };
    case.violations = policies::judge(&case.findings, &tools.packs, &circumstances);
}

/// The wordings that clear the violations, each proven on this case.
pub(crate) fn put_right(case: &mut Case, tools: &Tools) {
    Proof { words: &tools.words, packs: &tools.packs, markets: &tools.markets }.offer(case);
}

/// What the ad says, in every way it says it.
async fn read_ad(case: &Case, folder: &Path, tools: &Arc<Tools>) -> reader::AdReading {
    let (ad, evidence, now) = (case.ad.clone(), case.ad_evidence, case.opened_at);
    let (folder, tools) = (folder.to_owned(), tools.clone());
    let reading = spawn_blocking(move || tools.reader.read_ad(&ad, evidence, &folder, now)).await;
    reading.unwrap_or_else(|crash| reader::AdReading {
        gaps: vec![crashed(Step::Creative, None, &crash)],
        ..reader::AdReading::default()
    })
}

/// A page that was read, or the gap it left.
pub(crate) struct Read {
    pub(crate) page: Option<Page>,
    pub(crate) gaps: Vec<Gap>,
}

pub(crate) async fn read_page(snapshot: Snapshot, kept: &Kept, tools: &Arc<Tools>) -> Read {
    let picture = snapshot.picture.as_ref().and_then(|picture| kept.0.get(&picture.evidence)).cloned();
    let scripts = reader::scripts(&snapshot, |id| kept.0.get(&id).map(Evidence::bytes));
    let (visitor, hop) = (snapshot.visitor.clone(), snapshot.hop);
    let tools = tools.clone();
    let read = move || tools.reader.read_page(&snapshot, picture.as_ref().map(Evidence::bytes), &scripts);
    let reading = spawn_blocking(read).await;
    match reading {
        Ok(reading) => Read { page: Some(reading.page), gaps: reading.gaps },
        Err(crash) => Read { page: None, gaps: vec![crashed(Step::Read, Some((visitor, hop)), &crash)] },
    }
}

/// A reader that crashed on hostile input costs this page only.
fn crashed(step: Step, at: Option<(String, u16)>, crash: &tokio::task::JoinError) -> Gap {
    let (visitor, hop) = at.unzip();
    let detail = format!("reading crashed ({crash}); please report it with the evidence");
    Gap { step, reason: "reader-crashed".into(), visitor, hop, retry: false, detail }
}

fn json(data: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(data).expect("internal error: model types are plain data")
}

/// The artefacts of a case, each once.
#[derive(Clone, Default)]
pub(crate) struct Kept(BTreeMap<EvidenceId, Evidence>);

impl Kept {
    fn keep(&mut self, evidence: Evidence) -> EvidenceId {
        let id = evidence.id();
        self.0.entry(id).or_insert(evidence);
        id
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Evidence> {
        self.0.values()
    }

    pub(crate) fn get(&self, id: EvidenceId) -> Option<&Evidence> {
        self.0.get(&id)
    }

    /// Nothing rests on it any more.
    pub(crate) fn let_go(&mut self, id: EvidenceId) {
        self.0.remove(&id);
    }

    pub(crate) fn keep_all(&mut self, all: Vec<Evidence>) {
        for evidence in all {
            self.keep(evidence);
        }
    }
}
