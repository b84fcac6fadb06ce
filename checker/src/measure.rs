//! Measured amounts in a text: a number with its unit, brought to the base unit of its sort.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// A number with its unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Amount {
    /// What is measured: `data`, `mass`, `volume`, …; for pieces the unit itself (`瓶`), for stretches of time `days`.
    pub(crate) sort: &'static str,
    /// In the base unit of its sort: MB, g, ml, minutes, days; for pieces the number.
    pub(crate) value: f64,
    /// Whether pieces are counted, by whatever name: a bag of one shop is the pack of another.
    pub(crate) pieces: bool,
    /// Bytes of the text searched.
    pub(crate) bytes: Range<usize>,
}

/// Units with their sort and what one of them is in its base unit. Longer ones first where one begins like another.
const UNITS: &[(&str, &str, f64)] = &[
    ("gb", "data", 1000.0),
    ("mb", "data", 1.0),
    ("tb", "data", 1_000_000.0),
    ("mbps", "speed", 1.0),
    ("兆", "speed", 1.0),
    ("kg", "mass", 1000.0),
    ("公斤", "mass", 1000.0),
    ("千克", "mass", 1000.0),
    ("斤", "mass", 500.0),
    ("克", "mass", 1.0),
    ("oz", "mass", 28.35),
    ("lbs", "mass", 453.6),
    ("lb", "mass", 453.6),
    ("ml", "volume", 1.0),
    ("毫升", "volume", 1.0),
    ("l", "volume", 1000.0),
    ("升", "volume", 1000.0),
    ("mah", "battery", 1.0),
    ("毫安", "battery", 1.0),
    ("kw", "power", 1000.0),
    ("w", "power", 1.0),
    ("瓦", "power", 1.0),
    ("英寸", "inch", 1.0),
    ("寸", "inch", 1.0),
    ("匹", "horse", 1.0),
    ("㎡", "area", 1.0),
    ("平方米", "area", 1.0),
    ("平米", "area", 1.0),
    ("分钟", "minutes", 1.0),
    ("minutes", "minutes", 1.0),
    ("minute", "minutes", 1.0),
    ("mins", "minutes", 1.0),
    ("小时", "minutes", 60.0),
    ("hours", "minutes", 60.0),
];

/// What is counted.
const PIECES: &[&str] = &[
    "人份", "人餐", "课时", "连抽", "件", "瓶", "盒", "包", "袋", "支", "条", "粒", "片", "颗", "枚", "只", "双", "套",
    "台", "罐", "桶", "箱", "张", "册", "本", "节", "次", "份", "副", "块", "把", "个", "根", "卷", "提", "抽", "头",
    "集", "首", "杯", "碗", "串", "尾", "朵", "枝", "capsules", "tablets", "bottles", "packs", "pieces", "pcs",
    "lessons", "classes", "sessions", "pairs", "sheets", "count", "bags", "blades", "bars", "pods", "items",
    "servings", "meals", "pack", "photos", "prints", "songs", "episodes", "towels", "rolls", "cans", "cups",
];

/// Words between a number and what is counted that belong to the number, or to something else.
const NO_NAME: &[&str] = &[
    "for", "off", "per", "and", "the", "new", "free", "more", "other", "day", "days", "week", "weeks", "month",
    "months", "year", "hour", "hours", "minute", "minutes", "star", "with", "left", "people",
];

/// Stretches of time, in days. A month is a twelfth of a year, so that twelve of them are one.
const TIMES: &[(&str, f64)] = &[
    ("个工作日", 1.0),
    ("个自然月", MONTH),
    ("个月", MONTH),
    ("个季度", 3.0 * MONTH),
    ("天", 1.0),
    ("日", 1.0),
    ("周", 7.0),
    ("星期", 7.0),
    ("月", MONTH),
    ("季", 3.0 * MONTH),
    ("年", 365.0),
    ("days", 1.0),
    ("day", 1.0),
    ("weeks", 7.0),
    ("week", 7.0),
    ("months", MONTH),
    ("month", MONTH),
    ("years", 365.0),
    ("year", 365.0),
    ("yrs", 365.0),
    ("yr", 365.0),
];
const MONTH: f64 = 365.0 / 12.0;

/// Names of what lasts a time: 「年卡」.
const NAMED_TIMES: &[(&str, f64)] = &[
    ("半年卡", 365.0 / 2.0),
    ("年卡", 365.0),
    ("季卡", 3.0 * MONTH),
    ("月卡", MONTH),
    ("周卡", 7.0),
    ("全年", 365.0),
    ("整年", 365.0),
    ("半年", 365.0 / 2.0),
];

/// Digits, Chinese numerals, and English ones below a hundred: "thirty-six months".
const NUMBER: &str = concat!(
    r"(\d+(?:\.\d+)?|[零一二两三四五六七八九十百千廿]{1,9}|双",
    r"|\b(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?\b",
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen",
    r"|eighteen|nineteen)\b)[ -]?",
);

/// English numerals; tens stand before ones.
const ENGLISH: &[(&str, f64)] = &[
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];

static AMOUNT: LazyLock<Regex> = LazyLock::new(|| {
    let units = UNITS.iter().map(|(unit, ..)| *unit).chain(PIECES.iter().copied()).chain(["g", "m", "t", "%"]);
    // "40 coffee pods": in English a word may stand between the number and what is counted.
    pattern(&format!("{NUMBER}(万)?(?:个(?:g)|(?:([a-z]{{3,14}}) )??({}))", longest_first(units)))
});
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    let named = NAMED_TIMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("|");
    pattern(&format!("{NUMBER}({})|({named})", longest_first(TIMES.iter().map(|(unit, _)| *unit))))
});

fn longest_first<'a>(units: impl Iterator<Item = &'a str>) -> String {
    let mut units: Vec<_> = units.collect();
    units.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    units.join("|")
}

fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("internal error: the pattern of amounts is one")
}

/// The amounts of a text in normal form. `data` says that G and M are of data here, and not grams.
pub(crate) fn amounts(text: &str, data: bool) -> Vec<Amount> {
    AMOUNT.captures_iter(text).filter_map(|found| amount(text, &found, data)).collect()
}

fn amount(text: &str, found: &Captures<'_>, data: bool) -> Option<Amount> {
    let whole = found.get(0)?;
    let after = &text[whole.end()..];
    let unit = found.get(4).map_or("g", |unit| unit.as_str());
    let named = found.get(3).is_some_and(|word| !PIECES.contains(&unit) || NO_NAME.contains(&word.as_str()));
    if named {
        return None;
    }
    if !stands_apart(text, whole.range(), unit) {
        return None;
    }
    let spelt = !found[1].starts_with(|c: char| c.is_ascii_digit());
    let number = number(&found[1])? * if found.get(2).is_some() { 10_000.0 } else { 1.0 };
    let of = |sort, factor: f64, pieces| Some(Amount { sort, value: number * factor, pieces, bytes: whole.range() });
    // 「三分钟就好」 tells how long something takes.
    if unit.starts_with('分') && number < 10.0 {
        return None;
    }
    if let Some((_, sort, factor)) = UNITS.iter().find(|(known, ..)| *known == unit) {
        return of(sort, *factor, false);
    }
    match unit {
        // 「5G套餐」 is a kind of network.
        "g" if data && matches!(&found[1], "3" | "4" | "5" | "6") && !is_of_data(after) => None,
        "g" if data => of("data", 1000.0, false),
        "g" if spelt => None,
        "g" => of("mass", 1.0, false),
        "t" if data => of("data", 1_000_000.0, false),
        "m" if data && number >= 10.0 => {
            of(if text.contains("宽带") || text.contains("带宽") { "speed" } else { "data" }, 1.0, false)
        }
        "%" => of("percent", 1.0, false),
        // 「一个」「一次」 mostly count nothing.
        _ if spelt && number < 2.0 => None,
        "个" if after.starts_with(['月', '人', '小', '工', '自', 'g', '季', '多']) => None,
        _ => of(PIECES.iter().find(|known| **known == unit)?, 1.0, true),
    }
}

fn is_of_data(after: &str) -> bool {
    ["流量", "通用", "定向", "全国", "/月", "每月", "数据", "data", "免费", "高速", "国内", "夜间"]
        .iter()
        .any(|word| after.trim_start().starts_with(word))
}

/// The stretches of time in a text in normal form, in days. Dates are none.
pub(crate) fn times(text: &str) -> Vec<Amount> {
    TIME.captures_iter(text).filter_map(|found| time(text, &found)).collect()
}

fn time(text: &str, found: &Captures<'_>) -> Option<Amount> {
    let whole = found.get(0)?;
    let of = |value| Some(Amount { sort: "days", value, pieces: false, bytes: whole.range() });
    if let Some(named) = found.get(3) {
        return of(NAMED_TIMES.iter().find(|(name, _)| *name == named.as_str())?.1);
    }
    let (unit, number) = (found.get(2)?.as_str(), number(&found[1])?);
    let (before, after) = (text[..whole.start()].trim_end(), &text[whole.end()..]);
    let is_date = match unit {
        // 「2026年」, 「11月30日」, 「12月」; 「2年内」 and 「6月期」 are none.
        // 「月卡 25 年卡 198」 is a list of prices.
        "年" => number > 99.0 || before.ends_with("第") || after.starts_with('卡'),
        "月" => !["内", "期", "合约", "质保", "会员", "免费", "试用", "卡"].iter().any(|word| after.starts_with(word)),
        "日" => {
            let digits = found[1].starts_with(|c: char| c.is_ascii_digit());
            before.ends_with(['月', '每', '第']) || after.starts_with('前') || digits && after.starts_with(',')
        }
        _ => before.ends_with('第'),
    };
    let factor = TIMES.iter().find(|(known, _)| *known == unit)?.1;
    if is_date || !stands_apart(text, whole.range(), unit) { None } else { of(number * factor) }
}

/// Whether it is no part of a longer number, name or word: 「N5G」, 「3 large」.
fn stands_apart(text: &str, range: Range<usize>, unit: &str) -> bool {
    let before = text[..range.start].chars().next_back();
    let opens = before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '第'));
    let letters = unit.ends_with(|c: char| c.is_ascii_alphabetic());
    let closes = letters && text[range.end..].starts_with(|c: char| c.is_ascii_alphabetic());
    !opens && !closes
}

/// Reads digits, Chinese numerals below ten thousand, and English ones below a hundred.
pub(crate) fn number(written: &str) -> Option<f64> {
    if written.starts_with(|c: char| c.is_ascii_digit()) {
        return written.parse().ok();
    }
    if written.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let value = |word: &str| ENGLISH.iter().find(|(known, _)| *known == word).map(|(_, value)| *value);
        return written.split([' ', '-']).map(value).sum();
    }
    let digit = |c: char| "零一二三四五六七八九".chars().position(|known| known == c).map(|at| at as f64);
    let (mut sum, mut last) = (0.0, None);
    // What the next bare digit counts: in 「两百八」 it is tens, in 「两百零八」 and 「八」 ones.
    let mut bare = 1.0;
    for c in written.chars() {
        let unit = match c {
            '十' => 10.0,
            '廿' => {
                sum += 20.0;
                continue;
            }
            '百' => 100.0,
            '千' => 1000.0,
            '两' | '双' => {
                last = Some(2.0);
                continue;
            }
            '零' => {
                (last, bare) = (Some(0.0), 1.0);
                continue;
            }
            _ => {
                last = Some(digit(c)?);
                continue;
            }
        };
        // 「千张」 is food.
        sum += if unit == 1000.0 { last.take()? } else { last.take().unwrap_or(1.0) } * unit;
        bare = unit / 10.0;
    }
    Some(sum + last.unwrap_or(0.0) * bare)
}

/// Whether two amounts are the same; `within` is the share by which they may differ.
pub(crate) fn same(one: f64, other: f64, within: f64) -> bool {
    (one - other).abs() <= within * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, data: bool) -> Vec<(&'static str, f64)> {
        amounts(text, data).into_iter().map(|amount| (amount.sort, amount.value)).collect()
    }

    #[test]
    fn units_of_one_sort_are_compared_in_one_unit() {
        assert_eq!(read("5斤装", false), [("mass", 2500.0)]);
        assert_eq!(read("净含量2.5kg", false), [("mass", 2500.0)]);
        assert_eq!(read("200g全国流量", true), [("data", 200_000.0)]);
        assert_eq!(read("两百个g", true), [("data", 200_000.0)]);
        assert_eq!(read("二百三十五个g", true), [("data", 235_000.0)]);
        assert_eq!(read("千张两包", false), [("包", 2.0)]);
        assert_eq!(read("两百八十克,两百八克,两百零八克", false), [("mass", 280.0), ("mass", 280.0), ("mass", 208.0)]);
        assert_eq!(read("燕麦200g", false), [("mass", 200.0)]);
        assert_eq!(read("5g套餐", true), []);
        assert_eq!(read("六包", false), [("包", 6.0)]);
        assert_eq!(read("n5g 3 large", false), []);
        assert_eq!(read("40 coffee pods, 3 for 2 packs", false), [("pods", 40.0), ("packs", 2.0)]);
        assert_eq!(read("twelve lessons of forty-five minutes", false), [("lessons", 12.0), ("minutes", 45.0)]);
    }

    #[test]
    fn times_are_told_from_dates() {
        let days = |text: &str| times(text).into_iter().map(|time| time.value.round()).collect::<Vec<_>>();
        assert_eq!(days("合约期24个月,2026年11月30日止"), [730.0]);
        assert_eq!(days("7天无理由,质保2年"), [7.0, 730.0]);
        assert_eq!(days("年卡三百九十九"), [365.0]);
        assert_eq!(days("12月1日开售"), Vec::<f64>::new());
        assert_eq!(days("30-day money back"), [30.0]);
        assert_eq!(days("thirty-six months from the day you join, a twelve-month contract"), [1095.0, 365.0]);
    }
}
