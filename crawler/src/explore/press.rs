//! What a person can press: links, buttons, things that listen or look like buttons, the innermost that means something.

use model::units::Area;

use super::address::{self, Leads};
use super::layers::Layers;
use super::lexicon::{Form, LEXICON};
use super::names::names;
use super::tree::Tree;
use super::{fields, label};

/// Chinese letters, others count half; longer words are no label of a button.
const MOST_LABEL: usize = 24;
/// A thing with a listener that is larger than this share of the screen is a panel.
const MOST_SHARE: f64 = 0.5;
/// What holds more nodes than this is a page, not a button.
const MOST_HELD: usize = 1_500;
/// More things than this are not compared.
const MOST: usize = 2_000;

/// Something that can be pressed.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) node: usize,
    pub(super) words: String,
    pub(super) form: Form,
    pub(super) leads: Leads,
    pub(super) area: Area,
    /// Made as a button, not only clickable.
    pub(super) made: bool,
    /// Drawn as a button: a filled box.
    pub(super) filled: bool,
    /// A picture, without words on it.
    pub(super) picture: bool,
    /// A card or a paragraph rather than a button.
    pub(super) card: bool,
    /// Pieces of what its makers call it.
    pub(super) names: Vec<String>,
}

/// All things in document order; of nested ones the innermost that means something.
pub(super) fn of(tree: &Tree<'_>, layers: &Layers) -> Vec<Thing> {
    let mut kept: Vec<Thing> = Vec::new();
    for inner in tree.all().filter_map(|at| thing(tree, layers, at)).take(MOST) {
        // They come in document order: those around it are the last ones that still hold it.
        let around = kept.iter().rposition(|outer| tree.within(inner.node, outer.node));
        match around.map(|at| (at, choose(&kept[at], &inner))) {
            Some((_, Choice::Outer)) => {}
            None | Some((_, Choice::Both)) => kept.push(inner),
            Some((at, Choice::Inner)) => {
                let outer = kept.remove(at);
                kept.push(Thing { filled: inner.filled || outer.filled && outer.form == inner.form, ..inner });
            }
        }
    }
    kept.sort_by_key(|thing| thing.node);
    kept
}

enum Choice {
    Outer,
    Inner,
    Both,
}

fn choose(outer: &Thing, inner: &Thing) -> Choice {
    let leads_elsewhere = inner.leads != outer.leads;
    if inner.words.is_empty() && !outer.words.is_empty() {
        // A close mark in a corner of a card stays; an icon on a button is part of it.
        let mark = outer.card && (names(&inner.names, &LEXICON.names.close) || leads_elsewhere);
        return if mark { Choice::Both } else { Choice::Outer };
    }
    if inner.words == outer.words {
        return if (outer.made || outer.leads.href().is_some()) && !inner.made { Choice::Outer } else { Choice::Inner };
    }
    match (outer.made, inner.made) {
        (true, false) if !outer.card => Choice::Outer,
        // A close mark in the corner of a picture that is a button itself.
        _ if outer.words.is_empty() && outer.area.size() > 3.0 * inner.area.size() => Choice::Both,
        _ if outer.leads.href().is_some() && !leads_elsewhere && !inner.made && !inner.filled => Choice::Outer,
        _ => Choice::Inner,
    }
}

fn thing(tree: &Tree<'_>, layers: &Layers, at: usize) -> Option<Thing> {
    let node = tree.node(at);
    let no =
        matches!(node.tag.as_str(), "html" | "body" | "option" | "select" | "form" | "iframe" | "video" | "fieldset");
    if node.text.is_some()
        || no
        || tree.below(at).len() > MOST_HELD
        || is_disabled(tree, at)
        || fields::is_field(tree, at)
    {
        return None;
    }
    let own = tree.names(at);
    let (made, launches) = (is_made(tree, at, &own), node.tag.starts_with("wx-open-launch"));
    // An `a` without an address is there for a script.
    let link = matches!(node.tag.as_str(), "a" | "area");
    let listens = listens(tree, at) && node.tag != "label";
    let looks = looks_pressable(tree, at);
    let marked = is_mark(tree, layers, at, &own);
    if !(made || link || listens || looks || marked || launches) {
        return None;
    }
    if launches {
        return Some(launcher(tree, at, own));
    }
    let area = drawn(tree, at).filter(|area| area.w >= 7.0 && area.h >= 7.0)?;
    if layers.is_hidden(tree, at, area) {
        return None;
    }
    let words = label::of(tree, at);
    let long = words.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum::<usize>() > 2 * MOST_LABEL;
    // A hot zone on a picture has nothing of its own to show.
    let zone = words.is_empty() && (link || listens) && is_zone(tree, at, &area);
    let picture = zone
        || label::shown(tree, at).is_empty()
            && std::iter::once(at).chain(tree.below(at)).any(|below| is_picture(tree, below));
    if words.is_empty() && !picture && !made && !marked {
        return None;
    }
    let panel = area.size() > MOST_SHARE * tree.screen().size();
    let leads = address::of(tree, at);
    // A panel with a listener hears what is pressed inside it; a picture of that size is a picture to press.
    if panel && !picture && (!made || long) {
        return None;
    }
    if long && !made && !link && area.h > 0.5 * tree.screen().h {
        return None;
    }
    let filled = looks || is_filled(tree, at, &area);
    let form = LEXICON.form(&words);
    Some(Thing { node: at, form, words, leads, area, made, filled, picture, card: long, names: own })
}

/// An element of WeChat's that opens an app or a mini program; outside WeChat nothing may be drawn of it.
fn launcher(tree: &Tree<'_>, at: usize, names: Vec<String>) -> Thing {
    let words = label::of(tree, at);
    let area = tree.node(at).area.unwrap_or_default();
    let target = ["username", "appid"].map(|name| tree.attr(at, name)).into_iter().find(|id| !id.is_empty());
    let leads = Leads::App(format!("weixin://launch/{}", target.unwrap_or_default()));
    Thing {
        node: at,
        form: LEXICON.form(&words),
        words,
        leads,
        area,
        made: true,
        filled: false,
        picture: false,
        card: false,
        names,
    }
}

/// The box that a person sees of it: an inline link's own box is a line of text, whatever stands in it.
fn drawn(tree: &Tree<'_>, at: usize) -> Option<Area> {
    let own = tree.seen(at);
    let inline = tree.style(at).is_none_or(|style| matches!(style.display.as_str(), "inline" | "contents"));
    let flat = own.is_none_or(|own| own.h < 7.0 || own.w < 7.0);
    let holds = |below: usize| tree.node(below).text.is_none() && is_picture(tree, below);
    let own_line = inline && tree.below(at).any(holds);
    if !(flat || own_line) {
        return own;
    }
    let whole = if flat { None } else { own };
    tree.below(at)
        .filter_map(|below| tree.seen(below))
        .fold(whole, |all, area| Some(all.map_or(area, |all| all.union(&area))))
        .or(own)
}

fn is_zone(tree: &Tree<'_>, at: usize, area: &Area) -> bool {
    let lifted = tree.style(at).is_some_and(|style| matches!(style.position.as_str(), "absolute" | "fixed"));
    lifted && area.w >= 60.0 && area.h >= 24.0
}

fn is_disabled(tree: &Tree<'_>, at: usize) -> bool {
    tree.node(at).attrs.contains_key("disabled") || tree.attr(at, "aria-disabled") == "true"
}

fn is_made(tree: &Tree<'_>, at: usize, own: &[String]) -> bool {
    match tree.tag(at) {
        "button" | "summary" => true,
        "input" => {
            matches!(tree.attr(at, "type").to_ascii_lowercase().as_str(), "submit" | "button" | "image" | "reset")
        }
        "img" | "svg" | "i" | "label" | "path" => false,
        _ if matches!(tree.attr(at, "role"), "button" | "tab" | "link" | "menuitem" | "switch") => true,
        _ if tree.node(at).attrs.contains_key("aria-expanded") => true,
        _ => {
            own.iter().any(|piece| LEXICON.names.button.contains(piece))
                && !own.iter().any(|piece| LEXICON.names.group.contains(piece))
        }
    }
}

/// Whether a listener stands on it, or the pointer changes here.
fn listens(tree: &Tree<'_>, at: usize) -> bool {
    let points = |at: usize| tree.style(at).is_some_and(|style| style.pointer);
    tree.node(at).clickable
        || tree.node(at).attrs.contains_key("onclick")
        || (points(at) && !tree.parent(at).is_some_and(points))
}

/// A small thing that its makers call a close mark, though nothing says that it listens.
fn is_mark(tree: &Tree<'_>, layers: &Layers, at: usize, own: &[String]) -> bool {
    let small = tree.seen(at).is_some_and(|area| area.w <= 64.0 && area.h <= 64.0);
    small && layers.layer(at).is_some() && (names(own, &LEXICON.names.close) || is_cross(&label::shown(tree, at)))
}

/// A letter drawn as a close mark.
pub(super) fn is_cross(words: &str) -> bool {
    matches!(
        words.trim(),
        "×" | "✕"
            | "✖"
            | "╳"
            | "☓"
            | "⨉"
            | "⨯"
            | "ⓧ"
            | "✗"
            | "✘"
            | "❌"
            | "❎"
            | "X"
            | "x"
            | "Χ"
            | "乂"
            | "㐅"
            | "⊗"
            | "⮾"
            | "🗙"
            | "✖️"
    )
}

/// Whether it is drawn as a button is: one short line in the middle of a filled box. Many pages listen for presses on the
/// whole document, so that no listener tells.
fn looks_pressable(tree: &Tree<'_>, at: usize) -> bool {
    /// A finger needs about this much; a taller or narrower box is a panel or a badge. CSS pixels.
    const HEIGHTS: std::ops::RangeInclusive<f64> = 28.0..=90.0;
    const LEAST_WIDTH: f64 = 64.0;
    let plain =
        matches!(tree.tag(at), "div" | "span" | "p" | "em" | "b" | "i" | "strong" | "a" | "section" | "li" | "td");
    let (Some(area), Some(style), true) = (tree.seen(at), tree.style(at), plain) else { return false };
    if !HEIGHTS.contains(&area.h) || area.w < LEAST_WIDTH || !is_filled(tree, at, &area) {
        return false;
    }
    let mut lines = tree.texts(at).flat_map(|(text, _)| tree.node(text).lines.iter().map(|line| line.area));
    let Some(text) = lines.next().map(|first| lines.fold(first, |all, line| all.union(&line))) else { return false };
    let off_middle = ((text.x + text.right()) - (area.x + area.right())).abs() / 2.0;
    let off_height = ((text.y + text.bottom()) - (area.y + area.bottom())).abs() / 2.0;
    let one_line = style.font_px > 0.0 && text.h < 1.9 * style.font_px.max(12.0);
    one_line && text.w < 0.92 * area.w && off_middle < 0.08 * area.w && off_height < 0.3 * area.h
}

/// Whether it is filled with a colour or picture that differs from what lies around it.
fn is_filled(tree: &Tree<'_>, at: usize, area: &Area) -> bool {
    /// Per channel; less is a shade of the page.
    const OTHER_COLOUR: u8 = 24;
    let Some(style) = tree.style(at) else { return false };
    let behind = tree.up(at).skip(1).find_map(|up| tree.style(up)?.background);
    // A gradient is told by its words: behind them lies no colour.
    let gradient = || {
        style.background.is_none()
            && tree.texts(at).next().is_some_and(|(text, _)| {
                let over = tree.style(text).is_some_and(|style| style.background.is_none());
                let around =
                    tree.parent(at).and_then(|parent| tree.style(parent)).is_some_and(|style| style.background_image);
                over && !around && area.h <= 120.0
            })
    };
    match (style.background, behind) {
        (Some(own), behind) => {
            own.iter().zip(behind.unwrap_or([255; 3])).any(|(own, behind)| own.abs_diff(behind) >= OTHER_COLOUR)
        }
        (None, _) => style.background_image || gradient(),
    }
}

fn is_picture(tree: &Tree<'_>, at: usize) -> bool {
    matches!(tree.tag(at), "img" | "canvas" | "svg" | "input" | "area" | "i")
        || tree.style(at).is_some_and(|style| style.background_image)
}
