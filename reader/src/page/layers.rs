//! Layers that lie above the page: pop-ups, dialogs, sheets.

use model::units::Area;

use super::tree::Tree;

/// Share of the screen from which a thing above the page is a layer; a bar at the bottom is none.
const LEAST_SHARE: f64 = 0.15;
/// More candidates than this are not compared.
const MAX_CANDIDATES: usize = 200;

/// For each node, the outermost layer in which it stands.
pub(super) fn of(tree: &Tree) -> Vec<Option<usize>> {
    let mut layers = vec![None; tree.snapshot.nodes.len()];
    let texts = texts(tree);
    let candidates = tree.nodes().map(|(at, _)| at).filter(|&at| could_be(tree, at)).take(MAX_CANDIDATES);
    for at in candidates {
        if layers[at].is_none() && (is_dialog(tree, at) || lies_above(tree, at, &texts)) {
            layers[at] = Some(at);
            layers[tree.below(at)].fill(Some(at));
        }
    }
    layers
}

fn could_be(tree: &Tree, at: usize) -> bool {
    let node = tree.node(at);
    let lifted = node.style.as_ref().is_some_and(|s| s.position == "fixed" || s.position == "absolute");
    (lifted || is_dialog(tree, at)) && tree.is_visible(at) && share(tree, at) >= LEAST_SHARE
}

fn is_dialog(tree: &Tree, at: usize) -> bool {
    tree.node(at).tag == "dialog"
        || matches!(tree.attr(at, "role"), "dialog" | "alertdialog")
        || tree.attr(at, "aria-modal") == "true"
}

/// The share of one screen that the node, or a child that is larger, covers.
fn share(tree: &Tree, at: usize) -> f64 {
    let (width, height) = tree.screen();
    tree.node(at).area.map_or(0.0, |a| a.w.min(width) * a.h.min(height)) / (width * height)
}

struct Text {
    at: usize,
    area: Area,
    paint: u32,
}

fn texts(tree: &Tree) -> Vec<Text> {
    tree.nodes()
        .filter(|(at, node)| node.text.as_ref().is_some_and(|t| !t.trim().is_empty()) && tree.is_legible(*at))
        .filter_map(|(at, node)| {
            Some(Text { at, area: node.area.or_else(|| node.lines.first().map(|l| l.area))?, paint: node.paint })
        })
        .collect()
}

/// Whether other words of the page lie under it. A wrapper of the whole page has none under it.
fn lies_above(tree: &Tree, at: usize, texts: &[Text]) -> bool {
    let Some(area) = tree.node(at).area else { return false };
    let own = tree.below(at).filter(|&below| tree.node(below).text.is_some() || tree.node(below).tag == "img").count();
    let paint = tree.below(at).map(|below| tree.node(below).paint).max().unwrap_or_default().max(tree.node(at).paint);
    own > 0
        && texts
            .iter()
            .any(|text| !tree.within(text.at, at) && text.paint < paint && !text.area.intersection(&area).is_empty())
}
