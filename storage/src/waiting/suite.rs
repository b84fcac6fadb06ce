//! What every store promises of what waits.

use chrono::{DateTime, TimeDelta};
use model::account::Sight;
use model::complaint::{Age, Complaint, Exclusion, Source};
use model::event::Choice;

use super::Waiting;
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::{Asked, examine_violating};
use crate::hearing::{Hearing, Key, NewWord, Saying};
use crate::store::{CaseId, Outcome, Store};
use crate::suite::{examine, opening, outcome};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! waiting_suite {
    ($fresh:path) => {
        $crate::waiting::suite::waiting_suite!($fresh:
            a_case_waits_until_all_of_it_is_decided,
            another_visit_starts_no_clock_anew,
            a_complaint_waits_until_a_person_settles_it,
        );
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
    let of = Sight { platform: Some("other".into()), advertiser: None, region: None };
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

pub(crate) async fn another_visit_starts_no_clock_anew(store: &(impl Store + Decisions + Waiting + Asked)) {
    let since = async || {
        let waiting = store.undecided_cases(&Sight::default(), 9).await.expect("lists");
        waiting.into_iter().map(|case| case.found_since.timestamp_millis()).collect::<Vec<_>>()
    };
    let decide = async |case: &CaseId, choice: Choice| {
        let decision = Decision { case_id: case.clone(), violation: None, choice, reason: None, by: "li".into() };
        store.decide(&decision).await.expect("decides");
    };
    let latest = examine_violating(store, "a").await;
    let sealed = latest.sealed_at.timestamp_millis();
    assert_eq!(since().await, [sealed]);
    // The clock of a test stands still: it was found long before.
    store.does("UPDATE violations SET found_since = -7").await.expect("updates");
    let second = examine_violating(store, "a").await.case_id;
    assert_eq!(since().await, [-7], "whoever visits an ad each day has no longer than who visits it once");
    assert_eq!(store.undecided_since(DateTime::from_timestamp_millis(-7).expect("a time")).await.expect("counts"), 1);
    decide(&second, Choice::Again).await;
    examine(store, "a", 0, "nothing to be seen").await;
    let third = examine_violating(store, "a").await.case_id;
    assert_eq!(since().await, [-7], "who asks for another visit has decided nothing, and who saw nothing neither");
    decide(&third, Choice::Reject).await;
    examine_violating(store, "a").await;
    assert_eq!(since().await, [sealed], "what is found again after a decision is found anew");
    store.does("UPDATE violations SET found_since = -7").await.expect("updates");
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    store.finish(opened, Outcome { verdict: "clean".into(), ..outcome("a", "mended") }).await.expect("finishes");
    examine_violating(store, "a").await;
    assert_eq!(since().await, [sealed], "and so is what was mended in between");
    examine_violating(store, "b").await;
    assert_eq!(since().await, [sealed, sealed], "of another ad it is another finding");
}

fn complaint(id: &str, ad: &str, age: Option<Age>) -> Complaint {
    Complaint {
        id: id.to_owned(),
        source: Source::Comment,
        // Before anything is decided: stores of tests have clocks that begin with 1970.
        at: DateTime::UNIX_EPOCH,
        text: "说是免费的".into(),
        user: None,
        platform: Some("feed".into()),
        ad: Some(ad.to_owned()),
        click: None,
        age,
        rating: None,
        refunded: None,
    }
}

pub(crate) async fn a_complaint_waits_until_a_person_settles_it(store: &(impl Store + Decisions + Waiting + Hearing)) {
    let case = examine_violating(store, "a").await.case_id;
    let heard =
        [complaint("1", "a", None), complaint("2", "b", Some(Age::Elderly)), complaint("3", "b", Some(Age::Adult))];
    store.take_complaints(&heard, TimeDelta::days(9)).await.expect("takes");
    let waits = async || {
        let waiting = store.unsettled_complaints(&Sight::default(), 9).await.expect("lists");
        waiting.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, ["1", "2", "3"]);
    let later = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1);
    assert_eq!(
        store.unsettled_before(&Sight::default(), later, true).await.expect("counts"),
        1,
        "the elderly have the short way"
    );
    assert_eq!(store.unsettled_before(&Sight::default(), later, false).await.expect("counts"), 2);
    let elsewhere = Sight { platform: Some("search".into()), ..Sight::default() };
    assert_eq!(store.unsettled_before(&elsewhere, later, false).await.expect("counts"), 0);
    assert_eq!(store.unsettled_before(&Sight::default(), DateTime::UNIX_EPOCH, false).await.expect("counts"), 0);
    let decision =
        Decision { case_id: case, violation: Some(1), choice: Choice::Confirm, reason: None, by: "li".into() };
    store.decide(&decision).await.expect("decides");
    assert_eq!(waits().await, ["2", "3"], "a case of its ad was decided after it");
    let say = |id: &str, saying: Saying, by_rule: bool| NewWord {
        of: Key { platform: "feed".into(), id: id.to_owned() },
        saying,
        why: "看过了".into(),
        by: "li".into(),
        by_rule,
    };
    let noise = Exclusion { rule: "coupon-hunting".into(), why: Default::default(), rests_on: Vec::new() };
    store.say(&[say("2", Saying::Exclude(noise), true)]).await.expect("says");
    assert_eq!(waits().await, ["3"], "noise waits for nobody");
    store.say(&[say("3", Saying::Restore, false)]).await.expect("says");
    assert_eq!(waits().await, [""; 0], "a person looked at it");
}
