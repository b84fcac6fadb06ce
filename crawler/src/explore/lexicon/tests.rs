//! Tests of the words and their form.

use std::collections::HashSet;

use super::*;

fn form(shown: &str) -> Form {
    LEXICON.form(shown)
}

#[test]
fn words_are_compared_without_what_hides_them() {
    let submits = &LEXICON.submits;
    for hidden in [
        "确 认 订 购",
        "確認訂購",
        "确\u{ad}认\u{200b}订购",
        "确·认·订·购",
        "【确认订购】",
        "确认订购 15元/月",
        "ＰＡＹ　ＮＯＷ",
        "Pay&nbsp;now".trim_start_matches("x"),
    ] {
        assert!(submits.say(&form(hidden)), "{hidden}");
    }
    assert!(submits.say(&form("确定 (3s)")) && submits.say(&form("OK")));
    assert!(!submits.say(&form("display wallpapers")) && !submits.say(&form("确定性算法入门课")));
    assert!(!submits.say(&form("支付宝小程序里打开")));
    assert!(LEXICON.close.say(&form("5s 跳过")) && LEXICON.close.say(&form("Don't want it")));
}

#[test]
fn a_sum_by_itself_is_a_price() {
    assert!(form("￥9.90").is_price() && form("9.9元/月").is_price() && form("$4.99").is_price());
    assert!(!form("9折").is_price() && !form("领9元").is_price());
}

#[test]
fn the_words_are_written_as_they_are_compared() {
    let lexicon = &*LEXICON;
    let lists = [
        &lexicon.submits,
        &lexicon.orders,
        &lexicon.claims,
        &lexicon.onward,
        &lexicon.looks,
        &lexicon.gifts,
        &lexicon.opens,
        &lexicon.agreement,
        &lexicon.titles,
        &lexicon.binds,
        &lexicon.fold,
        &lexicon.close,
        &lexicon.accepts,
        &lexicon.back,
        &lexicon.aside,
        &lexicon.consent,
        &lexicon.billing,
        &lexicon.monthly,
        &lexicon.wages,
        &lexicon.field,
    ];
    for phrase in lists.iter().flat_map(|list| list.all()) {
        let form = form(phrase);
        let written = if phrase.is_ascii() && !phrase.starts_with('/') { form.spaced } else { form.squeezed };
        assert_eq!(*phrase, written, "write it as it is compared");
    }
    for list in lists {
        for part in [&list.whole, &list.part] {
            let mut seen = HashSet::new();
            assert!(part.iter().all(|phrase| seen.insert(phrase)), "a phrase stands twice in {part:?}");
        }
    }
    let written: toml::Table = toml::from_str(include_str!("../words.toml")).expect("reads");
    let letters = |name: &str| written["letters"][name].as_str().expect("letters").to_owned();
    assert_eq!(letters("from").chars().count(), letters("to").chars().count());
    assert!(letters("to").chars().all(|letter| !letters("from").contains(letter)));
}
