//! Steps by severity, repetition and circumstances, what lifting one changes, and that worse is never milder.

use super::*;
use crate::chance::Chance;

const ALL: [Severity; 4] = [Severity::S1, Severity::S2, Severity::S3, Severity::S4];
const WORSE: [Circumstance; 5] = [
    Circumstance::Vulnerable,
    Circumstance::Evasion,
    Circumstance::Charged,
    Circumstance::CheatingRegistration,
    Circumstance::SeveralAccounts,
];

fn day(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + day * 86_400, 0).expect("a time")
}

fn offence(at: i64, severity: Severity, circumstances: &[Circumstance]) -> Offence {
    Offence {
        platform: Some("p".to_owned()),
        advertiser: "a".to_owned(),
        severity,
        cases: vec![format!("case-{at}")],
        at: day(at),
        circumstances: circumstances.to_vec(),
    }
}

fn taken(ladder: &str, step: &str, at: i64) -> Measure {
    let proposal = Ladders::built_in().propose(ladder, &offence(at, Severity::S1, &[]), &[], "en").expect("a ladder");
    Measure {
        id: format!("m{at}"),
        step: step.to_owned(),
        state: MeasureState::Taken,
        by: Some("li".to_owned()),
        decided_at: Some(day(at)),
        ..proposal.measure
    }
}

fn step(ladder: &str, offence: &Offence, before: &[Measure]) -> String {
    Ladders::built_in().propose(ladder, offence, before, "en").expect("a ladder").measure.step
}

#[test]
fn a_first_offence_comes_to_the_step_of_its_severity() {
    let steps = |ladder| ALL.map(|severity| step(ladder, &offence(0, severity, &[]), &[]));
    assert_eq!(steps("platform"), ["warn", "correct", "suspend", "clear"]);
    assert_eq!(steps("publisher"), ["mute-1", "mute-1", "mute-7", "mute-15"]);
}

#[test]
fn who_does_it_again_goes_up_step_by_step() {
    let mut before = Vec::new();
    let mut steps = Vec::new();
    for at in 0..5 {
        let next = step("publisher", &offence(at * 10, Severity::S2, &[]), &before);
        before.push(taken("publisher", &next, at * 10));
        steps.push(next);
    }
    // The third in two years is one more, by its number.
    assert_eq!(steps, ["mute-1", "mute-7", "mute-for-good", "mute-for-good", "mute-for-good"]);
    let slight = step("platform", &offence(60, Severity::S1, &[]), &[taken("platform", "clear", 0)]);
    assert_eq!(slight, "suspend", "what is slight is never cleared away");
}

#[test]
fn only_what_was_taken_lately_on_this_ladder_and_platform_counts() {
    let now = offence(800, Severity::S1, &[]);
    let warned = |at| taken("platform", "warn", at);
    assert_eq!(step("platform", &now, &[warned(700)]), "correct");
    assert_eq!(step("platform", &now, &[warned(70)]), "correct", "730 days ago");
    assert_eq!(step("platform", &now, &[warned(69)]), "warn", "731 days ago");
    assert_eq!(step("platform", &now, &[warned(801)]), "warn", "later");
    for state in [MeasureState::Lifted, MeasureState::Refused, MeasureState::Proposed] {
        assert_eq!(step("platform", &now, &[Measure { state, ..warned(700) }]), "warn", "{state:?}");
    }
    assert_eq!(step("platform", &now, &[taken("publisher", "mute-15", 700)]), "warn");
    assert_eq!(step("platform", &now, &[Measure { platform: None, ..warned(700) }]), "warn");
    assert_eq!(step("platform", &now, &[Measure { cases: now.cases.clone(), ..warned(700) }]), "warn", "the same case");
    assert_eq!(
        step("platform", &now, &[Measure { step: "gone".to_owned(), ..warned(700) }]),
        "warn",
        "a step of long ago"
    );
}

#[test]
fn what_makes_it_worse_adds_and_correcting_in_time_takes_off() {
    for circumstance in WORSE {
        assert_eq!(step("platform", &offence(0, Severity::S1, &[circumstance]), &[]), "correct", "{circumstance:?}");
        assert_eq!(step("platform", &offence(0, Severity::S1, &[circumstance; 3]), &[]), "correct", "once");
    }
    assert_eq!(step("platform", &offence(0, Severity::S2, &WORSE), &[]), "clear", "two steps at most");
    assert_eq!(step("platform", &offence(0, Severity::S1, &WORSE), &[]), "suspend");
    let corrected = offence(20, Severity::S2, &[Circumstance::CorrectedInTime]);
    assert_eq!(step("platform", &corrected, &[]), "warn");
    assert_eq!(step("platform", &corrected, &[taken("platform", "warn", 1)]), "correct", "no first offence any more");
    let slight = offence(20, Severity::S1, &[Circumstance::CorrectedInTime]);
    assert_eq!(step("platform", &slight, &[]), "warn", "there is no step below");
}

#[test]
fn each_reason_is_told_in_the_language_asked_for() {
    let ladders = Ladders::built_in();
    let offence = offence(30, Severity::S2, &[Circumstance::Evasion, Circumstance::Charged]);
    let before = [taken("platform", "warn", 1), taken("platform", "correct", 2)];
    let said = |language| ladders.propose("platform", &offence, &before, language).expect("a ladder").measure.reasons;
    assert_eq!(
        said("en"),
        [
            "The offence is ordinary (S2): its first step is \"guided correction\"",
            "2 measures in 730 days, the gravest of them \"guided correction\": one step more",
            "Offence number 3 in 730 days: one step more",
            "Reviews were evaded: one step more",
            "Money was charged: one step more",
            "What makes it worse adds 2 steps at most",
            "Offences of this severity come to \"removal from the platform\" at most",
        ]
    );
    assert!(said("zh-CN")[0].contains("一般（S2）") && said("zh-CN")[1].contains("引导整改"));
    assert!(said("zh-CN").iter().chain(&said("en")).all(|reason| !reason.contains('{')), "nothing is left open");
}

#[test]
fn people_decide_what_is_grave_and_what_holds_somebody_back() {
    let ladders = Ladders::built_in();
    let of = |ladder: &str, severity| ladders.propose(ladder, &offence(0, severity, &[]), &[], "en").expect("a ladder");
    assert_eq!(ALL.map(|severity| of("platform", severity).decide), [false, false, true, true]);
    assert_eq!(ALL.map(|severity| of("publisher", severity).decide), [false, false, true, true]);
    let again = ladders.propose("platform", &offence(9, Severity::S1, &[]), &[taken("platform", "correct", 1)], "en");
    assert!(again.expect("a ladder").decide, "a suspension is decided by people whatever it is for");
    let muted = of("publisher", Severity::S3).measure;
    assert_eq!((muted.until, muted.state, muted.by), (Some(day(7)), MeasureState::Proposed, None));
    assert_eq!(of("platform", Severity::S3).measure.until, None);
}

#[test]
fn a_step_that_was_lifted_counts_for_nothing_and_what_rests_on_it_is_told() {
    let ladders = Ladders::built_in();
    let mut history: Vec<Measure> = Vec::new();
    for at in [0, 10, 20] {
        let step = ladders
            .propose("platform", &offence(at, Severity::S1, &[]), &history, "en")
            .expect("a ladder")
            .measure
            .step;
        history.push(taken("platform", &step, at));
    }
    let steps: Vec<&str> = history.iter().map(|measure| measure.step.as_str()).collect();
    assert_eq!(steps, ["warn", "correct", "suspend"]);
    history.push(taken("publisher", "day-1", 30));
    history.push(Measure { platform: Some("other".into()), ..taken("platform", "warn", 30) });
    history.push(taken("platform", "warn", 900));
    history[0].state = MeasureState::Lifted;
    let rest = |history: &[Measure]| {
        let told = ladders.resting_on(&history[0], history).expect("a ladder");
        told.into_iter().map(|measure| measure.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rest(&history), ["m10", "m20"]);
    history[1].state = MeasureState::Refused;
    assert_eq!(rest(&history), ["m20"], "what was not done rests on nothing");
}

#[test]
fn a_case_that_led_to_two_steps_is_one_offence() {
    let ladders = Ladders::built_in();
    let (mild, graver) = (taken("platform", "warn", 1), taken("platform", "warn", 2));
    let of = |before: &[Measure]| {
        ladders.propose("platform", &offence(3, Severity::S1, &[]), before, "en").expect("a ladder").measure
    };
    let two = of(&[mild.clone(), graver.clone()]);
    let one = of(&[mild.clone(), Measure { cases: mild.cases.clone(), ..graver }]);
    assert_eq!(
        (two.step.as_str(), one.step.as_str()),
        ("suspend", "correct"),
        "the third in two years is one step more"
    );
}

/// Histories and offences by chance, on both ladders.
#[test]
fn graver_and_more_often_is_never_milder() {
    let ladders = Ladders::built_in();
    let place = |ladder: &str, offence: &Offence, before: &[Measure]| {
        let step = ladders.propose(ladder, offence, before, "en").expect("a ladder").measure.step;
        ladders.ladder(ladder).expect("a ladder").place(&step).expect("a step")
    };
    for number in 0..3_000_i64 {
        let chance = Chance::of("monotone");
        let draw = |many: u32, what: &str| chance.below(many, what, number);
        let ladder = ["platform", "publisher"][draw(2, "ladder") as usize];
        let steps = &ladders.ladder(ladder).expect("a ladder").steps;
        let mut before: Vec<Measure> = (0..draw(4, "many"))
            .map(|at| {
                let step = &steps[draw(4, &format!("step {at}")) as usize].id;
                taken(ladder, step, i64::from(draw(900, &format!("day {at}"))))
            })
            .collect();
        let severity = draw(4, "severity") as usize;
        let mut circumstances: Vec<Circumstance> =
            WORSE.into_iter().filter(|one| draw(4, &format!("{one:?}")) == 0).collect();
        if draw(3, "corrected") == 0 {
            circumstances.push(Circumstance::CorrectedInTime);
        }
        let now = offence(901, ALL[severity], &circumstances);
        let told = place(ladder, &now, &before);
        for graver in &ALL[severity..] {
            let graver = Offence { severity: *graver, ..now.clone() };
            assert!(place(ladder, &graver, &before) >= told, "{now:?} {before:?}");
        }
        for worse in WORSE {
            let mut more = now.clone();
            more.circumstances.push(worse);
            assert!(place(ladder, &more, &before) >= told, "{now:?} {before:?}");
        }
        before.push(taken(ladder, &steps[draw(4, "one more") as usize].id, 850));
        assert!(place(ladder, &now, &before) >= told, "{now:?} {before:?}");
    }
}

#[test]
fn ladders_that_cannot_be_are_refused() {
    let text = include_str!("../../data/ladders.toml");
    let with = |from: &str, to: &str| Ladders::read(&text.replacen(from, to, 1)).map_err(|error| error.to_string());
    assert!(with("\"x\"", "\"y\"").is_ok());
    assert!(with("S2 = \"correct\"", "S2 = \"nowhere\"").expect_err("no step").contains("no first or no highest step"));
    assert!(with("S2 = \"correct\"", "S2 = \"clear\"").expect_err("falls").contains("milder"));
    assert!(with("highest = { S1 = \"suspend\"", "highest = { S1 = \"clear\"").is_ok());
    assert!(with("S3 = \"clear\", S4 = \"clear\" }\nsteps", "S3 = \"correct\", S4 = \"clear\" }\nsteps").is_err());
    assert!(
        with("\"en\" = \"suspension\"", "\"de\" = \"suspension\"").expect_err("unnamed").contains("both languages")
    );
    assert!(with("evasion ", "evasive ").expect_err("unsaid").contains("`evasion`"));
    let unknown = Ladders::built_in().propose("court", &offence(0, Severity::S1, &[]), &[], "en").expect_err("none");
    assert_eq!(unknown.to_string(), "there is no ladder `court`: these are platform, publisher");
}
