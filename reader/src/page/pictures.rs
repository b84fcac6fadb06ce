//! Words of a page that stand in pictures: read from the full-page picture, placed on the page.

use image::{RgbImage, imageops};
use model::evidence::Place;
use model::statement::{ReadBy, Role, Statement, Visibility};
use model::units::Area;

use super::tree::Tree;
use crate::ocr::{Line, Ocr, lines, picture};
use crate::options::Options;
use crate::{price, text};

/// CSS pixels; a smaller picture holds an icon, not words.
const LEAST: (f64, f64) = (120.0, 40.0);
/// A button without words is read down to this size.
const LEAST_BUTTON: (f64, f64) = (40.0, 18.0);
/// Share of a background picture covered by text of the page from which it only decorates.
const COVERED: f64 = 0.35;

/// A part of the page whose words must be read from pixels; CSS pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) node: usize,
    pub(super) area: Area,
}

/// A sentence read from pixels, and the node it stands in.
pub(super) struct Read {
    pub(super) node: usize,
    pub(super) statement: Statement,
}

/// The pictures of the page that may hold words, from top to bottom. `texts` are the boxes of what is known as text.
pub(super) fn regions(tree: &Tree, texts: &[Area], mute_buttons: &[Region]) -> Vec<Region> {
    let mut found: Vec<Region> = tree
        .nodes()
        .filter(|(at, _)| holds_picture(tree, *at, texts))
        .filter_map(|(at, node)| Some(Region { node: at, area: on_page(tree, &node.area?)? }))
        .collect();
    found.extend(mute_buttons.iter().filter(|b| b.area.w >= LEAST_BUTTON.0 && b.area.h >= LEAST_BUTTON.1));
    found.sort_by(|a, b| a.area.y.total_cmp(&b.area.y).then(b.area.size().total_cmp(&a.area.size())));
    let mut regions: Vec<Region> = Vec::new();
    for region in found {
        if regions.iter().any(|r| r.area.intersection(&region.area).size() > 0.8 * region.area.size()) {
            continue;
        }
        // A long poster is often cut into slices: their words go on across the cut.
        match regions.iter_mut().rev().take(4).find(|r| is_next_slice(&r.area, &region.area)) {
            Some(above) => above.area = above.area.union(&region.area),
            None => regions.push(region),
        }
    }
    regions
}

fn is_next_slice(above: &Area, below: &Area) -> bool {
    (above.x - below.x).abs() <= 2.0 && (above.w - below.w).abs() <= 2.0 && (below.y - above.bottom()).abs() <= 2.0
}

fn holds_picture(tree: &Tree, at: usize, texts: &[Area]) -> bool {
    let node = tree.node(at);
    let Some(area) = node.area else { return false };
    if area.w < LEAST.0 || area.h < LEAST.1 || !tree.is_visible(at) {
        return false;
    }
    match node.tag.as_str() {
        "img" | "canvas" | "video" | "object" | "embed" | "picture" => true,
        // A drawing with words in it has text nodes already.
        "svg" => !tree.below(at).any(|n| tree.node(n).text.is_some()),
        "html" | "body" => false,
        _ => {
            let covered: f64 = texts.iter().map(|t| t.intersection(&area).size()).sum();
            node.style.as_ref().is_some_and(|s| s.background_image) && covered < COVERED * area.size()
        }
    }
}

/// The part of an area that lies on the page.
fn on_page(tree: &Tree, area: &Area) -> Option<Area> {
    let (width, height) = tree.snapshot.page_size;
    let part = area.intersection(&Area::new(0.0, 0.0, f64::from(width), f64::from(height)));
    (!part.is_empty()).then_some(part)
}

/// What was read, and why some could not be.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) read: Vec<Read>,
    pub(super) unread: Vec<String>,
    /// Where there is print that could not be read; CSS pixels of the page.
    pub(super) unread_print: Vec<Area>,
}

/// Reads the regions, within the budget of the page.
pub(super) fn read(
    tree: &Tree,
    full: &RgbImage,
    regions: &[Region],
    texts: &[Area],
    ocr: &Ocr,
    options: &Options,
) -> Outcome {
    let mut outcome = Outcome::default();
    let scale = tree.snapshot.picture.as_ref().map_or(1.0, |p| p.scale).max(0.01);
    let whole = Area::new(0.0, 0.0, f64::from(full.width()), f64::from(full.height()));
    let (mut pixels, mut count, mut left, mut cut) = (0u64, 0u32, 0u32, 0u32);
    for region in regions {
        let wanted =
            Area::new(region.area.x * scale, region.area.y * scale, region.area.w * scale, region.area.h * scale);
        let part = wanted.intersection(&whole);
        cut += u32::from(part.size() < 0.9 * wanted.size());
        if part.w < 8.0 || part.h < 8.0 {
            continue;
        }
        pixels += part.size() as u64;
        count += 1;
        if pixels > options.max_page_ocr_pixels || count > options.max_page_ocr_regions {
            left += 1;
            continue;
        }
        let crop = imageops::crop_imm(full, part.x as u32, part.y as u32, part.w as u32, part.h as u32).to_image();
        match ocr.read(&crop) {
            Ok(writing) => {
                let corner = (part.x.floor(), part.y.floor());
                for line in lines::joined(&writing.lines) {
                    outcome.read.extend(place(tree, region, &line, corner, scale, texts));
                }
                let unknown = writing.unread.iter().map(|area| on_page_at(area, corner, scale));
                outcome.unread_print.extend(unknown.filter(|area| !is_known(area, texts)));
            }
            Err(error) => outcome
                .unread
                .push(format!("a picture at {:.0},{:.0} could not be read: {error}", region.area.x, region.area.y)),
        }
    }
    if left > 0 {
        outcome.unread.push(format!(
            "{left} of {} pictures were not read: raise `reader.max_page_ocr_pixels` or `reader.max_page_ocr_regions`",
            regions.len()
        ));
    }
    if cut > 0 {
        outcome
            .unread
            .push(format!("{cut} pictures lie beyond the end of the page's picture: raise the height of the capture"));
    }
    outcome
}

/// A line read from pixels as a statement of the page; none when the page's own text says it already.
fn place(tree: &Tree, region: &Region, line: &Line, corner: (f64, f64), scale: f64, texts: &[Area]) -> Option<Read> {
    let area = on_page_at(&line.area, corner, scale);
    if is_known(&area, texts) {
        return None;
    }
    let normal = text::normal(&line.text);
    let prices = price::tags(&normal.text);
    let at = region.node;
    let visibility = Visibility {
        font_px: Some((line.look.font_px / scale * 10.0).round() / 10.0),
        contrast: line.look.contrast.map(|c| (c * 100.0).round() / 100.0),
        screens_down: Some(tree.screens_down(at, &area)),
        layer: tree.layer(at).is_some(),
        ..Visibility::default()
    };
    let statement = Statement {
        text: line.text.clone(),
        normal,
        place: Place::Page(tree.place(at, Some(area))),
        visibility,
        role: Role::PictureText,
        read_by: ReadBy::Ocr((line.confidence * 1_000.0).round() / 1_000.0),
        prices,
    };
    Some(Read { node: at, statement })
}

/// From pixels of a part of the page's picture to CSS pixels of the page.
fn on_page_at(area: &Area, corner: (f64, f64), scale: f64) -> Area {
    Area::new((area.x + corner.0) / scale, (area.y + corner.1) / scale, area.w / scale, area.h / scale)
}

/// Whether the page's own text says what stands there.
fn is_known(area: &Area, texts: &[Area]) -> bool {
    let known: f64 = texts.iter().map(|t| t.intersection(area).size()).sum();
    known > 0.4 * area.size()
}

/// The contrast of text over a picture, which only the pixels tell.
pub(super) fn measure_contrast<'s>(statements: impl Iterator<Item = &'s mut Statement>, full: &RgbImage, scale: f64) {
    for statement in statements {
        let Some(area) =
            statement.page_place().and_then(|p| p.area).filter(|_| statement.visibility.contrast.is_none())
        else {
            continue;
        };
        let part = Area::new(area.x * scale, area.y * scale, area.w * scale, area.h * scale);
        // Where the picture shows no letters something lies above them: the contrast is not known.
        let seen = crate::ocr::look_at(full, &part).filter(|&c| c >= 1.1);
        statement.visibility.contrast = seen.map(|c| (c * 100.0).round() / 100.0);
    }
}

/// Decodes the full-page picture within the limits.
pub(super) fn decode(bytes: &[u8], options: &Options) -> Result<RgbImage, String> {
    picture::decode(bytes, options.max_picture_pixels).map_err(|error| error.to_string())
}
