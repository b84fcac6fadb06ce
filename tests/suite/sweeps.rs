//! Ads are imported and sweeps over them told, from the shell. Nothing is visited here.

use std::fmt::Write as _;

use postlink_tests::postlink::{Postlink, Run};

/// Ads over so many landings, with click ids of their own.
fn ads(many: usize, landings: usize) -> String {
    let mut text = String::new();
    for n in 0..many {
        let landing = n % landings;
        let platform = if n % 2 == 0 { "feed" } else { "search" };
        let url = format!("https://h{landing}.test/p?id={landing}&gclid={n}&ts=__TS__");
        writeln!(
            text,
            r#"{{"ad_id": "ad-{n}", "click_url": "{url}", "platform": "{platform}", "tags": ["t{}"]}}"#,
            n % 5
        )
        .unwrap();
    }
    text
}

fn with_ads(text: &str) -> Postlink {
    let postlink = Postlink::new().unwrap();
    postlink.write("ads.jsonl", text).unwrap();
    postlink.write("my.toml", "[sweep]\ntracking_rules = \"\"\n").unwrap();
    postlink
}

fn import(postlink: &Postlink) -> Run {
    postlink.run(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]).unwrap()
}

/// Runs `postlink sweep` on the folder, and gives what it said, where it did not fail.
#[track_caller]
fn sweep(postlink: &Postlink, arguments: &[&str]) -> String {
    let run = postlink.run(&[&["sweep"], arguments, &["--data", "out"]].concat()).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout
}

#[track_caller]
fn refused(postlink: &Postlink, arguments: &[&str], words: &[&str]) {
    let run = postlink.run(&[&["sweep"], arguments, &["--data", "out"]].concat()).unwrap();
    assert_eq!(run.code, Some(2), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not in {}", run.stderr);
    }
}

#[test]
fn ads_are_taken_over_and_what_is_none_is_named() {
    let text = ads(40, 8)
        + "{broken\n{\"ad_id\": \"ad-3\", \"click_url\": \"x\"}\n{\"ad_id\": \"app\", \"click_url\": \"app://x\"}\n";
    let postlink = with_ads(&text);
    let run = import(&postlink);
    assert_eq!(run.code, Some(11), "{run:?}");
    assert!(
        run.stderr.contains("ads.jsonl:41: ") && run.stderr.contains("ads.jsonl:42: the ad_id `ad-3`"),
        "{}",
        run.stderr
    );
    for words in ["41 ads: 41 new", "9 new landings", "1 click URLs cannot be opened"] {
        assert!(run.stdout.contains(words), "{}", run.stdout);
    }
    postlink
        .write("ads.jsonl", ads(40, 8).replace("https://h0.test/p?id=0&gclid=0&", "https://h0.test/other?"))
        .unwrap();
    let run = import(&postlink);
    assert!(
        run.code == Some(0) && run.stdout.contains("0 new, 1 changed (1 lead elsewhere now), 39 as before"),
        "{run:?}"
    );
    postlink.write("ads.jsonl", "{\n").unwrap();
    assert_eq!(import(&postlink).code, Some(2), "no line is an ad");
}

#[test]
fn the_files_of_ads_are_kept_once_and_what_cannot_be_is_named() {
    let ad = |id: &str, creatives: &str| {
        format!(r#"{{"ad_id": "{id}", "click_url": "https://a.test/", "creatives": [{creatives}]}}"#) + "\n"
    };
    let picture = r#"{"kind": "image", "path": "c/a.png"}"#;
    let video = r#"{"kind": "video", "path": "b.mp4", "subtitles": "../b.srt"}"#;
    let postlink = with_ads(&(ad("a", picture) + &ad("b", &format!("{picture}, {video}")) + &ad("c", "")));
    postlink.write("c/a.png", "a picture").unwrap();
    // A file that was written just now is read again, since it may be written again without its time showing it.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    let run = import(&postlink);
    assert_eq!(run.code, Some(11), "{run:?}");
    assert!(
        run.stdout.contains("3 ads: 3 new") && run.stdout.contains("4 files of ads: 1 read, 2 cannot be"),
        "{run:?}"
    );
    for words in ["ads.jsonl:2: ../b.srt leaves the folder", "b.mp4 cannot be opened"] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    let blobs = || postlink.run(&["evidence", "sweep", "--data", "out"]).unwrap().stdout;
    assert!(blobs().contains("1 artefacts lie there, 9 bytes"), "{}", blobs());
    postlink.write("ads.jsonl", ad("a", picture) + &ad("b", picture)).unwrap();
    let run = import(&postlink);
    assert!(run.code == Some(0) && run.stdout.contains("2 ads: 0 new, 1 changed"), "{run:?}");
    postlink.write("my.toml", "[sweep]\ntracking_rules = \"\"\n[evidence]\nsweep_after_hours = 0\n").unwrap();
    let swept = postlink.run(&["evidence", "sweep", "--data", "out", "--config", "my.toml"]).unwrap().stdout;
    assert!(swept.contains("taken away: 0"), "{swept}");
}

#[test]
fn a_sweep_is_created_priced_opened_paused_and_ended() {
    let postlink = with_ads(&ads(60, 6));
    assert_eq!(import(&postlink).code, Some(0));
    let told =
        sweep(&postlink, &["create", "nightly", "--cron", "30 2 * * *", "--window", "120", "--platform", "feed"]);
    assert!(told.contains("platform feed") && told.contains("Asia/Shanghai, at a random minute of 120"), "{told}");
    sweep(&postlink, &["create", "now", "--tag", "t1", "--visitor", "desktop-chrome"]);
    let priced = sweep(&postlink, &["preview", "now"]);
    assert!(priced.contains("ads          12\nlandings     6 on 6 hosts, 6 jobs"), "{priced}");
    assert!(priced.contains("USD") && priced.contains("0 landings whose visits were measured, 6 by"), "{priced}");
    let priced = sweep(&postlink, &["create", "x", "--pages", "12", "--visitor", "desktop-chrome", "--preview"]);
    assert!(priced.contains("left out") && !sweep(&postlink, &["list"]).contains("x  running"), "{priced}");
    let due = postlink.run(&["schedule", "--data", "out", "--open", "--next", "2"]).unwrap();
    assert!(due.stdout.contains(": 12 ads, 6 landings, 6 jobs, 0 left out"), "{due:?}");
    let lines: Vec<_> = due.stdout.lines().filter(|line| line.contains("nightly")).collect();
    assert!(lines.len() == 2 && lines[0] < lines[1], "{due:?}");
    let again = postlink.run(&["schedule", "--data", "out", "--open"]).unwrap();
    assert!(!again.stdout.contains("opened"), "it ran once: {again:?}");
    assert!(sweep(&postlink, &["show", "now"]).contains("0 done, 0 under way, 6 waiting, 0 held"));
    assert!(sweep(&postlink, &["pause", "now"]).contains("6 jobs are held"));
    assert!(sweep(&postlink, &["show", "now"]).contains("0 waiting, 6 held"));
    assert!(sweep(&postlink, &["resume", "now"]).contains("6 jobs go on"));
    assert!(sweep(&postlink, &["cancel", "now"]).contains("6 jobs are given up"));
    refused(&postlink, &["resume", "now"], &["now is cancelled", "create another"]);
    let list = sweep(&postlink, &["list"]);
    assert!(list.contains("nightly  running") && list.contains("now  cancelled"), "{list}");
    let after = import(&postlink);
    assert!(after.stdout.contains("60 as before"), "{after:?}");
}

#[test]
fn a_sweep_that_cannot_be_is_refused_in_words() {
    let postlink = with_ads(&ads(2, 1));
    refused(&postlink, &["list"], &["out holds no postlink.db", "import --data"]);
    import(&postlink);
    refused(&postlink, &["create", "Big Sweep"], &["`Big Sweep` cannot be its name"]);
    refused(&postlink, &["create", "a", "--cron", "61 * * * *"], &["no cron pattern", "five fields"]);
    refused(&postlink, &["create", "a", "--cron", "0 2 * * *", "--time-zone", "Mars"], &["no time zone", "IANA"]);
    refused(&postlink, &["create", "a", "--cron", "0 * * * *", "--window", "90"], &["longer than the 60 minutes"]);
    refused(&postlink, &["create", "a", "--sample", "0"], &["above 0"]);
    refused(&postlink, &["create", "a", "--cron", "0 * * * *", "--continuous"], &["cannot be used with"]);
    refused(&postlink, &["create", "a", "--window", "9"], &["--cron"]);
    refused(&postlink, &["create", "a", "--visitor", "nobody"], &["no visitor `nobody`", "desktop-chrome"]);
    refused(&postlink, &["show", "a"], &["no sweep `a`; known: there is none yet"]);
    sweep(&postlink, &["create", "a"]);
    refused(&postlink, &["create", "a"], &["there is a sweep `a` already"]);
}
