//! The words of a part of the page, as a person reads them there.

use super::tree::{MAX_STEPS, Tree};
use crate::text::folded;

/// A label is never longer than this many characters.
const MAX_LABEL: usize = 300;

/// The legible words below a node (its own text included), white space folded.
pub(super) fn of(tree: &Tree, at: usize) -> String {
    let mut out = String::new();
    let mut last: Option<usize> = None;
    for below in std::iter::once(at).chain(tree.below(at)) {
        if let Some(text) = &tree.node(below).text
            && tree.is_legible(below)
        {
            // Boxes beside or below each other are read apart.
            if last.is_some_and(|l| parted(tree, l, below)) {
                out.push(' ');
            }
            out.push_str(text);
            last = Some(below);
            if out.len() > MAX_LABEL * 8 {
                break;
            }
        }
    }
    folded(&out).chars().take(MAX_LABEL).collect()
}

fn parted(tree: &Tree, a: usize, b: usize) -> bool {
    let edge = |at: usize, last: bool| {
        let node = tree.node(at);
        if last { node.lines.last() } else { node.lines.first() }.map(|l| l.area).or(node.area)
    };
    let (Some(a), Some(b)) = (edge(a, true), edge(b, false)) else { return false };
    b.y >= a.bottom() - 1.0 || b.x - a.right() > 0.25 * a.h.min(b.h)
}

/// The words right before a node: in the same box, or in the one before it in a row or column.
pub(super) fn before(tree: &Tree, at: usize) -> String {
    let Some(area) = tree.node(at).area else { return String::new() };
    let mut at = at;
    for _ in 0..4 {
        let Some(parent) = tree.parent(at) else { break };
        let text = (parent + 1..at)
            .rev()
            .filter(|&n| tree.node(n).text.as_ref().is_some_and(|t| !t.trim().is_empty()) && tree.is_legible(n))
            .find(|&n| {
                let own = tree.node(n).area.or_else(|| tree.node(n).lines.first().map(|l| l.area));
                own.is_some_and(|own| area.y - own.bottom() < 40.0 && own.y < area.bottom() && own.x < area.right())
            });
        if let Some(text) = text {
            return folded(tree.node(text).text.as_deref().unwrap_or_default()).chars().take(40).collect();
        }
        if (parent + 1..at).any(|n| matches!(tree.node(n).tag.as_str(), "input" | "select" | "textarea")) {
            break;
        }
        at = parent;
    }
    String::new()
}

/// The words beside a small box: of the label that names it, that holds it, or of what stands in its row.
pub(super) fn beside(tree: &Tree, at: usize, labels: &[(usize, usize)]) -> (String, Option<usize>) {
    let named = labels.iter().find(|(_, control)| *control == at).map(|(label, _)| *label);
    let wrapping = tree.up(at).find(|&up| tree.node(up).tag == "label");
    for label in named.into_iter().chain(wrapping) {
        let words = of(tree, label);
        if !words.is_empty() {
            return (words, Some(label));
        }
    }
    for up in tree.up(at).take(MAX_STEPS.min(5)) {
        let words = of(tree, up);
        // A container of much else says nothing of the box.
        if words.chars().count() >= 160 {
            break;
        }
        if words.chars().any(char::is_alphanumeric) {
            return (words, Some(up));
        }
    }
    (String::new(), None)
}

/// Classes, id and the like in lower case: how the page's makers call a node.
pub(super) fn names(tree: &Tree, at: usize) -> String {
    ["class", "id", "name"].iter().map(|name| tree.attr(at, name)).collect::<Vec<_>>().join(" ").to_lowercase()
}
