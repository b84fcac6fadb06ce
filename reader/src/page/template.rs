//! The template that a page is made by: what stays the same when its words, prices and pictures are others.

use std::collections::BTreeSet;

use model::evidence::EvidenceId;

use super::tree::Tree;

/// Fewer kinds of places are alike by chance: then no template is told.
const LEAST: usize = 12;
/// More are not looked at.
const MOST: usize = 4_000;
/// A place is told by so many elements, itself first.
const DEEP: usize = 4;
/// Hex digits of the hash.
const DIGITS: usize = 32;

/// Names the template by the kinds of places that it has, each once: how many goods, reviews or paragraphs there are is no other one.
pub(super) fn of(tree: &Tree) -> Option<String> {
    let elements = tree.nodes().filter(|(_, node)| node.text.is_none()).take(MOST);
    let places: BTreeSet<String> = elements.map(|(at, _)| place(tree, at)).collect();
    (places.len() >= LEAST).then(|| {
        let mut hex = EvidenceId::of(places.into_iter().collect::<Vec<_>>().join("\n").as_bytes()).hex();
        hex.truncate(DIGITS);
        hex
    })
}

fn place(tree: &Tree, at: usize) -> String {
    tree.up(at).take(DEEP).map(|up| element(tree, up)).collect::<Vec<_>>().join("<")
}

/// A tag with its classes, without figures: they count, or are made anew with each build.
fn element(tree: &Tree, at: usize) -> String {
    let classes: BTreeSet<String> = tree
        .attr(at, "class")
        .split_whitespace()
        .map(|class| class.chars().filter(|c| !c.is_ascii_digit()).collect::<String>())
        .collect();
    let tag = &tree.node(at).tag;
    classes.into_iter().fold(tag.clone(), |name, class| name + "." + &class)
}

#[cfg(test)]
mod tests {
    use model::snapshot::{Node, Snapshot};

    use super::*;

    /// A shop: its classes begin with a word, and it has so many goods with these words.
    fn shop(classes: &str, goods: usize, words: &str) -> Option<String> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut add = |parent: Option<u32>, tag: &str, class: &str, text: Option<String>| {
            let attrs = [("class".to_owned(), format!("{classes}-{class}"))].into();
            nodes.push(Node { parent, tag: tag.into(), attrs, text, ..Node::default() });
            nodes.len() as u32 - 1
        };
        let root = add(None, "html", "root", None);
        let mut holder = root;
        for part in ["head", "bar", "main", "list", "row", "side", "foot", "note"] {
            holder = add(Some(holder), "div", part, None);
        }
        for number in 0..goods {
            let card = add(Some(holder), "section", "card", None);
            for part in ["picture", "name", "price", "buy"] {
                let at = add(Some(card), "p", &format!("{part} item{number}"), None);
                add(Some(at), "#text", "", Some(format!("{words} {number}")));
            }
        }
        let snapshot: serde_json::Value = serde_json::json!({
            "visitor": "phone", "hop": 1, "level": 1, "url": "https://a.test/", "title": words, "status": 200, "at_ms": 0,
            "captured_at": "2026-11-01T00:00:00Z", "settled": true, "html": EvidenceId::of(words.as_bytes()), "picture": null,
            "viewport": [390, 844], "page_size": [390, 844], "nodes": nodes, "responses": [], "console": [],
            "provenance": {"crawler_version": "", "browser_version": "", "user_agent": "", "language": "", "time_zone": "", "blocked": []},
        });
        let snapshot: Snapshot = serde_json::from_value(snapshot).expect("a snapshot");
        of(&Tree::new(&snapshot))
    }

    #[test]
    fn other_words_and_more_goods_are_the_same_template_and_other_places_another() {
        let tea = shop("builder", 3, "tea");
        assert!(tea.is_some());
        assert_eq!(tea, shop("builder", 7, "29.90 shoes"));
        assert_ne!(tea, shop("other", 3, "tea"));
    }

    #[test]
    fn a_page_of_few_elements_tells_none() {
        assert_eq!(shop("bare", 0, "tea"), None);
    }
}
