//! The landing side: each page that a visitor saw, whole and with boxes, and the film of what stood on the screen.

use model::chain::Chain;
use model::line::{CaseLine, word};
use model::snapshot::Snapshot;
use serde::Serialize;

use super::exhibit::{Exhibit, Marked, href};
use crate::told::seconds;

/// Frames of a film that are shown; all of them are kept.
const FRAMES: usize = 12;

/// One page as it stood before the visitor.
#[derive(Debug, Serialize)]
pub(crate) struct Landing {
    pub(crate) hop: u16,
    pub(crate) level: u8,
    /// `landing`, `next`, `agreement`, `unfolded`
    pub(crate) part: String,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) at_s: String,
    pub(crate) picture: Option<Exhibit>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Film {
    pub(crate) frames: Vec<FilmFrame>,
    /// How many are kept.
    pub(crate) all: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct FilmFrame {
    pub(crate) href: String,
    pub(crate) at_s: String,
}

pub(crate) fn landing(case: &str, line: &CaseLine, snapshot: &Snapshot) -> Landing {
    let picture = snapshot.picture.as_ref().map(|picture| {
        let places = line.violations.iter().zip(1..).map(|(violation, number)| (number, &violation.delivered.place));
        let here = places.filter(|(_, place)| place.evidence == picture.evidence);
        let boxes = here.filter_map(|(number, place)| Some(Marked::of(number, place.area?))).collect();
        let size = (f64::from(snapshot.page_size.0.max(1)), f64::from(picture.height.max(1)));
        Exhibit::whole(href(case, picture.evidence), size, boxes)
    });
    Landing {
        hop: snapshot.hop,
        level: snapshot.level.0,
        part: word(&snapshot.part),
        title: snapshot.title.clone(),
        url: snapshot.url.clone(),
        at_s: seconds(snapshot.at_ms),
        picture,
    }
}

/// Some of the frames, evenly: the first and the last among them.
pub(crate) fn film(case: &str, chain: &Chain) -> Option<Film> {
    let all = chain.film.len();
    let last = all.checked_sub(1)?;
    let shown = all.min(FRAMES);
    let at = |n: usize| if shown < 2 { 0 } else { n * last / (shown - 1) };
    let frames = (0..shown).map(|n| &chain.film[at(n)]);
    let frames =
        frames.map(|frame| FilmFrame { href: href(case, frame.picture), at_s: seconds(frame.at_ms) }).collect();
    Some(Film { frames, all })
}
