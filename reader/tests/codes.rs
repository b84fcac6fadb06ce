//! QR codes of pages and ads, with their places.

#[path = "dsl/code.rs"]
#[expect(dead_code, reason = "the tests of the search use the rest")]
mod code;
#[path = "dsl/snapshot.rs"]
#[expect(dead_code, reason = "the tests of pages use the rest")]
mod dsl;
#[path = "dsl/options.rs"]
mod options;

use std::path::{Path, PathBuf};
use std::process::Command;

use chrono::{DateTime, Utc};
use code::{Look, draw, jpeg, photo, plain};
use dsl::{Build, el, page_with, text};
use image::RgbImage;
use model::ad::Ad;
use model::chain::{Outcome, WayKind};
use model::evidence::{AdSource, EvidenceId, Place};
use model::statement::{Code, Page};
use reader::{AdReading, Reader, qr};

const TEACHER: &str = "https://work.weixin.test/ca/cawcde6b1d09b7b3c2";
const SHOP: &str = "HTTPS://S.TAOTAO-UNION.TEST/8F2KQ";

fn read(root: Build, picture: &RgbImage, scale: f64) -> Page {
    let size = |side: u32| (f64::from(side) / scale) as u32;
    let reading = page_with(root, Some(&jpeg(picture, 80)), (size(picture.width()), size(picture.height())), scale);
    assert_eq!(reading.gaps, []);
    reading.page
}

fn texts(codes: &[Code]) -> Vec<&str> {
    codes.iter().map(|code| code.text.as_str()).collect()
}

#[test]
fn codes_of_a_page_are_found_in_pictures_and_where_scripts_draw_them() {
    for scale in [1.0, 1.5] {
        let mut picture = plain((393.0 * scale) as u32, (1_800.0 * scale) as u32, [255; 3]);
        // A picture of 90 CSS pixels, and one that is drawn by table cells.
        draw(&mut picture, TEACHER, &Look { quiet: 2.0, ..Look::of(80.0 * scale) }, (100.0 * scale, 200.0 * scale));
        draw(&mut picture, SHOP, &Look::of(120.0 * scale), (200.0 * scale, 1_500.0 * scale));
        let root = el("body").area(0.0, 0.0, 393.0, 1_800.0).children([
            el("p").child(text("扫码添加老师", 20.0, 100.0, 200.0, 24.0)),
            el("img").attr("id", "teacher").area(55.0, 155.0, 90.0, 90.0),
            el("div").attr("class", "drawn").area(120.0, 1_420.0, 160.0, 160.0),
        ]);
        let page = read(root, &picture, scale);
        assert_eq!(texts(&page.codes), [TEACHER, SHOP], "at {scale}");
        let Place::Page(place) = &page.codes[0].place else { panic!("{:?}", page.codes[0]) };
        assert_eq!(place.selector.as_deref(), Some("#teacher"));
        let area = place.area.expect("a box");
        assert!((area.x - 60.0).abs() < 3.0 && (area.y - 160.0).abs() < 3.0, "{area:?}");
        assert!((area.w - 80.0).abs() < 4.0 && (area.h - 80.0).abs() < 4.0, "{area:?}");
        let Place::Page(place) = &page.codes[1].place else { panic!("{:?}", page.codes[1]) };
        assert_eq!(place.selector.as_deref(), Some("body > div"));

        let ways = qr::ways(&page);
        assert_eq!(ways.iter().map(|way| way.url.as_deref()).collect::<Vec<_>>(), [Some(TEACHER), Some(SHOP)]);
        assert!(ways.iter().all(|way| way.kind == WayKind::QrCode && way.outcome == Outcome::Unspent && way.gesture));
        assert_eq!((ways[0].at_ms, ways[0].hop, ways[0].area), (page.at_ms, page.hop, Some(area)));
    }
}

#[test]
fn a_pale_code_in_a_picture_of_the_page_is_found_by_looking_closely() {
    let mut picture = plain(590, 1_200, [255; 3]);
    draw(&mut picture, TEACHER, &Look { dark: [215; 3], ..Look::of(150.0) }, (300.0, 700.0));
    let root = el("body").area(0.0, 0.0, 393.0, 800.0).child(el("img").area(130.0, 390.0, 140.0, 140.0));
    assert_eq!(texts(&read(root, &picture, 1.5).codes), [TEACHER]);
}

#[test]
fn a_page_without_codes_or_without_a_picture_has_none() {
    let root = || el("body").area(0.0, 0.0, 393.0, 800.0).child(text("海量好书", 20.0, 100.0, 200.0, 24.0));
    assert_eq!(read(root(), &photo(393, 800), 1.0).codes, []);
    let reading = page_with(root(), None, (393, 800), 1.0);
    assert_eq!((reading.page.codes, reading.gaps), (Vec::new(), Vec::new()));
}

/// A folder for the creatives of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("postlink-codes-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn read(&self, creative: serde_json::Value) -> AdReading {
        let ad = serde_json::json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
        let ad: Ad = serde_json::from_value(ad).expect("an ad");
        let reader = Reader::open(&options::options()).expect("the models are there: scripts/setup fetches them");
        let reading = reader.read_ad(&ad, EvidenceId::of(b"ad"), &self.0, DateTime::<Utc>::UNIX_EPOCH);
        assert_eq!(reading.gaps, []);
        reading
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn save(picture: &RgbImage, path: &Path) {
    picture.save(path).expect("writes");
}

#[test]
fn a_code_in_an_ad_picture_is_found() {
    let folder = Folder::new("picture");
    let mut picture = photo(720, 900);
    draw(&mut picture, TEACHER, &Look { quiet: 1.0, logo: 0.2, ..Look::of(150.0) }, (560.0, 760.0));
    save(&picture, &folder.path("a.png"));
    let reading = folder.read(serde_json::json!({"kind": "image", "path": "a.png"}));
    assert_eq!(texts(&reading.codes), [TEACHER]);
    let Place::Ad(place) = &reading.codes[0].place else { panic!("{:?}", reading.codes[0]) };
    assert_eq!((place.source, place.at_s), (AdSource::Image, None));
    let area = place.area.expect("a box");
    assert!((area.x - 485.0).abs() < 4.0 && (area.w - 150.0).abs() < 8.0, "{area:?}");
    assert!(reading.evidence.iter().any(|evidence| evidence.id() == place.evidence));
    let ways = qr::ways_of_ad(&reading.codes);
    assert_eq!((ways[0].hop, ways[0].url.as_deref(), ways[0].area), (0, Some(TEACHER), None));
}

#[test]
fn a_code_in_a_video_is_found_with_its_seconds() {
    let folder = Folder::new("video");
    let mut picture = photo(540, 960);
    save(&picture, &folder.path("without.png"));
    draw(&mut picture, TEACHER, &Look { quiet: 1.0, ..Look::of(170.0) }, (270.0, 700.0));
    save(&picture, &folder.path("with.png"));
    let still = |name: &str, seconds: &str| {
        ["-loop", "1", "-t", seconds, "-i"]
            .map(str::to_owned)
            .into_iter()
            .chain([folder.path(name).display().to_string()])
    };
    let made = Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(still("without.png", "1"))
        .args(still("with.png", "2"))
        .args(still("without.png", "1"))
        .args(["-filter_complex", "[0][1][2]concat=n=3", "-c:v", "libx264", "-crf", "28", "-pix_fmt", "yuv420p"])
        .arg(folder.path("a.mp4"))
        .status()
        .expect("ffmpeg is there: scripts/setup installs it");
    assert!(made.success());
    let reading = folder.read(serde_json::json!({"kind": "video", "path": "a.mp4"}));
    assert_eq!(texts(&reading.codes), [TEACHER]);
    let Place::Ad(place) = &reading.codes[0].place else { panic!("{:?}", reading.codes[0]) };
    assert_eq!(place.source, AdSource::Video);
    // Shown from 1 to 3 s; codes are looked for every 0.6 s.
    let (at, until) = (place.at_s.expect("from"), place.until_s.expect("until"));
    assert!((at - 1.0).abs() < 0.61 && (until - 3.0).abs() < 0.61, "{at} to {until}");
    assert!(reading.evidence.iter().any(|e| e.id() == place.evidence && e.media_type == "image/jpeg"));
}
