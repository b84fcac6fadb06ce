//! What a person can press.

use std::sync::LazyLock;

use model::units::Area;
use regex::Regex;

use super::tree::Tree;
use super::{fields, words};
use crate::text::folded;

/// A longer text is no label of a button.
const MAX_LABEL: usize = 24;
/// A link or a thing with a listener that is larger than this share of the screen is a panel.
const MAX_SHARE: f64 = 0.5;
/// More candidates than this are not compared.
const MAX_CANDIDATES: usize = 3_000;

/// A button on its way to `model::statement::Button`.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) node: usize,
    pub(super) label: String,
    pub(super) href: Option<String>,
    pub(super) area: Area,
    /// Made as a button, not only clickable.
    made: bool,
}

/// All buttons in document order; of nested ones the innermost that means something.
pub(super) fn of(tree: &Tree) -> Vec<Found> {
    let mut kept: Vec<Found> = Vec::new();
    for candidate in tree.nodes().filter_map(|(at, _)| candidate(tree, at)).take(MAX_CANDIDATES) {
        // Candidates come in document order: those around it are the last ones that still hold it.
        let around = kept.iter().rposition(|k| tree.within(candidate.node, k.node));
        match around.map(|at| (at, choose(&kept[at], &candidate))) {
            None => kept.push(candidate),
            Some((_, Choice::Outer)) => {}
            Some((_, Choice::Both)) => kept.push(candidate),
            Some((at, Choice::Inner)) => {
                let outer = kept.remove(at);
                let href = candidate.href.clone().or(if outer.label == candidate.label { outer.href } else { None });
                kept.push(Found { href, ..candidate });
            }
        }
    }
    kept.sort_by_key(|k| k.node);
    kept
}

enum Choice {
    Outer,
    Inner,
    Both,
}

fn choose(outer: &Found, inner: &Found) -> Choice {
    if inner.label.is_empty() && !outer.label.is_empty() {
        return Choice::Outer;
    }
    if inner.label == outer.label {
        return if outer.made && !inner.made { Choice::Outer } else { Choice::Inner };
    }
    match (outer.made, inner.made) {
        (true, false) => Choice::Outer,
        // A close mark in the corner of a picture that is a button itself.
        _ if outer.label.is_empty() && outer.area.size() > 3.0 * inner.area.size() => Choice::Both,
        _ => Choice::Inner,
    }
}

fn candidate(tree: &Tree, at: usize) -> Option<Found> {
    let node = tree.node(at);
    if node.text.is_some()
        || matches!(node.tag.as_str(), "html" | "body" | "label" | "option" | "form" | "iframe")
        || fields::is_field(tree, at)
    {
        return None;
    }
    let made = is_made(tree, at);
    let link = node.tag == "a" && node.attrs.contains_key("href");
    let pressed = made || link || is_clickable(tree, at) || looks_pressable(tree, at);
    if !pressed {
        return None;
    }
    let area = node.area.filter(|a| a.w >= 12.0 && a.h >= 10.0)?;
    if !tree.is_visible(at) {
        return None;
    }
    let label = label(tree, at);
    let pictured = label.is_empty();
    if label.chars().count() > MAX_LABEL || (!made && !is_boxed(tree, at, &area, link, pictured)) {
        return None;
    }
    let href = tree
        .up(at)
        .find(|&up| tree.node(up).tag == "a")
        .map(|a| tree.attr(a, "href"))
        .filter(|h| !h.is_empty())
        .map(str::to_owned);
    Some(Found { node: at, label, href, area, made })
}

fn is_made(tree: &Tree, at: usize) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[\s_-])(?:btn|button|submit)(?:$|[\s_-]|\d)|(?:^|[\s_-])\w*(?:btn|button)(?:$|\s)")
            .expect("internal error: the pattern is right")
    });
    static GROUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:btn|button)s?[_-]?(?:group|wrap|box|bar|list|area|container|con|row|content)")
            .expect("internal error: the pattern is right")
    });
    let node = tree.node(at);
    match node.tag.as_str() {
        "button" => true,
        "input" => matches!(tree.attr(at, "type").to_lowercase().as_str(), "submit" | "button" | "image" | "reset"),
        "img" | "svg" | "i" => false,
        _ if tree.attr(at, "role") == "button" => true,
        _ => {
            let class = tree.attr(at, "class").to_lowercase();
            NAMED.is_match(&class) && !GROUP.is_match(&class)
        }
    }
}

/// Whether a listener stands on it, or the pointer changes here.
fn is_clickable(tree: &Tree, at: usize) -> bool {
    let points = |at: usize| tree.style(at).is_some_and(|s| s.pointer);
    tree.node(at).clickable
        || tree.node(at).attrs.contains_key("onclick")
        || (points(at) && !tree.parent(at).is_some_and(points))
}

/// Whether it is drawn as a button is: one short line in the middle of a filled box. Many pages listen for presses on the
/// whole document, so that no listener tells.
fn looks_pressable(tree: &Tree, at: usize) -> bool {
    /// A finger needs about this much; a taller or narrower box is a panel or a badge. CSS pixels.
    const HEIGHTS: std::ops::RangeInclusive<f64> = 30.0..=84.0;
    const LEAST_WIDTH: f64 = 88.0;
    /// Per channel; less is a shade of the page.
    const OTHER_COLOUR: u8 = 24;
    let node = tree.node(at);
    let plain = matches!(node.tag.as_str(), "div" | "span" | "p" | "em" | "b" | "i" | "strong" | "a" | "section");
    let (Some(area), Some(style), true) = (node.area, node.style.as_ref(), plain) else { return false };
    // The words of a drawing are a picture's, and no label.
    if tree.below(at).any(|n| tree.node(n).tag == "svg" && tree.below(n).any(|inner| tree.node(inner).text.is_some())) {
        return false;
    }
    if !HEIGHTS.contains(&area.h) || area.w < LEAST_WIDTH {
        return false;
    }
    let behind = tree.up(at).skip(1).find_map(|up| tree.style(up)?.background);
    let filled = match (style.background, behind) {
        (Some(own), Some(behind)) => own.iter().zip(behind).any(|(a, b)| a.abs_diff(b) >= OTHER_COLOUR),
        (None, _) => style.background_image,
        (Some(_), None) => true,
    };
    let mut lines =
        tree.below(at).filter(|&n| tree.node(n).text.is_some()).flat_map(|n| &tree.node(n).lines).map(|l| l.area);
    let Some(text) = lines.next().map(|first| lines.fold(first, |all, line| all.union(&line))) else { return false };
    let off_middle = ((text.x + text.right()) - (area.x + area.right())).abs() / 2.0;
    let one_line = style.font_px > 0.0 && text.h < 1.9 * style.font_px;
    filled && one_line && text.w < 0.92 * area.w && off_middle < 0.08 * area.w
}

/// Whether something clickable looks like a button rather than a word in a sentence or a panel.
fn is_boxed(tree: &Tree, at: usize, area: &Area, link: bool, pictured: bool) -> bool {
    let (width, height) = tree.screen();
    let panel = area.size() > MAX_SHARE * width * height;
    let inline = tree.style(at).is_some_and(|s| s.display == "inline");
    if pictured {
        return !panel && std::iter::once(at).chain(tree.below(at)).any(|n| is_picture(tree, n));
    }
    // The name of an agreement, and a link among the words of a check box, are read rather than pressed.
    let read = link
        && (words::of(tree, at).starts_with(['《', '<', '〈']) || tree.up(at).any(|up| tree.node(up).tag == "label"));
    let word = (link && inline && area.h < 28.0) || read;
    !panel && !word
}

fn is_picture(tree: &Tree, at: usize) -> bool {
    matches!(tree.node(at).tag.as_str(), "img" | "canvas" | "svg" | "input")
        || tree.node(at).style.as_ref().is_some_and(|s| s.background_image)
}

fn label(tree: &Tree, at: usize) -> String {
    let node = tree.node(at);
    let words = words::of(tree, at);
    if !words.is_empty() {
        return words;
    }
    if node.tag == "input" {
        let default = if tree.attr(at, "type") == "submit" { "提交" } else { "" };
        let value = node.value.as_deref().filter(|v| !v.is_empty()).unwrap_or_else(|| tree.attr(at, "value"));
        return [value, tree.attr(at, "alt"), default]
            .into_iter()
            .map(folded)
            .find(|l| !l.is_empty())
            .unwrap_or_default();
    }
    // What a picture says it is, then what the page says to those who cannot see.
    let alt = std::iter::once(at)
        .chain(tree.below(at))
        .filter(|&n| tree.node(n).tag == "img")
        .map(|n| folded(tree.attr(n, "alt")))
        .find(|a| !a.is_empty());
    alt.unwrap_or_else(|| {
        [tree.attr(at, "aria-label"), tree.attr(at, "title")]
            .into_iter()
            .map(folded)
            .find(|l| !l.is_empty())
            .unwrap_or_default()
    })
}

/// Whether pressing it sends a code.
pub(super) fn sends_code(normal_label: &str) -> bool {
    static SENDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?:获取|发送|点击获取|重新(?:获取|发送)|获得|免费获取|接收)(?:短信|动态|手机|语音)?(?:验证|校验|密)?码|(?:get|send|resend|request) (?:the |my |a )?(?:sms |otp |verification )?(?:code|otp|sms|pin)|^\\d+ ?s(?:后|$)")
            .expect("internal error: the pattern is right")
    });
    SENDS.is_match(normal_label)
}
