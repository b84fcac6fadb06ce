//! What is personal is covered, however it is written; what everybody may know stays.

use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    personal(text).into_iter().map(|found| found.kind).collect()
}

#[test]
fn numbers_of_persons_are_found_however_they_are_written() {
    let known = [
        ("电话13812345678。", Kind::Mobile),
        ("138 1234 5678", Kind::Mobile),
        ("138-1234-5678", Kind::Mobile),
        ("138.1234.5678", Kind::Mobile),
        ("１３８１２３４５６７８", Kind::Mobile),
        ("138\u{200b}12345678", Kind::Mobile),
        ("+86 138 1234 5678", Kind::Mobile),
        ("(+86)13812345678", Kind::Mobile),
        ("wx13812345678x", Kind::Mobile),
        ("https://a.test/?phone=13812345678&c=1", Kind::Mobile),
        ("2026-11-27 13812345678", Kind::Mobile),
        ("010-62345678", Kind::Landline),
        ("(0571) 8765432", Kind::Landline),
        ("110101199003074530", Kind::IdNumber),
        ("身份证 11010119900307453x", Kind::IdNumber),
        ("110101 19900307 4530", Kind::IdNumber),
        ("6222 0210 0112 3456 789", Kind::BankCard),
        ("zhang.san@mail.example.com", Kind::Email),
        ("ｚhang＠mail.test.cn", Kind::Email),
        ("?m=zhang%40mail.test", Kind::Email),
        ("车牌京A12345", Kind::Plate),
        ("粤B·D12345", Kind::Plate),
        ("姓名：张三丰", Kind::Name),
        ("收件人 欧阳修", Kind::Name),
        ("Name: John A. Smith", Kind::Name),
        ("恭喜王女士领取", Kind::Name),
    ];
    for (text, kind) in known {
        assert_eq!(kinds(text), [kind], "{text}");
    }
    assert_eq!(kinds("13812345678 13987654321"), [Kind::Mobile; 2]);
    assert_eq!(kinds("13812345678/13987654321"), [Kind::Mobile; 2]);
}

#[test]
fn what_everybody_may_know_stays() {
    for text in [
        "客服热线 400-820-8820",
        "4008208820",
        "拨打10086或95588",
        "12315",
        "sha256:1381234567813987654321aabbccddeeff00112233445566778899aabbccddeeff",
        "20261127172902",
        "1764264542123",
        "京ICP备12345678号-1",
        "2026-11-27 18:25:13",
        "价格 1999.00 元，共 12345678901234 件",
        "姓名：请输入",
        "联系人电话",
        "尊敬的女士",
        "各位先生",
        "127.0.0.1:18080",
        "2026-11-27T17:29:13.812345678Z",
        "v156.0.8078.79",
        "HeadlessChrome/156.0.8078.108",
        "13.812345678 s",
        "cn-internet-ads@2026.11",
        "@media (max-width: 720px)",
    ] {
        assert_eq!(personal(text), [], "{text}");
    }
}

#[test]
fn what_is_covered_leaves_nothing_of_its_length_and_the_rest_as_it_was() {
    let mut done = Done::new();
    let covered = covered("姓名：张三，电话 １38-1234-5678，热线 400-820-8820。", &mut done).unwrap();
    assert_eq!(covered, "姓名：█████，电话 █████，热线 400-820-8820。");
    assert_eq!(done, Done::from([(Kind::Name, 1), (Kind::Mobile, 1)]));
    assert_eq!(super::covered("什么都没有", &mut done), None);
}

#[test]
fn long_values_of_addresses_are_covered_and_channels_stay() {
    let mut done = Done::new();
    let told =
        covered("见 https://a.test/p?cid=77&token=abcdefghijklmnop&x=1#zzzzzzzzzzzzzzzzz 。", &mut done).unwrap();
    assert_eq!(told, "见 https://a.test/p?cid=77&token=█████&x=1#█████ 。");
    assert_eq!(code_covered("https://t.test/AbC12?u=9", &mut done), "https://t.test/█████");
    assert_eq!(code_covered("WIFI:S:home;P:secret;;", &mut done), "█████");
}
