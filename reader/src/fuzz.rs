//! What comes from outside, broken in every way: each parser ends, panics at nothing, and keeps its promises.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};

use crate::ocr::picture;
use crate::{price, subtitles, text};

/// Numbers that look like chance and are the same in every run (xorshift64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    /// The bytes with a few of them changed, doubled, dropped or cut off.
    fn broken(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len());
            match self.roll(5) {
                0 => bytes.truncate(at),
                1 if !bytes.is_empty() => bytes[at] = [0, 0x7F, 0x80, 0xFF][self.roll(4)],
                2 if !bytes.is_empty() => bytes[at] ^= 1 << self.roll(8),
                3 => {
                    let part = bytes[at..(at + self.roll(40)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, part);
                }
                _ => {
                    let end = (at + self.roll(20)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
        }
        bytes
    }

    /// Characters of all sorts that normal forms, prices and disguises are made of.
    fn words(&mut self) -> String {
        const PARTS: [&str; 34] = [
            "免费",
            "首月",
            "次月起",
            "0",
            "〇",
            "零",
            "o",
            "Ｏ",
            "元",
            "/月",
            "每",
            "百",
            "万",
            "亿",
            "99999999999999999999",
            ".",
            ",",
            "¥",
            "$",
            "薇信",
            "流\u{200B}量",
            "復(fù)雜",
            "①",
            "Ⅰ",
            "3\u{FE0F}\u{20E3}",
            "\u{202E}",
            "e\u{301}",
            "𝟘",
            "ﷺ",
            " ",
            "-",
            "起",
            "券后",
            "\u{E001}",
        ];
        (0..self.roll(24)).map(|_| PARTS[self.roll(PARTS.len())]).collect()
    }
}

#[test]
fn words_of_all_sorts_have_a_normal_form_with_a_way_back() {
    let mut dice = Dice(0x5EED_0001);
    for _ in 0..20_000 {
        let shown = dice.words();
        let normal = text::normal(&shown);
        let letters = normal.text.chars().count();
        assert_eq!(normal.origin.len(), letters, "{shown:?}");
        assert!(normal.origin.is_sorted(), "{shown:?}");
        let of_shown = u32::try_from(shown.chars().count()).expect("short");
        assert!(normal.origin.iter().all(|&from| from < of_shown), "{shown:?}");
        assert!(normal.disguises.iter().all(|d| d.from < d.until && d.until <= of_shown), "{shown:?}");
        for tag in price::tags(&normal.text) {
            assert!(tag.chars.start < tag.chars.end && tag.chars.end <= letters, "{shown:?}: {tag:?}");
            assert!(tag.cents >= 0, "{shown:?}: {tag:?}");
        }
    }
}

#[test]
fn broken_subtitles_say_something_or_nothing() {
    const SEEDS: [&str; 3] = [
        "1\n00:00:00,500 --> 00:00:02,000\n免费领取<b>皮肤</b>\n\n2\n00:01:03,000 --> 00:01:05,250\n次月起\n29元/月\n",
        "WEBVTT\n\nNOTE no cue\n\nintro\n00:03.500 --> 00:05.000 align:start\n<v 旁白>点击下方链接\n",
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:03.00,Default,{\\an8}首月0元\\N次月29元\n",
    ];
    let mut dice = Dice(0x5EED_0002);
    for round in 0..6_000 {
        let broken = dice.broken(SEEDS[round % SEEDS.len()].as_bytes());
        for cue in subtitles::read(&broken).cues {
            assert!(cue.from_s.is_finite() && cue.from_s >= 0.0 && cue.until_s >= cue.from_s, "{broken:?}: {cue:?}");
            assert!(!cue.text.is_empty(), "{broken:?}");
        }
    }
}

#[test]
fn broken_pictures_are_decoded_or_refused() {
    let drawn: DynamicImage =
        RgbaImage::from_fn(40, 30, |x, y| image::Rgba([x as u8 * 6, y as u8 * 8, 90, 255])).into();
    let mut dice = Dice(0x5EED_0003);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp] {
        let drawn = if format == ImageFormat::Jpeg { drawn.to_rgb8().into() } else { drawn.clone() };
        let mut whole = Cursor::new(Vec::new());
        drawn.write_to(&mut whole, format).expect("encodes");
        for _ in 0..600 {
            let broken = dice.broken(whole.get_ref());
            if let Ok(picture) = picture::decode(&broken, 10_000) {
                assert!(picture.width() * picture.height() <= 10_000, "{format:?}");
            }
        }
    }
}
