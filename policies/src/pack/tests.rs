//! What a pack may not be, and that law stays in it.

use std::path::Path;

use super::schema::Library;
use super::*;
use crate::read::Source;

fn files() -> BTreeMap<String, String> {
    embedded(&BUILT_IN)
}

/// Loads the built-in packs with one text replaced in one file, and gives back what is wrong then.
fn wrong(file: &str, from: &str, to: &str) -> PackError {
    let mut files = files();
    let text = files.get_mut(&format!("cn-internet-ads/{file}")).expect("the file is there");
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    Packs::from_files(&files).expect_err("something is wrong")
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
fn a_rule_older_than_what_it_cites_is_refused() {
    let error = wrong(RULE, "from = 2023-05-01", "from = 2022-06-30");
    assert!(error.message.contains("in force from"), "{error}");
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
        let packs = Packs::from_files(&files).unwrap();
        let judges =
            packs.packs[0].rules.iter().filter(|rule| rule.judges_on(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()));
        assert_eq!(judges.count(), packs.packs[0].rules.len() - 1, "{stage}");
    }
}

#[test]
fn a_rule_ends_after_its_last_day() {
    let mut files = files();
    let text = files.get_mut(&format!("cn-internet-ads/{RULE}")).unwrap();
    *text = text.replace("from = 2023-05-01 }", "from = 2023-05-01, until = 2026-10-31 }");
    let packs = Packs::from_files(&files).unwrap();
    let rule = packs.packs[0].rules.iter().find(|rule| rule.id.get_ref() == "dearer-than-advertised").unwrap();
    let on = |month, day| rule.judges_on(NaiveDate::from_ymd_opt(2026, month, day).unwrap());
    assert_eq!([on(10, 31), on(11, 1)], [true, false]);
}

#[test]
fn an_unverified_citation_carries_a_mark_into_the_note() {
    let mut files = files();
    let text = files.get_mut("cn-internet-ads/citations.toml").unwrap();
    *text = text.replacen("\"V2\"", "\"M\"", 1);
    let packs = Packs::from_files(&files).unwrap();
    assert!(!packs.citation("wlgg-2023#18").unwrap().verified);
    let notes = crate::judge::tests::notes_of("price-mismatch", &packs);
    assert!(notes["zh-CN"].why.contains("《互联网广告管理办法》第十八条（条文号待核实）、"), "{}", notes["zh-CN"].why);
    assert!(notes["en"].why.contains(", Article 18 (citation not yet verified); "), "{}", notes["en"].why);
}

#[test]
fn a_citation_can_be_shown_in_full() {
    let packs = built_in().unwrap();
    let citation = packs.citation("wlgg-2023#18").unwrap();
    assert_eq!(citation.title["zh-CN"], "《互联网广告管理办法》第十八条");
    assert!(citation.clause["zh-CN"].contains("应当核对下一级链接中与前端广告相关的广告内容"));
    assert!(citation.verified);
    assert_eq!(packs.citation("wlgg-2023#999"), None);
    assert_eq!(packs.about()[0].name, "cn-internet-ads@2026.11");
    assert!(packs.rule_title("cn-internet-ads@2026.11", "dearer-than-advertised").unwrap().contains_key("zh-CN"));
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
    for pack in built_in().unwrap().packs {
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
