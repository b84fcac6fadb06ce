//! The pictures of a weekly report's exhibits, cut from the evidence of their cases, as many and as large as there may be.

use std::sync::Arc;

use console::documents::weekly::{Exhibit, Seen, Week};
use model::evidence::EvidenceId;
use model::line::CaseLine;
use model::snapshot::{Part, Snapshot};
use model::units::Area;
use reader::Reader;
use storage::store::{CaseId, Store};
use tokio::task::spawn_blocking;

use super::exhibits::line;

/// Around a box, so much of the picture is shown. Share of the longer side of the box.
const CONTEXT: f64 = 0.35;
/// Pixels of the longer side of a picture.
const LONGEST_SIDE: u32 = 560;
/// All pictures of one report together: it is sent by mail. Bytes.
const MOST_BYTES: usize = 2_500_000;

/// Cuts them; what is personal is covered where a reader is given, and what it cannot look at is left out.
pub(crate) async fn seen(store: &impl Store, week: &Week, eyes: Option<&Arc<Reader>>) -> Vec<[Seen; 2]> {
    let mut cutting = Cutting { store, eyes, left: MOST_BYTES };
    let mut seen = Vec::new();
    for exhibit in week.gravest.iter().chain(&week.exemplary) {
        seen.push(cutting.exhibit(exhibit).await);
    }
    seen
}

struct Cutting<'a, S> {
    store: &'a S,
    eyes: Option<&'a Arc<Reader>>,
    /// Bytes.
    left: usize,
}

/// A picture of the evidence, and what of it is meant.
struct Whole {
    evidence: EvidenceId,
    /// Picture pixels to one unit of the box.
    scale: f64,
    area: Option<Area>,
    page: Option<Snapshot>,
}

impl<S: Store> Cutting<'_, S> {
    async fn exhibit(&mut self, exhibit: &Exhibit) -> [Seen; 2] {
        let Some(line) = line(self.store, &exhibit.case).await else { return [Seen::Gone, Seen::Gone] };
        let pages = pages(self.store, &line).await;
        let (ad, page) = match &exhibit.violation {
            Some(found) => {
                let Some(told) = line.violations.get(found.number.saturating_sub(1)) else {
                    return [Seen::Gone, Seen::Gone];
                };
                let of_ad = &told.promised.place;
                // Of words there is no picture: the ad's own stands for them.
                let ad = match of_ad.area {
                    area @ Some(_) => Some(Whole { evidence: of_ad.evidence, scale: 1.0, area, page: None }),
                    None => self.creative(&exhibit.case).await,
                };
                let of_page = &told.delivered.place;
                let is_it = |page: &Snapshot| page.picture.as_ref().is_some_and(|it| it.evidence == of_page.evidence);
                (ad, pages.into_iter().find(is_it).and_then(|page| Whole::of_page(page, of_page.area)))
            }
            None => {
                let is_landing = |page: &Snapshot| page.part == Part::Landing && page.picture.is_some();
                (
                    self.creative(&exhibit.case).await,
                    pages.into_iter().find(is_landing).and_then(|page| Whole::of_page(page, None)),
                )
            }
        };
        [self.cut(ad).await, self.cut(page).await]
    }

    /// The first picture of an ad.
    async fn creative(&self, case: &str) -> Option<Whole> {
        let kept = self.store.rests_on(&CaseId::named(case)?).await.ok()?;
        let is_picture = |what: &str, media: &str| {
            what.starts_with("creative ") && media.starts_with("image/") && !media.contains("svg")
        };
        let creative = kept.into_iter().find(|kept| is_picture(&kept.what, &kept.media_type))?;
        Some(Whole { evidence: creative.id, scale: 1.0, area: None, page: None })
    }

    async fn cut(&mut self, whole: Option<Whole>) -> Seen {
        let Some(Whole { evidence, scale, area, page }) = whole else { return Seen::Words };
        // What cannot be read back is said: `verify` names it.
        let Ok(bytes) = self.store.read(evidence).await else { return Seen::Gone };
        let eyes = self.eyes.cloned();
        let cut = spawn_blocking(move || {
            let bytes = match eyes {
                Some(eyes) => eyes.covered(&bytes, page.as_ref()).map_err(|_| Seen::Withheld)?.jpeg,
                None => bytes,
            };
            let cut = match area {
                Some(area) => reader::exhibit::crop(&bytes, scale, area, CONTEXT, LONGEST_SIDE),
                None => reader::exhibit::thumbnail(&bytes, LONGEST_SIDE),
            };
            cut.map_err(|_| Seen::Gone)
        });
        match cut.await {
            Ok(Ok(jpeg)) if jpeg.len() <= self.left => {
                self.left -= jpeg.len();
                Seen::Picture(jpeg)
            }
            Ok(Ok(_)) => Seen::TooMany,
            Ok(Err(why)) => why,
            Err(_) => Seen::Gone,
        }
    }
}

impl Whole {
    fn of_page(page: Snapshot, area: Option<Area>) -> Option<Self> {
        let picture = page.picture.clone()?;
        Some(Self { evidence: picture.evidence, scale: picture.scale, area, page: Some(page) })
    }
}

/// The pages of a case. A snapshot that cannot be read back is left out.
async fn pages(store: &impl Store, line: &CaseLine) -> Vec<Snapshot> {
    let mut pages = Vec::new();
    for id in line.chains.iter().flat_map(|chain| &chain.hops).filter_map(|hop| hop.snapshot) {
        let Ok(bytes) = store.read(id).await else { continue };
        pages.extend(serde_json::from_slice::<Snapshot>(&bytes));
    }
    pages
}
