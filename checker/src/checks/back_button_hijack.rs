//! Going back does not lead back.

use model::chain::{Act, ActKind, Chain, HopKind, Way, WayKind};
use model::finding::{Confidence, Exhibit, Finding};

use crate::check::{Check, Sides};
use crate::{deeds, exhibit};

/// ## What it finds
/// A landing page that does not let its visitor go back: Back leads to a page where they have not been, or the page stays
/// because a script put entries of its own into the history.
///
/// ## Why it misleads
/// Back is the way out that everybody knows. A page that turns it into one more ad, or into nothing, holds its visitor.
///
/// ## Example
/// Back on the page of a shop leads to `m.daxiang-loan.test`, where the visitor never was.
///
/// ## What to do instead
/// Let Back lead back at the first press.
///
/// ## What it leaves alone
/// A page of several views that goes back from one view to the one before; a question whether what was typed should be
/// given up; a door on the way that sends its visitor on again.
#[derive(Debug)]
pub(super) struct BackButtonHijack;

impl Check for BackButtonHijack {
    fn id(&self) -> &'static str {
        "back-button-hijack"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let acts = deeds::acts(sides, &[ActKind::BackTrap]);
        acts.filter_map(|(chain, act)| self.of(chain, act, sides)).collect()
    }
}

impl BackButtonHijack {
    fn of(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        let way = chain.ways.iter().find(|way| way.kind == WayKind::Back && way.at_ms == act.at_ms)?;
        let url = way.url.as_deref()?;
        let elsewhere = act.detail.contains("instead of back");
        let confidence = if elsewhere { Confidence::High } else { stays(chain, act, way, sides)? };
        let place = deeds::place(chain, act.hop, act.at_ms, None, sides);
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(Exhibit::new(url, place))
            .sure(confidence);
        if elsewhere {
            finding = finding.fact("target", crate::meaning::host::registrable(url));
        }
        Some(finding)
    }
}

/// How sure it is that a page which stayed holds its visitor; none when it only went back among its own views.
fn stays(chain: &Chain, act: &Act, way: &Way, sides: &Sides<'_>) -> Option<Confidence> {
    let asked = chain.acts.iter().any(|one| one.kind == ActKind::Dialog && one.at_ms >= act.at_ms);
    if asked {
        return Some(Confidence::Low);
    }
    let shows_more = act.detail.contains("shows something more");
    let views = chain.hops.iter().any(|hop| matches!(hop.kind, HopKind::History) && hop.index == act.hop);
    let page = deeds::page_on(act.hop, chain, sides);
    // A router that notes its first view in the address leaves an entry behind: one press goes from view to view.
    let moved = page.is_some_and(|page| way.url.as_deref().is_some_and(|url| !same_view(url, &page.page.url)));
    let routed = chain.hops.iter().find(|hop| hop.index == act.hop).zip(page);
    let routed = routed.is_some_and(|(hop, page)| hop.kind != HopKind::History && !same_view(&hop.url, &page.page.url));
    match (shows_more, views || moved || routed) {
        (true, false) => Some(Confidence::High),
        (true, true) => Some(Confidence::Medium),
        (false, true) => None,
        (false, false) => Some(Confidence::Medium),
    }
}

/// Whether two addresses are the same, the slash at the end aside.
fn same_view(one: &str, other: &str) -> bool {
    one.trim_end_matches(['/', '#']) == other.trim_end_matches(['/', '#'])
}
