//! Files are read row by row in whatever they are written, and what is wrong costs its own row only.

use std::io::{Cursor, Write as _};

use chrono::TimeDelta;
use governance::intake::{Reading, Row, What};

use super::rows::Rows;
use super::source;

fn reading() -> Reading {
    let now = "2026-11-28T00:00:00Z".parse().expect("a moment");
    let touchpoints_for = TimeDelta::days(1_000);
    Reading { now, place: chrono_tz::Asia::Shanghai, platform: Some("feed".into()), touchpoints_for }
}

fn open(bytes: impl Into<Vec<u8>>) -> anyhow::Result<Rows> {
    let source = source::of(Cursor::new(bytes.into())).expect("it is read");
    Rows::of(source, What::Complaints, reading())
}

/// Of each row its line, and its id and text, or why it is none; what is in another encoding has a `*`.
fn told(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    let mut rows = open(bytes).expect("it has rows");
    let mut told = Vec::new();
    while let Some(read) = rows.next().expect("it is read") {
        let star = if read.otherwise { "*" } else { "" };
        told.push(match read.row {
            Ok(Row::Complaint(one)) => format!("{}{star} {} {}", read.line, one.id, one.text),
            Ok(other) => unreachable!("{other:?}"),
            Err(fault) => format!("{}{star} {}: {}", read.line, fault.field, fault.reason),
        });
    }
    told
}

const HEAD: &str = "id,source,at,text\n";

fn row(id: &str, text: &str) -> String {
    format!("{id},comment,2026-11-20T08:00:00Z,{text}\n")
}

fn gb(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

#[test]
fn a_file_is_read_in_each_encoding() {
    let text = HEAD.to_owned() + &row("1", "没有领到") + &row("2", "𠮷野家") + &row("3", "plain");
    let expected = ["2 1 没有领到", "3 2 𠮷野家", "4 3 plain"];
    assert_eq!(told(text.clone()), expected);
    assert_eq!(told("\u{feff}".to_owned() + &text), expected, "with a mark");
    assert_eq!(told(gb(&text)), expected, "GB18030, with characters of four bytes");
    for (little, mark) in [(true, true), (false, true), (true, false), (false, false)] {
        assert_eq!(told(utf16(&text, little, mark)), expected, "UTF-16, {little} {mark}");
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&gb(&text)).expect("packs");
    assert_eq!(told(packed.finish().expect("packs")), expected, "packed");
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(told(crlf.trim_end()), expected, "with the breaks of Windows, and none at the end");
}

#[test]
fn a_line_in_another_encoding_is_read_by_itself_and_one_in_none_is_refused() {
    let mixed = [
        HEAD.as_bytes().to_vec(),
        row("1", "没有领到").into(),
        gb(&row("2", "退款")),
        b"3,comment,\xff\xfe,x\n".to_vec(),
    ];
    let told_of = told(mixed.concat());
    assert_eq!(told_of[..2], ["2 1 没有领到", "3* 2 退款"]);
    assert_eq!(told_of[2], "4 : it is in neither UTF-8 nor GB18030");
    let mixed = [gb(&(HEAD.to_owned() + &row("1", "没有领到") + &row("2", "退款"))), row("3", "客服不理").into()];
    assert_eq!(told(mixed.concat()), ["2 1 没有领到", "3 2 退款", "4* 3 客服不理"]);
    let mut lone = utf16(&(HEAD.to_owned() + "1,comment,2026-11-20T08:00:00Z,"), true, true);
    lone.extend([0x00, 0xd8]);
    lone.extend(utf16(&("\n".to_owned() + &row("2", "好")), true, false));
    assert_eq!(told(lone), ["2 : it is no UTF-16, as the file is", "3 2 好"]);
    // Letters that GB18030 writes as UTF-8 writes letters that Chinese does not have.
    assert_eq!(
        told(gb(&(HEAD.to_owned() + &row("1", "一") + &row("2", "没有领到") + &row("3", "说好送")))),
        ["2 1 一", "3 2 没有领到", "4 3 说好送"]
    );
}

#[test]
fn a_broken_quote_costs_its_own_line_only() {
    let text = HEAD.to_owned()
        + &row("1", "\"两行,\n\"\"引号\"\"\"")
        + &row("2", "\"没有关上")
        + &row("3", "好")
        + &row("4", "\"关上了\"又说")
        + &row("5", "中间的\"引号\"")
        + &row("6", "\"还是没有关上")
        + &row("7", "\"好\"")
        + "8,comment\n"
        + &row("9", "多,了")
        + "\n"
        + &row("10", "好");
    let told = told(text);
    let lines: Vec<&str> = told.iter().map(|told| told.split(':').next().unwrap_or_default()).collect();
    assert_eq!(told[0], "2 1 两行,\n\"引号\"");
    assert_eq!(lines[1..], ["4 ", "5 3 好", "6 ", "7 5 中间的\"引号\"", "8 ", "9 7 好", "10 ", "11 ", "13 10 好"]);
    for (at, words) in [(1, "a quote is opened and"), (3, "behind a closing quote"), (5, "a quote is opened and")] {
        assert!(told[at].contains(words), "{}", told[at]);
    }
    assert!(told[7].contains("2 columns, and the head has 4") && told[8].contains("5 columns"), "{told:?}");
}

#[test]
fn a_line_without_an_end_is_refused_and_not_kept_in_memory() {
    let text = HEAD.to_owned() + &row("1", &"长".repeat(100_000)) + &row("2", "好");
    assert_eq!(told(text), ["2 : the line is longer than 262144 bytes", "3 2 好"]);
}

#[test]
fn objects_are_read_line_by_line() {
    let object = |id: &str| format!(r#"{{"id":"{id}","来源":"评论","at":"2026-11-20 08:00:00","text":"好","mood":1}}"#);
    let text = format!("{}\n\n{{broken\n[1]\n{}\n\"text\"\n", object("1"), object("2"));
    let told = told(text.clone());
    assert_eq!((told[0].as_str(), told[3].as_str()), ("1 1 好", "5 2 好"));
    for (at, line) in [(1, "3 "), (2, "4 "), (4, "6 ")] {
        assert!(told[at].starts_with(line) && told[at].contains("no JSON object"), "{}", told[at]);
    }
    let mut rows = open(text).expect("it has rows");
    while rows.next().expect("it is read").is_some() {}
    assert_eq!(rows.passed_over().iter().collect::<Vec<_>>(), ["mood"]);
}

#[test]
fn a_file_that_says_too_little_is_refused_at_once() {
    let refused = |text: &str| match open(text) {
        Err(error) => format!("{error:#}"),
        Ok(_) => panic!("{text}"),
    };
    assert!(refused("").contains("empty"));
    assert!(refused("[{}]").contains("one object a line"));
    assert!(refused("id,text,at\n").contains("no column for `source`: call one source"));
    assert!(refused("id,source,at,time\n").contains("two columns stand for `at`"));
    let mut rows = open("id;来源;时间;mood\n1;评论;2026-11-20 08:00:00;sad\n").expect("semicolons");
    assert!(rows.next().expect("reads").is_some_and(|read| read.row.is_ok()));
    assert_eq!(rows.passed_over().iter().collect::<Vec<_>>(), ["mood"]);
}
