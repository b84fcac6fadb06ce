//! The reader: one OCR model for the process, shared by all that read.

use std::path::Path;

use model::snapshot::Snapshot;

use crate::ocr::{Ocr, OpenError};
use crate::options::Options;
use crate::page::{self, PageReading};

/// Reads ads and pages.
pub struct Reader {
    pub(crate) ocr: Ocr,
    pub(crate) options: Options,
}

impl Reader {
    /// Loads the models, after checking that they are the right ones.
    pub fn open(options: &Options) -> Result<Self, OpenError> {
        Ok(Self { ocr: Ocr::open(Path::new(&options.models), options.min_confidence)?, options: options.clone() })
    }

    /// What a person sees of a page. Blocking: reading pictures takes seconds.
    pub fn read_page(&self, snapshot: &Snapshot, picture: Option<&[u8]>) -> PageReading {
        page::read(snapshot, picture, &self.ocr, &self.options)
    }
}
