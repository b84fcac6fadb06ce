//! Words by which an ad or a page says of itself that a machine made it: 「AI生成」.

use model::case::Case;
use model::label::Label;
use model::statement::{Role, Statement};

use crate::words::Words;

/// Labels of one case; a page that repeats them under each picture says no more.
const MOST: usize = 200;

/// The labels among the statements of both sides, those of the ad first.
///
/// What can be pressed is left out: a button 「AI生成」 offers to make something.
pub fn labels(case: &Case, words: &Words) -> Vec<Label> {
    let pages = case.pages.iter().flat_map(|page| &page.statements);
    let shown = |statement: &&Statement| !matches!(statement.role, Role::Button | Role::Link | Role::FieldLabel);
    let said = case.promised.iter().chain(pages).filter(shown);
    said.filter(|statement| words.has("ai-label", &statement.normal.text))
        .take(MOST)
        .map(|statement| Label::Words { quote: statement.text.clone(), place: statement.place.clone() })
        .collect()
}
