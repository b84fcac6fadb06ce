//! Packages that are made of plain records, before the validators of others.

use std::io::Cursor;
use std::path::Path;

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use model::evidence::EvidenceId;
use model::traffic::{Answer, Body, Client, Exchange, Headers};
use model::units::Millis;
use postlink_tests::archive_tools;
use storage::package::{About, Package, Page};

type Sheet = Package<Cursor<Vec<u8>>>;

#[test]
fn the_validators_of_others_accept_a_package() -> Result<()> {
    assert_eq!(complaints(&example()?)?, [""; 0]);
    Ok(())
}

#[test]
fn the_validators_of_others_accept_whatever_pages_and_servers_say() -> Result<()> {
    assert_eq!(complaints(&hostile()?)?, [""; 0]);
    Ok(())
}

#[test]
fn the_validators_of_others_see_what_was_changed() -> Result<()> {
    let mut changed = example()?;
    // In the middle of the archive, which comes first.
    changed[1_500] ^= 1;
    let told = told_by_others(&changed)?;
    assert!(told.iter().any(|told| told.starts_with("unzip")), "{told:?}");
    Ok(())
}

fn complaints(package: &[u8]) -> Result<Vec<String>> {
    let report = storage::package::verify::package(Cursor::new(package))?;
    assert!(report.holds(), "{report:#?}");
    told_by_others(package)
}

fn told_by_others(package: &[u8]) -> Result<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("case.wacz");
    std::fs::write(&path, package)?;
    archive_tools::complaints(Path::new(&path))
}

/// A chain, a page with what it asked for, the same page again, and what was made of it.
fn example() -> Result<Vec<u8>> {
    let mut package = begun()?;
    let visitor = [("Postlink-Visitor", "android-douyin".to_owned())];
    let mut add =
        |exchange: Exchange, sent: &str, body: &[u8]| package.exchange(&exchange, sent.as_bytes(), body, &visitor);
    add(get("https://go.a.test/c?id=1", 0, 302, &[("Location", "https://www.b.test/")], None), "", b"")?;
    let page = "<meta charset=gbk><p>中文".as_bytes();
    let html =
        [("Content-Type", "text/html; charset=gbk"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")];
    add(get("https://www.b.test/", 1, 200, &html, Some((page, false))), "", page)?;
    let css = [("Content-Type", "text/css"), ("Content-Encoding", "gzip"), ("Content-Length", "20")];
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    add(get("https://www.b.test/a.css", 2, 200, &css, Some((packed, true))), "", packed)?;
    let json = [("Content-Type", "application/json")];
    add(get("https://www.b.test/api?b=2&_=17&a=1", 3, 200, &json, Some((b"{}", false))), "", b"{}")?;
    for (second, kind, sent) in [
        (4, "application/x-www-form-urlencoded", "name=%E5%BC%A0+1&B=2"),
        (5, "application/json", r#"{"a":{"b":"x y","c":[1,2]},"d":"中"}"#),
        (6, "text/plain;charset=UTF-8", "hello"),
        (7, "application/octet-stream", "\u{1}\u{2}"),
    ] {
        let mut post = get("https://www.b.test/api?v=1", second, 200, &json, Some((b"[]", false)));
        post.method = "POST".into();
        post.request_headers.push(("Content-Type".into(), kind.into()));
        add(post, sent, b"[]")?;
    }
    add(get("https://www.b.test/", 20, 200, &html, Some((page, false))), "", page)?;
    add(get("https://www.b.test/empty", 21, 204, &[], None), "", b"")?;
    let mut failed = get("https://gone.test/", 22, 0, &[], None);
    (failed.answer, failed.error) = (None, Some("net::ERR_NAME_NOT_RESOLVED".into()));
    add(failed, "", b"")?;
    package.about("https://go.a.test/c?id=1", noon(), &[("kind", "click".into()), ("index", "0".into())], &visitor)?;
    package.resource("urn:postlink:dom:sha256:AB", "text/html", noon(), b"<p>", &[])?;
    package.resource("urn:postlink:picture:1", "image/png", noon(), &[0x89, b'P', b'N', b'G'], &[])?;
    package.page(Page {
        id: "1".into(),
        url: "https://www.b.test/".into(),
        title: "中文".into(),
        at: at(1),
        text: "中文".into(),
    });
    let page_again = Page {
        id: "2".into(),
        url: "https://www.b.test/".into(),
        title: String::new(),
        at: at(20),
        text: String::new(),
    };
    package.page(page_again);
    for (name, text) in [
        ("case.json", "{}"),
        ("notes.html", "<p>"),
        ("a.jpg", "no picture"),
        ("b.srt", "1\n"),
        ("c.mp4", "x"),
        ("d.csv", "a,b\n1,2\n"),
    ] {
        package.file(&format!("evidence/{name}"), text.as_bytes().to_vec())?;
    }
    Ok(package.close()?.seal(None)?.into_inner())
}

fn hostile() -> Result<Vec<u8>> {
    let mut package = begun()?;
    let urls = [
        "http://a.test/\r\nWARC-Type: evil\r\n\r\n",
        "http://a.test/ \u{0}\u{7f}中文/../?q=<>\"{}|\\^`%zz",
        "https://中文.公司:8443/a?b#c",
        "http://[::1]:80/",
        "http://1.2.3/",
        "data:text/plain,a b",
        "no address at all",
        "weixin://dl/business/?t=*中*",
        "blob:https://a.test/1",
    ];
    let values = [
        "a\r\nSet-Cookie: evil=1",
        "\0\u{1}",
        "中文\u{fffd}",
        "",
        "   ",
        "x\ny",
        "\u{85}\u{2028}",
        "text/html; charset=\"x",
    ];
    for (nth, url) in urls.iter().enumerate() {
        for (status, value) in [0, 99, 200, 301, 404, 999, 1000].into_iter().zip(values.iter().cycle().skip(nth)) {
            let given = [
                ("X\r\nY", *value),
                ("Content-Type", value),
                ("", value),
                ("Location", value),
                ("中", value),
                ("Link", value),
            ];
            let body = value.repeat(3);
            let mut one = get(url, nth as i64, status, &given, Some((body.as_bytes(), false)));
            if let Some(answer) = &mut one.answer {
                (answer.reason, answer.protocol, answer.remote) =
                    ((*value).into(), (*value).into(), Some((*value).into()));
            }
            one.method = ["GET", "P\r\nOST", "", "HEAD", "OPTIONS"][nth % 5].into();
            package.exchange(&one, value.as_bytes(), body.as_bytes(), &[("Postlink-Visitor", (*value).to_owned())])?;
            package.about(url, noon(), &[("cause", (*value).into())], &[])?;
            package.resource(&format!("{url}{nth}{status}"), value, noon(), value.as_bytes(), &[])?;
        }
    }
    Ok(package.close()?.seal(None)?.into_inner())
}

fn begun() -> Result<Sheet> {
    let notes = vec![("http-header-user-agent".to_owned(), "x".to_owned())];
    let about = About { title: "Case 「一」".into(), software: "postlink 0.1.0".into(), created: at(30), notes };
    Ok(Package::begin(Cursor::new(Vec::new()), about)?)
}

fn get(url: &str, second: i64, status: u16, given: &[(&str, &str)], body: Option<(&[u8], bool)>) -> Exchange {
    let headers = |given: &[(&str, &str)]| -> Headers {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let body = body.map(|(bytes, as_received)| Body {
        evidence: EvidenceId::of(bytes),
        bytes: bytes.len() as u64,
        as_received,
        cut: false,
    });
    let answer = Answer {
        protocol: "h2".into(),
        status,
        reason: String::new(),
        media_type: "text/html".into(),
        headers: headers(given),
        body,
        remote: Some("127.0.0.1:443".into()),
        service_worker: false,
    };
    Exchange {
        by: Client::Browser,
        url: url.into(),
        method: "GET".into(),
        kind: "document".into(),
        at: at(second),
        at_ms: Millis(0),
        request_headers: headers(&[(":authority", "a.test"), ("Accept", "*/*")]),
        request_body: None,
        answer: Some(answer),
        error: None,
    }
}

fn noon() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(500_000) + TimeDelta::milliseconds(7)
}

fn at(second: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(second)
}
