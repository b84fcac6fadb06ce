//! Runs about changes of the clock, and minutes that nobody can tell.

use std::collections::BTreeSet;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

fn cron(pattern: &str, time_zone: &str, window_minutes: u32) -> Cadence {
    Cadence::Cron { pattern: pattern.to_owned(), time_zone: time_zone.to_owned(), window_minutes }
}

/// So many runs after a moment.
fn runs(cadence: &Cadence, after: &str, many: usize) -> Vec<String> {
    let chance = Chance::of("secret");
    let mut last = at(after);
    let mut runs = Vec::new();
    for _ in 0..many {
        last = next(cadence, &chance, last).expect("it is kept").expect("it runs");
        runs.push(last.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }
    runs
}

#[test]
fn a_time_of_day_is_that_of_its_place() {
    let nightly = cron("30 2 * * *", "Asia/Shanghai", 0);
    assert_eq!(runs(&nightly, "2026-11-27T00:00:00Z", 2), ["2026-11-27T18:30:00Z", "2026-11-28T18:30:00Z"]);
    assert_eq!(runs(&nightly, "2026-11-27T18:30:00Z", 1), ["2026-11-28T18:30:00Z"], "after, not at");
    let mondays = cron("0 9 * * MON", "America/New_York", 0);
    assert_eq!(runs(&mondays, "2026-11-27T00:00:00Z", 1), ["2026-11-30T14:00:00Z"]);
}

#[test]
fn what_a_clock_skips_is_run_once_when_it_goes_on() {
    // In Berlin the clocks go from 02:00 to 03:00 on 2027-03-28.
    let nightly = cron("30 2 * * *", "Europe/Berlin", 0);
    let expected = ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"];
    assert_eq!(runs(&nightly, "2027-03-27T00:00:00Z", 3), expected);
    let often = cron("*/30 * * * *", "Europe/Berlin", 0);
    let expected = ["2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z"];
    assert_eq!(runs(&often, "2027-03-28T00:00:00Z", 3), expected, "every half hour goes on");
}

#[test]
fn what_a_clock_repeats_is_run_once() {
    // In Berlin the clocks go from 03:00 back to 02:00 on 2026-10-25.
    let nightly = cron("30 2 * * *", "Europe/Berlin", 0);
    let expected = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
    assert_eq!(runs(&nightly, "2026-10-24T00:00:00Z", 3), expected);
    let often = cron("*/30 * * * *", "Europe/Berlin", 0);
    let expected = ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"];
    assert_eq!(runs(&often, "2026-10-25T00:00:00Z", 4), expected, "both times");
    // Half an hour is skipped and repeated on an island.
    let island = cron("45 1 * * *", "Australia/Lord_Howe", 0);
    assert_eq!(runs(&island, "2027-04-03T00:00:00Z", 2), ["2027-04-03T14:45:00Z", "2027-04-04T15:15:00Z"]);
}

#[test]
fn every_window_is_run_in_once_at_a_minute_nobody_can_tell() {
    let nightly = cron("0 1 * * *", "Europe/Berlin", 240);
    // Two years: both changes of the clock are among them.
    let runs = runs(&nightly, "2026-01-01T12:00:00Z", 730);
    let pattern = Pattern::read("0 1 * * *", "Europe/Berlin").expect("a pattern");
    let mut window = at("2026-01-01T12:00:00Z");
    let mut minutes = BTreeSet::new();
    for run in &runs {
        window = pattern.behind(window).expect("a night");
        let minute = (at(run) - window).num_minutes();
        assert!((0..240).contains(&minute), "{run} is not in the window from {window}");
        minutes.insert(minute);
    }
    assert!(minutes.len() > 180, "{} different minutes", minutes.len());
    let other = next(&nightly, &Chance::of("another"), at("2026-01-01T12:00:00Z")).expect("kept").expect("runs");
    assert_ne!(other.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), runs[0]);
}

#[test]
fn what_was_missed_is_passed_over() {
    let nightly = cron("0 1 * * *", "UTC", 60);
    let late = next(&nightly, &Chance::of("s"), at("2026-11-27T13:00:00Z")).expect("kept").expect("runs");
    assert!(late >= at("2026-11-28T01:00:00Z") && late < at("2026-11-28T02:00:00Z"));
    // Within its own window it waits for its minute, and having run it waits for the next.
    let (chance, run) = (Chance::of("s"), late);
    assert_eq!(next(&nightly, &chance, run - TimeDelta::minutes(1)).expect("kept"), Some(run));
    assert!(next(&nightly, &chance, run).expect("kept").expect("runs") >= at("2026-11-29T01:00:00Z"));
}

#[test]
fn once_is_once_and_continuous_is_each_hour() {
    let (chance, now) = (Chance::of("s"), at("2026-11-27T13:20:00Z"));
    let once = Cadence::Once { at: None };
    assert_eq!(first(&once, &chance, now), Ok(Some(now)));
    assert_eq!(next(&once, &chance, now), Ok(None));
    let later = Cadence::Once { at: Some(at("2026-12-01T00:00:00Z")) };
    assert_eq!(first(&later, &chance, now), Ok(Some(at("2026-12-01T00:00:00Z"))));
    assert_eq!(next(&later, &chance, at("2026-12-01T00:00:00Z")), Ok(None));
    let mut last = now;
    for hour in 14..24 {
        last = next(&Cadence::Continuous, &chance, last).expect("kept").expect("runs");
        assert_eq!(last.hour(), hour);
    }
}

#[test]
fn what_cannot_be_kept_is_refused_in_words() {
    let now = at("2026-11-27T13:20:00Z");
    for (cadence, words) in [
        (cron("61 * * * *", "UTC", 0), "is no cron pattern"),
        (cron("0 0 2 * * *", "UTC", 0), "is no cron pattern"),
        (cron("", "UTC", 0), "is no cron pattern"),
        (cron("0 2 * * *", "Mars/Base", 0), "is no time zone"),
        (cron("0 2 31 2 *", "UTC", 0), "never comes"),
        (cron("0 * * * *", "UTC", 61), "longer than the 60 minutes"),
        // A night is an hour shorter in spring.
        (cron("0 2 * * *", "Europe/Berlin", 24 * 60), "longer than the 1380 minutes"),
    ] {
        let told = check(&cadence, now).expect_err("refused").to_string();
        assert!(told.contains(words), "{told}");
    }
    for fine in [cron("0 2 * * *", "Europe/Berlin", 23 * 60), cron("*/5 * * * *", "UTC", 5), Cadence::Continuous] {
        assert_eq!(check(&fine, now), Ok(()));
    }
}
