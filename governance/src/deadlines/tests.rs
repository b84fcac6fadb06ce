//! Days of the notices, midnights of Shanghai, and years that no notice is known of.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
}

fn due(from: &str, days: u32) -> (String, bool) {
    let due = Calendar::cn().working_days_after(at(from), days);
    (due.at.with_timezone(&Shanghai).to_rfc3339(), due.provisional)
}

#[test]
fn weekends_holidays_and_days_made_up_for_count_as_the_notice_says() {
    // Plain week: Monday to Monday.
    assert_eq!(due("2026-03-02T10:00:00+08:00", 5), ("2026-03-10T00:00:00+08:00".to_owned(), false));
    // 13 February 2026 is a Friday; Saturday 14 is made up for, 15 to 23 are off, Saturday 28 is made up for.
    assert_eq!(due("2026-02-13T10:00:00+08:00", 1).0, "2026-02-15T00:00:00+08:00");
    assert_eq!(due("2026-02-13T10:00:00+08:00", 2).0, "2026-02-25T00:00:00+08:00");
    assert_eq!(due("2026-02-13T10:00:00+08:00", 6).0, "2026-03-01T00:00:00+08:00");
    // On a holiday: the first day behind it is the first that counts.
    assert_eq!(due("2025-10-03T10:00:00+08:00", 1).0, "2025-10-10T00:00:00+08:00");
    assert_eq!(due("2026-03-02T10:00:00+08:00", 0).0, "2026-03-03T00:00:00+08:00");
}

#[test]
fn the_day_is_that_of_shanghai() {
    // A second before and at midnight of Tuesday, 3 March.
    assert_eq!(due("2026-03-02T15:59:59Z", 1).0, "2026-03-04T00:00:00+08:00");
    assert_eq!(due("2026-03-02T16:00:00Z", 1).0, "2026-03-05T00:00:00+08:00");
}

#[test]
fn a_year_without_a_notice_is_counted_by_its_weekends_and_says_so() {
    // 1 January 2031 is a Wednesday.
    assert_eq!(due("2030-12-31T10:00:00+08:00", 1), ("2031-01-02T00:00:00+08:00".to_owned(), true));
    assert_eq!(due("2026-12-31T10:00:00+08:00", 2), ("2027-01-05T00:00:00+08:00".to_owned(), true));
    assert_eq!(due("2026-12-30T10:00:00+08:00", 1), ("2027-01-01T00:00:00+08:00".to_owned(), false));
    assert!(Calendar::cn().knows(2023) && Calendar::cn().knows(2026) && !Calendar::cn().knows(2027));
}

#[test]
fn minors_and_the_elderly_wait_less_long() {
    let calendar = Calendar::cn();
    let heard = at("2026-03-02T10:00:00+08:00");
    let of = |age| calendar.complaint_due(heard, age).at.with_timezone(&Shanghai).date_naive().to_string();
    assert_eq!(of(Some(Age::Minor)), "2026-03-10");
    assert_eq!(of(Some(Age::Elderly)), "2026-03-10");
    assert_eq!((of(Some(Age::Adult)), of(None)), ("2026-03-12".to_owned(), "2026-03-12".to_owned()));
}

#[test]
fn a_finding_is_decided_within_72_hours_of_any_days() {
    let detected = at("2026-02-14T10:00:00+08:00");
    let due = decision_due(detected);
    assert_eq!(due, Due { at: at("2026-02-17T10:00:00+08:00"), provisional: false });
    let stands = |hours: i64, seconds: i64| {
        urgency(detected, &due, detected + TimeDelta::hours(hours) + TimeDelta::seconds(seconds))
    };
    assert_eq!(stands(0, 0), Urgency::Open);
    assert_eq!((stands(54, 0), stands(54, 1)), (Urgency::Open, Urgency::Soon));
    assert_eq!((stands(71, 3_599), stands(72, 0), stands(500, 0)), (Urgency::Soon, Urgency::Overdue, Urgency::Overdue));
    assert_eq!(overdue_since(due.at), detected, "what is counted as overdue is what is told as overdue");
}

#[test]
fn a_calendar_that_cannot_be_is_refused() {
    let with = |holidays: &str| {
        let text = format!(
            "[[year]]\nyear = 2030\nnotice = \"n\"\npublished = \"2029-11-01\"\nurl = \"u\"\nholidays = [{holidays}]\n"
        );
        Calendar::read(&text).map_err(|error| error.to_string())
    };
    let holiday = |from: &str, to: &str, worked: &str| {
        format!("{{ name = \"x\", from = \"{from}\", to = \"{to}\", worked = [{worked}] }}")
    };
    assert!(with(&holiday("2030-05-01", "2030-05-03", "\"2030-05-04\"")).is_ok());
    for (wrong, said) in [
        (holiday("2030-05-03", "2030-05-01", ""), "first day before its last"),
        (holiday("2030-05-01", "2030-07-01", ""), "first day before its last"),
        (holiday("2031-05-01", "2031-05-01", ""), "another year"),
        (holiday("2030-05-01", "2030-05-01", "\"2030-05-02\""), "worked anyway"),
        (format!("{0}, {0}", holiday("2030-05-01", "2030-05-01", "")), "twice"),
    ] {
        let error = with(&wrong).expect_err(&wrong);
        assert!(error.contains(said), "{error}");
    }
    assert!(Calendar::read("nothing = 1").is_err());
}
