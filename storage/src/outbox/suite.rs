//! What every outbox promises: each event comes to each destination that wants it, or is seen not to.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::facts::suite::examine_violating;
use crate::store::Store;
use crate::suite::{examine, noon};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! outbox_suite {
    ($fresh:path) => {
        $crate::outbox::suite::outbox_suite!($fresh:
            an_event_goes_to_each_destination_that_wants_it_and_once,
            an_event_has_the_same_name_and_bytes_each_time_it_is_sent,
            what_was_not_sent_waits_for_its_time_and_holds_up_nobody,
            a_dead_one_is_seen_and_can_be_revived,
            many_at_once_give_each_event_to_each_destination_once,
            old_events_are_dropped_wherever_they_are,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::outbox::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use outbox_suite;

pub(crate) fn to(destination: &str, kinds: &[&str]) -> Subscription {
    Subscription { kinds: kinds.iter().map(ToString::to_string).collect(), ..Subscription::all(destination) }
}

fn at(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

async fn waiting(store: &impl Outbox, destination: &str, minutes: i64) -> Vec<ToSend> {
    store.to_send(destination, at(minutes), 99).await.expect("reads")
}

pub(crate) async fn an_event_goes_to_each_destination_that_wants_it_and_once(store: &(impl Store + Outbox)) {
    examine_violating(store, "a").await;
    let both = [to("all", &[]), to("found", &["violation"])];
    assert_eq!(store.spread(&both, at(0), 2).await.expect("spreads"), 2, "some at a time");
    assert_eq!(store.spread(&both, at(0), 9).await.expect("spreads"), 1);
    assert_eq!(store.spread(&both, at(0), 9).await.expect("spreads"), 0);
    assert_eq!((waiting(store, "all", 0).await.len(), waiting(store, "found", 0).await.len()), (3, 2));
    assert!(waiting(store, "found", 0).await.iter().all(|one| one.kind == "violation" && one.attempts == 0));
    assert_eq!(store.to_send("all", at(0), 1).await.expect("reads").len(), 1);
    for one in waiting(store, "found", 0).await {
        store.sent(&one.event_id, "found", at(1)).await.expect("notes");
    }
    assert_eq!((waiting(store, "all", 0).await.len(), waiting(store, "found", 9).await.len()), (3, 0));
    // Who comes later hears what happens from then on.
    examine(store, "b", 1, "first").await;
    store.spread(&[to("new", &[])], at(2), 9).await.expect("spreads");
    assert_eq!((waiting(store, "all", 9).await.len(), waiting(store, "new", 9).await.len()), (3, 1));
}

pub(crate) async fn an_event_has_the_same_name_and_bytes_each_time_it_is_sent(store: &(impl Store + Outbox)) {
    examine(store, "a", 0, "first").await;
    store.spread(&[to("all", &[])], at(0), 9).await.expect("spreads");
    let first = waiting(store, "all", 0).await.remove(0);
    store.not_sent(&first.event_id, "all", "down", Then::TryAt(at(5))).await.expect("notes");
    let again = waiting(store, "all", 5).await.remove(0);
    assert_eq!(again, ToSend { attempts: 1, ..first });
}

pub(crate) async fn what_was_not_sent_waits_for_its_time_and_holds_up_nobody(store: &(impl Store + Outbox)) {
    examine_violating(store, "a").await;
    store.spread(&[to("slow", &[]), to("fast", &[])], at(0), 9).await.expect("spreads");
    let first = waiting(store, "slow", 0).await.remove(0);
    store.not_sent(&first.event_id, "slow", "timeout", Then::TryAt(at(5))).await.expect("notes");
    assert_eq!((waiting(store, "slow", 4).await.len(), waiting(store, "fast", 4).await.len()), (2, 3));
    assert_eq!(waiting(store, "slow", 5).await.last().map(|one| &one.event_id), Some(&first.event_id));
    store.sent(&first.event_id, "slow", at(6)).await.expect("notes");
    // What is confirmed is not taken back by one that gave up waiting for the answer.
    store.not_sent(&first.event_id, "slow", "timeout", Then::TryAt(at(7))).await.expect("notes");
    assert_eq!(waiting(store, "slow", 9).await.len(), 2);
}

pub(crate) async fn a_dead_one_is_seen_and_can_be_revived(store: &(impl Store + Outbox)) {
    examine_violating(store, "a").await;
    store.spread(&[to("gone", &[]), to("fine", &[])], at(0), 9).await.expect("spreads");
    for one in waiting(store, "gone", 0).await.iter().take(2) {
        store.not_sent(&one.event_id, "gone", "410", Then::Dead(at(1))).await.expect("notes");
    }
    assert_eq!(waiting(store, "gone", 999).await.len(), 1);
    let dead = store.undelivered(true, 9).await.expect("lists");
    assert_eq!(dead.len(), 2);
    assert!(dead.iter().all(|one| one.dead && one.destination == "gone" && one.trouble.as_deref() == Some("410")));
    assert_eq!(store.undelivered(false, 99).await.expect("lists").len(), 6);
    let backlog = store.backlog().await.expect("counts");
    let told: Vec<_> = backlog.iter().map(|one| (one.destination.as_str(), one.waiting, one.dead)).collect();
    assert_eq!(told, [("fine", 3, 0), ("gone", 1, 2)]);
    assert_eq!(backlog[0].since, Some(dead[0].happened_at));
    assert_eq!(store.revive(Some(&dead[0].event_id), None, at(2)).await.expect("revives"), 1);
    assert_eq!(store.revive(None, Some("fine"), at(2)).await.expect("revives"), 0);
    assert_eq!(store.revive(None, None, at(2)).await.expect("revives"), 1);
    assert!(waiting(store, "gone", 2).await.iter().all(|one| one.attempts == 0));
    assert_eq!(waiting(store, "gone", 2).await.len(), 3);
}

pub(crate) async fn many_at_once_give_each_event_to_each_destination_once(store: &(impl Store + Outbox)) {
    let all = [to("one", &[]), to("two", &[])];
    let examined = async {
        for ad in 0..6 {
            examine(store, &format!("ad {ad}"), ad, "first").await;
        }
    };
    let spread = async || {
        let mut spread = 0;
        for _ in 0..40 {
            spread += store.spread(&all, at(0), 3).await.expect("spreads");
        }
        spread
    };
    let ((), one, other) = tokio::join!(examined, spread(), spread());
    let rest = store.spread(&all, at(0), 99).await.expect("spreads");
    assert_eq!(one + other + rest, 6, "{one} {other} {rest}");
    assert_eq!((waiting(store, "one", 0).await.len(), waiting(store, "two", 0).await.len()), (6, 6));
}

pub(crate) async fn old_events_are_dropped_wherever_they_are(store: &(impl Store + Outbox)) {
    examine_violating(store, "a").await;
    store.spread(&[to("all", &[])], at(0), 2).await.expect("spreads");
    assert_eq!(store.drop_events(DateTime::UNIX_EPOCH).await.expect("drops"), 0);
    assert_eq!(store.drop_events(at(9_999)).await.expect("drops"), 3, "those that nobody was given yet as well");
    assert_eq!(store.undelivered(false, 9).await.expect("lists"), []);
    assert_eq!(store.spread(&[to("all", &[])], at(0), 9).await.expect("spreads"), 0);
}
