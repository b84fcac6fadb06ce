//! What is said: voice is told from music and noise first, and only voice is turned into words.

mod audio;
mod command;
mod matrix;
mod spectrum;
mod voice;
mod wave;
mod whisper;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use serde::Serialize;

use crate::options::{Options, SpeechBy};
use command::Command;
pub(crate) use command::WAV;
pub use wave::wave;
use whisper::Whisper;

/// Samples a second of all that is listened to: mono, 32-bit, -1 to 1.
pub const RATE: usize = 16_000;

/// Something said without a longer pause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// Seconds from the beginning of what was listened to.
    pub from_s: f64,
    pub until_s: f64,
    /// As the engine wrote it, white space folded; Whisper likes to write traditional characters.
    pub text: String,
    /// Mean probability of its words, 0 to 1; none where the engine does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// All that was said, and who says that it was: kept as evidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transcript {
    /// What turned voice into words.
    pub engine: String,
    /// The SHA-256 of its weights; none for a program of the operator's or a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// In the order of time.
    pub segments: Vec<Segment>,
    /// From when to when somebody seems to speak, in seconds, and not all of it became words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unheard: Vec<(f64, f64)>,
}

/// Turns voice into words.
pub trait Transcriber: Send + Sync {
    /// What is said in `samples` ([`RATE`] a second). `voices` are the parts in which somebody may be speaking, in seconds.
    ///
    /// The problem is a sentence for people. Blocking: it takes a good part of the length.
    fn transcribe(&self, samples: &[f32], voices: &[(f64, f64)], limit: Duration) -> Result<Transcript, String>;
}

/// The ear of the process: its engine is loaded when somebody speaks for the first time.
pub(crate) struct Speech {
    engine: OnceLock<Result<Box<dyn Transcriber>, String>>,
    /// How often it was asked.
    times: AtomicU64,
}

impl Speech {
    pub(crate) fn new() -> Self {
        Self { engine: OnceLock::new(), times: AtomicU64::new(0) }
    }

    /// How often an engine was asked.
    pub(crate) fn asked(&self) -> u64 {
        self.times.load(Ordering::Relaxed)
    }

    pub(crate) fn of(engine: Box<dyn Transcriber>) -> Self {
        Self { engine: OnceLock::from(Ok(engine)), times: AtomicU64::new(0) }
    }

    /// What is said in the sound of a video; none when nobody speaks.
    pub(crate) fn hear(&self, options: &Options, path: &Path) -> Result<Option<Transcript>, String> {
        let limit = Duration::from_secs(u64::from(options.video_timeout_secs));
        let samples = audio::samples(&options.ffmpeg, path, options.max_video_secs, limit)?;
        let voices = voice::parts(&samples);
        if voices.is_empty() {
            return Ok(None);
        }
        if options.speech == SpeechBy::Off {
            return Err(format!(
                "somebody seems to speak in {} (at {}), and `reader.speech` is \"off\": set it to \"embedded\", or give the \
                 video `subtitles`",
                path.display(),
                shown(&voices)
            ));
        }
        let engine = self.engine.get_or_init(|| open(options)).as_ref().map_err(Clone::clone)?;
        self.times.fetch_add(1, Ordering::Relaxed);
        let transcript = engine.transcribe(&samples, &voices, limit)?;
        Ok(Some(transcript).filter(|t| !t.segments.is_empty() || !t.unheard.is_empty()))
    }
}

fn open(options: &Options) -> Result<Box<dyn Transcriber>, String> {
    match options.speech {
        SpeechBy::Command => Ok(Box::new(Command::new(&options.speech_command))),
        SpeechBy::Http => {
            Err("`reader.speech` is \"http\", and this program asks no service; `postlink check` does".into())
        }
        SpeechBy::Embedded | SpeechBy::Off => {
            let whisper = Whisper::open(Path::new(&options.models))
                .map_err(|error| format!("{error}, or give the video `subtitles`"))?;
            Ok(Box::new(whisper))
        }
    }
}

/// Stretches of time for people.
pub(crate) fn shown(parts: &[(f64, f64)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(from, until)| format!("{from:.1} to {until:.1} s")).collect();
    parts.join(", ")
}

/// The words in simplified characters, which all of postlink's words are in.
pub(crate) fn simplified(text: &str) -> String {
    static OPENCC: OnceLock<Option<OpenCC>> = OnceLock::new();
    let opencc = OPENCC.get_or_init(|| OpenCC::from_config(BuiltinConfig::T2s).ok());
    opencc.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}
