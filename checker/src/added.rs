//! What a page puts on top of the price, where the ad says that nothing comes on top, or not this.

use std::ops::Range;

use model::claim::PriceRole;
use model::statement::{Role, Statement};

use crate::aside::is_aside;
use crate::check::Sides;
use crate::claims::chars_before;
use crate::documents::behind;
use crate::side::{PageSide, Sum};

/// What a charge may be for. An ad that takes one of them away is not kept by a page that takes it under another name:
/// the joining fee that is called a charge for the first day.
const FOR: &[&str] =
    &["charge-for-stairs", "charge-for-visit", "charge-for-joining", "charge-for-handling", "charge-for-fitting"];

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &[
    "charge-for-stairs",
    "charge-for-visit",
    "charge-for-joining",
    "charge-for-handling",
    "charge-for-fitting",
    "all-told",
    "waives",
    "charge-name",
    "charged-to-all",
    "charge-for-default",
    "charge-included",
];

/// A charge on top, and the words of the ad that it belies.
pub(crate) struct Added<'s> {
    pub(crate) said: &'s Statement,
    chars: Range<usize>,
    pub(crate) sum: Sum<'s>,
}

impl<'s> Added<'s> {
    /// The ad's words as shown: 「爬楼不加钱」.
    pub(crate) fn waiver(&self) -> &'s str {
        self.said.normal.shown(&self.said.text, self.chars.clone())
    }
}

/// The first sum of a page, or of what stands behind it, that the ad said would not be asked.
pub(crate) fn added<'s>(page: &'s PageSide<'s>, sides: &'s Sides<'_>) -> Option<Added<'s>> {
    let waivers: Vec<_> = sides.ad.statements.iter().flat_map(|said| waivers(said, sides)).collect();
    if waivers.is_empty() {
        return None;
    }
    std::iter::once(page).chain(behind(page, sides)).find_map(|side| {
        let charges = side.side.sums().filter(|sum| is_charge(sum, side, sides));
        charges.into_iter().find_map(|sum| {
            let (said, chars, _) = waivers.iter().find(|(_, _, of)| is_belied(*of, &sum, sides))?;
            Some(Added { said, chars: chars.clone(), sum })
        })
    })
}

/// Where a statement of the ad takes a charge away: its characters, and what the charge is for; none where it means all.
fn waivers<'a>(said: &'a Statement, sides: &Sides<'_>) -> Vec<(&'a Statement, Range<usize>, Option<&'static str>)> {
    let (text, words) = (&said.normal.text, sides.words);
    if said.role == Role::Button {
        return Vec::new();
    }
    let mark = |c: char| matches!(c, ',' | '。' | ';' | '!' | '\n');
    let clauses = text.split(mark).flat_map(|clause| {
        let start = clause.as_ptr() as usize - text.as_ptr() as usize;
        let chars = chars_before(text, start)..chars_before(text, start + clause.len());
        let all = words.says("all-told", clause).then_some(None);
        let named = FOR.iter().filter(|of| words.has("waives", clause) && words.has(of, clause)).map(|of| Some(*of));
        named.chain(all).map(|of| (said, chars.clone(), of)).collect::<Vec<_>>()
    });
    clauses.collect()
}

/// Whether a sum is a charge beside the price that is asked of whoever comes, and the ad does not name it.
fn is_charge(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let (text, words) = (&sum.statement.normal.text, sides.words);
    let told = || sides.ad.sums().any(|said| said.price.cents == sum.price.cents);
    let other = ["usual-addition", "optional-extra", "charge-for-default", "charge-included"];
    sum.price.cents > 0
        && !matches!(sum.price.role, PriceRole::Reference | PriceRole::Benefit)
        && !matches!(sum.statement.role, Role::PageTitle | Role::Button)
        && words.has("charge-name", text)
        && !other.iter().any(|term| words.has(term, text))
        && !told()
        && !is_aside(page, sum.claim.statement, words)
}

/// Whether a charge is what was said not to be taken. Where nothing at all was to be added, only what everybody pays is.
fn is_belied(of: Option<&'static str>, sum: &Sum<'_>, sides: &Sides<'_>) -> bool {
    let (text, words) = (&sum.statement.normal.text, sides.words);
    match of {
        // What is paid to begin is paid once.
        Some("charge-for-joining") if sum.price.per.is_some() => false,
        Some(of) => words.has(of, text),
        None => words.says("charged-to-all", text) && !words.has("conditional-fee", text),
    }
}
