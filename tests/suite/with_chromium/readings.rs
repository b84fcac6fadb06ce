//! What was read is kept in the store: a creative seen before costs no model call, in whatever ad it comes again.

use postlink_tests::postlink::Run;
use postlink_tests::repository;
use serde_json::json;

use super::{HONEST, QUICK, Stage};

const BANNER: &str = "reader/tests/data/banner.jpg";

/// How often a run says that it asked a model.
#[track_caller]
fn asked(run: &Run) -> u64 {
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let (_, said) = run.stderr.rsplit_once("models_asked=").expect("a run says how often it asked");
    said.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creative_seen_before_is_not_read_again_in_another_ad() {
    let stage = Stage::of_pages(&[("one.test", HONEST)], QUICK).await;
    let ad = |id: &str, file: &str| {
        json!({"ad_id": id, "click_url": "http://one.test/", "creatives": [{"kind": "image", "path": file}]})
            .to_string()
            + "\n"
    };
    let banner = std::fs::read(repository::root().join(BANNER)).unwrap();
    stage.postlink.write("a.jpg", &banner).unwrap();
    stage.postlink.write("b.jpg", &banner).unwrap();
    stage.ads(ad("first", "a.jpg"));
    assert!(asked(&stage.check("out")) > 0);

    stage.ads(ad("second", "b.jpg"));
    assert_eq!(asked(&stage.check("out")), 0);
    assert_eq!(stage.cases("out").len(), 2);
    assert_eq!(stage.verify("out").code, Some(0), "the picture is evidence of both");

    let run = stage.start("out", &["--again"]).end().unwrap();
    assert!(asked(&run) > 0, "again means that everything is read again");
}
