//! How well the words of a page can be seen: cut, covered, hidden, far from the button, late.

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "dsl/snapshot.rs"]
mod dsl;
#[path = "dsl/options.rs"]
mod options;

use std::io::Cursor;

use dsl::{Build, el, page, page_with, text};
use image::{ImageFormat, Rgb, RgbImage};
use model::snapshot::{After, Since};
use model::statement::{Hidden, Page, Statement};
use model::units::Millis;

fn said<'a>(page: &'a Page, words: &str) -> &'a Statement {
    let all = || page.statements.iter().chain(&page.hidden);
    all()
        .find(|s| s.text.contains(words))
        .unwrap_or_else(|| panic!("{words} is not among {:?}", all().map(|s| s.text.as_str()).collect::<Vec<_>>()))
}

fn read(root: Build) -> Page {
    page(root).page
}

#[test]
fn a_sentence_behind_the_last_line_shown_is_hidden() {
    let page =
        read(el("body").child(
            el("p").child(text("首月0元包邮到家。次月起每月扣费29元。", 10.0, 10.0, 300.0, 20.0).lines_until(9)),
        ));
    let seen: Vec<&str> = page.statements.iter().map(|s| s.text.as_str()).collect();
    assert_eq!(seen, ["首月0元包邮到家。"]);
    let hidden = &page.hidden[0];
    assert_eq!((hidden.text.as_str(), hidden.visibility.hidden), ("次月起每月扣费29元。", Some(Hidden::Cut)));
}

#[test]
fn an_ellipsis_tells_its_share_and_the_box_is_what_is_seen() {
    let line = text("单行省略的文字很长很长", 10.0, 10.0, 200.0, 20.0).clip(10.0, 10.0, 100.0, 20.0);
    let page = read(el("body").child(el("p").child(line)));
    let seen = &page.statements[0];
    assert_eq!(seen.visibility.cut, Some(0.5));
    assert_eq!(seen.page_place().and_then(|p| p.area).map(|a| a.w), Some(100.0));
}

#[test]
fn what_nobody_sees_is_told_with_its_reason() {
    let page = read(
        el("body").children([
            el("p")
                .position("relative")
                .child(text("折叠的资费", 10.0, 10.0, 100.0, 20.0).hidden().clip(10.0, 10.0, 100.0, 0.0))
                .area(10.0, 10.0, 300.0, 0.0),
            el("details").child(el("p").child(text("细则里的资费", 10.0, 30.0, 100.0, 20.0).hidden())),
            el("details").attr("open", "").child(el("p").child(text("打开的细则", 10.0, 50.0, 100.0, 20.0))),
            el("p").child(text("白底白字", 10.0, 70.0, 100.0, 20.0).contrast(1.0)),
            el("p").child(text("透明的字", 10.0, 90.0, 100.0, 20.0).opacity(0.0).hidden()),
            el("p").child(text("极小的字", 10.0, 110.0, 10.0, 1.0).font(1.0)),
            el("p").child(text("屏幕之外", -9_999.0, 50.0, 100.0, 20.0)),
            el("div")
                .area(0.0, 130.0, 375.0, 100.0)
                .child(text("轮播的另一张", 375.0, 130.0, 300.0, 20.0).hidden().clip(375.0, 130.0, 0.0, 20.0)),
        ]),
    );
    let hidden: Vec<_> =
        page.hidden.iter().map(|s| (s.text.as_str(), s.visibility.hidden.expect("a reason"))).collect();
    assert_eq!(
        hidden,
        [
            ("折叠的资费", Hidden::Fold),
            ("细则里的资费", Hidden::Fold),
            ("白底白字", Hidden::Colour),
            ("透明的字", Hidden::Transparent),
            ("极小的字", Hidden::Tiny),
            ("屏幕之外", Hidden::OffPage),
            ("轮播的另一张", Hidden::Cut),
        ]
    );
    assert_eq!(page.statements.len(), 1);
}

#[test]
fn what_lies_under_something_opaque_says_how_much_of_it() {
    let page = read(
        el("body").children([
            el("p").bare().child(text("次月起29元/月", 0.0, 100.0, 100.0, 20.0).paint(1)),
            el("p").bare().child(text("完全被盖住", 0.0, 200.0, 100.0, 20.0).paint(1)),
            el("p").bare().child(text("没有被盖住", 0.0, 300.0, 100.0, 20.0).paint(1)),
            el("p").bare().child(text("底栏下面的字", 0.0, 640.0, 100.0, 20.0).paint(1)),
            el("div").position("absolute").area(50.0, 100.0, 200.0, 20.0).paint(5),
            el("div")
                .position("absolute")
                .area(0.0, 195.0, 200.0, 30.0)
                .paint(5)
                .child(text("盖在上面的字", 0.0, 195.0, 90.0, 20.0).paint(6)),
            el("div").position("absolute").area(0.0, 295.0, 200.0, 30.0).paint(5).opacity(0.4),
            // A bar at the bottom of the screen: what it covers now is scrolled out from under it.
            el("div").position("fixed").area(0.0, 620.0, 375.0, 47.0).paint(8),
        ]),
    );
    let covered = |words| said(&page, words).visibility.covered;
    assert_eq!(covered("次月起"), Some(0.5));
    assert_eq!(covered("完全被盖住"), Some(1.0));
    assert_eq!((covered("没有被盖住"), covered("盖在上面的字"), covered("底栏下面的字")), (None, None, None));
}

#[test]
fn the_main_button_is_found_and_how_far_from_it_a_sentence_stands() {
    let button = |words: &str, y: f64, w: f64, h: f64, color: [u8; 3]| {
        el("button").area(20.0, y, w, h).fill(color).child(text(words, 30.0, y + 5.0, 80.0, 20.0))
    };
    let page = read(el("body").children([
        button("搜索", 10.0, 300.0, 60.0, [10, 10, 200]),
        el("form").children([
            el("input").attr("type", "tel").attr("placeholder", "手机号").area(20.0, 100.0, 200.0, 40.0),
            button("获取验证码", 160.0, 335.0, 48.0, [230, 60, 60]),
            button("立即免费领取", 220.0, 335.0, 48.0, [230, 60, 60]),
        ]),
        el("p").child(text("紧挨着按钮的资费", 20.0, 278.0, 200.0, 12.0)),
        el("p").child(text("远处的资费", 20.0, 1_268.0, 200.0, 12.0)),
        el("div").position("fixed").area(0.0, 0.0, 375.0, 30.0).child(text("固定的字", 0.0, 0.0, 60.0, 20.0)),
    ]));
    let main = &page.buttons[page.main_button.expect("a main button")];
    assert_eq!(main.label, "立即免费领取");
    assert_eq!(said(&page, "紧挨着").visibility.to_button_px, Some(10.0));
    assert_eq!(said(&page, "远处的").visibility.to_button_px, Some(1_000.0));
    let fixed = &said(&page, "固定的字").visibility;
    assert!(fixed.fixed && fixed.to_button_px.is_none());
}

#[test]
fn a_page_that_offers_only_ways_out_has_no_main_button() {
    let page = read(
        el("body").children(
            ["关闭", "返回首页", "登录", "取消", "Accept all cookies"]
                .map(|label| el("button").area(20.0, 10.0, 300.0, 48.0).child(text(label, 30.0, 15.0, 80.0, 20.0))),
        ),
    );
    assert_eq!(page.main_button, None);
}

#[test]
fn weight_opacity_frame_and_lateness_go_with_a_sentence() {
    let since = Since { late_ms: Millis(4_000), after: After::Time };
    let page = read(el("body").children([
        el("p").child(text("半透明", 10.0, 10.0, 100.0, 20.0).opacity(0.4).since(since)),
        el("iframe").area(0.0, 50.0, 300.0, 100.0).child(el("p").child(text("框里的字", 10.0, 60.0, 90.0, 20.0))),
    ]));
    let seen = &said(&page, "半透明").visibility;
    assert_eq!((seen.weight, seen.opacity, seen.since, seen.frame), (Some(400), Some(0.4), Some(since), false));
    assert!(said(&page, "框里的字").visibility.frame);
}

#[test]
fn the_picture_says_how_much_contrast_is_really_there() {
    let mut picture = RgbImage::from_pixel(375, 200, Rgb([255; 3]));
    // Letters as bars: black ones at the top, nothing below, though the style says black there too.
    for x in (10..110).step_by(6) {
        for y in 12..28 {
            picture.put_pixel(x, y, Rgb([0; 3]));
            picture.put_pixel(x + 1, y, Rgb([0; 3]));
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("encodes");
    let root = el("body").children([
        el("p").child(text("看得见的字", 10.0, 10.0, 100.0, 20.0)),
        el("p").child(text("画面上没有的字", 10.0, 60.0, 100.0, 20.0)),
    ]);
    let page = page_with(root, Some(bytes.get_ref()), (375, 200), 1.0).page;
    let measured = |words| said(&page, words).visibility.contrast_in_picture.expect("measured");
    assert!(measured("看得见") > 15.0 && measured("画面上没有") == 1.0);
}
