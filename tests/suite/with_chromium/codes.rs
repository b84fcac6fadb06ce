//! QR codes of pages and of ads stand among the ways on, where each visitor saw them.

use postlink_tests::world::World;
use serde_json::Value;

use super::{QUICK, Stage, case, list, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_on_a_page_is_a_way_on_that_was_not_gone() {
    let world = World::read("qr-page").unwrap();
    let lines = world.ads_jsonl().unwrap();
    let stage = Stage::of(vec![world], QUICK).await;
    stage.ads(lines);
    stage.check("out");
    let cases = stage.cases("out");
    let codes = |ad_id: &str| -> Vec<Value> {
        let ways = list(case(&cases, ad_id), "/chains/0/ways").iter();
        ways.filter(|way| text(way, "/kind") == "qr-code").cloned().collect()
    };
    let class = codes("qr-page-class");
    assert_eq!(class.len(), 2, "one in the ad's picture, one on the page: {class:?}");
    assert_eq!(text(&class[0], "/url"), "https://u.moyun-shufa.test/o/7f2");
    assert!(class[0].get("box").is_none(), "{}", class[0]);
    assert_eq!(text(&class[1], "/url"), "https://work.weixin.test/ca/cawcde6b1d09b7b3c2?st=moyun");
    let cup = codes("qr-page-cup");
    assert_eq!(cup.len(), 1, "{cup:?}");
    assert_eq!(text(&cup[0], "/words"), "HTTPS://PAY.NUANBEI.TEST/Q/A7710");
    for code in class.iter().chain(&cup) {
        assert_eq!((text(code, "/outcome"), &code["gesture"]), ("unspent", &Value::Bool(true)), "{code}");
    }
    // Where it stands on the page: a square of some 120 CSS pixels.
    let area: Vec<f64> = list(&class[1], "/box").iter().filter_map(Value::as_f64).collect();
    assert!(area.len() == 4 && (area[2] - area[3]).abs() < 3.0 && (100.0..140.0).contains(&area[2]), "{area:?}");
    assert!(stage.site.submissions().is_empty());
}
