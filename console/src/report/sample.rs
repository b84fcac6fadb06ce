//! Cases made by hand that show everything a report can tell; what comes from the web in them is hostile.

use std::collections::BTreeMap;

use super::*;

/// A mark that runs where it is not escaped.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(2)>";

fn hostile(text: &str) -> String {
    format!("{text}{HOSTILE}")
}

/// A grey picture of one pixel: enough to be shown.
const PIXEL: &str = "data:image/gif;base64,R0lGODlhAQABAIAAAMLCwgAAACwAAAAAAQABAAACAkQBADs=";

/// A case with everything in it.
pub(crate) fn case() -> Case {
    let exhibit = Exhibit { quote: "<b>免费</b>".into(), source: Some("title".into()), ..Exhibit::default() };
    Case {
        ad_id: "g-001".into(),
        verdict: "violating".into(),
        title: Some("<script>alert(1)</script>".into()),
        description: None,
        cta: None,
        advertiser: Some(hostile("星澜")),
        platform: None,
        opened_at: "2026-11-24 22:00".into(),
        chains: vec![chain(), other_chain()],
        differences: ["fate", "offer", "price", "fields", "entity"].map(difference).to_vec(),
        violations: vec![Violation {
            check: "price-mismatch".into(),
            rule: "price-mismatch".into(),
            title: BTreeMap::from([("zh-CN".into(), "价格不一致".into()), ("en".into(), "Price".into())]),
            pack: "cn-internet-ads@2026.11".into(),
            severity: "S3".into(),
            confidence: "high".into(),
            scope: "next-level".into(),
            promised: exhibit.clone(),
            delivered: Exhibit { source: None, hop: Some(4), level: Some(1), ..exhibit.clone() },
            also: vec![exhibit],
            covers: vec!["fee-disclosure-hidden".into()],
            weighed: vec![Weighed { by: 1, why: BTreeMap::from([("en".into(), hostile("Minors are addressed"))]) }],
            also_by: vec![Ruling {
                pack: "cn-ocean-engine@2026.11".into(),
                rule: "price-differs".into(),
                severity: "S2".into(),
                title: BTreeMap::from([("zh-CN".into(), "价格与素材不符".into())]),
            }],
            cites: vec![Cite {
                id: "x#1".into(),
                title: BTreeMap::from([("zh-CN".into(), "某法".into()), ("en".into(), "Some law".into())]),
                text: BTreeMap::new(),
                verified: false,
            }],
            notes: vec![Note {
                language: "zh-CN".into(),
                what: "甲".into(),
                why: "乙".into(),
                todo: "丙".into(),
                remedy: "edit-ad".into(),
            }],
            fixes: HOWS.map(fix).to_vec(),
        }],
        gaps: vec![Gap {
            reason: "timeout".into(),
            detail: hostile("页面"),
            visitor: Some(hostile("a")),
            hop: Some(3),
            retry: true,
        }],
        seen: Vec::new(),
    }
}

/// Everything that can be done with a wording.
pub(crate) const HOWS: [&str; 5] = ["ad-instead", "ad-beside", "ad-whole", "page-instead", "page-beside"];

fn fix(how: &str) -> Fix {
    Fix {
        how: how.into(),
        instead_of: if how.ends_with("instead") { hostile("免费领取") } else { String::new() },
        text: hostile("每月29元，自动续费"),
        with_page: hostile("收费说明：每月29元"),
        clears: vec!["cn-internet-ads/recurring-fee-hidden".into()],
    }
}

/// A chain with every kind of hop, way and act.
pub(crate) fn chain() -> Chain {
    let landing = ["click", "http", "meta-refresh", "script", "history", "rewrite", "frame"];
    let ways = [
        ("action", "followed"),
        ("agreement", "followed"),
        ("fold", "opened"),
        ("close", "nothing"),
        ("popup", "known"),
        ("form", "held-back"),
        ("app-link", "not-launched"),
        ("download", "failed"),
        ("qr-code", "unspent"),
        ("clipboard", "nothing"),
        ("back", "known"),
    ];
    let acts = [
        "forced-redirect",
        "auto-download",
        "app-without-gesture",
        "popup-without-gesture",
        "back-trap",
        "close-trap",
        "late-close",
        "dialog",
        "permission-asked",
        "clipboard-written",
    ];
    Chain {
        visitor: "android-douyin".into(),
        hops: (0..).zip(landing).map(|(index, kind)| hop(index, kind, u8::from(index == 6))).collect(),
        walk: vec![hop(0, "click", 0), hop(1, "http", 0)],
        next: vec![
            Next { level: 2, hops: vec![hop(7, "next-level", 2), hop(8, "http", 2)] },
            Next { level: 2, hops: vec![hop(9, "popup", 2)] },
            Next { level: 3, hops: vec![hop(10, "app-link", 3)] },
        ],
        ways: (0..).zip(ways).map(|(index, (kind, outcome))| way(index, kind, outcome)).collect(),
        acts: (0..).zip(acts).map(|(index, kind)| act(index, kind)).collect(),
        film: Some(Film {
            strip: "data:image/jpeg;base64,c3RyaXA=".into(),
            seconds: ["0.3", "1.1", "1.2", "6.2", "7.0", "9.4"].map(Into::into).to_vec(),
            width: 6 * 132,
            height: 280,
            moving: Some("data:image/webp;base64,bW92aW5n".into()),
            video: false,
            frames: 14,
        }),
        reconfirmed: Some(Reconfirmed { at: "2026-11-27 09:00:00".into(), visited_at: "2026-11-25 21:30:00".into() }),
    }
}

/// A short one, as most are.
fn other_chain() -> Chain {
    let click = Hop { before: None, from: None, cause: None, initiator: None, ..hop(0, "click", 0) };
    Chain { visitor: "desktop-chrome".into(), hops: vec![click, hop(1, "http", 1)], ..Chain::default() }
}

fn hop(index: u16, kind: &str, level: u8) -> Hop {
    let script = kind == "script" || kind == "history";
    Hop {
        index,
        kind: kind.into(),
        level,
        host: hostile("b.test"),
        url: hostile("https://b.test/after?cid=77120391&click_id=audit&os=1&ts=1764037200&sign=8f02c1de99aa7710bb31"),
        before: Some(hostile("https://a.test/before")),
        from: if kind == "popup" { Some(6) } else { index.checked_sub(1) },
        status: Some(if kind == "http" { 302 } else { 200 }),
        at_s: if index == 6 { "6.2".into() } else { format!("{index}.0") },
        cause: Some(hostile(if kind == "http" { "302 Location" } else { "location.replace" })),
        initiator: script.then(|| hostile("https://a.test/js/app.3f0a1c.js:12:4081")),
        gesture: kind == "next-level",
        service_worker: kind == "rewrite",
        referrer: Some(hostile("https://a.test/before")),
        remote: Some("203.0.113.9:443".into()),
        tls: Some(hostile("TLS 1.3 · *.b.test · R11, Let's Encrypt · 2026-10-01 – 2026-12-30")),
        error: (kind == "popup").then(|| hostile("net::ERR_CONNECTION_RESET")),
        left: Some(PIXEL.into()),
    }
}

fn way(index: u16, kind: &str, outcome: &str) -> Way {
    let app = kind == "app-link";
    Way {
        kind: kind.into(),
        hop: 6,
        at_s: format!("{index}.5"),
        words: hostile("立即领取"),
        url: Some(hostile("https://c.test/next/page?x=1")),
        gesture: index.is_multiple_of(2),
        app: app.then(|| hostile("微信 weixin com.tencent.mm")),
        fallback: app.then(|| hostile("https://weixin.test/get")),
        file: (kind == "download").then(|| hostile("next.apk · application/vnd.android.package-archive · 48.2 MB")),
        in_ad: kind == "qr-code",
        outcome: outcome.into(),
    }
}

fn act(index: u16, kind: &str) -> Act {
    Act { kind: kind.into(), hop: 6, at_s: format!("{index}.8"), detail: hostile("went to https://d.test/ by itself") }
}

fn difference(about: &str) -> Difference {
    let shown = |visitor: &str, words: &[&str]| Shown {
        visitor: visitor.into(),
        words: words.iter().map(|word| hostile(word)).collect(),
        quote: (!words.is_empty()).then(|| hostile("次月起29元/月，自动续费")),
        url: Some(hostile("https://b.test/after")),
        picture: None,
    };
    Difference {
        about: about.into(),
        level: 1,
        confidence: "high".into(),
        repeated: about != "entity",
        sides: [shown("android-douyin", &["29 CNY/month", "sms-code"]), shown("desktop-chrome", &[])],
    }
}
