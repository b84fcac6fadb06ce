//! What a promised price is bound to on the page, so that nobody pays that price alone: another size, a part that must be
//! taken, a further purchase.

use std::ops::Range;

use model::claim::PriceRole;
use model::statement::{Role, Statement};

use crate::aside::is_aside;
use crate::check::Sides;
use crate::claims::byte_of;
use crate::measure::{Amount, amounts, times};
use crate::side::{PageSide, Sum};

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &[
    "compulsory-part",
    "usual-addition",
    "tied-purchase",
    "offer-price",
    "conditional-fee",
    "payment-demand",
    "balance-due",
];

/// Rounding that is no difference. Share of the promised price.
const ROUNDING: f64 = 0.01;

/// The sum that comes with the promised one whether one wants it or not.
pub(crate) fn beyond<'a>(promise: Sum<'_>, page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let own = || page.side.sums().filter(|sum| sum.price.cents > 0 && sum.statement.role != Role::PageTitle);
    let new = |sum: &Sum<'_>| {
        !sides.ad.sums().any(|said| said.price.cents == sum.price.cents)
            && !is_aside(page, sum.claim.statement, sides.words)
            && !matches!(sum.price.role, PriceRole::Reference | PriceRole::Benefit)
    };
    other_size(promise, page, sides)
        .or_else(|| own().find(|sum| new(sum) && is_compulsory(sum, sides)))
        .or_else(|| own().find(|sum| new(sum) && is_tied(promise, sum, sides)))
        .or_else(|| own().find(|sum| new(sum) && is_balance(promise, sum, page, sides)))
        .or_else(|| less_time(promise, page, sides))
}

/// Whether a sum is what remains to be paid, so that the promised one only reserves the thing: 「9.9元占一箱，余下的68元出库
/// 前付」. An ad that speaks of the rest itself has told it; a promised sum that is the whole is no part of it.
fn is_balance(promise: Sum<'_>, sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    /// Statements between the two parts of a payment.
    const NEAR: usize = 2;
    let words = sides.words;
    let told = sides.ad.statements.iter().any(|said| words.has("balance-due", &said.normal.text));
    let near = page.side.around(sum.claim.statement, NEAR);
    let tags = || near.iter().flat_map(|said| &said.prices);
    let reserved = tags().any(|tag| tag.cents == promise.price.cents);
    let whole = tags().any(|tag| tag.cents + sum.price.cents == promise.price.cents);
    words.says("balance-due", sum.clause()) && !told && reserved && !whole
}

/// The promised sum, where it buys less time than the ad says and nothing on the page lasts as long: 「36元听一整年」 beside
/// 「36元/90天」.
fn less_time<'a>(promise: Sum<'_>, page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    /// Half a year is 180 days to many, and a month is thirty. Share of the promised time.
    const NEARLY: f64 = 0.9;
    const NOT_BOUGHT: &[&str] =
        &["period-noise", "period-warranty", "period-return", "period-contract", "period-trial"];
    let words = sides.words;
    let of = |text: &str| -> Vec<f64> {
        let clauses = text.split([',', '。', ';', '(', ')']);
        let bought = clauses.filter(|clause| !NOT_BOUGHT.iter().any(|term| words.has(term, clause)));
        // 「送半年」 is a gift; 「半年，送到门口」 is none.
        let given = |clause: &str, time: &Amount| words.has("gift-verb", &clause[..time.bytes.start]);
        bought
            .flat_map(|clause| times(clause).into_iter().filter(move |time| !given(clause, time)))
            .map(|time| time.value)
            .collect()
    };
    let [wanted] = of(&promise.statement.normal.text)[..] else { return None };
    if promise.price.per.is_some() || promise.price.role != PriceRole::Once {
        return None;
    }
    let lasts = |sum: &Sum<'_>| {
        let own = of(sum.clause());
        sum.price.per.map(|per| f64::from(per.days())).or(own.first().copied().filter(|_| own.len() == 1))
    };
    let there =
        page.side.statements.iter().flat_map(|said| times(&said.normal.text)).any(|time| time.value >= wanted * NEARLY);
    let same = page.side.to_pay().filter(|sum| sum.price.cents == promise.price.cents);
    let same: Vec<_> = same.filter_map(|sum| Some((sum, lasts(&sum)?))).collect();
    let shorter = !same.is_empty() && same.iter().all(|(_, days)| *days < wanted * NEARLY);
    same.first().map(|(sum, _)| *sum).filter(|_| shorter && !there)
}

/// The price of the promised size, where the promised price buys a smaller one: 「30条19.9元」 beside 「10条¥19.9」「30条¥89」.
fn other_size<'a>(promise: Sum<'_>, page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let data = sides.words.has("spec-data", &promise.statement.normal.text);
    let near = sizes(promise.clause(), data);
    let wanted = if near.is_empty() { sizes(&promise.statement.normal.text, data) } else { near };
    wanted.into_iter().find_map(|wanted| {
        let of_sort = |statement: &Statement| {
            let mut all = sizes(&statement.normal.text, data).into_iter().filter(|one| one.sort == wanted.sort);
            let first = all.next()?;
            all.next().is_none().then_some(first.value)
        };
        let rows: Vec<(Sum<'a>, f64)> = page
            .side
            .to_pay()
            .filter(|sum| sum.price.cents > 0 && sum.price.currency == promise.price.currency)
            .filter(|sum| !is_aside(page, sum.claim.statement, sides.words))
            .filter_map(|sum| Some((sum, of_sort(sum.statement)?)))
            .collect();
        let smaller = rows.iter().any(|(sum, size)| sum.price.cents == promise.price.cents && *size < wanted.value);
        let dearer = |sum: &Sum<'_>| sum.price.cents as f64 > promise.price.cents as f64 * (1.0 + ROUNDING);
        let same: Vec<_> = rows.iter().filter(|(_, size)| (*size - wanted.value).abs() < 1e-6).collect();
        let all_dearer = !same.is_empty() && same.iter().all(|(sum, _)| dearer(sum));
        let least = same.iter().min_by_key(|(sum, _)| sum.price.cents).map(|(sum, _)| *sum);
        least.filter(|_| smaller && all_dearer)
    })
}

/// How much or for how long.
fn sizes(text: &str, data: bool) -> Vec<Amount> {
    let of_goods = |one: &Amount| !matches!(one.sort, "percent" | "minutes");
    amounts(text, data).into_iter().filter(of_goods).chain(times(text)).collect()
}

/// Whether a sum is said to belong to the thing whether one wants it or not: 「基础服务费60元/天(必选)」.
fn is_compulsory(sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let part = part(sum);
    sides.words.says("compulsory-part", part)
        && !sides.words.has("usual-addition", part)
        && !sides.words.has("optional-extra", part)
}

/// Whether the promised price is had only by whoever buys something at this sum.
fn is_tied(promise: Sum<'_>, sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let (text, words) = (&sum.statement.normal.text, sides.words);
    let names_it = sum.statement.prices.iter().any(|tag| tag.cents == promise.price.cents);
    sum.price.cents > promise.price.cents
        && words.says("tied-purchase", text)
        && (names_it || words.has("offer-price", text))
        && !words.has("usual-addition", sum.clause())
}

/// The fee that comes again of which only what stands behind the page tells.
pub(crate) fn fee_behind<'s>(page: &'s PageSide<'s>, sides: &'s Sides<'_>) -> Option<Sum<'s>> {
    let orders = crate::wording::sells(page, sides);
    crate::documents::behind(page, sides)
        .filter(|_| orders)
        .find_map(|side| crate::documents::fees_of(side, page, sides).next())
}

/// What must be paid according to what stands behind the page: a fold, an agreement, a page that is only read. Not what
/// those pay to whom something happens.
pub(crate) fn demanded_behind<'s>(page: &'s PageSide<'s>, sides: &'s Sides<'_>) -> Option<Sum<'s>> {
    let words = sides.words;
    let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    let shown = |sum: &Sum<'_>| page.side.statements.iter().any(|said| said.normal.text == sum.statement.normal.text);
    crate::documents::behind(page, sides).find_map(|side| {
        side.side
            .sums()
            .filter(|sum| matches!(sum.price.role, PriceRole::Once | PriceRole::Ancillary) && sum.price.cents > 0)
            .filter(|sum| !told(sum) && !shown(sum) && crate::asked::is_asked(sum, side, words))
            .find(|sum| {
                let text = &sum.statement.normal.text;
                words.says("payment-demand", text) && !words.has("conditional-fee", text)
            })
    })
}

/// The part of a sentence in which the sum stands, between commas and plus signs, with the brackets behind it.
fn part<'a>(sum: &Sum<'a>) -> &'a str {
    let text = sum.statement.normal.text.as_str();
    let Range { start, end } = sum.claim.chars;
    let (start, end) = (byte_of(text, start), byte_of(text, end));
    let mark = |c: char| matches!(c, '+' | ',' | '。' | ';' | '!' | '、' | '\n');
    let from = text[..start].rfind(mark).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let until = text[end..].find(mark).map_or(text.len(), |at| end + at);
    &text[from..until]
}
