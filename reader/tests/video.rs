//! Videos as they come: unusual ones, broken ones and hostile ones, each made by ffmpeg for the purpose.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use model::ad::Ad;
use model::evidence::EvidenceId;
use model::statement::{ReadBy, Role, Statement};
use options::options;
use reader::{AdReading, Options, Reader, SpeechBy};

#[path = "dsl/options.rs"]
mod options;

/// Words that stand on the banner, large.
const WORDS: &str = "王者荣耀限定皮肤";

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn quiet() -> Options {
    Options { speech: SpeechBy::Off, ..options() }
}

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::open(&quiet()).expect("the models are there: scripts/setup fetches them"))
}

/// A folder of films.
struct Films(tempfile::TempDir);

impl Films {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).expect("writes");
        self.path(name)
    }

    /// Runs ffmpeg in the folder, with these words as arguments.
    fn make(&self, name: &str, arguments: &str) -> PathBuf {
        let words = arguments.split_whitespace().map(|word| match word {
            "BANNER" => data("banner.jpg").into_os_string(),
            "AD" => data("ad.mp4").into_os_string(),
            "SPEECH" => data("speech.mp4").into_os_string(),
            word => word.into(),
        });
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg.current_dir(self.0.path()).args(["-v", "error", "-y"]).args(words).arg(name);
        assert!(ffmpeg.status().expect("ffmpeg is there").success(), "{arguments}");
        self.path(name)
    }

    /// The banner for four seconds.
    fn banner(&self, name: &str, arguments: &str) -> PathBuf {
        self.make(name, &format!("-loop 1 -framerate 5 -t 4 -i BANNER {arguments}"))
    }
}

fn read_by(reader: &Reader, creative: serde_json::Value) -> AdReading {
    let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
    let ad: Ad = serde_json::from_value(ad).expect("an ad");
    reader.read_ad(&ad, EvidenceId::of(b"ad"), Path::new(""), DateTime::<Utc>::UNIX_EPOCH)
}

fn read(path: &Path) -> AdReading {
    read_by(reader(), serde_json::json!({"kind": "video", "path": path}))
}

fn said<'a>(reading: &'a AdReading, words: &str) -> &'a Statement {
    let texts: Vec<&str> = reading.statements.iter().map(|s| s.text.as_str()).collect();
    let found = reading.statements.iter().find(|s| s.text.contains(words));
    found.unwrap_or_else(|| panic!("{words} is not among {texts:?}; {:?}", reading.gaps))
}

fn subtitles(reading: &AdReading) -> Vec<(&str, f64, f64)> {
    let spoken = reading.statements.iter().filter(|s| s.role == Role::Speech && s.read_by == ReadBy::Subtitle);
    spoken
        .map(|s| {
            let place = s.ad_place().expect("on the ad");
            (s.text.as_str(), place.at_s.expect("from"), place.until_s.expect("until"))
        })
        .collect()
}

fn reasons(reading: &AdReading) -> Vec<&str> {
    reading.gaps.iter().map(|gap| gap.reason.as_str()).collect()
}

fn seconds(statement: &Statement) -> (f64, f64) {
    let place = statement.ad_place().expect("on the ad");
    (place.at_s.expect("from"), place.until_s.expect("until"))
}

fn near(statement: &Statement, from: f64, until: f64) {
    let (at, end) = seconds(statement);
    assert!((at - from).abs() <= 0.25 && (end - until).abs() <= 0.25, "{}: {at} to {end}", statement.text);
}

const SRT: &str =
    "1\n00:00:00,500 --> 00:00:02,000\n<i>首月零元</i>\n\n2\n00:00:02,500 --> 00:00:03,500\n次月起二十九元\n";
const SPOKEN: [(&str, f64, f64); 2] = [("首月零元", 0.5, 2.0), ("次月起二十九元", 2.5, 3.5)];

#[test]
fn tracks_of_subtitles_in_the_video_are_read() {
    let films = Films::new();
    films.file("a.srt", SRT.as_bytes());
    for (name, codec) in [("a.mp4", "mov_text"), ("a.mkv", "srt"), ("b.mkv", "ass"), ("c.mkv", "webvtt")] {
        let path = films.make(name, &format!("-i AD -i a.srt -map 0:v -map 1 -c:v copy -c:s {codec}"));
        let reading = read(&path);
        assert_eq!(reading.gaps, [], "{codec}");
        assert_eq!(subtitles(&reading), SPOKEN, "{codec}");
        let place = reading.statements.iter().find(|s| s.role == Role::Speech).and_then(Statement::ad_place);
        let kept = reading.evidence.iter().find(|e| Some(e.id()) == place.map(|p| p.evidence)).expect("kept");
        assert_eq!(kept.what, "subtitles, track 1");
    }
}

#[test]
fn every_track_of_subtitles_is_read_up_to_a_bound() {
    let films = Films::new();
    films.file("a.srt", SRT.as_bytes());
    let reading = read(&films.make("a.mkv", &format!("-i AD -i a.srt -map 0:v {} -c copy", "-map 1 ".repeat(9))));
    assert_eq!(reasons(&reading), ["subtitles-unread"]);
    assert_eq!(subtitles(&reading).len(), 8 * SPOKEN.len());
}

#[test]
fn subtitles_that_are_pictures_are_a_gap() {
    let films = Films::new();
    // Of the DVD kind, written by hand: ffmpeg makes no picture of a text.
    films.file("a.sub", &dvd_subtitle());
    films.file("a.idx", b"# VobSub index file, v7 (do not modify this line!)\nsize: 720x480\npalette: 000000, ffffff, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000, 000000\nid: zh, index: 0\ntimestamp: 00:00:01:000, filepos: 000000000\n");
    let reading = read(&films.make("a.mkv", "-i AD -i a.idx -map 0:v -map 1 -c copy"));
    assert_eq!(reasons(&reading), ["subtitles-unread"]);
    assert!(reading.gaps[0].detail.contains("dvd_subtitle"), "{}", reading.gaps[0].detail);
    said(&reading, "免费领取");
}

/// A pack of MPEG with one packet of private stream 1 that holds a subtitle without content.
fn dvd_subtitle() -> Vec<u8> {
    let mut pack = vec![0, 0, 1, 0xba, 0x44, 0, 4, 0, 4, 1, 0, 0, 3, 0xf8];
    let mut packet = vec![0x81, 0x80, 5, 0x21, 0, 5, 0xbf, 0x21, 0x20];
    packet.extend([0, 8, 0, 4, 0, 0, 0, 0]);
    pack.extend([0, 0, 1, 0xbd, 0, packet.len() as u8]);
    pack.extend(packet);
    pack.resize(2_048, 0xff);
    pack
}

#[test]
fn a_voice_is_heard_beside_a_harmless_track_of_subtitles_in_the_video() {
    let films = Films::new();
    films.file("a.srt", "1\n00:00:01,000 --> 00:00:03,000\n谢谢观看\n".as_bytes());
    let path = films.make("a.mp4", "-i SPEECH -i a.srt -map 0 -map 1 -c:v copy -c:a copy -c:s mov_text");
    let listening = Reader::open(&options()).expect("the models are there");
    let reading = read_by(&listening, serde_json::json!({"kind": "video", "path": path}));
    assert_eq!(subtitles(&reading), [("谢谢观看", 1.0, 3.0)]);
    assert!(reading.statements.iter().any(|s| matches!(s.read_by, ReadBy::Speech(_))), "{:?}", reading.statements);
}

#[test]
fn subtitles_beside_the_video_are_read_whatever_they_are_written_in() {
    let films = Films::new();
    let video = films.make("a.mp4", "-f lavfi -i color=c=gray:s=64x64:r=2:d=4");
    let gbk = encoding_rs::GBK.encode(SRT).0.into_owned();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(SRT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let ass = films.make("made.ass", &format!("-i {}", films.file("in.srt", SRT.as_bytes()).display()));
    for path in [films.file("gbk.srt", &gbk), films.file("wide.srt", &wide), ass] {
        let creative = serde_json::json!({"kind": "video", "path": video, "subtitles": path});
        let reading = read_by(reader(), creative);
        assert_eq!(reading.gaps, [], "{}", path.display());
        assert_eq!(subtitles(&reading), SPOKEN, "{}", path.display());
    }
}

#[test]
fn subtitles_that_say_nothing_are_a_gap_and_the_voice_is_heard() {
    let films = Films::new();
    let empty = films.file("a.ass", b"[Script Info]\n[Events]\nFormat: Start, End, Text\n");
    let listening = Reader::open(&options()).expect("the models are there");
    let creative = serde_json::json!({"kind": "video", "path": data("speech.mp4"), "subtitles": empty});
    let reading = read_by(&listening, creative);
    assert_eq!(reasons(&reading), ["creative-unreadable"]);
    assert!(reading.gaps[0].detail.contains("a.ass holds no subtitles"), "{}", reading.gaps[0].detail);
    assert!(reading.statements.iter().any(|s| matches!(s.read_by, ReadBy::Speech(_))));
}

#[test]
fn seconds_count_from_the_first_picture() {
    let films = Films::new();
    films.file("a.srt", SRT.as_bytes());
    // Sound from the beginning; the pictures, and the subtitles with them, two seconds later.
    let path = films.make(
        "a.mkv",
        "-f lavfi -i anullsrc=r=16000 -itsoffset 2 -i AD -itsoffset 2 -i a.srt -map 0 -map 1:v -map 2 -c:v copy -t 8",
    );
    let reading = read(&path);
    assert_eq!(reading.gaps, []);
    near(said(&reading, "免费领取"), 0.5, 2.9);
    near(said(&reading, "次月起29元"), 3.2, 5.4);
    let moved = subtitles(&reading).iter().zip(SPOKEN).all(|(a, b)| (a.1 - b.1).abs() + (a.2 - b.2).abs() < 0.02);
    assert!(moved, "{:?}", subtitles(&reading));
}

#[test]
fn words_of_a_turned_or_stretched_video_are_read_as_they_are_shown() {
    let films = Films::new();
    let upright = said(&read(&films.banner("up.mp4", "-pix_fmt yuv420p")), WORDS).clone();
    let area = upright.ad_place().and_then(|p| p.area).expect("a box");
    // Coded lying down, with the word of the file that it is to be turned.
    films.banner("lies.mp4", "-vf transpose=clock -pix_fmt yuv420p");
    let turned = films.make("turned.mp4", "-i lies.mp4 -c copy -metadata:s:v:0 rotate=90");
    // Coded half as wide, with pixels twice as wide as high.
    let narrow = films.banner("narrow.mp4", "-vf scale=iw/2:ih,setsar=2 -pix_fmt yuv420p");
    for path in [turned, narrow] {
        let reading = read(&path);
        assert_eq!(reading.gaps, [], "{}", path.display());
        let found = said(&reading, WORDS).ad_place().and_then(|p| p.area).expect("a box");
        let off = [found.x - area.x, found.y - area.y, found.w - area.w, found.h - area.h];
        assert!(off.iter().all(|off| off.abs() < 12.0), "{}: {found:?}, not {area:?}", path.display());
    }
}

#[test]
fn a_variable_frame_rate_does_not_move_the_seconds() {
    let films = Films::new();
    // A frame each time that something changes.
    let path = films.make("a.mkv", "-i AD -vf mpdecimate -fps_mode vfr");
    let reading = read(&path);
    near(said(&reading, "免费领取"), 0.5, 2.9);
    near(said(&reading, "次月起29元"), 3.2, 5.4);
}

#[test]
fn one_picture_with_music_is_shown_to_its_end() {
    let films = Films::new();
    let path = films.make("a.mkv", "-i BANNER -f lavfi -t 6 -i anullsrc=r=16000 -pix_fmt yuv420p");
    let reading = read(&path);
    assert_eq!(reading.gaps, []);
    near(said(&reading, WORDS), 0.0, 6.0);
    // Nothing but the picture.
    let reading = read(&films.make("b.mp4", "-i BANNER -pix_fmt yuv420p -frames:v 1"));
    assert_eq!(reading.gaps, []);
    said(&reading, WORDS);
}

#[test]
fn two_hours_are_read_to_the_limit() {
    let films = Films::new();
    let path = films.make("a.mkv", "-loop 1 -framerate 1 -t 7200 -i BANNER -vf scale=480:-2 -preset ultrafast -g 600");
    let short = Reader::open(&Options { max_video_secs: 4, ..quiet() }).expect("the models are there");
    let reading = read_by(&short, serde_json::json!({"kind": "video", "path": path}));
    assert_eq!(reasons(&reading), ["video-truncated"]);
    near(said(&reading, WORDS), 0.0, 4.0);
}

#[test]
fn large_deep_and_moving_pictures_are_read() {
    let films = Films::new();
    for (name, arguments) in [
        ("large.mp4", "-vf scale=7680:4320 -pix_fmt yuv420p -preset ultrafast -frames:v 3"),
        ("deep.mkv", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le -color_trc smpte2084"),
        ("moves.gif", "-vf fps=2"),
        ("bare.h264", "-pix_fmt yuv420p"),
    ] {
        let reading = read(&films.banner(name, arguments));
        assert_eq!(reading.gaps, [], "{name}");
        said(&reading, WORDS);
    }
}

#[test]
fn more_pixels_than_may_be_decoded_are_a_gap() {
    let films = Films::new();
    let path = films.banner("a.mp4", "-pix_fmt yuv420p");
    let few = Reader::open(&Options { max_picture_pixels: 100_000, ..quiet() }).expect("the models are there");
    let reading = read_by(&few, serde_json::json!({"kind": "video", "path": path}));
    assert_eq!(reasons(&reading), ["creative-unreadable"]);
    assert_eq!(reading.statements, []);
}

#[test]
fn pictures_that_change_their_size_are_read_to_the_end() {
    let films = Films::new();
    films.make("a.ts", "-f lavfi -i color=c=gray:s=320x240:r=5:d=2 -c:v libx264");
    films.banner("b.ts", "-c:v libx264 -pix_fmt yuv420p -output_ts_offset 2");
    let both =
        [std::fs::read(films.path("a.ts")), std::fs::read(films.path("b.ts"))].map(|b| b.expect("a film")).concat();
    near(said(&read(&films.file("c.ts", &both)), "免费领648礼包"), 2.0, 6.0);
}

#[test]
fn a_video_that_breaks_off_is_a_gap_and_read_so_far() {
    let films = Films::new();
    for (name, arguments) in [("a.mp4", "-movflags +faststart"), ("a.mkv", ""), ("a.avi", "")] {
        let whole = std::fs::read(films.make(name, &format!("-i AD -c:v copy {arguments}"))).expect("a film");
        let reading = read(&films.file(name, &whole[..whole.len() * 6 / 10]));
        assert_eq!(reading.gaps.len(), 1, "{name}: {:?}", reading.gaps);
        said(&reading, "免费领取");
    }
}

#[test]
fn frames_that_cannot_be_decoded_are_a_gap() {
    let films = Films::new();
    let path = films.make("a.mkv", "-i AD -c:v copy");
    let mut bytes = std::fs::read(&path).expect("a film");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 2_000].fill(0x55);
    let reading = read(&films.file("a.mkv", &bytes));
    assert_eq!(reading.gaps.len(), 1, "{:?}", reading.gaps);
}

#[test]
fn what_is_no_video_is_one_gap() {
    let films = Films::new();
    let song = films.make("song.mp4", "-f lavfi -t 2 -i anullsrc=r=16000 -c:a aac");
    let cover = films.make("cover.mp4", "-i song.mp4 -i BANNER -map 0 -map 1 -c copy -disposition:v attached_pic");
    let whole = std::fs::read(films.make("end.mp4", "-i AD -c copy")).expect("a film");
    let thin = films.make("thin.avi", "-f lavfi -i color=c=gray:s=10002x2:r=5:d=1 -c:v ffv1");
    for (path, gaps, words) in [
        (song, 1, "no pictures"),
        (cover, 1, "no pictures"),
        (films.file("empty.mp4", b""), 1, "empty.mp4"),
        (films.file("text.mp4", b"hello, world"), 1, "text.mp4"),
        (films.file("cut.mp4", &whole[..whole.len() / 2]), 1, "cut.mp4"),
        (thin, 0, ""),
    ] {
        let reading = read(&path);
        assert_eq!(reading.gaps.len(), gaps, "{}: {:?}", path.display(), reading.gaps);
        assert!(
            reading.gaps.iter().all(|g| g.reason == "creative-unreadable" && g.detail.contains(words)),
            "{:?}",
            reading.gaps
        );
        assert_eq!(reading.statements, [], "{}", path.display());
    }
}

#[test]
fn a_list_of_other_files_opens_none_of_them() {
    let films = Films::new();
    films.banner("real.mp4", "-pix_fmt yuv420p");
    let real = films.path("real.mp4").display().to_string();
    for (name, list) in [
        ("list.mp4", format!("ffconcat version 1.0\nfile '{real}'\n")),
        ("list.m3u8", format!("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{real}\n#EXT-X-ENDLIST\n")),
        (
            "list.mkv",
            "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n".to_owned(),
        ),
        ("list.mpd", format!("<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><BaseURL>{real}</BaseURL></MPD>")),
    ] {
        let reading = read(&films.file(name, list.as_bytes()));
        assert_eq!(reasons(&reading), ["creative-unreadable"], "{name}");
        assert_eq!(reading.statements, [], "{name}");
    }
}

/// A font with Chinese letters, as ffmpeg names it.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

#[test]
fn words_that_never_stand_still_are_read_once_where_they_were() {
    let films = Films::new();
    // A ticker that runs through in seven seconds, and a price that drifts.
    films.file("ticker.txt", "次月起29元每月自动续费，可随时退订".as_bytes());
    films.file("price.txt", "首月免费领取".as_bytes());
    let draw = |file: &str, size: u32, x: &str, y: &str| {
        format!("drawtext=fontfile={FONT}:textfile={file}:fontsize={size}:fontcolor=white:x={x}:y={y}")
    };
    let ticker = draw("ticker.txt", 30, "720-180*t", "1180");
    let price = draw("price.txt", 60, "80+20*t", "300+15*t");
    let ground = "color=c=0x204060:s=720x1280:r=25:d=7";
    let film = films.make("moving.mp4", &format!("-f lavfi -i {ground} -vf {ticker},{price} -pix_fmt yuv420p"));
    let reading = read(&film);
    assert_eq!(reading.gaps, []);
    let price: Vec<_> = reading.statements.iter().filter(|s| s.text.contains("首月免费")).collect();
    assert_eq!(price.len(), 1, "{price:?}");
    let (from, until) = seconds(price[0]);
    assert!(from <= 0.3 && until >= 6.7, "it is there all the time: {from} to {until}");
    let area = price[0].ad_place().and_then(|place| place.area).expect("a box");
    assert!(
        (area.x - 80.0).abs() < 40.0 && (area.y - 300.0).abs() < 40.0,
        "where it stands on the frame that is kept: {area:?}"
    );
    let ticker: Vec<_> = reading.statements.iter().filter(|s| s.text.contains("29元")).collect();
    assert_eq!(ticker.len(), 1, "{:?}", reading.statements.iter().map(|s| (&s.text, seconds(s))).collect::<Vec<_>>());
    let (from, until) = seconds(ticker[0]);
    // Its 29 comes in after a second, and is gone after five.
    assert!((0.5..4.5).contains(&from) && (from..=7.0).contains(&until), "{from} to {until}");
}
