//! The real models on pictures rendered for the purpose (`tests/data`).

use std::path::PathBuf;

use reader::ocr::{Line, Ocr};

fn models() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.cache/models"))
}

fn lines(name: &str) -> Vec<Line> {
    let ocr = Ocr::open(&models(), 0.6).expect("the models are there: scripts/setup fetches them");
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data")).join(name);
    let picture = image::open(path).expect("the picture is there").into_rgb8();
    let started = std::time::Instant::now();
    let lines = ocr.read(&picture).expect("reads").to_vec();
    println!("{name}: {:?}", started.elapsed());
    for line in &lines {
        println!("{:.2} {:?} {:?} {}", line.confidence, line.area, line.look, line.text);
    }
    lines
}

#[test]
fn a_banner_is_read() {
    lines("banner.jpg");
}

#[test]
fn small() {
    lines("small.png");
}

#[test]
fn long() {
    lines("long.jpg");
}
