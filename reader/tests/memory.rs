//! What is remembered is not read again: the real models are not asked a second time.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::EvidenceId;
use options::options;
use reader::{AdReading, Memory, Options, Reader};
use serde_json::{Value, json};

#[path = "dsl/options.rs"]
mod options;

/// A memory in this process; the program has one in its store.
#[derive(Default)]
struct Remembers {
    readings: Mutex<HashMap<EvidenceId, Vec<u8>>>,
    artefacts: Mutex<HashMap<EvidenceId, Vec<u8>>>,
}

impl Memory for Remembers {
    fn recall(&self, key: EvidenceId) -> Option<Vec<u8>> {
        self.readings.lock().unwrap().get(&key).cloned()
    }

    fn remember(&self, key: EvidenceId, reading: &[u8]) {
        self.readings.lock().unwrap().insert(key, reading.to_vec());
    }

    fn artefact(&self, id: EvidenceId) -> Option<Vec<u8>> {
        self.artefacts.lock().unwrap().get(&id).cloned()
    }
}

fn read(reader: &Reader, folder: &Path, creative: Value) -> AdReading {
    let ad: Ad = serde_json::from_value(json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]}))
        .expect("an ad");
    reader.read_ad(&ad, EvidenceId::of(b"ad"), folder, DateTime::<Utc>::UNIX_EPOCH)
}

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

/// A reader that begins with a memory, as another run of the program would.
fn reader(memory: &Arc<Remembers>) -> Reader {
    Reader::open(&options()).expect("the models are there").remembering(Arc::clone(memory) as Arc<dyn Memory>)
}

#[test]
fn a_creative_seen_before_costs_no_model_call() {
    for creative in [
        json!({"kind": "image", "path": "banner.jpg"}),
        json!({"kind": "video", "path": "ad.mp4", "subtitles": "ad.srt"}),
        json!({"kind": "video", "path": "speech.mp4"}),
    ] {
        let memory = Arc::new(Remembers::default());
        let first = reader(&memory);
        let read_first = read(&first, data(), creative.clone());
        assert_eq!(read_first.gaps, []);
        assert!(first.asked() > 0 && !read_first.statements.is_empty());
        // What the pipeline does with them.
        for evidence in &read_first.evidence {
            memory.artefacts.lock().unwrap().insert(evidence.id(), evidence.bytes().to_vec());
        }

        let second = reader(&memory);
        let known = read(&second, data(), creative);
        assert_eq!(second.asked(), 0);
        // Boxes are written to a tenth of a pixel.
        let written = |reading: &AdReading| serde_json::to_value((&reading.statements, &reading.codes)).expect("plain");
        assert_eq!(written(&known), written(&read_first));
        assert_eq!(known.evidence, read_first.evidence);
    }
}

#[test]
fn a_picture_of_the_same_pixels_is_not_read_again_under_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = image::open(data().join("banner.jpg")).expect("a picture");
    picture.save(folder.path().join("copy.png")).expect("saves");
    let memory = Arc::new(Remembers::default());
    let first = read(&reader(&memory), data(), json!({"kind": "image", "path": "banner.jpg"}));
    let second = reader(&memory);
    let copy = read(&second, folder.path(), json!({"kind": "image", "path": "copy.png"}));
    assert_eq!(second.asked(), 0);
    let texts = |reading: &AdReading| reading.statements.iter().map(|s| s.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&copy), texts(&first));
}

#[test]
fn what_is_not_the_same_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = |from: &str, to: &str| std::fs::copy(data().join(from), folder.path().join(to)).expect("copies");
    let memory = Arc::new(Remembers::default());
    let keep = |reading: &AdReading| {
        for evidence in &reading.evidence {
            memory.artefacts.lock().unwrap().insert(evidence.id(), evidence.bytes().to_vec());
        }
    };
    let asks = |reader: &Reader, creative: Value| {
        keep(&read(reader, folder.path(), creative));
        reader.asked() > 0
    };
    copy("banner.jpg", "a.jpg");
    let creative = json!({"kind": "image", "path": "a.jpg"});
    assert!(asks(&reader(&memory), creative.clone()));
    assert!(!asks(&reader(&memory), creative.clone()));
    // Another file of the same name.
    copy("small.png", "a.jpg");
    assert!(asks(&reader(&memory), creative.clone()));
    // Other settings.
    let strict = Options { min_confidence: 0.9, ..options() };
    assert!(asks(&Reader::open(&strict).expect("the models are there").remembering(memory.clone()), creative.clone()));
    // An artefact that was deleted since: a video is read anew, for its frames are not there to be shown.
    copy("ad.mp4", "v.mp4");
    copy("ad.srt", "v.srt");
    let video = json!({"kind": "video", "path": "v.mp4", "subtitles": "v.srt"});
    assert!(asks(&reader(&memory), video.clone()));
    assert!(!asks(&reader(&memory), video.clone()));
    memory.artefacts.lock().unwrap().clear();
    assert!(asks(&reader(&memory), video.clone()));
    // Other subtitles.
    std::fs::write(folder.path().join("v.srt"), "1\n00:00:01,000 --> 00:00:02,000\n首月免费\n").expect("writes");
    assert!(asks(&reader(&memory), video));
}

#[test]
fn what_left_a_gap_is_tried_again() {
    let memory = Arc::new(Remembers::default());
    let hurried = Options { max_video_secs: 2, ..options() };
    let creative = json!({"kind": "video", "path": "ad.mp4", "subtitles": "ad.srt"});
    for _ in 0..2 {
        let reader = Reader::open(&hurried).expect("the models are there").remembering(memory.clone());
        let reading = read(&reader, data(), creative.clone());
        assert_eq!(reading.gaps.len(), 1, "only the first seconds were read");
        assert!(reader.asked() > 0);
    }
}
