//! What the ad says is in the price, or is provided, and the page leaves to the customer's own cost.

use model::statement::Statement;

use crate::about::clause;
use crate::aside::{all_of, is_aside};
use crate::check::Sides;
use crate::named::OfOneSort;
use crate::side::{PageSide, in_a_note};
use crate::words::Words;

/// What may be provided, each by its names.
const THINGS: &[&str] = &[
    "thing-meals",
    "thing-lodging",
    "thing-vehicle",
    "thing-materials",
    "thing-fitting",
    "thing-travel",
    "thing-tickets",
    "thing-kit",
];

/// The term lists that it needs.
pub(crate) const TERMS: &[&str] = &[
    "incl-given",
    "incl-whole",
    "incl-own-cost",
    "incl-usual",
    "thing-meals",
    "thing-lodging",
    "thing-vehicle",
    "thing-materials",
    "thing-fitting",
    "thing-travel",
    "thing-tickets",
    "thing-kit",
];

/// The sentence that leaves to the customer what the ad said is provided, or takes out of a whole what belongs to it.
pub(crate) fn left_out<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    // An ad that tells what is at one's own cost has told.
    let tells = |said: &&Statement| words.has("incl-own-cost", &said.normal.text) && !in_a_note(said);
    if sides.ad.statements.iter().any(|said| tells(&said)) {
        return None;
    }
    thing(page, sides).or_else(|| whole(page, sides))
}

/// One thing that is provided in the ad, and at one's own cost on the page, which nowhere provides it.
fn thing<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    THINGS.iter().find_map(|thing| {
        let given = |said: &Statement| {
            let text = &said.normal.text;
            let found = words.find("incl-given", text)?;
            let part = clause(text, found);
            words.has(thing, part).then(|| part.to_owned())
        };
        let (ad, promised) = sides.ad.statements.iter().find_map(|said| Some((said, given(said)?)))?;
        if all_of(page, sides).any(|side| side.side.statements.iter().any(|said| given(said).is_some())) {
            return None;
        }
        let (there, delivered) = at_own_cost(page, sides, |part| words.has(thing, part))?;
        Some(OfOneSort { ad, promised, there, delivered })
    })
}

/// What is taken out of a whole: 「全包」 in the ad, 「不含:橱柜、木门」 on the page.
fn whole<'a>(page: &'a PageSide<'a>, sides: &'a Sides<'a>) -> Option<OfOneSort<'a>> {
    let words = sides.words;
    let ad = sides.ad.statements.iter().find(|said| words.says("incl-whole", &said.normal.text))?;
    let promised = words.find("incl-whole", &ad.normal.text).map(|found| ad.normal.text[found].to_owned())?;
    let (there, delivered) = at_own_cost(page, sides, |_| true)?;
    Some(OfOneSort { ad, promised, there, delivered })
}

fn at_own_cost<'a>(
    page: &'a PageSide<'a>,
    sides: &'a Sides<'a>,
    of: impl Fn(&str) -> bool,
) -> Option<(&'a Statement, String)> {
    let words = sides.words;
    all_of(page, sides).find_map(|side| {
        side.side.statements.iter().enumerate().find_map(|(at, said)| {
            let part = own_cost(&said.normal.text, words)?;
            let usual = words.has("incl-usual", &said.normal.text) || words.has("optional-extra", &said.normal.text);
            (of(part) && !usual && !is_aside(side, at, words)).then(|| (said, part.to_owned()))
        })
    })
}

/// The clause that says what one pays for oneself; with the one before where it names nothing: 「床位600元,于工资中扣除」.
fn own_cost<'t>(text: &'t str, words: &Words) -> Option<&'t str> {
    /// Fewer characters before the words name nothing. 「由」「均」.
    const NAMES_NOTHING: usize = 2;
    let found = words.find("incl-own-cost", text)?;
    let part = clause(text, found.clone());
    let from = part.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (&text[from..found.start], &text[found.end..from + part.len()]);
    // A bare 「不含」 says nothing of what.
    if text.chars().count() < 4 {
        return None;
    }
    if before.chars().count() < NAMES_NOTHING && after.chars().count() < NAMES_NOTHING && from > 0 {
        let earlier = text[..from].trim_end_matches([',', ' ']);
        let start = clause(earlier, earlier.len()..earlier.len()).as_ptr() as usize - text.as_ptr() as usize;
        return Some(&text[start..from + part.len()]);
    }
    Some(part)
}
