//! How much or how many: a number with its unit.

use model::claim::{Claim, Offer};
use model::statement::Statement;

use super::chars_before;
use crate::words::Words;

/// The quantities named in one statement.
pub(super) fn read(statements: &[Statement], at: usize, words: &Words) -> Vec<Claim> {
    let text = &statements[at].normal.text;
    words
        .term("quantity")
        .find_iter(text)
        .filter_map(|found| {
            let split = found.as_str().find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let (amount, unit) = found.as_str().split_at(split);
            Some(Claim {
                statement: at,
                chars: chars_before(text, found.start())..chars_before(text, found.end()),
                offer: Offer::Quantity { amount: amount.parse().ok()?, unit: unit.trim().to_owned() },
            })
        })
        .collect()
}
