//! The ways on that a person has from a rendered page, best first within each kind.

use std::collections::HashSet;

use model::chain::WayKind;
use model::snapshot::Snapshot;
use model::units::Area;

use super::address::Leads;
use super::fields::Fields;
use super::kind::{self, Page};
use super::layers::Layers;
use super::lexicon::LEXICON;
use super::press::Thing;
use super::safety::{self, Safety};
use super::same::{self, Sorted};
use super::tree::Tree;
use super::{press, rank, titles};

/// More ways on than this lead nowhere that a person would go.
const MOST: usize = 300;

/// A way on that the page offers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    /// Index in [`Snapshot::nodes`]; for an agreement named in running text, the text.
    pub(crate) node: usize,
    pub(crate) kind: WayKind,
    /// The words a person reads on it; empty for a picture without any.
    pub(crate) words: String,
    /// CSS pixels of the page; where to press.
    pub(crate) area: Area,
    /// Where it leads, absolute, where its attributes say so.
    pub(crate) href: Option<String>,
    /// Whether it stands in a layer above the page.
    pub(crate) layer: bool,
    /// Whether a layer lies above it, which has to be closed first.
    pub(crate) covered: bool,
    /// Larger is better; comparable within one page and kind.
    pub(crate) rank: f64,
    /// Equal for what leads to the same, or is one button repeated in a list; stable from one snapshot of a page to the next.
    pub(crate) same: u64,
    pub(crate) safe: Safety,
}

/// All ways on, best first within each kind; of those that are the same the best stands before the first of the others.
pub(crate) fn candidates(snapshot: &Snapshot) -> Vec<Candidate> {
    let tree = Tree::new(snapshot);
    let layers = Layers::of(&tree);
    let fields = Fields::of(&tree, &layers);
    let page = Page { tree: &tree, layers: &layers, fields: &fields };
    let titles = titles::of(&tree);
    let mut sorted: Vec<Sorted> = press::of(&tree, &layers)
        .into_iter()
        // Words that name several agreements are not pressed as one.
        .filter(|thing| titles.iter().filter(|title| tree.within(title.node, thing.node)).count() < 2)
        .filter_map(|thing| sort(&page, thing))
        .collect();
    let held = |at: usize| sorted.iter().any(|one| one.kind == WayKind::Agreement && tree.within(at, one.thing.node));
    let named: Vec<Sorted> = titles.iter().filter(|title| !held(title.node)).map(|title| named(&page, title)).collect();
    sorted.extend(named);
    same::join(&mut sorted, tree.screen().h, tree.screen().w);
    let mut found = order(sorted.into_iter().map(|one| candidate(&page, one)).collect());
    found.truncate(MOST);
    found
}

/// The words of the mark that closes the layer which covers the page; `Shut` while it has none that can be pressed.
pub(crate) fn cover(snapshot: &Snapshot) -> Cover {
    let tree = Tree::new(snapshot);
    if !Layers::of(&tree).cover_the_page() {
        return Cover::None;
    }
    let mark =
        candidates(snapshot).into_iter().find(|one| one.kind == WayKind::Close && one.layer && !counts(&one.words));
    mark.map_or(Cover::Shut, |mark| Cover::Opens(mark.words))
}

/// Whether something lies over the page, and whether it can be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    None,
    /// It has no mark that closes it, or one that counts down to it.
    Shut,
    /// By the mark with these words.
    Opens(String),
}

/// `5`, `5s`, `5秒后可关闭`: not yet.
fn counts(words: &str) -> bool {
    let words = words.trim();
    let rest = words.trim_start_matches(|letter: char| letter.is_ascii_digit()).trim_start();
    rest.len() < words.len() && (rest.is_empty() || ["s", "S", "秒"].iter().any(|unit| rest.starts_with(unit)))
}

fn sort(page: &Page<'_>, thing: Thing) -> Option<Sorted> {
    let kind = kind::of(page, &thing)?;
    let safe = safety::of(page, &thing, kind);
    let rank = rank::of(page, &thing, kind);
    Some(Sorted { thing, kind, safe, rank, same: 0 })
}

/// An agreement in running text: where a link or a listener is, it is inside the text's parents.
fn named(page: &Page<'_>, title: &titles::Title) -> Sorted {
    let thing = Thing {
        node: title.node,
        form: LEXICON.form(&title.words),
        words: title.words.clone(),
        leads: super::address::of(page.tree, title.node),
        area: title.area,
        made: false,
        filled: false,
        picture: false,
        card: false,
        names: Vec::new(),
    };
    let safe = safety::of(page, &thing, WayKind::Agreement);
    let rank = rank::of(page, &thing, WayKind::Agreement) - 6.0;
    Sorted { thing, kind: WayKind::Agreement, safe, rank, same: 0 }
}

fn candidate(page: &Page<'_>, one: Sorted) -> Candidate {
    let Sorted { thing, kind, safe, rank, same } = one;
    let covered = page.layers.covers(page.tree, thing.node, thing.area);
    let href = match &thing.leads {
        Leads::InPage(_) | Leads::Nowhere => None,
        leads => leads.href().map(str::to_owned),
    };
    Candidate {
        node: thing.node,
        kind,
        words: thing.words,
        area: thing.area,
        href,
        layer: page.layers.layer(thing.node).is_some(),
        covered,
        rank: rank + if covered { rank::COVERED } else { 0.0 },
        same,
        safe,
    }
}

/// Kind by kind, best first, what is the same as a better one behind all others.
fn order(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.sort_by(|a, b| (a.kind as u8).cmp(&(b.kind as u8)).then(b.rank.total_cmp(&a.rank)).then(a.node.cmp(&b.node)));
    let mut seen = HashSet::new();
    let mut marked: Vec<(bool, Candidate)> =
        found.into_iter().map(|one| (!seen.insert((one.kind, one.same)), one)).collect();
    marked.sort_by_key(|(again, one)| (one.kind as u8, *again));
    marked.into_iter().map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests;
