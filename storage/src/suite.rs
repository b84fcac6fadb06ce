//! Every promise of [`Store`], once, as functions that each back end's tests call on a fresh store.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use model::ad::{Ad, Whose};
use model::case::{Case, Verdict};
use model::evidence::{Evidence, EvidenceId};
use model::landing::Landing;

use crate::library::{Library, NewAd};
use crate::store::{Opening, Outcome, Store, StoreError, StoredCase};

mod log;
mod retention;
mod stamps;

pub mod nats;
pub mod postgres;
pub mod s3;

pub use log::*;
pub use retention::*;
pub use stamps::*;

/// Makes a test of each promise: `storage_suite!(temporary)`, where `temporary().await` gives a pair of a fresh store
/// and whatever must live as long as it. `storage_suite!(named, within servers)` makes one test of all of them, for stores
/// whose servers are slow to start: `named(&servers(), "name")` gives each promise a fresh store there.
#[macro_export]
macro_rules! storage_suite {
    ($fresh:path $(, within $servers:path)?) => {
        $crate::storage_suite!($fresh $(, within $servers)?:
            what_was_kept_is_given_back,
            keeping_twice_is_keeping_once,
            what_was_never_kept_cannot_be_read,
            a_part_is_given_back_as_it_lies_there,
            a_begun_case_leaves_no_trace,
            a_finished_case_is_found_by_its_key,
            a_case_without_its_evidence_is_refused_whole,
            a_line_break_in_a_line_is_refused,
            cases_come_in_the_order_of_the_ads_file,
            an_ad_examined_again_counts_once_and_keeps_both,
            each_case_has_its_own_id_and_number,
            many_at_once_make_one_chain,
            a_reading_is_recalled_under_its_key_alone,
            history_holds_every_case_since_a_moment,
            a_case_says_what_it_rests_on,
            what_was_found_before_is_of_other_ads_of_the_advertiser,
            a_landing_is_known_by_its_advertiser,
            a_sealed_case_is_logged_in_the_order_of_sealing,
            a_package_is_logged_with_its_case,
            a_case_that_is_refused_leaves_no_entry,
            an_entry_keeps_its_place_and_its_bytes,
            many_at_once_make_one_log,
            a_proof_leads_from_each_entry_to_the_checkpoint,
            tiles_stand_for_their_entries_and_are_made_once,
            a_checkpoint_is_kept_once,
            what_is_to_be_stamped_waits_with_its_case,
            a_stamp_is_kept_once_and_not_replaced,
            what_was_not_stamped_waits_for_its_time,
            each_issue_of_a_list_is_kept_once,
            a_deleted_case_is_gone_and_the_log_says_so,
            a_case_is_deleted_once_and_only_if_it_is_there,
            a_held_case_is_not_deleted_until_it_is_released,
            a_sweep_takes_what_no_case_rests_on_and_is_old_enough,
            what_an_ad_names_is_not_taken,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::suite::$promise(&store).await;
        })*
    };
    ($fresh:path, within $servers:path: $($promise:ident,)*) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_promise_is_kept() {
            let servers = $servers();
            $({
                let store = $fresh(&servers, stringify!($promise)).await;
                $crate::suite::$promise(&store).await;
            })*
        }
    };
}

pub async fn what_was_kept_is_given_back(store: &impl Store) {
    let picture = artefact("picture");
    let kept = store.keep(&picture).await.expect("keeps");
    assert_eq!((kept.id, kept.bytes, kept.what.as_str()), (picture.id(), 7, "page picture"));
    assert_eq!(store.read(kept.id).await.expect("reads"), b"picture");
}

pub async fn keeping_twice_is_keeping_once(store: &impl Store) {
    let first = store.keep(&artefact("picture")).await.expect("keeps");
    assert_eq!(store.keep(&artefact("picture")).await.expect("keeps again"), first);
}

pub async fn what_was_never_kept_cannot_be_read(store: &impl Store) {
    let error = store.read(EvidenceId::of(b"nothing")).await.expect_err("there is nothing to read");
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
}

pub async fn a_part_is_given_back_as_it_lies_there(store: &impl Store) {
    let kept = store.keep(&artefact("picture")).await.expect("keeps");
    assert_eq!(store.read_part(kept.id, 0..3).await.expect("reads"), b"pic");
    assert_eq!(store.read_part(kept.id, 3..7).await.expect("reads"), b"ture");
    let error = store.read_part(EvidenceId::of(b"nothing"), 0..1).await.expect_err("there is nothing to read");
    assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
}

pub async fn a_reading_is_recalled_under_its_key_alone(store: &impl Store) {
    let (one, other) = (EvidenceId::of(b"one"), EvidenceId::of(b"other"));
    assert_eq!(store.recall(one).await.expect("looks"), None);
    store.remember(one, b"\0 first").await.expect("remembers");
    store.remember(one, b"second").await.expect("remembers what was read anew");
    assert_eq!(store.recall(one).await.expect("looks").as_deref(), Some(&b"second"[..]));
    assert_eq!(store.recall(other).await.expect("looks"), None);
}

pub async fn a_begun_case_leaves_no_trace(store: &impl Store) {
    store.begin(opening("a", 0)).await.expect("begins");
    assert_eq!(store.finished("key-a").await.expect("looks"), None);
    assert_eq!(store.cases().await.expect("lists"), []);
}

pub async fn a_finished_case_is_found_by_its_key(store: &impl Store) {
    let case = examine(store, "a", 4, "first").await;
    assert_eq!((case.number, case.ad_id.as_str(), case.position, case.verdict.as_str()), (1, "a", 4, "inconclusive"));
    assert_eq!(store.finished("key-a").await.expect("looks"), Some(case.clone()));
    assert_eq!(store.line(&case.case_id).await.expect("reads"), line("a", "first"));
    assert_eq!(store.finished("key-b").await.expect("looks"), None);
}

pub async fn a_case_without_its_evidence_is_refused_whole(store: &impl Store) {
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let mut outcome = outcome("a", "first");
    outcome.evidence.push(crate::store::Kept::of(&artefact("never kept")));
    let error = store.finish(opened, outcome).await.expect_err("the evidence is not there");
    assert!(matches!(error, StoreError::NotKept { .. }), "{error}");
    assert_eq!(store.cases().await.expect("lists"), []);
}

pub async fn a_line_break_in_a_line_is_refused(store: &impl Store) {
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let error = store.finish(opened, outcome("a", "first\nsecond")).await.expect_err("two lines");
    assert!(matches!(error, StoreError::NotOneLine(_)), "{error}");
}

pub async fn cases_come_in_the_order_of_the_ads_file(store: &impl Store) {
    for (ad, position) in [("c", 2), ("a", 0), ("b", 1), ("z", 1)] {
        examine(store, ad, position, "first").await;
    }
    let ads: Vec<_> = store.cases().await.expect("lists").into_iter().map(|case| case.ad_id).collect();
    assert_eq!(ads, ["a", "b", "z", "c"]);
}

pub async fn an_ad_examined_again_counts_once_and_keeps_both(store: &impl Store) {
    let first = examine(store, "a", 0, "first").await;
    let second = examine(store, "a", 0, "second").await;
    assert_eq!(store.cases().await.expect("lists"), std::slice::from_ref(&second));
    assert_eq!(store.finished("key-a").await.expect("looks"), Some(second.clone()));
    assert_eq!(store.line(&first.case_id).await.expect("reads"), line("a", "first"));
    assert_eq!(store.line(&second.case_id).await.expect("reads"), line("a", "second"));
}

pub async fn each_case_has_its_own_id_and_number(store: &impl Store) {
    let first = examine(store, "a", 0, "same").await;
    let second = examine(store, "a", 0, "same").await;
    assert_ne!(first.case_id, second.case_id);
    assert_ne!(first.manifest, second.manifest);
    assert_eq!((first.number, second.number), (1, 2));
    assert_eq!(store.sealed(&first.case_id).await.expect("looks"), Some(first));
}

pub async fn many_at_once_make_one_chain(store: &impl Store) {
    let ads = ["a", "b", "c", "d", "e", "f"];
    let all = ads.iter().zip(0..).map(|(ad, position)| examine(store, ad, position, "first"));
    let mut numbers: Vec<_> = futures_util::future::join_all(all).await.iter().map(|case| case.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
}

pub async fn history_holds_every_case_since_a_moment(store: &impl Store) {
    let first = examine(store, "a", 0, "first").await;
    let second = examine(store, "a", 0, "second").await;
    assert_eq!(store.history(noon()).await.expect("lists"), [first, second]);
    assert_eq!(store.history(noon() + TimeDelta::seconds(1)).await.expect("lists"), []);
}

pub async fn a_case_says_what_it_rests_on(store: &impl Store) {
    let case = examine(store, "a", 0, "first").await;
    let ids: Vec<_> = store.rests_on(&case.case_id).await.expect("reads").into_iter().map(|kept| kept.id).collect();
    let manifest = store.manifest(&case.case_id).await.expect("reads");
    assert_eq!(EvidenceId::of(manifest.as_bytes()), case.manifest);
    assert_eq!(ids, ["picture of a", "record of a: first"].map(|text| EvidenceId::of(text.as_bytes())));
}

pub async fn what_was_found_before_is_of_other_ads_of_the_advertiser(store: &impl Store) {
    let feed = Some("feed");
    for (ad, platform, advertiser, hours, verdict) in [
        ("a", feed, "one", 0, Verdict::Violating),
        ("b", feed, "one", 1, Verdict::Violating),
        ("b", feed, "one", 2, Verdict::Violating),
        ("c", feed, "one", 3, inconclusive()),
        ("d", feed, "other", 3, Verdict::Violating),
        ("e", feed, "one", 9, Verdict::Violating),
        ("f", Some("search"), "one", 4, Verdict::Violating),
        ("g", None, "one", 5, Verdict::Violating),
    ] {
        let opened_at = noon() + TimeDelta::hours(hours);
        let opening = Opening { opened_at, ..opening_of(ad, platform, advertiser) };
        let opened = store.begin(opening).await.expect("begins");
        let line = line_of(ad, platform);
        store
            .finish(opened, Outcome { verdict: verdict.word().to_owned(), line, ..outcome(ad, "found") })
            .await
            .expect("finishes");
    }
    let found = async |platform: Option<&str>, other_than| {
        let whose = Whose { platform: platform.map(ToOwned::to_owned), advertiser: "one".into() };
        let found = store.found_before(&whose, other_than, noon() + TimeDelta::hours(9)).await.expect("looks");
        found.into_iter().map(|at| (at - noon()).num_hours()).collect::<Vec<_>>()
    };
    assert_eq!(found(feed, "x").await, [0, 2]);
    assert_eq!(found(feed, "a").await, [2]);
    assert_eq!(found(Some("search"), "x").await, [4], "another platform gave the same id to another one");
    assert_eq!(found(None, "x").await, [5]);
    assert_eq!(found(Some("nowhere"), "x").await, [0; 0]);
}

pub async fn a_landing_is_known_by_its_advertiser(store: &(impl Store + Library)) {
    let ad = |id: &str, advertiser: Option<&str>, landing: &str| NewAd {
        ad_id: id.into(),
        platform: None,
        advertiser: advertiser.map(ToOwned::to_owned),
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: Landing::of(format!("https://{landing}.test/"), format!("{landing}.test")),
        ad: "{}".into(),
        folder: "/".into(),
        files: BTreeMap::new(),
    };
    let hours = |hours: i64| noon() + TimeDelta::hours(hours);
    store.import(&[ad("a", Some("one"), "here"), ad("x", None, "here")], hours(-9)).await.expect("imports");
    store.import(&[ad("b", Some("one"), "there"), ad("c", Some("one"), "there")], hours(-5)).await.expect("imports");
    store.import(&[ad("d", Some("other"), "else"), ad("e", None, "nobody")], hours(-4)).await.expect("imports");
    let known = |landing: &str| {
        let id = Landing::of(format!("https://{landing}.test/"), String::new()).id;
        async move { store.known(&[id]).await.expect("reads").remove(0).advertiser_since }
    };
    assert_eq!(known("here").await, Some(hours(-9)));
    assert_eq!(known("there").await, Some(hours(-9)), "since its first ad");
    assert_eq!(known("else").await, Some(hours(-4)));
    assert_eq!(known("nobody").await, None);
}

/// Examines an ad of this name, from the first artefact to the last row.
pub async fn examine(store: &impl Store, ad: &str, position: u64, said: &str) -> StoredCase {
    attempt(store, ad, position, said).await.expect("examines")
}

/// The same where it may fail.
pub async fn attempt(store: &impl Store, ad: &str, position: u64, said: &str) -> Result<StoredCase, StoreError> {
    attempt_as(store, opening(ad, position), said, false).await
}

/// The same for an ad of this advertiser of a platform.
pub async fn attempt_of(
    store: &impl Store,
    platform: &str,
    advertiser: &str,
    ad: &str,
) -> Result<StoredCase, StoreError> {
    attempt_as(store, opening_of(ad, Some(platform), advertiser), "first", false).await
}

fn opening_of(ad: &str, platform: Option<&str>, advertiser: &str) -> Opening {
    let platform = platform.map(ToOwned::to_owned);
    Opening { advertiser: Some(advertiser.into()), platform, ..opening(ad, 0) }
}

/// A line that says of which platform an ad is.
fn line_of(ad: &str, platform: Option<&str>) -> String {
    serde_json::json!({ "ad": { "ad_id": ad, "click_url": "https://a.test/", "platform": platform } }).to_string()
}

/// Examines an ad of this name, and keeps its package.
pub async fn examine_packaged(store: &impl Store, ad: &str, position: u64) -> StoredCase {
    attempt_as(store, opening(ad, position), "first", true).await.expect("examines")
}

async fn attempt_as(
    store: &impl Store,
    opening: Opening,
    said: &str,
    packaged: bool,
) -> Result<StoredCase, StoreError> {
    let (ad, platform) = (opening.ad_id.clone(), opening.platform.clone());
    let opened = store.begin(opening).await?;
    let mut outcome = outcome(&ad, said);
    if platform.is_some() {
        outcome.line = line_of(&ad, platform.as_deref());
    }
    for what in [format!("picture of {ad}"), format!("record of {ad}: {said}")] {
        outcome.evidence.push(store.keep(&artefact(&what)).await?);
    }
    if packaged {
        let bytes = format!("package of {ad}").into_bytes();
        let package = Evidence::new(crate::evidence::PACKAGE, "application/wacz", bytes, noon());
        outcome.evidence.push(store.keep(&package).await?);
    }
    store.finish(opened, outcome).await
}

pub fn line(ad: &str, said: &str) -> String {
    serde_json::json!({ "ad_id": ad, "verdict": "inconclusive", "said": said }).to_string()
}

fn artefact(text: &str) -> Evidence {
    Evidence::new("page picture", "image/webp", text.as_bytes().to_vec(), noon())
}

pub(crate) fn opening(ad: &str, position: u64) -> Opening {
    Opening {
        key: format!("key-{ad}"),
        ad_id: ad.into(),
        advertiser: None,
        platform: None,
        position,
        opened_at: noon(),
    }
}

pub(crate) fn outcome(ad: &str, said: &str) -> Outcome {
    let line = if said.contains('\n') { said.to_owned() } else { line(ad, said) };
    let tools = [("postlink".to_owned(), "0.1.0".to_owned())].into();
    Outcome { verdict: inconclusive().word().to_owned(), line, evidence: Vec::new(), tools, to_stamp: Vec::new() }
}

/// A case that nobody looked at: the only verdict that can be had without a whole examination.
fn inconclusive() -> Verdict {
    let ad: Ad =
        serde_json::from_value(serde_json::json!({ "ad_id": "a", "click_url": "https://a.test/" })).expect("an ad");
    Case::open(ad, EvidenceId::of(b"ad"), noon()).verdict()
}

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(12)
}
