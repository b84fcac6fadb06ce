//! What every store promises of what waits.

use chrono::{DateTime, TimeDelta};
use model::account::Sight;
use model::event::Choice;

use super::Waiting;
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::examine_violating;
use crate::store::Store;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! waiting_suite {
    ($fresh:path) => {
        $crate::waiting::suite::waiting_suite!($fresh: a_case_waits_until_all_of_it_is_decided,);
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::waiting::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use waiting_suite;

pub(crate) async fn a_case_waits_until_all_of_it_is_decided(store: &(impl Store + Decisions + Waiting)) {
    let old = examine_violating(store, "a").await;
    let latest = examine_violating(store, "a").await;
    let other = examine_violating(store, "b").await;
    let waits = async || {
        let waiting = store.undecided_cases(&Sight::default(), 9).await.expect("lists");
        waiting.into_iter().map(|case| case.case_id).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, [latest.case_id.to_string(), other.case_id.to_string()], "not {}", old.case_id);
    let of = Sight { platform: Some("other".into()), advertiser: None };
    assert_eq!(store.undecided_cases(&of, 9).await.expect("lists"), []);
    assert_eq!(store.undecided_cases(&Sight::default(), 1).await.expect("lists").len(), 1);
    // Rows are no finer than milliseconds.
    let sealed = DateTime::from_timestamp_millis(latest.sealed_at.timestamp_millis()).expect("a time");
    assert_eq!(store.undecided_since(sealed).await.expect("counts"), 2);
    assert_eq!(store.undecided_since(sealed - TimeDelta::milliseconds(1)).await.expect("counts"), 0);
    for violation in [1, 2] {
        assert_eq!(waits().await.len(), 2);
        let decision = Decision {
            case_id: latest.case_id.clone(),
            violation: Some(violation),
            choice: Choice::Confirm,
            reason: None,
            by: "li".into(),
        };
        store.decide(&decision).await.expect("decides");
    }
    assert_eq!(waits().await, [other.case_id.to_string()]);
    assert_eq!(store.undecided_since(sealed).await.expect("counts"), 1);
}
