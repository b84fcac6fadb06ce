//! What every store promises of taking away: only what is not held, only what nobody else rests on, and never without a trace.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;
use model::landing::Landing;

use super::{artefact, examine, noon, opening, outcome};
use crate::library::{AdFile, Library, NewAd};
use crate::log::Entry;
use crate::retention::Freed;
use crate::store::{CaseId, Kept, Store, StoreError, StoredCase};

/// After everything that was written, whatever the clock of the disk.
fn far_ahead() -> DateTime<Utc> {
    noon() + TimeDelta::days(365 * 300)
}

async fn rests_on(store: &impl Store, case: &CaseId) -> Vec<Kept> {
    store.rests_on(case).await.expect("reads")
}

/// Two cases that share the picture of their ad.
async fn two(store: &impl Store) -> (StoredCase, StoredCase) {
    store.remember(EvidenceId::of(b"picture of a"), b"names").await.expect("remembers");
    (examine(store, "a", 0, "first").await, examine(store, "a", 0, "second").await)
}

pub async fn a_deleted_case_is_gone_and_the_log_says_so(store: &impl Store) {
    let (first, second) = two(store).await;
    let kept = rests_on(store, &first.case_id).await;
    let alone = Freed { artefacts: 1, bytes: kept[1].bytes };
    assert_eq!(store.would_free(std::slice::from_ref(&first.case_id)).await.expect("counts"), [alone]);
    let both = store.would_free(&[first.case_id.clone(), second.case_id.clone()]).await.expect("counts");
    assert_eq!((both[0], both[1].artefacts), (alone, 2), "what both share goes with the second");
    assert_eq!(store.delete(&first.case_id, "its time is over").await.expect("deletes"), alone);

    assert_eq!(store.history(noon()).await.expect("lists"), std::slice::from_ref(&second));
    assert_eq!(store.sealed(&first.case_id).await.expect("looks"), None);
    let told = store.line(&first.case_id).await.expect_err("the line is gone");
    assert!(matches!(told, StoreError::Deleted(_)), "{told}");
    store.read(kept[0].id).await.expect("the picture is the other case's, too");
    store.read(kept[1].id).await.expect_err("the record was its own");
    assert_eq!(store.recall(EvidenceId::of(b"picture of a")).await.expect("looks"), None);
    let entries = store.logged_of(&first.case_id).await.expect("reads");
    let entry: Entry = serde_json::from_str(&entries[1].text).expect("an entry");
    let Entry::Deletion { manifest, artefacts, bytes, reason, .. } = entry else { panic!("{entry:?}") };
    assert_eq!((manifest, artefacts, bytes), (first.manifest, alone.artefacts, alone.bytes));
    assert_eq!(reason, "its time is over");
    let deleted: Vec<_> = store.deleted().await.expect("lists").into_iter().map(|(case, _)| case).collect();
    assert_eq!(deleted, std::slice::from_ref(&first.case_id));

    // The chain goes on behind it, and what was its key is free again.
    store.delete(&second.case_id, "its time is over").await.expect("deletes");
    store.read(kept[0].id).await.expect_err("nobody rests on the picture any more");
    assert_eq!(store.finished("key-a").await.expect("looks"), None);
    let third = examine(store, "a", 0, "third").await;
    assert_eq!((third.number, store.cases().await.expect("lists")), (3, vec![third.clone()]));
}

pub async fn a_case_is_deleted_once_and_only_if_it_is_there(store: &impl Store) {
    let (first, _) = two(store).await;
    store.delete(&first.case_id, "over").await.expect("deletes");
    let again = store.delete(&first.case_id, "over").await.expect_err("it is gone");
    assert!(matches!(again, StoreError::Deleted(_)), "{again}");
    let never = store.delete(&CaseId("none".into()), "over").await.expect_err("it never was");
    assert!(matches!(never, StoreError::NoSuchCase(..)), "{never}");
    assert_eq!(store.logged_as("deletion").await.expect("reads").len(), 1);
}

pub async fn a_held_case_is_not_deleted_until_it_is_released(store: &impl Store) {
    let (first, second) = two(store).await;
    store.hold(&first.case_id, "court 1 asks for it").await.expect("holds");
    store.hold(&first.case_id, "court 2 asks for it").await.expect("holds");
    let held = store.delete(&first.case_id, "over").await.expect_err("it is held");
    assert!(held.to_string().contains("postlink hold release"), "{held}");
    assert_eq!(store.line(&first.case_id).await.expect("reads"), super::line("a", "first"));
    store.delete(&second.case_id, "over").await.expect("the other one is not held");
    assert_eq!(store.release(&first.case_id, "both have ended").await.expect("releases"), 2);
    assert_eq!(store.release(&first.case_id, "again").await.expect("looks"), 0);
    store.delete(&first.case_id, "over").await.expect("deletes");
    let holds = store.holds().await.expect("lists");
    let told: Vec<_> =
        holds.iter().map(|hold| (hold.why.as_str(), &hold.released.as_ref().expect("ended").1)).collect();
    let ended = "both have ended".to_owned();
    assert_eq!(told, [("court 1 asks for it", &ended), ("court 2 asks for it", &ended)]);
    let decisions = store.logged_as("decision").await.expect("reads");
    assert_eq!(decisions.len(), 3);
    assert!(decisions.iter().all(|entry| !entry.text.contains("court")), "the log may be shown to anybody");
    let none = store.hold(&CaseId("none".into()), "why").await.expect_err("it never was");
    assert!(matches!(none, StoreError::NoSuchCase(..)), "{none}");
}

pub async fn a_sweep_takes_what_no_case_rests_on_and_is_old_enough(store: &impl Store) {
    let case = examine(store, "a", 0, "first").await;
    let orphan = store.keep(&artefact("left by a crash")).await.expect("keeps");
    let young = store.sweep(noon(), false).await.expect("sweeps");
    assert_eq!((young.found.artefacts, young.taken, young.young.artefacts), (3, Freed::default(), 1));
    store.read(orphan.id).await.expect("it is too young");
    let dry = store.sweep(far_ahead(), true).await.expect("looks");
    assert_eq!(dry.taken, Freed { artefacts: 1, bytes: orphan.bytes });
    store.read(orphan.id).await.expect("nothing is taken in a dry run");
    assert_eq!(store.sweep(far_ahead(), false).await.expect("sweeps").taken, dry.taken);
    store.read(orphan.id).await.expect_err("it is gone");
    for kept in rests_on(store, &case.case_id).await {
        store.read(kept.id).await.expect("the case is whole");
    }
    // What was taken can be kept again.
    let opened = store.begin(opening("b", 1)).await.expect("begins");
    let mut outcome = outcome("b", "first");
    outcome.evidence.push(store.keep(&artefact("left by a crash")).await.expect("keeps"));
    store.finish(opened, outcome).await.expect("finishes");
    assert_eq!(store.sweep(far_ahead(), false).await.expect("sweeps").taken, Freed::default());
}

pub async fn what_an_ad_names_is_not_taken(store: &(impl Store + Library)) {
    let case = examine(store, "a", 0, "first").await;
    let picture = rests_on(store, &case.case_id).await.remove(0);
    let creative = store.keep(&artefact("a creative")).await.expect("keeps");
    let files = [("p.png", picture.id, 1), ("c.mp4", creative.id, 2)].map(|(path, evidence, at)| {
        let file = AdFile { evidence, lay_at: format!("place-{at}"), bytes: at, changed_ns: 1 };
        (path.to_owned(), file)
    });
    let ad = NewAd {
        ad_id: "a".into(),
        platform: None,
        advertiser: None,
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: Landing::of("https://a.test/".into(), "a.test".into()),
        ad: "{}".into(),
        folder: "/ads".into(),
        files: files.into(),
    };
    store.import(std::slice::from_ref(&ad), noon()).await.expect("imports");
    assert_eq!(store.sweep(far_ahead(), false).await.expect("sweeps").taken, Freed::default());
    // The record of the case is its own; its picture is the ad's, too.
    assert_eq!(store.would_free(std::slice::from_ref(&case.case_id)).await.expect("counts")[0].artefacts, 1);
    store.delete(&case.case_id, "over").await.expect("deletes");
    for id in [picture.id, creative.id] {
        store.read(id).await.expect("the ad names it");
    }
    let bare = NewAd { files: BTreeMap::new(), ..ad };
    store.import(&[bare], noon()).await.expect("imports");
    assert_eq!(store.sweep(far_ahead(), false).await.expect("sweeps").taken.artefacts, 2);
}
