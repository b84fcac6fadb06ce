//! What a video promises is quoted by its second, and the same ad comes out the same each time.

use postlink_tests::world::World;
use serde_json::Value;

use super::{QUICK, Stage, case, list, text};

/// When the film of this world begins to promise a free gift, and when it stops. Seconds.
const PROMISED: (f64, f64) = (3.0, 5.2);
/// By so much a second may be told wrongly; the film is looked at five times a second.
const NEAR: f64 = 0.3;
/// By so much the page's pulsing button moves. CSS pixels.
const MOVES: f64 = 12.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_in_a_video_is_quoted_by_its_second_and_two_runs_find_the_same() {
    let world = World::read("game-gift-telecom").unwrap();
    let lines = world.ads_jsonl().unwrap();
    let stage = Stage::of(vec![world], QUICK).await;
    stage.ads(lines);
    assert_eq!(stage.check("first").code, Some(10));
    let cases = stage.cases("first");
    let first = case(&cases, "game-gift-telecom");

    let promises: Vec<_> = list(first, "/violations").iter().map(|violation| &violation["promised"]).collect();
    let video = promises.iter().find(|promised| {
        let quote = text(promised, "/quote");
        text(promised, "/source") == "video" && (quote.contains("免费领取") || quote.contains("648元"))
    });
    let video = video.unwrap_or_else(|| panic!("no promise is quoted from the video: {promises:?}"));
    let (at, until) = (video["at_s"].as_f64().unwrap(), video["until_s"].as_f64().unwrap());
    assert!((at - PROMISED.0).abs() <= NEAR && (until - PROMISED.1).abs() <= NEAR, "{video}");
    assert!(video["box"].is_array(), "{video}");

    let hops = list(first, "/chains/0/hops");
    let kinds: Vec<_> = hops.iter().map(|hop| text(hop, "/kind")).collect();
    assert_eq!(kinds, ["click", "http", "meta-refresh", "script"], "{hops:?}");
    let levels: Vec<_> = hops.iter().map(|hop| hop["level"].as_u64().unwrap()).collect();
    assert_eq!(levels, [0, 0, 0, 1]);

    assert_eq!(stage.check("second").code, Some(10));
    let cases = stage.cases("second");
    let second = case(&cases, "game-gift-telecom");
    let mut faults = Vec::new();
    for part in ["verdict", "gaps", "findings", "violations"] {
        differences(&first[part], &second[part], part, &mut faults);
    }
    assert!(faults.is_empty(), "two runs differ:\n{}", faults.join("\n"));
}

/// What may differ from one moment to the next: times, pictures that show them, counters in addresses, notes that tell
/// the time, and by some pixels the place of what moves.
fn differences(one: &Value, other: &Value, at: &str, faults: &mut Vec<String>) {
    let name = at.rsplit('.').next().unwrap_or_default();
    let same = match (one, other) {
        _ if ["at_ms", "evidence", "note"].contains(&name) => true,
        (Value::Array(ones), Value::Array(others)) if name == "box" => {
            let near =
                |(one, other): (&Value, &Value)| (one.as_f64().unwrap() - other.as_f64().unwrap()).abs() <= MOVES;
            ones.len() == others.len() && ones.iter().zip(others).all(near)
        }
        (Value::Array(ones), Value::Array(others)) => {
            for (index, (one, other)) in ones.iter().zip(others).enumerate() {
                differences(one, other, &format!("{at}[{index}]"), faults);
            }
            ones.len() == others.len()
        }
        (Value::Object(ones), Value::Object(others)) => {
            for (name, one) in ones {
                differences(one, others.get(name).unwrap_or(&Value::Null), &format!("{at}.{name}"), faults);
            }
            ones.keys().eq(others.keys())
        }
        (Value::String(one), Value::String(other)) if name == "url" => one.split('?').next() == other.split('?').next(),
        _ => one == other,
    };
    if !same {
        faults.push(format!("{at}: {one} and {other}"));
    }
}
