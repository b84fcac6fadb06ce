//! What is read by its sound, and what is left as it was heard.

use std::path::Path;

use super::*;

fn ear() -> Ear {
    let mut table: toml::Table =
        toml::from_str(include_str!("../../../../policies/lexicons/zh/kinds.toml")).expect("a lexicon");
    table.insert("terms".into(), toml::Table::new().into());
    Ear::new(&table.try_into().expect("a lexicon"))
}

fn heard(ear: &Ear, text: &str) -> Normal {
    let mut normal = crate::text::normal(text);
    ear.read(&mut normal);
    normal
}

#[test]
fn words_that_were_heard_wrong_are_read_by_their_sound() {
    let ear = ear();
    for (text, read) in [
        ("兄弟们,这个游戏里包真的不要钱", "兄弟们,这个游戏礼包真的不要钱"),
        ("新手离包", "新手礼包"),
        ("送王者容耀皮肤", "送王者荣耀皮肤"),
        ("流亮包不限量", "流量包不限量"),
        ("汽车保险里赔快", "汽车保险理赔快"),
    ] {
        let normal = heard(&ear, text);
        assert_eq!(normal.text, read);
        assert_eq!(normal.without_guesses(), crate::text::normal(text), "the way back");
        assert!(normal.origin.is_sorted() && normal.origin.len() == read.chars().count(), "{normal:?}");
    }
    let twice = heard(&ear, "游戏里包,新手离包");
    let guesses: Vec<(u32, &str)> = twice.guesses.iter().map(|guess| (guess.from, guess.heard.as_str())).collect();
    assert_eq!(guesses, [(0, "游戏里包"), (5, "新手离包")]);
}

#[test]
fn plain_words_sums_and_denials_are_left_as_they_are() {
    let ear = ear();
    for plain in [
        "这个袋子里包了一层纸",
        "他家里包饺子",
        "里面费用另算",
        "从话费中扣除",
        "首乐领员",
        "原始森林",
        "茶农直发",
        "烤鱼三人餐",
        "本页由武汉某某信息有限公司制作",
        "礼包里包括皮肤",
        "game里包",
        "",
    ] {
        let normal = heard(&ear, plain);
        assert!(normal.guesses.is_empty(), "{plain}: {normal:?}");
        assert_eq!(normal, crate::text::normal(plain));
    }
}

/// Every line of Chinese in the files of a folder.
fn lines(folder: &Path, lines: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            self::lines(&path, lines);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            lines.extend(text.lines().filter(|line| line.chars().any(is_han)).map(str::to_owned));
        }
    }
}

#[test]
fn of_ten_thousand_characters_of_ads_and_pages_less_than_one_is_read_otherwise() {
    let ear = ear();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut text = Vec::new();
    for folder in ["checker/fixtures", "tests/sites", "tests/pairs"] {
        lines(&project.join(folder), &mut text);
    }
    let (mut all, mut otherwise) = (0, Vec::new());
    for line in &text {
        let normal = heard(&ear, line);
        all += normal.text.chars().filter(|&ch| is_han(ch)).count();
        otherwise.extend(normal.guesses.iter().map(|guess| format!("{}: {line}", guess.heard)));
    }
    assert!(all > 20_000, "only {all} characters were found");
    assert!(otherwise.len() * 10_000 < all, "{} of {all}:\n{}", otherwise.len(), otherwise.join("\n"));
}
