//! Snapshots built in code: sentences, layers, fields, buttons, check boxes.

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "dsl/snapshot.rs"]
mod dsl;
#[path = "dsl/options.rs"]
mod options;

use dsl::{Build, el, page, text};
use model::statement::{FactKind, FieldKind, Page, PriceKind, Role, Statement};

fn texts(page: &Page) -> Vec<&str> {
    page.statements.iter().map(|s| s.text.as_str()).collect()
}

fn said<'a>(page: &'a Page, words: &str) -> &'a Statement {
    page.statements
        .iter()
        .find(|s| s.text.contains(words))
        .unwrap_or_else(|| panic!("{words} is not among {:?}", texts(page)))
}

fn read(root: Build) -> Page {
    let reading = page(root);
    assert_eq!(reading.gaps, []);
    reading.page
}

#[test]
fn digits_split_over_spans_are_one_price() {
    let page = read(el("body").children([el("p").children([
        el("span").inline().child(text("2", 10.0, 10.0, 12.0, 20.0)),
        el("span").inline().child(text("0", 22.0, 10.0, 12.0, 20.0)),
        text("元/月", 34.0, 10.0, 60.0, 20.0),
    ])]));
    assert_eq!(texts(&page), ["20元/月"]);
    let price = &page.statements[0];
    assert_eq!(price.prices[0].cents, 2_000);
    assert_eq!(price.page_place().and_then(|p| p.area).map(|a| (a.x, a.w)), Some((10.0, 84.0)));
}

#[test]
fn a_price_laid_out_as_a_flex_row_is_one() {
    let page = read(el("body").children([el("div").display("flex").children([
        el("em").display("block").child(text("¥", 10.0, 22.0, 8.0, 14.0).font(12.0)),
        el("b").display("block").child(text("29", 18.0, 10.0, 44.0, 40.0).font(40.0)),
        el("span").display("block").child(text("/月", 63.0, 26.0, 20.0, 14.0).font(12.0)),
    ])]));
    assert_eq!(texts(&page), ["¥29/月"]);
    assert_eq!(page.statements[0].prices[0].per.map(|p| p.count), Some(1));
}

#[test]
fn blocks_columns_and_marks_part_sentences() {
    let page = read(el("body").children([
        el("p").child(text("首月0元。次月起29元/月！详情见http://a.test/?a=1;b=2 处", 10.0, 10.0, 300.0, 20.0)),
        el("p").children([text("上", 10.0, 40.0, 20.0, 20.0), el("br"), text("下", 10.0, 60.0, 20.0, 20.0)]),
        el("div").display("flex").children([
            el("div").child(text("19元/月", 10.0, 90.0, 60.0, 20.0)),
            el("div").child(text("29元/月", 150.0, 90.0, 60.0, 20.0)),
        ]),
    ]));
    assert_eq!(
        texts(&page),
        ["首月0元。", "次月起29元/月！", "详情见http://a.test/?a=1;b=2 处", "上", "下", "19元/月", "29元/月"]
    );
}

#[test]
fn a_sentence_has_its_part_of_the_line() {
    let page = read(el("body").child(el("p").child(text("首月0元。次月9元。", 0.0, 10.0, 100.0, 20.0))));
    let area = said(&page, "次月").page_place().and_then(|p| p.area).expect("a box");
    assert!((area.x - 50.0).abs() < 1.0 && (area.w - 50.0).abs() < 1.0, "{area:?}");
}

#[test]
fn what_nobody_can_see_is_left_out_and_small_pale_print_stays() {
    let page = read(el("body").children([
        el("p").child(text("白底白字", 10.0, 10.0, 100.0, 20.0).contrast(1.0)),
        el("p").child(text("极小的字", 10.0, 30.0, 10.0, 1.0).font(1.0)),
        el("p").child(text("藏起来的", 10.0, 50.0, 100.0, 20.0).hidden()),
        el("p").child(text("屏幕之外", -9_999.0, 50.0, 100.0, 20.0)),
        el("p").child(text("月功能费20元", 10.0, 700.0, 100.0, 12.0).font(9.0).contrast(1.4)),
        el("h1").child(text("免费领皮肤", 10.0, 90.0, 200.0, 40.0).font(36.0)),
    ]));
    assert_eq!(texts(&page), ["月功能费20元", "免费领皮肤"]);
    let print = &page.statements[0].visibility;
    assert_eq!((print.font_px, print.contrast, print.relative), (Some(9.0), Some(1.4), Some(0.25)));
    assert_eq!(print.screens_down, Some(1.05));
    assert_eq!(page.statements[1].role, Role::Headline);
}

#[test]
fn a_struck_price_is_marked_alone() {
    let page = read(el("body").child(el("p").children([
        text("原价", 10.0, 10.0, 40.0, 20.0),
        el("s").inline().child(text("199元", 50.0, 10.0, 60.0, 20.0).struck()),
        text("现价29元", 110.0, 10.0, 80.0, 20.0),
    ])));
    assert_eq!(texts(&page), ["原价199元现价29元"]);
    let prices = &page.statements[0].prices;
    assert_eq!((prices[0].cents, prices[0].struck, prices[0].kind), (19_900, true, PriceKind::Compared));
    assert_eq!((prices[1].cents, prices[1].struck), (2_900, false));
    assert!(!page.statements[0].visibility.struck);
}

#[test]
fn a_headline_and_its_small_print_are_two_sentences() {
    let page = read(el("body").child(el("p").children([
        text("全国流量任性用", 10.0, 10.0, 280.0, 40.0).font(36.0),
        el("small").inline().child(text("次月起29元每月自动续费", 292.0, 30.0, 100.0, 12.0).font(10.0)),
    ])));
    assert_eq!(texts(&page), ["全国流量任性用", "次月起29元每月自动续费"]);
    assert_eq!(page.statements[1].visibility.font_px, Some(10.0));
}

#[test]
fn a_popup_above_the_page_is_a_layer_and_a_wrapper_of_the_page_is_none() {
    let page = read(
        el("body").children([el("div").position("absolute").area(0.0, 0.0, 375.0, 2_000.0).children([
            el("p").child(text("页面正文", 10.0, 300.0, 200.0, 20.0)),
            el("p").child(text("被盖住的费用20元", 10.0, 340.0, 200.0, 20.0)),
            el("div").position("fixed").area(30.0, 200.0, 315.0, 300.0).paint(90).children([
                el("p").child(text("恭喜获得大奖", 60.0, 300.0, 200.0, 30.0).paint(91)),
                el("button").area(60.0, 400.0, 200.0, 44.0).child(text("立即领取", 100.0, 410.0, 80.0, 20.0).paint(92)),
            ]),
            el("div")
                .position("fixed")
                .area(0.0, 607.0, 375.0, 60.0)
                .paint(95)
                .child(text("底部导航", 10.0, 620.0, 80.0, 20.0).paint(96)),
        ])]),
    );
    let in_layer: Vec<&str> = page.statements.iter().filter(|s| s.visibility.layer).map(|s| s.text.as_str()).collect();
    assert_eq!(in_layer, ["恭喜获得大奖", "立即领取"]);
    assert!(texts(&page).contains(&"被盖住的费用20元"));
    assert!(page.buttons[0].layer);
}

#[test]
fn a_page_wider_than_the_device_has_larger_screens() {
    // Twice as wide as the screen of 375 × 667: one screen shows 1334 px of it.
    let page = read(
        el("html").area(0.0, 0.0, 750.0, 2_000.0).children([
            el("p").child(text("首月0元", 10.0, 667.0, 200.0, 20.0)),
            el("div")
                .position("fixed")
                .area(0.0, 1_200.0, 750.0, 134.0)
                .paint(9)
                .child(text("立即办理", 10.0, 1_210.0, 80.0, 20.0).paint(10)),
            el("p").child(text("月费20元", 10.0, 1_250.0, 200.0, 20.0)),
        ]),
    );
    assert_eq!(page.statements[0].visibility.screens_down, Some(0.5));
    assert!(page.statements.iter().all(|s| !s.visibility.layer));
}

#[test]
fn fields_are_known_by_what_they_ask_for() {
    let page =
        read(el("body").child(el("form").children([
            field("text", 10.0).attr("placeholder", "请输入手机号码").attr("maxlength", "11"),
            field("hidden", 40.0),
            el("div").children([
                field("tel", 70.0).attr("placeholder", "请输入验证码").attr("maxlength", "6"),
                el("span").attr("class", "get-code").clickable().area(220.0, 70.0, 100.0, 30.0).child(text(
                    "获取验证码",
                    225.0,
                    75.0,
                    90.0,
                    20.0,
                )),
            ]),
            el("div").children([
                field("text", 110.0).attr("placeholder", "验证码"),
                el("img").area(220.0, 110.0, 90.0, 30.0),
            ]),
            el("div").children([
                el("label").attr("for", "xm").child(text("姓名", 10.0, 150.0, 40.0, 20.0)),
                field("text", 150.0).attr("id", "xm"),
            ]),
            el("div").children([text("身份证号", 10.0, 190.0, 40.0, 20.0), field("text", 190.0)]),
            el("button").area(10.0, 230.0, 300.0, 44.0).child(text("立即办理", 100.0, 240.0, 80.0, 20.0)),
        ])));
    let kinds: Vec<FieldKind> = page.fields.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [FieldKind::Phone, FieldKind::SmsCode, FieldKind::PictureCode, FieldKind::Name, FieldKind::IdCard]
    );
    assert_eq!(page.fields[0].label, "请输入手机号码");
    assert_eq!(page.fields[3].label, "姓名");
    assert!(page.fields.iter().all(|f| f.form == 0));
    let labels: Vec<&str> = page.buttons.iter().map(|b| b.label.as_str()).collect();
    assert_eq!(labels, ["获取验证码", "立即办理"]);
    assert!(page.buttons.iter().all(|b| b.form == Some(0)));
    assert_eq!(said(&page, "请输入手机号码").role, Role::FieldLabel);
    assert_eq!(said(&page, "姓名").role, Role::FieldLabel);
    assert_eq!(said(&page, "立即办理").role, Role::Button);
}

fn field(kind: &str, y: f64) -> Build {
    el("input").attr("type", kind).area(50.0, y, 160.0, 30.0)
}

#[test]
fn six_boxes_of_one_digit_are_one_code() {
    let boxes = (0..6).map(|n| {
        el("input").attr("type", "tel").attr("maxlength", "1").area(10.0 + 50.0 * f64::from(n), 100.0, 40.0, 40.0)
    });
    let page = read(el("body").child(el("div").children(boxes)));
    assert_eq!(page.fields.len(), 1);
    assert_eq!(page.fields[0].kind, FieldKind::SmsCode);
    assert_eq!(page.fields[0].place.area.map(|a| a.w), Some(290.0));
}

#[test]
fn fields_without_a_form_belong_together_by_what_holds_them() {
    let page = read(el("body").children([
        el("div").attr("class", "order").children([
            el("div").child(field("tel", 10.0).attr("placeholder", "手机号")),
            el("div").children([
                field("tel", 50.0).attr("placeholder", "验证码"),
                el("span").attr("class", "btn").area(220.0, 50.0, 100.0, 30.0).child(text(
                    "获取验证码",
                    225.0,
                    55.0,
                    90.0,
                    20.0,
                )),
            ]),
            el("div").attr("class", "submit-btn").area(10.0, 90.0, 300.0, 44.0).child(text(
                "0元领取",
                100.0,
                100.0,
                80.0,
                20.0,
            )),
        ]),
        el("div").children([
            field("search", 900.0).attr("placeholder", "搜索"),
            el("button").area(220.0, 900.0, 60.0, 30.0).child(text("搜", 225.0, 905.0, 20.0, 20.0)),
        ]),
    ]));
    let forms: Vec<u32> = page.fields.iter().map(|f| f.form).collect();
    assert_eq!(forms[0], forms[1]);
    assert_ne!(forms[0], forms[2]);
    let order = page.buttons.iter().find(|b| b.label == "0元领取").expect("the button");
    assert_eq!(order.form, Some(forms[0]));
}

#[test]
fn nested_buttons_are_one_and_keep_the_link() {
    let page = read(el("body").children([
        el("a").attr("href", "https://a.test/order").display("block").area(10.0, 10.0, 300.0, 50.0).child(
            el("div").attr("class", "btn-main").area(10.0, 10.0, 300.0, 50.0).child(
                el("span").inline().clickable().area(100.0, 20.0, 90.0, 30.0).child(text(
                    "马上抢",
                    100.0,
                    20.0,
                    90.0,
                    30.0,
                )),
            ),
        ),
        el("p").area(10.0, 80.0, 300.0, 20.0).children([
            text("我已阅读", 10.0, 80.0, 80.0, 20.0),
            el("a").inline().attr("href", "/rules").area(90.0, 80.0, 80.0, 20.0).child(text(
                "《协议》",
                90.0,
                80.0,
                80.0,
                20.0,
            )),
        ]),
        el("div").clickable().area(0.0, 0.0, 375.0, 600.0),
    ]));
    let labels: Vec<&str> = page.buttons.iter().map(|b| b.label.as_str()).collect();
    assert_eq!(labels, ["马上抢"]);
    assert_eq!(page.buttons[0].href.as_deref(), Some("https://a.test/order"));
    assert_eq!(said(&page, "《协议》").text, "我已阅读《协议》");
}

#[test]
fn boxes_to_tick_are_found_real_and_drawn() {
    let page = read(
        el("body").children([
            el("div").children([
                el("input").attr("type", "checkbox").attr("id", "a").checked(true).area(10.0, 10.0, 14.0, 14.0),
                el("label").attr("for", "a").child(text("同意业务协议", 30.0, 10.0, 120.0, 14.0)),
            ]),
            el("label").children([
                el("input").attr("type", "checkbox").checked(false).area(10.0, 40.0, 14.0, 14.0).hidden(),
                el("span").attr("class", "el-checkbox__inner").area(10.0, 40.0, 14.0, 14.0),
                text("默认开通会员", 30.0, 40.0, 120.0, 14.0),
            ]),
            el("div")
                .attr("role", "checkbox")
                .attr("aria-checked", "true")
                .attr("class", "van-checkbox")
                .area(10.0, 70.0, 200.0, 20.0)
                .children([
                    el("div")
                        .attr("class", "van-checkbox__icon van-checkbox__icon--checked")
                        .area(10.0, 70.0, 18.0, 18.0),
                    el("span").inline().child(text("已阅读并同意", 34.0, 70.0, 100.0, 18.0)),
                ]),
            el("div").attr("class", "agree").children([
                el("i").attr("class", "icon-check active").clickable().area(10.0, 100.0, 16.0, 16.0),
                el("span").inline().child(text("同意每月扣费", 30.0, 100.0, 100.0, 16.0)),
            ]),
            el("div").children([
                el("img").attr("src", "/img/unchecked.png").clickable().area(10.0, 130.0, 16.0, 16.0),
                el("span").inline().child(text("我要办理", 30.0, 130.0, 100.0, 16.0)),
            ]),
        ]),
    );
    let found: Vec<(&str, bool, bool)> =
        page.checkboxes.iter().map(|c| (c.label.as_str(), c.checked, c.drawn)).collect();
    assert_eq!(
        found,
        [
            ("同意业务协议", true, false),
            ("默认开通会员", false, false),
            ("已阅读并同意", true, true),
            ("同意每月扣费", true, true),
            ("我要办理", false, true),
        ]
    );
    assert!(page.buttons.is_empty(), "{:?}", page.buttons.iter().map(|b| &b.label).collect::<Vec<_>>());
}

#[test]
fn a_selector_leads_back_from_the_nearest_id() {
    let page = read(el("html").child(el("body").child(el("div").attr("id", "main").children([
        el("p").child(text("一", 0.0, 0.0, 20.0, 20.0)),
        el("p").child(text("二", 0.0, 30.0, 20.0, 20.0)),
    ]))));
    let selectors: Vec<_> = page.statements.iter().filter_map(|s| s.page_place()?.selector.clone()).collect();
    assert_eq!(selectors, ["#main > p:nth-of-type(1)", "#main > p:nth-of-type(2)"]);
}

#[test]
fn a_picture_that_was_not_taken_is_a_gap() {
    let reading = page(el("body").child(el("img").area(0.0, 0.0, 375.0, 500.0)));
    assert_eq!(reading.gaps.len(), 1);
    assert_eq!(reading.gaps[0].reason, "picture-unread");
    assert!(reading.gaps[0].detail.contains("no picture"), "{}", reading.gaps[0].detail);
}

#[test]
fn words_in_a_picture_are_placed_on_the_page_and_name_a_button() {
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/banner.jpg")).expect("the picture is there");
    // The full-page picture is 720 px wide: two pixels to one CSS pixel.
    let root = el("body").children([
        el("img").area(0.0, 0.0, 360.0, 125.0),
        el("a")
            .attr("href", "/go")
            .display("block")
            .area(18.0, 128.0, 104.0, 38.0)
            .child(el("img").area(18.0, 128.0, 104.0, 38.0)),
    ]);
    let reading = dsl::page_with(root, Some(&bytes), (360, 200), 2.0);
    assert_eq!(reading.gaps, []);
    let headline = said(&reading.page, "免费领648礼包");
    assert_eq!(headline.role, Role::PictureText);
    let area = headline.page_place().and_then(|p| p.area).expect("a box");
    assert!(
        (12.0..26.0).contains(&area.x) && (20.0..32.0).contains(&area.y) && (175.0..205.0).contains(&area.w),
        "{area:?}"
    );
    let button = &reading.page.buttons[0];
    assert_eq!((button.label.as_str(), button.href.as_deref()), ("立即领取", Some("/go")));
}

#[test]
fn a_picture_over_the_budget_or_beyond_the_capture_is_a_gap() {
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/banner.jpg")).expect("the picture is there");
    let root = el("body").children([el("img").area(0.0, 0.0, 360.0, 125.0), el("img").area(0.0, 900.0, 300.0, 300.0)]);
    let reading = dsl::page_with(root, Some(&bytes), (360, 1_200), 2.0);
    assert_eq!(reading.gaps.len(), 1);
    assert!(reading.gaps[0].detail.contains("beyond the end"), "{}", reading.gaps[0].detail);
    let reading =
        dsl::page_with(el("body").child(el("img").area(0.0, 0.0, 360.0, 100.0)), Some(b"no picture"), (360, 200), 2.0);
    assert_eq!(reading.gaps[0].reason, "picture-unread");
}

#[test]
fn a_hostile_tree_is_survived() {
    let mut deep = text("底", 0.0, 0.0, 20.0, 20.0);
    for _ in 0..3_000 {
        deep = el("div").child(deep);
    }
    assert_eq!(texts(&read(deep)), ["底"]);
    let mut snapshot = dsl::snapshot(
        el("body").children((0..50).map(|n| text("甲", 0.0, f64::from(n) * 20.0, 20.0, 20.0))),
        (375, 2_000),
        1.0,
    );
    for (at, node) in snapshot.nodes.iter_mut().enumerate() {
        node.parent = Some(if at % 2 == 0 { 40_000 } else { 3 });
        node.lines.iter_mut().for_each(|line| (line.start, line.end) = (9, 3));
    }
    dsl::read(&snapshot, None);
}

#[test]
fn a_huge_page_is_read_in_seconds() {
    let cell = |n: i32| {
        let (x, y) = (f64::from(n % 4) * 90.0, f64::from(n / 4) * 10.0);
        el("div").attr("class", "btn check").clickable().background().area(x, y, 130.0, 45.0).children([
            el("i").attr("class", "checked").clickable().area(x, y, 10.0, 10.0),
            el("input").attr("type", "text").area(x, y, 60.0, 12.0),
            text("立即领取", x + 20.0, y, 40.0, 10.0),
        ])
    };
    let started = std::time::Instant::now();
    let mut root = el("body").children((0..5_000).map(cell));
    for _ in 0..200 {
        root = el("div").clickable().child(root);
    }
    let reading = page(root);
    println!("{:?}", started.elapsed());
    assert!(!reading.page.statements.is_empty());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn facts_of_a_footer_have_their_place_and_each_is_told_once() {
    let page = read(el("body").children([
        el("p").child(text("杭州银河互动网络科技有限公司", 10.0, 900.0, 200.0, 12.0)),
        el("p").children([
            el("span").inline().child(text("浙ICP备", 10.0, 920.0, 40.0, 12.0)),
            el("span").inline().child(text("2021034567号-3", 50.0, 920.0, 90.0, 12.0)),
        ]),
        el("p").child(text("杭州银河互动网络科技有限公司 客服热线：400-618-7788", 10.0, 940.0, 300.0, 12.0)),
        field("text", 960.0).attr("placeholder", "地址：浙江省杭州市文一西路969号"),
    ]));
    let facts: Vec<_> = page.facts.iter().map(|f| (f.kind, f.text.as_str(), f.place.area.map(|a| a.y))).collect();
    assert_eq!(
        facts,
        [
            (FactKind::Company, "杭州银河互动网络科技有限公司", Some(900.0)),
            (FactKind::Icp, "浙ICP备2021034567号-3", Some(920.0)),
            (FactKind::Telephone, "400-618-7788", Some(940.0)),
        ]
    );
}

#[test]
fn where_a_form_would_send_is_told() {
    let ask = |y: f64| field("tel", y).attr("placeholder", "手机号");
    let press =
        |words: &str, y: f64| el("button").area(20.0, y, 200.0, 40.0).child(text(words, 30.0, y + 5.0, 80.0, 20.0));
    let page = read(
        el("body").children([
            el("form").attr("action", "/order/submit?from=ad").attr("method", "post").children([
                ask(10.0),
                press("立即办理", 50.0),
                press("去支付", 100.0).attr("formaction", "https://pay.test/p"),
                press("收起", 150.0).attr("type", "button"),
            ]),
            el("form").attr("action", "javascript:;").children([ask(210.0), press("免费领取", 250.0)]),
            el("div").children([ask(310.0), press("马上抢", 350.0)]),
            el("iframe")
                .attr("src", "//other.test/f/index.html")
                .area(0.0, 400.0, 375.0, 200.0)
                .child(el("form").attr("action", "save").children([ask(410.0), press("提交", 450.0)])),
        ]),
    );
    let sends: Vec<_> = page.forms.iter().map(|f| (f.send.method.as_str(), f.send.url.as_deref())).collect();
    assert_eq!(
        sends,
        [
            ("POST", Some("https://a.test/order/submit?from=ad")),
            ("GET", None),
            ("GET", Some("https://other.test/f/save")),
        ]
    );
    let button = |label: &str| page.buttons.iter().find(|b| b.label == label).expect("a button").send.clone();
    assert_eq!(button("立即办理").and_then(|s| s.url).as_deref(), Some("https://a.test/order/submit?from=ad"));
    let paid = button("去支付").expect("sends");
    assert_eq!((paid.method.as_str(), paid.url.as_deref()), ("POST", Some("https://pay.test/p")));
    assert_eq!((button("收起"), button("马上抢")), (None, None));
    assert_eq!(page.forms[0].number, page.fields[0].form);
}
