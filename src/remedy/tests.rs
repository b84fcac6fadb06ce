//! What is offered clears what it says, and what does not is not offered.

use std::sync::LazyLock;

use super::*;
use cases::CASES;
use checker::Words;
use written::{Line, written};

mod cases;
mod written;

/// The words, the packs and a market; making them ready takes long.
struct Court {
    words: &'static Words,
    packs: Packs,
    markets: BTreeSet<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    Words::compile(&policies::lexicon().expect("the lexicons read"), policies::senses()).expect("they compile")
});

static COURT: LazyLock<Court> = LazyLock::new(|| Court::of(&policies::built_in_files()));

impl Court {
    fn of(files: &crate::packs::Files) -> Self {
        let packs = Packs::from_files(files, &crate::packs::checks()).expect("the packs load");
        Self { words: &WORDS, packs, markets: BTreeSet::from(["CN".to_owned()]) }
    }

    /// With another wording for ads that are dearer than they say.
    fn saying(wording: &str) -> Self {
        let mut files = policies::built_in_files();
        let notes = files.get_mut("cn-internet-ads/notes/zh-CN.toml").expect("there are notes in Chinese");
        let from = notes.find("[notes.dearer-than-advertised]").expect("there is that note");
        let from = from + notes[from..].find("ad = ").expect("it has a wording");
        let until = from + notes[from..].find("\n[notes.").expect("it is not the last");
        notes.replace_range(from..until, &format!("ad = '{wording}'\n"));
        Self::of(&files)
    }

    fn proof(&self) -> Proof<'_> {
        Proof { words: self.words, packs: &self.packs, markets: &self.markets }
    }

    /// The case judged, with what is proposed for it.
    fn judged(&self, ad: &[&str], page: &[Line<'_>]) -> Case {
        let mut case = written(ad, page);
        case.violations = self.proof().judged(case.clone()).expect("no check fails");
        self.proof().offer(&mut case);
        case
    }

    /// The rules that judge something.
    fn rules(&self, ad: &[&str], page: &[Line<'_>]) -> BTreeSet<String> {
        self.proof().judged(written(ad, page)).expect("no check fails").iter().flat_map(rules).collect()
    }
}

fn fixes(case: &Case, rule: &str) -> Vec<Fix> {
    let of_rule = |violation: &&Violation| violation.rule == rule;
    case.violations.iter().find(of_rule).unwrap_or_else(|| panic!("{rule} judges nothing")).fixes.clone()
}

#[test]
fn what_a_sentence_can_put_right_gets_one() {
    let mut faults = Vec::new();
    for (name, rule, ad, page) in CASES {
        let case = COURT.judged(ad, page);
        match case.violations.iter().find(|one| one.rule == *rule) {
            None => faults.push(format!("{name}: {rule} does not judge")),
            Some(violation) if violation.fixes.is_empty() => faults.push(format!("{name}: nothing is offered")),
            Some(_) => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Not by the change that proved it: the ad and its page are written anew, as an advertiser would who reads the fix.
#[test]
fn an_advertiser_who_follows_a_fix_is_rid_of_what_it_clears_and_of_nothing_else() {
    for (name, rule, ad, page) in CASES {
        let before = COURT.rules(ad, page);
        for fix in fixes(&COURT.judged(ad, page), rule) {
            let told: Vec<_> = fix.text.split(['。']).collect();
            let mut new_ad: Vec<&str> = Vec::new();
            let mut new_page: Vec<Line<'_>> = Vec::new();
            for said in *ad {
                let promise = fix.instead_of == *said;
                new_ad.extend(if promise { told.clone() } else { vec![*said] });
            }
            if fix.on == FixOn::Ad && fix.instead_of.is_empty() {
                if fix.whole {
                    new_ad = told.clone()
                } else {
                    new_ad.splice(1..1, told.clone());
                }
            }
            for line in *page {
                let button = matches!(line, Line::Button(_));
                let replaced = fix.on == FixOn::Page && line.text() == fix.instead_of;
                let above = if fix.on == FixOn::Page { &fix.text } else { &fix.with_page };
                if button && !above.is_empty() && (fix.on == FixOn::Ad || fix.instead_of.is_empty()) {
                    new_page.push(Line::Text(above));
                }
                new_page.push(if replaced { line.reading(&fix.text) } else { *line });
            }
            let after = COURT.rules(&new_ad, &new_page);
            let gone: Vec<_> = before.difference(&after).cloned().collect();
            assert_eq!(gone, fix.clears, "{name}: {new_ad:?} {new_page:?}");
            assert!(after.is_subset(&before), "{name}: {after:?}");
        }
    }
}

const DEAR: (&[&str], &[Line<'_>]) = (
    &["松木书桌只要99元", "包邮到家", "立即购买"],
    &[Line::Head("松木书桌"), Line::Text("松木书桌 259元"), Line::Button("立即购买")],
);

#[test]
fn a_wording_that_does_not_clear_is_not_offered() {
    let offered = |wording| fixes(&Court::saying(wording).judged(DEAR.0, DEAR.1), "dearer-than-advertised");
    assert_eq!(offered("松木书桌仅售259元").len(), 1);
    assert_eq!(offered("松木书桌仅售79元"), []);
}

#[test]
fn a_wording_that_brings_another_violation_is_not_offered() {
    let wording = "全国第一的松木书桌，259元";
    let ad = [wording, DEAR.0[1], DEAR.0[2]];
    let (before, after) = (COURT.rules(DEAR.0, DEAR.1), COURT.rules(&ad, DEAR.1));
    // By itself it would do: the price is right.
    assert!(before.contains("cn-internet-ads/dearer-than-advertised"));
    assert!(!after.contains("cn-internet-ads/dearer-than-advertised") && !after.is_subset(&before), "{after:?}");
    assert_eq!(fixes(&Court::saying(wording).judged(DEAR.0, DEAR.1), "dearer-than-advertised"), []);
}

/// The price alone would not do, as the page takes more in the end.
#[test]
fn what_is_left_to_tell_is_told_as_well() {
    let page = [
        Line::Head("1000M流量领取"),
        Line::Small("须成功邀请10位新用户完成实名后可领。"),
        Line::Small("领取前须连续签到30天。"),
        Line::Button("立即领取"),
    ];
    let case = COURT.judged(&["人人可领1000M流量", "点击即领", "立即领取"], &page);
    let [fix] = fixes(&case, "condition-not-told").try_into().expect("one wording is offered");
    assert!(fix.text.contains("邀请10位") && fix.text.contains("签到30天"), "{}", fix.text);
}

/// A violation that no check finds by itself: a second opinion raised it, and no change of words can be proven to clear it.
#[test]
fn what_the_checks_do_not_find_themselves_gets_no_wording() {
    let mut case = COURT.judged(DEAR.0, DEAR.1);
    let (_, rule, ad, page) = CASES[2];
    let raised = COURT.judged(ad, page).violations.into_iter().find(|one| one.rule == rule);
    case.violations.extend(raised.map(|one| Violation { fixes: Vec::new(), ..one }));
    COURT.proof().offer(&mut case);
    assert_eq!(fixes(&case, rule), []);
    assert_eq!(fixes(&case, "dearer-than-advertised").len(), 1);
}

#[test]
fn the_same_case_gets_the_same_wordings() {
    for (name, _, ad, page) in CASES {
        assert_eq!(COURT.judged(ad, page), COURT.judged(ad, page), "{name}");
    }
}
