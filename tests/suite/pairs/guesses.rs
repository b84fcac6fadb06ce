//! What rests on words that were heard otherwise is no more than likely.

use checker::compare;
use model::evidence::{AdPlace, AdSource, EvidenceId, Place};
use model::finding::Confidence;
use model::statement::{Guess, ReadBy, Role, Statement, Visibility};

use super::written::{Shown, case};

/// A sentence that is heard in the ad; `heard` is what its characters from `from` on were taken for.
fn said(words: &str, guess: Option<(u32, &str)>) -> Statement {
    let mut normal = reader::text::normal(words);
    normal.guesses.extend(guess.map(|(from, heard)| Guess { from, heard: heard.into() }));
    let evidence = EvidenceId::of(b"transcript");
    let place = AdPlace { source: AdSource::Speech, at_s: Some(1.0), until_s: Some(3.0), area: None, evidence };
    Statement {
        text: words.into(),
        normal,
        place: Place::Ad(place),
        visibility: Visibility::default(),
        role: Role::Speech,
        read_by: ReadBy::Speech(Some(0.9)),
        prices: Vec::new(),
    }
}

#[test]
fn a_promise_that_was_guessed_is_never_certain() {
    let page = Shown::of(
        "# 大流量套餐 立即办理\n全国流量套餐 39元/月 话费代扣\n? phone 手机号\n? sms-code 验证码\n[立即办理套餐]",
    );
    let words = super::words();
    let confidence = |promised: Vec<Statement>| {
        let mut case = case([&page, &page]);
        case.promised = promised;
        let found = compare(&case, &words).findings;
        found.iter().find(|finding| finding.check() == "category-switch").map(|finding| finding.confidence())
    };
    let plain = said("送游戏礼包", None);
    let guessed = said("送游戏礼包", Some((1, "游戏里包")));
    assert_eq!(confidence(vec![plain.clone()]), Some(Confidence::High));
    assert_eq!(confidence(vec![guessed.clone()]), Some(Confidence::Medium));
    // What is said plainly beside it is as sure as ever.
    assert_eq!(confidence(vec![guessed, plain]), Some(Confidence::High));
}
