//! A small language for building snapshots.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use model::evidence::EvidenceId;
use model::snapshot::{Line, Node, Part, Picture, Provenance, Since, Snapshot, Style};
use model::units::{Area, Level, Millis};
use reader::{PageReading, Reader};

/// An element or text to be built, with what stands in it.
pub(crate) struct Build {
    node: Node,
    style: Style,
    children: Vec<Build>,
}

fn plain(display: &str) -> Style {
    Style {
        font_px: 16.0,
        weight: 400,
        background: Some([255; 3]),
        contrast: Some(21.0),
        opacity: 1.0,
        visible: true,
        display: display.into(),
        position: "static".into(),
        ..Style::default()
    }
}

/// A block element; without a box of its own it gets that of what stands in it.
pub(crate) fn el(tag: &str) -> Build {
    Build { node: Node { tag: tag.into(), ..Node::default() }, style: plain("block"), children: Vec::new() }
}

/// A text of one line.
pub(crate) fn text(words: &str, x: f64, y: f64, w: f64, h: f64) -> Build {
    let area = Area::new(x, y, w, h);
    let end = u32::try_from(words.chars().count()).expect("short");
    let node = Node {
        tag: "#text".into(),
        text: Some(words.into()),
        lines: vec![Line { start: 0, end, area }],
        area: Some(area),
        ..Node::default()
    };
    Build { node, style: plain("inline"), children: Vec::new() }
}

impl Build {
    pub(crate) fn child(mut self, child: Build) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Build>) -> Self {
        self.children.extend(children);
        self
    }

    pub(crate) fn attr(mut self, name: &str, value: &str) -> Self {
        self.node.attrs.insert(name.into(), value.into());
        self
    }

    pub(crate) fn area(mut self, x: f64, y: f64, w: f64, h: f64) -> Self {
        self.node.area = Some(Area::new(x, y, w, h));
        self
    }

    pub(crate) fn display(mut self, display: &str) -> Self {
        self.style.display = display.into();
        self
    }

    pub(crate) fn inline(self) -> Self {
        self.display("inline")
    }

    pub(crate) fn position(mut self, position: &str) -> Self {
        self.style.position = position.into();
        self
    }

    pub(crate) fn paint(mut self, order: u32) -> Self {
        self.node.paint = order;
        self
    }

    pub(crate) fn clickable(mut self) -> Self {
        self.node.clickable = true;
        self
    }

    pub(crate) fn background(mut self) -> Self {
        self.style.background_image = true;
        self
    }

    pub(crate) fn checked(mut self, checked: bool) -> Self {
        self.node.checked = Some(checked);
        self
    }

    pub(crate) fn font(mut self, px: f64) -> Self {
        self.style.font_px = px;
        self
    }

    pub(crate) fn contrast(mut self, contrast: f64) -> Self {
        self.style.contrast = Some(contrast);
        self
    }

    pub(crate) fn struck(mut self) -> Self {
        self.style.struck = true;
        self
    }

    /// What is left of it by what cuts it.
    pub(crate) fn clip(mut self, x: f64, y: f64, w: f64, h: f64) -> Self {
        self.style.clip = Some(Area::new(x, y, w, h));
        self
    }

    /// Of a text, only so many characters stand on a line: the rest is left out.
    pub(crate) fn lines_until(mut self, end: u32) -> Self {
        self.node.lines.iter_mut().for_each(|line| line.end = end);
        self
    }

    pub(crate) fn fill(mut self, color: [u8; 3]) -> Self {
        self.style.background = Some(color);
        self
    }

    /// Nothing of its own is painted behind it.
    pub(crate) fn bare(mut self) -> Self {
        self.style.background = None;
        self
    }

    pub(crate) fn opacity(mut self, opacity: f64) -> Self {
        self.style.opacity = opacity;
        self
    }

    pub(crate) fn since(mut self, since: Since) -> Self {
        self.node.since = Some(since);
        self
    }

    pub(crate) fn hidden(mut self) -> Self {
        self.style.visible = false;
        self
    }
}

/// Appends a node and all below it in document order; gives its box.
fn append(build: Build, parent: Option<u32>, nodes: &mut Vec<Node>) -> Option<Area> {
    // Deep trees are built without recursion: the test of depth has thousands of levels.
    let mut waiting = vec![(build, parent)];
    let first = nodes.len();
    while let Some((build, parent)) = waiting.pop() {
        let at = u32::try_from(nodes.len()).expect("few nodes");
        nodes.push(Node { parent, style: Some(build.style), ..build.node });
        waiting.extend(build.children.into_iter().rev().map(|child| (child, Some(at))));
    }
    for at in (first + 1..nodes.len()).rev() {
        let (area, parent) = (nodes[at].area, nodes[at].parent);
        if let (Some(area), Some(parent)) = (area, parent) {
            let holder = &mut nodes[parent as usize];
            if holder.style.as_ref().is_some_and(|s| s.position != "static") {
                continue;
            }
            holder.area = Some(holder.area.map_or(area, |a| if a.is_empty() { area } else { a.union(&area) }));
        }
    }
    nodes[first].area
}

pub(crate) fn snapshot(root: Build, page_size: (u32, u32), scale: f64) -> Snapshot {
    let mut nodes = Vec::new();
    append(root, None, &mut nodes);
    Snapshot {
        visitor: "test".into(),
        hop: 0,
        level: Level(1),
        part: Part::Landing,
        url: "https://a.test/".into(),
        title: String::new(),
        status: Some(200),
        at_ms: Millis(100),
        captured_at: DateTime::<Utc>::UNIX_EPOCH,
        settled: true,
        html: EvidenceId::of(b"html"),
        picture: Some(Picture { evidence: EvidenceId::of(b"picture"), scale, height: page_size.1 }),
        viewport: (375, 667),
        page_size,
        nodes,
        responses: Vec::new(),
        console: Vec::new(),
        provenance: Provenance::default(),
    }
}

pub(crate) fn read(snapshot: &Snapshot, picture: Option<&[u8]>) -> PageReading {
    static READER: OnceLock<Reader> = OnceLock::new();
    let reader = READER.get_or_init(|| {
        Reader::open(&super::options::options()).expect("the models are there: scripts/setup fetches them")
    });
    reader.read_page(snapshot, picture, &[])
}

pub(crate) fn page_with(root: Build, picture: Option<&[u8]>, page_size: (u32, u32), scale: f64) -> PageReading {
    read(&snapshot(root, page_size, scale), picture)
}

/// A page of 375 × 2000 CSS pixels of which no picture was taken.
pub(crate) fn page(root: Build) -> PageReading {
    page_with(root, None, (375, 2_000), 1.0)
}
