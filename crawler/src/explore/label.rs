//! The words on a thing, as a person reads them there.

use super::tree::Tree;

/// Characters of a label that are kept.
const MOST_CHARS: usize = 120;

/// What stands on it; what a picture or the page itself says of it when nothing does.
pub(super) fn of(tree: &Tree<'_>, at: usize) -> String {
    let shown = shown(tree, at);
    if !shown.is_empty() {
        return shown;
    }
    let node = tree.node(at);
    if node.tag == "input" {
        let value = node.value.as_deref().filter(|value| !value.is_empty()).unwrap_or_else(|| tree.attr(at, "value"));
        let drawn = if tree.attr(at, "type").eq_ignore_ascii_case("submit") { "提交" } else { "" };
        let said = [value, tree.attr(at, "alt"), tree.attr(at, "aria-label"), drawn];
        return said.into_iter().map(folded).find(|label| !label.is_empty()).unwrap_or_default();
    }
    said(tree, at)
}

/// The legible words below a node, white space folded.
pub(super) fn shown(tree: &Tree<'_>, at: usize) -> String {
    let mut words = String::new();
    let mut last: Option<usize> = None;
    for (text, shown) in tree.texts(at) {
        if last.is_some_and(|last| parted(tree, last, text)) {
            words.push(' ');
        }
        words.push_str(shown);
        last = Some(text);
        if words.len() > MOST_CHARS * 8 {
            break;
        }
    }
    folded(&words)
}

/// What pictures below it, and the page, say to those who cannot see.
fn said(tree: &Tree<'_>, at: usize) -> String {
    let alt = tree
        .part(at)
        .filter(|&below| matches!(tree.tag(below), "img" | "input" | "area"))
        .map(|below| folded(tree.attr(below, "alt")))
        .find(|alt| !alt.is_empty());
    let told = || {
        let told = ["aria-label", "title"].map(|name| folded(tree.attr(at, name)));
        told.into_iter().find(|label| !label.is_empty())
    };
    let below = || tree.below(at).map(|below| folded(tree.attr(below, "aria-label"))).find(|label| !label.is_empty());
    told().or(alt).or_else(below).unwrap_or_default()
}

/// Boxes beside or below each other are read apart.
fn parted(tree: &Tree<'_>, before: usize, after: usize) -> bool {
    let (before, after) = (tree.node(before), tree.node(after));
    let before = before.lines.last().map(|line| line.area).or(before.area);
    let after = after.lines.first().map(|line| line.area).or(after.area);
    let (Some(before), Some(after)) = (before, after) else { return false };
    after.y >= before.bottom() - 1.0 || after.x - before.right() > 0.25 * before.h.min(after.h)
}

/// White space folded, letters of icon fonts and invisible ones taken out, bounded.
fn folded(text: &str) -> String {
    let icon = |letter: &char| matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    let text: String = text.chars().filter(|letter| !icon(letter)).take(MOST_CHARS * 4).collect();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // What a browser draws before a `<summary>` or an item of a list.
    words.trim_start_matches(['▸', '▾', '▶', '•', '◦', ' ']).chars().take(MOST_CHARS).collect()
}
