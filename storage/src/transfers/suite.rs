//! What every store promises of what was handed over.

use chrono::DateTime;
use model::event::Choice;
use model::evidence::EvidenceId;

use super::{Transfer, Transfers};
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::examine_violating;
use crate::ledger::Ledger;
use crate::store::{CaseId, Store, StoreError};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! transfers_suite {
    ($fresh:path) => {
        $crate::transfers::suite::transfers_suite!($fresh: a_clue_is_handed_over_once_and_stands_in_the_ledger,);
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::transfers::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use transfers_suite;

fn transfer(case: &CaseId, document: &str) -> Transfer {
    Transfer {
        case_id: case.clone(),
        subject: "one".into(),
        authority: "samr".into(),
        document: document.to_owned(),
        basis: vec!["law#1".into()],
        sums: EvidenceId::of(b"sums"),
        by: "li".into(),
        at: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
    }
}

pub(crate) async fn a_clue_is_handed_over_once_and_stands_in_the_ledger(
    store: &(impl Store + Transfers + Ledger + Decisions),
) {
    let case = examine_violating(store, "a").await.case_id;
    let decision =
        Decision { case_id: case.clone(), violation: None, choice: Choice::Confirm, reason: None, by: "li".into() };
    store.decide(&decision).await.expect("decides");
    let one = transfer(&case, "PL-1-T");
    assert_eq!(store.hand_over(&one).await.expect("keeps"), Some(1));
    assert_eq!(store.hand_over(&one).await.expect("asks"), None, "there is a record of this number");
    let other = transfer(&case, "PL-2-T");
    assert_eq!(store.hand_over(&other).await.expect("keeps"), Some(2));
    assert_eq!(store.transfers(Some(&case)).await.expect("lists"), [(1, one.clone()), (2, other.clone())]);
    let elsewhere = CaseId("20260101T000000Z-0123456789ab".into());
    assert_eq!(store.transfers(Some(&elsewhere)).await.expect("lists"), []);
    let refused = store.hand_over(&transfer(&elsewhere, "PL-3-T")).await.expect_err("there is no such case");
    assert!(matches!(refused, StoreError::NoSuchCase(..)), "{refused}");
    let told = store.untold(99).await.expect("asks");
    let [.., outcome, _] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((outcome.what.as_str(), outcome.follows.as_deref()), ("transfer-1", Some("decision-1")));
    assert_eq!((&outcome.body["outcome"], &outcome.body["authority"]), (&"handed-over".into(), &"samr".into()));
}
