//! Every promise of [`Frontier`], once, as functions that each back end's tests call on a fresh one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::*;

mod outcomes;

pub use outcomes::*;

/// Makes a test of each promise, as `storage_suite!` does for stores.
#[macro_export]
macro_rules! frontier_suite {
    ($fresh:path) => {
        $crate::frontier_suite!($fresh:
            a_job_is_enqueued_once,
            the_most_urgent_job_of_a_free_host_goes_first,
            a_host_is_visited_by_one_job_at_a_time,
            a_job_holds_both_of_its_hosts,
            who_waits_for_a_second_host_stands_in_nobodys_way,
            a_host_is_left_alone_for_as_long_as_is_its_pace,
            a_pool_gets_its_own_jobs_only,
            a_job_that_is_not_ready_waits_and_does_not_hold_up_others,
            a_lease_that_ended_gives_its_job_back_and_fences_who_held_it,
            an_outcome_is_recorded_once,
            a_job_that_fails_is_tried_again_later_and_dies_in_the_end,
            a_host_that_fails_again_and_again_is_left_alone,
            a_job_that_no_worker_survives_dies_in_the_end,
            a_round_is_paused_and_goes_on,
            a_cancelled_round_ends_and_what_is_under_way_is_late,
            many_at_once_grant_each_job_once_and_never_two_of_a_host,
            a_lease_that_is_taken_back_is_granted_again_at_once,
            an_ad_has_one_case_in_a_round,
            a_case_whose_lease_has_ended_is_not_recorded,
            a_job_that_was_given_up_is_told_once,
            one_leads_until_it_is_not_heard_of,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (frontier, _held) = $fresh().await;
            $crate::frontier::suite::$promise(&frontier).await;
        })*
    };
}

const LASTS: TimeDelta = TimeDelta::seconds(60);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
}

fn job(id: &str, host: &str) -> NewJob {
    NewJob {
        job_id: id.to_owned(),
        round: "r1".to_owned(),
        host: host.to_owned(),
        also: None,
        pool: "cn.phone".to_owned(),
        priority: 0,
        ready_at: at(0),
        most_attempts: 3,
        work: format!("{{\"of\":\"{id}\"}}"),
    }
}

fn done(lease: &Lease) -> Done {
    Done {
        job_id: lease.job_id.clone(),
        token: lease.token,
        worker: "w1".to_owned(),
        outcome: "{}".to_owned(),
        pause: TimeDelta::zero(),
    }
}

fn failed(lease: &Lease, by_host: bool) -> Failed {
    Failed {
        job_id: lease.job_id.clone(),
        token: lease.token,
        worker: "w1".to_owned(),
        reason: "timeout".to_owned(),
        retry_in: Some(TimeDelta::seconds(10)),
        by_host,
        pause: TimeDelta::zero(),
    }
}

async fn grant(frontier: &impl Frontier, now: DateTime<Utc>) -> Vec<Lease> {
    frontier.grant("cn.phone", now, LASTS, 100).await.expect("grants")
}

async fn one(frontier: &impl Frontier, now: DateTime<Utc>) -> Lease {
    let mut leases = grant(frontier, now).await;
    assert_eq!(leases.len(), 1, "{leases:?}");
    leases.remove(0)
}

fn ids(leases: &[Lease]) -> Vec<&str> {
    leases.iter().map(|lease| lease.job_id.as_str()).collect()
}

pub async fn a_job_is_enqueued_once(frontier: &impl Frontier) {
    let jobs = [job("a", "a.test"), job("b", "b.test"), job("a", "a.test")];
    assert_eq!(frontier.enqueue(&jobs).await.expect("enqueues"), 2);
    assert_eq!(frontier.enqueue(&jobs).await.expect("enqueues"), 0);
    let leases = grant(frontier, at(0)).await;
    assert_eq!(leases.len(), 2);
    for lease in &leases {
        assert_eq!(lease.work, format!("{{\"of\":\"{}\"}}", lease.job_id));
        assert_eq!((lease.attempt, lease.until), (1, at(60)));
        frontier.complete(&done(lease), at(1)).await.expect("completes");
    }
    assert_eq!(frontier.enqueue(&jobs).await.expect("enqueues"), 0, "done is done");
    assert_eq!(grant(frontier, at(2)).await, []);
    let progress = frontier.progress("r1").await.expect("counts");
    assert_eq!(progress, Progress { done: 2, ..Progress::default() });
    assert!(progress.is_over());
}

pub async fn the_most_urgent_job_of_a_free_host_goes_first(frontier: &impl Frontier) {
    let urgent = NewJob { priority: 9, ..job("urgent", "a.test") };
    let early = NewJob { ready_at: at(-10), ..job("early", "b.test") };
    frontier.enqueue(&[job("late", "a.test"), job("usual", "c.test"), early, urgent]).await.expect("enqueues");
    let first = frontier.grant("cn.phone", at(0), LASTS, 2).await.expect("grants");
    assert_eq!(ids(&first), ["urgent", "early"]);
    assert_eq!(ids(&grant(frontier, at(0)).await), ["usual"]);
    frontier.complete(&done(&first[0]), at(1)).await.expect("completes");
    assert_eq!(ids(&grant(frontier, at(1)).await), ["late"]);
}

pub async fn a_host_is_visited_by_one_job_at_a_time(frontier: &impl Frontier) {
    frontier.enqueue(&[job("1", "a.test"), job("2", "a.test"), job("3", "a.test")]).await.expect("enqueues");
    for expected in ["1", "2", "3"] {
        let lease = one(frontier, at(0)).await;
        assert_eq!((lease.job_id.as_str(), lease.host.as_str()), (expected, "a.test"));
        assert_eq!(grant(frontier, at(30)).await, [], "somebody is there");
        frontier.complete(&done(&lease), at(0)).await.expect("completes");
    }
}

/// One that is known to end elsewhere.
fn leading(id: &str, host: &str, also: &str, priority: i64) -> NewJob {
    NewJob { also: Some(also.to_owned()), priority, ..job(id, host) }
}

pub async fn a_job_holds_both_of_its_hosts(frontier: &impl Frontier) {
    let jobs = [
        leading("1", "r0.test", "land.test", 9),
        leading("2", "r1.test", "land.test", 8),
        NewJob { priority: 7, ..job("3", "land.test") },
        leading("4", "land.test", "r0.test", 6),
        job("5", "free.test"),
    ];
    frontier.enqueue(&jobs).await.expect("enqueues");
    let leases = grant(frontier, at(0)).await;
    assert_eq!(ids(&leases), ["1", "5"]);
    // Both are left alone as long as is their pace.
    let slow = Done { pause: TimeDelta::seconds(5), ..done(&leases[0]) };
    frontier.complete(&slow, at(10)).await.expect("completes");
    assert_eq!(grant(frontier, at(14)).await, []);
    let second = one(frontier, at(15)).await;
    assert_eq!((second.job_id.as_str(), second.host.as_str()), ("2", "r1.test"));
    // A lease that ended frees both, and one that fails blames both.
    frontier.complete(&done(&leases[1]), at(15)).await.expect("completes");
    assert_eq!(frontier.reap(at(76), at(76)).await.expect("reaps").len(), 1);
    let mut now = at(76);
    for _ in 0..2 {
        let again = one(frontier, now).await;
        assert_eq!(again.job_id, "2");
        let blamed = Failed { retry_in: Some(TimeDelta::zero()), ..failed(&again, true) };
        frontier.fail(&blamed, now).await.expect("fails");
        now += TimeDelta::seconds(1);
    }
    let third = one(frontier, now).await;
    assert_eq!(third.job_id, "3");
    frontier.fail(&Failed { retry_in: None, ..failed(&third, true) }, now).await.expect("fails");
    assert_eq!(
        grant(frontier, now + TimeDelta::seconds(59)).await,
        [],
        "the second host has failed three times in a row"
    );
    now += TimeDelta::seconds(60);
    let last = one(frontier, now).await;
    assert_eq!(last.job_id, "4");
    // Its worker does not know that it is cancelled: both are kept until the lease ends.
    frontier.cancel("r1", now).await.expect("cancels");
    for (id, host) in [("6", "r0.test"), ("7", "land.test")] {
        frontier.enqueue(&[NewJob { round: "r2".to_owned(), ..job(id, host) }]).await.expect("enqueues");
    }
    assert_eq!(grant(frontier, now + TimeDelta::seconds(59)).await, []);
    assert_eq!(grant(frontier, now + TimeDelta::seconds(60)).await.len(), 2);
}

pub async fn who_waits_for_a_second_host_stands_in_nobodys_way(frontier: &impl Frontier) {
    let mut jobs: Vec<_> = (0..30).map(|n| leading(&format!("w{n}"), &format!("r{n}.test"), "land.test", 9)).collect();
    jobs.push(job("own queue", "other.test"));
    jobs.push(leading("waits", "mixed.test", "land.test", 8));
    jobs.push(NewJob { priority: 1, ..job("same queue", "mixed.test") });
    frontier.enqueue(&jobs).await.expect("enqueues");
    let mut granted = Vec::new();
    for _ in 0..4 {
        granted.extend(frontier.grant("cn.phone", at(0), LASTS, 2).await.expect("grants"));
    }
    let mut names = ids(&granted);
    names.sort_unstable();
    assert_eq!(names[..2], ["own queue", "same queue"]);
    assert!(names.len() == 3 && names[2].starts_with('w'), "one of those that lead to one host: {names:?}");
}

pub async fn a_host_is_left_alone_for_as_long_as_is_its_pace(frontier: &impl Frontier) {
    frontier.enqueue(&[job("1", "a.test"), job("2", "a.test")]).await.expect("enqueues");
    let lease = one(frontier, at(0)).await;
    let slow = Done { pause: TimeDelta::seconds(5), ..done(&lease) };
    frontier.complete(&slow, at(10)).await.expect("completes");
    assert_eq!(grant(frontier, at(14)).await, []);
    assert_eq!(one(frontier, at(15)).await.job_id, "2");
}

pub async fn a_pool_gets_its_own_jobs_only(frontier: &impl Frontier) {
    let other = NewJob { pool: "eu.desktop".to_owned(), ..job("other", "a.test") };
    frontier.enqueue(&[job("own", "b.test"), other]).await.expect("enqueues");
    assert_eq!(ids(&grant(frontier, at(0)).await), ["own"]);
    assert_eq!(frontier.under_way("cn.phone").await.expect("counts"), 1);
    assert_eq!(frontier.under_way("eu.desktop").await.expect("counts"), 0);
    assert_eq!(ids(&frontier.grant("eu.desktop", at(0), LASTS, 9).await.expect("grants")), ["other"]);
    // One host, two pools: still one at a time.
    let both = NewJob { pool: "eu.desktop".to_owned(), ..job("x", "c.test") };
    frontier.enqueue(&[job("y", "c.test"), both]).await.expect("enqueues");
    assert_eq!(ids(&grant(frontier, at(0)).await), ["y"]);
    assert_eq!(frontier.grant("eu.desktop", at(0), LASTS, 9).await.expect("grants"), []);
}

pub async fn a_job_that_is_not_ready_waits_and_does_not_hold_up_others(frontier: &impl Frontier) {
    let later = NewJob { priority: 9, ready_at: at(100), ..job("later", "a.test") };
    frontier.enqueue(&[later, job("now", "a.test")]).await.expect("enqueues");
    let lease = one(frontier, at(0)).await;
    assert_eq!(lease.job_id, "now");
    frontier.complete(&done(&lease), at(1)).await.expect("completes");
    assert_eq!(grant(frontier, at(99)).await, []);
    assert_eq!(one(frontier, at(100)).await.job_id, "later");
}

pub async fn a_lease_that_ended_gives_its_job_back_and_fences_who_held_it(frontier: &impl Frontier) {
    frontier.enqueue(&[job("a", "a.test")]).await.expect("enqueues");
    let first = one(frontier, at(0)).await;
    assert_eq!(frontier.reap(at(60), at(60)).await.expect("reaps"), [], "it lasts until then");
    let lost = frontier.reap(at(61), at(61)).await.expect("reaps");
    assert_eq!(
        lost,
        [Lost { job_id: "a".to_owned(), pool: "cn.phone".to_owned(), token: first.token, attempt: 1, dead: false }]
    );
    // Late before anybody else took it, and late after.
    assert_eq!(frontier.complete(&done(&first), at(62)).await.expect("looks"), Recorded::Late);
    let second = one(frontier, at(63)).await;
    assert!(second.token > first.token && second.attempt == 2);
    assert_eq!(frontier.complete(&done(&first), at(64)).await.expect("looks"), Recorded::Late);
    assert_eq!(frontier.fail(&failed(&first, true), at(64)).await.expect("looks"), Recorded::Late);
    assert_eq!(grant(frontier, at(64)).await, [], "the late one frees no host");
    assert_eq!(frontier.complete(&done(&second), at(65)).await.expect("completes"), Recorded::Recorded);
    let attempts = frontier.attempts("a").await.expect("lists");
    let told: Vec<_> = attempts.iter().map(|one| (one.attempt, one.ended.as_deref(), one.late_at)).collect();
    assert_eq!(told, [(1, Some("expired"), Some(at(62))), (2, Some("done"), None)]);
    assert_eq!(
        (attempts[1].worker.as_deref(), attempts[1].granted_at, attempts[1].until),
        (Some("w1"), at(63), at(123))
    );
}

pub async fn an_outcome_is_recorded_once(frontier: &impl Frontier) {
    frontier.enqueue(&[job("a", "a.test"), job("b", "b.test")]).await.expect("enqueues");
    let leases = grant(frontier, at(0)).await;
    assert_eq!(frontier.complete(&done(&leases[0]), at(1)).await.expect("completes"), Recorded::Recorded);
    assert_eq!(frontier.complete(&done(&leases[0]), at(1)).await.expect("looks"), Recorded::Known);
    assert_eq!(frontier.fail(&failed(&leases[1], false), at(1)).await.expect("fails"), Recorded::Recorded);
    assert_eq!(frontier.fail(&failed(&leases[1], false), at(1)).await.expect("looks"), Recorded::Known);
    let never = Done { job_id: "never".to_owned(), ..done(&leases[0]) };
    assert_eq!(frontier.complete(&never, at(1)).await.expect("looks"), Recorded::Late);
}

pub async fn a_job_that_fails_is_tried_again_later_and_dies_in_the_end(frontier: &impl Frontier) {
    frontier.enqueue(&[job("a", "a.test"), job("b", "b.test")]).await.expect("enqueues");
    let leases = grant(frontier, at(0)).await;
    let hopeless = Failed { retry_in: None, reason: "not-a-url".to_owned(), ..failed(&leases[1], false) };
    frontier.fail(&hopeless, at(1)).await.expect("fails");
    frontier.fail(&failed(&leases[0], false), at(1)).await.expect("fails");
    assert_eq!(grant(frontier, at(10)).await, []);
    let second = one(frontier, at(11)).await;
    assert_eq!((second.job_id.as_str(), second.attempt), ("a", 2));
    frontier.fail(&failed(&second, false), at(12)).await.expect("fails");
    let third = one(frontier, at(22)).await;
    frontier.fail(&failed(&third, false), at(23)).await.expect("fails");
    assert_eq!(grant(frontier, at(999)).await, []);
    let progress = frontier.progress("r1").await.expect("counts");
    assert_eq!(progress, Progress { given_up: 2, ..Progress::default() });
    let told = frontier.attempts("a").await.expect("lists");
    assert!(told.len() == 3 && told.iter().all(|one| one.reason.as_deref() == Some("timeout")), "{told:?}");
}

pub async fn a_host_that_fails_again_and_again_is_left_alone(frontier: &impl Frontier) {
    let jobs: Vec<_> = (0..6).map(|n| job(&n.to_string(), "a.test")).collect();
    frontier.enqueue(&jobs).await.expect("enqueues");
    let mut now = at(0);
    for _ in 0..3 {
        let lease = one(frontier, now).await;
        let blamed = Failed { retry_in: None, ..failed(&lease, true) };
        frontier.fail(&blamed, now).await.expect("fails");
        now += TimeDelta::seconds(1);
    }
    assert_eq!(grant(frontier, now + TimeDelta::seconds(50)).await, [], "the circuit breaker is open");
    let lease = one(frontier, now + TimeDelta::seconds(60)).await;
    // What is nobody's fault leaves the count as it is; what succeeds closes the breaker.
    now += TimeDelta::seconds(61);
    frontier.fail(&Failed { retry_in: None, ..failed(&lease, false) }, now).await.expect("fails");
    let lease = one(frontier, now).await;
    frontier.complete(&done(&lease), now).await.expect("completes");
    let lease = one(frontier, now).await;
    frontier.fail(&Failed { retry_in: Some(TimeDelta::zero()), ..failed(&lease, true) }, now).await.expect("fails");
    assert_eq!(grant(frontier, now).await.len(), 1, "one failure after a success is no reason to stay away");
}

pub async fn a_job_that_no_worker_survives_dies_in_the_end(frontier: &impl Frontier) {
    frontier.enqueue(&[job("a", "a.test")]).await.expect("enqueues");
    let mut now = at(0);
    for attempt in 1..=3 {
        assert_eq!(one(frontier, now).await.attempt, attempt);
        now += TimeDelta::seconds(61);
        let lost = frontier.reap(now, now).await.expect("reaps");
        assert_eq!((lost.len(), lost[0].dead), (1, attempt == 3));
    }
    assert_eq!(grant(frontier, now).await, []);
    assert_eq!(frontier.progress("r1").await.expect("counts").given_up, 1);
}

pub async fn a_round_is_paused_and_goes_on(frontier: &impl Frontier) {
    let other = NewJob { round: "r2".to_owned(), ..job("other", "a.test") };
    frontier.enqueue(&[job("1", "a.test"), job("2", "b.test"), other]).await.expect("enqueues");
    assert_eq!(frontier.hold("r1").await.expect("holds"), 2);
    assert_eq!(ids(&grant(frontier, at(0)).await), ["other"]);
    assert_eq!(frontier.progress("r1").await.expect("counts").held, 2);
    assert_eq!(frontier.release("r1").await.expect("releases"), 2);
    assert_eq!(ids(&grant(frontier, at(0)).await), ["2"], "a.test is being visited");
}

pub async fn a_cancelled_round_ends_and_what_is_under_way_is_late(frontier: &impl Frontier) {
    frontier.enqueue(&[job("1", "a.test"), job("2", "b.test"), job("3", "a.test")]).await.expect("enqueues");
    let lease = frontier.grant("cn.phone", at(0), LASTS, 1).await.expect("grants").remove(0);
    frontier.hold("r1").await.expect("holds");
    assert_eq!(frontier.cancel("r1", at(5)).await.expect("cancels"), 3);
    assert!(frontier.progress("r1").await.expect("counts").is_over());
    assert_eq!(frontier.complete(&done(&lease), at(6)).await.expect("looks"), Recorded::Late);
    assert_eq!(frontier.reap(at(99), at(99)).await.expect("reaps"), []);
    // Its worker does not know: until the lease ends nobody else goes there.
    let next = NewJob { round: "r2".to_owned(), ..job("next", &lease.host) };
    frontier.enqueue(&[next]).await.expect("enqueues");
    assert_eq!(grant(frontier, at(59)).await, []);
    assert_eq!(one(frontier, at(60)).await.job_id, "next");
}

pub async fn many_at_once_grant_each_job_once_and_never_two_of_a_host(frontier: &impl Frontier) {
    // Every other one leads elsewhere: some to each other's.
    let also = |n: u32| Some(format!("h{}.test", (n + 5) % 12)).filter(|_| n.is_multiple_of(2));
    let jobs: Vec<_> =
        (0..120).map(|n| NewJob { also: also(n), ..job(&format!("j{n}"), &format!("h{}.test", n % 12)) }).collect();
    let hosts = |lease: &Lease| {
        let number = lease.job_id.trim_start_matches('j').parse().expect("its number");
        std::iter::once(lease.host.clone()).chain(also(number)).collect::<Vec<_>>()
    };
    let (first, second) = jobs.split_at(60);
    let busy = tokio::sync::Mutex::new(HashSet::new());
    let granted = tokio::sync::Mutex::new(HashMap::new());
    let work = async || {
        for _ in 0..400 {
            let leases = frontier.grant("cn.phone", at(0), LASTS, 3).await.expect("grants");
            for lease in &leases {
                for host in hosts(lease) {
                    assert!(busy.lock().await.insert(host.clone()), "two at {host}");
                }
                *granted.lock().await.entry(lease.job_id.clone()).or_insert(0) += 1;
            }
            tokio::task::yield_now().await;
            for lease in &leases {
                for host in hosts(lease) {
                    busy.lock().await.remove(&host);
                }
                frontier.complete(&done(lease), at(0)).await.expect("completes");
            }
            if frontier.progress("r1").await.expect("counts").done == 120 {
                return;
            }
        }
        panic!("jobs were forgotten: {:?}", frontier.progress("r1").await);
    };
    let feed = async || {
        for chunk in second.chunks(7) {
            frontier.enqueue(chunk).await.expect("enqueues");
        }
    };
    frontier.enqueue(first).await.expect("enqueues");
    tokio::join!(feed(), work(), work(), work(), work());
    let granted = granted.into_inner();
    assert_eq!((granted.len(), granted.values().max()), (120, Some(&1)));
}
