//! How much one gets for the promised sum: the ad's amount and its price, and the page's list of sizes with theirs.

use model::statement::{Role, Statement};

use crate::aside::is_aside;
use crate::check::Sides;
use crate::measure::same;
use crate::side::PageSide;
use crate::sized::Measured;

/// Rounding that is no difference. Share.
const ROUNDING: f64 = 0.01;

/// An amount with what it costs, where both stand together.
struct Row<'a> {
    amount: Measured<'a>,
    cents: f64,
}

/// The ad's amount, and the smaller one that the page gives for the promised sum.
pub(crate) struct Less<'a> {
    pub(crate) promised: Measured<'a>,
    pub(crate) there: Measured<'a>,
}

/// Of a list of sizes the one that costs what the ad said, where it is smaller, and what the ad named costs more.
pub(crate) fn less_for_the_sum<'a>(page: &'a PageSide<'a>, sides: &Sides<'a>) -> Option<Less<'a>> {
    let there = rows(page, sides);
    for promised in promised(sides) {
        let of_sort = || there.iter().filter(|row| row.amount.is_of(&promised.amount));
        let enough = |row: &&Row<'_>| row.amount.value() >= promised.amount.value() * (1.0 - ROUNDING);
        let within = |row: &&Row<'_>| row.cents <= promised.cents * (1.0 + ROUNDING);
        let at_the_sum = |row: &&Row<'_>| same(row.cents, promised.cents, ROUNDING);
        if of_sort().any(|row| enough(&row) && within(&row)) {
            continue;
        }
        let dearer = of_sort().any(|row| enough(&row));
        if let Some(row) = of_sort().find(at_the_sum).filter(|_| dearer) {
            return Some(Less { promised: promised.amount, there: row.amount.clone() });
        }
    }
    None
}

/// What the ad says one gets for what: both in one sentence, or its only price.
fn promised<'a>(sides: &Sides<'a>) -> Vec<Row<'a>> {
    let sums: Vec<_> = sides.ad.to_pay().filter(|sum| sum.price.cents > 0).collect();
    let only = sums.first().filter(|first| sums.iter().all(|sum| sum.price.cents == first.price.cents));
    let amounts = Measured::of(&sides.ad, sides.words);
    // An ad that names several sizes names their prices, or not, in an order of its own.
    let lonely = |one: &&Measured<'_>| {
        amounts.iter().all(|other| !other.is_of(one) || same(other.value(), one.value(), ROUNDING))
    };
    let lonely: Vec<_> = amounts.iter().filter(lonely).cloned().collect();
    lonely
        .into_iter()
        .filter_map(|amount| {
            let own = sums.iter().find(|sum| std::ptr::eq(sum.statement, amount.statement));
            Some(Row { cents: own.or(only)?.price.cents as f64, amount })
        })
        .collect()
}

/// The rows of a page's list of sizes: one price and one amount of a sort in one line, or a price behind its size.
fn rows<'a>(page: &'a PageSide<'a>, sides: &Sides<'_>) -> Vec<Row<'a>> {
    let amounts = Measured::listed(&page.side, sides.words);
    let mut found = Vec::new();
    for sum in page.side.to_pay().filter(|sum| sum.price.cents > 0 && sum.statement.role != Role::PageTitle) {
        let at = sum.claim.statement;
        let lonely = sum.statement.prices.len() == 1 && !is_aside(page, at, sides.words);
        let beside = |one: &&Measured<'a>| {
            std::ptr::eq(one.statement, sum.statement)
                || at.checked_sub(1).is_some_and(|before| is_size(&page.side.statements[before], one.statement))
        };
        if lonely {
            let cents = sum.price.cents as f64;
            found.extend(amounts.iter().filter(beside).map(|amount| Row { amount: amount.clone(), cents }));
        }
    }
    found
}

/// Whether a line before a price is the size it is for: short, without a price of its own.
fn is_size(before: &Statement, of: &Statement) -> bool {
    /// Latin letters, of which a Chinese character counts as two.
    const LONGEST: usize = 40;
    let long: usize = before.text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    std::ptr::eq(before, of) && before.prices.is_empty() && long <= LONGEST
}
