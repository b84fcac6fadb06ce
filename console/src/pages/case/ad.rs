//! The ad's side: its words, its pictures with what is marked on them, its videos with the seconds that are.

use std::path::Path;

use model::ad::{Ad, CreativeKind};
use model::evidence::EvidenceId;
use model::line::{CaseLine, word};
use serde::Serialize;
use storage::store::Kept;

use super::exhibit::{Exhibit, Marked, href};

/// What the ad shows.
#[derive(Debug, Default, Serialize)]
pub(crate) struct AdSide {
    pub(crate) title: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) cta: Option<String>,
    pub(crate) click_url: String,
    pub(crate) landing_url: Option<String>,
    pub(crate) legal_name: Option<String>,
    pub(crate) pictures: Vec<Exhibit>,
    pub(crate) videos: Vec<Video>,
    /// Files that are no pictures and no videos, or could not be read.
    pub(crate) unseen: Vec<String>,
    /// The frames on which something is marked.
    pub(crate) frames: Vec<Frame>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Video {
    pub(crate) href: String,
    pub(crate) marks: Vec<Mark>,
}

/// A stretch of a video that a violation is about.
#[derive(Debug, Serialize)]
pub(crate) struct Mark {
    pub(crate) number: usize,
    /// Seconds, as a player seeks them.
    pub(crate) at: f64,
    pub(crate) from: String,
    pub(crate) until: Option<String>,
    /// `video` or `speech`: seen, or heard.
    pub(crate) source: String,
    pub(crate) quote: String,
    pub(crate) severity: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Frame {
    pub(crate) at: Option<String>,
    pub(crate) exhibit: Exhibit,
}

/// `size` gives the pixels of a picture that is kept.
pub(crate) fn side(
    case: &str,
    line: &CaseLine,
    kept: &[Kept],
    size: impl Fn(EvidenceId) -> Option<(f64, f64)>,
) -> AdSide {
    let ad = &line.ad;
    let mut side = words(ad);
    for creative in &ad.creatives {
        let Some(path) = &creative.path else { continue };
        let Some(one) = of_creative(kept, path) else {
            side.unseen.push(path.display().to_string());
            continue;
        };
        let picture = size(one.id).filter(|_| creative.kind == CreativeKind::Image);
        match (creative.kind, picture) {
            (CreativeKind::Image, Some(size)) => {
                side.pictures.push(Exhibit::whole(href(case, one.id), size, boxes(line, one.id)))
            }
            (CreativeKind::Video, _) => side.videos.push(Video { href: href(case, one.id), marks: marks(line) }),
            _ => side.unseen.push(path.display().to_string()),
        }
    }
    side.frames = frames(case, line, kept, size);
    side
}

fn words(ad: &Ad) -> AdSide {
    AdSide {
        title: ad.title.clone(),
        description: ad.description.clone(),
        cta: ad.cta.clone(),
        click_url: ad.click_url.clone(),
        landing_url: ad.landing_url.clone(),
        legal_name: ad.advertiser.as_ref().and_then(|advertiser| advertiser.legal_name.clone()),
        ..AdSide::default()
    }
}

/// The reader names what it keeps of an ad by the name of its file.
fn of_creative<'k>(kept: &'k [Kept], path: &Path) -> Option<&'k Kept> {
    let whole = format!("creative {}", path.display());
    let name = format!("creative {}", path.file_name()?.to_string_lossy());
    kept.iter().find(|one| one.what == whole).or_else(|| kept.iter().find(|one| one.what == name))
}

fn boxes(line: &CaseLine, id: EvidenceId) -> Vec<Marked> {
    let promised = line.violations.iter().zip(1..).map(|(violation, number)| (number, &violation.promised.place));
    promised
        .filter(|(_, place)| place.evidence == id)
        .filter_map(|(number, place)| Some(Marked::of(number, place.area?)))
        .collect()
}

fn marks(line: &CaseLine) -> Vec<Mark> {
    let mark = |(violation, number): (&model::line::ViolationLine, usize)| {
        let place = &violation.promised.place;
        let told = |s: f64| format!("{s:.1}");
        Some(Mark {
            number,
            at: place.at_s?,
            from: told(place.at_s?),
            until: place.until_s.map(told),
            source: word(&place.source),
            quote: violation.promised.quote.clone(),
            severity: word(&violation.severity),
        })
    };
    let mut marks: Vec<Mark> = line.violations.iter().zip(1..).filter_map(mark).collect();
    marks.sort_by(|a, b| a.at.total_cmp(&b.at));
    marks
}

/// Frames of videos on which something is marked, each once.
fn frames(case: &str, line: &CaseLine, kept: &[Kept], size: impl Fn(EvidenceId) -> Option<(f64, f64)>) -> Vec<Frame> {
    let mut frames: Vec<(EvidenceId, Frame)> = Vec::new();
    for violation in &line.violations {
        let place = &violation.promised.place;
        let is_frame = kept.iter().any(|one| one.id == place.evidence && one.what.starts_with("video frame"));
        if !is_frame || frames.iter().any(|(id, _)| *id == place.evidence) {
            continue;
        }
        let Some(size) = size(place.evidence) else { continue };
        let exhibit = Exhibit::whole(href(case, place.evidence), size, boxes(line, place.evidence));
        frames.push((place.evidence, Frame { at: place.at_s.map(|s| format!("{s:.1}")), exhibit }));
    }
    frames.into_iter().map(|(_, frame)| frame).collect()
}
