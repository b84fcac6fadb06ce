//! What every store promises of what advertisers say, and of what is said of a case in public.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta};
use model::account::Sight;
use model::event::Choice;
use model::evidence::Evidence;
use model::landing::{Known, Landing};

use super::{Appeals, Attached, NewAppeal, Outcomes};
use crate::badges::Badges;
use crate::decisions::{Decision, Decisions};
use crate::desk::Desk;
use crate::facts::suite::examine_violating;
use crate::library::{Library, NewAd};
use crate::store::{CaseId, Store, StoreError};
use crate::suite::noon;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! appeals_suite {
    ($fresh:path) => {
        $crate::appeals::suite::appeals_suite!($fresh:
            an_appeal_is_open_until_a_decision_ends_it,
            appeals_wait_in_sight_and_count_by_check,
            what_is_sent_with_an_appeal_lies_as_long_as_its_case,
            a_correction_is_said_once_and_makes_the_landing_due,
            a_badge_says_what_was_sealed,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::appeals::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use appeals_suite;

fn against(case: &CaseId, violation: Option<u64>) -> NewAppeal {
    NewAppeal { case_id: case.clone(), violation, said: "不是\0".into(), by: "shop".into(), files: Vec::new() }
}

fn decision(case: &CaseId, violation: Option<u64>, choice: Choice) -> Decision {
    Decision { case_id: case.clone(), violation, choice, reason: Some("看过了".into()), by: "li".into() }
}

pub(crate) async fn an_appeal_is_open_until_a_decision_ends_it(store: &(impl Appeals + Decisions + Store)) {
    let case = examine_violating(store, "a").await.case_id;
    store.decide(&decision(&case, Some(1), Choice::Confirm)).await.expect("decides");
    let one = store.appeal(&against(&case, Some(1))).await.expect("keeps").expect("it is new");
    assert_eq!(
        (one.number, one.appeal.said.as_str(), &one.ended),
        (1, "不是", &None),
        "what was decided before does not end it"
    );
    assert_eq!(store.appeal(&against(&case, Some(1))).await.expect("asks"), None, "one at a time");
    for about in [Some(1), None] {
        let silent = Decision { reason: Some(" ".into()), ..decision(&case, about, Choice::Confirm) };
        assert!(matches!(store.decide(&silent).await, Err(StoreError::Appealed(_))), "{about:?}");
    }
    assert!(
        !store.may_appeal(&case, Some(1)).await.expect("asks") && store.may_appeal(&case, Some(2)).await.expect("asks")
    );
    store.appeal(&against(&case, Some(2))).await.expect("keeps").expect("about another");
    store.appeal(&against(&case, None)).await.expect("keeps").expect("about all of it");
    let ended = async || {
        let appeals = store.appeals_of(&case).await.expect("reads");
        appeals.into_iter().map(|one| one.ended.map(|decided| decided.decision.choice)).collect::<Vec<_>>()
    };
    store.decide(&decision(&case, Some(1), Choice::Again)).await.expect("decides");
    assert_eq!(ended().await, [None, None, None], "another visit ends nothing");
    store.decide(&decision(&case, Some(1), Choice::Reject)).await.expect("decides");
    assert_eq!(ended().await, [Some(Choice::Reject), None, None]);
    store.decide(&decision(&case, None, Choice::Confirm)).await.expect("decides");
    assert_eq!(
        ended().await,
        [Some(Choice::Reject), Some(Choice::Confirm), Some(Choice::Confirm)],
        "the first one ends it"
    );
    let last = store.appeals_of(&case).await.expect("reads").remove(2).ended.expect("it is over");
    assert_eq!((last.decision.by.as_str(), last.decision.reason.as_deref()), ("li", Some("看过了")));
    store.appeal(&against(&case, Some(1))).await.expect("keeps").expect("a new one may follow");
    for (case, violation) in [(case.clone(), Some(3)), (CaseId("20260101T000000Z-0123456789ab".into()), None)] {
        store.may_appeal(&case, violation).await.expect_err("nor may one ask");
        let refused = store.appeal(&against(&case, violation)).await.expect_err("there is no such thing");
        assert!(matches!(refused, StoreError::NoSuchViolation { .. } | StoreError::NoSuchCase(..)), "{refused}");
    }
}

pub(crate) async fn appeals_wait_in_sight_and_count_by_check(store: &(impl Appeals + Decisions + Store + Desk)) {
    // Each is of platform `feed`.
    let a = examine_violating(store, "a").await.case_id;
    let b = examine_violating(store, "b").await.case_id;
    for (case, violation) in [(&a, Some(1)), (&a, Some(2)), (&b, None)] {
        store.appeal(&against(case, violation)).await.expect("keeps").expect("it is new");
    }
    store.decide(&decision(&a, Some(1), Choice::Reject)).await.expect("decides");
    store.decide(&decision(&a, Some(2), Choice::Confirm)).await.expect("decides");
    let all = Sight::default();
    let open = store.open_appeals(&all, None, 9).await.expect("lists");
    let told: Vec<_> = open.iter().map(|(case, appeal)| (case.ad_id.as_str(), appeal.number)).collect();
    assert_eq!(told, [("b", 3)]);
    assert_eq!(store.open_appeals(&all, Some(3), 9).await.expect("lists"), []);
    let feed = Sight { platform: Some("feed".into()), advertiser: None, region: None };
    assert_eq!(store.open_appeals(&feed, None, 9).await.expect("lists").len(), 1);
    let other = Sight { platform: Some("other".into()), advertiser: None, region: None };
    assert_eq!(store.open_appeals(&other, None, 9).await.expect("lists"), []);
    assert_eq!(store.outcomes(&other).await.expect("counts"), []);
    let total =
        store.outcomes(&all).await.expect("counts").into_iter().fold(Outcomes::default(), |sum, one| Outcomes {
            check: sum.check,
            upheld: sum.upheld + one.upheld,
            dismissed: sum.dismissed + one.dismissed,
            open: sum.open + one.open,
        });
    assert_eq!((total.upheld, total.dismissed, total.open), (1, 1, 2), "one about the whole case is one about each");
}

pub(crate) async fn what_is_sent_with_an_appeal_lies_as_long_as_its_case(store: &(impl Appeals + Store)) {
    let case = examine_violating(store, "a").await.case_id;
    let file = Evidence::new("file of an appeal", "image/png", b"\x89PNG".to_vec(), noon());
    let kept = store.keep(&file).await.expect("keeps");
    let files = vec![Attached { evidence: kept.id, media_type: "image/png".into(), bytes: 4 }];
    let appeal = NewAppeal { files: files.clone(), ..against(&case, None) };
    assert_eq!(store.appeal(&appeal).await.expect("keeps").expect("it is new").appeal.files, files);
    let far = DateTime::from_timestamp(8_000_000_000, 0).expect("a time");
    store.sweep(far, false).await.expect("sweeps");
    assert_eq!(store.read(kept.id).await.expect("it is there"), b"\x89PNG");
    store.say_corrected(&case, "shop").await.expect("says");
    store.delete(&case, "over").await.expect("deletes");
    store.sweep(far, false).await.expect("sweeps");
    assert!(store.read(kept.id).await.is_err(), "gone with its case");
    assert_eq!(
        (store.appeals_of(&case).await.expect("reads"), store.correction_of(&case).await.expect("reads")),
        (vec![], None)
    );
}

pub(crate) async fn a_correction_is_said_once_and_makes_the_landing_due(
    store: &(impl Appeals + Decisions + Store + Library),
) {
    let landing = Landing::of("https://here.test/".into(), "here.test".into());
    let ad = NewAd {
        ad_id: "a".into(),
        platform: None,
        advertiser: None,
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: landing.clone(),
        ad: "{}".into(),
        folder: "/".into(),
        files: BTreeMap::new(),
    };
    store.import(&[ad], noon()).await.expect("imports");
    let case = examine_violating(store, "a").await.case_id;
    let due = async || store.known(std::slice::from_ref(&landing.id)).await.expect("reads").remove(0);
    let known = due().await;
    let far = DateTime::from_timestamp(9_000_000_000, 0).expect("a time");
    store.looked(&Known { next_due: Some(far), ..known }).await.expect("notes");
    assert!(store.say_corrected(&case, "shop").await.expect("says"));
    assert!(due().await.next_due.is_some_and(|due| due < far - TimeDelta::days(1)), "it is due at once");
    assert!(!store.say_corrected(&case, "other").await.expect("asks"), "said once");
    assert_eq!(store.correction_of(&case).await.expect("reads").map(|(by, _)| by), Some("shop".to_owned()));
    assert_eq!(store.decisions_of(&case).await.expect("reads"), [], "it decides nothing");
}

pub(crate) async fn a_badge_says_what_was_sealed(store: &(impl Badges + Store)) {
    let case = examine_violating(store, "a").await;
    let badged = store.badged(&case.case_id).await.expect("reads").expect("it is there");
    assert_eq!((badged.ad_id.as_str(), badged.verdict.as_str(), badged.manifest), ("a", "violating", case.manifest));
    store.delete(&case.case_id, "over").await.expect("deletes");
    assert_eq!(store.badged(&case.case_id).await.expect("reads"), None);
    let key = store.badge_key("aa").await.expect("makes");
    assert_eq!((key.as_str(), store.badge_key("bb").await.expect("reads").as_str()), ("aa", "aa"), "there is one");
}
