//! What a page did to its visitor, as exhibits: where the visitor stood, and what came of it.

use model::chain::{Act, ActKind, Chain, Hop};
use model::evidence::PagePlace;
use model::finding::Exhibit;
use model::units::{Area, Level, Millis};

use crate::check::Sides;
use crate::meaning::host::registrable;
use crate::side::PageSide;

/// Every act of these kinds, with the chain of its visitor.
pub(crate) fn acts<'a>(sides: &Sides<'a>, kinds: &'a [ActKind]) -> impl Iterator<Item = (&'a Chain, &'a Act)> {
    let of =
        move |chain: &'a Chain| chain.acts.iter().filter(|act| kinds.contains(&act.kind)).map(move |act| (chain, act));
    sides.case.chains.iter().flat_map(of)
}

/// The page that a visitor had before them on a hop, as it was last captured there.
pub(crate) fn page_on<'s, 'a>(hop: u16, chain: &Chain, sides: &'s Sides<'a>) -> Option<&'s PageSide<'a>> {
    sides.pages.iter().rev().find(|side| side.page.visitor == chain.visitor && side.page.hop == hop)
}

/// A place on the page of a hop; its picture where one was taken, else the record of the chain.
pub(crate) fn place(chain: &Chain, hop: u16, at_ms: Millis, area: Option<Area>, sides: &Sides<'_>) -> PagePlace {
    let step = chain.hops.iter().find(|one| one.index == hop).unwrap_or_else(|| chain.landing());
    let pictured = page_on(hop, chain, sides).and_then(|side| side.page.statements.iter().find_map(|s| s.page_place()));
    let evidence = pictured.map(|place| place.evidence).or(step.left).or(chain.record);
    PagePlace {
        visitor: chain.visitor.clone(),
        hop,
        level: Level(step.level.0.max(1)),
        url: step.url.clone(),
        at_ms,
        area,
        selector: None,
        evidence: evidence.unwrap_or(sides.case.ad_evidence),
    }
}

/// What was done, quoted by the address it led to.
pub(crate) fn led_to(url: &str, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Exhibit<PagePlace> {
    Exhibit::new(url, place(chain, act.hop, act.at_ms, None, sides))
}

/// Where an act took its visitor: the document asked for then, after the answers that only sent on.
pub(crate) fn taken_to<'a>(chain: &'a Chain, act: &Act) -> Option<&'a Hop> {
    let asked = |hop: &&Hop| hop.from == Some(act.hop) && !hop.gesture && hop.at_ms >= act.at_ms;
    let mut last = chain.hops.iter().find(asked)?;
    while let Some(next) = chain
        .hops
        .iter()
        .find(|hop| hop.from == Some(last.index) && hop.index > last.index && hop.kind == model::chain::HopKind::Http)
    {
        last = next;
    }
    Some(last)
}

/// Whether two addresses are of different owners.
pub(crate) fn leaves(from: &str, to: &str) -> bool {
    registrable(from) != registrable(to)
}

/// The web address that stands in the sentence of an act.
pub(crate) fn address_in(detail: &str) -> Option<&str> {
    let from = detail.find("http")?;
    Some(detail[from..].split_whitespace().next().unwrap_or_default().trim_end_matches(['.', ',']))
}
