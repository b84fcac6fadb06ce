//! Whatever is done to a ledger is named.

use chrono::DateTime;
use model::ledger::Act;
use serde_json::json;

use super::*;

const ACTS: [Act; 4] = [Act::Finding, Act::Decision, Act::Measure, Act::Outcome];

fn told(number: i64) -> Told {
    Told {
        at: DateTime::from_timestamp_nanos(1_790_000_000_123_456_789 + number),
        act: ACTS[number as usize % 4],
        subject: "advertiser-7".to_owned(),
        what: format!("{number}"),
        follows: (number % 4 > 0).then(|| format!("{}", number - 1)),
        by: (number % 2 == 0).then(|| "li".to_owned()),
        body: json!({ "step": "warn", "share": 0.1, "众": [1, null] }),
    }
}

fn ledger(many: i64) -> (Vec<Entry>, Head) {
    let mut entries: Vec<Entry> = Vec::new();
    for number in 0..many {
        let last = entries.last().map(|last| Head { number: last.number, hash: last.hash });
        entries.push(next(last, told(number)));
    }
    let last = entries.last().expect("there is one");
    let head = Head { number: last.number, hash: last.hash };
    (entries, head)
}

#[test]
fn a_whole_ledger_says_where_it_ends() {
    let (entries, head) = ledger(12);
    assert_eq!(verify(entries.clone(), Some(head)), Ok(Some(head)));
    assert_eq!(verify(entries.clone(), None), Ok(Some(head)));
    let early = Head { number: 5, hash: entries[4].hash };
    assert_eq!(verify(entries.clone(), Some(early)), Ok(Some(head)), "it has gone on since");
    assert_eq!(verify([], None), Ok(None));
    // Written down and read again, with other spaces and another order of keys.
    let text = serde_json::to_string_pretty(&entries).expect("it is JSON");
    let read: Vec<Entry> = serde_json::from_str(&text).expect("it reads");
    assert_eq!(verify(read, Some(head)), Ok(Some(head)));
}

#[test]
fn whatever_is_changed_is_named() {
    type Change = fn(&mut Entry);
    let changes: [Change; 9] = [
        |entry| entry.number = 77,
        |entry| entry.at += chrono::TimeDelta::microseconds(1),
        |entry| entry.act = Act::Outcome,
        |entry| entry.subject.push('x'),
        |entry| entry.what.push('x'),
        |entry| entry.follows = Some("other".to_owned()),
        |entry| entry.by = None,
        |entry| entry.body["step"] = json!("ban"),
        |entry| entry.previous = None,
    ];
    for change in changes {
        let (mut entries, head) = ledger(8);
        change(&mut entries[4]);
        assert_eq!(verify(entries, Some(head)), Err(Broken::Changed { number: 5 }));
    }
}

#[test]
fn what_is_missing_moved_twice_there_or_cut_off_is_named() {
    let (entries, head) = ledger(8);
    let with = |change: fn(&mut Vec<Entry>)| {
        let mut entries = entries.clone();
        change(&mut entries);
        verify(entries, Some(head))
    };
    assert_eq!(with(|all| drop(all.remove(2))), Err(Broken::Missing { number: 3, found: 4 }));
    assert_eq!(with(|all| drop(all.remove(0))), Err(Broken::Missing { number: 1, found: 2 }));
    assert_eq!(with(|all| all.swap(2, 5)), Err(Broken::Reordered { number: 3, found: 6 }));
    assert_eq!(with(|all| all.insert(4, all[1].clone())), Err(Broken::Reordered { number: 5, found: 2 }));
    assert_eq!(with(|all| all.truncate(6)), Err(Broken::CutOff { last: 6, known: 8 }));
    assert_eq!(with(Vec::clear), Err(Broken::CutOff { last: 0, known: 8 }));
    let mut cut = entries.clone();
    cut.truncate(6);
    assert!(verify(cut, None).is_ok(), "without a head nobody can tell");
}

#[test]
fn who_writes_anew_is_found_out_by_what_comes_behind_or_by_the_head() {
    let (mut entries, head) = ledger(8);
    let forged = next(Some(Head { number: 4, hash: entries[3].hash }), Told { by: Some("wang".to_owned()), ..told(4) });
    entries[4] = forged;
    assert_eq!(verify(entries.clone(), Some(head)), Err(Broken::Unchained { number: 6 }));
    for at in 5..8 {
        let last = Head { number: at as u64, hash: entries[at - 1].hash };
        entries[at] = next(Some(last), told(at as i64));
    }
    assert_eq!(verify(entries.clone(), Some(head)), Err(Broken::OtherHead { number: 8 }));
    assert!(verify(entries, None).is_ok(), "without a head nobody can tell");
}

#[test]
fn the_hash_is_that_of_canonical_json_whoever_computes_it() {
    let entry = next(None, Told { body: json!({ "b": 1.0, "a": "骗" }), ..told(0) });
    let text = r#"{"act":"finding","at":"2026-09-21T14:13:20.123Z","body":{"a":"骗","b":1},"by":"li","number":1,"subject":"advertiser-7","what":"0"}"#;
    assert_eq!(entry.hash, EvidenceId::of(text.as_bytes()));
}

/// Hashes hold of each of these: what is wrong is what they say.
#[test]
fn an_entry_that_follows_from_nothing_before_it_is_named() {
    let told = |act: Act, what: &str, follows: Option<&str>| Told {
        act,
        what: what.to_owned(),
        follows: follows.map(ToOwned::to_owned),
        ..self::told(0)
    };
    let verified = |all: &[Told]| {
        let mut entries: Vec<Entry> = Vec::new();
        for one in all {
            let last = entries.last().map(|last| Head { number: last.number, hash: last.hash });
            entries.push(next(last, one.clone()));
        }
        verify(entries, None).map(|head| head.map(|head| head.number))
    };
    let (found, decided) = (told(Act::Finding, "case", None), told(Act::Decision, "decision-2", Some("case")));
    let (taken, lifted) =
        (told(Act::Measure, "measure-1", Some("decision-2")), told(Act::Outcome, "lifted", Some("measure-1")));
    let whole = [found.clone(), decided.clone(), taken.clone(), lifted.clone()];
    assert_eq!(verified(&whole), Ok(Some(4)));
    // Of a case in which nothing was found there is no finding, and what is said of it follows from none.
    assert_eq!(verified(&[told(Act::Decision, "decision-1", None)]), Ok(Some(1)));
    let loose = |number, follows: &str| Err(Broken::Loose { number, follows: follows.to_owned() });
    assert_eq!(verified(&[decided.clone(), found.clone()]), loose(1, "case"), "it is there, but not before it");
    assert_eq!(verified(&[found.clone(), taken.clone()]), loose(2, "decision-2"));
    assert_eq!(verified(&[found.clone(), decided, lifted]), loose(3, "measure-1"));
    let backward = verified(&[found.clone(), taken.clone(), told(Act::Decision, "decision-3", Some("case"))]);
    assert_eq!(backward, loose(2, "decision-2"));
    let other = told(Act::Decision, "decision-4", Some("decision-3"));
    let backward = verified(&[found.clone(), told(Act::Decision, "decision-3", Some("case")), other]);
    assert_eq!(backward, Err(Broken::Backward { number: 3, act: Act::Decision, from: Act::Decision }));
    assert_eq!(verified(&[found, told(Act::Measure, "measure-1", None)]), Err(Broken::Unfounded { number: 2 }));
}
