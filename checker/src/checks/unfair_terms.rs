//! Standard terms that the law does not let stand: the last word for the trader, no money back, no complaint.

use std::ops::Range;

use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// A rule on the page or in its terms by which the trader alone says what the rules mean, gives no money back whatever
/// happens, answers for nothing, changes the terms as it likes, or forbids complaints and lawsuits.
///
/// ## Why it misleads
/// Such a term is void; it is there so that people do not claim what they are owed.
///
/// ## Example
/// Page: 「本活动最终解释权归××所有，开通后概不退费」
///
/// ## What to do instead
/// Take the clause out; say what you answer for and how complaints are heard.
///
/// ## What it leaves alone
/// What holds 「在法律允许的范围内」 or leaves the rights of the law untouched; goods that by law cannot be given back; a term
/// of somebody else that is quoted or rejected; 「如有疑问请联系客服」.
#[derive(Debug)]
pub(super) struct UnfairTerms;

/// The sorts of terms, the gravest first: the fact's word, its term list, and how sure it is.
///
/// The last word is forbidden by name. Whether no money back is unfair depends on what is sold.
const SORTS: [(&str, &str, Confidence); 5] = [
    ("interpretation", "terms-last-word", Confidence::High),
    ("no-complaint", "terms-no-complaint", Confidence::High),
    ("no-refund", "terms-no-refund", Confidence::Medium),
    ("no-liability", "terms-no-liability", Confidence::Medium),
    ("change", "terms-change-at-will", Confidence::Medium),
];

impl Check for UnfairTerms {
    fn id(&self) -> &'static str {
        "unfair-terms"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "terms-last-word",
            "terms-no-complaint",
            "terms-no-refund",
            "terms-no-liability",
            "terms-change-at-will",
            "terms-lawful",
            "terms-quoted",
            "terms-discussed",
            "terms-no-refund-lawful",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().chain(&sides.fine_print).filter_map(|page| self.on(page, sides)).collect()
    }
}

impl UnfairTerms {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        // An article about such terms is none.
        if page.side.statements.iter().any(|said| sides.words.has("terms-discussed", &said.normal.text)) {
            return None;
        }
        let (name, said, chars, sure) = SORTS.iter().find_map(|(name, term, sure)| {
            let (said, chars) = find(term, page, sides)?;
            Some((*name, said, chars, *sure))
        })?;
        let others = SORTS.iter().filter(|(other, ..)| *other != name);
        let also =
            others.filter_map(|(_, term, _)| find(term, page, sides)).filter(|(other, _)| !std::ptr::eq(*other, said));
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(said, Some(chars))?)
            .sure(sure)
            .fact("term", name);
        for (other, chars) in also {
            finding = finding.also(exhibit::said_by_page(other, Some(chars))?);
        }
        Some(finding)
    }
}

/// The first sentence with such a term that nothing beside it makes lawful.
fn find<'p>(term: &'static str, page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<(&'p Statement, Range<usize>)> {
    let words = sides.words;
    page.side.statements.iter().enumerate().find_map(|(at, said)| {
        let text = &said.normal.text;
        let found = words.find(term, text)?;
        // A condition may stand in the sentence before or behind it, within the same paragraph.
        let kept = page
            .side
            .around(at, 1)
            .iter()
            .any(|near| is_near(near, said) && words.has("terms-lawful", &near.normal.text));
        let lawful = term == "terms-no-refund" && words.has("terms-no-refund-lawful", text);
        let quoted = words.has("terms-quoted", text) || said.role == Role::PageTitle;
        (!kept && !lawful && !quoted).then(|| (said, chars_before(text, found.start)..chars_before(text, found.end)))
    })
}

/// Whether two sentences stand in one paragraph: at most two lines apart.
fn is_near(one: &Statement, other: &Statement) -> bool {
    let (Some(a), Some(b)) = (crate::side::area(one), crate::side::area(other)) else { return true };
    let line = one.visibility.font_px.unwrap_or(16.0) * 2.0;
    a.y <= b.bottom() + line && b.y <= a.bottom() + line
}
