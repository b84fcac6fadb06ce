//! Speech turned into words by a service: the reader says what was heard, the crawler asks.

use std::time::Duration;

use crawler::endpoint::ServiceError;
use crawler::transcription::{Said, Service};
use reader::SpeechBy;
use reader::speech::{RATE, Segment, Transcriber, Transcript, wave};
use tokio::runtime::Handle;

use crate::config::Config;

/// The service that the configuration names; none when somebody else listens.
pub(crate) fn service(config: &Config) -> Result<Option<Box<dyn Transcriber>>, ServiceError> {
    let reader = &config.reader;
    if reader.speech != SpeechBy::Http {
        return Ok(None);
    }
    let service = Service::new(&config.crawl.guard, &reader.speech_url, &reader.speech_model, &reader.speech_key_file)?;
    Ok(Some(Box::new(Asking { service, runtime: Handle::current() })))
}

struct Asking {
    service: Service,
    runtime: Handle,
}

impl Transcriber for Asking {
    /// It hears all of the sound, so that its times are those of the video.
    fn transcribe(&self, samples: &[f32], _voices: &[(f64, f64)], limit: Duration) -> Result<Transcript, String> {
        let seconds = samples.len() as f64 / RATE as f64;
        let said = self.runtime.block_on(self.service.transcribe(wave(samples), seconds, limit));
        let segment = |Said { from_s, until_s, text, confidence }| Segment { from_s, until_s, text, confidence };
        let segments = said.map_err(|error| error.to_string())?.into_iter().map(segment).collect();
        Ok(Transcript { engine: self.service.name(), model: None, segments, unheard: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener};
    use std::path::Path;

    use chrono::DateTime;
    use model::evidence::EvidenceId;
    use reader::Reader;

    use super::*;
    use crate::config;

    /// A fake of a paid service that answers one question.
    fn fake(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let at = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            let (mut client, _) = listener.accept().expect("a question");
            let (mut heard, mut some) = (Vec::new(), [0; 65_536]);
            // The end of a form is its boundary with two hyphens behind it.
            while !heard.ends_with(b"--\r\n") {
                let count = client.read(&mut some).expect("a question");
                heard.extend_from_slice(&some[..count]);
            }
            let length = answer.len();
            write!(client, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{answer}").expect("answers");
        });
        at
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_service_hears_is_what_the_ad_says() {
        let at = fake(r#"{"segments": [{"start": 1.0, "end": 2.5, "text": "免費領取", "avg_logprob": 0}]}"#);
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = std::env::temp_dir().join(format!("postlink-hearing-{}.toml", std::process::id()));
        let models = project.join(".cache/models");
        let text = format!(
            "[guard]\nallow = [\"127.0.0.1\"]\n[reader]\nmodels = {models:?}\nspeech = \"http\"\n\
             speech_url = \"http://{at}/v1/audio/transcriptions\"\n"
        );
        std::fs::write(&file, text).expect("writes");
        let config = config::load(Some(&file)).expect("a configuration");
        std::fs::remove_file(&file).expect("removes");
        let service = service(&config).expect("a service").expect("it is to be asked");
        let reader = Reader::open(&config.reader).expect("the models are there: scripts/setup fetches them");
        let reader = reader.heard_by(service);
        let creative = serde_json::json!({"kind": "video", "path": "speech.mp4"});
        let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
        let ad = serde_json::from_value(ad).expect("an ad");
        let reading = tokio::task::spawn_blocking(move || {
            reader.read_ad(&ad, EvidenceId::of(b"ad"), &project.join("reader/tests/data"), DateTime::UNIX_EPOCH)
        });
        let reading = reading.await.expect("it reads");
        assert_eq!(reading.gaps, []);
        assert_eq!(reading.statements.len(), 1, "{:?}", reading.statements);
        assert_eq!(reading.statements[0].text, "免费领取");
        let transcript = reading.evidence.iter().find(|e| e.what == "transcript").expect("a transcript");
        let kept: serde_json::Value = serde_json::from_slice(transcript.bytes()).expect("JSON");
        assert_eq!(kept["engine"], "whisper-1 at 127.0.0.1");
        assert!(kept.get("model").is_none(), "{kept}");
    }
}
