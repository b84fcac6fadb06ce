//! The pages that a reader of the package may begin with: where each visitor arrived, what lay behind it, and the click.

use std::collections::BTreeSet;

use model::chain::Hop;
use model::evidence::EvidenceId;
use model::traffic::{Client, Exchange};
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
    for (nth, visit) in visits.iter().filter(|visit| visit.chain.is_none()).enumerate() {
        pages.extend(made_again(visit, nth));
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

/// Where a click that was made again came to rest, and the click: its chain is not the case's, so its documents tell.
fn made_again(visit: &Visit<'_>, nth: usize) -> Vec<Page> {
    let visitor = &visit.traffic.visitor;
    let mut documents = visit.traffic.exchanges.iter().filter(|one| {
        let answered = one.answer.as_ref().is_some_and(|answer| answer.body.is_some());
        answered && one.by == Client::Browser && one.kind == "document" && one.method == "GET"
    });
    let page = |what: &str, words: &str, asked: &Exchange| Page {
        id: format!("{visitor}-again-{nth}-{what}"),
        url: asked.url.clone(),
        title: format!("{words} ({visitor}, 复查 made again)"),
        at: asked.at,
        text: String::new(),
    };
    let click = visit.traffic.exchanges.iter().find(|one| one.by == Client::Browser && one.answer.is_some());
    let last = documents.next_back().map(|asked| page("page", &asked.url, asked));
    last.into_iter().chain(click.map(|asked| page("click", "点击 click", asked))).collect()
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
