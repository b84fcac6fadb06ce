//! The arithmetic of looking again, against pages whose truth is known.

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use model::landing::{Bracket, History, Known, Landing, Near, Seen, Signs};

use super::*;
use crate::chance::Chance;

fn at(hours: f64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("a time") + TimeDelta::seconds((hours * 3_600.0) as i64)
}

fn seen(hours: f64, page: &str, bad: bool) -> Seen {
    Seen {
        at: at(hours),
        page: page.to_owned(),
        etag: None,
        template: None,
        body: None,
        bad,
        visit: None,
        host: None,
        certificate_from: None,
    }
}

fn past(looks: &[Seen]) -> History {
    let (mut history, mut last) = (History::default(), None);
    for look in looks {
        history = noted(&history, last, look);
        last = Some(look);
    }
    history
}

/// Looks at irregular times at a page that changes as chance has it, so often a day.
fn changing(changes_a_day: f64, mean_hours: f64, looks: i64, chance: &Chance) -> (History, f64) {
    let (mut time, mut page, mut all) = (0.0, 0_i64, Vec::new());
    let mut next_change = -chance.unit("change", 0).ln() * 24.0 / changes_a_day;
    let mut changes = 0;
    for look in 0..looks {
        time += mean_hours * (0.2 + 1.6 * chance.unit("look", look));
        while next_change < time {
            page += 1;
            next_change += -(1.0 - chance.unit("change", page)).ln() * 24.0 / changes_a_day;
        }
        changes += i64::from(all.last().is_some_and(|last: &Seen| last.page != page.to_string()));
        all.push(seen(time, &page.to_string(), false));
    }
    (past(&all), changes as f64 / time * 24.0)
}

#[test]
fn the_rate_of_change_is_told_though_looks_miss_changes() {
    for truth in [0.05, 0.3, 1.0, 2.0] {
        let (mut told, mut counted) = (0.0, 0.0);
        for run in 0..20 {
            let (history, naive) = changing(truth, 18.0, 120, &Chance::of(&format!("{truth} {run}")));
            told += changes_a_day(&history) / 20.0;
            counted += naive / 20.0;
        }
        assert!((told / truth - 1.0).abs() < 0.2, "{truth}: told {told:.3}, counted {counted:.3}");
        // What would come of counting: at two changes a day more than a third is missed.
        assert!(truth < 2.0 || counted < truth * 0.65, "{counted}");
    }
}

#[test]
fn little_is_believed_before_much_is_seen() {
    let fresh = changes_a_day(&History::default());
    assert!((0.09..0.11).contains(&fresh), "{fresh}");
    let quiet: Vec<_> = (0..60).map(|day| seen(f64::from(day) * 24.0, "a", false)).collect();
    assert!(changes_a_day(&past(&quiet)) < fresh / 2.0);
    let restless: Vec<_> = (0..60).map(|day| seen(f64::from(day) * 24.0, &day.to_string(), false)).collect();
    let told = changes_a_day(&past(&restless));
    assert!(told > 2.0 && told <= 24.0, "a new page each day can be any rate that is fast: {told}");
}

#[test]
fn a_change_counts_once_however_often_it_is_seen() {
    // Three visitors see it within a minute; and a page that shows two faces in turn has not changed.
    let looks = [
        seen(0.0, "a", false),
        seen(24.0, "b", false),
        seen(24.01, "b", false),
        seen(24.02, "b", false),
        seen(48.0, "a", false),
        seen(72.0, "b", false),
        seen(96.0, "a", false),
    ];
    let history = past(&looks);
    assert_eq!((history.looks, history.changes), (5, 1));
    assert!((history.quiet_hours - 72.0).abs() < 3.0, "{}", history.quiet_hours);
}

#[test]
fn the_past_stays_short() {
    let looks: Vec<_> = (0..2_000).map(|n| seen(f64::from(n) * 5.0, &n.to_string(), n % 50 == 49)).collect();
    let history = past(&looks);
    assert!(history.pages.len() <= 8 && history.changed.len() < 60);
    assert_eq!((history.looks, history.changes), (2_000, 1_999));
    assert!(serde_json::to_string(&history).expect("writes").len() < 1_000);
}

#[test]
fn a_switch_is_between_the_last_good_look_and_the_first_bad_one() {
    let looks = [seen(0.0, "a", false), seen(24.0, "a", false), seen(48.0, "x", true), seen(48.5, "x", true)];
    let switch = past(&looks).switch.expect("it is seen");
    let expected = Bracket { last_good: Some(at(24.0)), first_bad: at(48.0), looks_since: 1, good_again: None };
    assert_eq!(switch, expected);
    let back = past(&[&looks[..], &[seen(50.0, "a", false), seen(51.0, "a", false)]].concat());
    let switch = back.switch.expect("it is remembered");
    assert_eq!((switch.good_again, switch.looks_since), (Some(at(50.0)), 1));
    let again = past(&[&looks[..], &[seen(50.0, "a", false), seen(51.0, "x", true)]].concat());
    let expected = Bracket { last_good: Some(at(50.0)), first_bad: at(51.0), looks_since: 0, good_again: None };
    assert_eq!(again.switch, Some(expected), "each switch has a bracket of its own");
    // What others saw makes it narrower; what contradicts it does not.
    let told = narrowed(&expected, &[at(1.0), at(50.4), at(50.9), at(60.0)], &[at(20.0), at(50.7)]);
    assert_eq!((told.last_good, told.first_bad), (Some(at(50.4)), at(50.7)));
    assert_eq!(past(&[seen(3.0, "x", true)]).switch.expect("it is bad").last_good, None);
}

/// A landing of which nothing is known but its past.
fn known(history: History) -> Known {
    let long_ago = at(-900.0 * 24.0);
    Known {
        landing: Landing::of("https://a.test/".to_owned(), "a.test".to_owned()),
        added_at: long_ago,
        host_since: long_ago,
        approved_at: None,
        advertiser_since: Some(long_ago),
        last: None,
        history,
        cost: None,
        next_due: None,
        near: Near::default(),
    }
}

fn near(near: Near) -> Known {
    Known { near, ..known(History::default()) }
}

#[test]
fn signs_and_a_fresh_approval_make_a_switch_likelier() {
    let (plain, now) = (known(History::default()), at(0.0));
    let usual = hazard(&plain, now);
    let complaint = Signs { complaints: 1.0, ..Signs::default() };
    let young_certificate = Seen { certificate_from: Some(at(-24.0)), ..seen(0.0, "a", false) };
    for suspect in [
        near(Near { here: complaint, ..Near::default() }),
        near(Near { entity: complaint, ..Near::default() }),
        near(Near { template: Signs { violations: 3.0, ..Signs::default() }, ..Near::default() }),
        near(Near { same_page_bad: 1, ..Near::default() }),
        Known { host_since: at(-72.0), ..plain.clone() },
        Known { last: Some(young_certificate), ..plain.clone() },
        Known { advertiser_since: Some(at(-216.0)), ..plain.clone() },
    ] {
        assert!(hazard(&suspect, now) > usual * 1.4, "{suspect:?}");
    }
    let approved = |days: f64| hazard(&Known { approved_at: Some(at(-24.0 * days)), ..plain.clone() }, now);
    let [fresh, week, year] = [0.0, 7.0, 365.0].map(approved);
    assert!(fresh > week && week > year * 2.0 && year < usual * 1.01);
    let found = Signs { violations: 9.0, complaints: 99.0, clean: 0.0 };
    let all = Near { here: found, template: found, entity: found, same_page_bad: 9 };
    assert!(hazard(&Known { host_since: at(0.0), ..near(all) }, now) <= usual * 60.1);
}

#[test]
fn what_is_near_a_landing_says_less_than_what_was_heard_of_it_and_good_outweighs_bad() {
    let of = |signs: Signs, place: fn(Signs) -> Near| hazard(&near(place(signs)), at(0.0));
    let complaint = Signs { complaints: 1.0, ..Signs::default() };
    let violation = Signs { violations: 1.0, ..Signs::default() };
    let here = |signs| Near { here: signs, ..Near::default() };
    let entity = |signs| Near { entity: signs, ..Near::default() };
    let template = |signs| Near { template: signs, ..Near::default() };
    assert!(of(violation, here) > of(complaint, here), "a violation says more");
    assert!(of(complaint, here) > of(complaint, entity) && of(complaint, entity) > of(complaint, template));
    // A page builder's template, of which three hundred are good; and a ring whose others are good so far.
    let builder = Signs { clean: 300.0, ..violation };
    assert!(of(builder, template) < 1.3 * hazard(&known(History::default()), at(0.0)));
    assert!(of(Signs { clean: 4.0, ..violation }, entity) > 0.6 * of(violation, entity));
    assert!(of(Signs { clean: 1.0, ..complaint }, here) < of(complaint, here), "a clean look counts");
}

#[test]
fn a_sign_fades_and_is_counted_in_one_place() {
    assert_eq!([0.0, 45.0, 90.0, 400.0, -3.0].map(Signs::weight), [1.0, 0.5, 0.0, 0.0, 1.0]);
    let all = Signs { complaints: 3.0, violations: 1.0, clean: 2.0 };
    let own = Signs { complaints: 1.0, violations: 1.5, clean: 2.0 };
    assert_eq!(all.without(own), Signs { complaints: 2.0, ..Signs::default() });
}

#[test]
fn a_look_is_worth_more_the_longer_ago_and_first_where_nobody_looked_and_something_speaks_against_it() {
    let good = |days: f64| known(History { last_good: Some(at(-24.0 * days)), ..History::default() });
    let never =
        |days: f64, entity: Signs| Known { added_at: at(-24.0 * days), ..near(Near { entity, ..Near::default() }) };
    let worth = |known: Known| worth(&known, at(0.0));
    let found = Signs { violations: 1.0, ..Signs::default() };
    assert!(worth(good(1.0)) < worth(good(20.0)) && worth(good(20.0)) < 0.2);
    assert!(worth(never(0.0, Signs::default())) > worth(good(1.0)));
    assert!(worth(never(0.0, Signs::default())) < worth(never(9.0, Signs::default())));
    assert!(worth(never(0.0, found)) > 2.0 * worth(never(9.0, Signs::default())), "of a ring, before strangers");
    let bad = |days: f64| Known { last: Some(seen(-24.0 * days, "x", true)), ..known(History::default()) };
    assert!(worth(bad(0.0)) < worth(bad(90.0)) && worth(bad(90.0)) < 0.3, "a look says whether it is bad still");
}

#[test]
fn changes_that_were_good_make_the_next_one_trusted() {
    let editor: Vec<_> = (0..60).map(|day| seen(f64::from(day) * 24.0, &day.to_string(), false)).collect();
    let sinner: Vec<_> = (0..60).map(|day| seen(f64::from(day) * 24.0, &day.to_string(), day % 10 == 9)).collect();
    let of = |looks: &[Seen]| hazard(&known(past(looks)), at(60.0 * 24.0));
    assert!(of(&sinner) > 5.0 * of(&editor));
}

#[test]
fn a_budget_is_spent_and_no_landing_starves() {
    let landings: Vec<(f64, f64)> = (0..1_000).map(|n| (0.0007 * 1.01_f64.powi(n), 1.0 + f64::from(n % 3))).collect();
    for budget in [10.0, 300.0, 2_000.0] {
        let share = share(landings.iter().copied(), budget);
        let spent: f64 = landings.iter().map(|(hazard, cost)| share.looks_a_day(*hazard, *cost) * cost).sum();
        assert!((spent / budget - 1.0).abs() < 0.01, "{budget}: {spent}");
        let mean = budget / landings.iter().map(|(_, cost)| cost).sum::<f64>();
        let least = landings.iter().map(|(hazard, cost)| share.looks_a_day(*hazard, *cost)).fold(f64::MAX, f64::min);
        assert!(least > mean * 0.29, "{least} of {mean}");
        assert!(share.looks_a_day(5.0, 1.0) > share.looks_a_day(0.001, 1.0) * 5.0 || budget > 1_000.0);
    }
    assert_eq!(share([].into_iter(), 5.0).looks_a_day(1.0, 1.0), 8.0, "with nothing to share");
    let rich = share([(0.001, 1.0)].into_iter(), 1e9);
    assert_eq!(rich.looks_a_day(0.001, 1.0), 8.0, "a host is not asked without end");
}

#[test]
fn nobody_can_tell_the_hour_of_the_next_look() {
    let landing = Landing::of("https://a.test/".to_owned(), "a.test".to_owned()).id;
    for looks_a_day in [0.2, 1.0, 3.0] {
        let (mut hours, mut soon, mut total) = ([0_u32; 24], 0_u32, 0.0);
        let mut last = at(0.0);
        for _ in 0..6_000 {
            let next = next_due(&landing, &History::default(), looks_a_day, last, &Chance::of("secret"));
            let after = (next - last).as_seconds_f64() / 3_600.0;
            soon += u32::from(after < 0.25 * usual_hours(looks_a_day));
            total += after;
            hours[next.hour() as usize] += 1;
            last = next;
        }
        assert!(hours.iter().all(|count| (175..330).contains(count)), "{looks_a_day}: {hours:?}");
        let mean = total / 6_000.0 / usual_hours(looks_a_day);
        assert!((mean - 1.0).abs() < 0.02, "{looks_a_day}: {mean} of what was asked for");
        assert!(soon > 150, "after a look there is no time that is safe: {soon}");
    }
    let other = next_due(&landing, &History::default(), 1.0, at(0.0), &Chance::of("another"));
    assert_ne!(other, next_due(&landing, &History::default(), 1.0, at(0.0), &Chance::of("secret")));
}

#[test]
fn looks_come_close_after_a_switch_and_then_as_usual() {
    let landing = Landing::of("https://a.test/".to_owned(), "a.test".to_owned()).id;
    let (mut history, mut last) = (past(&[seen(0.0, "a", false)]), seen(24.0, "x", true));
    history = noted(&history, Some(&seen(0.0, "a", false)), &last);
    let mut between = Vec::new();
    for _ in 0..12 {
        let next = next_due(&landing, &history, 0.5, last.at, &Chance::of("secret"));
        between.push((next - last.at).as_seconds_f64() / 3_600.0);
        let look = Seen { at: next, ..last.clone() };
        history = noted(&history, Some(&last), &look);
        last = look;
    }
    assert!(between[0] < 0.7 && between[1] < 1.3 && between[2] < 2.6 && between[5] < 21.0, "{between:?}");
    assert!(between[..5].is_sorted(), "{between:?}");
    assert!(between[8..].iter().all(|hours| *hours < 80.0), "{between:?}");
}
