//! How well words can be seen, beyond their own style: what lies over them, what the picture shows, why nobody sees them.

use image::RgbImage;
use model::evidence::PagePlace;
use model::statement::{Hidden, ReadBy, Statement};
use model::units::Area;

use super::tree::Tree;

/// More things that could lie over words are not compared; the largest count.
const MOST_COVERS: usize = 1_500;
/// Square CSS pixels; less hides no word.
const LEAST_COVER: f64 = 60.0;
/// Less opaque things leave legible what is below.
const OPAQUE: f64 = 0.9;
/// Points of a box, across and down, that are looked at for what lies over them.
const POINTS: (u32, u32) = (12, 3);
/// More statements of one page are not measured.
const MOST_MEASURED: usize = 600;
/// Below this the picture shows the noise of its compression, and no letters.
const LEAST_CONTRAST: f64 = 1.1;

/// Something opaque that is drawn above other things.
struct Cover {
    node: usize,
    area: Area,
    paint: u32,
    /// It stays where it is while what is below scrolls out from under it.
    passing: bool,
}

/// Everything on a page that could hide words below it.
pub(super) struct Covers(Vec<Cover>);

impl Covers {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut covers: Vec<Cover> = tree.nodes().filter_map(|(at, _)| cover(tree, at)).collect();
        if covers.len() > MOST_COVERS {
            covers.sort_by(|a, b| b.area.size().total_cmp(&a.area.size()));
            covers.truncate(MOST_COVERS);
        }
        covers.sort_by_key(|cover| std::cmp::Reverse(cover.paint));
        Self(covers)
    }

    /// The share of an area of a node that lies under something opaque.
    fn share(&self, tree: &Tree, at: usize, area: &Area) -> f64 {
        let paint = tree.node(at).paint;
        let fixed = tree.is_fixed(at);
        let above: Vec<&Area> = self
            .0
            .iter()
            .take_while(|cover| cover.paint > paint)
            .filter(|cover| !(tree.within(at, cover.node) || (cover.passing && !fixed)))
            .map(|cover| &cover.area)
            .filter(|cover| !cover.intersection(area).is_empty())
            .collect();
        if above.is_empty() {
            return 0.0;
        }
        let (across, down) = POINTS;
        let middle = |n: u32, of: u32| (f64::from(n) + 0.5) / f64::from(of);
        let hidden = (0..across * down).filter(|n| {
            let (x, y) = (area.x + area.w * middle(n % across, across), area.y + area.h * middle(n / across, down));
            above.iter().any(|a| a.x <= x && x < a.right() && a.y <= y && y < a.bottom())
        });
        f64::from(u32::try_from(hidden.count()).unwrap_or_default()) / f64::from(across * down)
    }
}

fn cover(tree: &Tree, at: usize) -> Option<Cover> {
    let node = tree.node(at);
    let style = node.style.as_ref()?;
    // A picture may be transparent where the words are, unless its kind knows no such thing.
    let src = tree.attr(at, "src").split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let photo = node.tag == "img" && (src.ends_with(".jpg") || src.ends_with(".jpeg"));
    let opaque = (style.background.is_some() && node.text.is_none()) || photo || node.tag == "video";
    if !opaque || !style.visible || style.opacity < OPAQUE {
        return None;
    }
    let area = style.clip.or(node.area).filter(|area| !area.is_empty() && area.size() >= LEAST_COVER)?;
    Some(Cover { node: at, area, paint: node.paint, passing: tree.is_fixed(at) && tree.layer(at).is_none() })
}

/// Adds what surroundings say of a statement: what lies over it, whether it stays on the screen, in a frame, since when.
pub(super) fn surround(tree: &Tree, covers: &Covers, at: usize, statement: &mut Statement) {
    let area = statement.page_place().and_then(|place| place.area);
    let seen = &mut statement.visibility;
    let covered = area.map_or(0.0, |area| covers.share(tree, at, &area));
    seen.covered = (covered > 0.0).then(|| hundredths(covered));
    seen.fixed = tree.is_fixed(at);
    seen.frame = tree.is_framed(at);
    seen.since = tree.node(at).since;
    seen.weight = tree.style(at).map(|style| style.weight).filter(|_| statement.read_by == ReadBy::Text);
    seen.opacity = opacity(tree, at);
}

/// How opaque a node is, if it is not opaque.
pub(super) fn opacity(tree: &Tree, at: usize) -> Option<f64> {
    tree.style(at).map(|style| style.opacity).filter(|&opacity| opacity < 0.995).map(hundredths)
}

/// Measures on the picture what contrast the letters have there.
pub(super) fn measure<'s>(statements: impl Iterator<Item = &'s mut Statement>, full: &RgbImage, scale: f64) {
    let whole = Area::new(0.0, 0.0, f64::from(full.width()), f64::from(full.height()));
    let texts = statements.filter(|statement| statement.read_by == ReadBy::Text);
    for statement in texts.take(MOST_MEASURED) {
        let Some(area) = statement.page_place().and_then(|place| place.area) else { continue };
        let part = Area::new(area.x * scale, area.y * scale, area.w * scale, area.h * scale);
        if part.intersection(&whole).size() < 0.9 * part.size() || part.w < 4.0 || part.h < 4.0 {
            continue;
        }
        let letters = crate::ocr::look_at(full, &part).filter(|&contrast| contrast >= LEAST_CONTRAST);
        statement.visibility.contrast_in_picture = Some(hundredths(letters.unwrap_or(1.0)));
    }
}

/// CSS pixels between what stands here and the main button.
pub(super) fn distance(here: &PagePlace, button: &Area) -> Option<f64> {
    let area = here.area?;
    let across = (area.x.max(button.x) - area.right().min(button.right())).max(0.0);
    let down = (area.y.max(button.y) - area.bottom().min(button.bottom())).max(0.0);
    Some(across.hypot(down).round())
}

/// Why nobody can read a text that is laid out.
pub(super) fn why_hidden(tree: &Tree, at: usize) -> Hidden {
    let style = tree.style(at);
    let node = tree.node(at);
    let closed = |up: usize| tree.node(up).tag == "details" && !tree.node(up).attrs.contains_key("open");
    let flat =
        |up: usize| tree.node(up).text.is_none() && tree.node(up).area.is_some_and(|a| (a.h <= 1.0) != (a.w <= 1.0));
    let clipped = style.is_some_and(|s| s.clip.is_some());
    let off_page = node.area.is_none_or(|area| !tree.is_on_page(&area));
    match style {
        _ if tree.up(at).any(closed) => Hidden::Fold,
        Some(style) if style.opacity <= 0.02 => Hidden::Transparent,
        _ if clipped && tree.up(at).any(flat) => Hidden::Fold,
        _ if clipped => Hidden::Cut,
        _ if off_page => Hidden::OffPage,
        Some(style) if style.font_px < 2.0 => Hidden::Tiny,
        Some(style) if style.visible => Hidden::Colour,
        _ => Hidden::Off,
    }
}

pub(super) fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
