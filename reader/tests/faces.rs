//! Faces in pictures that are handed out: covered for a reader that minds them, whatever their size; what only looks so stays.

use std::io::Cursor;
use std::path::Path;
use std::sync::OnceLock;

use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use options::options;
use reader::models::ModelError;
use reader::redact::{Done, Kind};
use reader::{Options, Reader};

#[path = "dsl/options.rs"]
mod options;

/// Where the face is in each picture, `[left, top, right, bottom]`, marked by hand from the brows to the chin.
const FACES: [(&str, [u32; 4]); 3] =
    [("astronaut", [130, 85, 205, 165]), ("officer", [115, 90, 205, 190]), ("cameraman", [127, 80, 155, 120])];
const LOOK_ALIKES: [&str; 4] = ["cat", "clock", "coins", "coffee"];

fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let reader = Reader::open(&options()).and_then(Reader::minding_faces);
        reader.expect("the models are there: scripts/setup fetches them")
    })
}

fn picture(name: &str) -> DynamicImage {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/faces");
    image::open(data.join(format!("{name}.jpg"))).expect("a picture")
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}

/// The picture as it is handed out, and what was covered in it.
fn covered(reader: &Reader, picture: &DynamicImage) -> (RgbImage, Done) {
    let covered = reader.covered(&png(picture), None).expect("can be handed out");
    let picture = image::load_from_memory(&covered.jpeg).expect("a picture").into_rgb8();
    (picture, covered.done)
}

/// Whether a pixel is of the pattern that is drawn over things, as JPEG keeps it.
fn is_cover(Rgb([red, green, blue]): &Rgb<u8>) -> bool {
    let grey = red.abs_diff(*green) < 14 && green.abs_diff(*blue) < 14;
    grey && (132..=196).contains(green)
}

#[test]
fn a_face_is_covered_and_nothing_of_it_is_left() {
    for (name, [left, top, right, bottom]) in FACES {
        let before = picture(name);
        let (after, done) = covered(reader(), &before);
        assert_eq!(done, Done::from([(Kind::Face, 1)]), "{name}");
        for (x, y) in (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))) {
            let pixel = after.get_pixel(x, y);
            assert!(is_cover(pixel), "{name}: {pixel:?} is left at {x}, {y}");
        }
        let same = before.to_rgb8().pixels().zip(after.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) < 24).count();
        assert!(same as f64 > 0.5 * f64::from(after.width() * after.height()), "{name}: most of it is left as it was");
    }
}

#[test]
fn small_and_large_faces_are_covered() {
    for (name, [left, top, right, bottom]) in FACES {
        for height in [24, 60, 250] {
            let scale = f64::from(height) / f64::from(bottom - top);
            let side = |length: u32| (f64::from(length) * scale).round() as u32;
            let before = picture(name);
            let before = before.resize_exact(side(before.width()), side(before.height()), FilterType::Triangle);
            let (after, done) = covered(reader(), &before);
            assert!(done.contains_key(&Kind::Face), "{name} with a face of {height} pixels");
            assert!(is_cover(after.get_pixel(side(left + right) / 2, side(top + bottom) / 2)), "{name} at {height}");
        }
    }
}

#[test]
fn every_face_of_a_tall_page_is_covered() {
    let mut page = RgbImage::from_pixel(480, 2_600, Rgb([250, 250, 246]));
    let mut expected = 0;
    for (at, top) in (0..2_600 - 400).step_by(400).enumerate() {
        let (name, _) = FACES[at % FACES.len()];
        image::imageops::overlay(&mut page, &picture(name).to_rgb8(), (at as i64 * 97) % 160, top);
        expected += 1;
    }
    let (_, done) = covered(reader(), &page.into());
    assert_eq!(done.get(&Kind::Face), Some(&expected));
}

#[test]
fn what_only_looks_so_is_left() {
    for name in LOOK_ALIKES {
        let (_, done) = covered(reader(), &picture(name));
        assert_eq!(done.get(&Kind::Face), None, "{name}");
    }
    // A round logo, a clock, an eye-like target.
    let mut drawn = RgbImage::from_pixel(600, 200, Rgb([255; 3]));
    for (x, y, pixel) in drawn.enumerate_pixels_mut() {
        let (cell, dx, dy) = (x / 200, f64::from(x % 200) - 100.0, f64::from(y) - 100.0);
        let (far, turn) = (dx.hypot(dy), (dy.atan2(dx).to_degrees() + 360.0) % 30.0);
        *pixel = match cell {
            0 if far < 80.0 && dx.abs() > 18.0 => Rgb([214, 40, 40]),
            1 if (80.0..88.0).contains(&far) || ((64.0..78.0).contains(&far) && turn < 4.0) => Rgb([20; 3]),
            1 if far < 60.0 && (dx.abs() < 3.0 && dy < 0.0 || dy.abs() < 3.0 && dx > 0.0) => Rgb([20; 3]),
            2 if far < 84.0 && ((far / 14.0) as u32).is_multiple_of(2) => Rgb([20, 90, 160]),
            _ => *pixel,
        };
    }
    assert_eq!(covered(reader(), &drawn.into()).1.get(&Kind::Face), None);
}

#[test]
fn faces_stay_for_a_reader_that_does_not_mind_them() {
    let plain = Reader::open(&options()).expect("the models are there: scripts/setup fetches them");
    let (after, done) = covered(&plain, &picture("officer"));
    assert_eq!(done, Done::new());
    assert_eq!(covered(reader(), &after.into()).1, Done::from([(Kind::Face, 1)]), "it can be seen still");
}

#[test]
fn a_model_that_is_missing_is_told_before_a_picture_is_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "ppocrv6_dict.txt"] {
        std::fs::copy(Path::new(&options().models).join(name), folder.path().join(name)).expect("copies");
    }
    let options = Options { models: folder.path().display().to_string(), ..options() };
    let reader = Reader::open(&options).expect("reading does without it");
    let Err(error) = reader.minding_faces() else { panic!("the model is not there") };
    assert!(matches!(error, ModelError::Missing { .. }), "{error}");
    assert!(error.to_string().contains("centerface.onnx") && error.to_string().contains("models fetch"), "{error}");
}
