//! Cases whose look is not there, or not as it was sealed; and findings on which an opinion was had.

use model::finding::{Confidence, Finding};
use serde_json::json;

use super::*;

#[tokio::test]
async fn a_case_without_a_look_is_named_and_the_others_go_on() {
    let old = How { look: false, ..How::default() };
    let (folder, shelved) =
        Folder::of([(look("old", CHEAP, DAY), old), (look("new", CHEAP, DAY), How::default())]).await;
    let old = shelved[0].case_id.as_str();
    let told = format!("cases not compared anew, no-look: 1\n    {old} (ad old): ");
    ended(&folder.recheck(&[]), 11, &[&told, "cases compared anew: 1\n", "1 kept"]);
    let [without, with] = &folder.lines()[..] else { panic!("two cases") };
    assert_eq!((&without["case_id"], &without["gap"]["reason"]), (&old.into(), &"no-look".into()));
    assert_eq!((&without["verdict"]["was"], &without["verdict"]["is"]), (&"violating".into(), &Value::Null));
    assert_eq!(rules(with, "kept"), [DEARER]);
    ended(&folder.recheck(&["--dry-run"]), 11, &[&told]);
}

#[tokio::test]
async fn a_look_that_was_changed_or_taken_away_is_named_and_the_others_go_on() {
    let ads = ["changed", "gone", "whole"].map(|ad| look(ad, FIRST, DAY));
    let (folder, shelved) = Folder::plain(ads).await;
    let file = |case: &Shelved| folder.path(&storage::evidence::blob_path(case.look));
    let changed = String::from_utf8(std::fs::read(file(&shelved[0])).unwrap()).unwrap();
    std::fs::write(file(&shelved[0]), changed.replace(FIRST, HONEST)).unwrap();
    std::fs::remove_file(file(&shelved[1])).unwrap();
    // One violation appears as well: that evidence is damaged is said first.
    folder.rule(ABSOLUTE, "greatest-of-all", &[("cite ", "replaces = [\"absolute-words\"]\ncite ")]);
    let run = folder.recheck(&["--policies", "packs"]);
    let hexes = [shelved[0].look.hex(), shelved[1].look.hex()];
    ended(&run, 1, &["cases not compared anew, evidence-damaged: 2\n", &hexes[0], "has changed", &hexes[1]]);
    let lines = folder.lines();
    let reasons: Vec<_> = lines.iter().map(|line| &line["gap"]["reason"]).collect();
    assert_eq!(reasons, [&json!("evidence-damaged"), &json!("evidence-damaged"), &Value::Null]);
    assert_eq!(rules(&lines[2], "appeared"), ["cn-internet-ads/greatest-of-all"]);
}

#[tokio::test]
async fn a_look_in_a_form_that_is_not_known_is_a_gap() {
    let (folder, _) = Folder::plain([look("a", CHEAP, DAY)]).await;
    let mut stored = Stored::open(&folder.path(""), &WORDS).await.unwrap();
    stored.keep_as(&look("b", CHEAP, DAY), b"{\"case\": 2}", How::default()).await.unwrap();
    stored.close().await;
    ended(
        &folder.recheck(&[]),
        11,
        &["cases not compared anew, look-unknown: 1\n", "(ad b)", "cases compared anew: 1\n"],
    );
}

#[tokio::test]
async fn an_opinion_that_was_had_still_counts_and_nobody_is_asked() {
    fn upheld(findings: Vec<Finding>) -> Vec<Finding> {
        let said = json!({"by": "model at host", "upheld": true, "why": "it names nobody"});
        let weigh = |one: Finding| match one.check() {
            "operator-info-missing" => one.fact("second_opinion", &said).at_least(Confidence::Medium),
            _ => one,
        };
        findings.into_iter().map(weigh).collect()
    }
    /// Raised by nobody.
    fn raised(findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().map(|one| one.at_least(Confidence::Medium)).collect()
    }
    let how = |weigh| How { weigh, ..How::default() };
    let cases = [(look("asked", HONEST, DAY), how(upheld)), (look("raised", HONEST, DAY), how(raised))];
    let (folder, _) = Folder::of(cases).await;
    ended(&folder.recheck(&[]), 0, &["violations: 0 appeared, 1 disappeared", "1 kept"]);
    let [asked, raised] = &folder.lines()[..] else { panic!("two cases") };
    let rule = "cn-internet-ads/operator-not-named";
    assert_eq!((rules(asked, "kept"), rules(raised, "disappeared")), (vec![rule.to_owned()], vec![rule.to_owned()]));
}
