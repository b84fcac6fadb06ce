//! From the browser's snapshot to nodes: what has a box, what stands in it, where, and how it looks.

use std::collections::{BTreeMap, HashMap};

use model::snapshot::{Line, Node};
use model::units::Area;

use crate::capture::dom_snapshot::{Document, DomSnapshot, Rare};
use crate::capture::look::{Inherited, Sight};

/// Attributes that say what a thing is; `aria-…` beside them.
const ATTRIBUTES: [&str; 39] = [
    "id",
    "class",
    "name",
    "type",
    "href",
    "placeholder",
    "value",
    "alt",
    "src",
    "role",
    "for",
    "title",
    "action",
    "method",
    "target",
    "maxlength",
    "inputmode",
    "autocomplete",
    "disabled",
    "readonly",
    "checked",
    "selected",
    "onclick",
    "data-src",
    "data-checked",
    "data-state",
    "data-href",
    "data-url",
    "data-link",
    "data-name",
    "data-method",
    "download",
    "open",
    "form",
    "formaction",
    "formmethod",
    "contenteditable",
    "username",
    "appid",
];
const MOST_CHARS: usize = 500;
/// Frames in frames deeper than this are left out.
const MOST_DEPTH: u8 = 8;
/// Kept without a box: controls, and the address that all links are seen from.
const KEPT: [&str; 6] = ["input", "select", "textarea", "button", "label", "base"];
const ELEMENT: u8 = 1;
const TEXT: u8 = 3;

/// The nodes of a page, frames merged in, at most `most` of them; and the browser's own number of each (of the element,
/// for a text; 0 where there is none).
pub(crate) fn nodes(snapshot: &DomSnapshot, page_size: (u32, u32), most: usize) -> (Vec<Node>, Vec<i64>) {
    let mut building =
        Building { snapshot, nodes: Vec::new(), handles: Vec::new(), sight: Sight::new(page_size), most };
    building.document(0, None, (0.0, 0.0), &Inherited::page(), 0);
    building.sight.colour(&mut building.nodes);
    (building.nodes, building.handles)
}

struct Building<'a> {
    snapshot: &'a DomSnapshot,
    nodes: Vec<Node>,
    handles: Vec<i64>,
    sight: Sight,
    most: usize,
}

/// What the children of a node need of it.
#[derive(Clone)]
struct Kept {
    index: Option<u32>,
    inherited: Inherited,
    /// A `details` that is not open.
    folded: bool,
}

impl Building<'_> {
    fn document(&mut self, which: usize, frame: Option<u32>, offset: (f64, f64), inherited: &Inherited, depth: u8) {
        let snapshot = self.snapshot;
        let Some(document) = snapshot.documents.get(which) else { return };
        let source = Source::new(snapshot, document);
        let wanted = source.wanted();
        let offset = (
            offset.0 - if frame.is_some() { document.scroll_offset_x } else { 0.0 },
            offset.1 - if frame.is_some() { document.scroll_offset_y } else { 0.0 },
        );
        let root = Kept { index: frame, inherited: inherited.clone(), folded: false };
        let mut kept: HashMap<usize, Kept> = HashMap::new();
        for at in source.in_reading_order().into_iter().filter(|&at| wanted[at]) {
            if self.nodes.len() >= self.most {
                break;
            }
            let mut parent = source.parent(at).and_then(|parent| kept.get(&parent)).unwrap_or(&root).clone();
            if parent.folded && !source.is_summary(at) {
                // Chromium lays out what a closed `details` holds, and does not draw it.
                parent = Kept { inherited: parent.inherited.folded_up(), folded: false, ..parent };
            }
            let here = match document.nodes.node_type[at] {
                ELEMENT => self.element(&source, at, &parent, offset),
                TEXT => {
                    for &layout in source.layouts(at) {
                        self.text(&source, layout, &parent, offset);
                    }
                    continue;
                }
                // A document or a shadow root: its children stand under what holds it.
                _ => parent,
            };
            if let Some(&inner) = source.frames.get(&at)
                && depth < MOST_DEPTH
                && let Some(origin) = source.content_origin(at, offset)
            {
                self.document(inner, here.index, origin, &here.inherited, depth + 1);
            }
            kept.insert(at, here);
        }
    }

    fn element(&mut self, source: &Source<'_>, at: usize, parent: &Kept, offset: (f64, f64)) -> Kept {
        let attrs = source.attributes(at);
        let tag = source.name(at);
        let checkable = tag == "input"
            && matches!(attrs.get("type").map(|kind| kind.to_ascii_lowercase()).as_deref(), Some("checkbox" | "radio"));
        let is_input = matches!(tag.as_str(), "input" | "textarea" | "select");
        let layouts = source.layouts(at);
        let boxed =
            layouts.iter().copied().find(|&layout| source.layout_text(layout).is_empty()).or(layouts.first().copied());
        let area = boxed.and_then(|layout| source.area(layout, offset));
        let mut node = Node {
            parent: parent.index,
            checked: checkable.then(|| source.checked.contains_key(&at)),
            value: if is_input { source.value(at) } else { None },
            clickable: source.clickable.contains_key(&at),
            paint: boxed
                .and_then(|layout| source.document.layout.paint_orders.get(layout).copied())
                .unwrap_or_default(),
            area,
            tag,
            attrs,
            ..Node::default()
        };
        let inherited = match boxed {
            Some(layout) => {
                let style = source.style(layout);
                let inherited = parent.inherited.enter(&style, area, &node.tag);
                node.style = Some(self.sight.element(&style, area, &inherited, &node));
                inherited
            }
            // `display: contents`, or a control without a box.
            None => parent.inherited.clone(),
        };
        let folded = node.tag == "details" && !node.attrs.contains_key("open");
        let index = self.push(node, source.document.nodes.backend_node_id.get(at).copied().unwrap_or_default());
        let here = Kept { index: Some(index), inherited, folded };
        // What a pseudo-element says belongs to it, and is no node of the DOM.
        for &layout in layouts.iter().filter(|&&layout| !source.layout_text(layout).is_empty()) {
            self.text(source, layout, &here, offset);
        }
        here
    }

    fn text(&mut self, source: &Source<'_>, layout: usize, parent: &Kept, offset: (f64, f64)) {
        let text = source.layout_text(layout);
        if text.trim().is_empty() || self.nodes.len() >= self.most {
            return;
        }
        let lines = source.lines(layout, text, offset);
        let area =
            lines.iter().map(|line| line.area).reduce(|a, b| a.union(&b)).or_else(|| source.area(layout, offset));
        let paint = source.document.layout.paint_orders.get(layout).copied().unwrap_or_default();
        let mut node = Node {
            parent: parent.index,
            tag: "#text".into(),
            text: Some(text.to_owned()),
            lines,
            area,
            paint,
            ..Node::default()
        };
        let blended = source.blended(layout);
        node.style = Some(self.sight.text(&source.style(layout), &node, &parent.inherited, blended, self.nodes.len()));
        let handle = parent.index.and_then(|at| self.handles.get(at as usize).copied()).unwrap_or_default();
        self.push(node, handle);
    }

    fn push(&mut self, node: Node, handle: i64) -> u32 {
        self.nodes.push(node);
        self.handles.push(handle);
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }
}

/// One document of the snapshot, with its lists turned round so that a node finds what is its own.
struct Source<'a> {
    snapshot: &'a DomSnapshot,
    document: &'a Document,
    layouts: HashMap<usize, Vec<usize>>,
    boxes: HashMap<usize, Vec<usize>>,
    frames: HashMap<usize, usize>,
    checked: HashMap<usize, i64>,
    clickable: HashMap<usize, i64>,
    values: HashMap<usize, i64>,
}

impl<'a> Source<'a> {
    fn new(snapshot: &'a DomSnapshot, document: &'a Document) -> Self {
        let mut layouts: HashMap<usize, Vec<usize>> = HashMap::new();
        for (layout, &node) in document.layout.node_index.iter().enumerate() {
            layouts.entry(node).or_default().push(layout);
        }
        let mut boxes: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, &layout) in document.text_boxes.layout_index.iter().enumerate() {
            boxes.entry(layout).or_default().push(at);
        }
        let nodes = &document.nodes;
        let frames = rare(&nodes.content_document_index)
            .into_iter()
            .filter_map(|(at, inner)| Some((at, usize::try_from(inner).ok()?)))
            .collect();
        let mut values = rare(&nodes.text_value);
        values.extend(rare(&nodes.input_value));
        Self {
            snapshot,
            document,
            layouts,
            boxes,
            frames,
            checked: rare(&nodes.input_checked),
            clickable: rare(&nodes.is_clickable),
            values,
        }
    }

    /// Which nodes are kept: those with a box, controls, and their ancestors.
    fn wanted(&self) -> Vec<bool> {
        let nodes = &self.document.nodes;
        let mut wanted: Vec<bool> = (0..nodes.node_type.len())
            .map(|at| {
                self.layouts.contains_key(&at)
                    || (nodes.node_type[at] == ELEMENT && KEPT.contains(&self.name(at).as_str()))
            })
            .collect();
        for at in (0..wanted.len()).rev() {
            if wanted[at]
                && let Some(parent) = self.parent(at)
            {
                wanted[parent] = true;
            }
        }
        wanted
    }

    /// All nodes, children behind their parents, and what a `::after` says behind all else that its element says: the
    /// browser names it first.
    fn in_reading_order(&self) -> Vec<usize> {
        let count = self.document.nodes.node_type.len();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut waiting: Vec<usize> = Vec::new();
        for at in 0..count {
            self.parent(at).map_or(&mut waiting, |parent| &mut children[parent]).push(at);
        }
        waiting.reverse();
        let mut order = Vec::with_capacity(count);
        while let Some(at) = waiting.pop() {
            order.push(at);
            let mut below = std::mem::take(&mut children[at]);
            below.sort_by_key(|&child| self.name(child) == "::after");
            waiting.extend(below.into_iter().rev());
        }
        order
    }

    fn is_summary(&self, at: usize) -> bool {
        self.name(at) == "summary"
    }

    /// Parents stand before their children; anything else would be no tree.
    fn parent(&self, at: usize) -> Option<usize> {
        usize::try_from(*self.document.nodes.parent_index.get(at)?).ok().filter(|&parent| parent < at)
    }

    fn layouts(&self, at: usize) -> &[usize] {
        self.layouts.get(&at).map_or(&[], Vec::as_slice)
    }

    fn name(&self, at: usize) -> String {
        self.document
            .nodes
            .node_name
            .get(at)
            .map(|&name| self.snapshot.text(name).to_ascii_lowercase())
            .unwrap_or_default()
    }

    fn attributes(&self, at: usize) -> BTreeMap<String, String> {
        let pairs = self.document.nodes.attributes.get(at).map_or(&[][..], Vec::as_slice).chunks_exact(2);
        let kept = pairs.map(|pair| (self.snapshot.text(pair[0]), self.snapshot.text(pair[1])));
        kept.filter(|(name, _)| ATTRIBUTES.contains(name) || name.starts_with("aria-"))
            .map(|(name, value)| (name.to_owned(), value.chars().take(MOST_CHARS).collect()))
            .collect()
    }

    fn value(&self, at: usize) -> Option<String> {
        self.values.get(&at).map(|&value| self.snapshot.text(value).chars().take(MOST_CHARS).collect())
    }

    fn area(&self, layout: usize, offset: (f64, f64)) -> Option<Area> {
        area(self.document.layout.bounds.get(layout)?, offset)
    }

    /// Where the document inside a frame begins: inside its border.
    fn content_origin(&self, at: usize, offset: (f64, f64)) -> Option<(f64, f64)> {
        let &layout = self.layouts(at).first()?;
        let outer = self.area(layout, offset)?;
        let border = self.document.layout.client_rects.get(layout).filter(|rect| rect.len() == 4);
        Some(border.map_or((outer.x, outer.y), |rect| (outer.x + rect[0], outer.y + rect[1])))
    }

    fn layout_text(&self, layout: usize) -> &'a str {
        self.document.layout.text.get(layout).map_or("", |&text| self.snapshot.text(text))
    }

    fn style(&self, layout: usize) -> Vec<&'a str> {
        self.document
            .layout
            .styles
            .get(layout)
            .map_or_else(Vec::new, |style| style.iter().map(|&value| self.snapshot.text(value)).collect())
    }

    /// Chromium's own opinion on what lies behind a text, and how opaque the text is.
    fn blended(&self, layout: usize) -> (&'a str, f64) {
        let layouts = &self.document.layout;
        let colour = layouts.blended_background_colors.get(layout).map_or("", |&colour| self.snapshot.text(colour));
        (colour, layouts.text_color_opacities.get(layout).copied().unwrap_or(1.0))
    }

    fn lines(&self, layout: usize, text: &str, offset: (f64, f64)) -> Vec<Line> {
        let boxes = &self.document.text_boxes;
        let positions = scalar_positions(text);
        let position = |unit: usize| positions.get(unit).or(positions.last()).copied().unwrap_or_default();
        let lines = self.boxes.get(&layout).map_or(&[][..], Vec::as_slice).iter().filter_map(|&at| {
            let (start, length) = (*boxes.start.get(at)?, *boxes.length.get(at)?);
            let area = area(boxes.bounds.get(at)?, offset)?;
            Some(Line { start: position(start), end: position(start.saturating_add(length)), area })
        });
        lines.filter(|line| line.end > line.start).collect()
    }
}

fn rare(list: &Rare) -> HashMap<usize, i64> {
    list.index.iter().enumerate().map(|(at, &index)| (index, list.value.get(at).copied().unwrap_or(1))).collect()
}

fn area(bounds: &[f64], offset: (f64, f64)) -> Option<Area> {
    match bounds {
        [x, y, w, h] => Some(Area::new(x + offset.0, y + offset.1, *w, *h)),
        _ => None,
    }
}

/// For each UTF-16 unit of a text, and its end, the Unicode scalar value it belongs to.
fn scalar_positions(text: &str) -> Vec<u32> {
    let mut positions = Vec::with_capacity(text.len() + 1);
    let mut count = 0;
    for character in text.chars() {
        positions.extend(std::iter::repeat_n(count, character.len_utf16()));
        count += 1;
    }
    positions.push(count);
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_units() {
        // 「𠮷」 takes two UTF-16 units.
        assert_eq!(scalar_positions("a𠮷b"), [0, 1, 1, 2, 3]);
        assert_eq!(scalar_positions(""), [0]);
    }
}
