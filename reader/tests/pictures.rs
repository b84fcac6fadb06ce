//! Pictures as advertisers hand them over: in every colour, turned, cut off, or no pictures at all.

use std::path::Path;
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use model::ad::Ad;
use model::evidence::EvidenceId;
use options::options;
use reader::{AdReading, Options, Reader};
use serde_json::json;
use tempfile::TempDir;

#[path = "dsl/options.rs"]
mod options;

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| Reader::open(&options()).expect("the models are there: scripts/setup fetches them"))
}

fn data() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"))
}

fn read_in(reader: &Reader, folder: &Path, name: &str) -> AdReading {
    let creative = json!({"kind": "image", "path": name});
    let ad: Ad = serde_json::from_value(json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]}))
        .expect("an ad");
    reader.read_ad(&ad, EvidenceId::of(b"ad"), folder, DateTime::<Utc>::UNIX_EPOCH)
}

fn texts(reading: &AdReading) -> Vec<&str> {
    reading.statements.iter().map(|s| s.normal.text.as_str()).collect()
}

/// Bytes as a file of an ad.
fn file(name: &str, bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), bytes).expect("writes");
    folder
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

fn banner() -> DynamicImage {
    image::open(data().join("banner.jpg")).expect("a picture").resize(480, 480, FilterType::Triangle)
}

#[test]
fn four_colours_of_print_are_read_as_people_see_them() {
    let reading = read_in(reader(), data(), "cmyk.jpg");
    assert_eq!(reading.gaps, []);
    assert!(texts(&reading).contains(&"免费领648礼包"), "{:?}", texts(&reading));
    // Turned inside out, the letters would stand on a dark ground, and the contrast would be another.
    let known = read_in(reader(), &file_of_banner(), "banner.png");
    let contrast = |reading: &AdReading| {
        let headline = reading.statements.iter().find(|s| s.text == "免费领648礼包").expect("the headline");
        headline.visibility.contrast.expect("a contrast")
    };
    assert!((contrast(&reading) - contrast(&known)).abs() < 1.0, "{} {}", contrast(&reading), contrast(&known));
}

fn file_of_banner() -> std::path::PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| file("banner.png", &encoded(&banner(), ImageFormat::Png))).path().to_owned()
}

#[test]
fn a_picture_that_lies_on_its_side_is_read_upright() {
    let reading = read_in(reader(), data(), "sideways.jpg");
    assert_eq!(reading.gaps, []);
    let headline = reading.statements.iter().find(|s| s.text == "免费领648礼包").expect("the headline");
    let area = headline.ad_place().and_then(|place| place.area).expect("a box");
    assert!(area.w > 4.0 * area.h, "in the picture as it is seen: {area:?}");
}

#[test]
fn every_common_format_is_read() {
    let banner = banner();
    let grey = DynamicImage::ImageLuma16(banner.to_luma16());
    let transparent = DynamicImage::ImageRgba8(banner.to_rgba8());
    for (name, picture, format) in [
        ("a.webp", &banner, ImageFormat::WebP),
        ("a.gif", &transparent, ImageFormat::Gif),
        ("a.bmp", &banner, ImageFormat::Bmp),
        ("sixteen-bits.png", &grey, ImageFormat::Png),
        ("wrong-name.jpg", &transparent, ImageFormat::Png),
    ] {
        let folder = file(name, &encoded(picture, format));
        let reading = read_in(reader(), folder.path(), name);
        assert_eq!(reading.gaps, [], "{name}");
        assert!(texts(&reading).contains(&"免费领648礼包"), "{name}: {:?}", texts(&reading));
    }
}

#[test]
fn a_picture_that_is_cut_off_is_a_gap_and_nothing_of_it_is_taken_for_all() {
    let banner = banner();
    for (name, format) in [
        ("a.jpg", ImageFormat::Jpeg),
        ("a.png", ImageFormat::Png),
        ("a.webp", ImageFormat::WebP),
        ("a.gif", ImageFormat::Gif),
        ("a.bmp", ImageFormat::Bmp),
    ] {
        let picture = if format == ImageFormat::Jpeg {
            DynamicImage::ImageRgb8(banner.to_rgb8())
        } else {
            DynamicImage::ImageRgba8(banner.to_rgba8())
        };
        let bytes = encoded(&picture, format);
        for share in [4, 20, 60, 95] {
            let folder = file(name, &bytes[..bytes.len() * share / 100]);
            let reading = read_in(reader(), folder.path(), name);
            let gaps: Vec<_> = reading.gaps.iter().map(|gap| gap.reason.as_str()).collect();
            assert_eq!(gaps, ["creative-unreadable"], "{name}, {share} %");
            assert_eq!(texts(&reading), [""; 0], "{name}, {share} %");
        }
    }
}

#[test]
fn what_is_too_large_or_of_another_kind_is_told_with_what_to_do() {
    let small = Reader::open(&Options { max_picture_pixels: 10_000, ..options() }).expect("the models are there");
    let reading = read_in(&small, data(), "banner.jpg");
    assert!(reading.gaps[0].detail.contains("reader.max_picture_pixels"), "{:?}", reading.gaps);
    let drawing = b"<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('http://a.test/')</script></svg>";
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1";
    for (name, bytes, words) in [
        ("a.svg", &drawing[..], "SVG"),
        ("a.avif", avif, "AVIF"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1", "HEIC"),
        ("empty.png", b"", "empty"),
        ("a.tif", b"II*\0\x08\0\0\0", "PNG, JPEG"),
    ] {
        let folder = file(name, bytes);
        let reading = read_in(reader(), folder.path(), name);
        assert_eq!(reading.gaps.len(), 1, "{name}");
        let gap = &reading.gaps[0];
        assert_eq!(gap.reason, "creative-unreadable");
        assert!(gap.detail.contains(words) && gap.detail.contains(name), "{}", gap.detail);
        assert!(gap.detail.contains("PNG, JPEG, WebP, GIF and BMP can be read"), "{}", gap.detail);
    }
}

#[test]
fn print_that_cannot_be_read_is_a_gap_with_its_place() {
    // Pale print 5 to 8 pixels high, after a JPEG of quality 35.
    let reading = read_in(reader(), data(), "unreadable.jpg");
    assert!(texts(&reading).contains(&"39天瘦10斤"), "{:?}", texts(&reading));
    let gaps: Vec<_> = reading.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    assert_eq!(gaps, ["print-unread"]);
    assert!(reading.gaps[0].detail.contains("sharper picture"), "{}", reading.gaps[0].detail);
}

/// Two slides, each standing for so many milliseconds, as a picture that moves.
fn slides(codec: &[&str], name: &str, ms: u32) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (at, picture) in ["banner.jpg", "small.png"].into_iter().enumerate() {
        let mut slide = image::RgbImage::from_pixel(720, 404, image::Rgb([255; 3]));
        let picture = image::open(data().join(picture)).expect("a picture").resize(720, 404, FilterType::Triangle);
        image::imageops::overlay(&mut slide, &picture.to_rgb8(), 0, 0);
        slide.save(folder.path().join(format!("slide-{at}.png"))).expect("saves");
    }
    let done = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-framerate", &format!("1000/{ms}"), "-i"])
        .arg(folder.path().join("slide-%d.png"))
        .args(codec)
        .arg(folder.path().join(name))
        .status()
        .expect("ffmpeg is there: scripts/setup installs it");
    assert!(done.success());
    folder
}

#[test]
fn what_a_moving_picture_shows_later_is_read_too() {
    for (name, codec, ms) in [
        ("a.gif", &["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse", "-f", "gif"][..], 1_500),
        ("quick.gif", &["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse", "-f", "gif"], 200),
        ("a.png", &["-f", "apng", "-plays", "0"], 1_500),
        ("a.webp", &["-c:v", "libwebp_anim", "-quality", "90", "-f", "webp"], 1_500),
    ] {
        let folder = slides(codec, name, ms);
        let reading = read_in(reader(), folder.path(), name);
        assert_eq!(reading.gaps, [], "{name}");
        let all = texts(&reading);
        let at = |words: &str| {
            let found = reading.statements.iter().find(|s| s.normal.text.contains(words));
            let found = found.unwrap_or_else(|| panic!("{name}: {words} is not among {all:?}"));
            found.ad_place().and_then(|place| place.at_s).expect("a second")
        };
        let (first, second) = (at("免费领648礼包"), at("首月0元"));
        assert!(first < 0.2, "{name}: {first}");
        let wanted = f64::from(ms.max(600)) / 1_000.0;
        assert!((second - wanted).abs() <= 0.3, "{name}: {second} instead of {wanted}");
    }
}

#[test]
fn a_moving_webp_given_as_a_video_is_read() {
    let folder = slides(&["-c:v", "libwebp_anim", "-quality", "90", "-f", "webp"], "a.webp", 1_500);
    let creative = json!({"kind": "video", "path": "a.webp"});
    let ad = json!({"ad_id": "1", "click_url": "https://a.test/", "creatives": [creative]});
    let ad: Ad = serde_json::from_value(ad).expect("an ad");
    let reading = reader().read_ad(&ad, EvidenceId::of(b"ad"), folder.path(), DateTime::<Utc>::UNIX_EPOCH);
    assert_eq!(reading.gaps, []);
    assert!(texts(&reading).iter().any(|text| text.contains("首月0元")), "{:?}", texts(&reading));
}
