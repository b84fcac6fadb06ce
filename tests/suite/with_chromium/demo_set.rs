//! All test worlds in one run: each ad gets the verdict it deserves, and everything that was written down holds.

use std::collections::BTreeSet;

use postlink_tests::world::{self, Expect, World};
use serde_json::Value;

use super::{Stage, contract, evidence, list, report, text};

/// One long run, and everything that can be said of it: all faults are told at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_ad_of_the_demo_set_is_judged_as_it_deserves_and_nothing_is_submitted() {
    let worlds = world::all().unwrap();
    let expected: Vec<_> = worlds.iter().flat_map(|world| &world.ads).cloned().collect();
    let lines: String = worlds.iter().map(|world| World::ads_jsonl(world).unwrap()).collect();
    let stage = Stage::of(worlds, "").await;
    stage.ads(lines);
    let run = stage.check("out");
    let (cases, out) = (stage.cases("out"), stage.path("out"));

    let mut faults = Vec::new();
    if run.code != Some(10) {
        faults.push(format!("exit code {:?} instead of 10:\n{}", run.code, run.stderr));
    }
    let order: Vec<_> = cases.iter().map(|case| text(case, "/ad_id").to_owned()).collect();
    if !order.iter().eq(expected.iter().map(|entry| &entry.ad.ad_id)) {
        faults.push(format!("cases are not in the order of the ads file: {order:?}"));
    }
    for entry in &expected {
        let id = entry.ad.ad_id.as_str();
        let Some(case) = cases.iter().find(|case| text(case, "/ad_id") == id) else { continue };
        faults.extend(misjudged(case, &entry.expect));
        faults.extend(left_without_a_wording(case));
        faults.extend(stammering(case));
        faults.extend(contract::faults(case));
        faults.extend(evidence::faults(&out, case));
        let others = evidence::others_opened(&out, id, stage.site.address());
        faults.extend(others.into_iter().map(|other| format!("{id}: something else was contacted: {other}")));
        if evidence::records(&out, id).len() != list(case, "/chains").len() {
            faults.push(format!("{id}: not every visit is recorded"));
        }
    }
    faults.extend(report::faults(&std::fs::read_to_string(out.join("report.html")).unwrap(), &cases));
    faults.extend(stage.site.submissions().iter().map(|request| format!("submitted: {request:?}")));
    let verified = stage.verify("out");
    if verified.code != Some(0) {
        faults.push(format!("the fresh folder does not verify:\n{}{}", verified.stdout, verified.stderr));
    }
    faults.extend(stage.postlink.left_running().iter().map(|id| format!("process {id} is left behind")));
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What a sentence can put right, and got none that was proven.
///
/// None can where visitors are shown different pages: it would be wrong for one of them.
fn left_without_a_wording(case: &Value) -> Vec<String> {
    const TO_BE_TOLD: [&str; 4] =
        ["recurring-fee-undisclosed", "free-trial-conversion", "price-mismatch", "offer-condition-hidden"];
    let violations = list(case, "/violations");
    if violations.iter().any(|violation| text(violation, "/check") == "cloaking") {
        return Vec::new();
    }
    let told = violations.iter().filter(|violation| TO_BE_TOLD.contains(&text(violation, "/check")));
    let bare = told.filter(|violation| list(violation, "/fixes").is_empty());
    bare.map(|violation| format!("{}: no wording for {}", text(case, "/ad_id"), text(violation, "/check"))).collect()
}

/// Wordings that say their heading twice: 「收费说明：收费说明：…」.
fn stammering(case: &Value) -> Vec<String> {
    let fixes = list(case, "/violations").iter().flat_map(|violation| list(violation, "/fixes"));
    let texts = fixes.flat_map(|fix| [text(fix, "/text"), text(fix, "/with_page")]);
    let twice = texts.filter(|said| {
        let heading = said.split_once(['：', ':']).map(|(heading, _)| heading).unwrap_or_default();
        !heading.is_empty() && said.matches(heading).count() > 1
    });
    twice.map(|said| format!("{}: says its heading twice: {said}", text(case, "/ad_id"))).collect()
}

/// How the verdict and the checks of a case differ from what its ad deserves.
fn misjudged(case: &Value, expect: &Expect) -> Option<String> {
    let violations = list(case, "/violations");
    let found: BTreeSet<_> = violations.iter().map(|violation| text(violation, "/check")).collect();
    let wanted: BTreeSet<_> = expect.checks.iter().map(String::as_str).collect();
    let (id, verdict) = (text(case, "/ad_id"), text(case, "/verdict"));
    if verdict == expect.verdict && found == wanted {
        return None;
    }
    let said: Vec<_> = violations
        .iter()
        .map(|one| {
            let (promised, delivered) = (text(one, "/promised/quote"), text(one, "/delivered/quote"));
            format!("\n    {}: 「{promised}」 / 「{delivered}」", text(one, "/check"))
        })
        .collect();
    let gaps: Vec<_> = list(case, "/gaps").iter().map(|gap| format!("\n    gap: {}", text(gap, "/detail"))).collect();
    let wanted = format!("{} {:?}", expect.verdict, expect.checks);
    Some(format!("{id} deserves {wanted}, and was called {verdict}{}{}", said.concat(), gaps.concat()))
}
