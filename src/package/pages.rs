//! The pages that a reader of the package may begin with: where each visitor arrived, what lay behind it, and the click.

use std::collections::BTreeSet;

use model::chain::Hop;
use model::evidence::EvidenceId;
use storage::package::Page;

use super::way::Visit;
use super::{Contents, Draft, Snapshot};

/// Puts the pages in: those that were seen first, the clicks last. A page whose answer was not kept cannot be played.
pub(super) fn put(contents: &Contents<'_>, visits: &[Visit<'_>], package: &mut Draft) {
    let mut pages: Vec<Page> = Vec::new();
    for visit in visits {
        let hops = visit.chain.into_iter().flat_map(|chain| &chain.hops);
        pages.extend(hops.filter_map(|hop| seen(contents, visit, hop, hop.snapshot?)));
    }
    for visit in visits {
        let click = visit.chain.and_then(|chain| chain.hops.first());
        pages.extend(click.and_then(|hop| clicked(visit, hop)));
    }
    let mut ids = BTreeSet::new();
    pages.retain(|page| ids.insert(page.id.clone()));
    pages.into_iter().for_each(|page| package.page(page));
}

fn seen(contents: &Contents<'_>, visit: &Visit<'_>, hop: &Hop, id: EvidenceId) -> Option<Page> {
    let snapshot: Snapshot = contents.read(id)?;
    let asked = visit.answered(&hop.url, hop.at_ms.0)?;
    let read = contents.case.pages.iter().find(|page| page.snapshot == id);
    let words = read.into_iter().flat_map(|page| &page.statements).map(|statement| statement.text.as_str());
    Some(Page {
        id: format!("{}-{}-{}", visit.traffic.visitor, hop.index, &id.hex()[..8]),
        url: asked.url.clone(),
        title: format!("{} ({}, hop {})", snapshot.title, visit.traffic.visitor, hop.index),
        at: asked.at,
        text: words.collect::<Vec<_>>().join("\n"),
    })
}

fn clicked(visit: &Visit<'_>, hop: &Hop) -> Option<Page> {
    let asked = visit.answered(&hop.url, hop.at_ms.0)?;
    Some(Page {
        id: format!("{}-click", visit.traffic.visitor),
        url: asked.url.clone(),
        title: format!("点击 click ({})", visit.traffic.visitor),
        at: asked.at,
        text: String::new(),
    })
}
