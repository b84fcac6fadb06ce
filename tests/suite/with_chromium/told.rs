//! What was found, told to each sort of reader, and judged by the law of where the ad runs.

use postlink_tests::world::World;
use serde_json::Value;

use super::{QUICK, Stage, case, list, text};
use crate::events::listener::Listener;
use crate::events::{SECRET, until};

/// The notes that `postlink notes` prints for this reader.
fn notes(stage: &Stage, reader: &str, language: &str) -> Vec<Value> {
    let run = stage.postlink.run(&["notes", "--data", "out", "--for", reader, "--language", language]).unwrap();
    assert_eq!(run.code, Some(10), "{run:?}");
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reader_is_told_what_is_theirs_and_an_ad_is_judged_where_it_runs() {
    let world = World::read("game-gift-telecom").unwrap();
    let line = world.ads_jsonl().unwrap();
    let mut british: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
    british["ad_id"] = "in-britain".into();
    british["markets"] = "gb".into();
    let stage = Stage::of(vec![world], QUICK).await;
    stage.ads(format!("{line}{british}\n"));
    assert_eq!(stage.check("out").code, Some(10));
    let cases = stage.cases("out");

    let chinese = case(&cases, "game-gift-telecom");
    let packs = |case: &Value| -> Vec<String> {
        let pack = |one: &Value| text(one, "/pack").split('@').next().unwrap_or_default().to_owned();
        let all = list(case, "/violations").iter();
        all.flat_map(|one| std::iter::once(pack(one)).chain(list(one, "/also_by").iter().map(pack))).collect()
    };
    assert!(packs(chinese).iter().all(|pack| pack.starts_with("cn-")), "{:?}", packs(chinese));
    // The ad runs on Ocean Engine, for twelve-year-olds, and leads to an order on the phone bill.
    for pack in ["cn-internet-ads", "cn-telecom", "cn-ocean-engine"] {
        assert!(packs(chinese).iter().any(|one| one == pack), "{pack} is not among {:?}", packs(chinese));
    }
    let weighed = list(chinese, "/violations/0/weighed");
    assert!(weighed.iter().any(|one| text(one, "/id") == "minor"), "{weighed:?}");
    let british = packs(case(&cases, "in-britain"));
    assert!(!british.is_empty() && british.iter().all(|pack| pack == "uk-consumer"), "{british:?}");

    // What other systems are told is what stands in the cases, word for word.
    let told = crate::events::told_of(&stage.path("out")).await;
    let mut violations = 0;
    for of_case in &cases {
        for (violation, number) in list(of_case, "/violations").iter().zip(1_u64..) {
            let same = |event: &&Value| {
                let path = ["/rule", "/pack", "/severity", "/promised/quote", "/promised/source", "/delivered/url"];
                let about = (&event["data"]["ad_id"], &event["data"]["number"]);
                about == (&of_case["ad_id"], &number.into())
                    && path.iter().all(|path| event["data"].pointer(path) == violation.pointer(path))
            };
            assert_eq!(told.iter().filter(same).count(), 1, "{violation}");
            violations += 1;
        }
    }
    assert!(violations > 0 && told.len() == violations + cases.len(), "{told:?}");

    // One command, no other server: what is decided comes to a webhook.
    let decided = ["decide", "game-gift-telecom", "--confirm", "--by", "Li", "--data", "out"];
    assert_eq!(stage.postlink.run(&decided).unwrap().code, Some(0));
    let listener = Listener::start().await;
    let config = std::fs::read_to_string(stage.path("my.toml")).unwrap();
    let hook = format!("[[webhooks]]\nurl = \"{}\"\nsecret = \"{SECRET}\"\n", listener.url("/good"));
    stage.postlink.write("serve.toml", format!("{config}\n{hook}")).unwrap();
    let serve = stage.postlink.start(&["serve", "--data", "out", "--config", "serve.toml"]).unwrap();
    until("the decision is told", || listener.heard("/good").iter().any(|one| one.body.contains("\"decided\"")));
    serve.interrupt().unwrap();
    assert_eq!(serve.end().unwrap().code, Some(0));

    let platform = notes(&stage, "platform", "zh-CN");
    let advertiser = notes(&stage, "advertiser", "zh-CN");
    let regulator = notes(&stage, "regulator", "en");
    assert!(platform.iter().all(|note| text(note, "/visitor") == "android-douyin"));
    assert!(!advertiser.is_empty() && advertiser.len() == platform.len() && regulator.len() == platform.len());
    for note in &advertiser {
        assert!(!note.to_string().contains("android-douyin"), "{note}");
        assert!(!text(note, "/do").is_empty());
    }
    for note in &regulator {
        assert!(note.get("do").is_none() && !list(note, "/evidence").is_empty(), "{note}");
        assert!(list(note, "/basis").iter().all(|clause| clause["verified"] == true), "{note}");
        assert!(!text(note, "/why").contains("not yet verified"), "{note}");
    }
    assert_eq!(stage.postlink.run(&["policy", "new", "acme", "--in", "packs"]).unwrap().code, Some(0));
    assert_eq!(stage.start("judged", &["--policies", "packs"]).end().unwrap().code, Some(10));
    let judged = packs(case(&stage.cases("judged"), "game-gift-telecom"));
    assert!(judged.iter().any(|pack| pack == "acme"), "the pack of the folder judges as well: {judged:?}");

    let none = stage.postlink.run(&["notes", "--data", "out", "--ad", "nobody"]).unwrap();
    assert!(none.code == Some(0) && none.stdout.is_empty(), "{none:?}");
    let nowhere = stage.postlink.run(&["notes", "--data", "nowhere"]).unwrap();
    assert!(nowhere.code == Some(2) && nowhere.stderr.contains("nowhere holds no postlink.db"), "{nowhere:?}");
}
