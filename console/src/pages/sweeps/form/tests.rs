//! What is typed is read as it is meant, and what cannot be is named by its field.

use governance::sweeping::begun;

use super::*;
use crate::page::tests::HOSTILE;
use crate::words::known;

impl NewSweep {
    pub(crate) fn sample() -> Self {
        let hostile = || HOSTILE.to_owned();
        Self {
            name: hostile(),
            platform: hostile(),
            advertiser: hostile(),
            trade: hostile(),
            tag: hostile(),
            sample: hostile(),
            cadence: "cron".into(),
            at: hostile(),
            pattern: hostile(),
            time_zone: hostile(),
            window: hostile(),
            visitors: vec![hostile()],
            depth: hostile(),
            cpu_minutes: hostile(),
            pages: hostile(),
            megabytes: hostile(),
            priority: hostile(),
            then: hostile(),
        }
    }
}

impl Wrong {
    pub(crate) fn samples() -> Vec<Self> {
        FIELDS.iter().map(|(field, word)| Self { field, word }).collect()
    }
}

const FIELDS: [(&str, &str); 16] = [
    ("name", "name"),
    ("name", "taken"),
    ("platform", "platform"),
    ("sample", "sample"),
    ("cadence", "cadence"),
    ("at", "at"),
    ("pattern", "pattern"),
    ("pattern", "never"),
    ("time_zone", "time-zone"),
    ("window", "window"),
    ("visitors", "visitor"),
    ("visitors", "no-visitor"),
    ("depth", "depth"),
    ("pages", "whole"),
    ("priority", "priority"),
    ("cpu_minutes", "whole"),
];

fn sweeping() -> Sweeping {
    let visitors = vec!["desktop".to_owned(), "phone".to_owned()];
    Sweeping { usual: vec!["phone".into()], visitors, depth: 1, pool: "default".into(), secret: "00ff".into() }
}

fn typed() -> NewSweep {
    NewSweep { name: " nightly ".into(), ..NewSweep::usual(&sweeping()) }
}

fn own(platform: &str) -> Sight {
    Sight { platform: Some(platform.into()), advertiser: None, region: None }
}

/// What is wrong with it, wherever that is found.
fn wrong(form: NewSweep) -> Vec<(&'static str, &'static str)> {
    let found = match form.asked(&sweeping(), &Sight::default()) {
        Err(wrong) => wrong,
        Ok(asked) => {
            let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
            vec![Wrong::from(&begun(asked, "00ff".into(), now).expect_err("something is wrong"))]
        }
    };
    found.iter().map(|wrong| (wrong.field, wrong.word)).collect()
}

#[test]
fn what_is_typed_is_read() {
    let form = NewSweep {
        trade: " game ".into(),
        sample: "12.5".into(),
        megabytes: "3".into(),
        at: "2026-11-28T02:30".into(),
        ..typed()
    };
    let asked = form.asked(&sweeping(), &Sight::default()).expect("it can be read");
    assert_eq!(asked.name, "nightly");
    assert_eq!(asked.scope, Scope { trade: Some("game".into()), sample: Some(12.5), ..Scope::default() });
    assert_eq!(asked.budget, Budget { bytes: Some(3_000_000), ..Budget::default() });
    assert_eq!((asked.depth, asked.priority, asked.pool.as_str()), (1, 0, "default"));
    assert_eq!(asked.visitors, ["phone"]);
    let Cadence::Once { at: Some(at) } = asked.cadence else { panic!("once, then") };
    assert_eq!(at.to_rfc3339(), "2026-11-27T18:30:00+00:00");
}

#[test]
fn each_field_that_is_wrong_is_named() {
    let cron = || NewSweep { cadence: "cron".into(), ..typed() };
    for (form, found) in [
        (NewSweep { name: "Big Sweep".into(), ..typed() }, ("name", "name")),
        (NewSweep { sample: "0".into(), ..typed() }, ("sample", "sample")),
        (NewSweep { sample: "NaN".into(), ..typed() }, ("sample", "sample")),
        (NewSweep { sample: "half".into(), ..typed() }, ("sample", "sample")),
        (NewSweep { cadence: "weekly".into(), ..typed() }, ("cadence", "cadence")),
        (NewSweep { at: "tomorrow".into(), ..typed() }, ("at", "at")),
        (NewSweep { pattern: "61 * * * *".into(), ..cron() }, ("pattern", "pattern")),
        (NewSweep { pattern: "0 0 31 2 *".into(), ..cron() }, ("pattern", "never")),
        (NewSweep { time_zone: "Mars".into(), ..cron() }, ("time_zone", "time-zone")),
        (NewSweep { window: "2000".into(), ..cron() }, ("window", "window")),
        (NewSweep { window: "20000".into(), ..cron() }, ("window", "window")),
        (NewSweep { window: "-1".into(), ..cron() }, ("window", "whole")),
        (NewSweep { visitors: vec!["nobody".into()], ..typed() }, ("visitors", "visitor")),
        (NewSweep { visitors: Vec::new(), ..typed() }, ("visitors", "no-visitor")),
        (NewSweep { depth: "300".into(), ..typed() }, ("depth", "depth")),
        (NewSweep { pages: "many".into(), ..typed() }, ("pages", "whole")),
        (NewSweep { priority: "1001".into(), ..typed() }, ("priority", "priority")),
    ] {
        assert_eq!(wrong(form), [found]);
    }
    let two = NewSweep { pages: "many".into(), depth: "deep".into(), ..typed() };
    assert_eq!(wrong(two).len(), 2, "all at once");
}

#[test]
fn an_account_of_one_platform_asks_for_that_one() {
    let platform = |typed_one: &str, sight: &Sight| {
        NewSweep { platform: typed_one.into(), ..typed() }.asked(&sweeping(), sight).map(|asked| asked.scope.platform)
    };
    assert_eq!(platform("", &own("feed")), Ok(Some("feed".into())));
    assert_eq!(platform("feed", &own("feed")), Ok(Some("feed".into())));
    assert_eq!(platform("search", &own("feed")), Err(vec![Wrong { field: "platform", word: "platform" }]));
    assert_eq!(platform("search", &Sight::default()), Ok(Some("search".into())));
    assert_eq!(platform("", &Sight::default()), Ok(None));
}

#[test]
fn one_like_another_is_the_same_but_for_its_name() {
    let form = NewSweep { tag: "new".into(), pages: "7".into(), cadence: "cron".into(), ..typed() };
    let asked = form.asked(&sweeping(), &Sight::default()).expect("it can be read");
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    let sweep = begun(asked.clone(), "00ff".into(), now).expect("a sweep");
    let like = NewSweep { name: "nightly".into(), ..NewSweep::like(&sweep) };
    assert_eq!(like.asked(&sweeping(), &Sight::default()), Ok(asked));
}

#[test]
fn everything_that_is_wrong_has_its_words() {
    for (_, word) in FIELDS {
        assert!(known("zh-CN", "sweeperror", word) && known("en", "sweeperror", word), "{word}");
    }
}
