//! What is scraped, and that it stays little.

use std::collections::BTreeSet;

use chrono::DateTime;
use storage::courier::Presence;
use storage::figures::Queued;
use storage::frontier::Progress;
use storage::outbox::Backlog;

use super::*;

/// The lines of one metric.
fn lines(text: &str, name: &str) -> Vec<String> {
    let of_it = |line: &&str| line.split(['{', ' ']).next() == Some(name);
    text.lines().filter(of_it).map(ToOwned::to_owned).collect()
}

#[test]
fn every_metric_is_scraped_under_the_name_and_kind_that_the_page_says() {
    let metrics = Metrics::new();
    metrics.job_granted("cn");
    metrics.job_ended("cn", "done");
    metrics.job_given_up("cn");
    metrics.case("inconclusive", &["timeout".to_owned()]);
    metrics.worker_busy("cn", 1.0);
    metrics.told("a.test#1", "sent");
    metrics.worker_ended("cn", "done", Duration::from_secs(3));
    metrics.figures(&figures(), at(100));
    let text = metrics.text();
    let scraped: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let told: BTreeSet<_> = metrics.about().iter().map(|one| format!("{} {}", one.name, one.kind)).collect();
    assert_eq!(scraped, told.iter().map(String::as_str).collect(), "{text}");
    for one in metrics.about() {
        assert!(text.contains(&format!("# HELP {} {}", one.name, one.says)), "{}", one.name);
    }
    assert!(text.contains("postlink_job_duration_seconds_bucket{pool=\"cn\",le=\"5\"} 1"), "{text}");
}

#[test]
fn what_is_gone_is_told_no_more() {
    let metrics = Metrics::new();
    metrics.figures(&figures(), at(100));
    let text = metrics.text();
    let queue = [
        "postlink_queue_jobs{pool=\"cn\",state=\"leased\"} 1.0",
        "postlink_queue_jobs{pool=\"cn\",state=\"ready\"} 7.0",
    ];
    assert_eq!(sorted(lines(&text, "postlink_queue_jobs")), queue);
    assert_eq!(lines(&text, "postlink_queue_oldest_seconds"), ["postlink_queue_oldest_seconds{pool=\"cn\"} 60.0"]);
    assert_eq!(
        lines(&text, "postlink_workers").len(),
        2,
        "one pool has jobs and nobody, the other somebody and no jobs"
    );
    assert!(
        text.contains("postlink_workers{pool=\"cn\"} 0.0") && text.contains("postlink_worker_slots{pool=\"us\"} 4.0")
    );
    assert!(text.contains("postlink_round_progress{sweep=\"nightly\",state=\"done\"} 5.0"), "{text}");
    assert!(text.contains("postlink_stamps_oldest_seconds 90.0"), "{text}");
    assert!(text.contains("postlink_overdue_items{kind=\"decision\"} 4.0"), "{text}");
    assert!(text.contains("postlink_feed_events{destination=\"a.test#1\",state=\"dead\"} 1.0"), "{text}");
    assert!(text.contains("postlink_feed_oldest_seconds{destination=\"a.test#1\"} 30.0"), "{text}");

    metrics.figures(&Figures::default(), at(200));
    let text = metrics.text();
    for name in [
        "postlink_queue_jobs",
        "postlink_round_progress",
        "postlink_workers",
        "postlink_evidence_bytes",
        "postlink_feed_events",
    ] {
        assert_eq!(lines(&text, name), [""; 0], "{name}");
    }
    assert!(text.contains("postlink_stamps_oldest_seconds 0.0") && text.contains("postlink_figures_timestamp_seconds"));
}

#[test]
fn no_metric_grows_without_bound() {
    let metrics = Metrics::new();
    let reasons: Vec<_> = (0..2_000).map(|number| format!("reason {number} {}", "x".repeat(1_000))).collect();
    metrics.case("inconclusive", &reasons);
    let hosts = (0..50).map(|number| (format!("{number}.test"), 50 - number)).collect();
    metrics.figures(&Figures { worst_hosts: hosts, ..Figures::default() }, at(0));
    let text = metrics.text();
    let gaps = lines(&text, "postlink_gaps_total");
    assert_eq!(gaps.len(), labelled::MOST_SERIES + 1);
    assert!(gaps.contains(&"postlink_gaps_total{reason=\"other\"} 1500".to_owned()), "none is lost");
    assert!(gaps.iter().all(|line| line.len() < 200), "however long a word is");
    assert_eq!(lines(&text, "postlink_host_failures_in_row").len(), 10);
}

#[test]
fn what_a_label_says_cannot_break_out_of_its_line() {
    let metrics = Metrics::new();
    metrics.case("clean", &["a\"} 1\npostlink_forged 1\\".to_owned()]);
    let text = metrics.text();
    assert!(!text.lines().any(|line| line.starts_with("postlink_forged")), "{text}");
}

#[test]
fn the_process_tells_what_it_takes() {
    let text = Metrics::new().text();
    let number = |name: &str| -> f64 { lines(&text, name)[0].split(' ').nth(1).unwrap().parse().unwrap() };
    assert!(number("process_resident_memory_bytes") > 1e6 && number("process_open_fds") > 2.0, "{text}");
    assert!(number("process_cpu_seconds_total") >= 0.0 && number("process_start_time_seconds") > 1.6e9, "{text}");
}

fn at(seconds: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

fn figures() -> Figures {
    let queued =
        |state: &str, jobs, ready| Queued { pool: "cn".into(), state: state.into(), jobs, ready_at: at(ready) };
    Figures {
        queues: vec![queued("leased", 1, 0), queued("ready", 7, 40)],
        rounds: vec![("nightly".into(), Progress { ready: 7, leased: 1, done: 5, ..Progress::default() })],
        workers: vec![Presence { worker: "w".into(), pool: "us".into(), at_once: 4, version: "postlink 0.1.0".into() }],
        worst_hosts: vec![("bad.test".into(), 12)],
        stamps_waiting: 3,
        stamp_wanted_at: Some(at(10)),
        evidence_bytes: Some(4096),
        backlog: vec![Backlog { destination: "a.test#1".into(), waiting: 2, dead: 1, since: Some(at(70)) }],
        overdue: vec![("decision", 4), ("complaint", 0)],
    }
}
