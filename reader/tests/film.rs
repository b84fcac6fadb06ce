//! Films made by the real ffmpeg, and taken apart again.

use std::io::Cursor;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, Rgb, RgbImage};
use model::units::Millis;
use reader::film::{self, Film, FilmError, Frame, MAX_FRAMES};

const BYTES: u64 = 6_000_000;
const LIMIT: Duration = Duration::from_secs(120);

/// A screen of one colour with a bar that tells its number.
fn screen(number: u32, width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, _| {
        if x < 3 * number { Rgb([20, 20, 20]) } else { Rgb([(number * 40 % 256) as u8, 120, 200]) }
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&picture).expect("encodes");
    bytes
}

fn frames<'a>(times: &[u64], screens: &'a [Vec<u8>]) -> Vec<Frame<'a>> {
    times.iter().zip(screens).map(|(&at, jpeg)| Frame { at_ms: Millis(at), jpeg }).collect()
}

/// Milliseconds of each frame of an animated WebP, and the size of the first.
fn shown(film: &Film) -> (Vec<u32>, (u32, u32)) {
    assert_eq!(film.media_type, "image/webp");
    let decoder = WebPDecoder::new(Cursor::new(&film.bytes)).expect("a WebP");
    let frames = decoder.into_frames().collect_frames().expect("whole frames");
    let millis = frames.iter().map(|frame| frame.delay().numer_denom_ms()).map(|(n, d)| n / d).collect();
    (millis, frames[0].buffer().dimensions())
}

#[test]
fn each_frame_is_shown_as_long_as_it_stood_on_the_screen() {
    let screens: Vec<_> = (1..=4).map(|number| screen(number, 196, 426)).collect();
    let film = film::assemble("", &frames(&[340, 1_140, 1_190, 6_190], &screens), BYTES, LIMIT).expect("a film");
    assert_eq!(shown(&film), (vec![800, 50, 5_000, 1_500], (196, 426)));
}

#[test]
fn a_film_of_one_frame_is_one() {
    let screens = [screen(1, 197, 427)];
    let film = film::assemble("", &frames(&[0], &screens), BYTES, LIMIT).expect("a film");
    assert_eq!(film.media_type, "image/webp");
    assert_eq!(image::load_from_memory(&film.bytes).expect("a picture").width(), 196);
}

#[test]
fn frames_of_other_sizes_and_frames_at_one_moment_are_fitted_in() {
    let screens = [screen(1, 1_366, 768), screen(2, 393, 852), screen(3, 1_366, 768)];
    let film = film::assemble("", &frames(&[0, 500, 500], &screens), BYTES, LIMIT).expect("a film");
    assert_eq!(shown(&film), (vec![500, 1, 1_500], (640, 358)));
}

#[test]
fn of_too_many_frames_some_are_left_out() {
    let screens: Vec<_> = (0..300).map(|number| screen(number % 60, 180, 60)).collect();
    let times: Vec<u64> = (0..300).map(|at| at * 100).collect();
    let film = film::assemble("", &frames(&times, &screens), BYTES, LIMIT).expect("a film");
    let (millis, _) = shown(&film);
    assert!(millis.len() <= MAX_FRAMES, "{}", millis.len());
    assert_eq!(millis.iter().sum::<u32>(), 29_900 + 1_500);
}

#[test]
fn where_ffmpeg_knows_no_webp_a_video_is_made() {
    let folder = Folder::new("old");
    let old = folder.program(
        "case \"$*\" in *libwebp_anim*) echo \"Unknown encoder 'libwebp_anim'\" >&2; exit 1;; esac\nexec ffmpeg \"$@\"",
    );
    let screens: Vec<_> = (1..=3).map(|number| screen(number, 196, 426)).collect();
    let film = film::assemble(&old, &frames(&[0, 700, 2_000], &screens), BYTES, LIMIT).expect("a film");
    assert_eq!(film.media_type, "video/mp4");
    let path = folder.0.join("a.mp4");
    std::fs::write(&path, &film.bytes).expect("writes");
    let probed = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "frame=pts_time", "-of", "csv=p=0"])
        .arg(&path)
        .output()
        .expect("ffprobe is there: scripts/setup installs it");
    let times = String::from_utf8(probed.stdout).expect("UTF-8");
    let times: Vec<f64> = times.lines().filter_map(|l| l.trim_end_matches(',').parse().ok()).collect();
    assert_eq!(times, [0.0, 0.7, 2.0, 3.5]);
}

#[test]
fn what_stands_in_the_way_of_a_film_is_said() {
    let screens = [screen(1, 100, 100), screen(2, 100, 100)];
    let good = frames(&[0, 100], &screens);
    let absent = film::assemble("/nowhere/ffmpeg", &good, BYTES, LIMIT).expect_err("no ffmpeg").to_string();
    assert!(absent.contains("/nowhere/ffmpeg") && absent.contains("install ffmpeg"), "{absent}");
    assert!(matches!(film::assemble("", &[], BYTES, LIMIT), Err(FilmError::Empty)));
    let words = [Frame { at_ms: Millis(0), jpeg: b"no picture" }];
    assert!(matches!(film::assemble("", &words, BYTES, LIMIT), Err(FilmError::NoPicture(_))));
    let folder = Folder::new("slow");
    let slow = folder.program("exec sleep 60");
    let late = film::assemble(&slow, &good, BYTES, Duration::from_millis(300));
    assert!(matches!(late, Err(FilmError::TooLate(_))), "{late:?}");
    let endless = folder.program("exec cat /dev/zero");
    assert!(matches!(film::assemble(&endless, &good, BYTES, LIMIT), Err(FilmError::TooLarge(_))));
}

#[test]
fn a_contact_strip_shows_the_first_the_last_and_some_between() {
    let mut screens: Vec<_> = (0..40).map(|number| screen(number, 393, 852)).collect();
    let times: Vec<u64> = (0..40).map(|at| at * 250).collect();
    let strip = film::strip(&frames(&times, &screens), 8).expect("encodes").expect("frames");
    assert_eq!(strip.at_ms.len(), 8);
    assert_eq!((strip.at_ms[0], strip.at_ms[7]), (Millis(0), Millis(9_750)));
    let picture = image::load_from_memory(&strip.jpeg).expect("a JPEG").into_rgb8();
    assert_eq!(picture.dimensions(), (strip.width, strip.height));
    assert_eq!(strip.width % 8, 0, "columns are equally wide");
    assert!(strip.width < 1_200 && strip.height == 280, "{} × {}", strip.width, strip.height);

    // A frame that cannot be read is left out.
    screens[0] = b"no picture".to_vec();
    let strip = film::strip(&frames(&times, &screens), 8).expect("encodes").expect("frames");
    assert_eq!(strip.at_ms.len(), 7);
    assert_eq!(film::strip(&[], 8).expect("nothing to encode"), None);
}

/// A folder with programs that stand in for ffmpeg.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("postlink-film-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn program(&self, script: &str) -> String {
        let path = self.0.join("ffmpeg");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writes");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("may be run");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
