//! What lies above the page and hides it: pop-ups, dialogs, sheets, masks, and boxes painted over others.

use model::units::Area;

use super::lexicon::LEXICON;
use super::names::names;
use super::tree::Tree;

/// Share of the screen, each way, from which a layer covers all of it.
const WHOLE: f64 = 0.8;
/// Share of the screen from which a fixed box above others is a layer; a bar at the bottom is none.
const LEAST_SHARE: f64 = 0.15;
/// More layers than this are not told apart.
const MOST: usize = 60;
/// More boxes that could be layers are not looked at.
const MOST_TRIED: usize = 400;
/// More boxes than this are not compared.
const MOST_BOXES: usize = 600;

/// The layers of a page.
pub(super) struct Layers {
    layers: Vec<Layer>,
    /// For each node, the outermost layer in which it stands.
    of: Vec<Option<usize>>,
    /// Opaque boxes painted on their own, which hide what is painted before.
    boxes: Vec<Hiding>,
}

struct Layer {
    at: usize,
    area: Area,
    paint: u32,
    /// Nothing below can be reached while it is there.
    whole: bool,
    fixed: bool,
}

struct Hiding {
    at: usize,
    area: Area,
    paint: u32,
}

/// A text, or something to press, that can lie under a layer.
struct Thing {
    at: usize,
    area: Area,
    paint: u32,
}

impl Layers {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let things = things(tree);
        let mut found = Self { layers: Vec::new(), of: vec![None; tree.snapshot.nodes.len()], boxes: boxes(tree) };
        for at in tree.all().filter(|&at| could_be(tree, at)).take(MOST_TRIED) {
            if found.layers.len() >= MOST {
                break;
            }
            if found.of[at].is_none() && is_layer(tree, at, &things) {
                let index = found.layers.len();
                found.layers.push(layer(tree, at));
                found.of[tree.part(at)].fill(Some(index));
            }
        }
        found.join_boxes_above_masks(tree);
        found
    }

    /// A mask and the box it belongs to are often siblings: what is lifted above a mask is a layer as well.
    fn join_boxes_above_masks(&mut self, tree: &Tree<'_>) {
        let Some(mask) = self.layers.iter().filter(|layer| layer.whole).map(|layer| layer.paint).max() else { return };
        for at in tree.all() {
            if self.layers.len() >= MOST {
                return;
            }
            let lifted = tree.style(at).is_some_and(|style| matches!(style.position.as_str(), "fixed" | "absolute"));
            if lifted && self.of[at].is_none() && tree.node(at).paint > mask && tree.seen(at).is_some() {
                let index = self.layers.len();
                self.layers.push(Layer { whole: false, ..layer(tree, at) });
                self.of[tree.part(at)].fill(Some(index));
            }
        }
    }

    pub(super) fn layer(&self, at: usize) -> Option<usize> {
        self.of[at]
    }

    /// The element that makes a layer.
    pub(super) fn node(&self, layer: usize) -> usize {
        self.layers[layer].at
    }

    /// The box of a layer's content, for finding its corners: of the largest opaque box in it, or its own.
    pub(super) fn area(&self, layer: usize) -> Area {
        self.layers[layer].area
    }

    /// Whether a layer keeps the visitor from all of the page.
    pub(super) fn cover_the_page(&self) -> bool {
        self.layers.iter().any(|layer| layer.whole && layer.fixed)
    }

    /// Whether a layer lies above the node, so that a person has to close it first.
    pub(super) fn covers(&self, tree: &Tree<'_>, at: usize, area: Area) -> bool {
        let (x, y, paint) = (area.x + area.w / 2.0, area.y + area.h / 2.0, tree.node(at).paint);
        self.layers.iter().filter(|layer| layer.paint > paint && !tree.within(at, layer.at)).any(|layer| {
            let over = layer.area.x <= x && x < layer.area.right() && layer.area.y <= y && y < layer.area.bottom();
            let stays = tree.is_fixed(at) || !layer.fixed || !tree.scrolls();
            (layer.whole && layer.fixed) || (over && stays)
        })
    }

    /// Whether something that is no layer is painted over all of the node.
    pub(super) fn is_hidden(&self, tree: &Tree<'_>, at: usize, area: Area) -> bool {
        let paint = tree.node(at).paint;
        let fixed = tree.is_fixed(at);
        self.boxes.iter().filter(|hiding| hiding.paint > paint && self.of[hiding.at] == self.of[at]).any(|hiding| {
            let related = tree.within(hiding.at, at) || tree.within(at, hiding.at);
            // What stays on the screen is scrolled past.
            let passes = tree.is_fixed(hiding.at) && !fixed;
            let seen = hiding.area.intersection(&area);
            !related && !passes && seen.size() >= 0.9 * area.size()
        })
    }
}

fn layer(tree: &Tree<'_>, at: usize) -> Layer {
    let area = tree.node(at).area.unwrap_or_default();
    let screen = tree.screen();
    let own = area.intersection(&screen);
    let modal = tree.tag(at) == "dialog" && tree.is_fixed(at);
    Layer {
        at,
        area,
        paint: tree.node(at).paint,
        whole: modal || (own.w >= WHOLE * screen.w && own.h >= WHOLE * screen.h),
        fixed: tree.is_fixed(at),
    }
}

fn could_be(tree: &Tree<'_>, at: usize) -> bool {
    let Some(style) = tree.style(at) else { return false };
    let Some(area) = tree.seen(at) else { return false };
    let screen = tree.screen();
    let share = (area.w.min(screen.w) * area.h.min(screen.h)) / screen.size();
    let lifted = matches!(style.position.as_str(), "fixed" | "absolute");
    is_dialog(tree, at) || (lifted && share >= LEAST_SHARE)
}

fn is_dialog(tree: &Tree<'_>, at: usize) -> bool {
    tree.tag(at) == "dialog"
        || matches!(tree.attr(at, "role"), "dialog" | "alertdialog")
        || tree.attr(at, "aria-modal") == "true"
}

fn is_layer(tree: &Tree<'_>, at: usize, things: &[Thing]) -> bool {
    let own_names = tree.names(at);
    let holds_press = tree.part(at).any(|below| can_be_pressed(tree, below));
    let holds_words = tree.texts(at).next().is_some();
    if names(&own_names, &LEXICON.names.passing) && !holds_press {
        return false;
    }
    if is_dialog(tree, at) {
        return true;
    }
    let fixed = tree.style(at).is_some_and(|style| style.position == "fixed");
    let named = names(&own_names, &LEXICON.names.mask);
    let whole = layer(tree, at).whole;
    let opaque = tree.style(at).is_some_and(|style| style.background.is_some());
    let shows = holds_words
        || holds_press
        || tree.below(at).any(|below| tree.tag(below) == "img" && tree.seen(below).is_some());
    // A picture's hot zone is a link of its own and holds nothing.
    if !fixed && !(whole && (opaque || named)) && !(named && shows) {
        return false;
    }
    if !(shows || (whole && (opaque || named))) {
        return false;
    }
    let (area, paint) = (tree.node(at).area.unwrap_or_default(), tree.node(at).paint);
    things.iter().any(|thing| {
        !tree.within(thing.at, at)
            && !tree.within(at, thing.at)
            && thing.paint < paint
            && !thing.area.intersection(&area).is_empty()
    })
}

fn can_be_pressed(tree: &Tree<'_>, at: usize) -> bool {
    let node = tree.node(at);
    matches!(node.tag.as_str(), "a" | "button" | "input") || node.clickable || node.attrs.contains_key("onclick")
}

fn things(tree: &Tree<'_>) -> Vec<Thing> {
    let screen = tree.screen();
    let thing = |at: usize| {
        let area =
            if tree.is_legible(at) { tree.node(at).area } else { tree.seen(at).filter(|_| can_be_pressed(tree, at)) };
        let area = area.filter(|area| area.y < 1.5 * screen.h)?;
        Some(Thing { at, area, paint: tree.node(at).paint })
    };
    tree.all().filter_map(thing).take(5_000).collect()
}

/// Boxes that hide what lies below: of one colour, or a picture.
fn boxes(tree: &Tree<'_>) -> Vec<Hiding> {
    let hides = |at: usize| {
        let style = tree.style(at).filter(|_| tree.node(at).text.is_none())?;
        let opaque = style.opacity >= 0.95 && (style.background.is_some() || tree.tag(at) == "img");
        let area = tree.seen(at).filter(|_| opaque && tree.node(at).paint > 1)?;
        Some(Hiding { at, area, paint: tree.node(at).paint })
    };
    tree.all().filter_map(hides).take(MOST_BOXES).collect()
}
