//! What sentences are taken to claim, with the real lexicons: which sum is for what, and what is denied.

use checker::{Words, claims};
use model::claim::{Offer, PriceRole};
use model::evidence::{AdPlace, AdSource, EvidenceId, Place};
use model::lexicon::Lexicon;
use model::statement::{ReadBy, Role, Statement, Visibility};

fn statement(text: &str) -> Statement {
    let normal = reader::text::normal(text);
    let evidence = EvidenceId::of(text.as_bytes());
    Statement {
        text: text.to_owned(),
        prices: reader::price::tags(&normal.text),
        normal,
        place: Place::Ad(AdPlace { source: AdSource::Title, at_s: None, until_s: None, area: None, evidence }),
        visibility: Visibility::default(),
        role: Role::Text,
        read_by: ReadBy::Text,
    }
}

fn words() -> Words {
    Words::compile(&policies::lexicon().expect("the lexicons load"), policies::senses()).expect("the lexicons compile")
}

/// Sums as `once 29`, `recurring 29.9`, in the order of the text; what is free comes last.
fn sums(text: &str, words: &Words) -> String {
    let role = |role: PriceRole| serde_json::to_value(role).expect("a word").as_str().unwrap_or_default().to_owned();
    let claims = claims(&[statement(text)], words);
    let sums = claims.iter().filter_map(|claim| match &claim.offer {
        Offer::Price(price) => Some(format!("{} {}", role(price.role), price.cents as f64 / 100.0)),
        _ => None,
    });
    sums.collect::<Vec<_>>().join(", ")
}

#[test]
fn each_sum_plays_its_part() {
    let words = words();
    let mut wrong = Vec::new();
    for (text, expected) in [
        ("月租29元", "recurring 29"),
        ("29元/月", "recurring 29"),
        ("首月0元，次月起29元/月", "introductory 0, recurring 29"),
        ("首月1元，到期后按25元/月自动续费", "introductory 1, recurring 25"),
        ("新用户体验价1元，恢复原价29元/月", "introductory 1, recurring 29"),
        ("原价399元 现价99元", "reference 399, once 99"),
        ("券后到手价59元", "once 59"),
        ("市场价￥1280，限时¥９９", "reference 1280, once 99"),
        ("满199元减50元", "reference 199, benefit 50"),
        ("送100元话费", "benefit 100"),
        ("领50元优惠券", "benefit 50"),
        ("最高可借20万元", "benefit 200000"),
        ("月薪8000元", "benefit 8000"),
        ("餐补300元/月", "benefit 300"),
        ("套餐外流量5元/GB", "overage 5"),
        ("押金200元", "ancillary 200"),
        ("邮费12元", "ancillary 12"),
        ("0元领取", "once 0"),
        ("0首付", ""),
        ("12期免息，每期99元", "reference 99"),
        ("信息费15元/月，由运营商代收", "recurring 15"),
        ("每月从话费中扣20元", "recurring 20"),
        ("手续费50元", "ancillary 50"),
        ("$9.99/month after your trial", "recurring 9.99"),
        ("Try 7 days for $1, then $29.99/month", "introductory 1, recurring 29.99"),
        ("was $120, now $80", "reference 120, once 80"),
        ("Save $20 today", "benefit 20"),
        ("$299 a month for 36 months", "recurring 299"),
        ("免费领取礼包", "once 0"),
        ("免费试用7天", "introductory 0"),
        ("免费咨询", ""),
        ("预约一节免费的一对一试听", ""),
        ("没有免费的午餐", ""),
        ("sugar-free drinks", ""),
    ] {
        let found = sums(text, &words);
        if found != expected {
            wrong.push(format!("{text}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_longest_word_says_the_kind_and_letters_are_not_cut_from_words() {
    let words = words();
    let kinds = |text: &str| -> Vec<String> {
        let claims = claims(&[statement(text)], &words);
        let kinds = claims.into_iter().filter_map(|claim| match claim.offer {
            Offer::Kind { kind } => Some(kind.0),
            _ => None,
        });
        kinds.collect()
    };
    assert_eq!(kinds("开通视频彩铃"), ["ringtone"]);
    assert_eq!(kinds("The sloane collection"), Vec::<String>::new());
    assert_eq!(kinds("Get a loan"), ["loan"]);
}

#[test]
fn quantities_and_conditions_are_read() {
    let claims = claims(&[statement("每月100GB流量，限新用户，合约期24个月")], &words());
    let has = |wanted: &Offer| claims.iter().any(|claim| claim.offer == *wanted);
    assert!(has(&Offer::Quantity { amount: 100.0, unit: "gb".into() }), "{claims:?}");
    assert!(has(&Offer::Condition { condition: "new-customers".into() }), "{claims:?}");
    assert!(has(&Offer::Condition { condition: "contract".into() }), "{claims:?}");
}

#[test]
fn a_lexicon_without_a_list_that_the_checks_need_is_refused() {
    let mut lexicon: Lexicon = policies::lexicon().expect("the lexicons load");
    lexicon.terms.remove("implied-order");
    let refused = Words::compile(&lexicon, policies::senses()).expect_err("a list is missing").to_string();
    assert!(refused.contains("implied-order"), "{refused}");
    lexicon.terms.insert("implied-order".into(), vec!["(".into()]);
    let refused = Words::compile(&lexicon, policies::senses()).expect_err("a pattern is broken").to_string();
    assert!(refused.contains("implied-order") && refused.contains('('), "{refused}");
}
