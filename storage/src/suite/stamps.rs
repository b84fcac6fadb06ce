//! What every store promises of its time stamps: they wait with their case, and come once.

use chrono::{DateTime, TimeDelta};
use model::evidence::EvidenceId;

use super::{artefact, examine, noon, opening, outcome};
use crate::stamp::{Answered, KeptList, State, ToStamp, what};
use crate::store::{Kept, Store};

pub async fn what_is_to_be_stamped_waits_with_its_case(store: &impl Store) {
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let case = opened.case_id.clone();
    let record = store.keep(&artefact("record")).await.expect("keeps");
    let wanted = ToStamp { digest: record.id, what: what::CAPTURE.into() };
    let mut refused = outcome("a", "first");
    refused.to_stamp.push(wanted.clone());
    refused.evidence = vec![record.clone(), Kept::of(&artefact("never kept"))];
    store.finish(opened.clone(), refused.clone()).await.expect_err("the evidence is not there");
    assert_eq!(store.stamps().await.expect("lists"), []);

    refused.evidence.pop();
    store.finish(opened, refused).await.expect("finishes");
    let stamps = store.stamps_of(&case).await.expect("lists");
    assert_eq!(stamps.len(), 1);
    assert_eq!((stamps[0].digest, stamps[0].what.as_str()), (record.id, what::CAPTURE));
    assert_eq!((stamps[0].state, stamps[0].tries, &stamps[0].answer), (State::Waiting, 0, &None));
    let other = examine(store, "b", 1, "first").await.case_id;
    assert_eq!(store.stamps_of(&other).await.expect("lists"), []);
    assert_eq!(store.stamps_for(record.id).await.expect("lists"), stamps);
}

pub async fn a_stamp_is_kept_once_and_not_replaced(store: &impl Store) {
    let wanted = ToStamp { digest: EvidenceId::of(b"one"), what: what::PACKAGE.into() };
    for _ in 0..2 {
        store.want(&wanted).await.expect("wants");
    }
    assert_eq!(store.stamps().await.expect("lists").len(), 1);
    let first = answered();
    store.stamped(1, &first).await.expect("stamps");
    store.stamped(1, &Answered { authority: "another".into(), ..first.clone() }).await.expect("is left as it is");
    store.not_stamped(1, "late trouble", State::Waiting, noon()).await.expect("is left as it is");
    store.want(&wanted).await.expect("wants");
    let stamps = store.stamps().await.expect("lists");
    assert_eq!((stamps.len(), stamps[0].state, stamps[0].answer.as_ref()), (1, State::Stamped, Some(&first)));
    assert_eq!(store.due(noon() + TimeDelta::days(9), 9).await.expect("lists"), []);
}

pub async fn what_was_not_stamped_waits_for_its_time(store: &impl Store) {
    for text in [&b"one"[..], b"two", b"three"] {
        store.want(&ToStamp { digest: EvidenceId::of(text), what: what::CHECKPOINT.into() }).await.expect("wants");
    }
    let numbers = |stamps: Vec<crate::stamp::KeptStamp>| stamps.iter().map(|stamp| stamp.number).collect::<Vec<_>>();
    let now = noon();
    assert_eq!(numbers(store.due(now, 9).await.expect("lists")), [1, 2, 3]);
    assert_eq!(numbers(store.due(now, 2).await.expect("lists")), [1, 2]);
    store.not_stamped(1, "it is down", State::Waiting, now + TimeDelta::minutes(1)).await.expect("notes");
    store.not_stamped(2, "refused", State::Failed, now).await.expect("notes");
    assert_eq!(numbers(store.due(now, 9).await.expect("lists")), [3]);
    assert_eq!(numbers(store.due(now + TimeDelta::minutes(1), 9).await.expect("lists")), [1, 3]);
    let stamp = store.stamps().await.expect("lists").remove(0);
    assert_eq!((stamp.tries, stamp.trouble.as_deref()), (1, Some("it is down")));
    store.stamped(2, &answered()).await.expect("an answer comes after all");
    assert_eq!(store.stamps().await.expect("lists")[1].state, State::Stamped);
}

pub async fn each_issue_of_a_list_is_kept_once(store: &impl Store) {
    let list = |url: &str, hours: i64| KeptList {
        url: url.into(),
        list: vec![0x30, 0, 255],
        issued_at: noon() + TimeDelta::hours(hours),
        next_at: (hours > 0).then(|| noon() + TimeDelta::days(7)),
        fetched_at: noon() + TimeDelta::hours(hours + 1),
    };
    let all = [list("http://a.test/", 0), list("http://b.test/", 0), list("http://a.test/", 24)];
    for one in &all {
        assert!(store.keep_list(one).await.expect("keeps"));
    }
    let again = KeptList { list: vec![1], ..all[0].clone() };
    assert!(!store.keep_list(&again).await.expect("is left as it is"));
    assert_eq!(store.lists().await.expect("lists"), all);
}

/// An answer whose bytes nobody looks at.
pub fn answered() -> Answered {
    Answered {
        authority: "https://tsa.test/".into(),
        response: vec![0, 255, 7],
        stamped_at: DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_250),
        expires_at: DateTime::UNIX_EPOCH + TimeDelta::days(9),
    }
}
