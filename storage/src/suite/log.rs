//! What every log promises: each case is in it once, in order, and nothing in it ever moves.

use model::evidence::EvidenceId;

use super::{artefact, examine, noon, opening, outcome};
use crate::log::checkpoint::Checkpoint;
use crate::log::{Entry, Logged, proof, tiles, tree};
use crate::store::{Kept, Opened, Store};

pub async fn a_sealed_case_is_logged_in_the_order_of_sealing(store: &impl Store) {
    assert_eq!(store.log_size().await.expect("counts"), 0);
    let cases = [examine(store, "a", 0, "first").await, examine(store, "b", 1, "first").await];
    let entries = store.logged(0, 10).await.expect("reads");
    assert_eq!((entries.len(), store.log_size().await.expect("counts")), (2, 2));
    for (case, entry) in cases.iter().zip(&entries) {
        assert_eq!(entry.index, case.number - 1);
        let expected = Entry::Case {
            case_id: case.case_id.clone(),
            manifest: case.manifest,
            package: None,
            verdict: case.verdict.clone(),
            at: case.sealed_at,
        };
        assert_eq!((entry.text.as_str(), entry.hash), (expected.text().as_str(), expected.hash()));
        assert_eq!(store.logged_of(&case.case_id).await.expect("reads"), std::slice::from_ref(entry));
    }
}

pub async fn a_package_is_logged_with_its_case(store: &impl Store) {
    let Opened { case_id, opening } = store.begin(opening("a", 0)).await.expect("begins");
    let package = store.keep(&artefact("all of it")).await.expect("keeps");
    let package = Kept { what: "package".into(), ..package };
    let mut outcome = outcome("a", "first");
    outcome.evidence.push(package.clone());
    store.finish(Opened { case_id: case_id.clone(), opening }, outcome).await.expect("finishes");
    let entry = store.logged_of(&case_id).await.expect("reads").remove(0);
    assert!(entry.text.contains(&format!("\"package\":\"{}\"", package.id)), "{}", entry.text);
}

pub async fn a_case_that_is_refused_leaves_no_entry(store: &impl Store) {
    let opened = store.begin(opening("a", 0)).await.expect("begins");
    let mut refused = outcome("a", "first");
    refused.evidence.push(Kept::of(&artefact("never kept")));
    store.finish(opened.clone(), refused).await.expect_err("the evidence is not there");
    assert_eq!(store.log_size().await.expect("counts"), 0);
    store.finish(opened.clone(), outcome("a", "first")).await.expect("finishes");
    store.finish(opened, outcome("a", "first")).await.expect_err("it is there already");
    assert_eq!(store.log_size().await.expect("counts"), 1);
}

pub async fn an_entry_keeps_its_place_and_its_bytes(store: &impl Store) {
    let case = examine(store, "a", 0, "first").await;
    let decided = decision(&case.case_id, "第一次 \"upheld\"\n");
    let put = store.append(&decided).await.expect("appends");
    assert_eq!((put.index, put.hash), (1, tree::leaf(decided.text().as_bytes())));
    let before = store.logged(0, 10).await.expect("reads");
    for ad in ["b", "c"] {
        examine(store, ad, 1, "first").await;
        store.append(&decided).await.expect("appends the same again");
    }
    let after = store.logged(0, 10).await.expect("reads");
    assert_eq!((&after[..2], after.len()), (&before[..], 6));
    assert_eq!(store.logged(1, 2).await.expect("reads"), after[1..3]);
    let hashes: Vec<_> = after.iter().map(|entry| entry.hash).collect();
    assert_eq!(store.hashes(0, 0, 6).await.expect("reads"), hashes);
    assert_eq!(store.hashes(0, 2, 3).await.expect("reads"), hashes[2..5]);
    store.hashes(0, 0, 7).await.expect_err("there are not so many");
    store.hashes(1, 0, 1).await.expect_err("there is no tile yet");
}

pub async fn many_at_once_make_one_log(store: &impl Store) {
    let case = examine(store, "z", 0, "first").await.case_id;
    let examined = (1..6).map(|at| async move { drop(examine(store, &format!("ad {at}"), at, "first").await) });
    let decided = (0..12).map(|at| {
        let entry = decision(&case, &format!("decision {at}"));
        async move { drop(store.append(&entry).await.expect("appends")) }
    });
    futures_util::future::join(futures_util::future::join_all(examined), futures_util::future::join_all(decided)).await;
    let entries = store.logged(0, 100).await.expect("reads");
    assert_eq!(entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), (0..18).collect::<Vec<_>>());
    let mut texts: Vec<_> = entries.iter().map(|entry| entry.text.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 18);
    assert!(entries.iter().all(|Logged { text, hash, .. }| tree::leaf(text.as_bytes()) == *hash));
    // The log has the order of the chain of manifests.
    let history = store.history(chrono::DateTime::UNIX_EPOCH).await.expect("lists");
    let sealed = store.logged_as("case").await.expect("reads");
    for (case, entry) in history.iter().zip(&sealed) {
        assert!(entry.text.contains(case.case_id.as_str()));
    }
    assert_eq!((history.len(), sealed.len()), (6, 6));
}

pub async fn a_proof_leads_from_each_entry_to_the_checkpoint(store: &impl Store) {
    let mut cases = Vec::new();
    for at in 0..5 {
        cases.push(examine(store, &format!("ad {at}"), at, "first").await.case_id);
    }
    assert_eq!(proof::of_case(store, &cases[0]).await.expect("reads"), None);
    let (first, second) = (checkpoint(store).await, {
        store.append(&decision(&cases[1], "upheld")).await.expect("appends");
        checkpoint(store).await
    });
    let proof = proof::of_case(store, &cases[1]).await.expect("reads").expect("it is under a checkpoint");
    assert_eq!(proof.entries.iter().map(|proven| proven.entry.index).collect::<Vec<_>>(), [1, 5]);
    for proven in &proof.entries {
        assert!(proven.inclusion.holds_for(proven.entry.text.as_bytes()));
        assert!(!proven.inclusion.holds_for(b"something else"));
        assert_eq!((proven.inclusion.size, &proven.inclusion.root), (6, &second.root.to_string()));
    }
    let growth = proof::of_growth(store, 5, 6).await.expect("reads").expect("it has grown");
    assert!(tree::is_consistent((5, first.root), (6, second.root), &growth));
    let later = examine(store, "later", 9, "first").await.case_id;
    assert_eq!(proof::of_case(store, &later).await.expect("reads"), None);
}

pub async fn tiles_stand_for_their_entries_and_are_made_once(store: &impl Store) {
    let case = examine(store, "a", 0, "first").await.case_id;
    for at in 1..600 {
        store.append(&decision(&case, &format!("decision {at}"))).await.expect("appends");
    }
    let hashes = store.hashes(0, 0, 600).await.expect("reads");
    for size in [255, 256, 300, 600, 600] {
        tiles::extend(store, size).await.expect("makes");
        assert_eq!(store.tiles(1).await.expect("counts"), size / 256);
        let root = tiles::root(store, size).await.expect("reads");
        assert_eq!(root, tree::root(&hashes[..usize::try_from(size).expect("few")]));
    }
    let tiles = store.hashes(1, 0, 2).await.expect("reads");
    assert_eq!(tiles, [tree::root(&hashes[..256]), tree::root(&hashes[256..512])]);
    store.keep_tiles(1, 0, &hashes[..1]).await.expect("leaves what is there");
    assert_eq!(store.hashes(1, 0, 2).await.expect("reads"), tiles);
}

pub async fn a_checkpoint_is_kept_once(store: &impl Store) {
    examine(store, "a", 0, "first").await;
    let one = checkpoint(store).await;
    assert_eq!(checkpoint(store).await, one);
    examine(store, "b", 1, "first").await;
    let other = checkpoint(store).await;
    let kept = store.checkpoints().await.expect("reads");
    assert_eq!(kept.iter().map(|kept| kept.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!([&kept[0].note, &kept[1].note], [&one.unsigned().text(), &other.unsigned().text()]);
}

async fn checkpoint(store: &impl Store) -> Checkpoint {
    let size = store.log_size().await.expect("counts");
    let root = tiles::root(store, size).await.expect("reads");
    let checkpoint = Checkpoint { origin: "log.test".into(), size, root };
    store.keep_checkpoint(&checkpoint.clone().unsigned()).await.expect("keeps");
    checkpoint
}

fn decision(case: &crate::store::CaseId, decision: &str) -> Entry {
    Entry::Decision {
        case_id: case.clone(),
        decision: decision.into(),
        record: EvidenceId::of(decision.as_bytes()),
        at: noon(),
    }
}
