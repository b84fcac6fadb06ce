//! What the operator may set about reading.

use serde::{Deserialize, Serialize};

use crate::speech::WAV;

/// The section `[reader]` of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Folder of the models that read and listen.
    pub models: String,
    /// What runs the models that read.
    pub engine: Engine,
    /// The library of ONNX Runtime, 1.23 or newer; used when it is the engine.
    pub onnx_runtime: String,
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
    /// Characters a second that people read; a Latin letter or a digit counts half.
    pub reading_speed: f64,
    /// Who turns into words what is said in videos without subtitles.
    pub speech: SpeechBy,
    /// The program that does it and its arguments; `{wav}` stands for the file to listen to. It prints SRT.
    pub speech_command: Vec<String>,
    /// The address of a service that does it, as OpenAI's `/v1/audio/transcriptions`.
    pub speech_url: String,
    /// The name by which the service knows the model.
    pub speech_model: String,
    /// A file that holds the key for the service and nothing else; empty where it asks for none.
    pub speech_key_file: String,
}

impl Options {
    /// What is wrong with them together, in words; each for itself is right by its type.
    pub fn fault(&self) -> Option<&'static str> {
        // Also what is no number.
        if self.reading_speed.is_nan() || self.reading_speed <= 0.0 {
            return Some("`reader.reading_speed` must be more than 0: 9.0 is what guides for Chinese subtitles allow");
        }
        let names_file = self.speech_command.iter().any(|word| word.contains(WAV));
        match self.speech {
            SpeechBy::Command if !names_file => Some(
                "`reader.speech` is \"command\": name it as `reader.speech_command`, such as [\"my-asr\", \"{wav}\"]",
            ),
            SpeechBy::Http if self.speech_url.is_empty() || self.speech_model.is_empty() => Some(
                "`reader.speech` is \"http\": name the service as `reader.speech_url`, such as \
                 \"https://asr.example/v1/audio/transcriptions\", and its model as `reader.speech_model`",
            ),
            _ => None,
        }
    }
}

/// What runs the models that read words in pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Pure Rust, in this program.
    Rten,
    /// A library of the operator's, about twice as fast.
    OnnxRuntime,
}

/// Who turns into words what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeechBy {
    /// The model that `postlink models fetch` fetches, in this process.
    Embedded,
    /// A program of the operator's.
    Command,
    /// A service at an address of the operator's: the sound leaves this machine.
    Http,
    /// Nobody: a voice is a gap.
    Off,
}
