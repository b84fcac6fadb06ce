//! A fleet of two processes, seen from outside: metrics, health, log lines, and one trace for an ad across both.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use postlink_tests::postlink::Running;
use postlink_tests::repository;
use serde_json::{Value, json};

use super::*;

mod broker;
mod collector;

use broker::Broker;
use collector::{Collector, Span};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fleet_is_seen_from_outside_and_an_ad_is_one_trace_across_its_processes() {
    let stage = Stage::of_pages(&[("books.test", HONEST)], QUICK).await;
    let collector = Collector::start().await;
    let mut broker = Broker::start(stage.postlink.folder());
    let shared = std::fs::read_to_string(stage.postlink.folder().join("my.toml")).unwrap();
    stage.postlink.write("key", "collectors-own-key\n").unwrap();
    for (role, user) in [("serve", "serve"), ("work", "work")] {
        let telemetry = format!(
            "[log]\nformat = \"json\"\n[telemetry]\nlisten = \"127.0.0.1:0\"\notlp = \"http://{}\"\notlp_key_file = \"key\"\nfigures_secs = 1\n",
            collector.address
        );
        stage
            .postlink
            .write(&format!("{role}.toml"), format!("{shared}\n{}{telemetry}", broker.reached_by(user)))
            .unwrap();
    }
    stage.ads(lines(&["first", "second"]));
    for arguments in [
        &["import", "ads.jsonl", "--data", "d"][..],
        &["sweep", "create", "all", "--data", "d", "--config", "serve.toml"],
    ] {
        let run = stage.postlink.run(arguments).unwrap();
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    }
    let mut work = stage.postlink.start(&["work", "--config", "work.toml", "--data", "d"]).unwrap();
    let mut serve = stage.postlink.start(&["serve", "--config", "serve.toml", "--data", "d"]).unwrap();
    let (serves, works) = (address(&mut serve), address(&mut work));

    // Ready, each with what it rests on.
    let ready = until(|| get(&serves, "/readyz"), |(status, _)| *status == 200);
    assert_eq!(ready.1, json!({"database": "ok", "evidence": "ok", "nats": "ok"}).to_string());
    let ready = until(|| get(&works, "/readyz"), |(status, _)| *status == 200);
    assert_eq!(ready.1, json!({"browser": "ok", "evidence": "ok", "nats": "ok"}).to_string());

    // What it did is told in figures, and a reader of Prometheus' own has nothing against their form.
    until(|| get(&serves, "/metrics").1, |text| value(text, "postlink_verdicts_total{verdict=\"clean\"}") == Some(2.0));
    let text =
        until(|| get(&serves, "/metrics").1, |text| value(text, "postlink_worker_slots{pool=\"default\"}").is_some());
    for (series, number) in [
        ("postlink_jobs_granted_total{pool=\"default\"}", 1.0),
        ("postlink_jobs_ended_total{pool=\"default\",how=\"done\"}", 1.0),
        ("postlink_rounds_opened_total", 1.0),
        ("postlink_host_failures_total", 0.0),
        ("postlink_workers{pool=\"default\"}", 1.0),
    ] {
        assert_eq!(value(&text, series), Some(number), "{series} in:\n{text}");
    }
    let of_work = get(&works, "/metrics").1;
    assert_eq!(
        value(&of_work, "postlink_worker_jobs_ended_total{pool=\"default\",how=\"done\"}"),
        Some(1.0),
        "{of_work}"
    );
    assert_eq!(value(&of_work, "postlink_job_duration_seconds_count{pool=\"default\"}"), Some(1.0), "{of_work}");
    assert_eq!(value(&of_work, "postlink_worker_jobs{pool=\"default\"}"), Some(0.0), "{of_work}");
    for text in [&text, &of_work] {
        assert_eq!(promtool(text), "", "{text}");
    }

    // Without a broker neither is ready, and both live.
    broker.stop();
    for at in [&serves, &works] {
        let (_, said) = until(|| get(at, "/readyz"), |(status, _)| *status == 503);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert!(said["nats"] != "ok" && said["evidence"] == "ok", "{said}");
        assert!(
            !said.to_string().contains(
                std::fs::read_to_string(stage.postlink.folder().join("run/secrets/nats_work")).unwrap().trim()
            )
        );
        assert_eq!(get(at, "/healthz"), (200, "ok\n".to_owned()));
    }
    serve.interrupt().unwrap();
    work.interrupt().unwrap();
    let (serve, work) = (serve.end().unwrap(), work.end().unwrap());
    assert_eq!((serve.code, work.code), (Some(0), Some(0)), "{}\n{}", serve.stderr, work.stderr);

    let spans = collector.spans();
    let trace = one_trace(&spans);
    assert!(collector.keys().iter().all(|key| key == "Bearer collectors-own-key"), "{:?}", collector.keys());
    assert!(!collector.keys().is_empty());
    // Each line is an object, and those of the job name its trace, in both processes.
    for (stderr, said) in [(&serve.stderr, "Recorded job"), (&work.stderr, "Did job")] {
        assert!(!stderr.contains("collectors-own-key") && !stderr.contains("nats_work:"), "{stderr}");
        let lines: Vec<Value> =
            stderr.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
        let of_job = lines.iter().find(|line| line["message"].as_str().is_some_and(|text| text.starts_with(said)));
        let of_job = of_job.unwrap_or_else(|| panic!("nobody says `{said}`:\n{stderr}"));
        assert!(of_job["spans"].to_string().contains(&trace), "{of_job}");
        assert!(
            of_job["timestamp"].is_string() && of_job["level"] == "INFO" && of_job["job.id"].is_string(),
            "{of_job}"
        );
    }
}

/// Checks the spans of the job, and gives the id of their trace.
fn one_trace(spans: &[Span]) -> String {
    let by_name: BTreeMap<_, Vec<&Span>> = spans.iter().fold(BTreeMap::new(), |mut all, span| {
        all.entry(span.name.as_str()).or_insert_with(Vec::new).push(span);
        all
    });
    let count = |name: &str| by_name.get(name).map_or(0, Vec::len);
    let found: Vec<_> = ["grant", "work", "visit", "visitor", "ad", "read", "say", "keep", "record"]
        .map(|name| (name, count(name)))
        .into();
    let expected = [
        ("grant", 1),
        ("work", 1),
        ("visit", 1),
        ("visitor", 1),
        ("ad", 2),
        ("read", 2),
        ("say", 2),
        ("keep", 2),
        ("record", 1),
    ];
    assert_eq!(found, expected, "{spans:#?}");
    let one = |name: &str| by_name[name][0];
    let traces: BTreeSet<_> = spans.iter().map(|span| span.trace.as_str()).collect();
    assert_eq!(traces.len(), 1, "{spans:#?}");
    assert_eq!(one("grant").parent, "", "it begins with the grant");
    assert_eq!(one("work").parent, one("grant").id, "the worker goes on with it");
    assert_eq!(one("record").parent, one("work").id, "and the recorder ends it");
    assert_eq!((&one("visitor").parent, &one("visit").parent), (&one("visit").id, &one("work").id));
    assert_eq!((&one("grant").process, one("grant").process == one("work").process), (&one("record").process, false));
    assert!(spans.iter().all(|span| span.service == "postlink"));
    let ads: BTreeSet<_> = by_name["ad"].iter().map(|span| span.attributes["ad.id"].as_str()).collect();
    assert_eq!(ads, BTreeSet::from(["first", "second"]), "an ad is found by its id");
    assert_eq!(one("grant").attributes["host"], "books.test");
    one("grant").trace.clone()
}

fn lines(ids: &[&str]) -> String {
    let line =
        |id: &&str| format!("{}\n", json!({"ad_id": id, "title": "云朵阅读", "click_url": "http://books.test/"}));
    ids.iter().map(line).collect()
}

/// Where a process listens, as its log says.
fn address(running: &mut Running) -> String {
    running.says("Metrics and health at").unwrap();
    let said = running.heard_so_far();
    let line = said.lines().find(|line| line.contains("Metrics and health at")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    line["at"].as_str().unwrap().to_owned()
}

/// Status and body.
fn get(at: &str, path: &str) -> (u16, String) {
    let run = Command::new("curl")
        .args(["-s", "-w", "\n%{http_code}", "--max-time", "20"])
        .arg(format!("http://{at}{path}"))
        .output()
        .unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    let (body, status) = said.rsplit_once('\n').unwrap();
    (status.parse().unwrap(), body.to_owned())
}

fn until<T: std::fmt::Debug>(mut look: impl FnMut() -> T, good: impl Fn(&T) -> bool) -> T {
    let began = Instant::now();
    loop {
        let seen = look();
        if good(&seen) {
            return seen;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{seen:#?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The number of one series.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

/// What Prometheus' own reader has against the form of metrics.
fn promtool(text: &str) -> String {
    let program = repository::root().join(".cache/deploy-tools/promtool");
    let mut tool = Command::new(program);
    let mut tool = tool
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let said = tool.wait_with_output().unwrap();
    [said.stdout, said.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
}
