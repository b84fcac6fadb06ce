//! Every promise of [`Courier`], once, as functions that each courier's tests call.

use chrono::DateTime;

use super::*;

const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(10);

pub(super) fn parcel(job: &str, token: i64) -> Parcel {
    Parcel {
        format: FORMAT,
        job_id: job.to_owned(),
        host: "a.test".to_owned(),
        token,
        attempt: 1,
        until: DateTime::UNIX_EPOCH,
        work: "{}".to_owned(),
        trace: None,
    }
}

pub(super) fn report(job: &str, token: i64) -> Report {
    let end = End::Failed { reason: "timeout".to_owned(), retry_ms: Some(5), by_host: true, pause_ms: 0 };
    Report {
        format: FORMAT,
        job_id: job.to_owned(),
        token,
        worker: "w1".to_owned(),
        pool: "cn.phone".to_owned(),
        errand: None,
        end,
        trace: None,
    }
}

pub(super) async fn a_job_goes_to_one_worker_of_its_pool(courier: &impl Courier) {
    courier.send("cn.phone", &parcel("a", 1)).await.expect("sends");
    courier.send("eu.desktop", &parcel("b", 2)).await.expect("sends");
    courier.send("cn.phone", &parcel("c", 3)).await.expect("sends");
    let (one, other) = tokio::join!(courier.next("cn.phone", LONG), courier.next("cn.phone", LONG));
    let mut got = [one.expect("asks").expect("a job").job_id, other.expect("asks").expect("a job").job_id];
    got.sort();
    assert_eq!(got, ["a", "c"]);
    assert_eq!(courier.next("cn.phone", SHORT).await.expect("asks"), None);
    assert_eq!(courier.next("eu.desktop", LONG).await.expect("asks"), Some(parcel("b", 2)));
}

pub(super) async fn who_waits_gets_what_comes_later(courier: &impl Courier) {
    let (got, ()) = tokio::join!(courier.next("cn.phone", LONG), async {
        tokio::time::sleep(SHORT).await;
        courier.send("cn.phone", &parcel("late", 1)).await.expect("sends");
    });
    assert_eq!(got.expect("asks").expect("a job").job_id, "late");
}

pub(super) async fn a_report_is_heard_and_confirmed(courier: &impl Courier) {
    courier.report(&report("a", 7)).await.expect("reports");
    let (heard, receipt) = courier.hear(LONG).await.expect("hears").expect("a report");
    assert_eq!(heard, report("a", 7));
    courier.confirm(receipt).await.expect("confirms");
    assert!(courier.hear(SHORT).await.expect("hears").is_none());
}

pub(super) async fn a_pool_that_is_no_name_is_refused(courier: &impl Courier) {
    for pool in ["", "a b", "cn.*", ">", "cn..x", "名"] {
        let error = courier.next(pool, SHORT).await.expect_err("refused");
        assert!(matches!(error, CourierError::Pool(_)), "{error}");
    }
}

pub(super) fn presence(worker: &str, at_once: u32) -> Presence {
    Presence { worker: worker.to_owned(), pool: "cn.phone".to_owned(), at_once, version: "postlink 0.1.0".to_owned() }
}

pub(super) async fn who_is_there_is_known_until_they_leave(courier: &impl Courier) {
    assert_eq!(courier.present().await.expect("asks"), []);
    for (worker, at_once) in [("w2", 4), ("w1", 2), ("w1", 3)] {
        courier.announce(&presence(worker, at_once)).await.expect("announces");
    }
    let mut present = Vec::new();
    for _ in 0..50 {
        present = courier.present().await.expect("asks");
        if present.len() == 2 && present[0].at_once == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(present, [presence("w1", 3), presence("w2", 4)]);
    courier.announce(&presence("w2", 0)).await.expect("leaves");
    tokio::time::sleep(SHORT).await;
    assert_eq!(courier.present().await.expect("asks"), [presence("w1", 3)]);
}

mod in_process {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_says_nothing_is_not_counted_on() {
        let courier = InProcess::default();
        courier.announce(&presence("w1", 2)).await.expect("announces");
        assert_eq!(courier.present().await.expect("asks").len(), 1);
        tokio::time::advance(PRESENT_FOR).await;
        assert_eq!(courier.present().await.expect("asks"), []);
    }

    #[tokio::test]
    async fn the_courier_within_a_process_keeps_the_promises_of_every_courier() {
        a_job_goes_to_one_worker_of_its_pool(&InProcess::default()).await;
        who_waits_gets_what_comes_later(&InProcess::default()).await;
        a_report_is_heard_and_confirmed(&InProcess::default()).await;
        a_pool_that_is_no_name_is_refused(&InProcess::default()).await;
        who_is_there_is_known_until_they_leave(&InProcess::default()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_report_that_nobody_confirms_comes_again() {
        let courier = InProcess::default();
        courier.report(&report("a", 7)).await.expect("reports");
        drop(courier.hear(LONG).await.expect("hears").expect("a report"));
        assert!(courier.hear(SHORT).await.expect("hears").is_none());
        tokio::time::advance(Duration::from_secs(31)).await;
        let (heard, receipt) = courier.hear(LONG).await.expect("hears").expect("it comes again");
        assert_eq!(heard, report("a", 7));
        courier.confirm(receipt).await.expect("confirms");
        tokio::time::advance(Duration::from_secs(31)).await;
        assert!(courier.hear(SHORT).await.expect("hears").is_none());
    }
}
