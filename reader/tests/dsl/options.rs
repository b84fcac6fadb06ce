//! How the tests read: with the models that scripts/setup fetches.

use reader::{Engine, Options, SpeechBy};

pub(crate) fn options() -> Options {
    Options {
        models: concat!(env!("CARGO_MANIFEST_DIR"), "/../.cache/models").into(),
        engine: Engine::Rten,
        onnx_runtime: String::new(),
        ffmpeg: String::new(),
        min_confidence: 0.6,
        max_file_bytes: 50_000_000,
        max_picture_pixels: 60_000_000,
        max_page_ocr_pixels: 30_000_000,
        max_page_ocr_regions: 40,
        max_video_secs: 60,
        video_timeout_secs: 120,
        reading_speed: 9.0,
        speech: SpeechBy::Embedded,
        speech_command: Vec::new(),
        speech_url: String::new(),
        speech_model: String::new(),
        speech_key_file: String::new(),
    }
}
