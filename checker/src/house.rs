//! Who is behind a page or an ad, as far as names tell: companies, and whether they are of one house.

use model::case::Step;
use model::statement::{FactKind, Role, Statement};

use crate::check::Sides;
use crate::meaning::entity::{companies, is_kin, own_part};
use crate::side::PageSide;
use crate::words::Words;

/// Letters that a brand must have to be found again by its name. 「Y」 is anywhere.
const SHORTEST: usize = 2;

/// The companies that a page names, wherever it names them, in normal form.
pub(crate) fn named_on(page: &PageSide<'_>, words: &Words) -> Vec<String> {
    let facts = page.page.facts.iter().filter(|fact| fact.kind == FactKind::Company).map(|fact| fact.value.clone());
    let said = page.side.statements.iter().flat_map(|statement| companies(&statement.normal.text, words));
    let traders = page.side.statements.iter().flat_map(|statement| traders(&statement.normal.text, words));
    facts.chain(said).chain(traders.map(str::to_owned)).collect()
}

/// Sole traders that a text names as those who run or take something: 「收款:××服务部」.
pub(crate) fn traders<'t>(text: &'t str, words: &'t Words) -> impl Iterator<Item = &'t str> {
    let found = words.term("sole-trader").captures_iter(text);
    found.filter_map(|found| found.iter().skip(1).flatten().next().map(|name| name.as_str()))
}

/// The names of whoever pays for the ad, in lower case: legal name first.
pub(crate) fn advertiser(sides: &Sides<'_>) -> Vec<String> {
    let advertiser = sides.case.ad.advertiser.as_ref();
    let names = advertiser.into_iter().flat_map(|one| [&one.legal_name, &one.name]).flatten();
    names.map(|name| half_width(name)).filter(|name| !name.is_empty()).collect()
}

/// Whether a page shows the brand of whoever pays for the ad, by a name of theirs or by what is their own in it.
pub(crate) fn shows_advertiser(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    advertiser(sides).iter().any(|name| shows(page, name, sides.words))
}

/// Whether a name, or the part of it that no other has, stands on a page.
pub(crate) fn shows(page: &PageSide<'_>, name: &str, words: &Words) -> bool {
    stands_in(page.side.statements.iter(), name, words)
}

/// The same, in some sentences.
pub(crate) fn stands_in<'s>(mut said: impl Iterator<Item = &'s Statement>, name: &str, words: &Words) -> bool {
    let own = own_part(name, words);
    let parts = [name.to_owned(), own];
    said.any(|said| {
        parts.iter().any(|part| part.chars().count() >= SHORTEST && said.normal.text.contains(part.as_str()))
    })
}

/// Whether two pages are of one house: both show the advertiser's brand, or companies of theirs are kin.
pub(crate) fn are_one(a: &PageSide<'_>, b: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let (ours, theirs) = (named_on(a, sides.words), named_on(b, sides.words));
    let kin = ours.iter().any(|one| theirs.iter().any(|other| is_kin(one, other, sides.words)));
    kin || (shows_advertiser(a, sides) && shows_advertiser(b, sides))
}

/// Whether two pages name companies that have nothing to do with each other.
pub(crate) fn are_strangers(a: &PageSide<'_>, b: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let named = |page: &PageSide<'_>| !named_on(page, sides.words).is_empty();
    named(a) && named(b) && !are_one(a, b, sides)
}

/// Whether a page could be read whole: nothing on it was left unread for its visitor. Of the ad's own pictures it says nothing.
pub(crate) fn is_read_whole(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    !sides.case.gaps.iter().any(|gap| {
        !matches!(gap.step, Step::Creative | Step::Judge | Step::Keep)
            && gap.visitor.as_ref().is_none_or(|visitor| *visitor == page.page.visitor)
    })
}

/// Characters that a page shows, its window's title aside.
pub(crate) fn length(page: &PageSide<'_>) -> usize {
    shown(page).map(|statement| statement.text.chars().count()).sum()
}

/// What stands on the page itself.
pub(crate) fn shown<'p>(page: &'p PageSide<'_>) -> impl Iterator<Item = &'p Statement> {
    page.side.statements.iter().filter(|statement| statement.role != Role::PageTitle)
}

/// As the normal form has brackets and letters.
fn half_width(name: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    };
    name.chars().map(half).collect::<String>().trim().to_lowercase()
}
