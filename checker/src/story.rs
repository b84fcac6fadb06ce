//! A page that is written as one reader writes for others: whose voice it has, who signed it, and what it earns.

use model::finding::Exhibit;
use model::statement::{Role, Statement};

use crate::check::Sides;
use crate::exhibit;
use crate::side::PageSide;

/// Sentences of the first person that make a story somebody's own.
const OFTEN_I: usize = 3;

/// The sentences of a page that tell a story.
pub(crate) fn told<'a>(page: &PageSide<'a>) -> impl Iterator<Item = &'a Statement> {
    page.side.statements.iter().filter(|s| matches!(s.role, Role::Text | Role::Headline))
}

/// The sentence by which one hears that somebody tells of an experience or a test.
pub(crate) fn voice<'a>(page: &PageSide<'a>, sides: &Sides<'_>) -> Option<&'a Statement> {
    let has = |term: &'static str| told(page).filter(move |s| sides.words.has(term, &s.normal.text));
    has("story-voice").next().or_else(|| has("story-i").nth(OFTEN_I - 1))
}

/// Who signed it, and when.
pub(crate) fn byline<'a>(page: &PageSide<'a>, sides: &Sides<'_>) -> Option<&'a Statement> {
    told(page).find(|s| sides.words.has("story-byline", &s.normal.text))
}

/// The first link of a page whose address has a term: the address, and where it stands.
pub(crate) fn paid_link(
    page: &PageSide<'_>,
    term: &'static str,
    sides: &Sides<'_>,
) -> Option<(String, Exhibit<model::evidence::PagePlace>)> {
    let pays = |url: &str| sides.words.has(term, &url.to_lowercase());
    let button = page.page.buttons.iter().find(|button| button.href.as_deref().is_some_and(pays));
    if let Some(button) = button {
        return Some((button.href.clone()?, exhibit::button(button)));
    }
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor)?;
    let mut ways = chain.ways.iter().filter(|way| way.hop == page.page.hop);
    let way = ways.find(|way| way.url.as_deref().is_some_and(pays))?;
    let mut place = page.side.statements.iter().find_map(|s| s.page_place())?.clone();
    (place.area, place.selector) = (way.area, None);
    let words = if way.words.is_empty() { way.url.clone()? } else { way.words.clone() };
    Some((way.url.clone()?, Exhibit::new(words, place)))
}
