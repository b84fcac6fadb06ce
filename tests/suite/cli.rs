//! The command line: what it refuses, in which words, and with which exit code. No browser is needed here.

use postlink_tests::postlink::{Postlink, Run, machine};
use postlink_tests::repository;

const AD: &str = "{\"ad_id\": \"a\", \"click_url\": \"http://a.test/\"}\n";

/// A configuration with which everything is there but the browser, so that a run ends before it visits anything.
fn without_a_browser() -> String {
    machine().replace("[browser]\n", "[browser]\npath = \"/nowhere/chromium\"\n")
}

/// Runs `check` on an ads file of these bytes, in a folder with this configuration.
fn check(ads: impl AsRef<[u8]>, config: &str, more: &[&str]) -> Run {
    let postlink = Postlink::new().unwrap();
    postlink.write("ads.jsonl", ads).unwrap();
    postlink.write("my.toml", config).unwrap();
    let arguments = [&["check", "ads.jsonl", "--out", "out", "--config", "my.toml"], more].concat();
    postlink.run(&arguments).unwrap()
}

/// That the run was refused with this exit code, in words that hold all of these.
#[track_caller]
fn refused(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not in:\n{}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

#[test]
fn a_missing_ads_file_is_named() {
    let postlink = Postlink::new().unwrap();
    let run = postlink.run(&["check", "nowhere.jsonl", "--out", "out"]).unwrap();
    refused(&run, 2, &["nowhere.jsonl", "No such file", "JSON Lines"]);
    assert!(!postlink.folder().join("out").exists(), "a run that was refused leaves nothing behind");
}

#[test]
fn a_folder_in_place_of_the_ads_file_is_named() {
    let postlink = Postlink::new().unwrap();
    refused(&postlink.run(&["check", ".", "--out", "out"]).unwrap(), 2, &["the ads file .", "directory"]);
}

#[test]
fn an_ads_file_without_an_ad_says_how_one_is_written() {
    for nothing in ["", "\n\n", "  \r\n\t\n", "\u{feff}"] {
        refused(&check(nothing, "", &[]), 2, &["ads.jsonl", "is empty", "ad_id", "click_url"]);
    }
}

#[test]
fn an_ads_file_that_is_not_utf_8_is_refused_with_the_byte() {
    let mut ads = AD.as_bytes().to_vec();
    ads.extend(b"{\"ad_id\": \"b\", \"title\": \"\xc3\xe2\xb7\xd1\"");
    let at = AD.len() + b"{\"ad_id\": \"b\", \"title\": \"".len();
    refused(&check(ads, "", &[]), 2, &["ads.jsonl", "UTF-8", &format!("byte {at}")]);
}

#[test]
fn each_broken_line_is_named_with_its_number_and_reason() {
    let broken = format!("{AD}\n{{\"ad_id\": \n[1, 2]\n{{\"ad_id\": \"b\"}}\n{{\"ad_id\": 7, \"click_url\": \"x\"}}\n");
    let run = check(broken, &without_a_browser(), &[]);
    // The good ad goes on, as far as it gets without a browser.
    refused(&run, 3, &["ads.jsonl:3: ", "ads.jsonl:4: ", "ads.jsonl:5: missing field `click_url`", "ads.jsonl:6: "]);
    for line in [1, 2] {
        assert!(!run.stderr.contains(&format!("ads.jsonl:{line}:")), "{}", run.stderr);
    }
}

#[test]
fn a_file_of_broken_lines_only_is_refused_after_each_was_named() {
    refused(&check("{\n}\n", "", &[]), 2, &["ads.jsonl:1: ", "ads.jsonl:2: ", "no line of ads.jsonl is an ad"]);
}

#[test]
fn an_ad_id_that_stands_twice_is_named_with_both_lines() {
    let run = check(format!("{AD}{AD}"), &without_a_browser(), &[]);
    refused(&run, 3, &["ads.jsonl:2: the ad_id `a` stands on line 1 already"]);
}

#[test]
fn an_unknown_key_of_the_configuration_is_refused_with_its_line_and_the_nearest_one() {
    let config = "[guard]\nallow = []\n\n[browser]\nsandbx = false\n";
    refused(&check(AD, config, &[]), 3, &["my.toml:5: ", "`browser.sandbx`", "`browser.sandbox`"]);
    refused(&check(AD, "[brwser]\n", &[]), 3, &["my.toml:1: ", "`brwser`", "`browser`"]);
}

#[test]
fn a_missing_configuration_is_named() {
    let postlink = Postlink::new().unwrap();
    postlink.write("ads.jsonl", AD).unwrap();
    let run = postlink.run(&["check", "ads.jsonl", "--out", "out", "--config", "nowhere.toml"]).unwrap();
    refused(&run, 3, &["nowhere.toml", "No such file"]);
}

#[test]
fn a_value_of_the_wrong_sort_is_named_with_its_line_and_key() {
    for (config, words) in [
        ("[check]\n\nat_once = \"many\"\n", ["my.toml:3: ", "`check.at_once`", "\"many\""]),
        ("[follow]\nmax_hops = -1\n", ["my.toml:2: ", "`follow.max_hops`", "`-1`"]),
        ("[check]\nvisitors = \"ios\"\n", ["my.toml:2: ", "`check.visitors`", "expected a sequence"]),
        ("[visitors.desktop-chrome]\n\nscale = true\n", ["my.toml:3: ", "`visitors.desktop-chrome.scale`", "`true`"]),
        ("[visitors.mine]\nuser_agent = \"me\"\n", ["my.toml:1: ", "`visitors.mine`", "missing field"]),
        ("check = 3\n", ["my.toml:1: ", "`check`", "table"]),
    ] {
        refused(&check(AD, config, &[]), 3, &words);
    }
}

#[test]
fn a_configuration_that_is_no_toml_is_refused_with_its_line() {
    refused(&check(AD, "[guard]\nallow = [\n", &[]), 3, &["my.toml:"]);
}

#[test]
fn a_rule_of_the_guard_that_says_nothing_is_refused() {
    let config = format!("[guard]\nallow = [\"127.0.0.0/8\", \"10.0.0.0/99\"]\n{}", without_a_browser());
    refused(&check(AD, &config, &[]), 3, &["guard.allow", "10.0.0.0/99"]);
}

#[test]
fn an_unknown_visitor_is_refused_and_the_known_ones_are_named() {
    let words = ["`ios`", "android-douyin", "desktop-chrome"];
    refused(&check(AD, "", &["--visitor", "desktop-chrome", "--visitor", "ios"]), 2, &words);
    refused(&check(AD, "[check]\nvisitors = [\"ios\"]\n", &[]), 3, &words);
    refused(&check(AD, "[check]\nvisitors = []\n", &[]), 3, &["[check] visitors is empty"]);
}

#[test]
fn a_browser_that_is_not_there_is_named_with_what_to_do() {
    let words = ["/nowhere/chromium", "browser.path", "usual places"];
    refused(&check(AD, &without_a_browser(), &[]), 3, &words);
}

#[test]
fn models_that_are_not_there_are_named_with_the_script_that_fetches_them() {
    let config = "[reader]\nmodels = \"/nowhere/models\"\n";
    refused(
        &check(AD, config, &[]),
        3,
        &["/nowhere/models", "postlink models fetch", "scripts/setup", "reader.models"],
    );
}

#[test]
fn models_that_are_not_the_ones_we_know_are_refused() {
    let postlink = Postlink::new().unwrap();
    postlink.write("ads.jsonl", AD).unwrap();
    for file in ["ppocrv6_dict.txt", "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"] {
        postlink.write(&format!("models/{file}"), "something else").unwrap();
    }
    postlink.write("my.toml", "[reader]\nmodels = \"models\"\n").unwrap();
    let run = postlink.run(&["check", "ads.jsonl", "--out", "out", "--config", "my.toml"]).unwrap();
    refused(&run, 3, &["models/", "sha256", "scripts/setup"]);
}

#[test]
fn an_output_folder_that_is_a_file_is_named() {
    let postlink = Postlink::new().unwrap();
    postlink.write("ads.jsonl", AD).unwrap();
    postlink.write("out", "a file").unwrap();
    refused(&postlink.run(&["check", "ads.jsonl", "--out", "out"]).unwrap(), 2, &["out"]);
    assert_eq!(std::fs::read_to_string(postlink.folder().join("out")).unwrap(), "a file");
}

#[test]
fn verify_refuses_a_folder_that_is_none_of_ours() {
    let postlink = Postlink::new().unwrap();
    let file = postlink.write("file", "").unwrap();
    refused(&postlink.run(&["verify", "nowhere"]).unwrap(), 2, &["nowhere", "--out"]);
    refused(&postlink.run(&["verify", "."]).unwrap(), 2, &["evidence/", "postlink.db", "--out"]);
    refused(&postlink.run(&["verify", file.to_str().unwrap()]).unwrap(), 2, &["file", "--out"]);
}

#[test]
fn help_names_every_command_and_exit_code() {
    let postlink = Postlink::new().unwrap();
    let help = postlink.run(&["--help"]).unwrap();
    assert_eq!(help.code, Some(0));
    for word in [
        "check",
        "verify",
        "generate",
        "models",
        "recheck",
        "0 clean",
        "10 violations",
        "11 inconclusive",
        "2 wrong",
        "3 conf",
    ] {
        assert!(help.stdout.contains(word), "`{word}` is not in:\n{}", help.stdout);
    }
    for command in ["check", "verify", "generate", "models", "recheck"] {
        let help = postlink.run(&[command, "--help"]).unwrap();
        assert_eq!(help.code, Some(0));
        assert!(help.stdout.contains(&format!("Usage: postlink {command}")), "{}", help.stdout);
    }
}

#[test]
fn version_tells_the_version() {
    let run = Postlink::new().unwrap().run(&["--version"]).unwrap();
    assert_eq!((run.code, run.stdout.trim()), (Some(0), concat!("postlink ", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn words_that_are_no_command_are_refused() {
    let postlink = Postlink::new().unwrap();
    for arguments in
        [&[][..], &["frobnicate"], &["check"], &["check", "ads.jsonl"], &["check", "a", "--out", "o", "--x"]]
    {
        refused(&postlink.run(arguments).unwrap(), 2, &["Usage: postlink"]);
    }
}

#[test]
fn the_documents_are_those_that_the_program_would_write() {
    let run = Postlink::new().unwrap().run(&["generate", "--check", repository::root().to_str().unwrap()]).unwrap();
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_document_that_differs_from_the_program_is_named_and_written_anew() {
    let postlink = Postlink::new().unwrap();
    let checks = repository::root().join("checker/src/checks");
    for source in repository::files(&checks).iter().filter(|path| path.extension().is_some_and(|e| e == "rs")) {
        let name = source.file_name().unwrap().to_string_lossy();
        postlink.write(&format!("checker/src/checks/{name}"), std::fs::read(source).unwrap()).unwrap();
    }
    assert_eq!(postlink.run(&["generate"]).unwrap().code, Some(0));
    assert_eq!(postlink.run(&["generate", "--check"]).unwrap().code, Some(0));
    postlink.write("docs/cli.md", "# Something else\n").unwrap();
    let run = postlink.run(&["generate", "--check"]).unwrap();
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("docs/cli.md") && !run.stdout.contains("docs/config.md"), "{}", run.stdout);
    assert_eq!(postlink.run(&["generate"]).unwrap().code, Some(0));
    assert_eq!(postlink.run(&["generate", "--check"]).unwrap().code, Some(0));
}

#[test]
fn what_is_missing_is_named_with_the_command_that_mends_it() {
    let postlink = Postlink::new().unwrap();
    let config =
        "[browser]\npath = \"/nowhere/chromium\"\n\n[reader]\nffmpeg = \"/nowhere/ffmpeg\"\nmodels = \"nowhere\"\n";
    postlink.write("my.toml", config).unwrap();
    postlink.write("taken", "a file where a folder is wanted").unwrap();
    let run = postlink.run(&["doctor", "--config", "my.toml", "--data", "taken"]).unwrap();
    assert_eq!(run.code, Some(3), "{run:?}");
    for (what, mend) in [
        ("browser: `browser.path` names /nowhere/chromium", "apt-get install chromium"),
        ("ffmpeg: No such file", "apt-get install ffmpeg"),
        ("MISSING  model ", "postlink models fetch"),
        ("MISSING  folder taken: ", "name a folder that is yours"),
    ] {
        let (_, after) = run.stdout.split_once(what).unwrap_or_else(|| panic!("`{what}` is not in:\n{}", run.stdout));
        let next = after.lines().nth(1).unwrap_or_default();
        assert!(next.starts_with("         mend it: ") && next.contains(mend), "`{mend}` is not in: {next}");
    }
    assert!(run.stdout.contains("there    policy packs: 6 packs, "), "{}", run.stdout);
    let none = ["doctor", "--data", "out", "--database", "postgres://me:secret@127.0.0.1:1/none"];
    let run = postlink.run(&none).unwrap();
    assert!(run.stdout.contains("MISSING  database: use postgres://127.0.0.1:1/none"), "{}", run.stdout);
    assert!(!run.stdout.contains("secret"), "{}", run.stdout);
}

#[test]
fn a_store_or_database_that_is_none_is_refused() {
    let postlink = Postlink::new().unwrap();
    let migrate = |from: &str, to: &str| postlink.run(&["migrate", "--from", from, "--to", to]).unwrap();
    let to = "postgres://me@127.0.0.1:1/none";
    refused(&migrate("sqlite:nowhere", to), 2, &["nowhere holds no postlink.db"]);
    refused(&migrate("nowhere", to), 2, &["is no store: write sqlite:DIR"]);
    let run = postlink.run(&["migrate", "--to", to]).unwrap();
    refused(&run, 2, &["--evidence", "--from"]);
    refused(&postlink.run(&["migrate", "--evidence", "out", "--to", "mysql://x"]).unwrap(), 2, &["postgres://user"]);
    refused(&postlink.run(&["migrate", "--evidence", "out", "--to", to]).unwrap(), 3, &["postgres://127.0.0.1:1/none"]);
}

#[test]
fn an_export_says_what_it_lacks_and_overwrites_nothing() {
    let postlink = Postlink::new().unwrap();
    postlink.write("there/file", "").unwrap();
    let run = |arguments: &[&str]| postlink.run(&[&["export"], arguments].concat()).unwrap();
    refused(&run(&["--data", "out", "--out", "b"]), 2, &["--case", "--advertiser", "--all"]);
    refused(&run(&["--data", "out", "--all", "--case", "x", "--out", "b"]), 2, &["cannot be used with"]);
    refused(&run(&["--data", "out", "--since", "2026-11-01", "--out", "b"]), 2, &["--until"]);
    refused(&run(&["--data", "out", "--all", "--lang", "fr", "--out", "b"]), 2, &["zh-CN", "en"]);
    refused(&run(&["--data", "out", "--all", "--out", "b"]), 2, &["out holds no postlink.db"]);
    refused(&run(&["--data", "out", "--all", "--out", "there"]), 2, &["there is there already"]);
    assert!(!postlink.folder().join("b").exists(), "a run that was refused leaves nothing behind");
}
