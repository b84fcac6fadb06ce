//! What every store promises of measures.

use chrono::{DateTime, TimeDelta, Utc};
use model::account::Sight;
use model::event::Choice;
use model::ledger::Act;
use model::measure::{Measure, MeasureState};
use model::violation::Severity;

use super::{Confirmed, Measures, Proposed, Turn, Turned};
use crate::decisions::{Decision, Decisions};
use crate::facts::suite::examine_violating;
use crate::ledger::Ledger;
use crate::store::{CaseId, Store};

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! measures_suite {
    ($fresh:path) => {
        $crate::measures::suite::measures_suite!($fresh:
            a_confirmed_case_waits_for_a_step_and_leads_to_one,
            what_is_graver_than_the_step_before_waits_for_another_one,
            what_postlink_took_back_is_answered_anew,
            of_two_who_decide_at_once_one_does_and_the_other_is_told,
            a_step_of_days_has_them_from_the_day_it_is_taken,
            what_nobody_has_to_decide_is_taken_at_once,
            a_measure_whose_cases_are_not_confirmed_any_more_is_unfounded,
            a_measure_and_its_end_stand_in_the_ledger,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::measures::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use measures_suite;

fn at(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time") + TimeDelta::days(days)
}

fn proposed(case: &CaseId, to_decide: bool) -> Proposed {
    Proposed {
        measure: Measure {
            id: String::new(),
            platform: Some("feed".into()),
            advertiser: "one".into(),
            ladder: "platform".into(),
            step: "suspend".into(),
            severity: Severity::S3,
            cases: vec![case.to_string()],
            reasons: vec!["因为".into()],
            proposed_at: at(0),
            state: if to_decide { MeasureState::Proposed } else { MeasureState::Taken },
            by: None,
            decided_at: None,
            until: Some(at(7)),
        },
        to_decide,
    }
}

fn turn(state: MeasureState, by: &str, days: i64) -> Turn {
    Turn { state, by: Some(by.to_owned()), at: at(days), why: Some("看过了".into()) }
}

async fn confirmed(store: &(impl Store + Decisions), ad: &str) -> CaseId {
    let case = examine_violating(store, ad).await.case_id;
    decide(store, &case, None, Choice::Confirm).await;
    case
}

async fn decide(store: &impl Decisions, case: &CaseId, violation: Option<u64>, choice: Choice) {
    let decision = Decision { case_id: case.clone(), violation, choice, reason: None, by: "li".into() };
    store.decide(&decision).await.expect("decides");
}

pub(crate) async fn a_confirmed_case_waits_for_a_step_and_leads_to_one(store: &(impl Store + Decisions + Measures)) {
    let case = examine_violating(store, "a").await.case_id;
    assert_eq!(store.unanswered("platform").await.expect("asks"), [], "nobody has confirmed anything");
    decide(store, &case, Some(1), Choice::Confirm).await;
    assert_eq!(store.unanswered("platform").await.expect("asks"), [], "the graver one may be confirmed as well");
    decide(store, &case, Some(2), Choice::Reject).await;
    let waits = store.unanswered("platform").await.expect("asks");
    let [Confirmed { case_id, advertiser, severity, checks, .. }] = waits.as_slice() else { panic!("{waits:?}") };
    assert_eq!((case_id.as_str(), advertiser.as_deref(), *severity), (case.as_str(), Some("one"), Severity::S2));
    assert_eq!(checks, &["price-mismatch"]);
    let kept = store.propose(&proposed(&case, true)).await.expect("keeps").expect("it is new");
    assert_eq!((kept.measure.id.as_str(), kept.measure.state), ("measure-1", MeasureState::Proposed));
    assert_eq!((kept.measure.reasons.clone(), kept.measure.by.clone()), (vec!["因为".to_owned()], None));
    assert_eq!(store.propose(&proposed(&case, true)).await.expect("asks"), None, "it led to a step");
    assert_eq!(store.unanswered("platform").await.expect("asks"), []);
    assert_eq!(store.unanswered("publisher").await.expect("asks").len(), 1, "of this ladder it led to none");
    let sight = |platform: &str| Sight { platform: Some(platform.into()), advertiser: None, region: None };
    assert_eq!(store.measures(&sight("feed"), None).await.expect("lists"), std::slice::from_ref(&kept));
    assert_eq!(store.measures(&sight("other"), None).await.expect("lists"), []);
    assert_eq!(store.measures(&sight("feed"), Some(MeasureState::Taken)).await.expect("lists"), []);
    assert_eq!(store.measure("measure-2").await.expect("asks"), None);
}

fn for_severity(severity: Severity, case: &CaseId) -> Proposed {
    let graver = proposed(case, true);
    Proposed { measure: Measure { severity, ..graver.measure }, ..graver }
}

pub(crate) async fn what_is_graver_than_the_step_before_waits_for_another_one(
    store: &(impl Store + Decisions + Measures),
) {
    let case = examine_violating(store, "a").await.case_id;
    // A visit later the queue shows what was found then, and people may still say something of what was found before.
    examine_violating(store, "a").await;
    decide(store, &case, Some(1), Choice::Confirm).await;
    let waits = async || {
        let waiting = store.unanswered("platform").await.expect("asks");
        waiting.into_iter().map(|one| (one.case_id, one.severity)).collect::<Vec<_>>()
    };
    assert_eq!(waits().await, [(case.to_string(), Severity::S2)]);
    store.propose(&for_severity(Severity::S2, &case)).await.expect("keeps").expect("it is new");
    store.turn("measure-1", &turn(MeasureState::Taken, "li", 1)).await.expect("turns");
    assert_eq!(waits().await, []);
    decide(store, &case, Some(2), Choice::Confirm).await;
    assert_eq!(waits().await, [(case.to_string(), Severity::S4)], "nothing that is confirmed goes unpunished");
    let graver = for_severity(Severity::S4, &case);
    let (one, other) = tokio::join!(store.propose(&graver), store.propose(&graver));
    let kept = [one.expect("asks"), other.expect("asks")].into_iter().flatten().count();
    assert_eq!((kept, waits().await), (1, vec![]), "it leads to one step more, whoever proposes it twice");
    store.turn("measure-2", &turn(MeasureState::Refused, "wu", 2)).await.expect("turns");
    assert_eq!(waits().await, [], "what a person refused is not proposed again");
}

pub(crate) async fn what_postlink_took_back_is_answered_anew(store: &(impl Store + Decisions + Measures)) {
    let case = confirmed(store, "a").await;
    store.propose(&for_severity(Severity::S4, &case)).await.expect("keeps").expect("it is new");
    store.turn("measure-1", &turn(MeasureState::Taken, "li", 1)).await.expect("turns");
    decide(store, &case, None, Choice::Reject).await;
    store.turn("measure-1", &Turn { by: None, ..turn(MeasureState::Lifted, "", 2) }).await.expect("turns");
    assert_eq!(store.unanswered("platform").await.expect("asks"), []);
    decide(store, &case, None, Choice::Confirm).await;
    assert_eq!(store.unanswered("platform").await.expect("asks").len(), 1, "the appeal was upheld by mistake");
    store.propose(&for_severity(Severity::S4, &case)).await.expect("keeps").expect("the one before ended");
    assert_eq!(store.unanswered("platform").await.expect("asks"), []);
}

pub(crate) async fn of_two_who_decide_at_once_one_does_and_the_other_is_told(
    store: &(impl Store + Decisions + Measures),
) {
    let case = confirmed(store, "a").await;
    store.propose(&proposed(&case, true)).await.expect("keeps").expect("it is new");
    let (take, refuse) = (turn(MeasureState::Taken, "li", 1), turn(MeasureState::Refused, "wu", 1));
    let (one, other) = tokio::join!(store.turn("measure-1", &take), store.turn("measure-1", &refuse));
    let told = match (one.expect("asks"), other.expect("asks")) {
        (Turned::Done(done), Turned::Stands(told)) | (Turned::Stands(told), Turned::Done(done)) => {
            assert_eq!(told, done, "who came late sees what stands");
            told
        }
        both => panic!("{both:?}"),
    };
    assert_eq!(told.turns.len(), 1);
    assert!(matches!(store.turn("measure-1", &refuse).await.expect("asks"), Turned::Stands(_)));
    assert_eq!(store.turn("measure-9", &take).await.expect("asks"), Turned::Unknown);
}

pub(crate) async fn a_step_of_days_has_them_from_the_day_it_is_taken(store: &(impl Store + Decisions + Measures)) {
    let case = confirmed(store, "a").await;
    store.propose(&proposed(&case, true)).await.expect("keeps");
    let lifted = turn(MeasureState::Lifted, "wu", 4);
    assert!(matches!(store.turn("measure-1", &lifted).await.expect("asks"), Turned::Stands(_)), "it is not taken yet");
    let taken = store.turn("measure-1", &turn(MeasureState::Taken, "li", 3)).await.expect("turns");
    let Turned::Done(taken) = taken else { panic!("{taken:?}") };
    assert_eq!((taken.measure.until, taken.measure.by.as_deref()), (Some(at(10)), Some("li")));
    let Turned::Done(over) = store.turn("measure-1", &lifted).await.expect("turns") else { panic!("it is taken") };
    assert_eq!(over.turns, [turn(MeasureState::Taken, "li", 3), lifted]);
    assert_eq!((over.measure.state, over.measure.by.as_deref()), (MeasureState::Lifted, Some("wu")));
}

pub(crate) async fn what_nobody_has_to_decide_is_taken_at_once(store: &(impl Store + Decisions + Measures)) {
    let case = confirmed(store, "a").await;
    let kept = store.propose(&proposed(&case, false)).await.expect("keeps").expect("it is new");
    assert_eq!((kept.measure.state, kept.measure.until), (MeasureState::Taken, Some(at(7))));
    assert_eq!(kept.turns, [Turn { state: MeasureState::Taken, by: None, at: at(0), why: None }]);
}

pub(crate) async fn a_measure_whose_cases_are_not_confirmed_any_more_is_unfounded(
    store: &(impl Store + Decisions + Measures),
) {
    let case = confirmed(store, "a").await;
    let kept = store.propose(&proposed(&case, false)).await.expect("keeps").expect("it is new");
    decide(store, &case, Some(1), Choice::Reject).await;
    assert_eq!(store.unfounded().await.expect("asks"), [], "the other violation is still confirmed");
    decide(store, &case, Some(2), Choice::Reject).await;
    assert_eq!(store.unfounded().await.expect("asks"), [kept]);
    store.turn("measure-1", &turn(MeasureState::Lifted, "wu", 1)).await.expect("turns");
    assert_eq!(store.unfounded().await.expect("asks"), []);
}

pub(crate) async fn a_measure_and_its_end_stand_in_the_ledger(store: &(impl Store + Decisions + Measures + Ledger)) {
    let case = confirmed(store, "a").await;
    store.propose(&proposed(&case, true)).await.expect("keeps");
    let told = async || {
        let told = store.untold(99).await.expect("asks");
        told.into_iter().filter(|one| one.act >= Act::Measure).collect::<Vec<_>>()
    };
    assert_eq!(told().await, [], "a proposal is nothing that was done");
    store.turn("measure-1", &turn(MeasureState::Taken, "li", 1)).await.expect("turns");
    store.turn("measure-1", &turn(MeasureState::Lifted, "wu", 2)).await.expect("turns");
    let told = told().await;
    let words: Vec<_> = told.iter().map(|one| (one.act, one.what.as_str(), one.follows.as_deref())).collect();
    assert_eq!(
        words,
        [(Act::Measure, "measure-1", Some("decision-1")), (Act::Outcome, "measure-1-lifted", Some("measure-1")),]
    );
    assert_eq!((told[0].subject.as_str(), told[0].by.as_deref()), ("one", Some("li")));
    assert_eq!((&told[0].body["step"], &told[0].body["cases"][0]), (&"suspend".into(), &case.as_str().into()));
}
