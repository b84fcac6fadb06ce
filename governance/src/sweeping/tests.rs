//! What is no sweep is refused by what is wrong with it, and no sweep comes back from its end.

use chrono::TimeDelta;

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn asked() -> Asked {
    Asked {
        name: "nightly".into(),
        scope: Scope::default(),
        cadence: Cadence::Continuous,
        visitors: vec!["desktop".into()],
        depth: 1,
        pool: "default".into(),
        budget: Budget::default(),
        priority: 0,
    }
}

fn cron(pattern: &str, window_minutes: u32) -> Cadence {
    Cadence::Cron { pattern: pattern.into(), time_zone: "Asia/Shanghai".into(), window_minutes }
}

fn refused(asked: Asked) -> SweepError {
    begun(asked, "00ff".into(), now()).expect_err("it cannot be")
}

#[test]
fn a_sweep_begins_running() {
    let sweep = begun(asked(), "00ff".into(), now()).expect("a sweep");
    assert_eq!((sweep.state, sweep.created_at, sweep.next_at), (SweepState::Running, now(), Some(now())));
}

#[test]
fn what_is_wrong_is_named() {
    for name in ["", "Nightly", "a b", "夜", "a.b", &"a".repeat(61)] {
        assert_eq!(refused(Asked { name: name.into(), ..asked() }), SweepError::Name(name.into()));
    }
    for sample in [0.0, -1.0, 100.5, f64::NAN, f64::INFINITY] {
        let scope = Scope { sample: Some(sample), ..Scope::default() };
        assert!(matches!(refused(Asked { scope, ..asked() }), SweepError::Sample(_)), "{sample}");
    }
    assert_eq!(refused(Asked { priority: -1_001, ..asked() }), SweepError::Priority(-1_001));
    assert_eq!(refused(Asked { visitors: Vec::new(), ..asked() }), SweepError::NoVisitor);
    let wrong = Asked { cadence: cron("61 * * * *", 0), ..asked() };
    assert!(matches!(refused(wrong), SweepError::Cadence(CadenceError::Pattern { .. })));
    let long = Asked { cadence: cron("0 0 1 * *", 10_081), ..asked() };
    assert_eq!(refused(long), SweepError::Window(10_081));
}

#[test]
fn what_is_over_does_not_come_back() {
    let sweep = |state| Sweep { state, ..begun(asked(), "00ff".into(), now()).expect("a sweep") };
    for over in [SweepState::Cancelled, SweepState::Done] {
        let back = turned(sweep(over), SweepState::Running, Rounds::default(), now());
        assert!(matches!(back, Err(TurnError::Over { .. })), "{back:?}");
        assert!(matches!(hurried(sweep(over), Rounds::default(), now()), Err(TurnError::Over { .. })));
    }
    let again = turned(sweep(SweepState::Paused), SweepState::Paused, Rounds::default(), now());
    assert!(again.expect_err("nothing changes").to_string().contains("paused already"));
}

#[test]
fn a_paused_sweep_goes_on_where_it_would_be() {
    let nightly = begun(Asked { cadence: cron("0 2 * * *", 0), ..asked() }, "00ff".into(), now()).expect("a sweep");
    let due = nightly.next_at.expect("a night");
    let paused = turned(nightly, SweepState::Paused, Rounds::default(), now()).expect("paused");
    assert_eq!(paused.next_at, Some(due), "it is kept");
    let later = due + TimeDelta::hours(1);
    let ran = Rounds { any: true, ..Rounds::default() };
    let back = |rounds, at| turned(paused.clone(), SweepState::Running, rounds, at).expect("running").next_at;
    assert_eq!(back(ran, now()), Some(due));
    assert_eq!(back(ran, later), Some(due + TimeDelta::days(1)), "what was missed is passed over");
    assert_eq!(back(Rounds::default(), later), Some(later), "one that never ran does so now");
    assert_eq!(
        back(Rounds { any: true, cut_off: true, open: true }, later),
        Some(due),
        "what was cut off is gone on with"
    );
}

#[test]
fn a_round_is_hurried_where_none_is_under_way() {
    let nightly = begun(Asked { cadence: cron("0 2 * * *", 0), ..asked() }, "00ff".into(), now()).expect("a sweep");
    let hurry = |sweep: Sweep, open| hurried(sweep, Rounds { any: true, open, cut_off: false }, now());
    assert_eq!(hurry(nightly.clone(), false).expect("due").next_at, Some(now()));
    assert_eq!(hurry(nightly.clone(), true), Err(TurnError::UnderWay("nightly".into())));
    let paused = Sweep { state: SweepState::Paused, ..nightly };
    assert_eq!(hurry(paused, false), Err(TurnError::Paused("nightly".into())));
}
