//! Words of the highest degree about what is sold, which nobody can prove.

use model::finding::{Confidence, Finding};
use model::statement::Role;

use crate::check::{Check, Sides};
use crate::wording::{self, Said};

/// ## What it finds
/// Words such as 「国家级」「全网最低价」「销量第一」「顶级」 said of the goods, the service or the seller, in the ad or on a page
/// that sells.
///
/// ## Why it misleads
/// Nobody can prove that nothing better exists; who believes it stops comparing, and who sells honestly loses.
///
/// ## Example
/// Ad: 「国家级品质，全网最低价」
///
/// ## What to do instead
/// Say what can be shown: the figure, its source and date, or the customer's own words; leave out what nobody can
/// measure.
///
/// ## What it leaves alone
/// What the seller compares with its own goods; tips for use (最佳食用期); grades of a standard; awards and titles of
/// works; names; facts of a stated time and place with their source; visions; words of time and quantity (最后一天, 最新,
/// 最低消费, 最快30分钟); what a page denies, asks, or quotes from its customers.
#[derive(Debug)]
pub(super) struct AbsoluteWording;

const TERMS: &[&str] = &[
    "absolute",
    "absolute-statutory",
    "absolute-mild",
    "absolute-not-in-clause",
    "absolute-not-in-sentence",
    "absolute-source",
    "denied-before",
    "warned",
    "reviews-heading",
    "reviewer",
];

impl Check for AbsoluteWording {
    fn id(&self) -> &'static str {
        "absolute-wording"
    }

    fn terms(&self) -> &'static [&'static str] {
        TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let plain = |term| -> Vec<_> {
            let said = Said::all(term, sides);
            said.into_iter().filter(|one| is_claim(one, sides)).collect()
        };
        let strong = plain("absolute");
        let found = match strong.first() {
            Some(_) => {
                let sure =
                    if strong.iter().any(|one| is_certain(one, sides)) { Confidence::High } else { Confidence::Medium };
                wording::finding(self.id(), &strong, sides, sure)
            }
            // Puffery that some authorities let pass.
            None => {
                let mild = plain("absolute-mild");
                mild.first().and_then(|_| wording::finding(self.id(), &mild, sides, Confidence::Low))
            }
        };
        found.into_iter().collect()
    }
}

/// Whether the word praises what is sold: no exemption stands beside it, and the page sells.
fn is_claim(said: &Said<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let sold = said.page.is_none_or(|page| wording::sells(page, sides));
    sold && !words.has("absolute-not-in-clause", said.clause())
        && !words.has("absolute-not-in-sentence", said.sentence())
        && !is_title(said)
        && !said.is_review(words)
        && !is_sourced(said, sides)
}

/// The three words that the law names itself, where one cannot overlook them.
fn is_certain(said: &Said<'_>, sides: &Sides<'_>) -> bool {
    let plain = said.page.is_none() || matches!(said.statement.role, Role::Headline | Role::Button);
    plain && sides.words.has("absolute-statutory", &said.text()[said.bytes.clone()])
}

/// Whether the word stands in the title of a work or in a name between quotation marks: 《最好的我们》.
fn is_title(said: &Said<'_>) -> bool {
    let (before, after) = (&said.text()[..said.bytes.start], &said.text()[said.bytes.end..]);
    [('《', '》'), ('<', '>')].iter().any(|&(opens, closes)| {
        let opened = before.rfind(opens).is_some_and(|at| !before[at..].contains(closes));
        opened && after.contains(closes)
    })
}

/// Whether a statement of time, place and source makes a fact of it: 「2025年线上销量第一（来源：××咨询）」.
///
/// The source may stand in the statement behind it or in one of the notes at the foot of the page.
fn is_sourced(said: &Said<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    if words.has("absolute-source", said.text()) {
        return true;
    }
    let marked = said.text()[said.bytes.end..].chars().take(8).any(|c| matches!(c, '*' | '①' | '¹' | '注' | '['));
    let notes = |page: &crate::side::PageSide<'_>| {
        page.side.statements.iter().any(|statement| words.has("absolute-source", &statement.normal.text))
    };
    match said.page {
        Some(page) => {
            let all = page.side.statements;
            let at = all.iter().position(|one| std::ptr::eq(one, said.statement)).unwrap_or_default();
            let beside = &all[at..(at + 3).min(all.len())];
            beside.iter().any(|statement| words.has("absolute-source", &statement.normal.text))
                || (marked && notes(page))
        }
        None => sides.ad.statements.iter().any(|statement| words.has("absolute-source", &statement.normal.text)),
    }
}
