//! On what terms: only new customers, a contract, while stocks last.

use model::claim::{Claim, Offer};
use model::statement::Statement;

use super::chars_before;
use crate::words::Words;

/// Each condition with the term list by which it is recognised.
const CONDITIONS: &[(&str, &str)] = &[
    ("new-customers", "condition-new-customers"),
    ("contract", "condition-contract"),
    ("minimum-spend", "condition-minimum-spend"),
    ("while-stocks-last", "condition-while-stocks"),
    ("region", "condition-region"),
    ("age", "condition-age"),
    ("time", "condition-time"),
    ("optional", "optional-extra"),
];

/// The conditions named in one statement.
pub(super) fn read(statements: &[Statement], at: usize, words: &Words) -> Vec<Claim> {
    let text = &statements[at].normal.text;
    CONDITIONS
        .iter()
        .filter_map(|(condition, term)| {
            let found = words.find(term, text)?;
            Some(Claim {
                statement: at,
                chars: chars_before(text, found.start)..chars_before(text, found.end),
                offer: Offer::Condition { condition: (*condition).to_owned() },
            })
        })
        .collect()
}
