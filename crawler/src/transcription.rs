//! A service that turns speech into words: OpenAI's `/v1/audio/transcriptions`, which many others speak as well.
//!
//! The sound leaves this machine.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use serde::Deserialize;

use crate::endpoint::{AskError, Endpoint, ServiceError, Settings};
use crate::guard::Rules;

/// More segments than this are not believed: each would last a few hundredths of a second.
const MAX_SEGMENTS: usize = 5_000;
/// Characters of one segment.
const MAX_TEXT: usize = 4_000;
/// Seconds by which services let the last word end after the sound does: they hear half a minute at a time.
const BEYOND: f64 = 30.0;

static SETTINGS: Settings = Settings {
    url: "reader.speech_url",
    key_file: "reader.speech_key_file",
    timeout: "reader.video_timeout_secs",
    path: "/v1/audio/transcriptions",
    not_understood: "look at `reader.speech_model`, and whether it knows `verbose_json`",
    too_large: "the sound is too long for it: lower `reader.max_video_secs`",
};

/// A service to ask.
pub struct Service {
    endpoint: Endpoint,
    model: String,
}

/// Something said.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Seconds from the beginning of the sound.
    pub from_s: f64,
    pub until_s: f64,
    pub text: String,
    /// Mean probability of its words, 0 to 1; none where the service does not say.
    pub confidence: Option<f64>,
}

impl Service {
    /// `key_file` is empty where the service asks for no key.
    pub fn new(rules: &Rules, url: &str, model: &str, key_file: &str) -> Result<Self, ServiceError> {
        Ok(Self { endpoint: Endpoint::new(rules, url, key_file, &SETTINGS)?, model: model.to_owned() })
    }

    /// Who is asked, for the record: the model and its host.
    pub fn name(&self) -> String {
        format!("{} at {}", self.model, self.endpoint.host())
    }

    /// What is said in a WAV file of this many seconds.
    pub async fn transcribe(&self, wav: Vec<u8>, seconds: f64, limit: Duration) -> Result<Vec<Said>, AskError> {
        let answer = self.endpoint.post(limit, |request| {
            let file = Part::bytes(wav).file_name("sound.wav").mime_str("audio/wav")?;
            let form = Form::new()
                .text("model", self.model.clone())
                .text("response_format", "verbose_json")
                .text("timestamp_granularities[]", "segment")
                .part("file", file);
            Ok(request.multipart(form))
        });
        said(&answer.await?, seconds).map_err(|why| self.endpoint.unbelievable(why))
    }
}

#[derive(Deserialize)]
struct Answer {
    segments: Option<Vec<Segment>>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Segment {
    start: f64,
    end: f64,
    text: String,
    avg_logprob: Option<f64>,
}

/// What an answer says, if it can be what was said within so many seconds.
fn said(answer: &[u8], seconds: f64) -> Result<Vec<Said>, &'static str> {
    let Answer { segments, text } = serde_json::from_slice(answer).map_err(|_| "it is not the JSON of a transcript")?;
    let segments = segments.ok_or("it has no segments: the service must know `verbose_json`")?;
    if segments.len() > MAX_SEGMENTS {
        return Err("it has too many segments");
    }
    if segments.is_empty() && !text.trim().is_empty() {
        return Err("it has words, and does not say when they were said");
    }
    let mut said: Vec<Said> = Vec::with_capacity(segments.len());
    for Segment { start, end, text, avg_logprob } in segments {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(0.0 <= start && start <= end && start <= seconds && end <= seconds + BEYOND) {
            return Err("a segment lies outside of the sound");
        }
        if said.last().is_some_and(|before| start < before.from_s) {
            return Err("its segments are not in the order of time");
        }
        if text.chars().count() > MAX_TEXT {
            return Err("a segment is too long");
        }
        if text.chars().any(char::is_alphanumeric) {
            let confidence = avg_logprob.filter(|mean| mean.is_finite()).map(|mean| mean.exp().clamp(0.0, 1.0));
            said.push(Said { from_s: start, until_s: end.min(seconds), text, confidence });
        }
    }
    Ok(said)
}

#[cfg(test)]
mod tests;
