//! A recommendation whose links pay its author, and nobody says so.

use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;
use crate::story;
use crate::wording;

/// ## What it finds
/// A page with a link of an affiliate network (淘宝客, 京东联盟, Amazon Associates and the like, known by its host or its
/// parameters) and no word on the page that links pay whoever recommends. What is written as a reader writes for others
/// counts also where such a parameter stands in an address of its own site, which sends on.
///
/// ## Why it misleads
/// What seems to be advice is paid by the sale.
///
/// ## Example
/// Page: 「我自己一直在用，点我领券」 → `s.click.taobao.com/…`
///
/// ## What to do instead
/// Say beside the link, before it is pressed, that the writer earns from what is bought through it.
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
        &[
            "ad-label",
            "affiliate-told",
            "affiliate-network",
            "affiliate-parameter",
            "shop-page",
            "story-voice",
            "story-i",
        ]
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
        let elsewhere = |(url, _): &(String, _)| !same_site(url, &page.page.url);
        let network = story::paid_link(page, "affiliate-network", sides).filter(elsewhere);
        // A site may send its readers on by an address of its own, which carries the number of whoever is paid.
        let reader = story::voice(page, sides).is_some();
        let (sure, (url, shown)) = match network {
            Some(link) => (Confidence::Medium, link),
            None => {
                let link = story::paid_link(page, "affiliate-parameter", sides)?;
                let counts = elsewhere(&link) || reader;
                (if reader { Confidence::Medium } else { Confidence::Low }, Some(link).filter(|_| counts)?)
            }
        };
        // A seller may pay its own network for the way to its own shop.
        let sure = if told("shop-page") { Confidence::Low } else { sure };
        let sure = if wording::read_whole(page, sides) { sure } else { Confidence::Low };
        Some(
            Finding::of(self.id()).promised(exhibit::main_promise(sides)).delivered(shown).sure(sure).fact("link", url),
        )
    }
}

fn same_site(url: &str, page: &str) -> bool {
    let host =
        |url: &str| url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).map(str::to_lowercase);
    host(url) == host(page)
}
