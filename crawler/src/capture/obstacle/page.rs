//! What a person reads of a page: its blocks of text in order, its fields, its buttons, how much of it is pictures.

use std::collections::{BTreeMap, HashMap};

use model::snapshot::{Node, Snapshot};
use model::units::Area;
use url::Url;

use super::Signs;
use super::field::{Field, FieldKind, fields};
use super::words::{HOST, WORDS, fold, units};

/// CSS pixels; what is higher is no button, whatever listens on it.
const LOW: f64 = 90.0;

/// A page as it is read.
pub(super) struct Page<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) html: &'a str,
    /// Of the page's own document.
    pub(super) headers: &'a HashMap<String, String>,
    pub(super) blocks: Vec<Block>,
    pub(super) fields: Vec<Field>,
    /// The parts of the title, folded, the whole first.
    pub(super) titles: Vec<String>,
    /// Path and query, in lower case.
    pub(super) path: String,
    pub(super) screen: Area,
    furniture: Vec<bool>,
}

/// The text of one box that a reader sees as one piece.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// Folded.
    pub(super) text: String,
    pub(super) units: usize,
    /// CSS pixels from the top of the page.
    pub(super) top: f64,
    pub(super) font_px: f64,
    /// Whether it stands in h1 or h2.
    pub(super) heading: bool,
    /// Whether it belongs to what stands around the content: navigation, footer, small print.
    pub(super) furniture: bool,
    /// Whether it is a link or a button.
    pub(super) pressable: bool,
    /// Whether it looks like a button.
    pub(super) button: bool,
}

impl<'a> Page<'a> {
    pub(super) fn read(signs: &Signs<'a>) -> Self {
        let snapshot = signs.snapshot;
        let nodes = &snapshot.nodes;
        let url = Url::parse(&snapshot.url).ok();
        let host = url.as_ref().and_then(Url::host_str).unwrap_or_default().trim_start_matches("www.").to_owned();
        let path = url.as_ref().map_or_else(String::new, |url| {
            let (query, fragment) = (url.query().unwrap_or_default(), url.fragment().unwrap_or_default());
            format!("{}?{query}#{fragment}", url.path()).to_lowercase()
        });
        let around = |own: &dyn Fn(&Node) -> bool| inherited(nodes, own);
        let furniture = around(&is_furniture);
        let pressable = around(&is_pressable);
        let button = around(&is_button);
        let heading = around(&|node| matches!(node.tag.as_str(), "h1" | "h2"));
        let mut page = Self {
            snapshot,
            html: signs.html,
            headers: signs.headers,
            blocks: blocks(
                nodes,
                &host,
                &Around { furniture: &furniture, pressable: &pressable, button: &button, heading: &heading },
            ),
            fields: fields(nodes, &furniture),
            titles: titles(&snapshot.title, &host),
            path,
            screen: Area::new(0.0, 0.0, f64::from(snapshot.viewport.0), f64::from(snapshot.viewport.1)),
            furniture,
        };
        page.blocks.sort_by(|a, b| a.top.total_cmp(&b.top));
        page
    }

    /// Blocks of the content itself.
    pub(super) fn content(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| !block.furniture)
    }

    /// Fields of the content, but for searching.
    pub(super) fn asks(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| !field.furniture && field.kind != FieldKind::Search)
    }

    /// The area of the content's pictures above `until`, in screens; those within what `apart` names are left out.
    pub(super) fn pictures(&self, until: f64, apart: impl Fn(&Node) -> bool) -> f64 {
        let nodes = &self.snapshot.nodes;
        let left_out = inherited(nodes, &apart);
        let drawn = nodes.iter().enumerate().filter(|(at, node)| {
            is_visible(node)
                && !self.furniture[*at]
                && !left_out[*at]
                && (matches!(node.tag.as_str(), "img" | "canvas" | "video")
                    || node.style.as_ref().is_some_and(|style| style.background_image))
        });
        let area: f64 =
            drawn.filter_map(|(_, node)| node.area).filter(|area| area.y < until).map(|area| area.size()).sum();
        area / self.screen.size().max(1.0)
    }

    /// Whether the page, or an address that it loads something from, holds one of these marks; and which.
    pub(super) fn loads<'m>(&self, marks: &'m [String]) -> Option<&'m str> {
        let html = self.html.to_lowercase();
        let sources: Vec<&str> = ["src=\"", "src='", "src=", "action=\""]
            .iter()
            .flat_map(|begin| html.split(begin).skip(1))
            .map(|rest| rest.split(['"', '\'', ' ', '>']).next().unwrap_or_default())
            .collect();
        let responses: Vec<String> =
            self.snapshot.responses.iter().map(|response| response.url.to_lowercase()).collect();
        let in_address = |mark: &str| {
            responses.iter().any(|url| url.contains(mark)) || sources.iter().any(|source| source.contains(mark))
        };
        marks.iter().map(String::as_str).find(|mark| in_address(mark))
    }
}

pub(super) fn is_visible(node: &Node) -> bool {
    node.style.as_ref().is_some_and(|style| style.visible)
}

pub(super) fn attribute(node: &Node, name: &str) -> String {
    node.attrs.get(name).map(|value| value.to_ascii_lowercase()).unwrap_or_default()
}

/// For each node whether it, or something around it, is so.
fn inherited(nodes: &[Node], own: &dyn Fn(&Node) -> bool) -> Vec<bool> {
    let mut all: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let around = node.parent.and_then(|parent| all.get(parent as usize)).copied().unwrap_or(false);
        all.push(around || own(node));
    }
    all
}

fn is_furniture(node: &Node) -> bool {
    if matches!(node.tag.as_str(), "html" | "body" | "main" | "#text") {
        return false;
    }
    let words = &WORDS.furniture;
    let names = [attribute(node, "class"), attribute(node, "id")].join(" ");
    matches!(node.tag.as_str(), "nav" | "footer")
        || matches!(attribute(node, "role").as_str(), "navigation" | "contentinfo")
        || names.split_whitespace().any(|name| {
            words.names.iter().any(|own| own == name) || words.notices.iter().any(|notice| name.contains(notice))
        })
}

fn is_pressable(node: &Node) -> bool {
    let low = node.area.is_some_and(|area| area.h <= LOW);
    match node.tag.as_str() {
        "a" => true,
        "html" | "body" | "#text" => false,
        _ => is_button(node) || (low && (node.clickable || node.attrs.contains_key("onclick"))),
    }
}

fn is_button(node: &Node) -> bool {
    let low = node.area.is_some_and(|area| area.h <= LOW);
    let class = attribute(node, "class");
    node.tag == "button"
        || attribute(node, "role") == "button"
        || (low && class.split_whitespace().any(|name| name.starts_with("btn") || name.contains("button")))
}

/// For each node whether it stands in one of these.
struct Around<'a> {
    furniture: &'a [bool],
    pressable: &'a [bool],
    button: &'a [bool],
    heading: &'a [bool],
}

/// Texts joined by the box they flow in.
fn blocks(nodes: &[Node], host: &str, around: &Around<'_>) -> Vec<Block> {
    let mut joined: BTreeMap<usize, (String, Block)> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| is_visible(node)) {
        let input = node.tag == "input" && matches!(attribute(node, "type").as_str(), "submit" | "button");
        let text = match (&node.text, input) {
            (Some(text), _) => text.clone(),
            (None, true) => node.attrs.get("value").cloned().unwrap_or_default(),
            (None, false) => continue,
        };
        let top = node.area.map_or(0.0, |area| area.y);
        let font_px = node.style.as_ref().map_or(0.0, |style| style.font_px);
        let (all, block) = joined.entry(flow(nodes, at)).or_insert_with(|| {
            let block = Block {
                top,
                furniture: around.furniture[at],
                pressable: around.pressable[at] || input,
                heading: around.heading[at],
                ..Block::default()
            };
            (String::new(), block)
        });
        all.push(' ');
        all.push_str(&text);
        block.top = block.top.min(top);
        block.font_px = block.font_px.max(font_px);
        block.pressable &= around.pressable[at] || input;
        block.button |= around.button[at] || input;
        block.heading |= around.heading[at];
    }
    let finished = joined.into_values().map(|(text, mut block)| {
        block.text = with_host(&fold(&text), host);
        block.units = units(&block.text);
        block.furniture |= block.units <= 60 && WORDS.small_print.is_in(&block.text);
        block
    });
    finished.filter(|block| !block.text.is_empty()).collect()
}

/// The node whose box a text flows in.
fn flow(nodes: &[Node], at: usize) -> usize {
    let mut here = at;
    while let Some(parent) = nodes[here].parent {
        let style = nodes[here].style.as_ref();
        let inline = nodes[here].tag == "#text"
            || style.is_none_or(|style| matches!(style.display.as_str(), "inline" | "contents"));
        if !inline {
            break;
        }
        here = parent as usize;
    }
    here
}

fn with_host(text: &str, host: &str) -> String {
    if host.len() < 4 { text.to_owned() } else { text.replace(host, &HOST.to_string()) }
}

fn titles(title: &str, host: &str) -> Vec<String> {
    let parts = title.split(['-', '–', '—', '|', '_', '·', '•', '»', '｜', '－']);
    let folded = std::iter::once(title).chain(parts).map(|part| with_host(&fold(part), host));
    folded.filter(|part| !part.is_empty()).collect()
}
