//! Boxes to tick that are drawn: their true state, or that nobody can say it.

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "dsl/snapshot.rs"]
mod dsl;
#[path = "dsl/options.rs"]
mod options;

use std::io::Cursor;

use dsl::{Build, el, page, page_with, text};
use image::{ImageFormat, Rgb, RgbImage};
use model::statement::Page;

/// Ticked, not ticked, or unknown, for each box of the page.
fn states(page: &Page) -> Vec<(&str, Option<bool>)> {
    page.checkboxes.iter().map(|c| (c.label.as_str(), (!c.unknown).then_some(c.checked))).collect()
}

/// A row of a mark and the words beside it.
fn row(mark: Build, words: &str, y: f64) -> Build {
    el("div").children([mark, el("span").inline().child(text(words, 40.0, y, 160.0, 16.0))])
}

fn mark(class: &str, y: f64) -> Build {
    el("i").attr("class", class).clickable().area(10.0, y, 20.0, 20.0)
}

#[test]
fn names_attributes_and_characters_tell_the_state() {
    let tick = |y: f64, sign: &str| {
        mark("agree-icon", y).child(el("::before").inline().child(text(sign, 12.0, y, 14.0, 16.0)))
    };
    let rows = [
        row(mark("agree__box agree__box--checked", 10.0), "甲", 10.0),
        row(mark("checkbox checkboxActive", 40.0), "乙", 40.0),
        row(mark("icon-uncheck", 70.0), "丙", 70.0),
        row(mark("checkbox-icon", 100.0).attr("data-state", "checked"), "丁", 100.0),
        row(mark("checkbox-icon", 130.0).attr("data-checked", "0"), "戊", 130.0),
        row(tick(160.0, "✓"), "己", 160.0),
        row(tick(190.0, "☐"), "庚", 190.0),
        row(mark("layui-unselect layui-form-checkbox layui-form-checked", 220.0), "辛", 220.0),
        row(mark("check-icon", 250.0), "壬", 250.0),
    ];
    let page = page(el("body").children(rows)).page;
    assert_eq!(
        states(&page),
        [
            ("甲", Some(true)),
            ("乙", Some(true)),
            ("丙", Some(false)),
            ("丁", Some(true)),
            ("戊", Some(false)),
            ("己", Some(true)),
            ("庚", Some(false)),
            ("辛", Some(true)),
            ("壬", None),
        ]
    );
}

#[test]
fn a_style_draws_a_box_before_the_words_of_its_holder() {
    let drawn = |class: &str, words: &str, y: f64| {
        el("div")
            .attr("class", class)
            .clickable()
            .children([el("::before").area(10.0, y, 16.0, 16.0), text(words, 40.0, y, 160.0, 16.0)])
    };
    let page = page(
        el("body")
            .children([drawn("protocol is-checked", "同意办理", 10.0), drawn("news-item selected", "推荐", 40.0)]),
    )
    .page;
    assert_eq!(states(&page), [("同意办理", Some(true))]);
}

/// What a box shows inside its border.
#[derive(Clone, Copy)]
enum Inside {
    Nothing,
    Tick([u8; 3]),
    Filled([u8; 3], [u8; 3]),
}

fn draw(picture: &mut RgbImage, y: u32, inside: Inside) {
    let mut dot = |x: u32, y: u32, color| picture.put_pixel(x, y, Rgb(color));
    for n in 0..20 {
        for (x, y) in [(10 + n, y), (10 + n, y + 19), (10, y + n), (29, y + n)] {
            dot(x, y, [120; 3]);
        }
    }
    if let Inside::Filled(ground, _) = inside {
        (0..400).for_each(|n| dot(10 + n % 20, y + n / 20, ground));
    }
    if let Inside::Tick(color) | Inside::Filled(_, color) = inside {
        for n in 0..5 {
            (0..3).for_each(|wide| dot(14 + n, y + 9 + n - wide, color));
        }
        for n in 0..8 {
            (0..3).for_each(|wide| dot(18 + n, y + 13 - n - wide.min(y + 13 - n), color));
        }
    }
}

#[test]
fn the_picture_tells_of_a_sprite_whether_it_is_ticked() {
    let drawn = [
        ("空", Inside::Nothing, Some(false)),
        ("绿勾", Inside::Tick([7, 193, 96]), Some(true)),
        ("黑勾", Inside::Tick([20; 3]), Some(true)),
        ("绿底白勾", Inside::Filled([7, 193, 96], [255; 3]), Some(true)),
        // A pale tick: ticked on some pages, an invitation to tick on others.
        ("灰勾", Inside::Tick([190; 3]), None),
    ];
    let mut picture = RgbImage::from_pixel(375, 300, Rgb([255; 3]));
    let mut rows = Vec::new();
    let mut y = 10;
    for (words, inside, _) in drawn {
        draw(&mut picture, y, inside);
        rows.push(row(mark("check-icon", f64::from(y)), words, f64::from(y)));
        y += 40;
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("encodes");
    let page = page_with(el("body").children(rows), Some(bytes.get_ref()), (375, 300), 1.0).page;
    let expected: Vec<_> = drawn.iter().map(|(words, _, state)| (*words, *state)).collect();
    assert_eq!(states(&page), expected);
}
