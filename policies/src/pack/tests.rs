//! What a pack may not be, and that law stays in it.

use std::path::Path;

use super::schema::Library;
use super::*;
use crate::read::Source;

fn files() -> BTreeMap<String, String> {
    built_in_files()
}

/// Loads packs whose rules may name every check that the built-in ones name.
pub(crate) fn load(files: &BTreeMap<String, String>) -> Result<Packs, PackError> {
    let built_in = built_in_files();
    let named = regex::Regex::new(r#"check\s*=\s*\[([^\]]*)\]"#).unwrap();
    let lists = built_in.iter().filter(|(file, _)| file.contains("/rules/"));
    let lists = lists.flat_map(|(_, text)| named.captures_iter(text).map(|list| list.extract::<1>().1[0]));
    let checks: BTreeSet<_> = lists.flat_map(|list| list.split(',')).map(|id| id.trim().trim_matches('"')).collect();
    Packs::from_files(files, &checks)
}

pub(crate) fn loaded(files: &BTreeMap<String, String>) -> Packs {
    load(files).unwrap_or_else(|error| panic!("{error}"))
}

fn pack<'a>(packs: &'a Packs, id: &str) -> &'a Pack {
    packs.named(id).expect("the pack is there")
}

const CHINESE: &str = "cn-internet-ads";

/// Loads the built-in packs with one text replaced in one file, and gives back what is wrong then.
fn wrong(file: &str, from: &str, to: &str) -> PackError {
    let mut files = files();
    let text = files.get_mut(&format!("cn-internet-ads/{file}")).expect("the file is there");
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    load(&files).expect_err("something is wrong")
}

const RULE: &str = "rules/dearer-than-advertised.toml";

#[test]
fn a_misspelt_key_is_named_with_its_line_and_the_key_that_was_meant() {
    let error = wrong(RULE, "severity        =", "severty         =");
    assert_eq!(error.file, format!("cn-internet-ads/{RULE}"));
    assert_eq!((error.line, error.column, error.nearest.as_deref()), (8, 1, Some("severity")));
}

#[test]
fn a_misspelt_value_is_named_with_the_value_that_was_meant() {
    let error = wrong(RULE, "\"settled\"", "\"setled\"");
    assert_eq!((error.line, error.nearest.as_deref()), (10, Some("settled")));
}

#[test]
fn a_citation_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let error = wrong(RULE, "\"wlgg-2023#18\"", "\"wlgg-2023#81\"");
    assert_eq!((error.line, error.column, error.nearest.as_deref()), (7, 20, Some("wlgg-2023#18")));
}

#[test]
fn a_rule_older_than_all_that_it_cites_is_refused() {
    let error = wrong(RULE, "from = 2023-05-01", "from = 1990-01-01");
    assert!(error.message.contains("nothing that the rule cites is in force on 1990-01-01"), "{error}");
}

#[test]
fn a_rule_that_ends_before_it_begins_is_refused() {
    let error = wrong(RULE, "from = 2023-05-01", "from = 2023-05-01, until = 2023-04-30");
    assert!(error.message.contains("it ends on 2023-04-30, before it begins"), "{error}");
}

#[test]
fn a_check_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let error = wrong(RULE, "\"price-mismatch\"", "\"price-mismatsch\"");
    assert_eq!((error.line, error.nearest.as_deref()), (5, Some("price-mismatch")), "{error}");
}

/// A second rule of the same pack that judges what the first one does, from a day on.
fn twice(from: &str, more: &str) -> Result<Packs, PackError> {
    let mut files = files();
    let rule = files[&format!("{CHINESE}/{RULE}")]
        .replacen("\"dearer-than-advertised\"", "\"dearer-than-once\"", 1)
        .replacen("from = 2023-05-01", &format!("from = {from}"), 1);
    files.insert(format!("{CHINESE}/rules/dearer-than-once.toml"), format!("{rule}\n{more}\n"));
    load(&files)
}

#[test]
fn two_rules_that_judge_the_same_on_the_same_day_are_refused() {
    let error = twice("2026-01-01", "").expect_err("both judge");
    assert!(error.message.contains("both are in force on 2026-01-01"), "{error}");
    twice("2026-01-01", "replaces = [\"dearer-than-advertised\"]").expect("one takes the other's place");
}

#[test]
fn rules_that_replace_each_other_in_a_ring_are_refused() {
    let mut files = files();
    let add = |files: &mut BTreeMap<String, String>, rule: &str, line: &str| {
        let text = files.get_mut(&format!("{CHINESE}/rules/{rule}.toml")).expect("the rule is there");
        text.push_str(&format!("\n{line}\n"));
    };
    add(&mut files, "gift-differs", "replaces = [\"spec-differs\"]");
    add(&mut files, "spec-differs", "replaces = [\"health-claim\"]");
    load(&files).expect("a row is no ring");
    add(&mut files, "health-claim", "replaces = [\"cn-internet-ads/gift-differs\"]");
    let error = load(&files).expect_err("a ring");
    assert!(error.message.contains("replace each other in a ring"), "{error}");
}

#[test]
fn packs_that_inherit_in_a_ring_are_refused() {
    let mut files = files();
    let head = files.get_mut("cn-internet-ads/pack.toml").expect("the pack is there");
    *head = head.replacen("languages", "inherits = \"cn-telecom\"\nlanguages", 1);
    let error = load(&files).expect_err("a ring");
    assert_eq!(error.message, "the packs inherit in a ring: cn-internet-ads → cn-telecom → cn-internet-ads", "{error}");
    let head = files.get_mut("cn-internet-ads/pack.toml").expect("the pack is there");
    *head = head.replacen("\"cn-telecom\"", "\"cn-telekom\"", 1);
    let error = load(&files).expect_err("no such pack");
    assert_eq!((error.nearest.as_deref(), error.file.as_str()), (Some("cn-telecom"), "cn-internet-ads/pack.toml"));
}

#[test]
fn packs_of_one_country_that_disagree_are_reported() {
    let mut files = files();
    let (ours, theirs) = ("cn-internet-ads/rules/auto-renewal-not-prominent.toml", "cn-telecom/rules/");
    let conflicts = loaded(&files).conflicts();
    let about = |conflicts: &[Conflict], on: &str| conflicts.iter().filter(|one| one.on == on).count();
    let before = about(&conflicts, "renew_notice_days");
    let rule = files.get_mut(ours).expect("the rule is there");
    *rule = rule.replacen("params   = { ", "params   = { renew_notice_days = 1, ", 1);
    let after = loaded(&files).conflicts();
    assert_eq!(about(&after, "renew_notice_days"), before + 1, "{theirs}: {after:?}");
    let one = after.iter().find(|one| one.on == "renew_notice_days").expect("it is there");
    assert_eq!(one.says, ["1", "5"], "{one:?}");
}

#[test]
fn a_note_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let error = wrong(RULE, "note            = \"dearer", "note            = \"dear");
    assert_eq!(error.nearest.as_deref(), Some("dearer-than-advertised"));
}

#[test]
fn a_wider_rule_that_is_not_there_is_named_with_the_one_that_was_meant() {
    let error = wrong(RULE, "severity        =", "within = [\"other-goods-than-advertise\"]\nseverity        =");
    assert_eq!((error.line, error.nearest.as_deref()), (8, Some("other-goods-than-advertised")));
}

#[test]
fn an_id_that_differs_from_its_file_is_refused() {
    assert!(wrong(RULE, "id              = \"dearer", "id              = \"dear").message.contains("make them equal"));
    assert!(wrong("pack.toml", "\"cn-internet-ads\"", "\"cn-ads\"").message.contains("make them equal"));
}

#[test]
fn a_template_that_speaks_of_what_there_is_not_is_refused_with_the_name_that_was_meant() {
    let error = wrong("notes/en.toml", "{{ promised_price }}", "{{ promised_prise }}");
    assert!(error.message.contains("`dearer-than-advertised/what` in notes/en.toml"), "{error}");
    assert_eq!(error.nearest.as_deref(), Some("promised_price"));
    let error = wrong("notes/zh-CN.toml", "promised.quote", "promised.qoute");
    assert_eq!(error.nearest.as_deref(), Some("promised.quote"));
}

#[test]
fn a_damaged_template_is_named_with_its_line() {
    let error = wrong("notes/en.toml", "{{ cites|listed('; ') }}", "{{ cites|listed('; ') }");
    assert!(error.message.starts_with("template `basis`"), "{error}");
    assert!(error.line > 10, "{error}");
}

#[test]
fn a_language_without_notes_is_refused() {
    let error = wrong("pack.toml", "\"en\"]", "\"fr\"]");
    assert_eq!(error.to_string(), "cn-internet-ads/pack.toml:9:28: there is no cn-internet-ads/notes/fr.toml");
}

#[test]
fn a_rule_on_trial_or_retired_judges_nothing() {
    for stage in ["trial", "retired"] {
        let mut files = files();
        let text = files.get_mut(&format!("cn-internet-ads/{RULE}")).unwrap();
        *text = text.replace("\"settled\"", &format!("\"{stage}\""));
        let packs = loaded(&files);
        let day = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let judges =
            |packs: &Packs, trial| pack(packs, CHINESE).rules.iter().filter(|rule| rule.judges_on(day, trial)).count();
        let all = judges(&loaded(&built_in_files()), false);
        assert_eq!(judges(&packs, false) + 1, all, "{stage}");
        // What is on trial can be asked what it would do.
        assert_eq!(judges(&packs, true), if stage == "trial" { all } else { all - 1 }, "{stage}");
    }
}

#[test]
fn a_rule_ends_after_its_last_day() {
    let mut files = files();
    let text = files.get_mut(&format!("cn-internet-ads/{RULE}")).unwrap();
    *text = text.replace("from = 2023-05-01 }", "from = 2023-05-01, until = 2026-10-31 }");
    let packs = loaded(&files);
    let rule = pack(&packs, CHINESE).rules.iter().find(|rule| rule.id.get_ref() == "dearer-than-advertised").unwrap();
    let on = |month, day| rule.judges_on(NaiveDate::from_ymd_opt(2026, month, day).unwrap(), false);
    assert_eq!([on(10, 31), on(11, 1)], [true, false]);
}

#[test]
fn an_unverified_citation_carries_a_mark_into_the_note() {
    let mut files = files();
    let text = files.get_mut("cn-internet-ads/citations.toml").unwrap();
    *text = text.replacen("\"V2\"", "\"M\"", 1);
    let packs = loaded(&files);
    assert!(!packs.citation(CHINESE, "wlgg-2023#18").unwrap().verified);
    let notes = crate::judge::tests::notes_of("price-mismatch", &packs);
    assert!(notes["zh-CN"].why.contains("《互联网广告管理办法》第十八条（条文号待核实）、"), "{}", notes["zh-CN"].why);
    assert!(notes["en"].why.contains(", Article 18 (citation not yet verified); "), "{}", notes["en"].why);
}

#[test]
fn a_citation_can_be_shown_in_full() {
    let packs = loaded(&built_in_files());
    let citation = packs.citation(CHINESE, "wlgg-2023#18").unwrap();
    assert_eq!(citation.title["zh-CN"], "《互联网广告管理办法》第十八条");
    assert!(citation.clause["zh-CN"].contains("应当核对下一级链接中与前端广告相关的广告内容"));
    assert!(citation.verified);
    assert_eq!(packs.citation(CHINESE, "wlgg-2023#999"), None);
    assert_eq!(packs.about()[0].name, "cn-internet-ads@2026.11");
    assert!(packs.rule("cn-internet-ads@2026.11", "dearer-than-advertised").unwrap().title().contains_key("zh-CN"));
}

/// So that two rules are read side by side.
#[test]
fn the_keys_of_every_rule_stand_in_one_order() {
    let order = [
        "id",
        "title",
        "when",
        "cite",
        "cite_next_level",
        "severity",
        "scope",
        "in_force",
        "stage",
        "params",
        "remedy",
        "note",
        "within",
        "replaces",
    ];
    for (file, text) in files().iter().filter(|(file, _)| file.contains("/rules/")) {
        let keys = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .map(|(key, _)| key.trim());
        let places: Vec<_> = keys.map(|key| order.iter().position(|known| *known == key).expect(key)).collect();
        assert!(places.is_sorted(), "{file}");
    }
}

#[test]
fn every_text_is_there_in_every_language() {
    for pack in loaded(&built_in_files()).iter() {
        let languages: BTreeSet<_> = pack.head.languages.iter().map(|language| language.get_ref().as_str()).collect();
        let titles = pack.rules.iter().map(|rule| (rule.id.get_ref(), &rule.title));
        let clauses = pack
            .citations
            .values()
            .flat_map(|citation| [(&citation.id, &citation.title), (&citation.id, &citation.clause)]);
        for (id, texts) in titles.chain(clauses) {
            assert_eq!(texts.keys().map(String::as_str).collect::<BTreeSet<_>>(), languages, "{id}");
        }
    }
}

/// Law changes without a release: whoever looks for an article finds it in a pack.
#[test]
fn no_program_text_names_an_article() {
    let files = files();
    let library: Library = Source { file: "", text: &files["cn-internet-ads/citations.toml"] }.parse().unwrap();
    let instruments: Vec<_> = library.instruments.keys().map(|id| regex::escape(id)).collect();
    let articles = r"第\s*[零〇一二三四五六七八九十百0-9]+\s*条|(?i:\barticle\s+[0-9]+|\bart\.\s*[0-9]+)";
    let law = regex::Regex::new(&format!("{articles}|{}", instruments.join("|"))).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut looked_at = 0;
    for text in program_texts(root) {
        let code = std::fs::read_to_string(&text).unwrap();
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        looked_at += 1;
        // A comment may give an example: nothing comes out of it.
        let lines = code.lines().zip(1..).filter(|(line, _)| !line.trim_start().starts_with("//"));
        for (line, number) in lines {
            assert!(!law.is_match(line), "{}:{number}: `{line}` belongs in a pack", text.display());
        }
    }
    assert!(looked_at > 30, "only {looked_at} files were found");
}

/// Every `*.rs` of the workspace that is not a test.
fn program_texts(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') || ["target", "tests", "tests.rs", "suite", "out", "shared"].contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            texts.extend(program_texts(&path));
        } else if name.ends_with(".rs") {
            texts.push(path);
        }
    }
    texts
}
