//! A recommendation whose links pay its author, and nobody says so.

use model::finding::{Confidence, Exhibit, Finding};
use model::snapshot::Part;

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::wording;

/// ## What it finds
/// A page with a link of an affiliate network (淘宝客, 京东联盟, Amazon Associates and the like, known by its host or its
/// parameters) and no word on the page that links pay whoever recommends.
///
/// ## Why it misleads
/// What seems to be advice is paid by the sale.
///
/// ## Example
/// Page: 「我自己一直在用，点我领券」 → `s.click.taobao.com/…`
///
/// ## What it leaves alone
/// Parameters that only count visits (`utm_…`, `gclid`); a seller's own shop; a page that says 「广告」, 「含推广链接」, 「返利」 or
/// that it earns a commission; the ad's own click, which is an ad as a whole.
#[derive(Debug)]
pub(super) struct AffiliateLinkUnlabelled;

impl Check for AffiliateLinkUnlabelled {
    fn id(&self) -> &'static str {
        "affiliate-link-unlabelled"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["ad-label", "affiliate-told", "affiliate-network", "affiliate-parameter", "shop-page"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl AffiliateLinkUnlabelled {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let told = |term| wording::told_by(page, term, sides);
        if told("ad-label") || told("affiliate-told") {
            return None;
        }
        let (link, shown) = paid_link(page, "affiliate-network", sides)
            .map(|found| (found, Confidence::Medium))
            .or_else(|| paid_link(page, "affiliate-parameter", sides).map(|found| (found, Confidence::Low)))
            // A seller may pay its own network for the way to its own shop.
            .map(|((url, shown), sure)| ((url, if told("shop-page") { Confidence::Low } else { sure }), shown))?;
        let (url, sure) = link;
        let sure = if wording::read_whole(page, sides) { sure } else { Confidence::Low };
        Some(
            Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(shown).sure(sure).fact("link", url),
        )
    }
}

/// The first link that pays: its address, and where it stands.
fn paid_link(
    page: &PageSide<'_>,
    term: &'static str,
    sides: &Sides<'_>,
) -> Option<(String, Exhibit<model::evidence::PagePlace>)> {
    let pays = |url: &str| sides.words.has(term, &url.to_lowercase()) && !same_site(url, &page.page.url);
    let button = page.page.buttons.iter().find(|button| button.href.as_deref().is_some_and(pays));
    if let Some(button) = button {
        return Some((button.href.clone()?, exhibit::button(button)));
    }
    let ways =
        sides.case.chains.iter().filter(|chain| chain.visitor == page.page.visitor).flat_map(|chain| &chain.ways);
    let way = ways.filter(|way| way.hop == page.page.hop).find(|way| way.url.as_deref().is_some_and(pays))?;
    let mut place = page.side.statements.iter().find_map(|s| s.page_place())?.clone();
    (place.area, place.selector) = (way.area, None);
    debug_assert!(page.page.part == Part::Landing);
    let words = if way.words.is_empty() { way.url.clone()? } else { way.words.clone() };
    Some((way.url.clone()?, Exhibit::new(words, place)))
}

fn same_site(url: &str, page: &str) -> bool {
    let host =
        |url: &str| url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).map(str::to_lowercase);
    host(url) == host(page)
}
