//! What goes into a package comes out of it, whatever it is.

use std::io::Cursor;

use chrono::TimeDelta;
use model::evidence::EvidenceId;
use model::traffic::{Body, Client};
use model::units::Millis;

use super::*;

type Sheet = Package<Cursor<Vec<u8>>>;

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(12) + TimeDelta::milliseconds(34)
}

fn begun() -> Sheet {
    let notes = vec![("operator".to_owned(), "a\r\nb: c".to_owned())];
    let about = About { title: "Case 「一」".into(), software: "postlink 0.1.0".into(), created: noon(), notes };
    Package::begin(Cursor::new(Vec::new()), about).unwrap()
}

fn headers(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn exchange(url: &str, status: u16, given: &[(&str, &str)], body: &[u8], as_received: bool) -> Exchange {
    let answer = Answer {
        protocol: "h2".into(),
        status,
        reason: String::new(),
        media_type: "text/html".into(),
        headers: headers(given),
        body: Some(Body { evidence: EvidenceId::of(body), bytes: body.len() as u64, as_received, cut: false }),
        remote: Some("127.0.0.1:443".into()),
        service_worker: false,
    };
    Exchange {
        by: Client::Browser,
        url: url.into(),
        method: "GET".into(),
        kind: "document".into(),
        at: noon(),
        at_ms: Millis(3),
        request_headers: headers(&[(":authority", "a.test"), ("Accept", "*/*")]),
        request_body: None,
        answer: Some(answer),
        error: None,
    }
}

fn failed(url: &str) -> Exchange {
    Exchange { answer: None, error: Some("net::ERR_NAME_NOT_RESOLVED".into()), ..exchange(url, 200, &[], b"", true) }
}

fn sealed(package: Sheet) -> Vec<u8> {
    package.close().unwrap().seal(None).unwrap().into_inner()
}

fn look(bytes: &[u8]) -> verify::Report {
    verify::package(Cursor::new(bytes)).unwrap()
}

#[track_caller]
fn holds(bytes: &[u8]) -> verify::Report {
    let report = look(bytes);
    assert!(report.holds(), "{report:#?}");
    report
}

/// The records, unpacked, one after the other.
fn archive(bytes: &[u8]) -> String {
    use std::io::Read as _;
    let members = zip::members(&mut Cursor::new(bytes)).unwrap().unwrap();
    let member = &members[0];
    let end = member.end() as usize;
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(&bytes[end - member.bytes as usize..end]).read_to_end(&mut text).unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

/// A bit of everything.
fn example() -> Vec<u8> {
    let mut package = begun();
    let hop = [("Postlink-Visitor", "android".to_owned())];
    let redirect = exchange("https://a.test/go", 302, &[("Location", "https://b.test/#top")], b"", true);
    package.exchange(&redirect, b"", b"", &hop).unwrap();
    package.about("https://a.test/go", noon(), &[("kind", "click".into())], &hop).unwrap();
    let page = exchange("https://b.test/#top", 200, &[("Content-Type", "text/html")], b"<p>hi", false);
    package.exchange(&page, b"", b"<p>hi", &hop).unwrap();
    let later = Exchange { at: noon() + TimeDelta::seconds(9), ..page };
    package.exchange(&later, b"", b"<p>hi", &hop).unwrap();
    package.exchange(&failed("https://c.test/x"), b"", b"", &hop).unwrap();
    let mut post = exchange("https://b.test/api?v=1", 200, &[], b"{}", false);
    (post.method, post.request_headers) = ("POST".into(), headers(&[("content-type", "application/json")]));
    package.exchange(&post, b"{\"B\":\"x y\"}", b"{}", &hop).unwrap();
    package.resource("urn:postlink:DOM:1", "text/html", noon(), b"<p>", &[]).unwrap();
    let page =
        Page { id: "1".into(), url: "https://b.test/#top".into(), title: "B".into(), at: noon(), text: "hi".into() };
    package.page(page);
    package.file("evidence/case.json", b"{}".to_vec()).unwrap();
    sealed(package)
}

#[test]
fn the_same_things_give_the_same_bytes_and_all_of_it_holds() {
    let bytes = example();
    assert_eq!(bytes, example());
    let report = holds(&bytes);
    assert_eq!((report.title.as_str(), report.created.as_str()), ("Case 「一」", "1970-01-01T12:00:00Z"));
    assert_eq!(report.signed, None);
}

#[test]
fn any_flipped_byte_is_noticed() {
    let good = example();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        let report = look(&bad);
        assert!(!report.holds(), "byte {at} of {}", good.len());
    }
}

#[test]
fn what_was_changed_and_summed_anew_is_named() {
    let good = example();
    // As somebody would who knows ZIP files, and not what is listed in them.
    let mut members = zip::members(&mut Cursor::new(&good)).unwrap().unwrap();
    let mut forged = Zip::new(Cursor::new(Vec::new()));
    for member in members.drain(..) {
        let end = member.end() as usize;
        let contents = String::from_utf8_lossy(&good[end - member.bytes as usize..end]).into_owned();
        forged.begin(&member.name).unwrap();
        if member.name == "evidence/case.json" {
            forged.write_all(b"[]").unwrap();
        } else if member.name == ARCHIVE {
            forged.write_all(&good[end - member.bytes as usize..end]).unwrap();
        } else {
            forged.write_all(contents.as_bytes()).unwrap();
        }
    }
    let report = look(&forged.finish().unwrap().into_inner());
    let faults: Vec<_> = report.steps.iter().flat_map(|step| &step.faults).collect();
    assert!(faults.len() == 1 && faults[0].starts_with("evidence/case.json: it has changed"), "{faults:?}");
}

#[test]
fn a_head_fits_the_body_that_was_kept() {
    let mut package = begun();
    let given = [
        ("Content-Type", "text/html; charset=gbk"),
        ("content-encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "7"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ];
    package
        .exchange(&exchange("https://a.test/", 200, &given, "中文".as_bytes(), false), b"", "中文".as_bytes(), &[])
        .unwrap();
    let packed = exchange("https://a.test/packed", 200, &given, b"\x1f\x8b0", true);
    package.exchange(&packed, b"", b"\x1f\x8b0", &[]).unwrap();
    let bytes = sealed(package);
    holds(&bytes);
    let text = archive(&bytes);
    let unpacked = "HTTP/1.1 200 \r\nX-Orig-Content-Type: text/html; charset=gbk\r\nContent-Type: text/html; charset=utf-8\r\n\
        X-Orig-content-encoding: gzip\r\nX-Orig-Transfer-Encoding: chunked\r\nX-Orig-Content-Length: 7\r\n\
        Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 6\r\n\r\n中文";
    assert!(text.contains(unpacked), "{text}");
    let packed = "HTTP/1.1 200 \r\nContent-Type: text/html; charset=gbk\r\ncontent-encoding: gzip\r\nX-Orig-Transfer-Encoding: chunked\r\n\
        X-Orig-Content-Length: 7\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n\r\n";
    assert!(text.contains(packed), "{text}");
    assert!(text.contains("GET /packed HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n"), "{text}");
}

#[test]
fn a_body_that_was_cut_or_could_not_be_had_is_said_to_be_so() {
    let mut package = begun();
    let mut cut = exchange("https://a.test/cut", 200, &[], b"begin", false);
    cut.answer.as_mut().unwrap().body.as_mut().unwrap().cut = true;
    package.exchange(&cut, b"", b"begin", &[]).unwrap();
    let mut absent = exchange("https://a.test/absent", 200, &[("Content-Length", "9999999999")], b"", false);
    absent.answer.as_mut().unwrap().body = None;
    package.exchange(&absent, b"", b"", &[]).unwrap();
    let bytes = sealed(package);
    holds(&bytes);
    let text = archive(&bytes);
    assert!(text.contains("WARC-Truncated: length\r\n") && text.contains("WARC-Truncated: unspecified\r\n"), "{text}");
    assert!(text.contains("X-Orig-Content-Length: 9999999999\r\nContent-Length: 0\r\n"), "{text}");
}

/// Nothing that a page or a server writes makes an invalid record.
#[test]
fn hostile_words_stay_words() {
    let urls = [
        "http://a.test/\r\nWARC-Type: evil\r\n\r\n",
        "http://a.test/ \u{0}\u{7f}中文/../?q=<>\"{}|\\^`",
        "javascript:alert(1)",
        "data:text/plain,a b",
        "",
        "no address at all",
        "http://[::1/",
        "weixin://dl/business/?t=*中*",
        "http://a.test/#\r\n",
        "//a.test/",
        "urn:x:\u{202e}y",
    ];
    let values = ["a\r\nSet-Cookie: evil=1", "\0\u{1}", "中文\u{fffd}", "", "   ", "x\ny", "\u{85}\u{2028}"];
    let mut package = begun();
    for (nth, url) in urls.iter().enumerate() {
        for status in [0, 1, 99, 200, 999, 1000, u16::MAX] {
            let value = values[(nth + usize::from(status)) % values.len()];
            let given = [("X\r\nY", value), ("Content-Type", value), ("", value), ("Location", value), ("中", value)];
            // In a body everything may stand.
            let body = value.replace("Set-Cookie", "Anything");
            let mut one = exchange(url, status, &given, body.as_bytes(), false);
            let answer = one.answer.as_mut().unwrap();
            (answer.reason, answer.protocol, answer.remote) = (value.into(), value.into(), Some(value.into()));
            (one.method, one.error) = (["GET", "P\r\nOST", "", "POST", "中"][nth % 5].into(), Some(value.into()));
            let visitor = [("Postlink-Visitor", value.to_owned())];
            package.exchange(&one, body.as_bytes(), body.as_bytes(), &visitor).unwrap();
            package.about(url, noon(), &[("cause", value.into())], &visitor).unwrap();
            package.resource(&format!("{url}{nth}{status}"), value, noon(), body.as_bytes(), &visitor).unwrap();
        }
    }
    let bytes = sealed(package);
    holds(&bytes);
    let text = archive(&bytes);
    assert!(!text.contains("\r\nSet-Cookie") && !text.contains("\r\nWARC-Type: evil"), "a line was slipped in");
}

#[test]
fn ten_thousand_answers_of_one_address_are_one_body_and_ten_thousand_records() {
    let mut package = begun();
    for nth in 0..10_000 {
        let one = Exchange {
            at: noon() + TimeDelta::milliseconds(nth),
            ..exchange("https://a.test/pixel", 200, &[("Content-Type", "image/gif")], b"GIF89a", true)
        };
        package.exchange(&one, b"", b"GIF89a", &[]).unwrap();
    }
    let bytes = sealed(package);
    assert!(holds(&bytes).steps.iter().any(|step| step.claim.contains("20001 records")));
    assert_eq!(archive(&bytes).matches("GIF89a").count(), 1);
}

#[test]
fn files_have_plain_names_and_each_its_own() {
    let mut package = begun();
    for bad in [
        "case.json",
        "evidence/",
        "evidence/a/b.json",
        "evidence/../x",
        "evidence/a b",
        "evidence/.x",
        "archive/x.warc",
        "/evidence/x",
    ] {
        let refused = package.file(bad, Vec::new());
        assert!(matches!(refused, Err(PackageError::Name(_))), "{bad}");
    }
    package.file("evidence/a.json", Vec::new()).unwrap();
    assert!(package.file("evidence/a.json", Vec::new()).is_err());
}

#[test]
fn a_signature_changes_nothing_but_the_digest() {
    let signed = || {
        let closed = begun().close().unwrap();
        assert!(closed.hash.starts_with("sha256:") && closed.created == "1970-01-01T12:00:00Z");
        closed.seal(Some(json!({"hash": "h"}))).unwrap().into_inner()
    };
    let report = holds(&signed());
    assert_eq!(report.signed, Some(json!({"hash": "h"})));
    assert_eq!(report.contents, begun().close().unwrap().hash);
}

#[test]
fn what_is_no_package_is_refused_and_costs_nothing() {
    for bytes in [
        &b""[..],
        b"PK\x05\x06",
        &[0; 100_000],
        b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
    ] {
        assert!(!look(bytes).holds());
    }
    // Names that would leave the folder, and a record that unpacks without end.
    let mut forged = Zip::new(Cursor::new(Vec::new()));
    forged.begin("../../etc/passwd").unwrap();
    let report = look(&forged.finish().unwrap().into_inner());
    assert!(!report.holds() && format!("{report:?}").contains("../../etc/passwd"), "{report:?}");
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bomb.write_all(b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 1\r\n\r\n").unwrap();
    (0..2_000).for_each(|_| bomb.write_all(&[0; 1 << 16]).unwrap());
    let mut forged = Zip::new(Cursor::new(Vec::new()));
    forged.begin(ARCHIVE).unwrap();
    forged.write_all(&bomb.finish().unwrap()).unwrap();
    for name in [INDEX, PAGES, CONTENTS, DIGEST] {
        forged.begin(name).unwrap();
    }
    assert!(!look(&forged.finish().unwrap().into_inner()).holds());
}
