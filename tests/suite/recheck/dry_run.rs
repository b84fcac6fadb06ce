//! What packs would do before they go live.

use std::collections::BTreeMap;

use postlink_tests::repository;

use super::*;

const OPERATOR: &str = "cn-internet-ads/operator-not-named";

/// A rule on what is only possible, which judges nothing else than the page without a name.
fn stricter(folder: &Folder, more: (&str, &str)) {
    folder.rule(OPERATOR, "operator-never-named", &[("\"medium\"", "\"low\""), ("\"S2\"", "\"S1\""), more]);
}

fn contents(folder: &Folder) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = repository::files(&folder.path(""));
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[tokio::test]
async fn a_rule_of_tomorrow_is_silent_until_it_is_asked_of_tomorrow() {
    let (folder, _) = Folder::plain([look("honest", HONEST, DAY), look("cheap", CHEAP, DAY)]).await;
    stricter(&folder, ("from = 2023-05-01", "from = 2026-12-01"));
    ended(&folder.recheck(&["--policies", "packs"]), 0, &["violations: 0 appeared"]);
    let before = contents(&folder);
    let eve = folder.recheck(&["--policies", "packs", "--dry-run", "--as-of", "2026-11-30"]);
    ended(&eve, 0, &["2026-11-30", "violations: 0 appeared"]);
    let day = folder.recheck(&["--policies", "packs", "--dry-run", "--as-of", "2026-12-01"]);
    ended(
        &day,
        10,
        &[
            "before: cn-internet-ads@2026.11, ",
            "after:  cn-internet-ads@2026.11+",
            "cases compared anew: 2\nviolations: 2 appeared, 0 disappeared",
            "cn-internet-ads/operator-never-named, appeared:\n    honest, S1: 「",
            "」 → 「",
            "    cheap, S1: 「",
        ],
    );
    assert_eq!(contents(&folder), before, "a dry run writes nothing");
}

#[tokio::test]
async fn a_rule_on_trial_says_what_it_would_do_and_judges_nothing() {
    let (folder, _) = Folder::plain([look("a", HONEST, DAY), look("b", HONEST, DAY), look("c", FIRST, DAY)]).await;
    stricter(&folder, ("\"settled\"", "\"trial\""));
    folder.rule(ABSOLUTE, "absolute-words", &[("\"settled\"", "\"retired\"")]);
    ended(&folder.recheck(&["--policies", "packs"]), 0, &["violations: 0 appeared, 1 disappeared"]);
    let asked = ["--policies", "packs", "--dry-run", "--as-of", "2026-11-20"];
    let run = folder.recheck(&[&asked[..], &["--samples", "1"]].concat());
    ended(
        &run,
        10,
        &["violations: 3 appeared, 1 disappeared", "\n    a, S1: 「", "absolute-words, disappeared:\n    c, S2: 「"],
    );
    assert!(!run.stdout.contains("\n    b, S1"), "{}", run.stdout);

    let run = folder.recheck(&[&asked[..], &["--json"]].concat());
    let lines = parsed(&run.stdout);
    assert_eq!(lines.len(), 3);
    assert_eq!(rules(&lines[0], "appeared"), ["cn-internet-ads/operator-never-named"]);
    assert_eq!((&lines[0]["verdict"]["was"], &lines[0]["verdict"]["is"]), (&"clean".into(), &"violating".into()));
}

#[tokio::test]
async fn the_law_of_one_day_judges_before_and_after() {
    // On the day of the case the rule was none yet; on the day that is asked of it is, before and after.
    let (folder, shelved) = Folder::plain([look("cheap", CHEAP, "2020-01-01T00:00:00Z")]).await;
    assert_eq!(shelved[0].line["violations"], serde_json::json!([]));
    ended(&folder.recheck(&["--dry-run", "--as-of", "2026-11-20"]), 0, &["violations: 0 appeared", "1 kept"]);
    ended(&folder.recheck(&["--dry-run", "--as-of", "2020-01-01"]), 0, &["violations: 0 appeared", "0 kept"]);
}
