//! QR codes of a page: in its full picture, and once more, closer, in each of its own pictures.

use std::time::Duration;

use image::{RgbImage, imageops};
use model::evidence::Place;
use model::statement::Code;
use model::units::Area;

use super::tree::Tree;
use crate::qr::{self, Budget, Effort, Found};

/// CSS pixels; a shorter side cannot be scanned from a screen.
const LEAST: f64 = 40.0;
/// Pictures that could be a code and its frame: so much longer than wide, and longer at most. CSS pixels.
const SQUARE: f64 = 1.7;
const LARGEST_FRAME: f64 = 560.0;
/// Picture pixels, counted at every look: some hundred screens at a glance, some ten closely.
const MAX_PIXELS: u64 = 400_000_000;
const MAX_PIXELS_CLOSELY: u64 = 150_000_000;
/// Only pages made to be slow take so long: a tall page of photographs takes under two seconds.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Codes of one page that are kept.
const MAX_CODES: usize = 50;

/// The codes that were found, and what was not looked at.
pub(super) struct Search {
    pub(super) codes: Vec<Code>,
    pub(super) unsearched: Option<String>,
}

pub(super) fn of(tree: &Tree, full: &RgbImage, scale: f64) -> Search {
    let scale = if scale.is_finite() && scale > 0.0 { scale } else { 1.0 };
    let mut budget = Budget::of(MAX_PIXELS, MAX_TIME);
    let mut found = qr::find(full, Effort::Quick, &mut budget);
    let mut unsearched = budget.is_spent().then(|| "its picture was not searched for QR codes to the end".to_owned());

    let pictures = pictures(tree);
    let mut budget = Budget::of(MAX_PIXELS_CLOSELY, MAX_TIME);
    for (at, picture) in pictures.iter().enumerate() {
        let part = Area::new(picture.x * scale, picture.y * scale, picture.w * scale, picture.h * scale);
        let whole = Area::new(0.0, 0.0, f64::from(full.width()), f64::from(full.height()));
        let part = part.intersection(&whole);
        if part.is_empty() || is_known(&part, &found) {
            continue;
        }
        if budget.is_spent() {
            let left = pictures.len() - at;
            unsearched = unsearched.or(Some(format!("{left} of its pictures were not searched for pale QR codes")));
            break;
        }
        let crop = imageops::crop_imm(full, part.x as u32, part.y as u32, part.w as u32, part.h as u32).to_image();
        for code in qr::find(&crop, Effort::Thorough, &mut budget) {
            let area = Area::new(code.area.x + part.x.floor(), code.area.y + part.y.floor(), code.area.w, code.area.h);
            qr::add(Found { area, ..code }, &mut found);
        }
    }
    found.sort_by(|a, b| a.area.y.total_cmp(&b.area.y).then(a.area.x.total_cmp(&b.area.x)));
    let codes = found.into_iter().take(MAX_CODES).map(|code| placed(tree, code, scale)).collect();
    Search { codes, unsearched }
}

/// Whether a code was found in a picture that holds little else.
fn is_known(picture: &Area, found: &[Found]) -> bool {
    let covered: f64 = found.iter().map(|code| code.area.intersection(picture).size()).sum();
    covered > 0.25 * picture.size()
}

/// The boxes of what may be a code or hold one, likely ones first; CSS pixels.
fn pictures(tree: &Tree) -> Vec<Area> {
    let mut found: Vec<Area> = tree
        .nodes()
        .filter(|(at, node)| {
            let tag = node.tag.as_str();
            let drawn = matches!(tag, "img" | "canvas" | "svg" | "video" | "object" | "embed" | "picture");
            let behind = node.style.as_ref().is_some_and(|style| style.background_image);
            let holder = matches!(tag, "html" | "body");
            (drawn || (behind && !holder)) && tree.is_visible(*at)
        })
        .filter_map(|(_, node)| node.area)
        .filter(|area| area.w >= LEAST && area.h >= LEAST)
        .collect();
    found.sort_by(|a, b| is_unlikely(a).cmp(&is_unlikely(b)).then(a.size().total_cmp(&b.size())));
    found.dedup();
    found
}

fn is_unlikely(area: &Area) -> bool {
    let (long, short) = (area.w.max(area.h), area.w.min(area.h));
    long > SQUARE * short || long > LARGEST_FRAME
}

/// A code with its place on the page: the smallest thing that holds it.
fn placed(tree: &Tree, code: Found, scale: f64) -> Code {
    let area = Area::new(code.area.x / scale, code.area.y / scale, code.area.w / scale, code.area.h / scale);
    let mut holder: Option<(usize, f64)> = None;
    for (at, node) in tree.nodes() {
        let Some(around) = node.area else { continue };
        let holds = around.intersection(&area).size() > 0.9 * area.size() && tree.is_visible(at);
        if holds && node.text.is_none() && holder.is_none_or(|(_, size)| around.size() <= size) {
            holder = Some((at, around.size()));
        }
    }
    let mut place = tree.place(holder.map_or(0, |(at, _)| at), Some(area));
    if tree.snapshot.nodes.is_empty() {
        place.selector = None;
    }
    Code { text: code.text, place: Place::Page(place) }
}
