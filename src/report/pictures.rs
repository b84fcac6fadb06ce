//! Pictures of the report, cut from the evidence, as many as there may be.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use console::report::Film;
use model::evidence::{AdPlace, EvidenceId, PagePlace};
use model::snapshot::{Picture, Snapshot};
use model::units::Area;
use reader::Reader;
use reader::film::{self, FilmError, Frame};
use storage::sqlite::SqliteStore;
use storage::store::Store as _;

use model::line::CaseLine;

/// Around a box, so much of the picture is shown. Share of the picture's width.
const CONTEXT: f64 = 0.35;
const LONGEST_SIDE: u32 = 720;
const THUMBNAIL: u32 = 300;
/// Pixels of the longer side of a screen beside its hop.
const SCREEN: u32 = 200;
/// Frames of a contact strip.
const STRIP: usize = 10;
/// Moving films in one report, and bytes of each: they are what makes the file large.
const MAX_FILMS: usize = 24;
const MAX_FILM_BYTES: u64 = 500_000;

/// A page some visitor saw, by the picture of it.
pub(super) struct SeenPage {
    pub(super) visitor: String,
    pub(super) url: String,
    pub(super) picture: Picture,
}

/// Cuts pictures from the evidence, as long as there may be more of them.
pub(super) struct Pictures<'a> {
    store: &'a SqliteStore,
    reader: &'a Reader,
    left: usize,
    /// How many are kept back for what was found.
    kept_back: usize,
    films: usize,
}

impl<'a> Pictures<'a> {
    pub(super) fn of(store: &'a SqliteStore, reader: &'a Reader, most: usize) -> Self {
        Self { store, reader, left: most, kept_back: most / 3, films: MAX_FILMS }
    }

    /// Whether only those that show what was found may still be taken.
    pub(super) fn are_scarce(&self) -> bool {
        self.left <= self.kept_back
    }

    /// The pages of a case. A snapshot that cannot be read back is left out: `verify` names it.
    pub(super) async fn pages(&self, line: &CaseLine) -> HashMap<EvidenceId, SeenPage> {
        let mut pages = HashMap::new();
        for id in line.chains.iter().flat_map(|chain| &chain.hops).filter_map(|hop| hop.snapshot) {
            let Ok(bytes) = self.store.read(id).await else { continue };
            let Ok(snapshot) = serde_json::from_slice::<Snapshot>(&bytes) else { continue };
            if let Some(picture) = snapshot.picture {
                let seen = SeenPage { visitor: snapshot.visitor, url: snapshot.url, picture };
                pages.insert(seen.picture.evidence, seen);
            }
        }
        pages
    }

    pub(super) async fn of_ad(&mut self, place: &AdPlace) -> Option<String> {
        // Without a box it is the ad's own words: there is no picture of them.
        self.cut(place.evidence, 1.0, place.area?).await
    }

    pub(super) async fn of_page(&mut self, place: &PagePlace, pages: &HashMap<EvidenceId, SeenPage>) -> Option<String> {
        let page = pages.get(&place.evidence)?;
        match place.area {
            Some(area) => self.cut(place.evidence, page.picture.scale, area).await,
            None => self.thumbnail(place.evidence).await,
        }
    }

    async fn cut(&mut self, id: EvidenceId, scale: f64, area: Area) -> Option<String> {
        let bytes = self.bytes(id).await?;
        self.done(reader::exhibit::crop(&bytes, scale, area, CONTEXT, LONGEST_SIDE).ok()?)
    }

    pub(super) async fn thumbnail(&mut self, id: EvidenceId) -> Option<String> {
        let bytes = self.bytes(id).await?;
        self.done(reader::exhibit::thumbnail(&bytes, THUMBNAIL).ok()?)
    }

    /// The screen as it stood when a page was left.
    pub(super) async fn screen(&mut self, id: EvidenceId) -> Option<String> {
        if self.are_scarce() {
            return None;
        }
        let bytes = self.bytes(id).await?;
        self.done(reader::exhibit::thumbnail(&bytes, SCREEN).ok()?)
    }

    /// What stood on the screen, as a strip, and moving as long as there may be more films.
    pub(super) async fn film(&mut self, frames: &[model::chain::Frame]) -> Option<Film> {
        if frames.is_empty() || self.are_scarce() {
            return None;
        }
        let mut screens = Vec::new();
        for frame in frames {
            // What cannot be read back is left out: `verify` names it.
            if let Ok(jpeg) = self.store.read(frame.picture).await {
                screens.push((frame.at_ms, jpeg));
            }
        }
        screens.sort_by_key(|(at_ms, _)| *at_ms);
        let frames: Vec<Frame> = screens.iter().map(|(at_ms, jpeg)| Frame { at_ms: *at_ms, jpeg }).collect();
        let strip = film::strip(&frames, STRIP).ok().flatten()?;
        let (mut moving, mut video) = (None, false);
        // One frame does not move.
        if self.films > 0 && frames.len() > 1 {
            self.films -= 1;
            match self.reader.film(&frames, MAX_FILM_BYTES) {
                Ok(film) => {
                    video = film.media_type.starts_with("video/");
                    moving = Some(format!("data:{};base64,{}", film.media_type, STANDARD.encode(film.bytes)));
                }
                Err(error) => {
                    tracing::warn!("a filmstrip is shown still only: {error}");
                    if matches!(error, FilmError::Failed(_)) {
                        // It would fail for the others, too.
                        self.films = 0;
                    }
                }
            }
        }
        Some(Film {
            seconds: strip.at_ms.iter().map(|at_ms| console::told::seconds(*at_ms)).collect(),
            width: strip.width,
            height: strip.height,
            strip: self.done(strip.jpeg)?,
            moving,
            video,
            frames: frames.len(),
        })
    }

    async fn bytes(&self, id: EvidenceId) -> Option<Vec<u8>> {
        if self.left == 0 { None } else { self.store.read(id).await.ok() }
    }

    fn done(&mut self, jpeg: Vec<u8>) -> Option<String> {
        self.left -= 1;
        Some(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
    }
}
