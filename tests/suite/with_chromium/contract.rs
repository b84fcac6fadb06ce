//! The form of a line of `cases.jsonl`: what scripts may rely on.

use serde_json::Value;

/// What may stand somewhere.
enum Form {
    /// Not empty.
    Text,
    Number,
    Truth,
    Hash,
    /// `[x, y, w, h]`.
    Area,
    Word(&'static [&'static str]),
    Maybe(&'static Form),
    Each(&'static Form),
    Either(&'static Form, &'static Form),
    /// These, and perhaps others.
    Fields(&'static [(&'static str, Form)]),
}

use Form::{Area, Each, Either, Fields, Hash, Maybe, Number, Text, Truth, Word};

const STEPS: Form = Word(&["creative", "follow", "capture", "read", "compare", "judge", "keep"]);
const KINDS: Form = Word(&[
    "click",
    "http",
    "meta-refresh",
    "script",
    "history",
    "rewrite",
    "frame",
    "popup",
    "app-link",
    "next-level",
]);
const SOURCES: Form = Word(&["video", "image", "title", "description", "cta", "click", "speech"]);

const GAP: Form =
    Fields(&[("step", STEPS), ("reason", Text), ("hop", Maybe(&Number)), ("retry", Truth), ("detail", Text)]);

const HOP: Form = Fields(&[
    ("index", Number),
    ("kind", KINDS),
    ("level", Number),
    ("url", Text),
    ("status", Maybe(&Number)),
    ("at_ms", Number),
    ("snapshot", Maybe(&Hash)),
]);

const CHAIN: Form = Fields(&[("visitor", Text), ("hops", Each(&HOP))]);

const PROMISED: Form = Fields(&[
    ("source", SOURCES),
    ("quote", Text),
    ("at_s", Maybe(&Number)),
    ("until_s", Maybe(&Number)),
    ("box", Maybe(&Area)),
    ("evidence", Hash),
]);

const DELIVERED: Form = Fields(&[
    ("visitor", Text),
    ("hop", Number),
    ("level", Number),
    ("url", Text),
    ("quote", Text),
    ("at_ms", Number),
    ("box", Maybe(&Area)),
    ("selector", Maybe(&Text)),
    ("evidence", Hash),
]);

const NOTE: Form = Fields(&[("what", Text), ("why", Text), ("do", Text)]);

const CONFIDENCE: Form = Word(&["low", "medium", "high"]);
const SCOPE: Form = Word(&["next-level", "deeper", "platform"]);

const FINDING: Form = Fields(&[
    ("check", Text),
    ("confidence", CONFIDENCE),
    ("scope", SCOPE),
    ("promised", PROMISED),
    ("delivered", DELIVERED),
    ("also", Each(&Either(&DELIVERED, &PROMISED))),
]);

const VIOLATION: Form = Fields(&[
    ("check", Text),
    ("rule", Text),
    ("pack", Text),
    ("severity", Word(&["S1", "S2", "S3", "S4"])),
    ("confidence", CONFIDENCE),
    ("scope", SCOPE),
    ("promised", PROMISED),
    ("delivered", DELIVERED),
    ("also", Each(&Either(&DELIVERED, &PROMISED))),
    ("cite", Each(&Text)),
    ("fixes", Maybe(&Each(&FIX))),
    ("note", Fields(&[("zh-CN", NOTE), ("en", NOTE)])),
]);

/// A wording that was proven: not there where none was.
const FIX: Form = Fields(&[("on", Word(&["ad", "page"])), ("text", Text), ("clears", Each(&Text))]);

const DIFFERENCE: Form = Fields(&[
    ("about", Word(&["fate", "offer", "price", "fields", "entity"])),
    ("visitors", Each(&Text)),
    ("shown", Each(&Each(&Text))),
    ("places", Each(&Maybe(&DELIVERED))),
    ("level", Number),
    ("confidence", CONFIDENCE),
    ("repeated", Truth),
    ("again", Maybe(&Each(&Maybe(&DELIVERED)))),
]);

const LINE: Form = Fields(&[
    ("ad_id", Text),
    ("verdict", Word(&["violating", "clean", "inconclusive"])),
    ("gaps", Each(&GAP)),
    ("chains", Each(&CHAIN)),
    ("differences", Each(&DIFFERENCE)),
    ("findings", Each(&FINDING)),
    ("violations", Each(&VIOLATION)),
]);

/// In what a case differs from the contract, and where.
pub(super) fn faults(case: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    compare(&LINE, case, super::text(case, "/ad_id"), &mut faults);
    for chain in super::list(case, "/chains") {
        let hops = super::list(chain, "/hops");
        if hops.first().is_none_or(|hop| super::text(hop, "/kind") != "click") {
            faults.push(format!("{}: a chain does not begin with its click", super::text(case, "/ad_id")));
        }
        if hops.iter().enumerate().any(|(at, hop)| hop["index"] != at) {
            faults.push(format!("{}: hops are not numbered from 0", super::text(case, "/ad_id")));
        }
    }
    faults
}

fn compare(form: &Form, value: &Value, at: &str, faults: &mut Vec<String>) {
    let fits = match form {
        Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
        Number => value.is_number(),
        Truth => value.is_boolean(),
        Hash => value.as_str().is_some_and(|text| text.parse::<model::evidence::EvidenceId>().is_ok()),
        Area => value.as_array().is_some_and(|sides| sides.len() == 4 && sides.iter().all(Value::is_number)),
        Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Maybe(form) => {
            if !value.is_null() {
                compare(form, value, at, faults);
            }
            true
        }
        Each(form) => value.as_array().is_some_and(|values| {
            for (index, value) in values.iter().enumerate() {
                compare(form, value, &format!("{at}[{index}]"), faults);
            }
            true
        }),
        Either(one, other) => [one, other].into_iter().any(|form| {
            let mut faults = Vec::new();
            compare(form, value, at, &mut faults);
            faults.is_empty()
        }),
        Fields(fields) => value.as_object().is_some_and(|_| {
            for (name, form) in *fields {
                compare(form, &value[*name], &format!("{at}.{name}"), faults);
            }
            true
        }),
    };
    if !fits {
        faults.push(format!("{at} is not as the contract says: {value}"));
    }
}

#[test]
fn a_line_that_breaks_the_contract_is_noticed() {
    let hop = serde_json::json!({"index": 0, "kind": "click", "level": 0, "url": "http://a.test/", "at_ms": 0});
    let line = serde_json::json!({
        "ad_id": "a", "verdict": "clean", "gaps": [], "findings": [], "violations": [], "differences": [],
        "chains": [{"visitor": "v", "hops": [hop]}],
    });
    assert_eq!(faults(&line), [""; 0]);
    for (pointer, wrong) in [("/verdict", "fine"), ("/chains/0/hops/0/kind", "jump"), ("/gaps", ""), ("/ad_id", "")] {
        let mut line = line.clone();
        *line.pointer_mut(pointer).unwrap() = wrong.into();
        assert!(!faults(&line).is_empty(), "{pointer}");
    }
}
