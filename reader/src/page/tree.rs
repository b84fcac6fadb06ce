//! The snapshot's nodes as a tree, with what every question about a page needs to know of a node.

use std::collections::HashMap;
use std::ops::Range;

use model::evidence::PagePlace;
use model::snapshot::{Node, Snapshot, Style};
use model::units::Area;

/// Letters below this contrast cannot be seen at all.
const LEAST_CONTRAST: f64 = 1.1;
/// CSS pixels; smaller letters cannot be seen at all.
const LEAST_FONT: f64 = 2.0;
/// Ancestors beyond this are not looked at.
pub(super) const MAX_STEPS: usize = 64;

pub(super) struct Tree<'a> {
    pub(super) snapshot: &'a Snapshot,
    parents: Vec<Option<usize>>,
    /// One past the last descendant.
    ends: Vec<usize>,
    /// The nearest node, itself or above, that has a style.
    styled: Vec<Option<usize>>,
    /// Inside an element that stays on the screen while the page scrolls.
    fixed: Vec<bool>,
    /// The layer above the page in which it stands; see [`super::layers`].
    layers: Vec<Option<usize>>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        let count = snapshot.nodes.len();
        let mut tree = Self {
            snapshot,
            parents: vec![None; count],
            ends: (1..=count).collect(),
            styled: vec![None; count],
            fixed: vec![false; count],
            layers: vec![None; count],
        };
        // Document order makes every subtree one stretch of nodes; what claims another parent becomes a root.
        let mut open: Vec<usize> = Vec::new();
        for (at, node) in snapshot.nodes.iter().enumerate() {
            let parent = node.parent.map(|p| p as usize);
            while open.last().is_some_and(|&top| Some(top) != parent) {
                if let Some(closed) = open.pop() {
                    tree.ends[closed] = at;
                }
            }
            let parent = open.last().copied();
            tree.parents[at] = parent;
            tree.styled[at] = if node.style.is_some() { Some(at) } else { parent.and_then(|p| tree.styled[p]) };
            let own = node.style.as_ref().is_some_and(|s| s.position == "fixed");
            tree.fixed[at] = own || parent.is_some_and(|p| tree.fixed[p]);
            open.push(at);
        }
        for left in open {
            tree.ends[left] = count;
        }
        let layers = super::layers::of(&tree);
        tree.layers = layers;
        tree
    }

    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &'a Node)> {
        self.snapshot.nodes.iter().enumerate()
    }

    pub(super) fn node(&self, at: usize) -> &'a Node {
        &self.snapshot.nodes[at]
    }

    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.parents[at]
    }

    /// The node itself, its parent, and so on, bounded.
    pub(super) fn up(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |&at| self.parents[at]).take(MAX_STEPS)
    }

    /// All nodes below, without the node itself.
    pub(super) fn below(&self, at: usize) -> Range<usize> {
        at + 1..self.ends[at]
    }

    /// Whether `at` is `ancestor` or stands below it.
    pub(super) fn within(&self, at: usize, ancestor: usize) -> bool {
        (ancestor..self.ends[ancestor]).contains(&at)
    }

    /// The nearest node that holds both.
    pub(super) fn common(&self, a: usize, b: usize) -> Option<usize> {
        std::iter::successors(Some(a), |&at| self.parents[at]).find(|&at| self.within(b, at))
    }

    pub(super) fn style(&self, at: usize) -> Option<&'a Style> {
        self.styled[at].and_then(|s| self.snapshot.nodes[s].style.as_ref())
    }

    pub(super) fn attr(&self, at: usize, name: &str) -> &'a str {
        self.node(at).attrs.get(name).map_or("", String::as_str)
    }

    pub(super) fn is_fixed(&self, at: usize) -> bool {
        self.fixed[at]
    }

    /// Whether it stands in a frame: a page in the page.
    pub(super) fn is_framed(&self, at: usize) -> bool {
        self.up(at).skip(1).any(|up| matches!(self.node(up).tag.as_str(), "iframe" | "frame"))
    }

    pub(super) fn layer(&self, at: usize) -> Option<usize> {
        self.layers[at]
    }

    /// Whether the node's own box can be seen somewhere on the page.
    pub(super) fn is_visible(&self, at: usize) -> bool {
        let shown = self.style(at).is_none_or(|s| s.visible && s.opacity > 0.02);
        shown && self.node(at).area.as_ref().is_some_and(|area| self.is_on_page(area))
    }

    /// Whether a text node's letters can be seen by a person.
    pub(super) fn is_legible(&self, at: usize) -> bool {
        let node = self.node(at);
        let style = self.style(at);
        let shown = style.is_none_or(|s| {
            s.visible
                && s.opacity > 0.02
                && s.font_px >= LEAST_FONT
                && s.contrast.is_none_or(|contrast| contrast >= LEAST_CONTRAST)
        });
        let placed = if node.lines.is_empty() {
            node.area.as_ref().is_some_and(|a| self.is_on_page(a))
        } else {
            node.lines.iter().any(|line| self.is_on_page(&line.area))
        };
        shown && placed
    }

    pub(super) fn is_on_page(&self, area: &Area) -> bool {
        let width = f64::from(self.snapshot.page_size.0.max(self.snapshot.viewport.0));
        !area.is_empty() && area.right() > 0.0 && area.bottom() > 0.0 && (width == 0.0 || area.x < width)
    }

    /// Width and height of one screen in CSS pixels of the page: a page wider than the device is shown smaller.
    pub(super) fn screen(&self) -> (f64, f64) {
        let (width, height) = (f64::from(self.snapshot.viewport.0.max(1)), f64::from(self.snapshot.viewport.1.max(1)));
        let root = self.snapshot.nodes.iter().find(|n| n.tag == "html").and_then(|n| n.area);
        let shrink = root.map_or(1.0, |area| area.w / width).clamp(1.0, 4.0);
        (width * shrink, height * shrink)
    }

    /// How many screens down the top of the area is.
    pub(super) fn screens_down(&self, at: usize, area: &Area) -> f64 {
        let down = (area.y / self.screen().1).max(0.0);
        // What stays on the screen is seen at once, wherever the picture shows it.
        let down = if self.fixed[at] { down.min(0.99) } else { down };
        (down * 100.0).round() / 100.0
    }

    pub(super) fn place(&self, at: usize, area: Option<Area>) -> PagePlace {
        let snapshot = self.snapshot;
        PagePlace {
            visitor: snapshot.visitor.clone(),
            hop: snapshot.hop,
            level: snapshot.level,
            url: snapshot.url.clone(),
            at_ms: snapshot.at_ms,
            area,
            selector: Some(self.selector(at)),
            evidence: snapshot.picture.as_ref().map_or(snapshot.html, |p| p.evidence),
        }
    }

    /// A CSS path from the nearest element with an id, or from `html`.
    fn selector(&self, at: usize) -> String {
        let mut steps = Vec::new();
        for at in self.up(at) {
            let node = self.node(at);
            if node.tag.starts_with('#') || node.tag.starts_with(':') {
                continue;
            }
            let id = self.attr(at, "id");
            if !id.is_empty() && id.len() <= 64 {
                steps.push(format!("#{}", escaped(id)));
                break;
            }
            steps.push(format!("{}{}", node.tag, self.position(at)));
        }
        steps.reverse();
        steps.join(" > ")
    }

    /// `:nth-of-type(n)` where there are several of a kind.
    fn position(&self, at: usize) -> String {
        let Some(parent) = self.parents[at] else { return String::new() };
        let (mut before, mut count, mut child) = (0, 0, parent + 1);
        while child < self.ends[parent] && count < 1_000 {
            if self.node(child).tag == self.node(at).tag {
                count += 1;
                before += usize::from(child < at);
            }
            child = self.ends[child];
        }
        if count > 1 { format!(":nth-of-type({})", before + 1) } else { String::new() }
    }
}

/// An id as CSS writes it.
fn escaped(id: &str) -> String {
    let mut out = String::new();
    for (at, c) in id.chars().enumerate() {
        if c.is_alphanumeric() && !(at == 0 && c.is_ascii_digit()) || c == '_' || c == '-' {
            out.push(c);
        } else if c.is_ascii_digit() {
            out.push_str(&format!("\\{:x} ", u32::from(c)));
        } else {
            out.push('\\');
            out.push(c);
        }
    }
    out
}

/// Controls that the words of a page point at, found by their id.
pub(super) fn by_id<'a>(tree: &Tree<'a>) -> HashMap<&'a str, usize> {
    let mut found = HashMap::new();
    for (at, _) in tree.nodes() {
        let id = tree.attr(at, "id");
        if !id.is_empty() {
            found.entry(id).or_insert(at);
        }
    }
    found
}
