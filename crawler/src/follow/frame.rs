//! Sent on without leaving: a frame that fills the screen holds what is offered.

use model::snapshot::{Node, Snapshot};
use model::units::Area;
use url::Url;

/// The share of the first screen that a frame has to fill.
const FILLS: f64 = 0.6;
/// Characters that may stand outside of it: a title, a note.
const LITTLE: usize = 60;

/// The address of the frame that is all there is to see of a page.
pub(crate) fn find(page: &Snapshot) -> Option<String> {
    let screen = Area::new(0.0, 0.0, f64::from(page.viewport.0), f64::from(page.viewport.1));
    let fills = |node: &Node| {
        node.tag == "iframe"
            && node.style.as_ref().is_some_and(|style| style.visible)
            && node.area.is_some_and(|area| area.intersection(&screen).size() > FILLS * screen.size())
    };
    let frame = page.nodes.iter().position(fills)?;
    let outside = page.nodes.iter().enumerate().filter(|(at, node)| {
        node.style.as_ref().is_some_and(|style| style.visible) && !is_within(&page.nodes, *at, frame)
    });
    let letters: usize =
        outside.filter_map(|(_, node)| node.text.as_deref()).map(|text| text.trim().chars().count()).sum();
    if letters > LITTLE {
        return None;
    }
    let src = page.nodes[frame].attrs.get("src")?;
    let url = Url::parse(&page.url).ok()?.join(src).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

fn is_within(nodes: &[Node], mut at: usize, frame: usize) -> bool {
    while at > frame {
        match nodes[at].parent {
            Some(parent) => at = parent as usize,
            None => return false,
        }
    }
    at == frame
}
