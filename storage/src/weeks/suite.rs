//! What every store promises of what was examined when.

use chrono::{DateTime, TimeDelta};
use model::account::Sight;
use model::event::Choice;
use model::violation::Severity;

use super::Weeks;
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::examine_violating;
use crate::store::Store;
use crate::suite::examine;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! weeks_suite {
    ($fresh:path) => {
        $crate::weeks::suite::weeks_suite!($fresh: a_case_is_counted_in_the_span_in_which_it_was_sealed,);
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::weeks::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use weeks_suite;

pub(crate) async fn a_case_is_counted_in_the_span_in_which_it_was_sealed(store: &(impl Store + Decisions + Weeks)) {
    let case = examine_violating(store, "a").await;
    let quiet = examine(store, "b", 1, "nothing found").await;
    let decision = Decision {
        case_id: case.case_id.clone(),
        violation: Some(2),
        choice: Choice::Reject,
        reason: None,
        by: "li".into(),
    };
    store.decide(&decision).await.expect("decides");
    let sealed = DateTime::from_timestamp_millis(case.sealed_at.timestamp_millis()).expect("a time");
    let (all, second) = (Sight::default(), TimeDelta::seconds(1));
    let examined = store.examined(&all, sealed, sealed + second).await.expect("asks");
    let [violating, other] = examined.as_slice() else { panic!("{examined:?}") };
    assert_eq!((violating.ad_id.as_str(), violating.platform.as_deref()), ("a", Some("feed")));
    assert_eq!((violating.trade.as_deref(), violating.advertiser_name.as_deref()), (Some("game"), Some("某公司")));
    let found: Vec<_> = violating.violations.iter().map(|one| (one.severity, one.decision.as_deref())).collect();
    assert_eq!(found, [(Severity::S2, None), (Severity::S4, Some("reject"))]);
    assert_eq!(violating.violations[0].found_since, violating.sealed_at);
    assert_eq!(violating.violations[1].decided_at, Some(violating.sealed_at), "the clock of a test stands still");
    assert_eq!((violating.decided_at(), violating.superseded_at), (None, None), "one of both is open");
    let named = [quiet.case_id.to_string(), case.case_id.to_string(), "none".to_owned()];
    assert_eq!(store.examined_cases(&named).await.expect("asks"), examined, "in the order of sealing");
    assert_eq!((other.case_id.as_str(), other.violations.len()), (quiet.case_id.as_str(), 0));
    assert_eq!(store.examined(&all, sealed - second, sealed).await.expect("asks"), [], "the end is not within");
    let whole = Decision { violation: None, choice: Choice::Confirm, ..decision };
    store.decide(&whole).await.expect("decides");
    examine_violating(store, "a").await;
    let named = &store.examined_cases(&named[1..]).await.expect("asks")[0];
    assert_eq!((named.decided_at(), named.superseded_at), (Some(named.sealed_at), Some(named.sealed_at)));
    let feed = Sight { platform: Some("feed".into()), ..Sight::default() };
    assert_eq!(store.examined(&feed, sealed, sealed + second).await.expect("asks").len(), 2);
}
