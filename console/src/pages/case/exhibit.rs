//! A picture of the evidence with boxes on it, whole or as the part around one of them: drawn by the browser, nothing is cut.

use model::evidence::EvidenceId;
use model::units::Area;
use serde::Serialize;

/// Around a box, so much of the picture is shown. Shares of the picture's width, and of the box's height.
const CONTEXT: f64 = 0.06;
/// A part is no narrower than this share of the picture: words stay where they stood.
const NARROWEST: f64 = 0.5;
/// Nor higher than so many times its width.
const HIGHEST: f64 = 1.4;

/// A picture with what is marked on it. All in the units of the boxes: CSS pixels of a page, pixels of a picture.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exhibit {
    /// Where the picture is given out.
    pub(crate) href: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The part that is shown: x, y, width, height.
    pub(crate) part: [f64; 4],
    pub(crate) boxes: Vec<Marked>,
}

/// A box, and the violation that it is of.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Marked {
    pub(crate) number: usize,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Marked {
    pub(crate) fn of(number: usize, area: Area) -> Self {
        Self { number, x: area.x, y: area.y, w: area.w.max(1.0), h: area.h.max(1.0) }
    }
}

impl Exhibit {
    /// The whole picture.
    pub(crate) fn whole(href: String, (width, height): (f64, f64), boxes: Vec<Marked>) -> Self {
        Self { href, width, height, part: [0.0, 0.0, width, height], boxes }
    }

    /// The part around its first box; the whole where it has none.
    pub(crate) fn around(self) -> Self {
        let Some(first) = self.boxes.first() else { return self };
        let (margin, least) = (self.width * CONTEXT, self.width * NARROWEST);
        let w = (first.w + 2.0 * margin).max(least).min(self.width);
        let h = (first.h + 4.0 * margin).max(w * 0.5).min(w * HIGHEST).min(self.height);
        let x = (first.x + first.w / 2.0 - w / 2.0).clamp(0.0, self.width - w);
        // A box that is higher than the part is shown from its top.
        let middle = if first.h > h { first.y } else { first.y + first.h / 2.0 - h / 2.0 };
        let y = middle.clamp(0.0, self.height - h);
        Self { part: [x, y, w, h], ..self }
    }
}

/// Where an artefact of a case is given out.
pub(crate) fn href(case: &str, id: EvidenceId) -> String {
    format!("/cases/{case}/evidence/{}", id.hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exhibit(area: Area) -> [f64; 4] {
        Exhibit::whole(String::new(), (400.0, 5_000.0), vec![Marked::of(1, area)]).around().part
    }

    #[test]
    fn a_part_holds_its_box_and_lies_within_the_picture() {
        for area in [
            Area::new(0.0, 0.0, 20.0, 10.0),
            Area::new(380.0, 4_990.0, 20.0, 10.0),
            Area::new(150.0, 2_000.0, 100.0, 40.0),
        ] {
            let [x, y, w, h] = exhibit(area);
            assert!(x >= 0.0 && y >= 0.0 && x + w <= 400.0 && y + h <= 5_000.0, "{area:?}: {x} {y} {w} {h}");
            assert!(
                x <= area.x && y <= area.y && x + w >= area.right() && y + h >= area.bottom(),
                "{area:?}: {x} {y} {w} {h}"
            );
            assert!(h < 800.0, "a part, not all of it");
        }
    }

    #[test]
    fn a_box_that_is_higher_than_the_part_is_shown_from_its_top() {
        assert!((exhibit(Area::new(0.0, 1_000.0, 400.0, 3_000.0))[1] - 1_000.0).abs() < 0.1);
    }

    #[test]
    fn without_a_box_all_of_it_is_shown() {
        let whole = Exhibit::whole(String::new(), (4.0, 3.0), Vec::new()).around();
        assert!(whole.part.iter().zip([0.0, 0.0, 4.0, 3.0]).all(|(is, wanted)| (is - wanted).abs() < 1e-9));
    }
}
