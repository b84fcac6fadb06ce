//! Signs on a page that a promised price is kept there, although it is not among the sums that the page asks: reason enough
//! to accuse nobody.

use model::claim::PriceRole;
use model::statement::{Role, Statement};

use crate::about::alike;
use crate::asked::is_asked;
use crate::check::Sides;
use crate::claims::byte_of;
use crate::side::{PageSide, Sum};
use crate::words::Words;

/// The cells of a price list stand so many statements apart at most. Heuristic.
const REACH: usize = 4;
/// A longer text is no label of a sum. Characters.
const LONGEST_LABEL: usize = 12;

/// The sums that bear the same name of a fee as the promised one: 「管理费每月800元」 is to be compared with no other. None
/// where the ad names none, or the page does not know it.
pub(crate) fn fee_of_that_name<'a>(
    promise: Sum<'_>,
    page: &'a PageSide<'_>,
    sides: &Sides<'_>,
) -> Option<Vec<Sum<'a>>> {
    let name = fee_name(&promise, sides.words)?;
    let label = |sum: &Sum<'_>| {
        let before = sum.claim.statement.checked_sub(1).map(|at| &page.side.statements[at].normal.text);
        before.is_some_and(|label| label.chars().count() <= LONGEST_LABEL && label.contains(name))
    };
    let named = |sum: &Sum<'a>| sum.price.cents > 0 && (fee_name(sum, sides.words) == Some(name) || label(sum));
    let fees: Vec<_> = page.side.sums().filter(named).filter(|sum| sum.price.role != PriceRole::Reference).collect();
    (!fees.is_empty()).then_some(fees)
}

/// The name of the fee that stands just before a sum: 「管理费每月800元」.
pub(crate) fn fee_name<'a>(sum: &Sum<'a>, words: &Words) -> Option<&'a str> {
    /// Words between a name and its sum. Characters; heuristic.
    const NEAR: usize = 6;
    let text = sum.statement.normal.text.as_str();
    let before = &text[..byte_of(text, sum.claim.chars.start)];
    // The period may stand between them, and belong to the sum: 「每年给付授权费6万元」.
    let end = byte_of(text, sum.claim.chars.end);
    let found = words.term("fee-name").find_iter(&text[..end]).last()?;
    let near = found.end() >= before.len() || before[found.end()..].chars().count() <= NEAR;
    let other_sum = sum.statement.prices.iter().any(|tag| {
        let at = byte_of(text, tag.chars.start);
        tag.chars != sum.claim.chars && (found.end()..before.len()).contains(&at)
    });
    (near && !other_sum).then(|| &text[found.range()])
}

/// Whether the page offers the same sum for what the ad speaks of, be it as an extra or as no fee at all.
pub(crate) fn is_there_otherwise(promise: Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let named = |sum: &Sum<'_>| alike(&sum.statement.normal.text, &promise.statement.normal.text, sides.words);
    let mut others = page.side.to_pay().filter(|sum| sum.price == promise.price && !is_asked(sum, page, sides.words));
    others.any(|sum| named(&sum))
}

/// Whether the promised number is a thing to press, its unit nowhere: one of several to choose from.
pub(crate) fn is_choice_bare(promise: Sum<'_>, page: &PageSide<'_>) -> bool {
    let pressed = page.side.statements.iter().filter(|said| is_pressed(said));
    pressed.filter_map(|said| bare_number(&said.normal.text)).any(|value| is_same(value, promise))
}

/// Whether the promised number stands bare in a list of prices, its unit nowhere: 「周卡 | 9.9 | 7天」.
pub(crate) fn is_listed_bare(promise: Sum<'_>, page: &PageSide<'_>) -> bool {
    let statements = page.side.statements;
    let bare: Vec<(usize, f64)> =
        statements.iter().enumerate().filter_map(|(at, said)| Some((at, bare_number(&said.normal.text)?))).collect();
    bare.iter().any(|(at, value)| {
        let listed =
            is_pressed(&statements[*at]) || bare.iter().any(|(other, _)| other != at && other.abs_diff(*at) <= REACH);
        is_same(*value, promise) && listed
    })
}

/// Whether the sum is a price by the metre, the kilo or the hour: a total says nothing of it.
pub(crate) fn is_counted_by_measure(promise: Sum<'_>, sides: &Sides<'_>) -> bool {
    let counted = |sum: &Sum<'_>| {
        let text = &sum.statement.normal.text;
        sides.words.has("per-measure-after", &text[byte_of(text, sum.claim.chars.end)..])
    };
    sides.ad.sums().any(|sum| sum.price.cents == promise.price.cents && counted(&sum))
}

fn is_pressed(said: &Statement) -> bool {
    said.role == Role::Button
}

fn bare_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = !text.is_empty() && text.len() <= 8 && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    text.parse().ok().filter(|_| plain)
}

fn is_same(value: f64, promise: Sum<'_>) -> bool {
    (value - promise.price.cents as f64 / 100.0).abs() < 0.005
}
