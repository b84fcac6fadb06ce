//! What sort of sum a sum is, by the words right beside it; and what it comes to a month.

use std::sync::LazyLock;

use model::statement::PriceKind;
use model::units::{Period, PeriodUnit};
use regex::Regex;

/// Words that may stand between a label and its sum.
const FILLER: &str = r"(?:\s|:|仅|只|需|要|付|为|约|就|才|价格?|即可|可享|享|是|低至|最低|实付|支付|收取?|再|另|只有|的|just|only|for|at|is|of)*";

static BEFORE: LazyLock<Vec<(PriceKind, Regex)>> = LazyLock::new(|| {
    [
        (PriceKind::Saved, r"(?:减|省|立省|节省|优惠|抵扣?|返现?|返还|退|送|赠|赠送|赚|奖励?|奖金|领取?|得|可得|获得?|补贴|津贴|满|每满|无门槛|红包|话费|\bsaves?|\bget|\bwin|\bearn|orders? (?:over|above)|over)"),
        (PriceKind::PerPeriod, r"(?:次个?(?:月|年|周|季度?)(?:起|开始)?|第[二2]个?(?:月|年|周)(?:起|开始)?|(?:自动)?续(?:费|订)|到期后?|期满后?|之后(?:每期)?|此后|恢复|\bthen|thereafter|\brenews?(?: at| for)?)(?:按|恢复|每期|自动|扣费?|收费|续费|标准|原价)*"),
        (PriceKind::Deposit, r"(?:押金|定金|订金|保证金|预付款?|预存|首付款?|预约金|\bdeposit|down payment)"),
        (PriceKind::Compared, r"(?:原售?价|^原|[^a-z\p{Han}]原|市场(?:参考)?价|门市价|日常价|平时价?|平日价?|划线价|官方价|官网价|吊牌价|专柜价|零售价|指导价|参考价|市价|价值|总价值|总值|\bwas|\bregular(?:ly)?(?: price)?|\breg\.?|\bworth|\bvalued?|\boriginal(?:ly)?(?: price)?|\blist price|\brrp|\bmsrp)"),
        (PriceKind::FirstPeriod, r"(?:首个?(?:月|周|年|季度?|星期)|首[\d一两三]+(?:天|日|个?月|周|年)|前[\d一两三四五六]+个?(?:月|天|周|年)|头[\d一两三]*个?(?:月|天|周)|第一个?(?:月|周|年)|试用(?:期|价)?|试用?\d+天|体验(?:期|价)|\bfirst (?:\d+ )?(?:months?|weeks?|years?|days?)|\b(?:free |\d+.day )?trial|\bintro(?:ductory)?(?: (?:price|offer|rate))?)(?:券后价?|会员|免费|费用?|特价|优惠价|体验|每个?月|每周|月租|月费|套餐)*"),
        (PriceKind::AfterCoupon, r"(?:券后|用券|领券|折后|减后|补贴后|抵扣后|叠加后|到手|实付|after (?:the )?coupon|with (?:the )?(?:coupon|code))"),
    ]
    .into_iter()
    .map(|(kind, words)| {
        // 「优惠价29元」 is a price, 「优惠29元」 is not.
        let filler = if kind == PriceKind::Saved { r"(?:\s|:|仅|可|最高|高达|达|的|金?额|up to)*" } else { FILLER };
        (kind, pattern(&format!("{words}{filler}$")))
    })
    .collect()
});

/// What is said right behind a sum, and belongs to it whatever follows.
static BEHIND: LazyLock<Vec<(PriceKind, Regex)>> = LazyLock::new(|| {
    [
        (PriceKind::Saved, r"^\s?(?:的|无门槛|通用|立减|全场|新人|大额|专属)*(?:优惠券|代金券|抵用券|满减券|红包|津贴|补贴|奖金|奖励|现金|消费券|话费券?(?P<no>套餐|卡)?|券(?:[,。;!、) ]|$)|礼包|礼金|大礼|\boff\b|\bdiscount|\bcredit|\bcash ?back|\bvoucher|\bcoupon|\bbonus|\bgift card)"),
        (PriceKind::Saved, r"^\s?(?:以上|及以上|可用|起?包邮|减\d|立减)"),
        (PriceKind::Deposit, r"^\s?的?(?:押金|定金|订金|保证金|预存|\bdeposit)"),
        (PriceKind::FirstPeriod, r"^\s?(?:for (?:the |your )?)?first (?:\d+ )?(?:month|week|year|day)|^\s?\(?(?:intro|trial)|^\s?(?:for )?\d+.day trial|^\s?/?首(?:月|周|年)(?:[,。;)]|$)|^\s?(?:试用|体验)"),
        (PriceKind::Compared, r"^\s?\((?:原价|市场价|门市价)"),
        (PriceKind::AfterCoupon, r"^\s?\((?:券后|到手|领券)|^\s?after (?:the )?coupon|^\s?with (?:the )?(?:coupon|code)"),
    ]
    .into_iter()
    .map(|(kind, words)| (kind, pattern(words)))
    .collect()
});

/// What stands before a sum, back to the sum before it or the end of another clause, and behind it.
pub(super) struct Beside<'t> {
    pub(super) before: &'t str,
    pub(super) behind: &'t str,
}

impl<'t> Beside<'t> {
    /// `tag` is the sum with its unit and period, in bytes; `room` where its neighbours begin.
    pub(super) fn of(text: &'t str, tag: std::ops::Range<usize>, room: std::ops::Range<usize>) -> Self {
        let ends = |c: char| matches!(c, ',' | '。' | ';' | '!' | '?' | '|' | '\n' | '、');
        let before = &text[room.start.min(tag.start)..tag.start];
        let from = before.char_indices().rev().nth(23).map_or(0, |(at, _)| at);
        let behind = &text[tag.end..room.end.max(tag.end)];
        let until = behind.char_indices().nth(16).map_or(behind.len(), |(at, _)| at);
        Self { before: before[from..].rsplit(ends).next().unwrap_or_default(), behind: &behind[..until] }
    }
}

/// The kind, and the period that a label names where the sum itself names none: 「次月起29元」.
pub(super) fn of(beside: &Beside<'_>, per: Option<Period>) -> (PriceKind, Option<Period>) {
    let behind = BEHIND
        .iter()
        .find(|(_, words)| words.captures(beside.behind).is_some_and(|found| found.name("no").is_none()))
        .map(|(kind, _)| *kind);
    let before = || BEFORE.iter().find_map(|(kind, words)| Some((*kind, words.find(beside.before)?.as_str())));
    match (behind, before()) {
        // 「首月0元话费」 is still the price of a month; what one is given is said before as well: 「送100元话费」.
        (
            Some(PriceKind::Saved),
            Some((kind @ (PriceKind::FirstPeriod | PriceKind::PerPeriod | PriceKind::Compared), _)),
        ) => (kind, per),
        (Some(kind), _) => (kind, per),
        (None, Some((PriceKind::PerPeriod, label))) => (PriceKind::PerPeriod, per.or_else(|| named(label))),
        (None, Some((kind, _))) => (kind, per),
        (None, None) if per.is_some() => (PriceKind::PerPeriod, per),
        (None, None) => (PriceKind::OneOff, None),
    }
}

/// What a sum comes to in a month of 30 days, a quarter being three and a year twelve of them.
pub(super) fn monthly(cents: i64, kind: PriceKind, per: Option<Period>) -> Option<i64> {
    let per = per.filter(|per| kind == PriceKind::PerPeriod && per.count > 0)?;
    let months = f64::from(per.count)
        * match per.unit {
            PeriodUnit::Day => 1.0 / 30.0,
            PeriodUnit::Week => 7.0 / 30.0,
            PeriodUnit::Month => 1.0,
            PeriodUnit::Quarter => 3.0,
            PeriodUnit::Year => 12.0,
        };
    Some((cents as f64 / months).round() as i64)
}

fn named(label: &str) -> Option<Period> {
    let units =
        [('月', PeriodUnit::Month), ('周', PeriodUnit::Week), ('季', PeriodUnit::Quarter), ('年', PeriodUnit::Year)];
    units.iter().find(|(word, _)| label.contains(*word)).map(|(_, unit)| Period::one(*unit))
}

fn pattern(words: &str) -> Regex {
    Regex::new(words).expect("internal error: the pattern of kinds of sums is right")
}
