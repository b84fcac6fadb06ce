//! A page on which there is nothing to read and nothing to see, or nothing yet.

use model::snapshot::Node;

use super::Kind;
use super::page::{Page, is_visible};
use super::words::WORDS;

pub(super) const KIND: Kind = Kind {
    reason: "empty-page",
    retry: true,
    what: "shows nothing of its own",
    advice: "Look again, or look at it as another visitor.",
    sign,
    hint: |_| None,
};

/// Screens; less than this is an icon.
const ICON: f64 = 0.03;
/// Units; more than this around an empty middle is worth reading.
const AROUND: usize = 60;

fn sign(page: &Page<'_>) -> Option<String> {
    if is_empty(&page.snapshot.nodes) {
        return Some("there is no text and no picture".to_owned());
    }
    let drawn = page.snapshot.nodes.iter().filter(|node| is_visible(node) && is_drawn(node));
    let area: f64 = drawn.filter_map(|node| node.area).map(|area| area.size()).sum();
    if area > ICON * page.screen.size() || page.asks().next().is_some() {
        return None;
    }
    if page.content().next().is_none() && page.blocks.iter().map(|block| block.units).sum::<usize>() <= AROUND {
        return Some("there is nothing but what stands around a page".to_owned());
    }
    let mut content = page.content().peekable();
    let waits = content.peek().is_some() && content.all(|block| WORDS.waiting.is_in(&block.text));
    waits.then(|| "it is still loading its content".to_owned())
}

fn is_drawn(node: &Node) -> bool {
    matches!(node.tag.as_str(), "img" | "canvas" | "video" | "svg" | "object" | "embed" | "iframe")
        || node.style.as_ref().is_some_and(|style| style.background_image)
}

/// Whether nobody sees anything.
fn is_empty(nodes: &[Node]) -> bool {
    let sees = |node: &Node| {
        let large = node.area.is_some_and(|area| area.w >= 40.0 && area.h >= 40.0);
        let drawn = is_drawn(node) && node.tag != "iframe";
        node.text.as_ref().is_some_and(|text| !text.trim().is_empty()) || (drawn && large)
    };
    !nodes.iter().filter(|node| is_visible(node)).any(sees)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{page, reason, saying, shown};
    use super::super::{Signs, find};

    #[test]
    fn nothing_to_see_is_empty_and_so_is_waiting_for_it() {
        assert_eq!(reason(200, "", vec![]), Some("empty-page"));
        assert_eq!(reason(200, "", vec![shown("img", "", None, (10.0, 10.0))]), Some("empty-page"));
        for words in ["加载中...", "Loading…", "正在加载，请稍候"] {
            assert_eq!(saying(words), Some("empty-page"), "{words}");
        }
    }

    #[test]
    fn a_picture_alone_is_a_page() {
        assert_eq!(reason(200, "", vec![shown("img", "", None, (393.0, 600.0))]), None);
    }

    #[test]
    fn a_page_whose_layout_was_not_read_is_not_called_empty() {
        let snapshot = page(200, "https://a.test/", "", vec![]);
        let headers = Default::default();
        assert_eq!(find(&Signs { snapshot: &snapshot, html: "", headers: &headers, laid_out: false }), None);
    }
}
