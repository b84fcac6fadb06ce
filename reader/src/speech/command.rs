//! Speech turned into words by a program of the operator's: it is given a WAV file and prints SRT.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use super::{Segment, Transcriber, Transcript, wave};
use crate::child::{self, Ending};
use crate::subtitles::cues;

/// Stands for the path of the WAV file among the arguments.
pub(crate) const WAV: &str = "{wav}";
/// Bytes of its answer.
const MAX_ANSWER: u64 = 4 << 20;
/// What to do where it does not start.
const NAME_IT: &str = "name a program that is there as `reader.speech_command`";

/// The program and its arguments.
pub(super) struct Command(Vec<String>);

impl Command {
    pub(super) fn new(words: &[String]) -> Self {
        Self(words.to_vec())
    }
}

impl Transcriber for Command {
    /// It hears all of the sound: it may find its voices itself, and its times are those of the video.
    fn transcribe(&self, samples: &[f32], _voices: &[(f64, f64)], limit: Duration) -> Result<Transcript, String> {
        let mut wav = tempfile::Builder::new()
            .prefix("postlink-")
            .suffix(".wav")
            .tempfile()
            .map_err(|error| format!("the sound cannot be written for `reader.speech_command`: {error}"))?;
        wav.write_all(&wave(samples)).map_err(|error| format!("the sound cannot be written: {error}"))?;
        let path = wav.path().to_string_lossy();
        let words: Vec<String> = self.0.iter().map(|word| word.replace(WAV, &path)).collect();
        let (program, arguments) = words.split_first().ok_or("`reader.speech_command` names no program")?;
        let running = child::start(program, arguments, limit, NAME_IT)?;
        drop(running.input);
        let mut answer = Vec::new();
        let read = running.output.take(MAX_ANSWER).read_to_end(&mut answer);
        match (running.watched.finish(), read) {
            ((Ending::TooLate, _), _) => Err(format!("{program} takes longer than {} seconds", limit.as_secs())),
            ((Ending::Done, _), Ok(_)) => {
                let segment = |cue: crate::subtitles::Cue| Segment {
                    from_s: cue.from_s,
                    until_s: cue.until_s,
                    text: cue.text,
                    confidence: None,
                };
                let segments = cues(&String::from_utf8_lossy(&answer)).into_iter().map(segment).collect();
                Ok(Transcript { engine: program.clone(), model: None, segments, unheard: Vec::new() })
            }
            ((_, complaint), _) => {
                Err(format!("{program} failed: {}", complaint.lines().last().unwrap_or("it does not say why")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::RATE;

    fn answer(words: &[&str]) -> Result<Transcript, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Command::new(&words).transcribe(&[0.5; RATE], &[], Duration::from_secs(2))
    }

    #[test]
    fn its_subtitles_are_what_is_said() {
        let script = "[ $(head -c 4 $0) = RIFF ] && [ $(wc -c <$0) = 32044 ] && printf '1\\n00:00:01,500 --> 00:00:02,000\\n免費領取\\n'";
        let transcript = answer(&["sh", "-c", script, WAV]).expect("a transcript");
        let segment = Segment { from_s: 1.5, until_s: 2.0, text: "免費領取".into(), confidence: None };
        assert_eq!(
            transcript,
            Transcript { engine: "sh".into(), model: None, segments: vec![segment], unheard: Vec::new() }
        );
    }

    #[test]
    fn a_program_that_fails_is_late_or_missing_is_named() {
        assert!(answer(&["sh", "-c", "echo broken >&2; exit 3", WAV]).is_err_and(|e| e.contains("broken")));
        assert!(answer(&["sleep", "60"]).is_err_and(|e| e.contains("sleep takes longer than 2 seconds")));
        assert!(answer(&["/no/such/program"]).is_err_and(|e| e.contains("speech_command")));
        assert!(answer(&[]).is_err_and(|e| e.contains("names no program")));
    }
}
