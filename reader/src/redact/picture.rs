//! Personal data in pictures: covered by a pattern that owes nothing to what it covers, and looked for again.

use image::{Rgb, RgbImage};
use model::snapshot::Snapshot;
use model::units::Area;
use std::time::Duration;

use super::{Done, Kind, personal};
use crate::face::{self, FaceError};
use crate::ocr::picture::{self, PictureError};
use crate::ocr::{Line, OcrError};
use crate::qr::{self, Budget, Effort};
use crate::reader::Reader;

/// Side of a square of the pattern; pixels.
const SQUARE: u32 = 8;
const GREYS: [Rgb<u8>; 2] = [Rgb([150; 3]), Rgb([178; 3])];
/// Around what is covered; a share of its height.
const MARGIN: f64 = 0.25;
const QUALITY: u8 = 82;
/// The share of a place that must be covered for it to be done with.
const MOSTLY: f64 = 0.5;
/// How often a picture is covered and read again before it is given up.
const ROUNDS: usize = 3;
const CODES: Duration = Duration::from_secs(20);

/// A picture in which nothing personal is seen any more.
#[derive(Clone, Debug)]
pub struct Covered {
    pub jpeg: Vec<u8>,
    pub done: Done,
}

/// Why a picture cannot be handed out.
#[derive(Debug, thiserror::Error)]
pub enum CoverError {
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error(transparent)]
    Ocr(#[from] OcrError),
    #[error(transparent)]
    Faces(#[from] FaceError),
    #[error("something personal is still seen in it after it was covered")]
    StillSeen,
}

impl Reader {
    /// The picture without what is personal in it, as JPEG. Of the picture of a page, `page` says where its words stand.
    ///
    /// What is covered is found by the page's own words, by reading the picture, by its codes and, for a reader that minds
    /// them, its faces; then the picture is looked at again. Blocking: reading takes seconds.
    pub fn covered(&self, bytes: &[u8], page: Option<&Snapshot>) -> Result<Covered, CoverError> {
        let picture = picture::decode(bytes, self.options.max_picture_pixels)?;
        let codes = codes(&picture);
        let mut copy = Copy { picture, hidden: Vec::new() };
        copy.hide(page.map(on_page).unwrap_or_default());
        copy.hide(codes.into_iter().map(|code| (Kind::QrCode, code)).collect());
        // What may be a face is covered once; then only what is one for sure stands in the way.
        let sure = std::iter::once(face::PERHAPS).chain(std::iter::repeat(face::CLEARLY));
        for sure in sure.take(ROUNDS) {
            let mut found = in_lines(&self.ocr.read(&copy.picture)?.lines);
            // A head whose face is covered looks like a face still.
            let faces = self.faces(&copy.picture, sure)?.into_iter().filter(|face| !copy.hides(face));
            found.extend(faces.map(|face| (Kind::Face, face)));
            if found.is_empty() {
                return Ok(Covered { jpeg: picture::jpeg(&copy.picture, QUALITY)?, done: copy.done() });
            }
            copy.hide(found);
        }
        Err(CoverError::StillSeen)
    }

    /// Where faces are; nowhere for a reader that does not mind them.
    fn faces(&self, picture: &RgbImage, sure: f32) -> Result<Vec<Area>, FaceError> {
        self.faces.as_ref().map_or(Ok(Vec::new()), |faces| faces.find(picture, sure))
    }

    /// Where faces may be in a picture, in its pixels; nowhere for a reader that does not mind them. Blocking.
    pub fn faces_in(&self, bytes: &[u8]) -> Result<Vec<Area>, CoverError> {
        let picture = picture::decode(bytes, self.options.max_picture_pixels)?;
        Ok(self.faces(&picture, face::PERHAPS)?)
    }

    /// The lines that are read in a picture. Blocking.
    pub fn written(&self, bytes: &[u8]) -> Result<Vec<String>, CoverError> {
        let picture = picture::decode(bytes, self.options.max_picture_pixels)?;
        Ok(self.ocr.read(&picture)?.lines.into_iter().map(|line| line.text).collect())
    }
}

/// Lines with something personal. Two lines that follow each other are read as one as well: a label stands above its value,
/// and a number is broken where the line ends.
fn in_lines(lines: &[Line]) -> Vec<(Kind, Area)> {
    let mut found = Vec::new();
    let mut hit = |line: &Line, kind: Kind| found.push((kind, line.area));
    for line in lines {
        if let Some(first) = personal(&line.text).first() {
            hit(line, first.kind);
        }
    }
    for pair in lines.windows(2) {
        let [above, below] = pair else { continue };
        let edge = above.text.len();
        let joined = format!("{}{}", above.text, below.text);
        for one in personal(&joined) {
            // What lies in one of the two alone was found there.
            if one.at.start < edge && one.at.end > edge {
                hit(above, one.kind);
                hit(below, one.kind);
            }
            // A name behind the label that ends the line above.
            if one.kind == Kind::Name && one.at.start == edge {
                hit(below, one.kind);
            }
        }
    }
    found
}

/// Where the words of a page are personal, in pixels of its picture. Numbers that several elements make are found as well.
fn on_page(page: &Snapshot) -> Vec<(Kind, Area)> {
    let scale = page.picture.as_ref().map_or(1.0, |picture| picture.scale);
    let scaled = |area: &Area| Area::new(area.x * scale, area.y * scale, area.w * scale, area.h * scale);
    let mut whole = String::new();
    let mut pieces = Vec::new();
    let mut found = Vec::new();
    for node in &page.nodes {
        if let Some(text) = &node.text {
            let from = whole.len();
            whole.push_str(text);
            pieces.push((from, text, node));
        }
        let filled = [node.value.as_ref(), node.attrs.get("placeholder")].into_iter().flatten();
        for one in filled.filter_map(|text| personal(text).into_iter().next()) {
            found.extend(node.area.as_ref().map(|area| (one.kind, scaled(area))));
        }
    }
    for one in personal(&whole) {
        for (from, text, node) in &pieces {
            let (start, end) = (one.at.start.max(*from), one.at.end.min(from + text.len()));
            if start >= end {
                continue;
            }
            let chars = |byte: usize| text[..byte - from].chars().count() as u32;
            let (first, last) = (chars(start), chars(end));
            let lines: Vec<_> = node.lines.iter().filter(|line| line.start < last && line.end > first).collect();
            found.extend(lines.iter().map(|line| (one.kind, scaled(&line.area))));
            if lines.is_empty() {
                found.extend(node.area.as_ref().map(|area| (one.kind, scaled(area))));
            }
        }
    }
    found
}

fn codes(picture: &RgbImage) -> Vec<Area> {
    let pixels = u64::from(picture.width()) * u64::from(picture.height());
    let mut budget = Budget::of(pixels.saturating_mul(12), CODES);
    qr::find(picture, Effort::Thorough, &mut budget).into_iter().map(|code| code.area).collect()
}

/// A picture on its way out, and what was covered in it.
struct Copy {
    picture: RgbImage,
    hidden: Vec<(Kind, Area)>,
}

impl Copy {
    fn hide(&mut self, found: Vec<(Kind, Area)>) {
        for (kind, area) in found {
            draw_over(&mut self.picture, with_margin(area));
            self.hidden.push((kind, area));
        }
    }

    /// Whether most of a place is covered.
    fn hides(&self, place: &Area) -> bool {
        let share = |area: Area| with_margin(area).intersection(place).size() / place.size();
        self.hidden.iter().any(|(_, area)| share(*area) > MOSTLY)
    }

    fn done(&self) -> Done {
        let mut done = Done::new();
        for (kind, _) in &self.hidden {
            *done.entry(*kind).or_default() += 1;
        }
        done
    }
}

fn with_margin(area: Area) -> Area {
    let margin = (area.h * MARGIN).max(2.0);
    Area::new(area.x - margin, area.y - margin, area.w + 2.0 * margin, area.h + 2.0 * margin)
}

/// Draws the pattern over a place.
fn draw_over(picture: &mut RgbImage, area: Area) {
    let limit = |value: f64, size: u32| value.clamp(0.0, f64::from(size)) as u32;
    let (left, right) = (limit(area.x, picture.width()), limit(area.right().ceil(), picture.width()));
    let (top, bottom) = (limit(area.y, picture.height()), limit(area.bottom().ceil(), picture.height()));
    for y in top..bottom {
        for x in left..right {
            picture.put_pixel(x, y, GREYS[((x / SQUARE + y / SQUARE) % 2) as usize]);
        }
    }
}
