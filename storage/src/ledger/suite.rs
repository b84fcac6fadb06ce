//! What every store promises of its ledger.

use model::account::Sight;
use model::event::Choice;
use model::evidence::EvidenceId;
use model::ledger::{Act, Entry, Told};
use model::measure::{Measure, MeasureState};
use model::violation::Severity;

use super::Ledger;
use crate::appeals::{Appeals, NewAppeal};
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::{Asked, examine_placed, examine_violating};
use crate::measures::{Measures, Proposed};
use crate::store::{CaseId, Store};
use crate::suite::examine;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! ledger_suite {
    ($fresh:path) => {
        $crate::ledger::suite::ledger_suite!($fresh:
            what_happened_is_told_once_in_its_order,
            of_two_who_follow_at_once_one_adds,
            an_entry_comes_back_as_it_was_added,
            no_entry_is_changed_or_taken_away,
            who_sees_a_part_reads_the_entries_of_that_part,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::ledger::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use ledger_suite;

/// Entries behind the last one; what their hashes are of is for whoever follows to say.
fn behind(last: Option<&Entry>, told: Vec<Told>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for Told { at, act, subject, what, follows, by, body } in told {
        let before = entries.last().or(last);
        let (number, previous) = (before.map_or(1, |one| one.number + 1), before.map(|one| one.hash));
        let hash = EvidenceId::of(what.as_bytes());
        entries.push(Entry { number, at, act, subject, what, follows, by, body, previous, hash });
    }
    entries
}

async fn follow(store: &impl Ledger) -> Vec<Entry> {
    let last = store.last_entry().await.expect("reads");
    let entries = behind(last.as_ref(), store.untold(99).await.expect("asks"));
    assert!(store.enter(&entries).await.expect("adds"));
    entries
}

async fn decide(store: &impl Decisions, case: &CaseId, violation: Option<u64>, choice: Choice) {
    let decision = Decision { case_id: case.clone(), violation, choice, reason: None, by: "li".into() };
    store.decide(&decision).await.expect("decides");
}

pub(crate) async fn what_happened_is_told_once_in_its_order(store: &(impl Store + Ledger + Decisions + Appeals)) {
    let case = examine_violating(store, "a").await.case_id;
    examine(store, "b", 1, "nothing found").await;
    decide(store, &case, None, Choice::Confirm).await;
    let appeal = NewAppeal {
        case_id: case.clone(),
        violation: Some(1),
        said: "不是".into(),
        by: "shop".into(),
        files: Vec::new(),
    };
    store.appeal(&appeal).await.expect("keeps").expect("it is new");
    store.say_corrected(&case, "shop").await.expect("keeps");
    let first = follow(store).await;
    let told: Vec<_> = first.iter().map(|one| (one.act, one.what.as_str(), one.follows.as_deref())).collect();
    let (id, mended) = (case.as_str(), format!("corrected-{case}"));
    assert_eq!(
        told,
        [
            (Act::Finding, id, None),
            // The entries of the log before it are the two cases.
            (Act::Decision, "decision-2", Some(id)),
            (Act::Outcome, mended.as_str(), Some(id)),
        ],
        "a case in which nothing was found is no finding, and an appeal that is open has no outcome"
    );
    assert_eq!((first[0].subject.as_str(), first[1].by.as_deref()), ("one", Some("li")));
    assert_eq!(first[0].body["severity"], "S4");
    assert_eq!(store.untold(99).await.expect("asks"), [], "nothing is told twice");
    decide(store, &case, Some(1), Choice::Reject).await;
    let second = follow(store).await;
    let told: Vec<_> = second.iter().map(|one| (one.number, one.what.as_str(), one.follows.as_deref())).collect();
    assert_eq!(told, [(4, "decision-3", Some(id)), (5, "appeal-1-3", Some("decision-3"))]);
    assert_eq!(second[1].body["outcome"], "appeal-upheld");
}

pub(crate) async fn of_two_who_follow_at_once_one_adds(store: &(impl Store + Ledger)) {
    examine_violating(store, "a").await;
    let told = store.untold(99).await.expect("asks");
    let entries = behind(None, told);
    let (one, other) = tokio::join!(store.enter(&entries), store.enter(&entries));
    assert_ne!(one.expect("asks"), other.expect("asks"), "one adds, the other is told to look again");
    assert_eq!(store.entries(&Sight::default(), None, 0, 99).await.expect("reads").len(), 1);
    assert!(!store.enter(&entries).await.expect("asks"), "the ledger does not end there any more");
}

pub(crate) async fn an_entry_comes_back_as_it_was_added(store: &(impl Store + Ledger)) {
    examine_violating(store, "a").await;
    examine_violating(store, "b").await;
    let added = follow(store).await;
    assert_eq!(store.entries(&Sight::default(), None, 0, 99).await.expect("reads"), added);
    assert_eq!(store.entries(&Sight::default(), Some("one"), 1, 99).await.expect("reads"), added[1..]);
    assert_eq!(store.entries(&Sight::default(), Some("another"), 0, 99).await.expect("reads"), []);
    assert_eq!(store.last_entry().await.expect("reads").as_ref(), added.last());
}

pub(crate) async fn no_entry_is_changed_or_taken_away(store: &(impl Store + Ledger + Asked)) {
    examine_violating(store, "a").await;
    let added = follow(store).await;
    let scopes = ["UPDATE ledger_scopes SET platform = 'x'", "DELETE FROM ledger_scopes"];
    for statement in ["UPDATE ledger SET subject = 'x'", "DELETE FROM ledger"].into_iter().chain(scopes) {
        let refused = store.does(statement).await.expect_err("it is refused");
        assert!(refused.contains("the ledger is append-only"), "{statement}: {refused}");
    }
    assert_eq!(store.entries(&Sight::default(), None, 0, 99).await.expect("reads"), added);
}

fn measure(ladder: &str, cases: &[&CaseId]) -> Measure {
    Measure {
        id: String::new(),
        platform: Some("feed".into()),
        advertiser: "one".into(),
        ladder: ladder.into(),
        step: "warn".into(),
        severity: Severity::S4,
        cases: cases.iter().map(ToString::to_string).collect(),
        reasons: Vec::new(),
        proposed_at: chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(1),
        state: MeasureState::Taken,
        by: None,
        decided_at: None,
        until: None,
    }
}

/// What is about one part is not told to another, and what an entry is about outlives its case.
pub(crate) async fn who_sees_a_part_reads_the_entries_of_that_part(
    store: &(impl Store + Ledger + Decisions + Appeals + Measures),
) {
    let (shenzhen, foshan) = (examine_placed(store, "a", "440305").await, examine_placed(store, "b", "4406").await);
    let nowhere = examine_violating(store, "c").await.case_id;
    for case in [&shenzhen, &foshan, &nowhere] {
        decide(store, case, None, Choice::Confirm).await;
    }
    for (ladder, cases) in [("platform", vec![&shenzhen]), ("other", vec![&shenzhen, &foshan])] {
        let proposed = Proposed { measure: measure(ladder, &cases), to_decide: false };
        store.propose(&proposed).await.expect("proposes").expect("is new");
    }
    let all = follow(store).await;
    assert_eq!(all.len(), 3 + 3 + 2);
    let seen = async |region: Option<&str>, platform: Option<&str>| {
        let own = |text: Option<&str>| text.map(ToOwned::to_owned);
        let sight = Sight { platform: own(platform), advertiser: None, region: own(region) };
        let entries = store.entries(&sight, None, 0, 99).await.expect("reads");
        assert!(
            entries.iter().all(|one| all.contains(one)),
            "each with its number, its hash and that of the one before"
        );
        entries.into_iter().map(|one| one.what).collect::<Vec<_>>()
    };
    let count = async |region| seen(Some(region), None).await.len();
    assert_eq!(seen(None, None).await.len(), all.len());
    assert_eq!((seen(None, Some("feed")).await.len(), seen(None, Some("other")).await.len()), (all.len(), 0));
    assert_eq!(count("44").await, 6, "two findings, two decisions, and both measures");
    assert_eq!(seen(Some("4403"), None).await, [shenzhen.to_string(), "decision-3".into(), "measure-1".into()]);
    assert_eq!((count("440305").await, count("440306").await, count("31").await), (3, 0, 0));
    assert_eq!(count("4406").await, 2, "the measure rests on its neighbour's case, too");
    store.delete(&shenzhen, "retention").await.expect("deletes");
    assert_eq!(count("440305").await, 3, "the case is gone, and what was done about it is told");
}
