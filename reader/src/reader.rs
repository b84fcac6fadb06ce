//! The reader: one model for words in pictures and one for speech, shared by all that read.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::EvidenceId;
use model::lexicon::Lexicon;
use model::snapshot::Snapshot;

use crate::creative::{self, AdReading};
use crate::face::Faces;
use crate::film::{self, Film, FilmError};
use crate::memory::{Forgetful, Memory};
use crate::models::ModelError;
use crate::ocr::Ocr;
use crate::options::Options;
use crate::page::{self, PageReading};
use crate::speech::{Speech, Transcriber};
use crate::text::heard::Ear;

/// How long making one film may take: some twenty times what it takes.
const FILM_LIMIT: Duration = Duration::from_secs(30);

/// Reads ads and pages.
pub struct Reader {
    pub(crate) ocr: Ocr,
    pub(crate) speech: Speech,
    pub(crate) faces: Option<Faces>,
    pub(crate) options: Options,
    pub(crate) memory: Arc<dyn Memory>,
    lexicon: Lexicon,
    ear: OnceLock<Ear>,
}

impl Reader {
    /// Loads the OCR models, after checking that they are the right ones; that for speech is loaded when it is needed.
    pub fn open(options: &Options) -> Result<Self, ModelError> {
        let ocr = Ocr::open(options)?;
        let (memory, lexicon) = (Arc::new(Forgetful), Lexicon::default());
        let (speech, options) = (Speech::new(), options.clone());
        Ok(Self { ocr, speech, faces: None, options, memory, lexicon, ear: OnceLock::new() })
    }

    /// Has faces covered as well where pictures are; their model is loaded and checked now.
    pub fn minding_faces(self) -> Result<Self, ModelError> {
        let faces = Some(Faces::open(Path::new(&self.options.models))?);
        Ok(Self { faces, ..self })
    }

    pub fn minds_faces(&self) -> bool {
        self.faces.is_some()
    }

    /// Has what is remembered not read again.
    pub fn remembering(self, memory: Arc<dyn Memory>) -> Self {
        Self { ocr: self.ocr.remembering(Arc::clone(&memory)), memory, ..self }
    }

    /// Has what is said turned into words by this one, in place of the embedded model.
    pub fn heard_by(self, transcriber: Box<dyn Transcriber>) -> Self {
        Self { speech: Speech::of(transcriber), ..self }
    }

    /// Has what is said read in the words of this lexicon, where they were heard wrong.
    pub fn knowing(self, lexicon: Lexicon) -> Self {
        Self { lexicon, ..self }
    }

    /// The ear for these words; it is made when somebody speaks for the first time.
    pub(crate) fn ear(&self) -> &Ear {
        self.ear.get_or_init(|| Ear::new(&self.lexicon))
    }

    /// Names all that decides what is read of a creative.
    pub(crate) fn name(&self) -> EvidenceId {
        let words = serde_json::to_vec(&(self.ocr.name(), &self.options, &self.lexicon));
        EvidenceId::of(&words.expect("internal error: options and words are plain data"))
    }

    /// How often a model was asked something since this reader was opened.
    pub fn asked(&self) -> u64 {
        self.ocr.asked() + self.speech.asked()
    }

    /// What an ad says. Paths of its creatives are relative to `folder`; `ad_evidence` is the ad as it was read.
    ///
    /// Blocking: reading a video takes a good part of its length.
    pub fn read_ad(&self, ad: &Ad, ad_evidence: EvidenceId, folder: &Path, now: DateTime<Utc>) -> AdReading {
        creative::read(self, ad, ad_evidence, folder, now)
    }

    /// The frames as a film of at most so many bytes. Blocking: it takes about a second.
    pub fn film(&self, frames: &[film::Frame<'_>], max_bytes: u64) -> Result<Film, FilmError> {
        film::assemble(&self.options.ffmpeg, frames, max_bytes, FILM_LIMIT)
    }

    /// What a person sees of a page; `scripts` are those it brought along. Blocking: reading pictures takes seconds.
    pub fn read_page(&self, snapshot: &Snapshot, picture: Option<&[u8]>, scripts: &[String]) -> PageReading {
        page::read(snapshot, picture, scripts, &self.ocr, &self.options)
    }
}
