//! The period and the 「起」 that belong to a sum, before it and after it.

use std::sync::LazyLock;

use model::units::{Period, PeriodUnit};
use regex::{Captures, Regex};

use super::{english, numeral};

/// How many; also in English words, and "every other week".
static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        r"(?P<n>\d{{1,3}}|半|[一二两三四五六七八九十]{{1,3}}|(?:other|second|{small})\b-?)",
        small = english::SMALL.as_str()
    )
});
const UNIT: &str = r"(?P<u>个?(?:自然)?月|天|日|周|个?星期|个?礼拜|个?季度?|个?年|mo\b|mth\b|months?\b|days?\b|weeks?\b|wk\b|fortnights?\b|quarters?\b|qtr\b|years?\b|yr\b|yrs\b)";

static AFTER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let count = COUNT.as_str();
    [
        // 「/月」「/30天」「每月」「/人/月」 "per month" "a month"
        format!(r"^\s?(?:人民币|rmb)?\s?(?:/(?:人|户|位|线|号))?\s?(?:/|每|per\s|a\s|an\s|each\s|every\s|per$)\s?(?:{count}\s?)?{UNIT}"),
        // 「一个月」「30天」, not 「30天内」
        format!(r"^\s?/?{count}\s?{UNIT}(?P<no>内|后|前|起|间|以|之|试|免|送|体)?"),
        r"^(?:的|/)?(?:连续)?包(?P<u>月|季|年|天|周|日)".to_owned(),
        r"^\s?的?(?P<u>月|年|季|日|周)(?:租|费|功能费|使用费|套餐|付|卡费|租费)(?P<no>版|卡|宝)?".to_owned(),
        r"^\s?(?P<u>monthly|yearly|annually|weekly|fortnightly|biweekly|daily|quarterly)\b".to_owned(),
        r"^\s?(?P<u>p/?m|pcm|p\.m)\b".to_owned(),
    ]
    .iter()
    .map(|p| Regex::new(p).expect("internal error: the pattern of periods is right"))
    .collect()
});

/// Words that may stand between a period and its sum.
const FILLER: &str = r"(?:\s|:|仅|只|需|要|付|支付|收取?|扣费?|扣款|自动|续费|费用|费|租金?|套餐|价格?|优惠价|资费|低至|最低|约|才|就|为|是|的|售|再|另|共|总共|一共|合计|续订|订购|折合|均|都|固定|基本|标准|自费|消费|承诺消费|缴|交|缴纳|给付|缴付|功能|使用|(?:品牌|加盟|授权|管理|技术|平台|系统|场地|维护)+费)*";

static BEFORE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let count = COUNT.as_str();
    [
        format!(r"每(?:{count})?{UNIT}{FILLER}$"),
        format!(r"(?:连续)?包(?P<u>月|季|年|天|周|日){FILLER}$"),
        format!(r"(?P<u>月|季|年|日|周)(?:租费?|费|功能费|使用费|付|消费|资费|固定费|基本费|信息费|均|供){FILLER}$"),
        // 「3个月99元」「30天19.9元」, not 「前3个月」「满7天」「2026年」
        format!(r"(?P<no>前|首|头|满|第|后|免|近|送|赠|超|期|限|\d|[一二两三四五六七八九十])?{count}{UNIT}{FILLER}$"),
        r"\b(?:per|a|each|every)\s(?P<u>month|week|day|year|quarter)\s?(?:for|only|just|at|:)?\s?(?:only|just)?\s?$".to_owned(),
        r"\b(?P<u>monthly|yearly|annual|weekly|daily)\s(?:fee|price|cost|payment|charge|rental|subscription|plan)s?\s?(?:of|is|:|only|just|at|from)*\s?(?:only|just)?\s?$".to_owned(),
    ]
    .iter()
    .map(|p| Regex::new(p).expect("internal error: the pattern of periods is right"))
    .collect()
});

/// The period right behind a sum, and how many bytes it takes.
pub(super) fn after(text: &str) -> Option<(Period, usize)> {
    AFTER.iter().find_map(|pattern| {
        let captures = pattern.captures(text)?;
        if captures.name("no").is_some() {
            return None;
        }
        Some((period(&captures)?, captures[0].len()))
    })
}

/// The period right before a sum, and how many bytes lie between its start and the sum.
pub(super) fn before(text: &str) -> Option<(Period, usize)> {
    // Only the last words can belong to the sum; a window keeps a long text cheap.
    let from = text.char_indices().rev().nth(31).map_or(0, |(at, _)| at);
    let window = &text[from..];
    BEFORE.iter().find_map(|pattern| {
        let captures = pattern.captures(window)?;
        if captures.name("no").is_some() || is_first_period(&window[..captures.get(0)?.start()]) {
            return None;
        }
        let period = period(&captures)?;
        let plausible = period.count <= 366 && (period.unit != PeriodUnit::Year || period.count <= 10);
        plausible.then_some((period, captures[0].len()))
    })
}

/// 「首月费」 is no fee of each month.
fn is_first_period(before: &str) -> bool {
    before.ends_with(['首', '次', '当', '本', '上', '下', '前'])
}

fn period(captures: &Captures) -> Option<Period> {
    let unit = match captures.name("u")?.as_str() {
        "天" | "日" | "day" | "days" | "daily" => PeriodUnit::Day,
        "周" | "星期" | "个星期" | "礼拜" | "个礼拜" | "fortnight" | "fortnights" | "fortnightly" | "biweekly"
        | "week" | "weeks" | "wk" | "weekly" => PeriodUnit::Week,
        "季" | "季度" | "个季" | "个季度" | "quarter" | "quarters" | "qtr" | "quarterly" => PeriodUnit::Quarter,
        "年" | "个年" | "year" | "years" | "yr" | "yrs" | "yearly" | "annually" | "annual" => PeriodUnit::Year,
        _ => PeriodUnit::Month,
    };
    let count = match captures.name("n").map(|m| m.as_str().trim_end_matches('-')) {
        None => 1,
        Some("other" | "second") => 2,
        Some(n) if n.starts_with(|c: char| c.is_ascii_alphabetic()) => u16::try_from(english::number(n)?).ok()?,
        Some("半") if unit == PeriodUnit::Year => return Some(Period { count: 6, unit: PeriodUnit::Month }),
        Some("半") => return None,
        Some(n) => u16::try_from(numeral::hundredths(n)? / 100).ok()?,
    };
    // A fortnight is two weeks.
    let twice = ["fortnight", "biweekly"].iter().any(|word| captures["u"].starts_with(word));
    (count > 0).then_some(Period { count: if twice { count * 2 } else { count }, unit })
}

/// 「起」 right behind a sum, and how many bytes it takes.
pub(super) fn from_after(text: &str) -> Option<usize> {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\s?(?:起(?:售价?|订价?)?(?P<no>来|点|飞|源|步|诉|码|义|床|床|身)?|or more\b|and up\b)")
            .expect("internal error: the pattern is right")
    });
    let captures = FROM.captures(text)?;
    captures.name("no").is_none().then(|| captures[0].len())
}

/// 「低至」 or "from" before a sum.
pub(super) fn from_before(text: &str) -> bool {
    static FROM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:低至|最低|(?:^|[^每次即])至少|\b(?:only |just )?(?:from|starting (?:at|from)|starts (?:at|from)|as low as|as little as))(?:\s|:|仅|只|需|要|价|每月|每年|每天|月租|月费|/月)*(?:only|just)?\s?$")
            .expect("internal error: the pattern is right")
    });
    let from = text.char_indices().rev().nth(31).map_or(0, |(at, _)| at);
    FROM.is_match(&text[from..])
}
