//! What documents say of a case that was looked at cheaply, of one whose violations people rejected, and of older ones.

use chrono::DateTime;
use model::event::Choice;
use model::snapshot::{Part, Provenance};
use model::units::{Level, Millis};
use serde_json::{Value, json};
use storage::decisions::{Decided, Decision};
use storage::seal::{FORMAT, Manifest};
use storage::store::{CaseId, StoredCase};

use super::certificate::{certificate, refused};
use super::dossier::dossier;
use super::index::index;
use super::ledger::ledger;
use super::taken::SeenPage;
use super::transfer::transfer;
use super::*;
use crate::closing::CHECKS;

/// Of the visit, and of the cheap look after it.
const VISITED: &str = "2026-11-25T13:30:00Z";
const LOOKED: &str = "2026-11-27T01:00:00Z";

fn evidence(of: &str) -> Value {
    json!(model::evidence::EvidenceId::of(of.as_bytes()))
}

fn case(verdict: &str, reconfirmed: bool, violations: &[Value]) -> Taken {
    let mark = json!({
        "at": LOOKED, "visited_at": VISITED, "times": 1, "by": "postlink", "probe": evidence("probe"),
        "traffic": evidence("traffic"), "snapshot": evidence("again"), "picture": evidence("picture"), "evidence": [],
    });
    let hop = |index: u16, level: u8, kind: &str| {
        json!({"index": index, "kind": kind, "level": level, "url": format!("https://{index}.test/"), "at_ms": 1000 * u64::from(index),
            "snapshot": evidence(&index.to_string())})
    };
    let mut chain = json!({"visitor": "phone", "hops": [hop(0, 1, "click"), hop(1, 2, "next-level")]});
    if reconfirmed {
        chain["reconfirmed"] = mark;
    }
    let line = json!({
        "ad_id": "a", "verdict": verdict, "opened_at": LOOKED, "gaps": [], "chains": [chain], "findings": [],
        "violations": violations, "ad": {"ad_id": "a", "click_url": "https://0.test/"}, "ad_evidence": evidence("ad"),
    });
    let page = |index: u16, level: u8, part: Part| SeenPage {
        visitor: "phone".into(),
        hop: index,
        level: Level(level),
        part,
        url: format!("https://{index}.test/"),
        title: String::new(),
        at_ms: Millis(1000 * u64::from(index)),
        captured_at: VISITED.parse().unwrap(),
        viewport: (390, 844),
        provenance: Provenance::default(),
        sentences: Vec::new(),
        text: model::evidence::EvidenceId::of(b""),
        facts: Vec::new(),
    };
    let id = |index: u16| model::evidence::EvidenceId::of(index.to_string().as_bytes());
    let stored = StoredCase {
        number: 1,
        case_id: CaseId::named("20261127T010000Z-0123456789ab").unwrap(),
        key: "k".into(),
        ad_id: "a".into(),
        position: 0,
        opened_at: LOOKED.parse().unwrap(),
        sealed_at: LOOKED.parse().unwrap(),
        verdict: verdict.into(),
        manifest: model::evidence::EvidenceId::of(b"manifest"),
    };
    let manifest = Manifest {
        format: FORMAT.into(),
        number: 1,
        case_id: stored.case_id.clone(),
        key: "k".into(),
        ad_id: "a".into(),
        position: 0,
        opened_at: stored.opened_at,
        sealed_at: stored.sealed_at,
        verdict: verdict.into(),
        line_sha256: model::evidence::EvidenceId::of(b"line"),
        evidence: Vec::new(),
        tools: [(CHECKS.to_owned(), "27".to_owned())].into(),
        previous: None,
    };
    Taken {
        stored,
        text: line.to_string(),
        line: serde_json::from_value(line).unwrap(),
        manifest_text: String::new(),
        manifest,
        pages: [(id(0), page(0, 1, Part::Landing)), (id(1), page(1, 2, Part::Next))].into(),
        promised: 1,
        clock_offset: None,
    }
}

fn violation(rule: &str) -> Value {
    let place = json!({"visitor": "phone", "hop": 0, "level": 1, "url": "https://0.test/", "at_ms": 0, "evidence": evidence("0")});
    let mut delivered = place;
    delivered["quote"] = json!("29元");
    json!({
        "check": "price-mismatch", "rule": rule, "pack": "cn@1", "severity": "S2", "confidence": "high", "scope": "next-level",
        "promised": {"quote": "免费", "source": "title", "evidence": evidence("ad")}, "delivered": delivered, "also": [], "cite": [], "note": {},
    })
}

/// What is told of a case, with documents made at the beginning of time.
fn made<T>(tell: impl FnOnce(&Made<'_>) -> T) -> T {
    let config = crate::config::load(None).unwrap();
    let (packs, markets, seals) = (crate::packs::load(None).unwrap(), BTreeSet::new(), Seals::ready(&config).unwrap());
    tell(&Made {
        at: DateTime::UNIX_EPOCH,
        operator: &config.operator,
        packs: &packs,
        markets: &markets,
        language: "zh-CN",
        chosen: ("all", String::new()),
        cases: 1,
        most_bytes: u64::MAX,
        reader: None,
        seals: &seals,
        clue: None,
    })
}

#[test]
fn of_a_cheap_look_no_document_says_that_it_saw_more_than_the_landing_page() {
    let cases = [case("clean", true, &[])];
    let (at, visited_at) = (local(LOOKED.parse().unwrap()), local(VISITED.parse().unwrap()));
    let again = model::evidence::EvidenceId::of(b"again").to_string();
    let told = made(|made| ledger(&cases, made)).unwrap();
    let [landing, behind] = &told.ads[0].rows[..] else { panic!("{told:?}") };
    assert_eq!((landing.result.as_str(), behind.result.as_str()), ("nothing-found", "not-again"));
    assert_eq!((&landing.at, landing.snapshot.as_ref()), (&at, Some(&again)));
    assert_eq!((told.coverage.next_level_pages, told.coverage.deeper_pages), (1, 0));
    assert_eq!(told.ads[0].reconfirmed.as_ref().map(|mark| &mark.visited_at), Some(&visited_at));

    let told = made(|made| dossier(&cases, &Default::default(), made)).unwrap();
    let ad = &told.parties[0].ads[0];
    assert_eq!((ad.looks[0].pages, ad.looks[0].deepest), (1, 1));
    assert!(ad.looks[0].reconfirmed.is_some());
    assert_eq!((&ad.watch[0].at, &ad.watch[0].snapshot), (&at, &again));
    let page = console::documents::html(&told, "zh-CN").unwrap();
    assert!(page.contains(&format!("落地页之后未重新查看（沿用 {visited_at} 的访问）")), "{page}");
}

#[test]
fn the_index_says_that_there_is_a_certificate_where_one_was_made_and_nowhere_else() {
    let pasted = {
        let mut case = case("clean", false, &[]);
        let mut ad = serde_json::to_value(&case.line.ad).unwrap();
        ad["pasted"] = json!({"by": "me", "at": LOOKED, "sha256": evidence("page")});
        case.line.ad = serde_json::from_value(ad).unwrap();
        case
    };
    for (case, why) in [
        (case("clean", false, &[]), ""),
        (case("clean", true, &[]), "reconfirmed"),
        (pasted, "pasted"),
        (case("inconclusive", false, &[]), "inconclusive"),
        (case("violating", false, &[violation("r")]), "violating"),
    ] {
        let (index, certificate) =
            made(|made| (index(std::slice::from_ref(&case), made, &[]).unwrap(), certificate(&case, made).unwrap()));
        assert_eq!(refused(&case).unwrap_or_default(), why);
        assert_eq!(index.cases[0].no_certificate, why);
        assert_eq!(index.cases[0].certificate, certificate.is_some(), "{why}");
    }
}

#[test]
fn a_certificate_tells_the_checks_that_were_sealed() {
    let mut case = case("clean", false, &[]);
    let checks = |case: &Taken| made(|made| certificate(case, made)).unwrap().unwrap().checks;
    assert_eq!(checks(&case).as_deref(), Some("27"));
    case.manifest.tools.remove(CHECKS);
    assert_eq!(checks(&case), None, "an older case has none");
}

#[test]
fn what_people_rejected_is_no_clue() {
    let case = case("violating", false, &[violation("first"), violation("second")]);
    let said = |violation: Option<u64>, choice: Choice| Decided {
        number: 1,
        decision: Decision { case_id: case.stored.case_id.clone(), violation, choice, reason: None, by: "Li".into() },
        at: DateTime::UNIX_EPOCH,
        leaf_index: 1,
    };
    let clue = Clue { to: policies::authorities().unwrap().remove(0), by: "Wu".into() };
    let facts = |decided: &[Decided]| -> Vec<u64> {
        let told = made(|made| transfer(&case, &clue, Vec::new(), decided, made)).unwrap();
        told.facts.iter().map(|fact| fact.number).collect()
    };
    assert_eq!(facts(&[]), [1, 2]);
    assert_eq!(facts(&[said(Some(1), Choice::Reject)]), [2]);
    assert_eq!(facts(&[said(None, Choice::Reject), said(Some(1), Choice::Confirm)]), [1], "the last word counts");
    assert_eq!(facts(&[said(None, Choice::Reject)]), [0; 0]);
}

#[test]
fn two_platforms_that_give_the_same_id_have_two_companies_in_the_dossier() {
    let on = |platform: &str, ad_id: &str| {
        let mut case = case("clean", false, &[]);
        let mut ad = serde_json::to_value(&case.line.ad).unwrap();
        ad["platform"] = json!(platform);
        ad["advertiser"] = json!({"id": "1001", "name": platform});
        case.line.ad = serde_json::from_value(ad).unwrap();
        case.line.ad_id = ad_id.to_owned();
        case
    };
    let told = made(|made| dossier(&[on("feed", "a"), on("search", "b")], &Default::default(), made)).unwrap();
    let parties: Vec<_> = told.parties.iter().map(|party| (party.platform.as_deref(), party.ads.len())).collect();
    assert_eq!(parties, [(Some("feed"), 1), (Some("search"), 1)]);
}
