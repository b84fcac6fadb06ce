//! Pairs of pages as two visitors may be shown them, with the real lexicons: what differs in meaning, and what does not.
//!
//! `tests/pairs/*.toml` holds them in short writing, a line for each thing a person sees: `# ` a headline, `[ ]` a button
//! of the form, `( )` a button without one, `? kind label` a field, `* a | b` an entry of a list, else a sentence.

mod guesses;
pub(crate) mod written;

use std::collections::BTreeSet;
use std::path::Path;

use checker::{Words, differences, seen_again};
use model::case::Case;
use model::difference::About;
use postlink_tests::repository;
use written::{Pair, Shown};

fn words() -> Words {
    Words::compile(&policies::lexicon().expect("the lexicons load"), policies::senses()).expect("the lexicons compile")
}

fn pairs() -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pairs");
    let mut pairs = Vec::new();
    for path in repository::files(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        pairs.extend(Pair::all(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    pairs
}

#[test]
fn pairs_of_pages_differ_in_what_they_mean_and_in_nothing_else() {
    let words = words();
    let pairs = pairs();
    assert!(pairs.len() >= 30, "only {} pairs were found", pairs.len());
    let mut faults = Vec::new();
    for pair in &pairs {
        let found = differences(&pair.case(), &words);
        let about: BTreeSet<About> = found.iter().map(|difference| difference.about).collect();
        let (must, may) = (pair.differ(), pair.may());
        if !must.is_subset(&about) || !about.iter().all(|one| must.contains(one) || may.contains(one)) {
            let said = found.iter().map(|difference| {
                format!("\n    {:?} {:?} {:?}", difference.about, difference.confidence, difference.shown)
            });
            faults.push(format!("{}: wanted {must:?}, found:{}", pair.name, said.collect::<String>()));
        }
    }
    assert!(faults.is_empty(), "{} of {} pairs come out wrong:\n{}", faults.len(), pairs.len(), faults.join("\n"));
}

/// Two visitors, each shown one page.
fn look(one: &str, other: &str) -> Case {
    written::case([&Shown::of(one), &Shown::of(other)])
}

const ORDER: &str = "# 5G畅享流量套餐\n月租39元,从次月起自动扣费\n? phone 手机号\n? sms-code 验证码\n[立即办理套餐]";
const SHOP: &str = "# 纯棉四件套礼盒\n亲肤透气的纯棉面料,七天无理由退换,全国包邮到家,顺丰发货,破损包赔,拆封可退,售后有保障,支持花呗分期\n现价199元\n(立即购买)";

/// First look, second look; the abouts that are repeated.
fn repeated(first: [&str; 2], second: [&str; 2], words: &Words) -> (BTreeSet<About>, usize, usize) {
    let mut before = look(first[0], first[1]);
    before.differences = differences(&before, words);
    let seen = seen_again(&before, &look(second[0], second[1]), words);
    let repeated = seen.differences.iter().filter(|one| one.repeated).map(|one| one.about).collect();
    (repeated, seen.differences.len(), seen.gaps.len())
}

#[test]
fn what_shows_again_the_same_way_is_repeated() {
    let (repeated, all, gaps) = repeated([ORDER, SHOP], [ORDER, SHOP], &words());
    assert_eq!(repeated, BTreeSet::from([About::Offer, About::Price, About::Fields]));
    assert_eq!((all, gaps), (3, 0));
}

#[test]
fn what_comes_out_the_other_way_round_is_chance() {
    let (repeated, all, gaps) = repeated([ORDER, SHOP], [SHOP, ORDER], &words());
    assert_eq!(repeated, BTreeSet::new());
    assert_eq!((all, gaps), (3, 0));
}

#[test]
fn what_one_visitor_sees_only_the_first_time_is_not_repeated() {
    let (repeated, all, _) = repeated([ORDER, SHOP], [SHOP, SHOP], &words());
    assert_eq!((repeated, all), (BTreeSet::new(), 3));
}

#[test]
fn a_price_that_changes_from_look_to_look_is_chance_while_the_rest_is_repeated() {
    let dearer = ORDER.replace("39元", "58元");
    let (repeated, _, _) = repeated([ORDER, SHOP], [&dearer, SHOP], &words());
    assert_eq!(repeated, BTreeSet::from([About::Offer, About::Fields]));
}

#[test]
fn a_visitor_who_comes_to_no_page_the_second_time_leaves_a_gap() {
    let words = words();
    let mut before = look(ORDER, SHOP);
    before.differences = differences(&before, &words);
    let lost = Shown::default().with_gap("timeout");
    let seen = seen_again(&before, &written::case([&Shown::of(ORDER), &lost]), &words);
    assert!(seen.differences.iter().all(|difference| !difference.repeated));
    let gaps: Vec<_> = seen.gaps.iter().map(|gap| (gap.reason.as_str(), gap.visitor.as_deref())).collect();
    assert_eq!(gaps, [("not-seen-again", Some("desktop-chrome"))]);
}

#[test]
fn a_difference_says_who_was_shown_what_and_where() {
    let found = differences(&look(ORDER, SHOP), &words());
    let price = found.iter().find(|one| one.about == About::Price).expect("the prices differ");
    assert_eq!(price.visitors, ["android-douyin", "desktop-chrome"]);
    assert_eq!(price.shown, [vec!["39 CNY/month"], vec!["199 CNY"]]);
    let quotes = price.places.each_ref().map(|place| place.as_ref().map(|exhibit| exhibit.quote.as_str()));
    assert_eq!(quotes, [Some("月租39元,从次月起自动扣费"), Some("现价199元")]);
    let fields = found.iter().find(|one| one.about == About::Fields).expect("the fields differ");
    assert_eq!(fields.shown[0], ["phone", "sms-code"]);
    // Where nothing is asked, the place is the head of the page.
    assert_eq!(fields.places[1].as_ref().expect("a page").quote, "纯棉四件套礼盒");
}

#[test]
fn with_more_visitors_each_is_compared_with_the_first_who_came_to_a_page() {
    let words = words();
    let challenged = Shown::of("请完成安全验证").with_gap("challenge-page");
    let mut case = written::case([&challenged, &Shown::of(ORDER)]);
    let third = written::case([&Shown::of(ORDER), &Shown::of(SHOP)]);
    let rename = |name: &mut String| *name = "ios-safari".into();
    case.chains.extend(third.chains.into_iter().skip(1).map(|mut chain| {
        rename(&mut chain.visitor);
        chain
    }));
    case.pages.extend(third.pages.into_iter().skip(1).map(|mut page| {
        rename(&mut page.visitor);
        page
    }));
    let found: Vec<_> =
        differences(&case, &words).into_iter().map(|difference| (difference.about, difference.visitors)).collect();
    let pair = |other: &str| ["desktop-chrome".to_owned(), other.to_owned()];
    assert_eq!(
        found,
        [
            (About::Fate, pair("android-douyin")),
            (About::Offer, pair("ios-safari")),
            (About::Price, pair("ios-safari")),
            (About::Fields, pair("ios-safari")),
        ]
    );
}
