//! Other packs than those of the day: graver, retired, and in force on some days only.

use super::*;

#[tokio::test]
async fn a_rule_that_grew_graver_and_one_that_was_retired_are_told() {
    let (folder, _) = Folder::plain([look("cheap", CHEAP, DAY), look("first", FIRST, DAY)]).await;
    let sealed = std::fs::read_dir(folder.path("evidence/cases")).unwrap().count();
    folder.rule(DEARER, "dearer-than-advertised", &[("\"S3\"", "\"S4\"")]);
    folder.rule(ABSOLUTE, "absolute-words", &[("\"settled\"", "\"retired\"")]);
    let run = folder.recheck(&["--policies", "packs"]);
    ended(&run, 0, &["1 disappeared (0 told by another rule)", "(1 with another severity)"]);

    let [cheap, first] = &folder.lines()[..] else { panic!("two cases") };
    assert_eq!(rules(cheap, "severity_changed"), [DEARER]);
    let moved = &cheap["severity_changed"][0];
    assert_eq!((&moved["was"], &moved["is"]), (&"S3".into(), &"S4".into()));
    // By which version it is graver; the case itself keeps the one that judged it.
    let version = moved["pack"].as_str().unwrap();
    assert!(version.starts_with("cn-internet-ads@2026.11+"), "{version}");
    assert_eq!(rules(first, "disappeared"), [ABSOLUTE]);
    assert_eq!(first["disappeared"][0]["pack"], "cn-internet-ads@2026.11");
    assert!(first["disappeared"][0]["note"]["en"]["what"].is_string(), "{first}");

    assert_eq!(std::fs::read_dir(folder.path("evidence/cases")).unwrap().count(), sealed);
    folder.verifies();
    // Without these packs, all is as it was.
    ended(&folder.recheck(&[]), 0, &["0 disappeared", "(0 with another severity)"]);
}

#[tokio::test]
async fn what_another_rule_tells_now_is_said_to_be_told() {
    let (folder, _) = Folder::plain([look("first", FIRST, DAY)]).await;
    // Within a pack one rule judges a finding.
    folder.rule(ABSOLUTE, "greatest-of-all", &[("cite ", "replaces = [\"absolute-words\"]\ncite ")]);
    let run = folder.recheck(&["--policies", "packs"]);
    ended(&run, 10, &["violations: 1 appeared, 1 disappeared (1 told by another rule)"]);
    let line = &folder.lines()[0];
    assert_eq!(rules(line, "appeared"), ["cn-internet-ads/greatest-of-all"]);
    assert_eq!(line["disappeared"][0]["told_by"], "cn-internet-ads/greatest-of-all");
}

#[tokio::test]
async fn each_case_is_judged_by_the_law_of_the_day_on_which_it_was_opened() {
    // The last moment of a day in China, and the first of the next.
    let (last, next) = ("2026-11-10T15:59:59Z", "2026-11-10T16:00:00Z");
    let (folder, _) = Folder::plain([look("last", CHEAP, last), look("next", CHEAP, next)]).await;
    folder.rule(DEARER, "dearer-than-advertised", &[("from = 2023-05-01", "from = 2023-05-01, until = 2026-11-10")]);
    ended(&folder.recheck(&["--policies", "packs"]), 0, &["1 disappeared", "1 kept"]);
    let [last, next] = &folder.lines()[..] else { panic!("two cases") };
    assert_eq!((rules(last, "kept"), rules(next, "kept")), (vec![DEARER.to_owned()], vec![]));
    assert_eq!(rules(next, "disappeared"), [DEARER]);
    assert_eq!((&next["verdict"]["was"], &next["verdict"]["is"]), (&"violating".into(), &"clean".into()));
}
