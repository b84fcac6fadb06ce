//! Codes as they are found on the web: small, styled, pale, turned, on photographs; and pictures made to be slow.

use std::time::{Duration, Instant};

use image::{Rgb, RgbImage, imageops};
use qrcode::EcLevel;

use super::{Budget, Effort, Found, find};
use code::{Look, draw, photo, plain, through_jpeg};

#[path = "../../tests/dsl/code.rs"]
mod code;

const URL: &str = "https://u.taotao-union.test/s/8f2KqLm?spm=a1z.22&ch=qr";
const LONG: &str = "https://work.weixin.qq.test/ca/cawcde6b1d09b7b3c2?customer_channel=h5_qr_landing_20261124_a1001_77120391&sign=8f02c1de99aa7710bb31";

fn budget() -> Budget {
    Budget::of(400_000_000, Duration::from_secs(60))
}

fn texts(found: &[Found]) -> Vec<&str> {
    found.iter().map(|code| code.text.as_str()).collect()
}

/// A picture with one code a little off its middle, as a JPEG left it.
fn one(ground: Option<[u8; 3]>, text: &str, look: &Look, quality: u8) -> RgbImage {
    let side = (look.side * 2.0).max(300.0) as u32;
    let mut picture = ground.map_or_else(|| photo(side, side), |color| plain(side, side, color));
    draw(&mut picture, text, look, (f64::from(side) * 0.47, f64::from(side) * 0.52));
    through_jpeg(&picture, quality)
}

#[test]
fn a_code_is_read_however_it_is_drawn() {
    const WHITE: Option<[u8; 3]> = Some([255; 3]);
    let plain = Look::of(200.0);
    let styled = Look { dot: Some(0.45), round_eyes: true, logo: 0.2, level: EcLevel::H, ..plain.clone() };
    let mut forms: Vec<(String, RgbImage, &str)> = Vec::new();
    let mut form = |name: String, ground, text, look: Look, quality| {
        forms.push((name, one(ground, text, &look, quality), text));
    };
    for side in [60.0, 75.0, 90.0, 100.0, 135.0] {
        form(format!("{side} pixels"), WHITE, URL, Look::of(side), 80);
    }
    for side in [90.0, 110.0, 135.0] {
        form(format!("much in {side} pixels"), WHITE, LONG, Look::of(side), 80);
    }
    form("900 pixels".into(), WHITE, URL, Look { side: 900.0, logo: 0.2, level: EcLevel::H, ..plain.clone() }, 70);
    for (logo, level, side) in [(0.3, EcLevel::H, 200.0), (0.2, EcLevel::M, 200.0), (0.22, EcLevel::Q, 110.0)] {
        form(format!("logo {logo}, {side} pixels"), WHITE, URL, Look { logo, level, ..Look::of(side) }, 80);
    }
    for side in [120.0, 180.0, 260.0] {
        form(format!("dots, round eyes, logo, {side} pixels"), WHITE, URL, Look { side, ..styled.clone() }, 80);
        let dot = Some(0.33);
        form(format!("small dots, {side} pixels"), WHITE, URL, Look { side, dot, ..styled.clone() }, 80);
    }
    for turn in [5.0, 12.0, 30.0, 45.0, 90.0, 180.0, 200.0] {
        form(format!("turned by {turn}"), WHITE, URL, Look { turn, side: 120.0, ..plain.clone() }, 80);
    }
    let night = [20, 30, 60];
    for side in [110.0, 200.0] {
        let look = Look { dark: [255; 3], light: night, ..Look::of(side) };
        form(format!("light on dark, {side} pixels"), Some(night), URL, look, 80);
    }
    let red = [220, 40, 40];
    form("white on red".into(), Some(red), URL, Look { dark: [255; 3], bare: true, ..plain.clone() }, 80);
    form("white plate on red".into(), Some(red), URL, Look { quiet: 1.0, ..plain.clone() }, 75);
    form("blue on red".into(), Some(red), URL, Look { dark: [0, 0, 160], light: red, ..plain.clone() }, 80);
    form("black on red".into(), Some([200, 0, 0]), URL, Look { light: [200, 0, 0], ..plain.clone() }, 80);
    form("yellow on white".into(), WHITE, URL, Look { dark: [250, 200, 20], ..plain.clone() }, 80);
    for grey in [200, 225] {
        form(format!("grey {grey} on white"), WHITE, URL, Look { dark: [grey; 3], ..plain.clone() }, 80);
    }
    let (dark, light) = ([120, 110, 100], [150, 145, 140]);
    form("brown on brown".into(), Some(light), URL, Look { dark, light, ..plain.clone() }, 80);
    for quiet in [0.0, 0.5, 1.0] {
        form(format!("plate of {quiet} on a photo"), None, URL, Look { quiet, ..plain.clone() }, 75);
    }
    form("turned on a photo".into(), None, URL, Look { quiet: 1.5, turn: 8.0, ..plain.clone() }, 75);
    form("bare on a photo".into(), None, URL, Look { bare: true, side: 240.0, ..plain.clone() }, 75);
    for quality in [40, 15, 8] {
        form(format!("JPEG {quality}"), WHITE, URL, Look::of(120.0), quality);
    }
    let mut missed = Vec::new();
    for (name, picture, text) in &forms {
        let found = find(picture, Effort::Thorough, &mut budget());
        if texts(&found) != [*text] {
            missed.push(format!("{name}: {:?}", texts(&found)));
        }
    }
    assert!(missed.is_empty(), "{} of {} were not read:\n{}", missed.len(), forms.len(), missed.join("\n"));
}

#[test]
fn a_blurred_code_is_read() {
    for blur in [0.8, 1.2, 1.8] {
        let picture = imageops::blur(&one(Some([255; 3]), URL, &Look::of(140.0), 90), blur);
        assert_eq!(texts(&find(&picture, Effort::Thorough, &mut budget())), [URL], "{blur}");
    }
}

#[test]
fn all_codes_of_a_tall_page_are_found_each_once_and_in_its_place() {
    let mut page = photo(590, 4_000);
    let places = [(120.0, 150.0), (450.0, 180.0), (300.0, 1_500.0), (300.0, 3_800.0)];
    for (number, (x, y)) in places.into_iter().enumerate() {
        let look = Look { turn: number as f64 * 4.0, ..Look::of(140.0) };
        draw(&mut page, &format!("https://a.test/{number}"), &look, (x, y));
    }
    let found = find(&through_jpeg(&page, 80), Effort::Quick, &mut budget());
    assert_eq!(texts(&found), ["https://a.test/0", "https://a.test/1", "https://a.test/2", "https://a.test/3"]);
    for (code, (x, y)) in found.iter().zip(places) {
        let (across, down) = (code.area.x + code.area.w / 2.0 - x, code.area.y + code.area.h / 2.0 - y);
        assert!(across.abs() < 6.0 && down.abs() < 6.0, "{code:?}");
        assert!((130.0..180.0).contains(&code.area.w) && (130.0..180.0).contains(&code.area.h), "{code:?}");
    }
}

#[test]
fn the_same_code_in_two_places_is_two_codes() {
    let mut picture = plain(600, 300, [255; 3]);
    for x in [150.0, 450.0] {
        draw(&mut picture, URL, &Look::of(160.0), (x, 150.0));
    }
    assert_eq!(texts(&find(&picture, Effort::Thorough, &mut budget())), [URL, URL]);
}

#[test]
fn chinese_words_are_read() {
    let picture = one(Some([255; 3]), "添加老师微信，免费领取试听课", &Look::of(200.0), 80);
    assert_eq!(texts(&find(&picture, Effort::Quick, &mut budget())), ["添加老师微信，免费领取试听课"]);
}

#[test]
fn pictures_without_a_code_say_nothing() {
    let stripes = RgbImage::from_fn(500, 500, |x, y| Rgb([if (x / 4 + y / 4) % 2 == 0 { 0 } else { 255 }; 3]));
    for picture in [photo(900, 900), plain(300, 300, [128; 3]), stripes, plain(1, 1, [0; 3]), plain(3_000, 2, [9; 3])] {
        assert_eq!(find(&picture, Effort::Thorough, &mut budget()), []);
    }
}

/// A wall of corner marks: every three of them could be a code.
#[test]
fn a_picture_made_to_be_slow_ends_in_time() {
    for module in [1, 2, 3] {
        let wall = RgbImage::from_fn(1_500, 3_000, |x, y| {
            let far = |at: u32| (at / module % 9).abs_diff(4);
            let ring = far(x).max(far(y));
            Rgb([if ring <= 1 || ring == 3 { 0 } else { 255 }; 3])
        });
        let began = Instant::now();
        let mut budget = Budget::of(400_000_000, Duration::from_secs(2));
        assert_eq!(find(&wall, Effort::Quick, &mut budget), []);
        // One tile is looked at to its end: half a second, more on a busy machine.
        assert!(began.elapsed() < Duration::from_secs(30), "{module}: {:?}", began.elapsed());
    }
}

#[test]
fn a_search_stops_when_its_budget_is_spent() {
    let picture = one(Some([255; 3]), URL, &Look::of(200.0), 80);
    let mut budget = Budget::of(1_000, Duration::from_secs(60));
    assert_eq!(find(&picture, Effort::Quick, &mut budget), []);
    assert!(budget.is_spent());
}
