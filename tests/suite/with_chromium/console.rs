//! The console as people of each audience use it, in a real browser: in both languages, at a desk and on a phone.

use std::process::Command;

use model::account::Role;
use postlink_tests::repository;
use postlink_tests::world;
use serde_json::{Value, json};

use super::{Stage, text};
use crate::console::{PASSWORD, Served, accounts, governing};

/// Worlds with a trap, with an obstacle, and with nothing to find.
const WORLDS: [&str; 3] = ["game-gift-telecom", "challenge", "honest-shop"];

const PEOPLE: [(&str, Role, &str, Option<&str>); 3] = [
    ("reviewer", Role::Platform, "*", None),
    ("office", Role::Regulator, "*", None),
    ("xinglan", Role::Advertiser, "adv-xinglan", None),
];

/// What `journey.js` tells: each page that was looked at, and what is wrong with it.
fn journey(served: &Served, advertiser: &str, out: &std::path::Path) -> Vec<Value> {
    let tools = repository::root().join(".cache/browser-tools");
    assert!(tools.exists(), "{} is missing: run scripts/setup tests", tools.display());
    let script = repository::root().join("tests/suite/with_chromium/console/journey.js");
    let told = json!({
        "url": served.url, "password": PASSWORD, "advertiser": advertiser, "out": out, "tools": tools,
        "chromium": ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
    });
    let ended = Command::new("node").arg(script).arg(told.to_string()).output().expect("node is there");
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "the journey broke off: {said}{}", String::from_utf8_lossy(&ended.stderr));
    said.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_audience_comes_to_what_it_is_there_for() {
    let worlds: Vec<_> =
        world::all().unwrap().into_iter().filter(|world| WORLDS.contains(&world.name.as_str())).collect();
    let lines: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let first: Value =
        serde_json::from_str(lines.lines().find(|line| line.contains("game-gift-telecom")).unwrap()).unwrap();
    let advertiser = text(&first, "/advertiser/id").to_owned();
    let stage = Stage::of(worlds, "").await;
    stage.ads(lines);
    let run = stage.check("out");
    assert_eq!(run.code, Some(10), "{}", run.stderr);
    let people = PEOPLE.map(|(name, role, tenant, platform)| {
        let tenant = if role == Role::Advertiser { advertiser.as_str() } else { tenant };
        (name, role, tenant, platform)
    });
    accounts(&stage.path("out"), &people).await.unwrap();
    // What users said after the click, of the first ad and of one that is of another platform.
    let platform = first.pointer("/platform").and_then(Value::as_str).unwrap_or_default();
    governing::heard(&stage.path("out"), (text(&first, "/ad_id"), platform), ("z", "elsewhere")).await.unwrap();
    let served = Served::start(&stage.postlink, "out", &["--config", "my.toml"]).unwrap();
    let out = stage.path("pictures");
    std::fs::create_dir_all(&out).unwrap();
    let pages = journey(&served, &advertiser, &out);
    let faults: Vec<&Value> = pages.iter().filter(|page| !page["faults"].as_array().unwrap().is_empty()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(pages.len() >= 20, "every page at both widths: {}", pages.len());
}
