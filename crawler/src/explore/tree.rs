//! The snapshot's nodes as a tree, with what the search for ways on asks of a node.

use std::ops::Range;

use model::snapshot::{Node, Snapshot, Style};
use model::units::Area;

use super::names::pieces;

/// Ancestors beyond this are not looked at.
const MOST_STEPS: usize = 64;
/// Letters below this contrast cannot be seen at all.
const LEAST_CONTRAST: f64 = 1.1;

pub(super) struct Tree<'a> {
    pub(super) snapshot: &'a Snapshot,
    parents: Vec<Option<usize>>,
    /// One past the last descendant.
    ends: Vec<usize>,
    /// Inside an element that stays on the screen while the page scrolls.
    fixed: Vec<bool>,
    /// The `<base>` elements, from which relative addresses are seen.
    pub(super) bases: Vec<usize>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        let count = snapshot.nodes.len();
        let bases = (0..count).filter(|&at| snapshot.nodes[at].tag == "base").take(MOST_STEPS).collect();
        let (parents, ends, fixed) = (vec![None; count], (1..=count).collect(), vec![false; count]);
        let mut tree = Self { snapshot, parents, ends, fixed, bases };
        // Document order makes every subtree one stretch of nodes; what claims another parent becomes a root.
        let mut open: Vec<usize> = Vec::new();
        for (at, node) in snapshot.nodes.iter().enumerate() {
            let parent = node.parent.map(|parent| parent as usize);
            while open.last().is_some_and(|&top| Some(top) != parent) {
                if let Some(closed) = open.pop() {
                    tree.ends[closed] = at;
                }
            }
            let parent = open.last().copied();
            tree.parents[at] = parent;
            let own = node.style.as_ref().is_some_and(|style| style.position == "fixed");
            tree.fixed[at] = own || parent.is_some_and(|parent| tree.fixed[parent]);
            open.push(at);
        }
        for left in open {
            tree.ends[left] = count;
        }
        tree
    }

    pub(super) fn all(&self) -> Range<usize> {
        0..self.snapshot.nodes.len()
    }

    pub(super) fn node(&self, at: usize) -> &'a Node {
        &self.snapshot.nodes[at]
    }

    pub(super) fn tag(&self, at: usize) -> &'a str {
        &self.node(at).tag
    }

    pub(super) fn style(&self, at: usize) -> Option<&'a Style> {
        self.node(at).style.as_ref()
    }

    pub(super) fn attr(&self, at: usize, name: &str) -> &'a str {
        self.node(at).attrs.get(name).map_or("", String::as_str)
    }

    pub(super) fn parent(&self, at: usize) -> Option<usize> {
        self.parents[at]
    }

    /// The node itself, its parent, and so on, bounded.
    pub(super) fn up(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(at), |&at| self.parents[at]).take(MOST_STEPS)
    }

    /// All nodes below, without the node itself.
    pub(super) fn below(&self, at: usize) -> Range<usize> {
        at + 1..self.ends[at]
    }

    /// The node and all below.
    pub(super) fn part(&self, at: usize) -> Range<usize> {
        at..self.ends[at]
    }

    /// Whether `at` is `ancestor` or stands below it.
    pub(super) fn within(&self, at: usize, ancestor: usize) -> bool {
        self.part(ancestor).contains(&at)
    }

    pub(super) fn is_fixed(&self, at: usize) -> bool {
        self.fixed[at]
    }

    /// The pieces of class, id and name: how the page's makers call a node.
    pub(super) fn names(&self, at: usize) -> Vec<String> {
        ["class", "id", "name"].iter().flat_map(|name| pieces(self.attr(at, name))).collect()
    }

    /// The box of the node where a person can see it: visible, and not beside the page.
    pub(super) fn seen(&self, at: usize) -> Option<Area> {
        let style = self.style(at)?;
        let area = self.node(at).area?;
        let width = f64::from(self.snapshot.page_size.0.max(self.snapshot.viewport.0));
        let (middle, below) = (area.x + area.w / 2.0, area.bottom() > 0.0);
        let on_page = middle > 0.0 && (width == 0.0 || middle < width) && below && !area.is_empty();
        (style.visible && style.opacity > 0.02 && on_page).then_some(area)
    }

    /// Whether a text's letters can be seen by a person.
    pub(super) fn is_legible(&self, at: usize) -> bool {
        const LEAST_FONT: f64 = 2.0;
        let shown = self.style(at).is_some_and(|style| {
            style.visible
                && style.opacity > 0.02
                && style.font_px >= LEAST_FONT
                && style.contrast.is_none_or(|contrast| contrast >= LEAST_CONTRAST)
        });
        shown && self.node(at).text.as_deref().is_some_and(|text| !text.trim().is_empty())
    }

    /// Legible texts below a node, itself included.
    pub(super) fn texts(&self, at: usize) -> impl Iterator<Item = (usize, &'a str)> + '_ {
        self.part(at)
            .filter(|&below| self.is_legible(below))
            .filter_map(|below| Some((below, self.node(below).text.as_deref()?)))
    }

    /// Width and height of one screen in CSS pixels of the page: a page wider than the device is shown smaller.
    pub(super) fn screen(&self) -> Area {
        let (width, height) = self.snapshot.viewport;
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let root = self.snapshot.nodes.iter().find(|node| node.tag == "html").and_then(|node| node.area);
        let shrink = root.map_or(1.0, |area| area.w / width).clamp(1.0, 4.0);
        Area::new(0.0, 0.0, width * shrink, height * shrink)
    }

    /// Whether the page can be scrolled by more than a little.
    pub(super) fn scrolls(&self) -> bool {
        f64::from(self.snapshot.page_size.1) > 1.1 * self.screen().h
    }
}
