//! Boxes to tick, real and drawn, and whether they were found ticked.

use std::sync::LazyLock;

use model::units::Area;
use regex::Regex;

use super::tree::Tree;
use super::words;

/// A check box on its way to `model::statement::Checkbox`.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) node: usize,
    pub(super) label: String,
    /// The element that holds box and words.
    pub(super) holder: Option<usize>,
    pub(super) checked: bool,
    pub(super) drawn: bool,
    pub(super) area: Option<Area>,
}

/// More boxes than this on one page are not described.
const MAX_BOXES: usize = 300;

/// All boxes in document order.
pub(super) fn of(tree: &Tree, labels: &[(usize, usize)]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // Real ones first: a drawn box often only covers a real one.
    let real = tree.nodes().filter(|(at, node)| {
        node.tag == "input" && matches!(tree.attr(*at, "type").to_lowercase().as_str(), "checkbox" | "radio")
    });
    let named = tree.nodes().filter(|(at, _)| matches!(tree.attr(*at, "role"), "checkbox" | "radio" | "switch"));
    let drawn = tree.nodes().filter(|(at, _)| is_drawn(tree, *at));
    for (at, node) in real.chain(named).chain(drawn) {
        if found.len() >= MAX_BOXES || found.iter().any(|f| is_same(tree, f, at)) {
            continue;
        }
        let input = node.tag == "input";
        let (label, holder) = words::beside(tree, at, labels);
        if label.is_empty() || !(tree.is_visible(at) || (input && holder.is_some())) {
            continue;
        }
        let checked = if input {
            node.checked.unwrap_or_else(|| node.attrs.contains_key("checked"))
        } else {
            looks_checked(tree, at)
        };
        let area = node.area.filter(|_| tree.is_visible(at)).or_else(|| holder.and_then(|h| tree.node(h).area));
        found.push(Found { node: at, label, holder, checked, drawn: !input, area });
    }
    found.sort_by_key(|f| f.node);
    found
}

/// Whether the candidate is a part of a box already found, or covers it.
fn is_same(tree: &Tree, found: &Found, at: usize) -> bool {
    if tree.within(at, found.node) || tree.within(found.node, at) {
        return true;
    }
    let near = tree.up(at).skip(1).take(2).any(|up| tree.within(found.node, up) && tree.below(up).len() < 24);
    let meets = match (found.area, tree.node(at).area) {
        (Some(a), Some(b)) => !Area::new(a.x - 8.0, a.y - 8.0, a.w + 16.0, a.h + 16.0).intersection(&b).is_empty(),
        _ => true,
    };
    near && meets
}

/// A small thing that its makers call a box to tick.
fn is_drawn(tree: &Tree, at: usize) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"check-?box|check_box|checkbox|(?:^|[\s_/-])(?:un|no-?|not-?)?(?:check(?:ed)?|select(?:ed)?|agree|tick|gou|gouxuan|xuanzhong|choose|chosen|radio)(?:[\s_./-]|$|icon|img|ico|\d)|(?:agree|check|protocol|xieyi|treaty)[\w-]*(?:icon|img|ico|btn)\b|(?:icon|img|ico)[\w-]*(?:agree|check|tick)")
            .expect("internal error: the pattern is right")
    });
    let node = tree.node(at);
    if node.text.is_some() || matches!(node.tag.as_str(), "input" | "label" | "a" | "button" | "option" | "select") {
        return false;
    }
    let small = node.area.is_some_and(|a| {
        (7.0..=48.0).contains(&a.w) && (7.0..=48.0).contains(&a.h) && a.w < 2.0 * a.h && a.h < 2.0 * a.w
    });
    // With words in it, it is a tab or an option.
    small && tree.is_visible(at) && NAMED.is_match(&called(tree, at)) && words::of(tree, at).is_empty()
}

/// Names and the file name of the picture.
fn called(tree: &Tree, at: usize) -> String {
    let file = tree.attr(at, "src").rsplit('/').next().unwrap_or_default();
    format!("{} {}", words::names(tree, at), if file.len() <= 80 { file.to_lowercase() } else { String::new() })
}

/// The state, from ARIA or from the names of the box, what holds it closely, and what it holds.
fn looks_checked(tree: &Tree, at: usize) -> bool {
    static NOT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:un|no|not|non|dis)[_-]?(?:check|select|tick|agree|choose|active)|(?:check|select|agree|tick|radio|box|gou)(?:ed)?[\w]*[_-]?(?:off|no|un|null|empty|default|0|false)(?:[\s_.-]|$)").expect("internal error: the pattern is right")
    });
    static YES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"checked|selected|ticked|chosen|xuanzhong|agreed|(?:^|[\s_-])(?:active|on|cur|current|is-on|sel)(?:[\s_.-]|$)|(?:check|agree|tick|select|gou)[_-]?(?:on|yes|ok|1|true|active|sel|h)?\.(?:png|jpe?g|svg|gif|webp)")
            .expect("internal error: the pattern is right")
    });
    for up in tree.up(at).take(3) {
        match tree.attr(up, "aria-checked") {
            "true" | "mixed" => return true,
            "false" => return false,
            _ => {}
        }
    }
    let parts = tree.below(at).take(8);
    // What holds more than the box and its words may be called `active` for other reasons.
    let around = tree.up(at).take(3).filter(|&up| up == at || tree.below(up).len() <= 24);
    let mut said = None;
    for part in parts.chain(around) {
        let called = called(tree, part);
        if NOT.is_match(&called) {
            return false;
        }
        said = said.or(YES.is_match(&called).then_some(true));
    }
    said.unwrap_or(false)
}
