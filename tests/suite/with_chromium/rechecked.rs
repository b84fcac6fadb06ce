//! What was examined with a real browser, compared anew without one: it comes out as it did.

use postlink_tests::world::World;
use serde_json::json;

use super::{QUICK, Stage, case, list, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_seen_by_a_browser_comes_out_the_same_without_one() {
    let worlds = ["game-gift-telecom", "cloak-by-agent", "honest-shop"].map(|name| World::read(name).unwrap());
    let ads: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let both = QUICK.replace("\"android-douyin\"", "\"android-douyin\", \"desktop-chrome\"");
    let stage = Stage::of(worlds.into(), &both).await;
    stage.ads(ads);
    assert_eq!(stage.check("out").code, Some(10));

    let run = stage.postlink.run(&["recheck", "--data", "out", "--config", "my.toml"]).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let lines = std::fs::read_to_string(stage.path("out/recheck.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cases = stage.cases("out");
    assert_eq!(lines.len(), cases.len());
    for line in &lines {
        let case = case(&cases, text(line, "/ad_id"));
        for changed in ["appeared", "disappeared", "severity_changed"] {
            assert_eq!(line[changed], json!([]), "{line}");
        }
        assert_eq!(list(line, "/kept").len(), list(case, "/violations").len(), "{line}");
        assert_eq!(
            (text(line, "/verdict/was"), text(line, "/verdict/is")),
            (text(case, "/verdict"), text(case, "/verdict"))
        );
    }
    assert!(cases.iter().any(|case| !list(case, "/differences").is_empty()), "no visitor saw something else");
    assert_eq!(stage.verify("out").code, Some(0));
}
