//! The promised price buys the first part only: 「第二节起，学费四千九百八十元」 of what was to be three lessons for one yuan.

use std::ops::Range;
use std::sync::LazyLock;

use model::claim::PriceRole;
use regex::Regex;

use crate::aside::is_aside;
use crate::check::Sides;
use crate::measure::number;
use crate::side::{PageSide, Sum};

/// The term list that it needs.
pub(crate) const TERMS: &[&str] = &["whole-of-parts", "rest-of-parts"];

const UNITS: &str = "节|课|集|章|话|讲|回|次|卷|关|张|件|份|盒|位|photos?|prints?|pieces?|lessons?|episodes?|chapters?|classes|sessions?|parts?|levels?";
const NUMBER: &str = r"(\d+|[一二两三四五六七八九十百]+)";

/// 「第二节」, "lesson 2", "from chapter 11".
static ORDINAL: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"第{NUMBER}(?:{UNITS})|\b(?:{UNITS}) (\d+)\b")));
/// 「三节」, "3 lessons".
static COUNT: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?:^|[^第\d]){NUMBER} ?(?:{UNITS})")));

fn pattern(written: &str) -> Regex {
    Regex::new(written).expect("internal error: the pattern of parts is one")
}

/// The sum that a later part costs, where the ad promised so many, or all, for less.
pub(crate) fn later_part<'a>(promise: Sum<'_>, page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'a>> {
    let promised = &promise.statement.normal.text;
    let all = sides.words.has("whole-of-parts", promised);
    let counted = COUNT.captures_iter(promised).filter_map(|found| number(&found[1])).fold(0.0, f64::max);
    let costs = |sum: &Sum<'_>| {
        let first = ordinal(&sum.statement.normal.text).unwrap_or_default();
        sum.price.cents > promise.price.cents && first > 1.0 && (all || first <= counted)
    };
    // 「9.9元含一张，其余每张6元」: the sentence has the promised sum, a smaller number, and the price of each further one.
    let further = |sum: &Sum<'_>| {
        let text = &sum.statement.normal.text;
        let there = sum.statement.prices.iter().any(|tag| tag.cents == promise.price.cents) && promise.price.cents > 0;
        // What the sum covers stands before what each further one costs.
        let covers = |rest: Range<usize>| {
            COUNT.captures_iter(&text[..rest.start]).filter_map(|one| number(&one[1])).fold(f64::MAX, f64::min)
        };
        let fewer = sides.words.find("rest-of-parts", text).is_some_and(|rest| covers(rest) < counted);
        there && sum.price.cents != promise.price.cents && fewer
    };
    let told = |sum: &Sum<'_>| sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    page.side
        .to_pay()
        .filter(|sum| matches!(sum.price.role, PriceRole::Once | PriceRole::Recurring))
        .find(|sum| (costs(sum) || further(sum)) && !told(sum) && !is_aside(page, sum.claim.statement, sides.words))
}

/// The lowest part that a text speaks of by its number.
fn ordinal(text: &str) -> Option<f64> {
    let numbers = ORDINAL.captures_iter(text).filter_map(|found| number(found.get(1).or(found.get(2))?.as_str()));
    numbers.min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_part_is_no_count() {
        assert_eq!(ordinal("第二节、第三节另收费"), Some(2.0));
        assert_eq!(ordinal("from chapter 11 on"), Some(11.0));
        assert_eq!(ordinal("共三节"), None);
    }
}
