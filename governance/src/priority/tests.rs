//! Signals raise, fade and are outweighed; and where a budget goes.

use chrono::TimeDelta;

use super::*;

fn day(days: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::days(days)
}

fn like(landing: &str, template: &str, entity: &str) -> Likeness {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Likeness { landing: some(landing), template: some(template), entity: some(entity) }
}

#[test]
fn a_signal_raises_an_ad_and_less_so_what_is_like_it() {
    let mut signals = Signals::default();
    signals.note("a", &like("l", "t", "e"), Sign::Complaint, day(0));
    let score = |ad: &str, likeness: &Likeness| signals.priority(ad, likeness, day(0)).score;
    let itself = score("a", &like("l", "t", "e"));
    let (landing, template, entity) =
        (score("b", &like("l", "", "")), score("b", &like("", "t", "")), score("b", &like("", "", "e")));
    assert!(itself > landing && landing > entity && entity > template && template > 0.0);
    assert_eq!(score("b", &like("x", "y", "z")), 0.0);
    let told = signals.priority("b", &like("l", "x", "e"), day(0));
    assert!(told.by_ad == 0.0 && told.by_landing > 0.0 && told.by_template == 0.0 && told.by_entity > 0.0);
    assert!((told.score - told.by_landing - told.by_entity).abs() < 1e-12);
}

#[test]
fn a_violation_says_more_than_a_complaint_and_both_fade() {
    let with = |sign| {
        let mut signals = Signals::default();
        signals.note("a", &Likeness::default(), sign, day(0));
        signals
    };
    let score = |signals: &Signals, days| signals.priority("a", &Likeness::default(), day(days)).score;
    let (violation, complaint) = (with(Sign::Violation), with(Sign::Complaint));
    assert!(score(&violation, 0) > score(&complaint, 0));
    assert!((score(&complaint, 0) - 1.0 / 3.0).abs() < 1e-12 && (score(&complaint, 30) - 0.2).abs() < 1e-12);
    assert!(score(&violation, 400) < 0.001);
    let mut old = violation.clone();
    old.forget(day(400));
    assert!(old.seen.is_empty());
    old = violation.clone();
    old.forget(day(30));
    assert_eq!(old.seen.len(), 1);
    // One that comes out of order makes nothing younger.
    let mut late = violation;
    late.note("a", &Likeness::default(), Sign::Complaint, day(-60));
    assert!(score(&late, 0) > 0.6 && late.seen.len() == 1);
}

#[test]
fn what_is_seen_to_be_good_by_many_is_not_suspect_for_one() {
    let mut signals = Signals::default();
    for n in 0..300 {
        signals.note(&format!("honest{n}"), &like("", "builder", ""), Sign::Clean, day(0));
    }
    signals.note("bad", &like("", "builder", "ring"), Sign::Violation, day(0));
    let (builder, ring) =
        (signals.priority("x", &like("", "builder", ""), day(0)), signals.priority("x", &like("", "", "ring"), day(0)));
    assert!(builder.score < 0.02 && ring.score > 0.5, "{builder:?} {ring:?}");
    for _ in 0..5 {
        signals.note("bad", &Likeness::default(), Sign::Clean, day(1));
    }
    assert!(signals.priority("bad", &Likeness::default(), day(1)).score < 0.4);
}

#[test]
fn a_budget_goes_to_signals_first_and_nobody_waits_for_ever() {
    let one = |score, days, visited| Waiting { score, days, visited };
    let waiting =
        [one(0.0, 50.0, true), one(0.9, 10.0, true), one(0.0, 40.0, true), one(0.5, 1.0, false), one(0.95, 0.5, true)];
    assert_eq!(turn(&waiting, 3), [1, 3, 0], "who was visited half a day ago can wait");
    assert!(turn(&waiting, 0).is_empty());
    assert_eq!(turn(&waiting, 99).len(), 5);
    assert_eq!(turn(&[one(0.0, 1.0, false), one(0.0, 2.0, false)], 1), [1], "without signals by the time they wait");
}
