//! What it costs: each sum of money with the part it plays, and what is said to be free.

use std::ops::Range;

use model::claim::{Claim, Offer, Price, PriceRole};
use model::statement::{Currency, PriceTag, Statement};
use model::units::{Period, PeriodUnit};

use super::hearsay::is_hearsay;
use super::{byte_of, chars_before};
use crate::side::area;
use crate::words::Words;

/// Labels before a sum, with the part they give it: the one that ends nearest to the sum wins.
const BEFORE: &[(&str, PriceRole)] = &[
    ("price-reference-before", PriceRole::Reference),
    ("price-benefit-before", PriceRole::Benefit),
    ("price-overage-before", PriceRole::Overage),
    ("price-ancillary-before", PriceRole::Ancillary),
    ("price-instalment-before", PriceRole::Reference),
    ("price-introductory-before", PriceRole::Introductory),
    ("price-recurring-before", PriceRole::Recurring),
    ("price-once-before", PriceRole::Once),
];

/// Labels behind a sum; the first that matches wins, over any label before it.
const AFTER: &[(&str, PriceRole)] = &[
    ("price-overage-after", PriceRole::Overage),
    ("price-instalment-after", PriceRole::Reference),
    ("price-recurring-after", PriceRole::Recurring),
    ("price-ancillary-after", PriceRole::Ancillary),
    ("price-benefit-after", PriceRole::Benefit),
    ("price-introductory-after", PriceRole::Introductory),
];

/// The sums of one statement, and what it says is free.
pub(super) fn read(statements: &[Statement], at: usize, words: &Words) -> Vec<Claim> {
    let statement = &statements[at];
    let text = &statement.normal.text;
    let told = |tag: &usize| {
        let chars = &statement.prices[*tag].chars;
        !is_hearsay(statements, at, byte_of(text, chars.start)..byte_of(text, chars.end), words)
    };
    let mut claims: Vec<_> = (0..statement.prices.len())
        .filter(told)
        .map(|tag| Claim {
            statement: at,
            chars: statement.prices[tag].chars.clone(),
            offer: Offer::Price(price(statements, at, tag, words)),
        })
        .collect();
    for found in words.occurrences("free-word", text) {
        if is_hearsay(statements, at, found.clone(), words) {
            continue;
        }
        if let Some(role) = free(text, found.clone(), words) {
            let chars = chars_before(text, found.start)..chars_before(text, found.end);
            let price = Price { cents: 0, currency: Currency::default(), per: None, role, from: false };
            claims.push(Claim { statement: at, chars, offer: Offer::Price(price) });
        }
    }
    claims
}

fn price(statements: &[Statement], at: usize, tag: usize, words: &Words) -> Price {
    let statement = &statements[at];
    let text = &statement.normal.text;
    let tags = &statement.prices;
    let this = &tags[tag];
    let start = byte_of(text, this.chars.start);
    let end = byte_of(text, this.chars.end);
    // A label belongs to the sum beside it: what lies beyond another sum or a full stop is not asked.
    let from = if tag == 0 { 0 } else { byte_of(text, tags[tag - 1].chars.end).min(start) };
    let until = tags.get(tag + 1).map_or(text.len(), |next| byte_of(text, next.chars.start).max(end));
    let before = text[from..start].rsplit(['。', ';', '!', '|', '\n']).next().unwrap_or_default();
    let after = text[end..until].split(['。', ';', '!', '|', '\n']).next().unwrap_or_default();
    let label = match before.trim().is_empty().then(|| neighbour(statements, at)).flatten() {
        Some(label) if tag == 0 => label,
        _ => before,
    };
    let said = role_after(after, words).or_else(|| role_before(label, words));
    // 「首期0.6元,第二期起每期58元」: what follows a cheaper first part is no part of one price.
    let later = said == Some(PriceRole::Reference)
        && words.has("later-instalments", label)
        && words.has("price-instalment-before", label);
    let said = if later { Some(PriceRole::Recurring) } else { said };
    // 「11月5日后恢复19.9元」 ends a sale.
    let of_a_sale = words.has("restored", label) && !words.has("first-period", text);
    let said = said.filter(|role| *role != PriceRole::Recurring || !of_a_sale);
    let role = settle(said, this, statement, &text[from..end], words);
    let per = this.per.or_else(|| (role == PriceRole::Recurring).then(|| period_in(text)).flatten());
    Price { cents: this.cents, currency: this.currency, per, role, from: this.from }
}

fn role_before(label: &str, words: &Words) -> Option<PriceRole> {
    // 「功能费拾元(10元)」: the sum in words stands between its label and the sum in digits.
    let spelt = |c: char| "一二三四五六七八九十百千零壹贰叁肆伍陆柒捌玖拾佰仟角分元整 ".contains(c);
    let label = label.trim_end();
    let label = label.strip_suffix('(').map_or(label, |words| words.trim_end_matches(spelt));
    BEFORE
        .iter()
        .filter_map(|(term, role)| Some((words.term(term).find_iter(label).last()?, *role)))
        .filter(|(found, _)| !found.is_empty())
        // Nearest end first; of labels that end alike, the shorter is the more exact: it begins nearer to the sum.
        .max_by_key(|(found, _)| (found.end(), found.start()))
        .map(|(_, role)| role)
}

fn role_after(after: &str, words: &Words) -> Option<PriceRole> {
    AFTER.iter().find(|(term, _)| words.has(term, after)).map(|(_, role)| *role)
}

/// Brings the label and the sum itself together.
///
/// `phrase` is the sum with what stands before it.
fn settle(said: Option<PriceRole>, tag: &PriceTag, statement: &Statement, phrase: &str, words: &Words) -> PriceRole {
    /// A shorter time is what a thing is rented for. Days.
    const A_WEEK: u32 = 7;
    if tag.struck || statement.visibility.struck {
        return PriceRole::Reference;
    }
    let returns = tag.per.is_some_and(|per| match per.unit {
        PeriodUnit::Month | PeriodUnit::Week => true,
        // By the year or the day many honest things are sold once; a renewal makes a fee of it, and words such as 「每年
        // 给付」, "every 28 days".
        _ => {
            words.says("renewal", &statement.normal.text)
                || per.days() >= A_WEEK && words.says("fee-each-period", phrase)
        }
    });
    match said {
        // Nobody wins or saves nothing.
        Some(PriceRole::Benefit | PriceRole::Reference) if tag.cents == 0 => PriceRole::Once,
        // 「服务费8元/月」 comes again, whatever it is called.
        Some(PriceRole::Once | PriceRole::Ancillary) | None if returns => PriceRole::Recurring,
        Some(role) => role,
        None => PriceRole::Once,
    }
}

/// A short text that stands just left of or above a sum and labels it: 「原价」 in a box of its own.
fn neighbour(statements: &[Statement], at: usize) -> Option<&str> {
    let label = statements.get(at.checked_sub(1)?)?;
    let (near, here) = (area(label)?, area(&statements[at])?);
    let text = label.normal.text.as_str();
    let beside = near.right() <= here.x + here.w / 2.0 && near.bottom() > here.y && near.y < here.bottom();
    let above = near.bottom() <= here.y + 2.0
        && here.y - near.bottom() < here.h
        && near.x < here.right()
        && here.x < near.right();
    (text.chars().count() <= 8 && label.prices.is_empty() && (beside || above)).then_some(text)
}

/// The period a sentence speaks of when the sum itself names none: 「次月起29元」.
fn period_in(text: &str) -> Option<Period> {
    let unit = [
        ("月", PeriodUnit::Month),
        ("month", PeriodUnit::Month),
        ("周", PeriodUnit::Week),
        ("week", PeriodUnit::Week),
        ("年", PeriodUnit::Year),
        ("year", PeriodUnit::Year),
    ];
    let text = text.replace("周岁", "");
    unit.iter().find(|(word, _)| text.contains(word)).map(|(_, unit)| Period::one(*unit))
}

/// Whether 「免费」 says that the thing itself costs nothing, and for how long; none for 「免费咨询」, 「没有免费」, sugar-free.
fn free(text: &str, found: Range<usize>, words: &Words) -> Option<PriceRole> {
    let clause = |c: char| matches!(c, ',' | '。' | ';' | '!' | '?' | '、' | '\n');
    let before = text[..found.start].rsplit(clause).next().unwrap_or_default();
    let after = text[found.end..].split(clause).next().unwrap_or_default();
    let beside: String = before.chars().rev().take(8).collect::<Vec<_>>().into_iter().rev().collect();
    if words.has("free-ancillary-after", after)
        || words.has("free-ancillary-before", before)
        || words.has("negation", &beside)
    {
        return None;
    }
    let window: String = format!("{beside}{}{}", &text[found], after.chars().take(14).collect::<String>());
    Some(if words.has("free-trial", &window) { PriceRole::Introductory } else { PriceRole::Once })
}
