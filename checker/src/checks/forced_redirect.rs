//! A page sends its visitor elsewhere without being asked.

use model::chain::{Act, ActKind, Chain, WayKind};
use model::finding::{Confidence, Finding};
use model::statement::Statement;

use crate::check::{Check, Sides};
use crate::side::PageSide;
use crate::{deeds, exhibit, house};

/// ## What it finds
/// A page that was before the visitor and then left by itself for another owner's page, or for another sort of offer, and
/// a window that opened with another owner's page without being asked for.
///
/// ## Why it misleads
/// The visitor chose to look at what the ad names. They did not choose what they are taken to, and the page that the
/// platform checked is not the one they end on.
///
/// ## Example
/// Two seconds after the page of a recipe app is shown, a script leaves for `h5.quanyi-bao.test`, a paid service.
///
/// ## What to do instead
/// Send nobody on who did not press; tell where a button leads.
///
/// ## What it leaves alone
/// Answers that only count or sort (HTTP 3xx, an empty door that loads), another address of the same owner with the same
/// offer, a page of the same house, and a page that says that it sends its visitor on and where.
#[derive(Debug)]
pub(super) struct ForcedRedirect;

/// A page of fewer characters is a door, not something that somebody came to read. Heuristic.
const A_PAGE: usize = 40;
/// A side of this score says what it is for. A word of weight 1.0 in a sentence of text says it once.
const PLAIN: f64 = 0.8;

impl Check for ForcedRedirect {
    fn id(&self) -> &'static str {
        "forced-redirect"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["leaving-told"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let acts = deeds::acts(sides, &[ActKind::ForcedRedirect, ActKind::PopupWithoutGesture]);
        acts.filter_map(|(chain, act)| self.of(chain, act, sides)).collect()
    }
}

impl ForcedRedirect {
    fn of(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        let (target, arrived) = target(chain, act, sides)?;
        let from = chain.hops.iter().find(|hop| hop.index == act.hop)?;
        let left = deeds::page_on(act.hop, chain, sides);
        let confidence = surety(left, arrived, deeds::leaves(&from.url, &target), sides)?;
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(deeds::led_to(&target, chain, act, sides))
            .sure(confidence)
            .fact("target", crate::meaning::host::registrable(&target))
            .fact("window", act.kind == ActKind::PopupWithoutGesture);
        if let Some(said) = left.and_then(face).and_then(|said| exhibit::said_by_page(said, None)) {
            finding = finding.also(said);
        }
        if let Some(said) = arrived.and_then(face).and_then(|said| exhibit::said_by_page(said, None)) {
            finding = finding.also(said);
        }
        Some(finding)
    }
}

/// Where the visitor was taken, and the page there if it was read.
fn target<'s, 'a>(chain: &Chain, act: &Act, sides: &'s Sides<'a>) -> Option<(String, Option<&'s PageSide<'a>>)> {
    if act.kind == ActKind::ForcedRedirect {
        let hop = deeds::taken_to(chain, act)?;
        return Some((hop.url.clone(), deeds::page_on(hop.index, chain, sides)));
    }
    let opened = chain.ways.iter().find(|way| way.kind == WayKind::Popup && !way.gesture && way.at_ms == act.at_ms)?;
    let url = opened.url.clone().filter(|url| url.starts_with("http"))?;
    let page = sides.pages.iter().find(|side| side.page.visitor == chain.visitor && side.page.url == url);
    Some((url, page))
}

/// How sure it is that this was forced; none when it was not.
fn surety(
    left: Option<&PageSide<'_>>,
    arrived: Option<&PageSide<'_>>,
    leaves: bool,
    sides: &Sides<'_>,
) -> Option<Confidence> {
    let another_offer = left.zip(arrived).is_some_and(|(left, arrived)| differ(left, arrived, sides))
        || arrived.is_some_and(|arrived| differs_from_ad(arrived, sides));
    let another_house = left.zip(arrived).is_some_and(|(left, arrived)| house::are_strangers(left, arrived, sides));
    let leaves = leaves || another_house;
    if !leaves && !another_offer {
        return None;
    }
    let Some(left) = left else {
        // Nobody read what was shown: it may have been a door, unless what lies behind it is not what the ad was for.
        return Some(if another_offer && leaves { Confidence::Medium } else { Confidence::Low });
    };
    let told = left.side.statements.iter().any(|said| sides.words.has("leaving-told", &said.normal.text));
    let kin = arrived.is_some_and(|arrived| house::are_one(left, arrived, sides));
    if (told || kin) && !another_offer {
        return None;
    }
    if told || house::length(left) < A_PAGE {
        return Some(Confidence::Low);
    }
    Some(if leaves && another_offer { Confidence::High } else { Confidence::Medium })
}

/// Whether two pages are for things of families that do not go together.
fn differ(one: &PageSide<'_>, other: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let top =
        |page: &PageSide<'_>| page.side.standings.first().filter(|top| top.score >= PLAIN).map(|top| top.kind.clone());
    let (Some(a), Some(b)) = (top(one), top(other)) else { return false };
    let still = one.side.standings.first().and_then(|top| other.side.standing(&top.family)).is_some();
    !still && !sides.together(&a, &b)
}

fn differs_from_ad(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let promised = sides.ad.standings.first().filter(|top| top.score >= PLAIN);
    let given = page.side.standings.first().filter(|top| top.score >= PLAIN);
    let (Some(promised), Some(given)) = (promised, given) else { return false };
    !sides.together(&promised.kind, &given.kind) && page.side.standing(&promised.family).is_none()
}

/// What stands first and largest on a page.
fn face<'p>(page: &'p PageSide<'_>) -> Option<&'p Statement> {
    let mut said = house::shown(page);
    let headline = house::shown(page).find(|statement| statement.role == model::statement::Role::Headline);
    headline.or_else(|| said.next())
}
