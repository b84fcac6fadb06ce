//! Contacts that say themselves what they are, and logs of people and machines of which the truth is known.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use core::net::IpAddr;

use super::sivt::{kilometres, variation};
use super::*;
use crate::chance::Chance;

const PHONE: &str = "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36";

/// One row of a generated log, with what it truly is.
#[derive(Clone, Debug)]
struct Row {
    seconds: f64,
    what: What,
    user: String,
    device: String,
    ip: String,
    place: Option<(f64, f64)>,
    source: String,
    /// Of an installation: how many seconds before it the click was.
    clicked: Option<f64>,
    truth: &'static str,
}

fn row(seconds: f64, who: &str, truth: &'static str) -> Row {
    Row {
        seconds,
        what: What::Click,
        user: who.to_owned(),
        device: format!("d-{who}"),
        ip: format!("10.{}.{}.7", who.len(), who.bytes().map(u32::from).sum::<u32>() % 250),
        place: None,
        source: "feed".to_owned(),
        clicked: None,
        truth,
    }
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

fn at(seconds: f64) -> DateTime<Utc> {
    start() + TimeDelta::microseconds((seconds * 1e6) as i64)
}

fn plain(id: u64, seconds: f64) -> Contact<'static> {
    Contact {
        id,
        what: What::Click,
        at: at(seconds),
        platform: "feed",
        user: None,
        device: None,
        ip: None,
        user_agent: Some(PHONE),
        size: None,
        prefetch: false,
        place: None,
        source: None,
        clicked_at: None,
        install: false,
    }
}

/// The reasons of each row of a log, those that came to light later among them.
fn judged(rows: &[Row]) -> Vec<BTreeSet<Reason>> {
    let mut gate = Gate::new(Ranges::default(), &[], Bounds::default());
    let mut reasons = vec![BTreeSet::new(); rows.len()];
    for (id, row) in rows.iter().enumerate() {
        let contact = Contact {
            what: row.what,
            user: Some(&row.user),
            device: Some(&row.device),
            ip: row.ip.parse().ok(),
            place: row.place,
            source: Some(&row.source),
            clicked_at: row.clicked.map(|before| at(row.seconds - before)),
            install: row.clicked.is_some(),
            ..plain(id as u64, row.seconds)
        };
        let told = gate.judge(&contact);
        reasons[id].extend(told.reasons);
        for (earlier, reason) in told.earlier {
            reasons[earlier as usize].insert(reason);
        }
    }
    reasons
}

#[test]
fn what_a_contact_says_of_itself_is_believed() {
    let ranges = Ranges::read("203.0.113.0/24").expect("a list");
    let mut gate = Gate::new(ranges, &["postlink/".to_owned()], Bounds::default());
    let mut of = |contact: Contact<'_>| gate.judge(&contact).reasons;
    let agent = |agent: &'static str| Contact { user_agent: Some(agent), ..plain(1, 0.0) };
    assert_eq!(of(plain(1, 0.0)), []);
    for bot in [
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (compatible; SomeNewBot/0.1)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)",
    ] {
        assert_eq!(of(agent(bot)), [Reason::KnownBot], "{bot}");
    }
    for script in ["", "-", "curl/8.5.0", "python-requests/2.32", "Go-http-client/2.0", "Java/17.0.1", "Mozilla/5.0"] {
        assert_eq!(of(agent(script)), [Reason::InvalidUserAgent], "{script}");
    }
    for person in [
        PHONE,
        "Dalvik/2.1.0 (Linux; U; Android 13; V2203A Build/TP1A.220624.014)",
        "com.ss.android.ugc.aweme/310101 (Linux; U; Android 14; zh_CN; PJZ110; Build/UKQ1)",
        "okhttp/4.12.0",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Lark/7.20 Chrome/118.0 Electron/27.1 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.49",
    ] {
        assert_eq!(of(agent(person)), [], "{person}");
    }
    assert_eq!(of(agent("Mozilla/5.0 Chrome/126.0 Postlink/0.1 (+https://example.test)")), [Reason::OwnVisit]);
    assert_eq!(of(Contact { user_agent: None, ..plain(1, 0.0) }), [], "a platform that does not tell");
    assert_eq!(of(Contact { ip: "203.0.113.9".parse().ok(), ..plain(1, 0.0) }), [Reason::DataCentre]);
    assert_eq!(of(Contact { prefetch: true, ..plain(1, 0.0) }), [Reason::Prefetch]);
    let shown = |width, height| Contact { what: What::Impression, size: Some((width, height)), ..plain(1, 0.0) };
    for (width, height) in [(0, 0), (1, 1), (300, 0), (1, 250)] {
        assert_eq!(of(shown(width, height)), [Reason::InvalidPlacement], "{width}×{height}");
    }
    assert_eq!(of(shown(300, 250)), []);
    let both = Contact { prefetch: true, ip: "203.0.113.9".parse().ok(), ..agent("curl/8") };
    assert_eq!(of(both), [Reason::InvalidUserAgent, Reason::DataCentre, Reason::Prefetch]);
}

#[test]
fn an_installation_takes_longer_than_a_moment() {
    let mut gate = Gate::new(Ranges::default(), &[], Bounds::default());
    let mut after = |seconds: f64, install| {
        let contact =
            Contact { what: What::Conversion, clicked_at: Some(at(100.0 - seconds)), install, ..plain(1, 100.0) };
        gate.judge(&contact).reasons
    };
    assert_eq!(after(3.0, true), [Reason::ClickInjection]);
    assert_eq!(after(-60.0, true), [Reason::ClickInjection], "the click came behind it");
    assert_eq!(after(10.0, true), []);
    assert_eq!(after(3.0, false), [], "an order can be that quick");
}

#[test]
fn distances_are_those_over_the_ground() {
    // Beijing to Shanghai, and half around the Earth.
    assert!((kilometres((39.904_2, 116.407_4), (31.230_4, 121.473_7)) - 1_067.0).abs() < 3.0);
    assert!((kilometres((0.0, 0.0), (0.0, 180.0)) - 20_015.1).abs() < 0.1);
    assert_eq!(kilometres((12.0, 34.0), (12.0, 34.0)), 0.0);
}

#[test]
fn chance_is_hardly_ever_as_even_as_the_clock() {
    // Of twenty thousand Poisson processes none keeps the beat that is taken for a machine's.
    let chance = Chance::of("poisson");
    let mut even = 0;
    for round in 0..20_000_i64 {
        let mut times = vec![0.0];
        for step in 0..20 {
            let unit = chance.unit("gap", round * 32 + step);
            times.push(times[times.len() - 1] - (1.0 - unit).ln());
        }
        even += i32::from(variation(&times) <= 0.2);
    }
    assert_eq!(even, 0);
    let clock: Vec<f64> = (0..21).map(f64::from).collect();
    assert!(variation(&clock) < 1e-9 && variation(&[5.0; 21]).is_infinite());
}

#[test]
fn one_that_comes_late_is_judged_by_itself() {
    let mut gate = Gate::new(Ranges::default(), &[], Bounds::default());
    for second in 0..60 {
        gate.judge(&Contact { user: Some("u"), ..plain(second, 1_000.0 + second as f64 * 600.0) });
    }
    for second in 0..60 {
        let told = gate.judge(&Contact { user: Some("u"), ..plain(second, 0.0) });
        assert_eq!(told, Judged::default());
    }
}

#[test]
fn what_lists_and_rates_say_is_general_and_what_no_person_does_is_not() {
    assert_eq!((Reason::DataCentre.class(), Reason::DeviceReuse.class()), (Class::Givt, Class::Sivt));
}

/// A log of three days: people as they are, the busiest of them, and machines of each kind.
fn log(seed: &str) -> Vec<Row> {
    let chance = Chance::of(seed);
    let unit = |what: &str, number: i64| chance.unit(what, number);
    let wait = |mean: f64, what: &str, number: i64| -mean * (1.0 - unit(what, number)).ln();
    let day = 86_400.0;
    let mut rows: Vec<Row> = Vec::new();
    let mut person = |name: &str, hour: f64, spread: f64, days: i64, clicks: u32, edit: &dyn Fn(&mut Row, f64)| {
        for today in 0..days {
            let mut seconds = today as f64 * day + (hour + unit(&format!("{name} begins"), today) * spread) * 3_600.0;
            for click in 0..i64::from(chance.below(clicks + 1, &format!("{name} clicks"), today)) {
                seconds += 15.0 + wait(90.0, &format!("{name} waits {today}"), click);
                let mut row = row(seconds, name, "person");
                edit(&mut row, seconds);
                rows.push(row);
            }
        }
    };
    for n in 0..800 {
        person(&format!("person{n}"), 8.0, 14.0, 3, 8, &|_, _| {});
    }
    // Night owls: many clicks, at hours when nobody else does.
    for n in 0..40 {
        person(&format!("owl{n}"), 1.0, 2.0, 3, 40, &|row, _| row.truth = "night owl");
    }
    // An office behind one address, all at the lunch break.
    for n in 0..400 {
        person(&format!("office{n}"), 12.0, 0.8, 3, 10, &|row, _| {
            (row.ip, row.truth) = ("198.51.100.1".to_owned(), "office");
        });
    }
    // A tablet of a family, and one in a shop that every guest signs in on.
    for n in 0..6 {
        person(&format!("family{n}"), 17.0, 4.0, 3, 15, &|row, _| {
            (row.device, row.ip, row.truth) = ("tablet".to_owned(), "10.9.9.9".to_owned(), "shared tablet");
        });
    }
    for n in 0..60 {
        person(&format!("guest{n}"), 9.0, 11.0, 1, 3, &|row, _| {
            (row.device, row.ip, row.truth) = ("shop".to_owned(), "10.9.9.8".to_owned(), "shared tablet");
        });
    }
    // By train at 300 km/h and by air at 850, and a private network that is turned on and off once a day.
    for n in 0..20 {
        person(&format!("train{n}"), 9.0, 3.0, 3, 12, &|row, seconds| {
            let on_the_way = (seconds % day - 9.0 * 3_600.0) / 3_600.0;
            (row.place, row.truth) = (Some((39.9 - on_the_way * 2.7, 116.4)), "traveller");
        });
        person(&format!("flyer{n}"), 8.0, 4.0, 3, 10, &|row, seconds| {
            let on_the_way = ((seconds % day - 8.0 * 3_600.0) / 3_600.0).min(10.0);
            (row.place, row.truth) = (Some((40.0, 116.4 - on_the_way * 9.9)), "traveller");
        });
        person(&format!("private{n}"), 18.0, 1.0, 3, 12, &|row, seconds| {
            let away = (19.0 * 3_600.0..19.3 * 3_600.0).contains(&(seconds % day));
            (row.place, row.truth) = (Some(if away { (35.7, 139.7) } else { (31.2, 121.5) }), "private network");
        });
        // On the move: another network every few minutes.
        person(&format!("mover{n}"), 7.0, 8.0, 3, 25, &|row, seconds| {
            row.ip = format!("10.{}.{}.3", 100 + n, (seconds / 900.0) as u64 % 30);
            row.truth = "mover";
        });
    }
    // Players who click after each round of a game, and rounds take about as long.
    for n in 0..40_i64 {
        let mut seconds = 60_000.0 + 3_000.0 * n as f64;
        for click in 0..45 {
            let normal: f64 = (0..12).map(|part| unit(&format!("round {n} {part}"), click)).sum::<f64>() - 6.0;
            seconds += 60.0 * (0.5 * normal).exp();
            rows.push(row(seconds, &format!("player{n}"), "player"));
        }
    }
    // People who install what they clicked, most within the hour; of a source that hardly anybody wants, too.
    for n in 0..600_i64 {
        let after =
            if unit("soon", n) < 0.75 { 40.0 + wait(600.0, "install", n) } else { wait(30_000.0, "install", n) };
        let seconds = 3_600.0 + unit("installs", n) * 2.5 * day;
        let mut install = row(seconds, &format!("installer{n}"), "person");
        (install.what, install.clicked) = (What::Conversion, Some(after.min(seconds).max(30.0)));
        install.source = if n < 60 { "unloved".to_owned() } else { "feed".to_owned() };
        rows.push(install);
    }
    for n in 0..20_000_i64 {
        let mut click = row(unit("unloved", n) * 3.0 * day, &format!("shown{n}"), "person");
        click.source = "unloved".to_owned();
        rows.push(click);
    }

    // Machines. One that clicks as fast as it can, by chance intervals; one address with ten of them.
    for n in 0..10_i64 {
        let mut seconds = 20_000.0 * n as f64 / 3.0;
        for click in 0..300 {
            seconds += wait(3.0, &format!("fast {n}"), click);
            rows.push(row(seconds, &format!("fast{n}"), "clicks too fast"));
        }
    }
    // By the clock, once in four minutes, with a tenth of jitter.
    for n in 0..20_i64 {
        let mut seconds = 900.0 * n as f64;
        for click in 0..120 {
            seconds += 240.0 * (0.9 + 0.2 * unit(&format!("clock {n}"), click));
            rows.push(row(seconds, &format!("clock{n}"), "by the clock"));
        }
    }
    // By a clock that varies by half and more: as people do. It is not told, and the log says so.
    for n in 0..20_i64 {
        let mut seconds = 500.0 * n as f64;
        for click in 0..120 {
            seconds += 240.0 * (0.2 + 1.6 * unit(&format!("loose {n}"), click));
            rows.push(row(seconds, &format!("loose{n}"), "by a loose clock"));
        }
    }
    // One account in all cities at once.
    for n in 0..20_i64 {
        for click in 0..30 {
            let mut jump = row(unit(&format!("jump {n}"), click) * day, &format!("jump{n}"), "everywhere");
            jump.place = Some((
                20.0 + 20.0 * unit(&format!("north {n}"), click),
                100.0 + 20.0 * unit(&format!("east {n}"), click),
            ));
            rows.push(jump);
        }
    }
    // A device that is two hundred users on as many networks.
    for n in 0..5_i64 {
        for click in 0..200 {
            let mut reused =
                row(unit(&format!("reuse {n}"), click) * day, &format!("r{n}-{click}"), "one device as many");
            (reused.device, reused.ip) = (format!("farm{n}"), format!("172.16.{click}.{n}"));
            rows.push(reused);
        }
    }
    // Clicks that were put in front of installations as these came.
    for n in 0..200_i64 {
        let mut injected = row(unit("inject", n) * 3.0 * day, &format!("injected{n}"), "injected");
        (injected.what, injected.clicked) = (What::Conversion, Some(0.5 + 5.0 * unit("before", n)));
        rows.push(injected);
    }
    // A source that sends clicks of everybody and takes what comes, whenever.
    for n in 0..24_000_i64 {
        let mut flood = row(unit("flood", n) * 3.0 * day, &format!("flooded{n}"), "flood of clicks");
        flood.source = "flood".to_owned();
        rows.push(flood);
    }
    for n in 0..60_i64 {
        let mut taken = row(unit("taken", n) * 3.0 * day, &format!("taken{n}"), "taken by a flood");
        (taken.what, taken.clicked, taken.source) =
            (What::Conversion, Some(60.0 + unit("any", n) * 86_000.0), "flood".to_owned());
        rows.push(taken);
    }
    rows.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    rows
}

#[test]
fn machines_are_told_from_people_and_the_busiest_people_stay() {
    let (mut invalid, mut all): (BTreeMap<&str, usize>, BTreeMap<&str, usize>) = Default::default();
    let mut right: BTreeMap<Reason, (usize, usize)> = BTreeMap::new();
    for seed in ["one", "two"] {
        let rows = log(seed);
        let reasons = judged(&rows);
        for (row, reasons) in rows.iter().zip(&reasons) {
            *all.entry(row.truth).or_default() += 1;
            *invalid.entry(row.truth).or_default() += usize::from(!reasons.is_empty());
            for reason in reasons {
                let told = right.entry(*reason).or_default();
                told.0 += usize::from(!HONEST.contains(&row.truth));
                told.1 += 1;
            }
        }
    }
    for (truth, all) in &all {
        println!("{truth}: {} of {all} told invalid", invalid[truth]);
    }
    for (reason, (machines, told)) in &right {
        println!("{reason:?}: precision {:.3} ({machines} of {told})", *machines as f64 / *told as f64);
    }
    let share = |truth: &str| invalid[truth] as f64 / all[truth] as f64;
    for honest in HONEST {
        assert!(share(honest) <= 0.002, "{honest}: {}", share(honest));
    }
    for (machine, least) in [
        ("clicks too fast", 0.99),
        ("by the clock", 0.99),
        ("everywhere", 0.95),
        ("one device as many", 0.99),
        ("injected", 1.0),
        // Nobody can tell a flood before twenty installations: a third of these sixty.
        ("flood of clicks", 0.55),
        ("taken by a flood", 0.6),
    ] {
        assert!(share(machine) >= least, "{machine}: {}", share(machine));
    }
    assert!(right.values().all(|(machines, told)| *machines as f64 >= 0.97 * *told as f64), "{right:?}");
}

const HONEST: [&str; 8] =
    ["player", "person", "night owl", "office", "shared tablet", "traveller", "private network", "mover"];

#[test]
fn an_address_with_few_devices_that_click_without_end_is_told() {
    let ip: IpAddr = "10.1.1.1".parse().expect("an address");
    let mut gate = Gate::new(Ranges::default(), &[], Bounds::default());
    let mut told = 0;
    for n in 0..3_000_u64 {
        // No device, no user: only three browsers.
        let agent = ["Mozilla/5.0 A", "Mozilla/5.0 B", "Mozilla/5.0 C"][n as usize % 3];
        let contact = Contact { ip: Some(ip), user_agent: Some(agent), ..plain(n, n as f64 * 0.7) };
        told += i32::from(gate.judge(&contact).reasons == [Reason::Activity]);
    }
    assert!(told > 2_800, "{told}");
}

#[test]
fn the_same_name_on_two_platforms_is_two_people() {
    let there_and_back = |away: &'static str| {
        let mut gate = Gate::new(Ranges::default(), &[], Bounds::default());
        let contact = |n: u64| {
            let (platform, place) = if n.is_multiple_of(2) { ("feed", (23.1, 113.3)) } else { (away, (45.8, 126.5)) };
            Contact { platform, user: Some("1"), device: Some("1"), place: Some(place), ..plain(n, n as f64 * 400.0) }
        };
        (0..8).flat_map(|n| gate.judge(&contact(n)).reasons).collect::<BTreeSet<_>>()
    };
    assert_eq!(there_and_back("search"), BTreeSet::new(), "pseudonyms are those of their platform");
    assert!(there_and_back("feed").contains(&Reason::ImpossibleTravel), "on one platform nobody is that fast");
}
