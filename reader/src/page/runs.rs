//! Text that belongs together: from the nodes of the page to runs of letters, cut at blocks, buttons and columns.

use model::units::Area;

use super::tree::Tree;

/// One letter as it stands on the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    pub(super) ch: char,
    /// The text node; for a space put between two nodes, the one before.
    pub(super) node: usize,
    /// Position in that node's text; none for a space put in between.
    pub(super) at: Option<u32>,
}

/// A longer text than this is read to here.
const MAX_LETTERS: usize = 500_000;
/// So many letters on both sides make a change of size the start of something else: a headline and its small print.
const OWN_LETTERS: usize = 6;
const SIZE_CHANGE: f64 = 1.5;

/// A visible text node.
struct Fragment {
    node: usize,
    letters: usize,
    font: f64,
    first: Option<Area>,
    last: Option<Area>,
}

#[derive(PartialEq)]
enum Joint {
    Cut,
    Space,
    Glue,
}

/// Gives the wanted texts of the page in document order, in runs. `action` names the button a node stands in.
pub(super) fn of(
    tree: &Tree,
    action: &dyn Fn(usize) -> Option<usize>,
    wanted: &dyn Fn(usize) -> bool,
) -> Vec<Vec<Glyph>> {
    let mut runs: Vec<Vec<Glyph>> = Vec::new();
    let mut previous: Option<Fragment> = None;
    let mut cut = false;
    let mut letters = 0;
    for (at, node) in tree.nodes() {
        let Some(text) = &node.text else {
            cut |= matches!(node.tag.as_str(), "br" | "hr" | "input" | "select" | "textarea" | "iframe");
            continue;
        };
        if !wanted(at) || letters > MAX_LETTERS {
            continue;
        }
        if text.trim().is_empty() {
            // White space between two inline elements parts words.
            if let Some(last) = runs.last_mut().and_then(|run| run.last().copied())
                && last.ch != ' '
            {
                push(&mut runs, Glyph { ch: ' ', node: last.node, at: None });
            }
            continue;
        }
        let fragment = Fragment {
            node: at,
            letters: text.trim().chars().count(),
            font: tree.style(at).map_or(0.0, |s| s.font_px),
            first: node.lines.first().map(|l| l.area).or(node.area),
            last: node.lines.last().map(|l| l.area).or(node.area),
        };
        let joint = match &previous {
            Some(before) if !cut => joint(tree, before, &fragment, action),
            _ => Joint::Cut,
        };
        match joint {
            Joint::Cut => runs.push(Vec::new()),
            Joint::Space => push(&mut runs, Glyph { ch: ' ', node: at, at: None }),
            Joint::Glue => {}
        }
        for (position, ch) in text.chars().enumerate() {
            push(&mut runs, Glyph { ch, node: at, at: u32::try_from(position).ok() });
        }
        letters += fragment.letters;
        previous = Some(fragment);
        cut = false;
    }
    runs
}

fn push(runs: &mut [Vec<Glyph>], glyph: Glyph) {
    if let Some(run) = runs.last_mut() {
        run.push(glyph);
    }
}

fn joint(tree: &Tree, before: &Fragment, after: &Fragment, action: &dyn Fn(usize) -> Option<usize>) -> Joint {
    if action(before.node) != action(after.node)
        || tree.layer(before.node) != tree.layer(after.node)
        || tree.is_fixed(before.node) != tree.is_fixed(after.node)
    {
        return Joint::Cut;
    }
    if let (Some(a), Some(b)) = (link(tree, before.node), link(tree, after.node))
        && a != b
    {
        return Joint::Cut;
    }
    let (small, large) = (before.font.min(after.font), before.font.max(after.font));
    if before.letters.min(after.letters) >= OWN_LETTERS && small > 0.0 && large / small >= SIZE_CHANGE {
        return Joint::Cut;
    }
    let same_block = block(tree, before.node) == block(tree, after.node);
    let (Some(a), Some(b)) = (before.last, after.first) else {
        return if same_block { Joint::Glue } else { Joint::Cut };
    };
    let gap = b.x - a.right();
    let beside = a.bottom().min(b.bottom()) - a.y.max(b.y) >= 0.5 * a.h.min(b.h) && gap > -2.0 - 0.2 * large;
    let em = if large > 0.0 { large } else { a.h.max(b.h) };
    match (same_block, beside) {
        (true, true) if gap > 1.5 * em => Joint::Cut,
        (_, true) if gap <= 0.12 * em => Joint::Glue,
        (true, true) => Joint::Space,
        // In a flex row the parts of a price are blocks of their own.
        (false, true) if gap <= 0.5 * em => Joint::Space,
        (false, _) => Joint::Cut,
        // On the next line of the same block: the rest of the sentence, unless it stands in a box of its own.
        (true, false) if inline_box(tree, before.node) != inline_box(tree, after.node) => Joint::Cut,
        (true, false) => Joint::Glue,
    }
}

/// The link a node stands in.
pub(super) fn link(tree: &Tree, at: usize) -> Option<usize> {
    tree.up(at).find(|&up| tree.node(up).tag == "a" && !tree.attr(up, "href").is_empty())
}

/// The nearest element that starts a block.
fn block(tree: &Tree, at: usize) -> Option<usize> {
    tree.up(at).find(|&up| tree.node(up).text.is_none() && !is_inline(tree, up))
}

/// The nearest inline-block below the block.
fn inline_box(tree: &Tree, at: usize) -> Option<usize> {
    tree.up(at)
        .take_while(|&up| tree.node(up).text.is_some() || is_inline(tree, up))
        .find(|&up| tree.node(up).style.as_ref().is_some_and(|s| s.display.starts_with("inline-")))
}

fn is_inline(tree: &Tree, at: usize) -> bool {
    let node = tree.node(at);
    match node.style.as_ref().map(|s| s.display.as_str()) {
        Some(display) if !display.is_empty() => {
            display.starts_with("inline") || display == "contents" || display.starts_with("ruby")
        }
        _ => matches!(
            node.tag.as_str(),
            "span"
                | "a"
                | "b"
                | "i"
                | "em"
                | "strong"
                | "font"
                | "u"
                | "s"
                | "del"
                | "small"
                | "big"
                | "label"
                | "sup"
                | "sub"
                | "ins"
                | "mark"
                | "code"
                | "img"
        ),
    }
}
