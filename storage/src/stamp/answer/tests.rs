//! Answers of a real authority, and what is wrong with others.

use super::*;
use crate::stamp::authority::{Authority, P_256, P_384, P_521, RSA, Terms};
use crate::stamp::request;

const DATA: &[u8] = b"what is stamped";

fn asked() -> Request {
    request(EvidenceId::of(DATA)).unwrap()
}

fn roots(authority: &Authority) -> Roots {
    Roots::read(&[authority.path("root.pem")]).unwrap()
}

/// The error of a stamp by an authority of these terms.
fn refusal(terms: &Terms) -> StampError {
    let authority = Authority::new(terms);
    let asked = asked();
    asked.answered(&authority.answer(&asked.bytes), &roots(&authority)).expect_err("it must be refused")
}

#[test]
fn stamps_by_each_sort_of_key_hold_here_and_for_openssl() {
    for (key, digest, names_by) in
        [(RSA, "sha256", "sha256"), (RSA, "sha512", "sha1"), (P_256, "sha256", "sha384"), (P_384, "sha384", "sha512")]
    {
        let authority = Authority::new(&Terms { key, digest, names_by, ..Terms::default() });
        let asked = asked();
        let answer = authority.answer(&asked.bytes);
        let stamp = asked.answered(&answer, &roots(&authority)).unwrap();
        assert_eq!((&stamp.checked, stamp.authority.as_str()), (&Checked::ToRoot, "CN=Test TSA,O=Test"), "{key:?}");
        let days = (stamp.expires_at - stamp.at).num_days();
        assert!((29..=30).contains(&days), "{days}");
        assert!(authority.verifies(&answer, DATA) && !authority.verifies(&answer, b"something else"));
        let unnamed = read(&answer, EvidenceId::of(DATA), &Roots::default()).unwrap();
        assert_eq!(unnamed, Stamp { checked: Checked::NoRoots, ..stamp });
    }
}

#[test]
fn a_key_that_is_not_known_here_is_told_and_not_taken_for_right() {
    let authority = Authority::new(&Terms { key: P_521, ..Terms::default() });
    let asked = asked();
    let stamp = asked.answered(&authority.answer(&asked.bytes), &roots(&authority)).unwrap();
    let Checked::NotHere(why) = stamp.checked else { panic!("{:?}", stamp.checked) };
    assert!(why.contains("1.2.840.10045"), "{why}");
}

#[test]
fn an_answer_to_another_question_is_refused() {
    let authority = Authority::new(&Terms::default());
    let (asked, again) = (asked(), asked());
    let answer = authority.answer(&asked.bytes);
    assert_eq!(again.answered(&answer, &Roots::default()), Err(StampError::OtherQuestion));
    let other = request(EvidenceId::of(b"other")).unwrap();
    assert!(matches!(other.answered(&answer, &Roots::default()), Err(StampError::OtherDigest(_))));
    assert!(matches!(read(&answer, other.digest, &Roots::default()), Err(StampError::OtherDigest(_))));
}

#[test]
fn a_refusal_is_told_in_the_words_of_the_authority() {
    let authority = Authority::new(&Terms::default());
    let answer = authority.answer(b"no question at all");
    let error = asked().answered(&answer, &Roots::default()).unwrap_err();
    let StampError::Refused { status: 2, said } = &error else { panic!("{error}") };
    assert!(said.contains("badDataFormat"), "{said}");
}

#[test]
fn an_authority_that_may_not_stamp_or_that_nobody_named_is_refused() {
    for usage in ["critical,timeStamping,codeSigning", "timeStamping"] {
        // openssl itself refuses to sign with most wrong certificates.
        let terms = Terms { usage, ..Terms::default() };
        let made = std::panic::catch_unwind(|| refusal(&terms));
        assert!(matches!(made, Err(_) | Ok(StampError::NotAllowed(_))), "{usage}: {made:?}");
    }
    let (one, other) = (Authority::new(&Terms::default()), Authority::new(&Terms::default()));
    let asked = asked();
    let error = asked.answered(&one.answer(&asked.bytes), &roots(&other)).unwrap_err();
    assert!(matches!(error, StampError::Untrusted(_)), "{error}");
}

/// Whichever byte is changed: it is noticed, or it is none that anything rests on.
#[test]
fn a_changed_answer_is_refused_wherever_it_counts() {
    let authority = Authority::new(&Terms::default());
    let asked = asked();
    let answer = authority.answer(&asked.bytes);
    let roots = roots(&authority);
    let right = asked.answered(&answer, &roots).unwrap();
    let mut unnoticed = Vec::new();
    for at in 0..answer.len() {
        let mut changed = answer.clone();
        changed[at] ^= 1;
        match asked.answered(&changed, &roots) {
            Err(_) => {}
            Ok(stamp) if stamp == right => unnoticed.push(at),
            // A way of signing that is not known here is never taken for right.
            Ok(Stamp { checked: Checked::NotHere(_), .. }) => {}
            Ok(stamp) => panic!("byte {at} makes another stamp of it: {stamp:?}"),
        }
        asked.answered(&answer[..at], &roots).unwrap_err();
    }
    // The root that comes along is not needed, some parameters say nothing, and status 0 and 1 are both a yes.
    assert!(unnoticed.len() < 600, "{} of {} bytes", unnoticed.len(), answer.len());
    for garbage in [&b""[..], b"<html>500</html>", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &vec![0x30; LONGEST + 1]] {
        assert!(matches!(asked.answered(garbage, &roots), Err(StampError::Unreadable(_))));
    }
}

#[test]
fn a_time_may_have_fractions_of_a_second() {
    let told = |text: &str| time(text.as_bytes()).map(|at| at.to_rfc3339()).ok();
    assert_eq!(told("20261127184051Z").as_deref(), Some("2026-11-27T18:40:51+00:00"));
    assert_eq!(told("20261127184051.25Z").as_deref(), Some("2026-11-27T18:40:51.250+00:00"));
    for wrong in ["20261127184051", "20261327184051Z", "now", "", "20261127184051.Z0"] {
        assert_eq!(told(wrong), None, "{wrong}");
    }
}
