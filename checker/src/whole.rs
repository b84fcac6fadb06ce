//! Whether a page was read whole: what is lacking on it must not stand where nobody looked.

use model::case::{Gap, Step};
use model::chain::{Outcome, WayKind};
use model::statement::{Page, Role};

use crate::check::Sides;

/// Whether something of a visitor's way, or of what they saw, could not be read.
pub(crate) fn has_gap(page: &Page, sides: &Sides<'_>) -> bool {
    sides.case.gaps.iter().any(|gap| {
        matches!(gap.step, Step::Follow | Step::Capture | Step::Read)
            && gap.visitor.as_ref().is_none_or(|visitor| *visitor == page.visitor)
            && gap.hop.is_none_or(|hop| hop == page.hop)
    })
}

/// Whether what is missing by a gap may hold a word that a page lacks: not where a way on from it led to no page.
pub(crate) fn may_hide_from(page: &Page, gap: &Gap, sides: &Sides<'_>) -> bool {
    if gap.visitor.as_ref().is_some_and(|visitor| *visitor != page.visitor) {
        return false;
    }
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.visitor);
    let behind = gap.hop.filter(|hop| *hop > page.hop).zip(chain).is_some_and(|(hop, chain)| {
        let url = chain.hops.iter().find(|one| one.index == hop).map(|one| one.url.as_str());
        let leads = |kind| chain.ways.iter().any(|way| way.kind == kind && way.url.as_deref() == url);
        url.is_some() && leads(WayKind::Action) && !leads(WayKind::Agreement)
    });
    !behind
}

/// The documents that a page names and that were not opened, by their names: 《资费说明》, a link 「活动规则」.
pub(crate) fn unopened(page: &Page, sides: &Sides<'_>) -> Vec<String> {
    let words = sides.words;
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.visitor);
    let ways = || chain.iter().flat_map(|chain| &chain.ways).filter(|way| way.hop == page.hop);
    let was_opened = |outcome| matches!(outcome, Outcome::Followed | Outcome::Opened | Outcome::Known);
    let opened: Vec<&str> =
        ways().filter(|way| was_opened(way.outcome) && !way.words.is_empty()).map(|way| way.words.as_str()).collect();
    let mut named: Vec<String> = ways()
        .filter(|way| matches!(way.kind, WayKind::Agreement | WayKind::Fold) && !was_opened(way.outcome))
        .map(|way| way.words.clone())
        .collect();
    for statement in &page.statements {
        let names = words.term("document-name").find_iter(&statement.normal.text).map(|found| found.as_str());
        let linked = statement.role == Role::Link || statement.role == Role::Button;
        named.extend(names.filter(|name| linked || name.starts_with('《')).map(str::to_owned));
    }
    let same = |name: &str, other: &str| {
        let bare = |text: &str| text.trim_matches(['《', '》', '「', '」']).to_owned();
        bare(other).contains(&bare(name)) || bare(name).contains(&bare(other))
    };
    named.retain(|name| !opened.iter().any(|other| same(name, other)));
    named
}
