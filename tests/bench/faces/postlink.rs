//! Measures how many faces are found, by their size and by what was done to the picture, and what looking for them costs:
//! `cargo run --release -p postlink-tests --example faces`. With pictures named, it tells how many faces are seen in each.
//!
//! The faces are those of `reader/tests/data/faces`, of which there are three: the figures say at what size and in what state
//! they are lost, and nothing of how people differ.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, Result};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat};
use model::units::Area;
use reader::{Options, Reader};

const DEFAULTS: &str = include_str!("../../../config.toml");
/// Left, top, right and bottom of each face, as the tests of `reader` mark it.
const FACES: [(&str, [f64; 4]); 3] = [
    ("astronaut", [130.0, 85.0, 205.0, 165.0]),
    ("officer", [115.0, 90.0, 205.0, 190.0]),
    ("cameraman", [127.0, 80.0, 155.0, 120.0]),
];
const LOOK_ALIKES: [&str; 4] = ["cat", "clock", "coins", "coffee"];
/// From the brows to the chin; pixels.
const HEIGHTS: [f64; 9] = [8.0, 10.0, 12.0, 16.0, 24.0, 48.0, 100.0, 250.0, 600.0];

const MIRRORED: &str = "mirrored";

type Change = fn(DynamicImage) -> DynamicImage;
const CHANGES: [(&str, Change); 6] = [
    ("as it is", |picture| picture),
    (MIRRORED, |picture| picture.fliph()),
    ("grey", |picture| picture.grayscale()),
    ("dark", |picture| picture.brighten(-90)),
    ("blurred", |picture| picture.blur(picture.height() as f32 / 200.0)),
    ("JPEG of quality 20", |picture| {
        let mut bytes = Vec::new();
        let made = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 20).encode_image(&picture.to_rgb8());
        made.ok().and_then(|()| image::load_from_memory(&bytes).ok()).unwrap_or(picture)
    }),
];

fn main() -> Result<()> {
    let mut table: toml::Table = DEFAULTS.parse()?;
    let options: Options = table.remove("reader").context("config.toml has a part `reader`")?.try_into()?;
    let reader = Reader::open(&options)?.minding_faces()?;
    let named: Vec<String> = std::env::args().skip(1).collect();
    if !named.is_empty() {
        return tell(&reader, &named);
    }
    println!("| | {} |", HEIGHTS.map(|height| format!("{height} px")).join(" | "));
    println!("|---|{}", "--:|".repeat(HEIGHTS.len()));
    for change in CHANGES {
        let mut found = Vec::new();
        for height in HEIGHTS {
            let mut count = 0;
            for (picture, face) in FACES {
                count += u32::from(is_found(&reader, picture, face, height, change)?);
            }
            found.push(count.to_string());
        }
        println!("| {} | {} |", change.0, found.join(" | "));
    }
    for name in LOOK_ALIKES {
        println!("{name}: {} faces", reader.faces_in(&png(&open(name)?)?)?.len());
    }
    cost(&reader)
}

fn is_found(reader: &Reader, name: &str, face: [f64; 4], height: f64, change: (&str, Change)) -> Result<bool> {
    let ([left, top, right, bottom], picture) = (face, open(name)?);
    let scale = height / (bottom - top);
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let small = picture.resize_exact(side(picture.width()), side(picture.height()), FilterType::Triangle);
    let from = if change.0 == MIRRORED { f64::from(picture.width()) - right } else { left };
    let face = Area::new(from * scale, top * scale, (right - left) * scale, height);
    let found = reader.faces_in(&png(&change.1(small))?)?;
    Ok(found.iter().any(|area| area.intersection(&face).size() > 0.6 * face.size()))
}

fn open(name: &str) -> Result<DynamicImage> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reader/tests/data/faces");
    Ok(image::open(folder.join(format!("{name}.jpg")))?)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn tell(reader: &Reader, paths: &[String]) -> Result<()> {
    let (before, mut pixels) = (cpu()?, 0);
    for path in paths {
        let bytes = std::fs::read(path)?;
        let Ok(picture) = image::load_from_memory(&bytes) else { continue };
        pixels += u64::from(picture.width()) * u64::from(picture.height());
        println!("{path}: {} faces", reader.faces_in(&bytes)?.len());
    }
    println!("{} pictures, {pixels} pixels, {:.1} CPU s", paths.len(), cpu()? - before);
    Ok(())
}

/// CPU of pictures of the sizes that are met: a creative, a telephone's page, a long page.
fn cost(reader: &Reader) -> Result<()> {
    for (width, height) in [(720, 1_280), (1_080, 2_400), (1_080, 10_000)] {
        let picture = png(&open("officer")?.resize_exact(width, height, FilterType::Triangle))?;
        let before = cpu()?;
        for _ in 0..5 {
            reader.faces_in(&picture)?;
        }
        println!("{width} × {height}: {:.0} ms of CPU, decoding included", (cpu()? - before) * 200.0);
    }
    Ok(())
}

/// Seconds of the processor that this process took so far.
fn cpu() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').context("a process has a name")?.1.split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
    // Linux tells hundredths of a second, whatever the machine.
    Ok(ticks as f64 / 100.0)
}
