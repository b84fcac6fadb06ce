//! The real models on pictures and a video rendered for the purpose (`tests/data`).

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::{AdSource, EvidenceId};
use model::label::Label;
use model::statement::{Role, Statement};
use options::options;
use reader::{AdReading, Engine, Options, Reader};

#[path = "dsl/options.rs"]
mod options;

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::open(&options()).expect("the models are there: scripts/setup fetches them"))
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

fn read_with(reader: &Reader, ad: serde_json::Value) -> AdReading {
    let ad: Ad = serde_json::from_value(ad).expect("an ad");
    reader.read_ad(&ad, EvidenceId::of(b"ad"), &data(), DateTime::<Utc>::UNIX_EPOCH)
}

fn creative(creative: serde_json::Value) -> AdReading {
    read_with(reader(), serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]}))
}

fn image(name: &str) -> Vec<Statement> {
    let reading = creative(serde_json::json!({"kind": "image", "path": name}));
    assert_eq!(reading.gaps, []);
    reading.statements
}

fn said<'a>(statements: &'a [Statement], words: &str) -> &'a Statement {
    let texts: Vec<&str> = statements.iter().map(|s| s.text.as_str()).collect();
    statements
        .iter()
        .find(|s| s.normal.text.contains(words))
        .unwrap_or_else(|| panic!("{words} is not among {texts:?}"))
}

#[test]
fn a_banner_is_read_with_its_headline() {
    let statements = image("banner.jpg");
    let headline = said(&statements, "免费领648礼包");
    assert_eq!(headline.role, Role::Headline);
    assert_eq!(headline.visibility.relative, Some(1.0));
    let area = headline.ad_place().and_then(|p| p.area).expect("a box");
    assert!(
        (20.0..60.0).contains(&area.x) && (30.0..60.0).contains(&area.y) && (340.0..420.0).contains(&area.w),
        "{area:?}"
    );
    for words in ["王者荣耀限定皮肤", "不要钱,点击就送激活码", "立即领取"] {
        assert_eq!(said(&statements, words).role, Role::PictureText);
    }
    let print = said(&statements, "最终解释权");
    assert!(print.visibility.relative.is_some_and(|r| r < 0.3) && print.visibility.contrast.is_some_and(|c| c < 2.0));
}

#[test]
fn pale_small_print_is_read_and_measured() {
    let statements = image("small.png");
    let print = said(&statements, "次月起按29元/月自动续费");
    assert!(print.text.contains("10086，本活动"), "the broken line is one sentence: {}", print.text);
    let look = &print.visibility;
    // Rendered at 16 px, #bdbdbd on white: contrast 1.87.
    assert!(look.font_px.is_some_and(|px| (14.0..19.0).contains(&px)), "{look:?}");
    assert!(look.contrast.is_some_and(|c| (1.4..2.2).contains(&c)), "{look:?}");
    assert!(look.relative.is_some_and(|r| r < 0.3));
    assert_eq!(print.prices.len(), 1);
    assert_eq!(print.prices[0].cents, 2_900);
    assert!(print.prices[0].per.is_some());
    assert_eq!(said(&statements, "首月0元").prices[0].cents, 0);
}

#[test]
fn a_long_picture_is_read_to_its_end_and_each_line_once() {
    let statements = image("long.jpg");
    for row in 1..=8 {
        for words in ["月功能费20元,按月收取", "合约期12个月,期内不可退订", "客服热线10086", "超出套餐后0.1元/分钟"]
        {
            let times = statements
                .iter()
                .filter(|s| s.normal.text.replace(' ', "").contains(&format!("{row}.{words}")))
                .count();
            assert_eq!(times, 1, "{row}. {words}");
        }
    }
    assert_eq!(statements.len(), 80);
}

#[test]
fn the_texts_of_a_video_are_read_with_their_seconds() {
    let reading = creative(serde_json::json!({"kind": "video", "path": "ad.mp4", "subtitles": "ad.srt"}));
    assert_eq!(reading.gaps, []);
    let gift = said(&reading.statements, "免费领取游戏礼包");
    let fee = said(&reading.statements, "次月起29元/月");
    // Shown from 0.5 to 2.9 s and from 3.2 to 5.4 s; looked at five times a second.
    for (statement, from, until) in [(gift, 0.5, 2.9), (fee, 3.2, 5.4)] {
        let place = statement.ad_place().expect("on the ad");
        assert_eq!(place.source, AdSource::Video);
        let (at, end) = (place.at_s.expect("from"), place.until_s.expect("until"));
        assert!((at - from).abs() <= 0.2 && (end - until).abs() <= 0.2, "{}: {at} to {end}", statement.text);
        assert!(reading.evidence.iter().any(|e| e.id() == place.evidence && e.media_type == "image/jpeg"));
        let look = &statement.visibility;
        assert!(look.seconds.is_some_and(|seconds| (seconds - (until - from)).abs() <= 0.4), "{look:?}");
        assert!(look.frame_share.is_some_and(|share| (0.02..0.12).contains(&share)), "{look:?}");
        // Eight characters in 2.4 s, and seven with a digit at half, in 2.2 s.
        assert!(look.pace.is_some_and(|pace| (2.0..4.5).contains(&pace)) && !look.hurried, "{look:?}");
    }
    let texts: Vec<&str> = reading.statements.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(texts.len(), 3, "each text once: {texts:?}");
    let speech = said(&reading.statements, "点击下方链接");
    assert_eq!((speech.role, speech.ad_place().and_then(|p| p.at_s)), (Role::Speech, Some(1.0)));
}

#[test]
fn onnx_runtime_reads_the_same_words_in_the_same_places() {
    let library = concat!(env!("CARGO_MANIFEST_DIR"), "/../.cache/onnxruntime/libonnxruntime.so");
    let options = Options { engine: Engine::OnnxRuntime, onnx_runtime: library.into(), ..options() };
    let other = Reader::open(&options).expect("the library is there: scripts/onnxruntime fetches it");
    for name in ["banner.jpg", "small.png", "long.jpg"] {
        let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [{"kind": "image", "path": name}]});
        let (one, two) = (image(name), read_with(&other, ad));
        assert_eq!(two.gaps, []);
        let said = |all: &[Statement]| {
            all.iter().map(|s| (s.text.clone(), s.ad_place().and_then(|p| p.area))).collect::<Vec<_>>()
        };
        assert_eq!(said(&one), said(&two.statements), "{name}");
    }
    assert!(other.asked() > 0);
    // Several threads at once.
    let texts = |reader: &Reader| {
        let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [{"kind": "image", "path": "small.png"}]});
        read_with(reader, ad).statements.len()
    };
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..4).map(|_| scope.spawn(|| texts(&other))).collect();
        let counts: Vec<_> = all.into_iter().map(|one| one.join().expect("reads")).collect();
        assert!(counts.iter().all(|&count| count == counts[0] && count > 0), "{counts:?}");
    });
}

#[test]
fn a_missing_library_of_onnx_runtime_is_told_with_what_to_do() {
    let options =
        Options { engine: Engine::OnnxRuntime, onnx_runtime: "/nowhere/libonnxruntime.so".into(), ..options() };
    let refused = Reader::open(&options).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("/nowhere/libonnxruntime.so") && refused.contains("reader.onnx_runtime"), "{refused}");
}

#[test]
fn a_long_video_is_read_to_the_limit_and_says_so() {
    let short = Reader::open(&Options { max_video_secs: 2, ..options() }).expect("the models are there");
    let reading = read_with(
        &short,
        serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [{"kind": "video", "path": "ad.mp4"}]}),
    );
    assert_eq!(reading.gaps.len(), 1);
    assert_eq!(reading.gaps[0].reason, "video-truncated");
    said(&reading.statements, "免费领取游戏礼包");
}

#[test]
fn what_cannot_be_read_is_a_gap_that_says_what_to_do() {
    for (creative_of_ad, words) in [
        (serde_json::json!({"kind": "image", "path": "missing.png"}), "missing.png"),
        (serde_json::json!({"kind": "image", "path": "ad.srt"}), "ad.srt"),
        (serde_json::json!({"kind": "video", "path": "ad.srt"}), "ad.srt"),
        (serde_json::json!({"kind": "video", "path": "playlist.m3u8"}), "playlist.m3u8"),
        (serde_json::json!({"kind": "video"}), "path"),
        (serde_json::json!({"kind": "html5", "path": "banner.jpg"}), "kind of creative"),
    ] {
        let reading = creative(creative_of_ad);
        assert_eq!(reading.gaps.len(), 1, "{words}");
        assert_eq!(reading.gaps[0].reason, "creative-unreadable");
        assert!(reading.gaps[0].detail.contains(words), "{}", reading.gaps[0].detail);
        assert!(reading.statements.is_empty());
    }
}

#[test]
fn a_changed_model_is_refused() {
    let folder = std::env::temp_dir().join(format!("postlink-models-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let missing = Reader::open(&Options { models: folder.display().to_string(), ..options() })
        .err()
        .expect("no models")
        .to_string();
    assert!(missing.contains("scripts/setup"), "{missing}");
    std::fs::write(folder.join("ppocrv6_dict.txt"), "a\nb\n").expect("writes");
    let changed = Reader::open(&Options { models: folder.display().to_string(), ..options() })
        .err()
        .expect("a changed model")
        .to_string();
    assert!(changed.contains("sha256"), "{changed}");
    std::fs::remove_dir_all(&folder).expect("cleans up");
}

#[test]
fn what_a_picture_says_of_how_it_was_made_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut bytes = std::fs::read(data().join("banner.jpg")).expect("a picture");
    let comment = br#"{"AIGC":{"Label":"1","ContentProducer":"a maker"}}"#;
    let length = u16::try_from(comment.len() + 2).expect("short").to_be_bytes();
    // A comment behind the mark of the beginning.
    bytes.splice(2..2, [&[0xff, 0xfe][..], &length, comment].concat());
    std::fs::write(folder.path().join("made.jpg"), &bytes).expect("writes");
    let reading = creative(serde_json::json!({"kind": "image", "path": folder.path().join("made.jpg")}));
    assert_eq!(reading.gaps, []);
    let [Label::Aigc { file, evidence, field }] = &reading.labels[..] else { panic!("{:?}", reading.labels) };
    assert_eq!((field.label.as_deref(), *file), (Some("1"), EvidenceId::of(&bytes)));
    assert!(reading.evidence.iter().any(|kept| kept.id() == *evidence), "the metadata is kept");
    assert!(creative(serde_json::json!({"kind": "image", "path": "banner.jpg"})).labels.is_empty());
}
