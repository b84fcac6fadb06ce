//! QR codes in pictures: what they say, where they stand, and where they would lead.

mod decode;
mod search;
#[cfg(test)]
mod tests;
mod views;
mod ways;

use image::RgbImage;
use model::units::Area;

pub use ways::{ways, ways_of_ad};

pub(crate) use search::Budget;

/// A code that was found in a picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) text: String,
    /// Pixels of the picture: the code without its quiet zone.
    pub(crate) area: Area,
}

/// How hard a picture is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As a camera would: dark on light, and light on dark. For whole pages and the frames of a video.
    Quick,
    /// Pale codes, codes in two colours of one brightness, and tiny ones too. For single pictures.
    Thorough,
}

/// The codes of a picture, from top to bottom.
pub(crate) fn find(picture: &RgbImage, effort: Effort, budget: &mut Budget) -> Vec<Found> {
    let mut found = Vec::new();
    for view in views::of(picture, effort) {
        let view = view.make(picture);
        search::through(&view, budget, &mut found);
        // A picture that is mostly its code holds no second one.
        let covered: f64 = found.iter().map(|code: &Found| code.area.size()).sum();
        if budget.is_spent() || covered > 0.25 * f64::from(picture.width()) * f64::from(picture.height()) {
            break;
        }
    }
    found.sort_by(|a, b| a.area.y.total_cmp(&b.area.y).then(a.area.x.total_cmp(&b.area.x)));
    found
}

/// Adds a code, unless it is one that was found already.
pub(crate) fn add(code: Found, found: &mut Vec<Found>) {
    let known = |one: &Found| one.text == code.text && !one.area.intersection(&code.area).is_empty();
    if !found.iter().any(known) {
        found.push(code);
    }
}
