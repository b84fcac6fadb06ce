//! Where in a text a sum of money stands, and how much it is.

use std::ops::Range;
use std::sync::LazyLock;

use model::statement::Currency;
use model::units::{Period, PeriodUnit};
use regex::{Captures, Regex};

use super::{english, numeral};

/// A sum of money, without what stands around it.
#[derive(Debug)]
pub(super) struct Amount {
    pub(super) bytes: Range<usize>,
    pub(super) cents: i64,
    pub(super) currency: Currency,
    /// The period, where the amount is only recognised by it: 「29/月」.
    pub(super) per: Option<Period>,
    /// The first of two: 「19-39元」.
    pub(super) opens_range: bool,
}

/// Arabic digits with thousands and decimals, then perhaps 万.
const NUM: &str = r"(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,4})?(?:\s?[千万亿])?(?:\d千)?";
/// Spelt out.
const HAN: &str = "[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖][零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]*|[十廿卅][一二三四五六七八九]?[万]?";

static SUM: LazyLock<Regex> = LazyLock::new(|| {
    let range = r"\s?(?:-|~|到|至)\s?";
    Regex::new(&format!(
        "(?:(?P<sign>us\\$|hk\\$|nt\\$|\\$|¥|€|£|\\b(?:usd|eur|gbp|hkd|ntd|twd|cny|rmb|人民币)\\s?[:]?)\\s?(?P<snum>{NUM})(?:{range}(?:us\\$|\\$|¥|€|£)?\\s?(?P<snum2>{NUM}))?(?:\\s?(?:元|块钱?))?(?P<snot>(?:w|k|m|bn|million|billion|%|gb|mb)\\b)?)\
         |(?:(?:(?P<num1>{NUM})\\s?(?:元|块)?{range})?(?P<num>{NUM}|\\d+,\\d\\d)(?P<w>[wk])?\\s?(?P<unit>元|块钱|块|毛钱?|美元|美金|美刀|欧元|英镑|rmb\\b|cny\\b|usd\\b|us\\$|eur\\b|euros?\\b|gbp\\b|dollars?\\b|bucks\\b|cents\\b|¢|€|£))\
         |(?:(?P<han>{HAN})(?P<hunit>元|圆整|块钱|块|毛钱?|分钱))"
    ))
    .expect("internal error: the pattern of sums is right")
});

/// A bare number is a sum when a word before or a period behind says so.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        "(?P<rent>月租费?|月费|月功能费|月使用费|月付|包月费?)[:为仅只需约]{{0,3}}\\s?(?P<rnum>{NUM})\
         |(?P<word>原价|现价|特价|售价|优惠价|券后价?|到手价|秒杀价|活动价|低至|仅需|只需|只要)[:为仅只]?\\s?(?P<wnum>{NUM})\
         |(?P<pnum>{NUM})\\s?(?:/|每)\\s?(?P<punit>月|个月|季|季度|年|mo\\b|month\\b|yr\\b|year\\b)\
         |(?:(?P<each>每个?(?:月|周|天|日|年|季度?|星期))|(?:连续)?包(?:月|季|年|周))(?P<only>(?:[:为仅只需约要付价]|低至){{0,3}})\\s?(?P<enum>{NUM})\
         |(?P<lnum>{NUM})\\s?(?:一整|整整一|整|包|一)(?P<lunit>年|个月)\
         |(?:[周月季年日次]卡)(?P<card>[:为仅只]?\\s?)(?P<cnum>\\d{{1,4}}(?:\\.\\d{{1,2}})?)\
         |每个?(?P<hunit>月|周|年)[只仅收付交扣要]{{0,2}}(?P<hnum>{HAN})(?:[,。;!、)]|$)"
    ))
    .expect("internal error: the pattern of bare sums is right")
});

/// All sums in a text in normal form, in the order of the text.
pub(super) fn all(text: &str) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    let mut at = 0;
    while let Some(captures) = SUM.captures_at(text, at) {
        let whole = captures.get(0).expect("internal error: a match has a whole").range();
        let read = if captures.name("han").is_some() {
            spelt(text, &captures)
        } else if captures.name("sign").is_some() {
            signed(text, &captures)
        } else {
            with_unit(text, &captures)
        };
        at = match read.last() {
            Some(last) => last.bytes.end.max(whole.start + 1),
            // Look again right behind the first character: 「第3，5元」.
            None => whole.start + text[whole.start..].chars().next().map_or(1, char::len_utf8),
        };
        found.extend(read);
    }
    let taken = |range: &Range<usize>, found: &[Amount]| {
        found.iter().any(|a| a.bytes.start < range.end && range.start < a.bytes.end)
    };
    for spelt in english::all(text) {
        if !taken(&spelt.bytes, &found) {
            let english::Spelt { bytes, cents, currency } = spelt;
            found.push(Amount { bytes, cents, currency, per: None, opens_range: false });
        }
    }
    let bare: Vec<Amount> = BARE.captures_iter(text).filter_map(|c| bare(text, &c)).collect();
    for amount in bare {
        if !taken(&amount.bytes, &found) {
            found.push(amount);
        }
    }
    found.sort_by_key(|a| a.bytes.start);
    found
}

/// 「¥29.9」「$9.99」「$5-10」
fn signed(text: &str, captures: &Captures) -> Vec<Amount> {
    let (Some(sign), Some(first)) = (captures.name("sign"), captures.name("snum")) else { return Vec::new() };
    // 「hk$29」 is another money than ours.
    let foreign = sign.as_str().starts_with('$') && text[..sign.start()].ends_with(|c: char| c.is_ascii_alphabetic());
    if foreign || captures.name("snot").is_some() || continues(text, first.end()) {
        return Vec::new();
    }
    let currency = currency(sign.as_str());
    let whole = captures.get(0).map_or(0, |m| m.end());
    let Some(cents) = numeral::hundredths(first.as_str()) else { return Vec::new() };
    let one = |bytes, cents, opens_range| Amount { bytes, cents, currency, per: None, opens_range };
    match captures.name("snum2").and_then(|m| numeral::hundredths(m.as_str()).map(|cents| (m, cents))) {
        Some((second, more)) => {
            let start = text[first.end()..second.end()]
                .find(['¥', '$', '€', '£'])
                .map_or(second.start(), |at| first.end() + at);
            vec![one(sign.start()..first.end(), cents, true), one(start..whole, more, false)]
        }
        None => vec![one(sign.start()..whole, cents, false)],
    }
}

/// 「29.9元」「29块9」「9.99 usd」「19-39元」
fn with_unit(text: &str, captures: &Captures) -> Vec<Amount> {
    let (Some(number), Some(unit)) = (captures.name("num"), captures.name("unit")) else { return Vec::new() };
    let first = captures.name("num1");
    let start = first.map_or(number.start(), |m| m.start());
    if follows(text, start) || is_no_sum(unit.as_str(), &text[unit.end()..]) {
        return Vec::new();
    }
    let digits = captures
        .name("w")
        .map_or_else(|| number.as_str().to_owned(), |w| format!("{}{}", number.as_str(), &w.as_str()[..1]));
    let digits = if number.as_str().rsplit_once(',').is_some_and(|(_, tail)| tail.len() == 2) {
        digits.replace(',', ".")
    } else {
        digits
    };
    let Some(value) = numeral::hundredths(&digits) else { return Vec::new() };
    let (mut cents, mut end) = match unit.as_str() {
        "毛" | "毛钱" => (value / 10, unit.end()),
        "cents" | "¢" => (value / 100, unit.end()),
        _ => (value, unit.end()),
    };
    if matches!(unit.as_str(), "元" | "块") {
        let (more, len) = tail(unit.as_str(), &text[end..]);
        cents += more;
        end += len;
    }
    let (mut currency, mut start_of_name) = (currency(unit.as_str()), number.start());
    if unit.as_str() == "元" && first.is_none() {
        let (named, bytes) = named_before(&text[..start_of_name]);
        (currency, start_of_name) = (named, start_of_name - bytes);
    }
    let mut sums = Vec::new();
    if let Some(first) = first
        && let Some(cents) = numeral::hundredths(first.as_str())
    {
        sums.push(Amount { bytes: first.range(), cents, currency, per: None, opens_range: true });
    }
    sums.push(Amount { bytes: start_of_name..end, cents, currency, per: None, opens_range: false });
    sums
}

/// 「二十九元」「两块九」; 「一块儿」 and 「几十元」 say no sum.
fn spelt(text: &str, captures: &Captures) -> Vec<Amount> {
    let (Some(number), Some(unit)) = (captures.name("han"), captures.name("hunit")) else { return Vec::new() };
    let (before, after) = (&text[..number.start()], &text[unit.end()..]);
    let vague = before.ends_with(['第', '数', '几', '多', '.', '上'])
        || before.ends_with(|c: char| c.is_ascii_alphanumeric() || "十百千万亿".contains(c));
    if vague || is_no_sum(unit.as_str(), after) || (unit.as_str() == "元" && after.starts_with(['化', '复'])) {
        return Vec::new();
    }
    let Some(mut cents) = numeral::hundredths(number.as_str()) else { return Vec::new() };
    match unit.as_str() {
        "毛" | "毛钱" => cents /= 10,
        // 「一分钱不用拿」「没花一分钱」 say that it costs nothing.
        "分钱"
            if after.starts_with(['不', '也', '都', '没', '一'])
                || before.ends_with(['花', '收', '掏', '拿', '差']) =>
        {
            return Vec::new();
        }
        "分钱" => cents /= 100,
        _ => {}
    }
    let (more, len) = tail(unit.as_str(), after);
    if matches!(unit.as_str(), "块" | "毛") && len == 0 {
        let ends = after.is_empty()
            || after.starts_with([',', '。', '!', '?', ';', ' ', '/', '、', ')'])
            || ["一个月", "一天", "起", "每"].iter().any(|word| after.starts_with(word));
        if !ends || (number.as_str() == "一" && unit.as_str() == "块") {
            return Vec::new();
        }
    }
    cents += more;
    let (currency, named) = named_before(before);
    vec![Amount { bytes: number.start() - named..unit.end() + len, cents, currency, per: None, opens_range: false }]
}

/// 「新台币六万元」: the money that stands before a number, and how many bytes its name takes.
fn named_before(before: &str) -> (Currency, usize) {
    let named = ["新台币", "台币", "港币", "人民币"].iter().find(|name| before.ends_with(*name));
    named.map_or((Currency::Cny, 0), |name| (currency(name), name.len()))
}

/// 「月租29」「原价199」「29/月」
fn bare(text: &str, captures: &Captures) -> Option<Amount> {
    let cny = |bytes, cents, per| Amount { bytes, cents, currency: Currency::Cny, per, opens_range: false };
    if let Some(number) = captures.name("pnum") {
        let unit = captures.name("punit")?.as_str();
        if follows(text, number.start()) || text[..number.start()].ends_with(['/', '-', '年', '月', '第']) {
            return None;
        }
        let unit = match unit {
            "季" | "季度" => PeriodUnit::Quarter,
            "年" | "yr" | "year" => PeriodUnit::Year,
            _ => PeriodUnit::Month,
        };
        return Some(cny(
            number.start()..captures.get(0)?.end(),
            numeral::hundredths(number.as_str())?,
            Some(Period::one(unit)),
        ));
    }
    if let Some(number) = captures.name("lnum") {
        // 「2026一整年」 is a year, not a sum.
        let year = (1900..2100).contains(&number.as_str().parse::<u32>().unwrap_or_default());
        if year || follows(text, number.start()) || text[..number.start()].ends_with(['/', '-', '年', '月', '第']) {
            return None;
        }
        let unit = if &captures["lunit"] == "年" { PeriodUnit::Year } else { PeriodUnit::Month };
        let cents = numeral::hundredths(number.as_str())?;
        return Some(cny(number.start()..captures.get(0)?.end(), cents, Some(Period::one(unit))));
    }
    if let Some(number) = captures.name("cnum") {
        // 「周卡 9.9 月卡 25」 is a price list; 「月卡 30 天」 is none.
        let after = &text[number.end()..];
        let next = after.trim_start();
        let ends = after.is_empty() || after.starts_with([',', '。', ';', '、', ')', '|']);
        let goes_on = next.len() < after.len() && next.chars().nth(1) == Some('卡');
        let cents = numeral::hundredths(number.as_str())?;
        return (ends || goes_on).then(|| cny(number.range(), cents, None));
    }
    if let Some(number) = captures.name("hnum") {
        // 「每月一」 begins a list of days.
        let cents = numeral::hundredths(number.as_str()).filter(|cents| *cents >= 200)?;
        let unit = match &captures["hunit"] {
            "周" => PeriodUnit::Week,
            "年" => PeriodUnit::Year,
            _ => PeriodUnit::Month,
        };
        return Some(cny(number.range(), cents, Some(Period::one(unit))));
    }
    let number = ["rnum", "wnum", "enum"].iter().find_map(|name| captures.name(name))?;
    let after = &text[number.end()..];
    // 「每天3 次」「仅需5 步」 count something; 「每周3、周5」 names days.
    static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^\s?(?:步|秒|分|小时|天|日|个|件|人|次|张|折|年|月|周|号|级|倍|款|种|关|颗|条|杯|集|章|本|位|%|[a-z])",
        )
        .expect("internal error: the pattern is right")
    });
    let each = captures.name("each").is_some();
    let counts = each && !number.as_str().contains('.') && captures.name("only").is_none_or(|only| only.is_empty());
    let goes_on = each && after.trim_start().starts_with(char::is_alphanumeric);
    if counts || goes_on || COUNTED.is_match(after) || continues(text, number.end()) {
        return None;
    }
    let ends = after.is_empty()
        || after.starts_with([',', '。', '!', ';', ' ', '、', ')', '起', '/', '('])
        || ["包邮", "每月", "一个月"].iter().any(|w| after.starts_with(w));
    if !ends {
        return None;
    }
    let cents = numeral::hundredths(number.as_str())?;
    Some(match captures.name("rent") {
        Some(rent) => cny(rent.start()..number.end(), cents, Some(Period::one(PeriodUnit::Month))),
        None => cny(number.range(), cents, None),
    })
}

/// 「块9」「元9角」「元5角2分」: what follows the unit, in cents, and how many bytes it takes.
fn tail(unit: &str, after: &str) -> (i64, usize) {
    static TAIL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?P<jiao>[1-9一二三四五六七八九])(?:[角毛](?:(?P<fen>[1-9一二三四五六七八九])分)?钱?)")
            .expect("internal error: the pattern is right")
    });
    static SHORT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?P<jiao>[1-9一二三四五六七八九])(?P<fen>\\d)?").expect("internal error: the pattern is right")
    });
    let one = |m: Option<regex::Match>| m.and_then(|m| numeral::hundredths(m.as_str())).unwrap_or(0);
    if let Some(c) = TAIL.captures(after) {
        return (one(c.name("jiao")) / 10 + one(c.name("fen")) / 100, c[0].len());
    }
    if unit == "块"
        && let Some(c) = SHORT.captures(after)
    {
        let len = c[0].len();
        // 「29块30天」「一块一起」: a digit that belongs to what follows.
        let follows = after[len..].chars().next();
        if !follows.is_some_and(|c| c.is_ascii_digit() || "十百千万个年月天周季日次起块元g折份张条%.".contains(c))
        {
            return (one(c.name("jiao")) / 10 + one(c.name("fen")) / 100, len);
        }
    }
    (0, 0)
}

/// Whether what stands behind 元 or 块 makes it another word: 「29元素」「8块腹肌」.
fn is_no_sum(unit: &str, after: &str) -> bool {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?:素(?:[^颜食菜质]|$)|旦|宝(?:[^贝箱]|$)|气(?:[^泡球垫囊炸]|$)|件|器件|组(?:[^合团队]|$)|老(?:[^板客用会年人师]|$)|首(?:[^月周年季期次充付单件日杯]|$)|帅|朝|代(?:[^金购驾理]|$)|曲(?:[^奇]|$)|宵(?:[^夜]|$)|神|婴(?:[^儿幼]|$)|色|音(?:[^乐响箱频]|$)|凶|勋|方程|一次方程|二次方程|宇宙|青花|初(?:[^级装次中高]|$)|配(?:[^送镜件]|$)|年(?:[^费卡付套包会]|$)|数据|编程|文化|论|性(?:[^价]|$)|体(?:[^验检]|$))")
            .expect("internal error: the pattern is right")
    });
    static PIECE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?:屏|板|拼图|电池|砖|石|地|肌|腹|巧克力|蛋糕|饼|肉|区|田|布|表|手表|玻璃|豆腐|面|积木|碎片|硬盘|儿|头|显卡|链)").expect("internal error: the pattern is right")
    });
    match unit {
        "元" => WORD.is_match(after),
        "块" => PIECE.is_match(after),
        "毛" => after.starts_with(['发', '线', '孔', '病', '利', '巾', '衣', '肚']),
        _ => false,
    }
}

/// Whether the number goes on to the left: it is a part of something else.
fn follows(text: &str, start: usize) -> bool {
    let mut before = text[..start].chars().rev();
    match before.next() {
        Some(c) if c.is_ascii_digit() || c.is_ascii_alphabetic() || c == '.' => true,
        Some(',') => before.next().is_some_and(|c| c.is_ascii_digit()),
        Some('第') => true,
        _ => false,
    }
}

/// Whether the number goes on to the right.
fn continues(text: &str, end: usize) -> bool {
    let mut after = text[end..].chars();
    match after.next() {
        Some(c) if c.is_ascii_digit() => true,
        Some('.') => after.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

fn currency(unit: &str) -> Currency {
    match unit.trim_end_matches([' ', ':']) {
        "$" | "us$" | "usd" | "美元" | "美金" | "美刀" | "dollar" | "dollars" | "bucks" | "cents" | "¢" => {
            Currency::Usd
        }
        "hk$" | "hkd" | "港币" | "港元" => Currency::Hkd,
        "nt$" | "ntd" | "twd" | "新台币" | "台币" => Currency::Twd,
        "€" | "eur" | "euro" | "euros" | "欧元" => Currency::Eur,
        "£" | "gbp" | "英镑" => Currency::Gbp,
        _ => Currency::Cny,
    }
}
