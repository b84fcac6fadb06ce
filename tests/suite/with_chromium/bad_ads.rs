//! Ads that cannot be examined: each is told why, none is called clean, and the others go on.

use std::process::Command;

use postlink_tests::world;
use serde_json::{Value, json};

use super::{HONEST, QUICK, Stage, ad, case, list, text};

/// That the case is inconclusive, with a gap of this reason whose words hold all of these and say what to do.
fn faults(cases: &[Value], ad_id: &str, reason: &str, words: &[&str]) -> Vec<String> {
    let case = case(cases, ad_id);
    let mut faults = Vec::new();
    if text(case, "/verdict") != "inconclusive" {
        faults.push(format!("{ad_id} was called {}: {}", text(case, "/verdict"), case["violations"]));
    }
    let gaps = list(case, "/gaps");
    let Some(gap) = gaps.iter().find(|gap| text(gap, "/reason") == reason) else {
        faults.push(format!("{ad_id} has no gap `{reason}`: {gaps:?}"));
        return faults;
    };
    let detail = text(gap, "/detail");
    faults.extend(words.iter().filter(|word| !detail.contains(**word)).map(|w| format!("{ad_id}: no `{w}`: {detail}")));
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_that_leads_nowhere_we_may_go_is_inconclusive_and_the_others_go_on() {
    let stage = Stage::of_pages(&[("good.test", HONEST)], QUICK).await;
    let port = stage.site.address().port();
    let (six, seven) = (format!("http://[::1]:{port}/"), format!("http://[::ffff:10.0.0.1]:{port}/"));
    let (url, scheme) = ("is no URL", "not http or https");
    let clicks: [(&str, &str, &str, &str, &str); 15] = [
        ("words", "no url at all", "not-a-url", url, "Correct it"),
        ("nothing", "", "not-a-url", url, "Correct it"),
        ("no-host", "http://", "not-a-url", url, "Correct it"),
        ("relative", "/c?id=1", "not-a-url", url, "Correct it"),
        ("file", "file:///etc/passwd", "scheme-refused", scheme, "Give the URL"),
        ("script", "javascript:alert(1)", "scheme-refused", scheme, "Give the URL"),
        ("data", "data:text/html,<h1>hello</h1>", "scheme-refused", scheme, "Give the URL"),
        ("app", "weixin://dl/business/?t=1", "scheme-refused", scheme, "Give the URL"),
        ("browser", "chrome://version", "scheme-refused", scheme, "Give the URL"),
        ("private", "http://10.0.0.1/", "address-refused", "10.0.0.1", "guard.allow"),
        ("six", &six, "address-refused", "::1", "guard.allow"),
        ("mapped", &seven, "address-refused", "10.0.0.1", "guard.allow"),
        ("metadata", "http://169.254.169.254/latest/", "address-refused", "169.254.169.254", "guard.allow"),
        ("number", "http://167772161/", "address-refused", "10.0.0.1", "guard.allow"),
        ("any", "http://0.0.0.0:80/", "address-refused", "0.0.0.0", "guard.allow"),
    ];
    let mut lines: String = clicks.iter().map(|(id, click, ..)| ad(id, click)).collect();
    lines.push_str(&ad("good", "http://good.test/"));
    stage.ads(lines);
    let run = stage.check("out");
    let cases = stage.cases("out");
    let mut all: Vec<String> = Vec::new();
    for (id, click, reason, what, todo) in clicks {
        let written = if reason == "address-refused" { "could not be opened" } else { click };
        all.extend(faults(&cases, id, reason, &[what, todo, written]));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert_eq!(text(case(&cases, "good"), "/verdict"), "clean", "{}", case(&cases, "good"));
    assert_eq!(run.code, Some(11), "{}", run.stderr);
    assert!(stage.site.requests().iter().all(|request| request.host == "good.test"), "{:?}", stage.site.requests());
    let verified = stage.verify("out");
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creative_that_cannot_be_read_is_never_taken_for_one_that_says_nothing() {
    let stage = Stage::of_pages(&[("good.test", HONEST)], QUICK).await;
    let write = |name: &str, bytes: &[u8]| stage.postlink.write(name, bytes).unwrap();
    let png = std::fs::read(world::folder().join("otp-trap-popup/creative/feed.png")).unwrap();
    let jpeg = std::fs::read(world::folder().join("dead-link/creative/sofa.jpg")).unwrap();
    write("cut.png", &png[..png.len() / 2]);
    write("cut.jpg", &jpeg[..jpeg.len() / 2]);
    write("words.png", "这不是图片\n".as_bytes());
    write("empty.png", b"");
    write("words.mp4", "这不是视频\n".as_bytes());
    std::fs::create_dir(stage.path("folder.png")).unwrap();
    assert!(Command::new("mkfifo").arg(stage.path("pipe.png")).status().unwrap().success());
    let files = [
        "cut.png",
        "cut.jpg",
        "words.png",
        "empty.png",
        "folder.png",
        "pipe.png",
        "missing.png",
        "words.mp4",
        "no.mp4",
    ];
    let line = |id: &str, creative: Value| {
        json!({"ad_id": id, "click_url": "http://good.test/", "creatives": [creative]}).to_string() + "\n"
    };
    let mut lines: String = files
        .iter()
        .map(|file| line(file, json!({"kind": if file.ends_with("mp4") { "video" } else { "image" }, "path": file})))
        .collect();
    lines.push_str(&line("no-path", json!({"kind": "image"})));
    lines.push_str(&line("playable", json!({"kind": "playable", "path": "cut.png"})));
    lines.push_str(&ad("good", "http://good.test/"));
    stage.ads(lines);
    let run = stage.check("out");
    let cases = stage.cases("out");
    let mut all: Vec<String> = Vec::new();
    for file in files {
        all.extend(faults(&cases, file, "creative-unreadable", &[file]));
    }
    all.extend(faults(&cases, "no-path", "creative-unreadable", &["give its `path`"]));
    all.extend(faults(&cases, "playable", "creative-unreadable", &["cut.png", "`image` and `video` can"]));
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert_eq!(text(case(&cases, "good"), "/verdict"), "clean", "{}", case(&cases, "good"));
    assert_eq!(run.code, Some(11), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_line_is_not_taken_for_a_clean_ad_and_the_good_ones_go_on() {
    let stage = Stage::of_pages(&[("good.test", HONEST)], QUICK).await;
    let good = ad("good", "http://good.test/");
    stage.ads(format!("{good}{{\"ad_id\": \"cut\", \n{good}"));
    let run = stage.check("out");
    assert_eq!(run.code, Some(11), "{}", run.stderr);
    assert!(run.stderr.contains("ads.jsonl:2: ") && run.stderr.contains("ads.jsonl:3: "), "{}", run.stderr);
    let cases = stage.cases("out");
    assert_eq!(cases.len(), 1);
    assert_eq!(text(&cases[0], "/verdict"), "clean", "{}", cases[0]);
    stage.ads(good);
    assert_eq!(stage.check("out").code, Some(0), "the same ad in a whole file");
}
