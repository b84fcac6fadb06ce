//! Pages that want to break whoever examines them: each ends in a verdict or a named gap, and nothing is left behind.

use postlink_tests::hostile::Hostile;
use postlink_tests::postlink::{Postlink, machine};
use postlink_tests::pulse::Pulse;
use postlink_tests::world::Entry;
use serde_json::Value;

use super::{ad, contract, evidence, list, text};
use crate::soak::{self, Soak};

/// Rounds of the soak here; `tests/examples/soak.rs` makes twenty.
const ROUNDS: usize = 3;
/// An ordinary ad stands between so many hostile ones.
const BETWEEN: usize = 12;

/// Honest ads of more than ten that may be too late.
const MOST_LATE: usize = 3;

/// Pages of the hostile worlds have three seconds each.
const IMPATIENT: &str = "[check]\nvisitors = [\"android-douyin\"]\nat_once = 4\n\n\
    [follow]\npage_timeout_secs = 3\nwatch_ms = 300\n\n[capture]\nquiet_ms = 300\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hostile_ad_ends_in_a_verdict_or_a_named_gap_and_honest_ones_between_are_clean() {
    let worlds = soak::worlds().unwrap();
    let entries: Vec<Entry> = worlds.iter().flat_map(|world| world.ads.clone()).collect();
    let mut lines = String::new();
    let mut honest = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        if at % BETWEEN == 0 {
            honest.push(format!("between-{at}"));
            lines.push_str(&ad(honest.last().unwrap(), "http://honest.hostile.test/"));
        }
        lines.push_str(&(serde_json::to_string(&entry.ad).unwrap() + "\n"));
    }
    honest.push("at-the-end".to_owned());
    lines.push_str(&ad("at-the-end", "http://honest.hostile.test/"));

    let site = Hostile::start(worlds).await.unwrap();
    let postlink = Postlink::new().unwrap();
    postlink.write("my.toml", format!("{}\n{}\n{IMPATIENT}", site.guard(), machine())).unwrap();
    postlink.write("ads.jsonl", lines).unwrap();
    let run = postlink.run(&["check", "ads.jsonl", "--out", "out", "--config", "my.toml"]).unwrap();
    let (cases, out) = (postlink.cases("out").unwrap(), postlink.folder().join("out"));

    let mut faults = Vec::new();
    let code = if cases.iter().any(|case| text(case, "/verdict") == "violating") { 10 } else { 11 };
    if run.code != Some(code) {
        faults.push(format!("exit code {:?} instead of {code}:\n{}", run.code, run.stderr));
    }
    let known = |id: &str| cases.iter().find(|case| text(case, "/ad_id") == id);
    for entry in &entries {
        match known(&entry.ad.ad_id) {
            Some(case) => faults.extend(misjudged(case, entry)),
            None => faults.push(format!("{} is in no case", entry.ad.ad_id)),
        }
    }
    // Beside pages that keep the machine busy three seconds may be too few, and then that is what is said.
    let mut late = 0;
    for case in honest.iter().filter_map(|id| known(id)) {
        let (id, verdict) = (text(case, "/ad_id"), text(case, "/verdict"));
        let only_late = list(case, "/gaps").iter().all(|gap| text(gap, "/reason") == "timeout");
        if verdict == "inconclusive" && only_late && id != "at-the-end" && late < MOST_LATE {
            late += 1;
        } else if verdict != "clean" {
            faults.push(format!("{id} is honest, and was called {verdict}: {}", case["gaps"]));
        }
    }
    for case in &cases {
        faults.extend(contract::faults(case));
        faults.extend(evidence::faults(&out, case));
    }
    let submitted = site.requests().into_iter().filter(postlink_tests::site::Request::submits);
    faults.extend(submitted.map(|request| format!("submitted: {request:?}")));
    let verified = postlink.run(&["verify", "out"]).unwrap();
    if verified.code != Some(0) {
        faults.push(format!("the folder does not verify:\n{}{}", verified.stdout, verified.stderr));
    }
    faults.extend(postlink.left_running().iter().map(|id| format!("process {id} is left behind")));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// How a case differs from what its world says: a gap that is not expected, or none where one is. An ad that deserves
/// to be clean may be inconclusive for the reasons named beside it: machines are not all as fast.
fn misjudged(case: &Value, entry: &Entry) -> Option<String> {
    let (verdict, expect) = (text(case, "/verdict"), &entry.expect);
    let gaps: Vec<_> = list(case, "/gaps").iter().map(|gap| text(gap, "/reason")).collect();
    let known = gaps.iter().all(|gap| soak::may_end_in(entry, gap));
    // What a page does to its visitor may be a violation; no other check has anything to say of it.
    let told: Vec<_> = list(case, "/violations").iter().map(|violation| text(violation, "/check")).collect();
    let does = verdict == "violating" && told.iter().all(|check| expect.checks.iter().any(|may| may == check));
    let fits = verdict == expect.verdict || (verdict == "inconclusive" && !gaps.is_empty()) || does;
    let id = &entry.ad.ad_id;
    (!known || !fits).then(|| {
        format!(
            "{id} was called {verdict} by {told:?} with {}, expected {} with {:?}",
            case["gaps"], expect.verdict, expect.gaps
        )
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_pages_leave_nothing_behind_round_after_round() {
    let soak = Soak::start(soak::worlds().unwrap()).await.unwrap();
    let mut faults = Vec::new();
    let mut pulses = vec![soak.pulse().await.unwrap()];
    for _ in 0..ROUNDS {
        let outcomes = soak.round(|_| ()).await.unwrap();
        faults.extend(outcomes.into_iter().flat_map(|outcome| outcome.faults));
        pulses.push(soak.pulse().await.unwrap());
    }
    let last = pulses.last().unwrap();
    faults.extend(last.growth_since(&pulses[1]));
    let after: Pulse = soak.stop().await.unwrap();
    if (after.processes, after.folders) != (0, 0) {
        faults.push(format!("left behind when it was stopped: {after:?}"));
    }
    assert!(faults.is_empty(), "{} faults:\n{}\n{pulses:#?}", faults.len(), faults.join("\n"));
}
