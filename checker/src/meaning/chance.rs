//! What of a page chance decides, or the hour, or who else is there: recommendations, lists of goods, tickers.

use std::collections::BTreeMap;
use std::ops::Range;

use model::claim::PriceRole;
use model::statement::{Role, Statement};

use crate::side::Side;
use crate::words::Words;

/// So many priced things of one build are a list from which a page chooses what it likes.
const A_LIST: usize = 4;
/// Words that head a part of a page are not longer. Characters.
const LONGEST_HEADING: usize = 16;

/// For each statement of a page, whether it may be another one at the next look.
pub(super) fn of(side: &Side<'_>, words: &Words) -> Vec<bool> {
    let mut chance = vec![false; side.statements.len()];
    for (at, statement) in side.statements.iter().enumerate() {
        chance[at] = words.has("ticker", &statement.normal.text);
    }
    for range in recommended(side.statements, words) {
        for at in range {
            chance[at] |= side.statements[at].role != Role::Button;
        }
    }
    let lists = lists(side);
    for (at, statement) in side.statements.iter().enumerate() {
        chance[at] |= steps(statement).is_some_and(|steps| lists.iter().any(|list| list.holds(&steps)));
    }
    chance
}

/// From each heading like 「猜你喜欢」 to the next one that is no such heading, or to the foot of the page.
fn recommended(statements: &[Statement], words: &Words) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = None;
    for (at, statement) in statements.iter().enumerate() {
        let text = &statement.normal.text;
        let short = text.chars().count() <= LONGEST_HEADING && statement.role != Role::PageTitle;
        if short && words.has("recommended", text) {
            from.get_or_insert(at);
        } else if statement.role == Role::Headline || words.has("company", text) || words.has("registration", text) {
            ranges.extend(from.take().map(|from| from..at));
        }
    }
    ranges.extend(from.map(|from| from..statements.len()));
    ranges
}

/// Elements of one kind in one holder: `#goods > li`.
struct List {
    holder: Vec<String>,
    item: String,
}

impl List {
    fn holds(&self, steps: &[String]) -> bool {
        steps.len() > self.holder.len()
            && steps[..self.holder.len()] == self.holder[..]
            && unnumbered(&steps[self.holder.len()]) == self.item
    }
}

/// Where prices to pay once stand in elements that differ in nothing but their number.
///
/// Fees that come again are left alone: four plans side by side are what a page offers, not a choice of chance.
fn lists(side: &Side<'_>) -> Vec<List> {
    let mut alike: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for sum in side.to_pay().filter(|sum| sum.price.role == PriceRole::Once && sum.price.cents > 0) {
        if let Some(steps) = steps(sum.statement) {
            let build = steps.iter().map(|step| unnumbered(step)).collect::<Vec<_>>().join(" > ");
            let places = alike.entry(build).or_default();
            if !places.contains(&steps) {
                places.push(steps);
            }
        }
    }
    let lists = alike.into_values().filter(|places| places.len() >= A_LIST);
    lists.filter_map(|places| list(&places)).collect()
}

/// The first step in which the places differ is the list's item.
fn list(places: &[Vec<String>]) -> Option<List> {
    let first = places.first()?;
    let at = (0..first.len()).find(|&at| places.iter().any(|other| other[at] != first[at]))?;
    Some(List { holder: first[..at].to_vec(), item: unnumbered(&first[at]).to_owned() })
}

fn steps(statement: &Statement) -> Option<Vec<String>> {
    let selector = statement.page_place()?.selector.as_deref()?;
    Some(selector.split(" > ").map(str::to_owned).collect())
}

/// `li:nth-of-type(3)` → `li`
fn unnumbered(step: &str) -> &str {
    step.split(":nth-of-type(").next().unwrap_or(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(selector: &str) -> Vec<String> {
        selector.split(" > ").map(str::to_owned).collect()
    }

    #[test]
    fn what_stands_in_elements_that_differ_in_their_number_is_a_list_with_all_that_is_in_them() {
        let prices = (1..=4).map(|n| place(&format!("#goods > ul > li:nth-of-type({n}) > b"))).collect::<Vec<_>>();
        let list = list(&prices).expect("they differ in the third step");
        assert!(list.holds(&place("#goods > ul > li:nth-of-type(7) > h3 > a")));
        assert!(!list.holds(&place("#goods > h2")));
        assert!(!list.holds(&place("#other > ul > li:nth-of-type(1) > b")));
        assert!(super::list(&[place("#a > b"), place("#a > b")]).is_none());
    }
}
