//! Words that may stand on neither side: who says them, and what is shown of it.

use std::ops::Range;

use model::case::Step;
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Role, Statement};

use crate::check::Sides;
use crate::claims::{chars_before, is_quoted_to_deny};
use crate::exhibit;
use crate::side::PageSide;
use crate::whole::may_hide_from;
use crate::words::Words;

/// The term lists that it needs for every check.
pub(crate) const TERMS: &[&str] = &["bare-denial", "asks-whether"];

/// A heading further up than so many statements no longer heads a review.
const REVIEWS: usize = 12;
/// A longer statement is no heading. Characters.
const LONGEST_HEADING: usize = 16;

/// Words of the ad or of a page, where they stand.
#[derive(Clone, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) statement: &'a Statement,
    /// Bytes of its normal form.
    pub(crate) bytes: Range<usize>,
    /// The page that says it; none when the ad does.
    pub(crate) page: Option<&'a PageSide<'a>>,
}

impl<'a> Said<'a> {
    /// Every occurrence of a term on both sides that nothing takes back, those of the ad first.
    pub(crate) fn all(term: &'static str, sides: &'a Sides<'a>) -> Vec<Self> {
        let pages = sides.pages.iter().flat_map(|page| page.side.statements.iter().map(move |s| (Some(page), s)));
        let said = sides.ad.statements.iter().map(|s| (None, s)).chain(pages);
        said.filter(|(_, statement)| statement.role != Role::PageTitle)
            .flat_map(|(page, statement)| Self::within(term, statement, page, sides.words))
            .filter(|one| !one.is_denied_beside(sides.words))
            .collect()
    }

    /// The occurrences in one statement.
    pub(crate) fn within(
        term: &'static str,
        statement: &'a Statement,
        page: Option<&'a PageSide<'a>>,
        words: &Words,
    ) -> Vec<Self> {
        let text = &statement.normal.text;
        let found = words.occurrences(term, text).into_iter();
        found
            .filter(|range| !is_denied(text, range.start, words) && !is_asked(text, range, words))
            .filter(|range| !is_quoted_to_deny(text, range, words))
            .map(|bytes| Self { statement, bytes, page })
            .collect()
    }

    pub(crate) fn text(&self) -> &'a str {
        &self.statement.normal.text
    }

    /// The words as shown.
    pub(crate) fn shown(&self) -> &'a str {
        self.statement.normal.shown(&self.statement.text, self.chars())
    }

    pub(crate) fn chars(&self) -> Range<usize> {
        chars_before(self.text(), self.bytes.start)..chars_before(self.text(), self.bytes.end)
    }

    /// The part of the sentence between commas in which they stand.
    pub(crate) fn clause(&self) -> &'a str {
        part(self.text(), &self.bytes, |c| ends_sentence(c) || matches!(c, ',' | ' '))
    }

    pub(crate) fn sentence(&self) -> &'a str {
        part(self.text(), &self.bytes, ends_sentence)
    }

    /// Whether they are the label of a row, and the cell behind it says no: 「保过协议 | 不签」.
    fn is_denied_beside(&self, words: &Words) -> bool {
        let Some(page) = self.page else { return false };
        let all = page.side.statements;
        let Some(at) = all.iter().position(|one| std::ptr::eq(one, self.statement)) else { return false };
        let label = self.statement.text.chars().count() <= LONGEST_HEADING;
        label && all.get(at + 1).is_some_and(|next| words.has("bare-denial", next.normal.text.trim()))
    }

    /// Whether a customer says it in a review: not the words of whoever advertises.
    pub(crate) fn is_review(&self, words: &Words) -> bool {
        let Some(page) = self.page else { return false };
        let all = page.side.statements;
        let Some(at) = all.iter().position(|one| std::ptr::eq(one, self.statement)) else { return false };
        if is_quoted(self.text()) {
            return true;
        }
        let before = &all[at.saturating_sub(REVIEWS)..at];
        let heads =
            |s: &Statement| s.text.chars().count() <= LONGEST_HEADING && words.has("reviews-heading", &s.normal.text);
        // A later headline ends the reviews.
        let ended = |from: usize| before[from + 1..].iter().any(|s| s.role == Role::Headline);
        let headed = before.iter().rposition(heads).is_some_and(|from| !ended(from));
        let beside = &all[at.saturating_sub(1)..(at + 2).min(all.len())];
        headed || beside.iter().any(|s| words.has("reviewer", &s.normal.text))
    }
}

/// The sentence of a text in which these bytes stand.
pub(crate) fn sentence<'t>(text: &'t str, bytes: &Range<usize>) -> &'t str {
    part(text, bytes, ends_sentence)
}

/// Whether the words before a position take back what follows, or the sentence warns of it.
pub(crate) fn is_denied(text: &str, at: usize, words: &Words) -> bool {
    let before = part(text, &(at..at), |c| ends_sentence(c) || c == ',');
    let start = before.as_ptr() as usize - text.as_ptr() as usize;
    words.has("denied-before", &text[start..at]) || words.has("warned", part(text, &(at..at), ends_sentence))
}

/// Whether the sentence asks, as the questions of customers do: 「能代替药吗?」; or asks about them: 「有没有疤痕体质」.
pub(crate) fn is_asked(text: &str, range: &Range<usize>, words: &Words) -> bool {
    let clause = part(text, range, |c| ends_sentence(c) || c == ',');
    let within = range.start - (clause.as_ptr() as usize - text.as_ptr() as usize);
    if words.term("asks-whether").find(clause).is_some_and(|asks| asks.start() <= within) {
        return true;
    }
    let sentence = part(text, range, ends_sentence);
    let end = sentence.as_ptr() as usize - text.as_ptr() as usize + sentence.len();
    text[end..].starts_with('?') || sentence.ends_with(['?', '吗'])
}

/// The finding that such words are said; none when there is nothing to show of a page.
pub(crate) fn finding(check: &str, said: &[Said<'_>], sides: &Sides<'_>, sure: Confidence) -> Option<Finding> {
    /// A note names no more words than these.
    const MOST: usize = 4;
    let by_ad = said.iter().find(|one| one.page.is_none());
    let on_page = said.iter().find(|one| one.page.is_some());
    let promised =
        by_ad.and_then(|one| exhibit::said_by_ad(one.statement)).unwrap_or_else(|| exhibit::main_promise(sides));
    let delivered = match on_page {
        Some(one) => exhibit::said_by_page(one.statement, Some(one.chars()))?,
        None => first_seen(sides)?,
    };
    let mut shown: Vec<&str> = Vec::new();
    for one in by_ad.into_iter().chain(on_page).chain(said) {
        if !shown.contains(&one.shown()) && shown.len() < MOST {
            shown.push(one.shown());
        }
    }
    Some(Finding::of(check).promised(promised).delivered(delivered).sure(sure).fact("wording", shown))
}

/// What a visitor sees first of the page behind the click; what the last hop answered where there is no page.
pub(crate) fn first_seen(sides: &Sides<'_>) -> Option<Exhibit<PagePlace>> {
    let head = |page: &PageSide<'_>| {
        let on_page = || page.side.statements.iter().filter(|s| s.role != Role::PageTitle);
        let largest = on_page().filter(|s| s.role == Role::Headline).max_by(|a, b| px(a).total_cmp(&px(b)));
        largest.or_else(|| on_page().next()).and_then(|statement| exhibit::said_by_page(statement, None))
    };
    let end = || sides.case.chains.first().map(|chain| exhibit::end_of(chain, sides.case));
    sides.landings().find_map(head).or_else(end)
}

/// Whether something can be bought, ordered, booked or asked for on a page.
pub(crate) fn sells(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    use model::statement::FieldKind;
    page.page.fields.iter().any(|field| !matches!(field.kind, FieldKind::Search | FieldKind::PictureCode))
        || page.side.to_pay().any(|sum| sum.price.cents > 0)
        || page.page.buttons.iter().any(|button| {
            ["order-button", "pay-button", "claim-button"].iter().any(|t| sides.words.says(t, &button.normal.text))
        })
}

/// Whether a page was read as a whole, so that what it lacks is lacking.
pub(crate) fn read_whole(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    !(sides.case.gaps.iter()).any(|gap| {
        !matches!(gap.step, Step::Creative | Step::Judge | Step::Keep) && may_hide_from(page.page, gap, sides)
    })
}

/// Whether a term stands on a page or in its fine print.
pub(crate) fn told_by(page: &PageSide<'_>, term: &'static str, sides: &Sides<'_>) -> bool {
    let has = |side: &PageSide<'_>| {
        let shown = side.side.statements.iter().map(|statement| &statement.normal);
        shown.chain(side.page.buttons.iter().map(|b| &b.normal)).any(|n| sides.words.has(term, &n.text))
    };
    has(page) || sides.fine_print_of(page.page).any(has)
}

/// Whether the ad has a term anywhere.
pub(crate) fn told_by_ad(term: &'static str, sides: &Sides<'_>) -> bool {
    sides.ad.statements.iter().any(|statement| sides.words.has(term, &statement.normal.text))
}

/// Whether a whole statement stands between quotation marks: on a page, words of a customer.
fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    [('"', '"'), ('「', '」'), ('\'', '\'')]
        .iter()
        .any(|&(opens, closes)| text.chars().count() > 2 && text.starts_with(opens) && text.ends_with(closes))
}

fn px(statement: &Statement) -> f64 {
    statement.visibility.font_px.unwrap_or_default()
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '。' | ';' | '!' | '?' | '\n')
}

/// What stands around some bytes up to the next marks.
fn part<'a>(text: &'a str, bytes: &Range<usize>, is_mark: impl Fn(char) -> bool) -> &'a str {
    let from = text[..bytes.start].char_indices().rev().find(|(_, c)| is_mark(*c));
    let from = from.map_or(0, |(at, c)| at + c.len_utf8());
    let until = text[bytes.end..].find(&is_mark).map_or(text.len(), |at| bytes.end + at);
    &text[from..until]
}
