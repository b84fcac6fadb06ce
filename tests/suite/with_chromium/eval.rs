//! `postlink eval`: what it counts of ads whose truth is known, and that it looks at each only once.

use serde_json::{Value, json};

use super::{HONEST, QUICK, Stage};

/// A shop that asks more than its ad.
const DEARER: &str = "<h1>松木书桌</h1><p>现价 259 元</p><button>立即购买 259 元</button>";

fn ad(id: &str, host: &str, title: &str, truth: Value) -> String {
    let mut ad = json!({"ad_id": id, "title": title, "click_url": format!("http://{host}/"), "truth": truth});
    for (name, value) in [("maker", "m"), ("split", "dev"), ("trade", "goods"), ("language", "zh"), ("style", "plain")]
    {
        ad["truth"][name] = value.into();
    }
    format!("{ad}\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hits_misses_and_false_alarms_are_counted_and_a_second_run_looks_at_nothing() {
    let stage = Stage::of_pages(&[("dear.test", DEARER), ("plain.test", HONEST)], QUICK).await;
    let price =
        |delivered: &str| json!([{"check": "price-mismatch", "promised": "99元", "delivered": delivered, "hop": 0}]);
    let set = [
        ad("hit", "dear.test", "松木书桌只要99元", json!({"verdict": "violating", "violations": price("259 元")})),
        ad(
            "wrong-place",
            "dear.test",
            "松木书桌99元到家",
            json!({"verdict": "violating", "violations": price("满减之后")}),
        ),
        ad("accused", "dear.test", "松木书桌99元起", json!({"verdict": "clean"})),
        ad("silent", "plain.test", "云朵阅读", json!({"verdict": "clean"})),
        ad(
            "missed",
            "plain.test",
            "云朵阅读，好书很多",
            json!({"verdict": "violating", "violations": [{"check": "cloaking"}]}),
        ),
    ];
    stage.postlink.write("set.jsonl", set.concat()).unwrap();
    let eval = || stage.postlink.run(&["eval", "set.jsonl", "--out", "out", "--config", "my.toml"]).unwrap();
    let first = eval();
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let has = |text: &str, line: &str| assert!(text.contains(line), "{line} is not in\n{text}");
    has(&first.stdout, "| price-mismatch | 2 | 1 | 0 | 0.667 | 1.000 | 0.800 |");
    has(&first.stdout, "| cloaking | 0 | 0 | 1 | – | 0.000 | 0.000 |");
    has(&first.stdout, "| **all checks** | 2 | 1 | 1 |");
    has(&first.stdout, "| honest ads left alone | 1 | 2 | 0.500 |");
    has(&first.stdout, "| sentence of the page, quoted first | 1 | 2 | 0.500 |");
    has(&first.stdout, "| hop | 2 | 2 | 1.000 |");
    has(&first.stdout, "missed cloaking");
    has(&first.stdout, "clean called violating");

    let asked = stage.site.requests().len();
    let second = eval();
    assert_eq!(stage.site.requests().len(), asked, "what was seen is kept");
    let tables = |text: &str| text.split("\nComparing").next().map(str::to_owned);
    assert_eq!(tables(&second.stdout), tables(&first.stdout));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_without_its_truth_is_refused_with_the_ad_that_lacks_it() {
    let stage = Stage::of_pages(&[("plain.test", HONEST)], QUICK).await;
    let refused = |set: String| {
        stage.postlink.write("set.jsonl", set).unwrap();
        let run = stage.postlink.run(&["eval", "set.jsonl", "--out", "out", "--config", "my.toml"]).unwrap();
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        run.stderr
    };
    let bare = json!({"ad_id": "bare", "click_url": "http://plain.test/"}).to_string() + "\n";
    assert!(refused(bare).contains("the ad `bare`: it has no `truth`"));
    let empty = ad("empty", "plain.test", "云朵阅读", json!({"verdict": "violating"}));
    assert!(refused(empty).contains("the ad `empty`: `violations` belong to the verdict"));
}
