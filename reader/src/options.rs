//! What the operator may set about reading.

use serde::{Deserialize, Serialize};

/// The section `[reader]` of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Folder of the OCR models.
    pub models: String,
    /// The program that decodes videos; empty means `ffmpeg` on the path.
    pub ffmpeg: String,
    /// Lines read from pixels with less confidence are taken for noise, 0 to 1.
    pub min_confidence: f64,
    /// Bytes of the largest creative file that is opened.
    pub max_file_bytes: u64,
    /// Pixels of the largest picture that is decoded.
    pub max_picture_pixels: u64,
    /// Picture pixels of one page that are searched for words.
    pub max_page_ocr_pixels: u64,
    /// Pictures of one page that are searched for words.
    pub max_page_ocr_regions: u32,
    /// Seconds of a video that are looked at, from its start.
    pub max_video_secs: u32,
    /// Seconds that reading one video may take.
    pub video_timeout_secs: u32,
}
