//! Boxes to tick, real and drawn, and whether they were found ticked.

use std::sync::LazyLock;

use image::RgbImage;
use model::units::Area;
use regex::Regex;

use super::tree::Tree;
use super::{ticks, words};

/// A check box on its way to `model::statement::Checkbox`.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) node: usize,
    pub(super) label: String,
    /// The element that holds box and words.
    pub(super) holder: Option<usize>,
    /// None when nothing tells.
    pub(super) checked: Option<bool>,
    pub(super) drawn: bool,
    /// A radio button.
    pub(super) choice: bool,
    pub(super) area: Option<Area>,
    /// The drawn box alone, for the picture to tell whether there is a tick in it.
    mark: Option<Area>,
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
        // A mark drawn as a character is no word of the label; icon fonts use characters of no meaning.
        let is_mark = |c: char| c.is_whitespace() || state(c).is_some() || ('\u{e000}'..='\u{f8ff}').contains(&c);
        let label = label.trim_start_matches(is_mark).to_owned();
        if label.is_empty() || !(tree.is_visible(at) || (input && holder.is_some())) {
            continue;
        }
        let checked = if input {
            Some(node.checked.unwrap_or_else(|| node.attrs.contains_key("checked")))
        } else {
            said(tree, at).or_else(|| drawn_tick(tree, at))
        };
        let area = node.area.filter(|_| tree.is_visible(at)).or_else(|| holder.and_then(|h| tree.node(h).area));
        let mark = if input { None } else { mark(tree, at) };
        let choice =
            [tree.attr(at, "type"), tree.attr(at, "role")].iter().any(|kind| kind.eq_ignore_ascii_case("radio"));
        found.push(Found { node: at, label, holder, checked, drawn: !input, choice, area, mark });
    }
    found.sort_by_key(|f| f.node);
    found
}

/// Asks the picture about the boxes of which nothing else tells the state.
pub(super) fn look(found: &mut [Found], full: &RgbImage, scale: f64) {
    for unknown in found.iter_mut().filter(|f| f.checked.is_none()) {
        unknown.checked = unknown.mark.and_then(|mark| ticks::is_ticked(full, &mark, scale));
    }
}

/// The small square of a box: its own, or the one it holds.
fn mark(tree: &Tree, at: usize) -> Option<Area> {
    let square = |&at: &usize| tree.node(at).text.is_none() && is_small(tree, at) && tree.is_visible(at);
    std::iter::once(at).chain(tree.below(at).take(8)).find(square).and_then(|at| tree.node(at).area)
}

/// Of the size and shape of a box to tick.
fn is_small(tree: &Tree, at: usize) -> bool {
    tree.node(at).area.is_some_and(|a| {
        (7.0..=48.0).contains(&a.w) && (7.0..=48.0).contains(&a.h) && a.w < 2.0 * a.h && a.h < 2.0 * a.w
    })
}

/// Whether a tick stands in it as a character: `::before { content: '✓' }`, or the empty box does: 「☐」.
fn drawn_tick(tree: &Tree, at: usize) -> Option<bool> {
    let marks = tree.below(at).take(8).filter(|&n| tree.is_legible(n)).filter_map(|n| tree.node(n).text.as_deref());
    marks.flat_map(str::chars).find_map(state)
}

/// Whether a character shows a ticked box or an empty one.
fn state(mark: char) -> Option<bool> {
    match mark {
        '✓' | '✔' | '√' | '☑' | '✅' | '☒' | '🗸' | '🗹' | '●' | '◉' | '🔘' => Some(true),
        '☐' | '□' | '▢' | '○' | '◯' | '⬜' | '〇' => Some(false),
        _ => None,
    }
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
    // What a style draws before the words of a thing has no name of its own.
    static HOLDER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"check|agree|tick|gou(?:xuan)?\b|protocol|xieyi|treaty|radio|consent")
            .expect("internal error: the pattern is right")
    });
    let node = tree.node(at);
    if node.tag == "::before" || node.tag == "::after" {
        let held = tree
            .parent(at)
            .is_some_and(|holder| tree.node(holder).tag != "label" && HOLDER.is_match(&words::names(tree, holder)));
        let says_only_a_mark = !words::of(tree, at).chars().any(char::is_alphanumeric);
        return held && is_small(tree, at) && tree.is_visible(at) && says_only_a_mark;
    }
    if node.text.is_some() || matches!(node.tag.as_str(), "input" | "label" | "a" | "button" | "option" | "select") {
        return false;
    }
    // With words in it, it is a tab or an option.
    let says_only_a_mark = !words::of(tree, at).chars().any(char::is_alphanumeric);
    is_small(tree, at) && tree.is_visible(at) && NAMED.is_match(&called(tree, at)) && says_only_a_mark
}

/// Names and the file name of the picture.
fn called(tree: &Tree, at: usize) -> String {
    let file = tree.attr(at, "src").rsplit('/').next().unwrap_or_default();
    // A framework calls all its own boxes so, ticked or not.
    let names = words::names(tree, at).replace("layui-unselect", "");
    format!("{names} {}", if file.len() <= 80 { file.to_lowercase() } else { String::new() })
}

/// The state, from ARIA or from the names of the box, what holds it closely, and what it holds; none when they say
/// nothing of it.
fn said(tree: &Tree, at: usize) -> Option<bool> {
    static NOT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:un|no|not|non|dis)[_-]?(?:check|select|tick|agree|choose|active)|(?:check|select|agree|tick|radio|box|gou)(?:ed)?[\w]*[_-]?(?:off|no|un|null|empty|default|0|false)(?:[\s_.-]|$)").expect("internal error: the pattern is right")
    });
    static YES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"checked|selected|ticked|chosen|xuanzhong|agreed|(?:check|agree|tick|box|radio)[a-z]*(?:active|yes|true)\b|(?:^|[\s_-])(?:active|on|cur|current|is-on|sel)(?:[\s_.-]|$)|(?:check|agree|tick|select|gou)[_-]?(?:on|yes|ok|1|true|active|sel|h)?\.(?:png|jpe?g|svg|gif|webp)")
            .expect("internal error: the pattern is right")
    });
    for up in tree.up(at).take(3) {
        for name in ["aria-checked", "data-checked", "data-state", "aria-pressed"] {
            match tree.attr(up, name) {
                "true" | "mixed" | "checked" | "1" | "on" => return Some(true),
                "false" | "unchecked" | "0" | "off" => return Some(false),
                _ => {}
            }
        }
    }
    let parts = tree.below(at).take(8);
    // What holds more than the box and its words may be called `active` for other reasons.
    let around = tree.up(at).take(3).filter(|&up| up == at || tree.below(up).len() <= 24);
    let mut said = None;
    for part in parts.chain(around) {
        let called = called(tree, part);
        if NOT.is_match(&called) {
            return Some(false);
        }
        said = said.or(YES.is_match(&called).then_some(true));
    }
    said
}
