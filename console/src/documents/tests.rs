//! Every document in both languages: nothing from outside runs in it, and every word of it has its translations.

use std::collections::BTreeMap;

use super::*;

/// A mark that runs where it is not escaped.
const HOSTILE: &str = "<img src=x onerror=alert(2)>";

fn hostile() -> String {
    HOSTILE.to_owned()
}

fn head() -> Head {
    let basis = Basis {
        id: "law#1".into(),
        title: BTreeMap::from([("zh-CN".into(), "《某法》第一条".into()), ("en".into(), "Some Law, Article 1".into())]),
        clause: BTreeMap::from([("zh-CN".into(), hostile())]),
        verified: false,
    };
    Head {
        number: "PL-1".into(),
        operator: Operator { name: hostile(), ..Operator::default() },
        selection: Selection { by: "advertiser".into(), of: hostile(), cases: 1 },
        basis: vec![basis],
        ..Head::default()
    }
}

fn gap() -> GapTold {
    GapTold { reason: "timeout".into(), detail: hostile(), visitor: Some(hostile()) }
}

fn confirmed() -> Confirmed {
    Confirmed { at: hostile(), visited_at: hostile() }
}

fn ledger() -> Ledger {
    let row = |result: &str| LedgerRow {
        number: 1,
        visitor: hostile(),
        means: "browser".into(),
        hop: 0,
        level: Some(1),
        kind: "click".into(),
        url: hostile(),
        remote: Some(hostile()),
        at: hostile(),
        about: true,
        status: Some(200),
        error: Some(hostile()),
        result: result.into(),
        found: vec![hostile()],
        gaps: vec![gap()],
        snapshot: None,
    };
    let ad = |status: &str| LedgerAd {
        ad_id: hostile(),
        title: hostile(),
        platform: Some(hostile()),
        advertiser: Some(hostile()),
        case_id: hostile(),
        opened_at: hostile(),
        verdict: "violating".into(),
        status: status.into(),
        manifest: hostile(),
        reconfirmed: Some(confirmed()),
        rows: ["passed", "nothing-found", "found", "not-checked", "not-again"].map(row).to_vec(),
        gaps: vec![gap()],
    };
    let coverage = Coverage { reasons: vec![Reason { reason: "timeout".into(), ads: 1 }], ..Coverage::default() };
    Ledger { head: head(), coverage, ads: ["checked", "partly", "not-checked"].map(ad).to_vec() }
}

fn dossier() -> Dossier {
    let ruled = Ruled { title: BTreeMap::new(), rule: hostile(), pack: hostile(), severity: "S1".into() };
    let look = Look {
        case_id: hostile(),
        opened_at: hostile(),
        sealed_at: hostile(),
        visitors: vec![hostile(), hostile()],
        reconfirmed: Some(confirmed()),
        pages: 1,
        deepest: 2,
        verdict: "inconclusive".into(),
        violations: vec![ruled],
        gaps: vec![gap()],
        manifest: hostile(),
    };
    let since = Since { url: true, title: true, added: vec![hostile()], gone: vec![hostile()], more: 3 };
    let watch = Watch {
        at: hostile(),
        case_id: hostile(),
        visitor: hostile(),
        url: hostile(),
        title: hostile(),
        sentences: 2,
        text_sha256: hostile(),
        snapshot: hostile(),
        reconfirmed: Some(confirmed()),
        against: Some(Against { url: "same".into(), title: "other".into(), text: "not-given".into() }),
        since: Some(since),
    };
    let decision = |kind: &str| Decision {
        at: hostile(),
        kind: kind.into(),
        what: hostile(),
        violation: Some(2),
        reason: Some(hostile()),
        record: hostile(),
    };
    let ad = DossierAd {
        ad_id: hostile(),
        title: hostile(),
        platform: None,
        click_url: hostile(),
        landing_url: Some(hostile()),
        approved: Some(Approved { url: Some(hostile()), title: None, characters: Some(3), sha256: None, at: None }),
        looks: vec![look],
        watch: vec![Watch { since: None, ..watch.clone() }, watch],
        page_facts: vec![PageFact { kind: "icp".into(), text: hostile(), url: hostile() }],
        decisions: ["decision", "measure", "deletion"].map(decision).to_vec(),
    };
    let bare =
        DossierAd { approved: None, watch: Vec::new(), page_facts: Vec::new(), decisions: Vec::new(), ..ad.clone() };
    let given =
        vec![Given { field: "address".into(), value: None }, Given { field: hostile(), value: Some(hostile()) }];
    Dossier { head: head(), parties: vec![Party { id: None, platform: Some(hostile()), given, ads: vec![ad, bare] }] }
}

fn extraction() -> Extraction {
    let file = |what: &str| File {
        what: what.into(),
        of: hostile(),
        media_type: hostile(),
        bytes: 1,
        captured_at: hostile(),
        sha256: hostile(),
    };
    let steps = ["open", "read-ad", "click", "walk", "capture", "compare", "judge", "seal"];
    let record = Record {
        case_id: hostile(),
        ad_id: hostile(),
        title: hostile(),
        began: hostile(),
        ended: hostile(),
        sealed: hostile(),
        clock_offset: None,
        egress: Some(hostile()),
        health: [true, false].map(|well| Tested { what: hostile(), well, at: hostile() }).to_vec(),
        addresses: vec![Address {
            visitor: hostile(),
            hop: 1,
            level: 1,
            url: hostile(),
            remote: None,
            certificate: Some(hostile()),
        }],
        visitors: vec![VisitorTold {
            name: hostile(),
            user_agent: hostile(),
            language: hostile(),
            time_zone: hostile(),
            screen: hostile(),
            blocked: 1,
        }],
        software: vec![Tool { name: hostile(), version: hostile() }; 2],
        steps: steps.map(|what| Step { at: Some(hostile()), what: what.into(), of: hostile() }).to_vec(),
        files: vec![file("look"), file("other")],
        gaps: vec![gap()],
        manifest: hostile(),
        previous: None,
        line: hostile(),
    };
    Extraction {
        head: head(),
        records: vec![Record { health: Vec::new(), gaps: Vec::new(), ..record.clone() }, record],
    }
}

fn certificate() -> Certificate {
    Certificate {
        head: Head { redacted: true, ..head() },
        case_id: hostile(),
        ad_id: hostile(),
        title: hostile(),
        advertiser: None,
        platform: None,
        click_url: hostile(),
        began: hostile(),
        sealed: hostile(),
        seen: vec![SeenBy {
            visitor: hostile(),
            hops: 1,
            pages: 1,
            deepest: 1,
            landing: hostile(),
            at: hostile(),
            snapshot: hostile(),
        }],
        promised: 1,
        checks: Some("2".into()),
        packs: vec![Tool { name: hostile(), version: hostile() }; 2],
        software: Vec::new(),
        possible: 1,
        manifest: hostile(),
        line: hostile(),
    }
}

fn transfer() -> transfer::Transfer {
    let fact = transfer::Fact {
        number: 1,
        severity: "S4".into(),
        title: BTreeMap::new(),
        rule: hostile(),
        pack: hostile(),
        promised: hostile(),
        delivered: hostile(),
        url: hostile(),
        cite: vec![hostile()],
    };
    let listed = File {
        what: "look".into(),
        of: hostile(),
        media_type: hostile(),
        bytes: 1,
        captured_at: hostile(),
        sha256: hostile(),
    };
    let decision = Decision {
        at: hostile(),
        kind: "decision".into(),
        what: "reject".into(),
        violation: None,
        reason: None,
        record: hostile(),
    };
    transfer::Transfer {
        head: head(),
        to: BTreeMap::from([("zh-CN".into(), hostile())]),
        by: hostile(),
        case_id: hostile(),
        ad_id: hostile(),
        title: hostile(),
        platform: None,
        advertiser: Some(hostile()),
        click_url: hostile(),
        opened_at: hostile(),
        sealed_at: hostile(),
        facts: vec![fact],
        decisions: vec![decision],
        evidence: vec![listed],
        manifest: hostile(),
        software: Vec::new(),
    }
}

fn index() -> Index {
    let case = |word: &str| IndexCase {
        case_id: hostile(),
        ad_id: hostile(),
        title: hostile(),
        advertiser: None,
        opened_at: hostile(),
        verdict: "clean".into(),
        violations: 1,
        gaps: 1,
        manifest: hostile(),
        certificate: word.is_empty(),
        no_certificate: word.into(),
    };
    Index {
        head: head(),
        language: "en".into(),
        cases: ["", "violating", "inconclusive", "reconfirmed", "pasted"].map(case).to_vec(),
        parts: vec![Part { name: hostile(), what: "ledger".into() }],
        packages: true,
        stamps: true,
        proofs: true,
        signed: true,
        stamped: true,
    }
}

/// Each document in this language.
fn pages(language: &str) -> [(&'static str, String); 7] {
    [
        ("ledger", html(&ledger(), language).unwrap()),
        ("dossier", html(&dossier(), language).unwrap()),
        ("extraction", html(&extraction(), language).unwrap()),
        ("certificate", html(&certificate(), language).unwrap()),
        ("index", html(&index(), language).unwrap()),
        ("transfer", html(&transfer(), language).unwrap()),
        ("weekly", html(&weekly::Weekly::sample(head(), HOSTILE), language).unwrap()),
    ]
}

#[test]
fn what_comes_from_outside_is_shown_and_never_run() {
    for language in LANGUAGES {
        for (name, page) in pages(language) {
            assert!(!page.contains("<img src=x"), "{name} in {language} does not escape something");
            assert!(page.matches("&lt;img src=x onerror=alert(2)&gt;").count() > 5, "{name} in {language}");
            assert!(page.contains("default-src 'none'") && !page.contains("<script"), "{name} in {language}");
        }
    }
}

/// Words that are looked up by a fixed name: `t("group", "key")`, and lists of columns, people, reasons.
#[test]
fn every_word_of_a_template_has_its_translations() {
    let mut looked = 0;
    for (template, text) in PIECES {
        for call in text.split("t(\"").skip(1) {
            let mut parts = call.split('"');
            let (Some(group), Some(", "), Some(key)) = (parts.next(), parts.next(), parts.next()) else { continue };
            // That both languages have the same words is tested with the words.
            assert_ne!(word("zh-CN", group, key), key, "{template}: there is no word for {group}.{key}");
            looked += 1;
        }
    }
    assert!(looked > 100, "{looked}");
    for (name, page) in pages("zh-CN") {
        let columns = page.split("<th class=\"").skip(1).filter_map(|rest| rest.split_once("\">"));
        for (column, rest) in columns {
            assert!(!rest.starts_with(&format!("{column}<")), "{name}: column.{column} has no word");
        }
    }
}

#[test]
fn the_two_languages_are_not_mixed() {
    for (name, page) in pages("en") {
        // The law is told in the language that it has.
        let told = page.replace("《某法》第一条", "");
        let body = told.split("</style>").nth(1).unwrap_or_default();
        let chinese: Vec<char> = body.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
        assert_eq!(chinese, [' '; 0], "{name}");
    }
}

/// What a program says of itself is English: it stands where that is read.
#[test]
fn chinese_documents_say_what_was_decided_and_seen_in_chinese() {
    let plain = GapTold { reason: "timeout".into(), detail: "the page took too long".into(), visitor: None };
    let with_gap = |mut ledger: Ledger| {
        ledger.ads.iter_mut().for_each(|ad| ad.gaps = vec![plain.clone()]);
        ledger
    };
    assert!(!html(&with_gap(ledger()), "zh-CN").unwrap().contains("took too long"));
    assert!(html(&with_gap(ledger()), "en").unwrap().contains("took too long"));
    let page = html(&transfer(), "zh-CN").unwrap();
    assert!(page.contains("人工决定：整个案卷 已驳回") && page.contains("所见记录（比对之前）"), "{page}");
    assert!(!page.contains("认定：") && !page.contains("reject"), "{page}");
}

#[test]
fn a_certificate_names_the_checks_that_were_sealed_and_no_others() {
    let of = |checks: Option<&str>| html(&Certificate { checks: checks.map(Into::into), ..certificate() }, "zh-CN");
    assert!(of(Some("27")).unwrap().contains("检查项 27 项"));
    assert!(of(None).unwrap().contains("检查项数（未记录）"));
}

#[test]
fn verify_md_says_in_both_languages_what_there_is_not() {
    let bare = Index { packages: false, stamps: false, proofs: false, signed: false, stamped: false, ..index() };
    let text = verify_md(&bare).unwrap();
    for words in
        ["未签名", "无可信时间戳", "无透明日志证明", "not signed", "no trusted time stamp", "no proof of a log"]
    {
        assert!(text.contains(words), "{words}");
    }
    let whole = verify_md(&index()).unwrap();
    assert!(!whole.contains("未签名") && !whole.contains("not signed"), "{whole}");
}
