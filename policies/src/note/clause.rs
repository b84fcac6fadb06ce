//! Sentences of an ad or of a page as they may stand in a suggested wording.

use minijinja::Value;

/// A sentence as it may stand in another: without bullet, number and end mark. Empty where the quotation was cut.
pub(super) fn clause(text: &str) -> String {
    let cut = text.starts_with('…') || text.ends_with('…');
    let bare = numberless(text.trim_start_matches(is_bullet));
    let bare = bare.trim_end_matches(|c: char| c.is_whitespace() || "。.；;，,、：:".contains(c));
    if cut { String::new() } else { bare.to_owned() }
}

fn is_bullet(c: char) -> bool {
    c.is_whitespace() || "·•●▪◆■※*-–—→>".contains(c)
}

/// Without the number of a list: 「1.」「（二）」「三、」「①」, but not the one of 「1.5公斤」 or 「30 天」.
fn numberless(text: &str) -> &str {
    let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let opened = text.strip_prefix(['(', '（', '[', '【']).unwrap_or(text);
    let rest = opened.trim_start_matches(is_number);
    let digits = &opened[..opened.len() - rest.len()];
    if digits.is_empty() {
        return text.trim_start_matches(|c: char| matches!(c, '\u{2460}'..='\u{2473}') || c.is_whitespace());
    }
    let after = rest.strip_prefix(['.', '．', '、', ')', '）', ']', '】']);
    let chinese = !digits.contains(|c: char| c.is_ascii_digit());
    let spaced = rest.strip_prefix(' ').filter(|_| chinese);
    match after.or(spaced) {
        Some(after) if !after.starts_with(|c: char| c.is_ascii_digit()) => after.trim_start(),
        _ => text,
    }
}

/// A sentence without the parts between its commas that hold one of these words. Empty where too little is left to say
/// anything, or none of them stands in it.
pub(super) fn without(text: &str, words: &Value) -> String {
    /// Characters of the shortest sentence.
    const SHORTEST: usize = 6;
    let ends = |c: char| "。.；;，,：:！!？?".contains(c);
    let words: Vec<_> = words.try_iter().into_iter().flatten().map(|word| word.to_string()).collect();
    let holds_one = |part: &&str| words.iter().any(|word| part.contains(word.as_str()));
    let parts = || text.split_inclusive(ends);
    let left: String = parts().filter(|part| !holds_one(part)).collect();
    let left = left.trim_matches(|c: char| c.is_whitespace() || ends(c));
    let changed = parts().any(|part| holds_one(&part));
    if changed && left.chars().count() >= SHORTEST { left.to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_brings_no_number_and_no_end_mark() {
        for (shown, bare) in [
            ("3. 须到店办卡后使用。", "须到店办卡后使用"),
            ("（二）限新用户；", "限新用户"),
            ("一、連續三個月每月儲值滿500元者", "連續三個月每月儲值滿500元者"),
            ("二 保底八千限入职首月；", "保底八千限入职首月"),
            ("• 租金：首期199元", "租金：首期199元"),
            ("① 每人限一次", "每人限一次"),
            ("1.5公斤 118元", "1.5公斤 118元"),
            ("30 天无理由退换", "30 天无理由退换"),
            ("一年一签，不合则散。", "一年一签，不合则散"),
            ("…次月起29元/月", ""),
        ] {
            assert_eq!(clause(shown), bare, "{shown}");
        }
    }

    #[test]
    fn what_holds_a_word_goes_with_all_of_its_clause() {
        let without = |text, words: &[&'static str]| without(text, &Value::from(words.to_vec()));
        assert_eq!(without("公文写作用墨川，市占率全国第一", &["全国第一"]), "公文写作用墨川");
        assert_eq!(without("国家级品质，顶级桑园，霜降后才下手摘。", &["国家级", "顶级"]), "霜降后才下手摘");
        // Too little is left, or nothing is gone.
        assert_eq!(without("全国第一，没有之一", &["全国第一"]), "");
        assert_eq!(without("公文写作用墨川", &["全国第一"]), "");
    }
}
