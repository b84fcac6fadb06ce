//! Reads what a page wrote into the clipboard: share codes that an app takes up when it is opened, and web addresses.

use super::app::APPS;

/// Characters of a clipboard that are read.
const MOST_CHARS: usize = 4_000;
/// Findings of one text.
const MOST: usize = 20;

/// Something in a clipboard text that leads on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) kind: CopiedKind,
    /// The code with its marks, or the address.
    pub(crate) words: String,
    /// The app it is meant for, where the text or its form tells.
    pub(crate) app: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CopiedKind {
    /// A web address or an app link.
    Address,
    /// 淘口令, 抖音口令 and their like.
    Code,
}

/// What leads on, in the order in which it stands in the text.
pub(crate) fn read(text: &str) -> Vec<Copied> {
    let text: String = text.chars().take(MOST_CHARS).collect();
    let spoken = spoken(&text);
    let mut found: Vec<(usize, Copied)> = Vec::new();
    for (at, words) in addresses(&text) {
        let app =
            spoken_in(&words).or_else(|| super::app::read(&words).and_then(|app| app.name)).or_else(|| spoken.clone());
        found.push((at, Copied { kind: CopiedKind::Address, words, app }));
    }
    let taken = |at: usize, found: &[(usize, Copied)]| {
        found.iter().any(|(start, copied)| (*start..start + copied.words.len()).contains(&at))
    };
    for (at, words, app) in marked(&text).into_iter().chain(trailed(&text)).chain(searched(&text)) {
        if !taken(at, &found) {
            found.push((at, Copied { kind: CopiedKind::Code, words, app: spoken.clone().or(app) }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, copied)| copied).take(MOST).collect()
}

/// The app that the text names first.
fn spoken(text: &str) -> Option<String> {
    spoken_in(text)
}

fn spoken_in(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let named = APPS
        .spoken
        .iter()
        .filter_map(|(app, words)| Some((words.iter().filter_map(|word| text.find(word.as_str())).min()?, app)));
    named.min().map(|(_, app)| app.clone())
}

fn addresses(text: &str) -> Vec<(usize, String)> {
    let ends =
        |letter: char| letter.is_whitespace() || !letter.is_ascii() || matches!(letter, '"' | '\'' | '<' | '>' | '`');
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let before = text[..at]
            .chars()
            .rev()
            .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '+' | '-'));
        let start = at - before.map(char::len_utf8).sum::<usize>();
        let end = text[at..].find(ends).map_or(text.len(), |end| at + end);
        let words = text[start..end].trim_end_matches(['.', ',', ')', ';', '!', ']']);
        if start < at && end > at + 3 {
            found.push((start, words.to_owned()));
        }
    }
    for (at, mini) in text.match_indices("#小程序://") {
        let end = text[at..].find(char::is_whitespace).map_or(text.len(), |end| at + end);
        if end > at + mini.len() {
            found.push((at, text[at..end].to_owned()));
        }
    }
    found
}

/// A code between two marks: ￥AbCd123EfGh￥.
fn marked(text: &str) -> Vec<(usize, String, Option<String>)> {
    const MARKS: &str = "￥¥€$₤₳¢₴₰₱₵!！(（)）《》/#";
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let (start, open) = letters[at];
        if !MARKS.contains(open) {
            at += 1;
            continue;
        }
        let code = letters[at + 1..].iter().take_while(|(_, letter)| letter.is_ascii_alphanumeric()).count();
        let close = letters.get(at + 1 + code).map(|&(_, letter)| letter);
        let words: String = letters[at + 1..at + 1 + code].iter().map(|(_, letter)| letter).collect();
        // A word or a sum between marks is none: a code mixes letters of both cases, or letters and digits.
        let mixed = words.chars().any(|letter| letter.is_ascii_digit() || letter.is_ascii_lowercase())
            && words.chars().any(|letter| letter.is_ascii_uppercase());
        if (8..=16).contains(&code) && mixed && close.is_some_and(|close| MARKS.contains(close)) {
            let money = matches!(open, '￥' | '¥' | '€' | '$' | '₤' | '₳' | '¢' | '(' | '（');
            let app = (money && code == 11).then(|| "淘宝".to_owned());
            found.push((start, format!("{open}{words}{}", close.unwrap_or_default()), app));
            at += code + 2;
        } else {
            at += 1;
        }
    }
    found
}

/// 「8.43 复制打开抖音 … aBc:/」: Douyin's tail, or its newer form `k@p.QX 05/12 aBc:/`.
fn trailed(text: &str) -> Vec<(usize, String, Option<String>)> {
    let tails = text.match_indices(":/").filter(|(at, _)| !text[at + 2..].starts_with('/'));
    let tail = |at: usize| {
        let before: String = text[..at].chars().rev().take_while(|letter| letter.is_ascii_alphabetic()).collect();
        let code: String = before.chars().rev().collect();
        (code.len() == 3).then(|| (at - code.len(), format!("{code}:/"), Some("抖音".to_owned())))
    };
    tails.filter_map(|(at, _)| tail(at)).collect()
}

/// 「打开支付宝搜索 598001234」
fn searched(text: &str) -> Vec<(usize, String, Option<String>)> {
    if !text.contains("搜") || !text.contains("支付宝") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rest = 0;
    for part in text.split(|letter: char| !letter.is_ascii_digit()) {
        let at = text[rest..].find(part).map_or(rest, |at| rest + at);
        if (6..=12).contains(&part.len()) {
            found.push((at, part.to_owned(), Some("支付宝".to_owned())));
        }
        rest = at + part.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(CopiedKind, String, String)> {
        read(text).into_iter().map(|copied| (copied.kind, copied.words, copied.app.unwrap_or_default())).collect()
    }

    fn is(text: &str, expected: &[(CopiedKind, &str, &str)]) {
        let expected: Vec<_> =
            expected.iter().map(|&(kind, words, app)| (kind, words.to_owned(), app.to_owned())).collect();
        assert_eq!(seen(text), expected, "{text}");
    }

    #[test]
    fn share_codes_are_found_with_their_app() {
        use CopiedKind::{Address, Code};
        is("復制这条消息€c9FhbboaNBo€后打开手机", &[(Code, "€c9FhbboaNBo€", "淘宝")]);
        is("￥Gq3NbYeX2Dp￥ 打开拼多多App领券", &[(Code, "￥Gq3NbYeX2Dp￥", "拼多多")]);
        is(
            "8.43 aBc:/ 复制打开抖音，看看【小店】 https://v.douyin.com/iJq8abc/",
            &[(Code, "aBc:/", "抖音"), (Address, "https://v.douyin.com/iJq8abc/", "抖音")],
        );
        is(
            "https://v.kuaishou.com/5xYz 复制此消息，打开【快手】直接观看！",
            &[(Address, "https://v.kuaishou.com/5xYz", "快手")],
        );
        is("【淘宝】https://m.tb.cn/h.5aBc?tk=x1 「夏季凉席」", &[(Address, "https://m.tb.cn/h.5aBc?tk=x1", "淘宝")]);
        is("打开支付宝首页搜索“598001234”，立即领红包", &[(Code, "598001234", "支付宝")]);
        is("#小程序://某某优选/aBcDeFg 点我", &[(Address, "#小程序://某某优选/aBcDeFg", "微信")]);
        is("weixin://dl/business/?t=Xy", &[(Address, "weixin://dl/business/?t=Xy", "微信")]);
    }

    #[test]
    fn ordinary_words_lead_nowhere() {
        for text in [
            "",
            "客服微信号 abc123",
            "优惠价（仅限今日）￥99￥",
            "SALE (ENDS TONIGHT)",
            "密码 8888",
            "9:/10",
            "订单号 598001234",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
