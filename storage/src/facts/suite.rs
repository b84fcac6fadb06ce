//! What every store promises of what it tells: it stands in the line, it comes with its case, and it goes with it.

use chrono::{DateTime, TimeDelta, Utc};
use model::event::{Choice, Event, What};
use model::landing::{Known, Landing};
use serde_json::{Value, json};

use crate::decisions::{Decision, Decisions};
use crate::library::{Library, NewAd};
use crate::log::Entry;
use crate::outbox::{Outbox, Subscription};
use crate::store::{CaseId, Kept, Outcome, Store, StoreError, StoredCase};
use crate::suite::{noon, opening, outcome};

/// A store whose tables can be asked as others ask them: a text for each row.
pub(crate) trait Asked {
    async fn ask(&self, query: &'static str) -> Vec<String>;

    /// What somebody writes past all of this; why it was refused.
    async fn does(&self, statement: &'static str) -> Result<(), String>;
}

/// What other teams may rely on: columns are added behind the last one, and none is renamed or taken away.
#[rustfmt::skip] // a view a block
pub(crate) const VIEWS: [(&str, &[&str]); 4] = [
    ("governance_cases", &[
        "case_id", "number", "ad_id", "platform", "advertiser", "advertiser_name", "trade", "title", "verdict", "severity",
        "violations", "gaps", "opened_at", "sealed_at", "manifest_sha256", "decision", "decided_at",
    ]),
    ("governance_coverage", &[
        "ad_id", "platform", "advertiser", "trade", "host", "imported_at", "ends_at", "case_id", "examined_at", "verdict", "gaps",
    ]),
    ("governance_decisions", &[
        "number", "case_id", "violation", "ad_id", "advertiser", "decision", "reason", "decided_by", "decided_at", "leaf_index",
    ]),
    ("governance_violations", &[
        "case_id", "number", "ad_id", "platform", "advertiser", "advertiser_name", "trade", "title", "check_id", "rule", "pack",
        "severity", "confidence", "scope", "cite", "promised_source", "promised", "promised_at_s", "visitor", "level", "url",
        "delivered", "opened_at", "sealed_at", "decision", "reason", "decided_by", "decided_at",
    ]),
];

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! facts_suite {
    ($fresh:path) => {
        $crate::facts::suite::facts_suite!($fresh:
            violations_stand_in_the_views_as_the_line_has_them,
            a_case_tells_how_it_came_out_and_each_violation_once,
            a_case_that_is_refused_tells_nobody,
            a_character_that_no_database_keeps_keeps_no_case_from_being_recorded,
            a_decision_is_kept_logged_and_told_at_once,
            a_decision_about_what_is_not_there_is_refused,
            another_visit_makes_the_landing_due,
            what_is_deleted_is_told_no_more,
            coverage_says_of_each_ad_which_case_looked_at_it_last,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::facts::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use facts_suite;

fn violation(rule: &str, severity: &str, delivered: &str) -> Value {
    json!({
        "check": "price-mismatch", "rule": rule, "pack": "cn@1", "severity": severity, "confidence": "high",
        "scope": "next-level", "cite": ["law#1"], "also": [], "note": {},
        "promised": {"source": "video", "quote": "免费领", "at_s": 3.5, "box": [0, 0, 1, 1], "evidence": "sha256:00"},
        "delivered": {"visitor": "phone", "hop": 4, "level": 1, "url": "https://b.test/", "quote": delivered, "at_ms": 9},
    })
}

/// Examines an ad in which two violations are found.
pub(crate) async fn examine_violating(store: &impl Store, ad: &str) -> StoredCase {
    examine_at(store, ad, None).await
}

/// The same, of an advertiser in a region.
pub(crate) async fn examine_placed(store: &impl Store, ad: &str, region: &str) -> CaseId {
    examine_at(store, ad, Some(region)).await.case_id
}

async fn examine_at(store: &impl Store, ad: &str, region: Option<&str>) -> StoredCase {
    let line = json!({
        "ad_id": ad, "verdict": "violating",
        "gaps": [{"step": "capture", "reason": "timeout", "retry": true}, {"step": "read", "reason": "timeout", "retry": true}],
        "violations": [violation("gift-differs", "S2", "29元/月"), violation("price-hidden", "S4", "&'\"")],
        "ad": {
            "ad_id": ad, "click_url": "https://a.test/", "platform": "feed", "title": "标题", "declared_category": "game",
            "advertiser": {"id": "one", "legal_name": "某公司", "region": region},
        },
    });
    let opening = crate::store::Opening { advertiser: Some("one".into()), ..opening(ad, 0) };
    let opened = store.begin(opening).await.expect("begins");
    let found = Outcome { verdict: "violating".into(), line: line.to_string(), ..outcome(ad, "found") };
    store.finish(opened, found).await.expect("finishes")
}

/// A NUL in an ad or on a page is within the line, escaped, and left out of what others search.
pub(crate) async fn a_character_that_no_database_keeps_keeps_no_case_from_being_recorded(store: &(impl Store + Asked)) {
    let line = json!({
        "violations": [violation("gift-differs", "S2", "29\0元")],
        "ad": {"ad_id": "a", "click_url": "https://a.test/", "title": "标\0题", "advertiser": {"name": "某\0公司"}},
    });
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let found = Outcome { line: line.to_string(), ..outcome("a", "found") };
    let case = store.finish(opened, found).await.expect("is recorded");
    assert_eq!(store.line(&case.case_id).await.expect("reads"), line.to_string());
    let told = store.ask("SELECT title || ' ' || advertiser_name || ' ' || delivered FROM governance_violations").await;
    assert_eq!(told, ["标题 某公司 29元"]);
}

/// Everything that is told from now on to one who wants all of it.
pub(crate) async fn told(store: &impl Outbox) -> Vec<Event> {
    let all = Subscription::all("all");
    store.spread(std::slice::from_ref(&all), noon(), 99).await.expect("spreads");
    let told = store.to_send("all", noon(), 99).await.expect("reads");
    let mut events = Vec::new();
    for one in told {
        let event: Event = serde_json::from_str(&one.body).expect("an event");
        assert_eq!((event.id.as_str(), event.what.kind()), (one.event_id.as_str(), one.kind.as_str()));
        store.sent(&one.event_id, "all", noon()).await.expect("notes");
        events.push(event);
    }
    events
}

fn decision(case: &StoredCase, violation: Option<u64>, choice: Choice) -> Decision {
    let reason = (choice == Choice::Reject).then(|| "本来就有".to_owned());
    Decision { case_id: case.case_id.clone(), violation, choice, reason, by: "Li".into() }
}

pub(crate) async fn violations_stand_in_the_views_as_the_line_has_them(store: &(impl Store + Asked)) {
    let case = examine_violating(store, "a").await;
    crate::suite::examine(store, "b", 1, "first").await;
    let rows = store
        .ask(
            "SELECT case_id || '|' || number || '|' || ad_id || '|' || platform || '|' || advertiser || '|' || advertiser_name
             || '|' || trade || '|' || title || '|' || check_id || '|' || rule || '|' || pack || '|' || severity || '|' || confidence
             || '|' || scope || '|' || cite || '|' || promised_source || '|' || promised || '|' || promised_at_s || '|' || visitor
             || '|' || level || '|' || url || '|' || delivered || '|' || coalesce(decision, 'open')
             FROM governance_violations ORDER BY number",
        )
        .await;
    let id = &case.case_id;
    let row = |number: u8, rule: &str, severity: &str, delivered: &str| {
        format!(
            "{id}|{number}|a|feed|one|某公司|game|标题|price-mismatch|{rule}|cn@1|{severity}|high|next-level|[\"law#1\"]|video|\
             免费领|3.5|phone|1|https://b.test/|{delivered}|open"
        )
    };
    assert_eq!(rows, [row(1, "gift-differs", "S2", "29元/月"), row(2, "price-hidden", "S4", "&'\"")]);
    let cases = store
        .ask(
            "SELECT ad_id || '|' || verdict || '|' || coalesce(severity, 'none') || '|' || violations || '|' || gaps
             FROM governance_cases ORDER BY number",
        )
        .await;
    assert_eq!(cases, ["a|violating|S4|2|[\"timeout\"]", "b|inconclusive|none|0|[]"]);
}

pub(crate) async fn a_case_tells_how_it_came_out_and_each_violation_once(store: &(impl Store + Outbox)) {
    let case = examine_violating(store, "a").await;
    let other = crate::suite::examine(store, "b", 1, "first").await;
    let events = told(store).await;
    let ids: Vec<_> = events.iter().map(|event| event.id.clone()).collect();
    let named = |case: &StoredCase, what: &str| format!("{}-{what}", case.case_id);
    let mut expected =
        [named(&case, "ended"), named(&case, "violation-1"), named(&case, "violation-2"), named(&other, "ended")];
    let mut sorted = ids.clone();
    sorted.sort();
    expected.sort();
    assert_eq!(sorted, expected);
    let of = |id: &str| events.iter().find(|event| event.id.ends_with(id)).expect("it is told");
    let What::Violation(found) = &of("violation-2").what else { panic!("a violation") };
    assert_eq!((found.violation.rule.as_str(), found.violation.delivered.level), ("price-hidden", 1));
    assert_eq!(of("violation-2").timestamp, case.sealed_at);
    let ended = |case: &StoredCase| &of(&named(case, "ended")).what;
    assert!(matches!(ended(&case), What::Done(done) if done.violations == 2 && done.severity.as_deref() == Some("S4")));
    assert!(matches!(ended(&other), What::Error(error) if error.verdict == "inconclusive"));
    assert_eq!(told(store).await, [], "each once");
}

pub(crate) async fn a_case_that_is_refused_tells_nobody(store: &(impl Store + Outbox + Asked)) {
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let mut refused = outcome("a", "first");
    let artefact = model::evidence::Evidence::new("page", "text/html", b"never kept".to_vec(), noon());
    refused.evidence.push(Kept::of(&artefact));
    store.finish(opened.clone(), refused).await.expect_err("the evidence is not there");
    assert_eq!(told(store).await, []);
    store.finish(opened.clone(), outcome("a", "first")).await.expect("finishes");
    store.finish(opened, outcome("a", "first")).await.expect_err("it is there already");
    assert_eq!(told(store).await.len(), 1);
    assert_eq!(store.ask("SELECT ad_id FROM governance_cases").await, ["a"]);
}

pub(crate) async fn a_decision_is_kept_logged_and_told_at_once(store: &(impl Store + Decisions + Outbox + Asked)) {
    let case = examine_violating(store, "a").await;
    told(store).await;
    let about = [(None, Choice::Confirm), (Some(2), Choice::Reject), (None, Choice::Again), (None, Choice::Confirm)];
    let mut kept = Vec::new();
    for (number, (violation, choice)) in (1..).zip(about) {
        let decided = store.decide(&decision(&case, violation, choice)).await.expect("decides");
        assert_eq!((decided.number, decided.leaf_index), (number, number));
        kept.push(decided);
    }
    assert_eq!(store.decisions_of(&case.case_id).await.expect("reads"), kept);
    let entries = store.logged_as("decision").await.expect("reads");
    assert_eq!(entries.len(), 4);
    assert!(entries.iter().all(|entry| !entry.text.contains("Li") && !entry.text.contains("本来")), "it names nobody");
    let entry: Entry = serde_json::from_str(&entries[1].text).expect("an entry");
    let Entry::Decision { case_id, decision: word, record, at } = entry else { panic!("{entry:?}") };
    assert_eq!((&case_id, word.as_str(), at), (&case.case_id, "reject", kept[1].at));
    let records = store.ask("SELECT record FROM decisions WHERE number = 2").await;
    assert_eq!(model::evidence::EvidenceId::of(records[0].as_bytes()), record);

    let events = told(store).await;
    assert_eq!(events.len(), 4);
    let second = events.iter().find(|event| event.id.ends_with("-decision-2")).expect("it is told");
    let What::Decided(decided) = &second.what else { panic!("{second:?}") };
    assert_eq!((decided.ad.advertiser.as_deref(), decided.decision.violation), (Some("one"), Some(2)));
    assert_eq!((decided.decision.reason.as_deref(), decided.decision.by.as_str()), (Some("本来就有"), "Li"));
    let rows =
        store.ask("SELECT decision || '|' || coalesce(reason, '') FROM governance_violations ORDER BY number").await;
    assert_eq!(rows, ["confirm|", "confirm|"], "the last one counts, also where it is about the whole case");
    let rows =
        store.ask("SELECT number || ' ' || ad_id || ' ' || decision FROM governance_decisions ORDER BY number").await;
    assert_eq!(rows, ["1 a confirm", "2 a reject", "3 a again", "4 a confirm"]);
}

pub(crate) async fn a_decision_about_what_is_not_there_is_refused(store: &(impl Store + Decisions + Outbox)) {
    let case = examine_violating(store, "a").await;
    told(store).await;
    for number in [0, 3] {
        let refused = store.decide(&decision(&case, Some(number), Choice::Confirm)).await.expect_err("there are two");
        assert!(matches!(refused, StoreError::NoSuchViolation { violations: 2, .. }), "{refused}");
    }
    let nowhere = Decision { case_id: CaseId("none".into()), ..decision(&case, None, Choice::Confirm) };
    let refused = store.decide(&nowhere).await.expect_err("it never was");
    assert!(matches!(refused, StoreError::NoSuchCase(..)), "{refused}");
    store.delete(&case.case_id, "over").await.expect("deletes");
    let refused = store.decide(&decision(&case, None, Choice::Confirm)).await.expect_err("it is gone");
    assert!(matches!(refused, StoreError::Deleted(_)), "{refused}");
    assert_eq!(store.logged_as("decision").await.expect("reads"), []);
    assert_eq!(told(store).await, []);
}

fn hours(hours: i64) -> DateTime<Utc> {
    noon() + TimeDelta::hours(hours)
}

fn imported(ad: &str, host: &str) -> NewAd {
    NewAd {
        ad_id: ad.into(),
        platform: Some("feed".into()),
        advertiser: Some("one".into()),
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: Landing::of(format!("https://{host}/"), host.into()),
        ad: "{}".into(),
        folder: "/".into(),
        files: [].into(),
    }
}

pub(crate) async fn another_visit_makes_the_landing_due(store: &(impl Store + Decisions + Library)) {
    store.import(&[imported("a", "a.test"), imported("b", "b.test")], noon()).await.expect("imports");
    let landings = ["a.test", "b.test"].map(|host| imported("x", host).landing.id);
    for known in store.known(&landings).await.expect("reads") {
        store.looked(&Known { next_due: Some(hours(99)), ..known }).await.expect("keeps");
    }
    let case = examine_violating(store, "a").await;
    store.decide(&decision(&case, Some(1), Choice::Confirm)).await.expect("decides");
    let due = async |which: usize| store.known(&landings[which..=which]).await.expect("reads").remove(0).next_due;
    assert_eq!([due(0).await, due(1).await], [Some(hours(99)); 2]);
    let decided = store.decide(&decision(&case, Some(1), Choice::Again)).await.expect("decides");
    assert_eq!([due(0).await, due(1).await], [Some(decided.at), Some(hours(99))]);
}

pub(crate) async fn what_is_deleted_is_told_no_more(store: &(impl Store + Decisions + Outbox + Asked)) {
    let (case, other) = (examine_violating(store, "a").await, examine_violating(store, "b").await);
    for case in [&case, &other] {
        store.decide(&decision(case, Some(1), Choice::Reject)).await.expect("decides");
    }
    let all = Subscription::all("all");
    store.spread(&[all], noon(), 99).await.expect("spreads");
    store.delete(&case.case_id, "over").await.expect("deletes");
    for (query, left) in [
        ("SELECT ad_id FROM governance_cases", 1),
        ("SELECT ad_id FROM governance_violations", 2),
        ("SELECT ad_id FROM governance_decisions", 1),
        ("SELECT record FROM decisions", 1),
        ("SELECT body FROM outbox", 4),
        ("SELECT event_id FROM deliveries", 4),
    ] {
        let rows = store.ask(query).await;
        assert_eq!(rows.len(), left, "{query}: {rows:?}");
        assert!(rows.iter().all(|row| !row.contains(case.case_id.as_str())), "{query}: {rows:?}");
    }
    assert_eq!(store.decisions_of(&case.case_id).await.expect("reads"), []);
    assert_eq!(store.logged_as("decision").await.expect("reads").len(), 2, "that it was decided stays");
}

pub(crate) async fn coverage_says_of_each_ad_which_case_looked_at_it_last(store: &(impl Store + Library + Asked)) {
    store
        .import(&[imported("a", "a.test"), imported("b", "a.test"), imported("c", "c.test")], noon())
        .await
        .expect("imports");
    let first = examine_violating(store, "a").await;
    let second = crate::suite::examine(store, "a", 0, "second").await;
    let third = examine_violating(store, "b").await;
    let query =
        "SELECT ad_id || ' ' || host || ' ' || coalesce(case_id, '') || ' ' || coalesce(verdict, 'not examined')
                 FROM governance_coverage ORDER BY ad_id";
    let row = |ad: &str, case: &StoredCase| format!("{ad} a.test {} {}", case.case_id, case.verdict);
    assert_eq!(store.ask(query).await, [row("a", &second), row("b", &third), "c c.test  not examined".to_owned()]);
    store.delete(&second.case_id, "over").await.expect("deletes");
    assert_eq!(store.ask(query).await[0], row("a", &first), "the one before is the last now");
}

/// docs/governance.md has a table for each view, with its columns in order.
#[test]
fn the_page_for_other_teams_tells_each_column() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/governance.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    for (view, columns) in VIEWS {
        let part = page.split(&format!("\n## `{view}`\n")).nth(1).expect("it has a part of its own");
        let part = part.split("\n## ").next().unwrap_or_default();
        let told: Vec<_> = part.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(told, columns, "{view}");
    }
}
