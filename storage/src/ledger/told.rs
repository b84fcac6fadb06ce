//! What rows say, as entries say it.

use std::collections::{BTreeSet, VecDeque};

use chrono::DateTime;
use model::ledger::{Act, Told};
use serde_json::{Value, json};

/// A case in which something was found: its id, ad, advertiser, platform, trade, severity, how many violations, when it was sealed,
/// and its manifest.
pub(crate) type Found =
    (String, String, Option<String>, Option<String>, Option<String>, Option<String>, i64, i64, String);

pub(crate) fn found((case, ad, advertiser, platform, trade, severity, violations, at, manifest): Found) -> Told {
    Told {
        at: moment(at),
        act: Act::Finding,
        subject: advertiser.unwrap_or_else(|| ad.clone()),
        what: case,
        follows: None,
        by: None,
        body: json!({
            "ad": ad, "platform": platform, "trade": trade, "severity": severity, "violations": violations,
            "manifest": manifest,
        }),
    }
}

/// A decision: its entry of the log, case, ad, advertiser, violation, word, reason, by whom, when, and the entry of its case.
pub(crate) type Decided =
    (i64, String, String, Option<String>, Option<i64>, String, Option<String>, String, i64, Option<String>);

pub(crate) fn decided(row: Decided) -> Told {
    let (leaf, case, ad, advertiser, violation, decision, reason, by, at, follows) = row;
    Told {
        at: moment(at),
        act: Act::Decision,
        subject: advertiser.unwrap_or_else(|| ad.clone()),
        // Its place in the log is never given out again, which the number of a row that goes with its case is.
        what: format!("decision-{leaf}"),
        follows,
        by: Some(by),
        body: json!({"case": case, "ad": ad, "violation": violation, "decision": decision, "reason": reason}),
    }
}

/// A turn of a measure: its number, platform, advertiser, ladder, step, severity, when it ends, what it turned to, by whom, when,
/// why, and the last entry of its cases.
pub(crate) type Turned = (
    i64,
    Option<String>,
    String,
    String,
    String,
    String,
    Option<i64>,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<String>,
);

pub(crate) fn turned(row: Turned, cases: Vec<String>) -> Told {
    let (number, platform, advertiser, ladder, step, severity, ends_at, state, by, at, why, follows) = row;
    let measure = format!("measure-{number}");
    let (act, what, follows) = match state.as_str() {
        "lifted" => (Act::Outcome, format!("{measure}-lifted"), Some(measure)),
        _ => (Act::Measure, measure, follows),
    };
    Told {
        at: moment(at),
        act,
        subject: advertiser,
        what,
        follows,
        by,
        body: json!({
            "platform": platform, "ladder": ladder, "step": step, "severity": severity, "state": state, "cases": cases,
            "until": ends_at.map(moment), "why": why,
        }),
    }
}

/// An appeal that is over: its number, case, ad, advertiser, violation, who appealed, and the decision that ended it: its entry of
/// the log, word, by whom, when.
pub(crate) type Appealed = (i64, String, String, Option<String>, Option<i64>, String, i64, String, String, i64);

pub(crate) fn appealed(row: Appealed) -> Told {
    let (number, case, ad, advertiser, violation, appealed_by, leaf, decision, by, at) = row;
    Told {
        at: moment(at),
        act: Act::Outcome,
        subject: advertiser.unwrap_or_else(|| ad.clone()),
        what: format!("appeal-{number}-{leaf}"),
        follows: Some(format!("decision-{leaf}")),
        by: Some(by),
        body: json!({
            "outcome": if decision == "reject" { "appeal-upheld" } else { "appeal-dismissed" },
            "case": case, "ad": ad, "violation": violation, "appealed_by": appealed_by,
        }),
    }
}

/// What an advertiser says to have mended: the case, ad, advertiser, by whom, when, and the entry of the case.
pub(crate) type Corrected = (String, String, Option<String>, String, i64, Option<String>);

pub(crate) fn corrected((case, ad, advertiser, by, at, follows): Corrected) -> Told {
    Told {
        at: moment(at),
        act: Act::Outcome,
        subject: advertiser.unwrap_or_else(|| ad.clone()),
        what: format!("corrected-{case}"),
        follows,
        by: Some(by),
        body: json!({"outcome": "corrected", "case": case, "ad": ad}),
    }
}

/// A clue that was handed over: its number, case, subject, authority, document, clauses, sums of the bundle, by whom, when, and the
/// last entry of the case.
pub(crate) type HandedOver = (i64, String, String, String, String, String, String, String, i64, Option<String>);

pub(crate) fn handed_over(row: HandedOver) -> Told {
    let (number, case, subject, authority, document, basis, sums, by, at, follows) = row;
    let basis: Value = serde_json::from_str(&basis).unwrap_or_default();
    Told {
        at: moment(at),
        act: Act::Outcome,
        subject,
        what: format!("transfer-{number}"),
        follows,
        by: Some(by),
        body: json!({
            "outcome": "handed-over", "case": case, "authority": authority, "document": document, "basis": basis, "sums": sums,
        }),
    }
}

/// In the order in which it happened, and never before what it follows from, whatever clocks say. Where there is more of a sort than
/// was read, nothing is told that happened after the last of it.
pub(crate) fn in_order<const SORTS: usize>(of: [Vec<Told>; SORTS], most: u64) -> Vec<Told> {
    let full = of.iter().filter(|one| one.len() as u64 >= most);
    let until = full.filter_map(|one| one.iter().map(|told| told.at).max()).min();
    let mut told: Vec<Told> =
        of.into_iter().flatten().filter(|one| until.is_none_or(|until| one.at <= until)).collect();
    told.sort_by_key(|one| (one.at, one.act));
    let mut missing: BTreeSet<String> = told.iter().map(|one| one.what.clone()).collect();
    let (mut ordered, mut waiting) = (Vec::with_capacity(told.len()), VecDeque::from(told));
    // Whatever waits for another one goes behind it; what waits for itself would wait for ever.
    let mut deferred = 0;
    while let Some(one) = waiting.pop_front() {
        let waits = one.follows.as_ref().is_some_and(|follows| missing.contains(follows));
        if waits && deferred < waiting.len() {
            waiting.push_back(one);
            deferred += 1;
        } else {
            missing.remove(&one.what);
            ordered.push(one);
            deferred = 0;
        }
    }
    ordered
}

fn moment(at: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(at: i64, what: &str, follows: Option<&str>) -> Told {
        let follows = follows.map(ToOwned::to_owned);
        Told {
            at: moment(at),
            act: Act::Decision,
            subject: String::new(),
            what: what.to_owned(),
            follows,
            by: None,
            body: json!({}),
        }
    }

    fn names(told: Vec<Told>) -> Vec<String> {
        told.into_iter().map(|one| one.what).collect()
    }

    #[test]
    fn nothing_comes_before_what_it_follows_from_whatever_clocks_say() {
        let early = vec![told(1, "c", Some("b")), told(5, "d", None), told(9, "e", Some("e"))];
        let late = vec![told(2, "b", Some("a")), told(3, "a", None)];
        assert_eq!(names(in_order([early, late], 9)), ["a", "d", "b", "c", "e"]);
    }

    #[test]
    fn where_there_is_more_nothing_is_told_from_behind_it() {
        let full = vec![told(1, "a", None), told(4, "b", None)];
        assert_eq!(names(in_order([full, vec![told(4, "c", None), told(5, "d", None)]], 2)), ["a", "b", "c"]);
    }
}
