//! Names of persons, where something beside them says that they are names.

use std::sync::LazyLock;

use regex::Regex;

use super::{Found, Kind};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("internal error: the patterns are tested")
}

/// Behind a label. A company's name has no such label: that of a business stays.
static LABELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:姓\s*名|联\s*系\s*人|收\s*[件货]\s*人|持卡人|客户姓名|经办人|投保人|被保险人|受益人|法定代表人|负责人|申请人|借款人|本人)\s*(?:[:]|是|为)?\s*([\p{Han}]{1,4}(?:·[\p{Han}]{1,6})?)",
    )
});
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i:\b(?:full name|name|contact(?: person)?|recipient|consignee|card ?holder))\s*:\s*([A-Z][a-z]+(?: [A-Z][a-z.]*){1,3})",
    )
});
/// 「王女士」「张小明先生」
static ADDRESSED: LazyLock<Regex> = LazyLock::new(|| pattern(r"([\p{Han}*]{1,3})(?:先生|女士|小姐|阿姨|大爷)"));
/// What stands before such a word and is no name.
const NOBODY: [&str; 16] = [
    "各位",
    "这位",
    "那位",
    "一位",
    "位",
    "的",
    "和",
    "与",
    "老",
    "某",
    "请问",
    "尊敬的",
    "亲爱的",
    "您",
    "男",
    "客服",
];
/// What follows a label and is no name.
const NO_NAME: [&str; 14] = [
    "请输入",
    "请填写",
    "不能为空",
    "电话",
    "手机",
    "手机号",
    "方式",
    "必填",
    "信息",
    "身份证",
    "地址",
    "不能",
    "输入",
    "为空",
];
/// Labels with nothing between them and what follows are taken for one only with a mark.
const UNMARKED: [&str; 3] = ["本人", "负责人", "申请人"];

pub(super) fn find(text: &str) -> Vec<Found> {
    let mut all = Vec::new();
    for found in LABELLED.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.get(1)) else { continue };
        let marked = text[whole.start()..name.start()].contains([':', '是', '为']);
        let label = UNMARKED.iter().any(|label| whole.as_str().starts_with(label));
        if NO_NAME.iter().any(|word| name.as_str().starts_with(word)) || (label && !marked) {
            continue;
        }
        // Without a mark, the next word of a sentence would be taken for a name.
        let spaced = text[whole.start()..name.start()].ends_with(char::is_whitespace);
        if marked || spaced {
            all.push(Found { kind: Kind::Name, at: name.range() });
        }
    }
    all.extend(
        ENGLISH.captures_iter(text).filter_map(|found| Some(Found { kind: Kind::Name, at: found.get(1)?.range() })),
    );
    for found in ADDRESSED.captures_iter(text) {
        let Some(name) = found.get(1) else { continue };
        if !NOBODY.iter().any(|word| name.as_str().ends_with(word)) {
            all.push(Found { kind: Kind::Name, at: name.range() });
        }
    }
    all
}
