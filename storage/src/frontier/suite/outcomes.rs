//! What came of jobs: one case for each ad and round, and one leader at a time.

use model::evidence::EvidenceId;

use super::*;
use crate::outbox::Outbox;
use crate::store::{Filed, OfJob, Opened, Opening, Outcome, Store};

fn opened(ad: &str, seconds: i64) -> Opened {
    let key = EvidenceId::of(ad.as_bytes()).hex();
    Opened::of_job(Opening {
        key,
        ad_id: ad.into(),
        advertiser: None,
        platform: None,
        position: 0,
        opened_at: at(seconds),
    })
}

fn outcome(ad: &str) -> Outcome {
    let line = serde_json::json!({ "ad_id": ad, "verdict": "inconclusive" }).to_string();
    let verdict = "inconclusive".to_owned();
    Outcome { verdict, line, evidence: Vec::new(), tools: [].into(), to_stamp: Vec::new() }
}

fn of(lease: &Lease) -> OfJob {
    OfJob { job_id: lease.job_id.clone(), round: "r1".into(), token: Some(lease.token) }
}

pub async fn a_lease_that_is_taken_back_is_granted_again_at_once(store: &impl Frontier) {
    store.enqueue(&[job("a", "a.test")]).await.expect("enqueues");
    let first = grant(store, at(0)).await.remove(0);
    let lost = store.reap(DateTime::<Utc>::MAX_UTC, at(5)).await.expect("reaps");
    assert_eq!(lost.len(), 1, "its deadline has not passed");
    let second = grant(store, at(5)).await.remove(0);
    assert!(second.token > first.token && second.attempt == 2, "{second:?}");
}

/// How many events have come since the last time.
async fn told(store: &impl Outbox) -> u64 {
    store.spread(&[], at(0), 99).await.expect("spreads")
}

pub async fn an_ad_has_one_case_in_a_round(store: &(impl Frontier + Store + Outbox)) {
    store.enqueue(&[job("a", "a.test"), job("b", "b.test")]).await.expect("enqueues");
    let leases = grant(store, at(0)).await;
    let [first, second] = &leases[..] else { panic!("two leases") };
    let filed = store.finish_for(&of(first), opened("x", 1), outcome("x")).await.expect("files");
    let Filed::Recorded(case) = filed else { panic!("recorded") };
    assert_eq!(told(store).await, 1);
    for (lease, seconds) in [(first, 2), (second, 3)] {
        let again = store.finish_for(&of(lease), opened("x", seconds), outcome("x")).await.expect("files");
        assert_eq!(again, Filed::Known, "whichever job brings it");
    }
    assert_eq!(told(store).await, 0, "what counts for nothing is told to nobody");
    assert_eq!(store.cases_of_round("r1").await.expect("reads"), [case.case_id]);
    let other_round = OfJob { round: "r2".into(), ..of(second) };
    let filed = store.finish_for(&other_round, opened("x", 4), outcome("x")).await.expect("files");
    assert!(matches!(filed, Filed::Recorded(_)), "{filed:?}");
    assert_eq!(store.history(at(0)).await.expect("reads").len(), 2, "nothing was written for those that were refused");
}

pub async fn a_case_whose_lease_has_ended_is_not_recorded(store: &(impl Frontier + Store + Outbox)) {
    store.enqueue(&[job("a", "a.test")]).await.expect("enqueues");
    let first = grant(store, at(0)).await.remove(0);
    store.reap(at(61), at(61)).await.expect("reaps");
    let late = store.finish_for(&of(&first), opened("x", 62), outcome("x")).await.expect("files");
    assert_eq!(late, Filed::Late);
    let second = grant(store, at(63)).await.remove(0);
    let still = store.finish_for(&of(&first), opened("x", 64), outcome("x")).await.expect("files");
    assert_eq!(still, Filed::Late, "the token of before");
    assert_eq!(told(store).await, 0, "what came late is told to nobody");
    let filed = store.finish_for(&of(&second), opened("x", 65), outcome("x")).await.expect("files");
    assert!(matches!(filed, Filed::Recorded(_)), "{filed:?}");
    store.cancel("r1", at(66)).await.expect("cancels");
    let cancelled = store.finish_for(&of(&second), opened("y", 67), outcome("y")).await.expect("files");
    assert_eq!(cancelled, Filed::Late);
}

pub async fn a_job_that_was_given_up_is_told_once(store: &(impl Frontier + Store)) {
    store.enqueue(&[job("a", "a.test")]).await.expect("enqueues");
    let lease = grant(store, at(0)).await.remove(0);
    let given_up = OfJob { token: None, ..of(&lease) };
    let early = store.finish_for(&given_up, opened("x", 1), outcome("x")).await.expect("files");
    assert_eq!(early, Filed::Late, "it is under way");
    let hopeless = Failed { retry_in: None, ..failed(&lease, false) };
    store.fail(&hopeless, at(2)).await.expect("fails");
    let told = store.given_up(9).await.expect("reads");
    let [job] = &told[..] else { panic!("one job") };
    assert_eq!((job.round.as_str(), job.reason.as_str(), job.attempts), ("r1", "timeout", 1));
    assert!(!store.progress("r1").await.expect("reads").is_over(), "its ads do not know yet");
    let filed = store.finish_for(&given_up, opened("x", 3), outcome("x")).await.expect("files");
    assert!(matches!(filed, Filed::Recorded(_)), "{filed:?}");
    store.settle("a", "{}").await.expect("settles");
    assert!(store.given_up(9).await.expect("reads").is_empty());
    let progress = store.progress("r1").await.expect("reads");
    assert!(progress.is_over() && progress.dead == 1, "{progress:?}");
}

pub async fn one_leads_until_it_is_not_heard_of(store: &impl Frontier) {
    let lead = |who: &'static str, seconds| store.lead("dispatch", who, at(seconds), TimeDelta::seconds(10));
    assert!(lead("one", 0).await.expect("asks"));
    assert!(!lead("two", 5).await.expect("asks"));
    assert!(lead("one", 9).await.expect("asks"), "it goes on");
    assert!(!lead("two", 19).await.expect("asks"));
    assert!(lead("two", 20).await.expect("asks"), "the other was not heard of");
    assert!(!lead("one", 21).await.expect("asks"));
    assert!(store.lead("record", "one", at(21), TimeDelta::seconds(10)).await.expect("asks"), "another role");
}
