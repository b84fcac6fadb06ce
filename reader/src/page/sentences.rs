//! Sentences of a page: runs of letters cut at sentence marks, each with its box, look and part.

use model::evidence::Place;
use model::statement::{Hidden, ReadBy, Role, Statement, Visibility};
use model::units::Area;

use super::runs::{self, Glyph};
use super::sight;
use super::tree::Tree;
use crate::{price, text};

/// A sentence is cut here at the latest.
const MAX_LETTERS: usize = 1_000;
/// More of what nobody can see is not told.
const MAX_HIDDEN: usize = 400;
/// Of a sentence that is cut away to this share nothing can be read.
const CUT_AWAY: f64 = 0.9;

/// A sentence and the node most of it stands in, which orders it on the page.
pub(super) struct Sentence {
    pub(super) node: usize,
    pub(super) statement: Statement,
}

/// What other parts of the page already know about its nodes.
pub(super) struct Known<'k> {
    /// The button a node stands in.
    pub(super) action: &'k dyn Fn(usize) -> Option<usize>,
    /// Whether the node stands in the label of a field.
    pub(super) is_label: &'k dyn Fn(usize) -> bool,
}

/// All sentences in document order: those that a person can see, and those that are laid out and nobody can see.
pub(super) fn of(tree: &Tree, known: &Known) -> (Vec<Sentence>, Vec<Sentence>) {
    let read = |wanted: &dyn Fn(usize) -> bool| {
        let mut sentences = Vec::new();
        for run in runs::of(tree, known.action, wanted) {
            for part in split(&run) {
                sentences.extend(sentence(tree, part, known));
            }
        }
        sentences
    };
    let (seen, mut hidden): (Vec<_>, Vec<_>) = read(&|at| tree.is_legible(at))
        .into_iter()
        .partition(|s| s.statement.visibility.cut.is_none_or(|c| c < CUT_AWAY));
    for sentence in &mut hidden {
        sentence.statement.visibility.hidden = Some(Hidden::Cut);
    }
    // White space between two texts that can be seen is no text that cannot.
    let illegible =
        |at: usize| !tree.is_legible(at) && tree.node(at).text.as_ref().is_some_and(|text| !text.trim().is_empty());
    for mut sentence in read(&illegible) {
        sentence.statement.visibility.hidden = Some(sight::why_hidden(tree, sentence.node));
        hidden.push(sentence);
    }
    hidden.sort_by_key(|s| s.node);
    hidden.truncate(MAX_HIDDEN);
    (seen, hidden)
}

/// Cuts after sentence marks; never inside numbers and addresses.
fn split(run: &[Glyph]) -> Vec<&[Glyph]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 0..run.len() {
        let next = run.get(at + 1).map(|g| g.ch);
        let before = at.checked_sub(1).map(|i| run[i].ch);
        if text::ends_sentence(before, run[at].ch, next) || at + 1 - start >= MAX_LETTERS {
            parts.push(&run[start..=at]);
            start = at + 1;
        }
    }
    parts.push(&run[start..]);
    parts
}

fn sentence(tree: &Tree, glyphs: &[Glyph], known: &Known) -> Option<Sentence> {
    let (shown, origin) = folded(glyphs);
    if !shown.chars().any(|c| c.is_alphanumeric()) {
        return None;
    }
    let normal = text::normal(&shown);
    let node = main_node(glyphs)?;
    let (area, cut) = area(tree, glyphs);
    let style = tree.style(node);
    let struck_at = |shown_char: u32| {
        origin.get(shown_char as usize).and_then(|&g| tree.style(glyphs[g].node)).is_some_and(|s| s.struck)
    };
    let mut prices = price::tags(&normal.text);
    for tag in &mut prices {
        if tag.chars.clone().filter_map(|c| normal.origin.get(c)).any(|&c| struck_at(c)) {
            price::strike(tag);
        }
    }
    let visibility = Visibility {
        font_px: style.map(|s| s.font_px),
        contrast: style.and_then(|s| s.contrast),
        screens_down: area.map(|a| tree.screens_down(node, &a)),
        layer: tree.layer(node).is_some(),
        struck: glyphs.iter().filter(|g| !g.ch.is_whitespace()).all(|g| tree.style(g.node).is_some_and(|s| s.struck)),
        cut: (cut >= 0.01).then(|| sight::hundredths(cut)),
        ..Visibility::default()
    };
    let place = Place::Page(tree.place(holder(tree, glyphs, node), area));
    let role = role(tree, glyphs, known);
    Some(Sentence {
        node,
        statement: Statement { text: shown, normal, place, visibility, role, read_by: ReadBy::Text, prices },
    })
}

/// The text with white space folded, and for each of its characters the glyph.
fn folded(glyphs: &[Glyph]) -> (String, Vec<usize>) {
    let (mut shown, mut origin) = (String::new(), Vec::new());
    for (at, glyph) in glyphs.iter().enumerate() {
        if !glyph.ch.is_whitespace() {
            shown.push(glyph.ch);
            origin.push(at);
        } else if !shown.is_empty() && !shown.ends_with(' ') {
            shown.push(' ');
            origin.push(at);
        }
    }
    if shown.ends_with(' ') {
        shown.pop();
        origin.pop();
    }
    (shown, origin)
}

/// The node that holds most of the letters.
fn main_node(glyphs: &[Glyph]) -> Option<usize> {
    let mut best = (0, None);
    for part in glyphs.chunk_by(|a, b| a.node == b.node) {
        let letters = part.iter().filter(|g| !g.ch.is_whitespace()).count();
        if letters > best.0 {
            best = (letters, Some(part[0].node));
        }
    }
    best.1
}

/// The element that holds the whole sentence.
fn holder(tree: &Tree, glyphs: &[Glyph], main: usize) -> usize {
    let (first, last) = (glyphs.first().map_or(main, |g| g.node), glyphs.last().map_or(main, |g| g.node));
    tree.common(first, last).unwrap_or(main)
}

/// The union of the boxes of its lines as far as they are not cut away, of a line that it shares, its part; and which
/// share of its letters is cut away.
fn area(tree: &Tree, glyphs: &[Glyph]) -> (Option<Area>, f64) {
    let (mut whole, mut seen): (Option<Area>, Option<Area>) = (None, None);
    let (mut letters, mut left) = (0.0, 0.0);
    let mut add = |area: Area, clip: Option<&Area>, of: f64| {
        whole = Some(whole.map_or(area, |w| w.union(&area)));
        let rest = clip.map_or(area, |clip| clip.intersection(&area));
        if !rest.is_empty() {
            seen = Some(seen.map_or(rest, |s| s.union(&rest)));
            left += of * rest.size() / area.size();
        }
    };
    for part in glyphs.chunk_by(|a, b| a.node == b.node) {
        let at: Vec<u32> = part.iter().filter(|g| !g.ch.is_whitespace()).filter_map(|g| g.at).collect();
        let (Some(&first), Some(&last)) = (at.first(), at.last()) else { continue };
        let between =
            |start: u32, end: u32| (at.partition_point(|&a| a < end) - at.partition_point(|&a| a < start)) as f64;
        let node = tree.node(part[0].node);
        let clip = node.style.as_ref().and_then(|style| style.clip.as_ref());
        // What a clamp of lines leaves out stands on no line.
        letters += at.len() as f64;
        for line in &node.lines {
            let (start, end) = (line.start.max(first), line.end.min(last + 1));
            if start < end {
                let length = f64::from(line.end.saturating_sub(line.start).max(1));
                let share = |c: u32| line.area.w * f64::from(c - line.start) / length;
                let part = Area::new(line.area.x + share(start), line.area.y, share(end) - share(start), line.area.h);
                add(part, clip, between(start, end));
            }
        }
        if node.lines.is_empty()
            && let Some(area) = node.area
        {
            add(area, clip, at.len() as f64);
        }
    }
    let cut = if letters > 0.0 { (1.0 - left / letters).clamp(0.0, 1.0) } else { 0.0 };
    (seen.or(whole), cut)
}

fn role(tree: &Tree, glyphs: &[Glyph], known: &Known) -> Role {
    let nodes = || glyphs.iter().filter(|g| !g.ch.is_whitespace()).map(|g| g.node);
    let heading = |at: usize| tree.up(at).any(|up| matches!(tree.node(up).tag.as_str(), "h1" | "h2"));
    if nodes().all(|at| (known.action)(at).is_some()) {
        Role::Button
    } else if nodes().all(|at| (known.is_label)(at)) {
        Role::FieldLabel
    } else if nodes().all(|at| runs::link(tree, at).is_some()) {
        Role::Link
    } else if nodes().all(heading) {
        Role::Headline
    } else {
        Role::Text
    }
}

/// Says how large each sentence is beside the largest, and which of them are headlines by their size.
pub(super) fn compare_sizes(statements: &mut [Statement]) {
    let size = |s: &Statement| s.visibility.font_px.filter(|_| s.role != Role::PageTitle);
    // A lone sign or figure is an ornament; in a picture, two letters may be a logo.
    let counts = |s: &&Statement| s.normal.text.chars().count() >= if s.role == Role::PictureText { 3 } else { 2 };
    let largest = statements.iter().filter(counts).filter_map(size).fold(0.0, f64::max);
    if largest <= 0.0 {
        return;
    }
    for statement in statements {
        let Some(font) = size(statement) else { continue };
        statement.visibility.relative = Some(((font / largest).min(1.0) * 100.0).round() / 100.0);
        if statement.role == Role::Text && font >= 0.9 * largest && font >= 20.0 {
            statement.role = Role::Headline;
        }
    }
}
