//! The real speech model on synthetic speech (`tests/data/README.md`), and on sounds that say nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::{AdSource, EvidenceId};
use model::statement::{Guess, ReadBy, Role, Statement};
use options::options;
use pinyin::ToPinyin;
use reader::speech::{Segment, Transcriber, Transcript};
use reader::{AdReading, Options, Reader, SpeechBy};

#[path = "dsl/options.rs"]
mod options;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn hear(options: &Options, path: &Path) -> AdReading {
    let creative = serde_json::json!({"kind": "video", "path": path});
    read(options, creative)
}

fn read(options: &Options, creative: serde_json::Value) -> AdReading {
    let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
    let ad: Ad = serde_json::from_value(ad).expect("an ad");
    let reader = Reader::open(options).expect("the models are there: scripts/setup fetches them");
    reader.read_ad(&ad, EvidenceId::of(b"ad"), &data(), DateTime::<Utc>::UNIX_EPOCH)
}

fn said(reading: &AdReading) -> Vec<&Statement> {
    reading.statements.iter().filter(|statement| statement.role == Role::Speech).collect()
}

/// A film of a grey picture with this sound, if any, as ffmpeg describes it.
fn film(folder: &Path, sound: Option<&str>) -> PathBuf {
    let path = folder.join("film.mp4");
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x64:r=2:d=6"]);
    if let Some(sound) = sound {
        ffmpeg.args(["-f", "lavfi", "-t", "6", "-i", sound, "-c:a", "aac"]);
    }
    assert!(ffmpeg.arg(&path).status().expect("ffmpeg is there").success());
    path
}

/// How it sounds, without tones: Whisper writes what it hears with other characters of the same sound.
fn sounds(text: &str) -> Vec<String> {
    text.chars()
        .map(|c| c.to_pinyin().map_or_else(|| c.to_string(), |pinyin| pinyin.plain().to_owned()))
        .filter(|sound| sound.chars().all(char::is_alphanumeric))
        .collect()
}

/// The share of these words that was heard, in their order.
fn share(heard: &str, words: &str) -> f64 {
    let (heard, words) = (sounds(heard), sounds(words));
    let mut best = vec![0_usize; heard.len() + 1];
    for word in &words {
        let mut corner = 0;
        for (at, sound) in heard.iter().enumerate() {
            let above = best[at + 1];
            best[at + 1] = if sound == word { corner + 1 } else { above.max(best[at]) };
            corner = above;
        }
    }
    best[heard.len()] as f64 / words.len() as f64
}

#[test]
fn what_is_said_becomes_statements_with_their_seconds() {
    let reading = hear(&options(), Path::new("speech.mp4"));
    assert_eq!(reading.gaps, []);
    let said = said(&reading);
    let texts: Vec<&str> = said.iter().map(|s| s.text.as_str()).collect();
    let all = texts.concat();
    for words in ["游戏礼包真的不要钱", "输入手机号和验证码就能立即领取", "次月起每月二十九元"]
    {
        assert!(share(&all, words) >= 0.7, "{words}: {texts:?}");
    }
    assert!(
        share(&all, "这个游戏礼包真的不要钱输入手机号和验证码就能立即领取首月零元次月起每月二十九元") >= 0.8,
        "{texts:?}"
    );
    assert!(!all.contains(['這', '個', '遊', '戲', '錢', '領', '機']), "simplified characters: {texts:?}");

    let transcript = reading.evidence.iter().find(|e| e.what == "transcript").expect("a transcript");
    for statement in &said {
        let place = statement.ad_place().expect("on the ad");
        assert_eq!((place.source, place.evidence), (AdSource::Speech, transcript.id()));
        let (at, until) = (place.at_s.expect("from"), place.until_s.expect("until"));
        assert!(0.0 <= at && at < until && until <= 10.5, "{at} to {until}");
        assert!(matches!(statement.read_by, ReadBy::Speech(Some(c)) if c > 0.4 && c <= 1.0), "{:?}", statement.read_by);
    }
    // Each sentence begins where a statement does.
    for truth in [0.5, 2.99, 6.46] {
        let nearest = said
            .iter()
            .filter_map(|s| s.ad_place()?.at_s)
            .min_by(|a, b| (a - truth).abs().total_cmp(&(b - truth).abs()))
            .expect("a time");
        assert!((nearest - truth).abs() <= 0.7, "{truth}: {nearest}");
    }
}

#[test]
fn the_transcript_says_who_heard_what() {
    let reading = hear(&options(), Path::new("speech.mp4"));
    let transcript = reading.evidence.iter().find(|e| e.what == "transcript").expect("a transcript");
    assert_eq!(transcript.media_type, "application/json");
    let kept: serde_json::Value = serde_json::from_slice(transcript.bytes()).expect("JSON");
    assert_eq!(kept["engine"], "whisper-base");
    assert!(kept["model"].as_str().is_some_and(|m| m.len() == 71 && m.starts_with("sha256:")), "{kept}");
    let segments = kept["segments"].as_array().expect("segments");
    assert_eq!(segments.len(), said(&reading).len());
    for key in ["from_s", "until_s", "text", "confidence"] {
        assert!(segments.iter().all(|segment| !segment[key].is_null()), "{key}: {kept}");
    }
}

#[test]
fn silence_noise_and_music_say_nothing() {
    let chords = "aevalsrc='0.15*(1+0.3*sin(12*t))*(sin(2*PI*262*t)+sin(2*PI*330*t)+sin(2*PI*392*t)+0.5*sin(2*PI*524*t))*\
                  exp(-mod(t,1))':s=16000";
    for sound in [None, Some("anullsrc=r=16000"), Some("anoisesrc=a=0.3:r=16000:seed=1"), Some(chords)] {
        let folder = tempfile::tempdir().expect("a folder");
        let reading = hear(&options(), &film(folder.path(), sound));
        assert_eq!(reading.gaps, [], "{sound:?}");
        assert!(said(&reading).is_empty(), "{sound:?}: {:?}", said(&reading));
        assert!(reading.evidence.iter().all(|e| e.what != "transcript"), "{sound:?}");
    }
}

/// A folder with the OCR models and without that for speech.
fn without_speech() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "ppocrv6_dict.txt"] {
        std::fs::copy(Path::new(&options().models).join(name), folder.path().join(name)).expect("copies");
    }
    folder
}

#[test]
fn without_the_model_a_voice_is_a_gap_that_says_what_to_do_and_silence_is_none() {
    let folder = without_speech();
    let options = Options { models: folder.path().display().to_string(), ..options() };
    let reading = hear(&options, Path::new("speech.mp4"));
    assert_eq!(reading.gaps.len(), 1, "{:?}", reading.gaps);
    assert_eq!(reading.gaps[0].reason, "speech-unheard");
    assert!(reading.gaps[0].detail.contains("scripts/setup"), "{}", reading.gaps[0].detail);
    assert!(said(&reading).is_empty());
    assert_eq!(hear(&options, &film(folder.path(), Some("anullsrc=r=16000"))).gaps, []);
}

#[test]
fn subtitles_are_believed_and_nobody_listens() {
    let folder = without_speech();
    let options = Options { models: folder.path().display().to_string(), ..options() };
    let reading = read(&options, serde_json::json!({"kind": "video", "path": "speech.mp4", "subtitles": "ad.srt"}));
    assert_eq!(reading.gaps, []);
    assert!(said(&reading).iter().all(|statement| statement.read_by == ReadBy::Subtitle));
    assert!(!said(&reading).is_empty());
}

#[test]
fn a_voice_that_nobody_is_to_hear_is_a_gap_that_names_the_setting() {
    let off = Options { speech: SpeechBy::Off, ..options() };
    let reading = hear(&off, Path::new("speech.mp4"));
    assert!(said(&reading).is_empty());
    assert_eq!(reading.gaps.len(), 1, "{:?}", reading.gaps);
    assert_eq!(reading.gaps[0].reason, "speech-unheard");
    assert!(reading.gaps[0].detail.contains("reader.speech"), "{}", reading.gaps[0].detail);
    let folder = tempfile::tempdir().expect("a folder");
    for sound in [None, Some("anoisesrc=a=0.3:r=16000:seed=1")] {
        assert_eq!(hear(&off, &film(folder.path(), sound)).gaps, [], "{sound:?}");
        std::fs::remove_file(folder.path().join("film.mp4")).expect("a film");
    }
    // What is said stands in its subtitles.
    let told = read(&off, serde_json::json!({"kind": "video", "path": "speech.mp4", "subtitles": "ad.srt"}));
    assert_eq!(told.gaps, []);
}

#[test]
fn a_program_of_the_operators_is_asked() {
    let command = |script: &str| Options {
        speech: SpeechBy::Command,
        speech_command: ["sh", "-c", script, "{wav}"].map(str::to_owned).to_vec(),
        ..options()
    };
    let script = "test -s $0 && printf '1\\n00:00:01,000 --> 00:00:02,500\\n免費領取遊戲禮包\\n'";
    let reading = hear(&command(script), Path::new("speech.mp4"));
    assert_eq!(reading.gaps, []);
    let said = said(&reading);
    assert_eq!(said.len(), 1);
    assert_eq!((said[0].text.as_str(), said[0].read_by), ("免费领取游戏礼包", ReadBy::Speech(None)));
    assert_eq!(said[0].ad_place().map(|p| (p.at_s, p.until_s)), Some((Some(1.0), Some(2.5))));

    let reading = hear(&command("echo no licence >&2; exit 1"), Path::new("speech.mp4"));
    assert_eq!(reading.gaps.len(), 1);
    assert!(reading.gaps[0].detail.contains("no licence"), "{}", reading.gaps[0].detail);
}

#[test]
fn sound_that_cannot_be_decoded_is_a_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("film.mkv");
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "color=c=gray:s=64x64:r=2:d=6"])
        .args(["-f", "lavfi", "-t", "6", "-i", "anoisesrc=r=16000", "-c:a", "aac"])
        .arg(&path)
        .status()
        .expect("ffmpeg is there");
    assert!(made.success());
    // A codec that there is not: all else is as it was.
    let mut bytes = std::fs::read(&path).expect("a film");
    let at = bytes.windows(5).position(|name| name == b"A_AAC").expect("the name of the codec");
    bytes[at..at + 5].copy_from_slice(b"A_XXX");
    std::fs::write(&path, bytes).expect("writes");
    let reading = hear(&options(), &path);
    assert_eq!(reading.gaps.len(), 1, "{:?}", reading.gaps);
    assert_eq!(reading.gaps[0].reason, "speech-unheard");
}

/// One who hears the same in every video.
struct Hears(&'static str);

impl Transcriber for Hears {
    fn transcribe(&self, _: &[f32], _: &[(f64, f64)], _: std::time::Duration) -> Result<Transcript, String> {
        let segment = Segment { from_s: 1.0, until_s: 2.5, text: self.0.into(), confidence: Some(0.8) };
        Ok(Transcript { engine: "a test".into(), model: None, segments: vec![segment], unheard: Vec::new() })
    }
}

#[test]
fn words_of_the_lexicon_are_known_by_their_sound_and_quoted_as_heard() {
    let lexicon = serde_json::json!({"terms": {}, "kinds": {"game-gift": {
        "family": "game", "title": {}, "words": {"游戏礼包": 1.2, "[一二]+礼包": 1.0}
    }}});
    let reader = Reader::open(&options()).expect("the models are there: scripts/setup fetches them");
    let reader = reader
        .knowing(serde_json::from_value(lexicon).expect("a lexicon"))
        .heard_by(Box::new(Hears("遊戲裡包,29元,沖值就送")));
    let creative = serde_json::json!({"kind": "video", "path": "speech.mp4", "subtitles": null});
    let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
    let ad: Ad = serde_json::from_value(ad).expect("an ad");
    let reading = reader.read_ad(&ad, EvidenceId::of(b"ad"), &data(), DateTime::<Utc>::UNIX_EPOCH);
    let said = said(&reading);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].text, "游戏里包,29元,冲值就送");
    assert_eq!(said[0].normal.text, "游戏礼包,29元,充值就送");
    assert_eq!(said[0].normal.guesses, [Guess { from: 0, heard: "游戏里包".into() }]);
    assert!(said[0].normal.disguises.is_empty(), "{:?}", said[0].normal.disguises);
    assert_eq!(said[0].prices.len(), 1);
}
