//! What of a page is not its offer: reviews, what others bought, other goods; and whether all of it was seen.

use model::chain::{Outcome, WayKind};
use model::statement::{Role, Statement};

use crate::check::Sides;
use crate::side::PageSide;
use crate::whole::may_hide_from;
use crate::words::Words;

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &["aside-heading", "aside", "end-of-aside"];

/// A heading speaks for as many statements below it, unless another one comes before. Heuristic.
const REACH: usize = 14;
/// A heading is no longer than this. Characters.
const LONGEST_HEADING: usize = 16;

/// Whether a statement is no part of what the page itself offers.
pub(crate) fn is_aside(page: &PageSide<'_>, at: usize, words: &Words) -> bool {
    let statements = page.side.statements;
    let text = |statement: &Statement, term| words.has(term, &statement.normal.text);
    let own = &statements[at].normal.text;
    // 「前100名付款用户」 is a rule, and no news of what others just did.
    let news = || words.term("ticker").find_iter(own).any(|found| !own[..found.start()].ends_with('前'));
    if text(&statements[at], "aside") || news() {
        return true;
    }
    let heading = |statement: &&Statement| {
        let short = statement.text.chars().count() <= LONGEST_HEADING;
        statement.role == Role::Headline
            || (short && ["aside-heading", "recommended", "end-of-aside"].iter().any(|term| text(statement, term)))
    };
    let above = statements[at.saturating_sub(REACH)..at].iter().rev().find(heading);
    above.is_some_and(|heading| text(heading, "aside-heading") || text(heading, "recommended"))
}

/// The pages of one visitor, and what they unfolded or agreed to: what may hold a word that a page lacks.
pub(crate) fn all_of<'s>(page: &'s PageSide<'s>, sides: &'s Sides<'_>) -> impl Iterator<Item = &'s PageSide<'s>> {
    let visitor = page.page.visitor.as_str();
    sides.pages.iter().chain(&sides.fine_print).filter(move |side| side.page.visitor == visitor)
}

/// Whether the visitor saw the page and all that belongs to it: no gap, no agreement or fold left closed.
pub(crate) fn is_whole(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let visitor = &page.page.visitor;
    let gaps = sides.case.gaps.iter().any(|gap| may_hide_from(page.page, gap, sides));
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == *visitor);
    let closed = chain.is_some_and(|chain| {
        chain.ways.iter().any(|way| {
            matches!(way.kind, WayKind::Agreement | WayKind::Fold | WayKind::Action)
                && matches!(way.outcome, Outcome::Unspent | Outcome::Failed)
        })
    });
    !gaps && !closed
}
