//! Reads a case out of the store, as its page shows it.

use std::collections::HashMap;

use model::account::Role;
use model::evidence::EvidenceId;
use model::line::CaseLine;
use model::snapshot::Snapshot;
use storage::appeals::Appeals as _;
use storage::decisions::Decisions as _;
use storage::desk::{CaseRow, Desk as _};
use storage::store::{Kept, Store as _, StoreError};

use super::exhibit::{Exhibit, Marked, href};
use super::said::AppealShown;
use super::{AdSide, CasePage, DecisionShown, OTHERS, Told, Visitor, ad, landing};
use crate::app::App;
use crate::auth::Person;
use crate::pages::badge::{is_vouched_for, may_show};
use crate::pages::shown::shown;
use crate::report::{Difference, Shown};
use crate::stored::ask;
use crate::told::{self, local};
use crate::web::failure::Failure;

/// Snapshots that are read for one page: a case may hold more, and the file of the case has them all.
const MOST_PAGES: usize = 24;

pub(super) async fn page(
    app: &App,
    person: &Person,
    row: &CaseRow,
    preview: bool,
    visitor: &str,
) -> Result<CasePage, Failure> {
    let id = &row.case_id;
    let text = ask!(app.stored, store => store.line(id).await)?;
    let line: CaseLine = serde_json::from_str(&text).map_err(|_| StoreError::CaseChanged { case_id: id.clone() })?;
    let kept = ask!(app.stored, store => store.rests_on(id).await)?;
    let decided = ask!(app.stored, store => store.decisions_of(id).await)?;
    let appeals = ask!(app.stored, store => store.appeals_of(id).await)?;
    let corrected = ask!(app.stored, store => store.correction_of(id).await)?;
    let decisions: Vec<DecisionShown> = decided.iter().map(DecisionShown::from).collect();
    let chosen = chosen(&line, visitor);
    let snapshots = snapshots(app, &line, chosen).await;
    let sizes = sizes(app, &line, &kept).await;
    let size = |id: EvidenceId| sizes.get(&id).copied();
    let case = id.as_str();
    let ad: AdSide = ad::side(case, &line, &kept, size);
    let chain = line.chains.iter().find(|chain| chain.visitor == chosen);
    let of_visitor = |landing: &&Snapshot| landing.visitor == chosen;
    let sight = person.sight();
    let others = ask!(app.stored, store => store.cases_of_ad(&sight, &row.ad_id, OTHERS).await)?;
    Ok(CasePage {
        case: shown(row),
        sealed_at: local(row.sealed_at),
        manifest: manifest(app, id).await?,
        visitors: visitors(&line, chosen),
        landings: snapshots.iter().filter(of_visitor).map(|one| landing::landing(case, &line, one)).collect(),
        film: chain.and_then(|chain| landing::film(case, chain)),
        chain: chain.map(|chain| told::chain(chain, |hop| Some(href(case, hop.left?)))),
        violations: violations(app, case, &line, &decisions, &snapshots, size),
        differences: line.differences.iter().map(difference).collect(),
        gaps: line.gaps.iter().map(told::gap).collect(),
        others: others.iter().filter(|other| other.case_id != *id).map(shown).collect(),
        package: kept.iter().find(|one| one.what == "package").map(|one| href(case, one.id)),
        may_decide: !preview && matches!(person.account.role, Role::Platform | Role::Admin),
        preview,
        pasted: line.ad.pasted().map(|pasted| (pasted.by, local(pasted.at))),
        appeals: appeals.iter().map(AppealShown::from).collect(),
        corrected: corrected.map(|(by, at)| (by, local(at))),
        may_say: !preview && person.account.role == Role::Advertiser,
        may_show: is_vouched_for(&line) && may_show(person.account.role, &row.verdict),
        decisions,
        ad,
    })
}

/// The SHA-256 by which the chain of cases names this one.
async fn manifest(app: &App, id: &storage::store::CaseId) -> Result<String, Failure> {
    let text = ask!(app.stored, store => store.manifest(id).await)?;
    Ok(EvidenceId::of(text.as_bytes()).to_string())
}

/// The visitor that is asked for; else the one whose page the gravest violation is on, or the first.
fn chosen<'l>(line: &'l CaseLine, asked: &str) -> &'l str {
    let names = || line.chains.iter().map(|chain| chain.visitor.as_str());
    let accused = line
        .violations
        .iter()
        .max_by_key(|violation| violation.severity)
        .map(|one| one.delivered.place.visitor.as_str());
    names().find(|name| *name == asked).or(accused).or_else(|| names().next()).unwrap_or_default()
}

fn visitors(line: &CaseLine, chosen: &str) -> Vec<Visitor> {
    let visitor = |chain: &model::chain::Chain| {
        let name = chain.visitor.as_str();
        Visitor {
            name: name.to_owned(),
            chosen: name == chosen,
            violations: line.violations.iter().filter(|one| one.delivered.place.visitor == name).count(),
            gaps: line.gaps.iter().filter(|gap| gap.visitor.as_deref() == Some(name)).count(),
        }
    };
    line.chains.iter().map(visitor).collect()
}

/// The pages of a visitor, and those of others on which something was found. What cannot be read back is left out: `verify`
/// names it.
async fn snapshots(app: &App, line: &CaseLine, visitor: &str) -> Vec<Snapshot> {
    let accused: Vec<&str> = line.violations.iter().map(|one| one.delivered.place.visitor.as_str()).collect();
    let wanted =
        line.chains.iter().filter(|chain| chain.visitor == visitor || accused.contains(&chain.visitor.as_str()));
    let mut ids: Vec<EvidenceId> = Vec::new();
    for chain in wanted {
        let seen = chain.hops.iter().filter_map(|hop| hop.snapshot);
        ids.extend(seen.chain(chain.ways.iter().filter_map(|way| way.snapshot)));
    }
    let mut snapshots = Vec::new();
    for id in ids.into_iter().take(MOST_PAGES) {
        let Ok(bytes) = ask!(app.stored, store => store.read(id).await) else { continue };
        snapshots.extend(serde_json::from_slice::<Snapshot>(&bytes));
    }
    snapshots
}

/// Pixels of the pictures and frames of the ad.
async fn sizes(app: &App, line: &CaseLine, kept: &[Kept]) -> HashMap<EvidenceId, (f64, f64)> {
    let marked: Vec<EvidenceId> = line.violations.iter().map(|one| one.promised.place.evidence).collect();
    let wanted = |one: &&Kept| {
        one.media_type.starts_with("image/") && (one.what.starts_with("creative ") || marked.contains(&one.id))
    };
    let mut sizes = HashMap::new();
    for one in kept.iter().filter(wanted).take(MOST_PAGES) {
        let Ok(bytes) = ask!(app.stored, store => store.read(one.id).await) else { continue };
        if let Ok(size) = imagesize::blob_size(&bytes) {
            sizes.insert(one.id, (size.width as f64, size.height as f64));
        }
    }
    sizes
}

fn violations(
    app: &App,
    case: &str,
    line: &CaseLine,
    decisions: &[DecisionShown],
    snapshots: &[Snapshot],
    size: impl Fn(EvidenceId) -> Option<(f64, f64)>,
) -> Vec<Told> {
    let picture_of =
        |id: EvidenceId| snapshots.iter().find(|one| one.picture.as_ref().is_some_and(|its| its.evidence == id));
    let told = |(violation, number): (&model::line::ViolationLine, usize)| {
        let (promised, delivered) = (&violation.promised.place, &violation.delivered.place);
        let promised_picture = promised.area.and_then(|area| {
            let boxes = vec![Marked::of(number, area)];
            Some(Exhibit::whole(href(case, promised.evidence), size(promised.evidence)?, boxes).around())
        });
        let delivered_picture = picture_of(delivered.evidence).and_then(|snapshot| {
            let picture = snapshot.picture.as_ref()?;
            let size = (f64::from(snapshot.page_size.0.max(1)), f64::from(picture.height.max(1)));
            let boxes = delivered.area.map(|area| Marked::of(number, area)).into_iter().collect();
            Some(Exhibit::whole(href(case, picture.evidence), size, boxes).around())
        });
        let about = |decision: &&DecisionShown| decision.violation.is_none_or(|its| its == number as u64);
        Told {
            number,
            told: told::violation(violation, &app.packs),
            promised_picture,
            delivered_picture,
            decided: decisions.iter().rev().find(about).cloned(),
        }
    };
    line.violations.iter().zip(1..).map(told).collect()
}

fn difference(one: &model::difference::Difference) -> Difference {
    let side = |at: usize| Shown {
        visitor: one.visitors[at].clone(),
        words: one.shown[at].clone(),
        quote: one.places[at].as_ref().filter(|_| !one.shown[at].is_empty()).map(|place| place.quote.clone()),
        url: one.places[at].as_ref().map(|place| place.place.url.clone()),
        picture: None,
    };
    Difference {
        about: model::line::word(&one.about),
        level: one.level.0,
        confidence: model::line::word(&one.confidence),
        repeated: one.repeated,
        sides: [side(0), side(1)],
    }
}
