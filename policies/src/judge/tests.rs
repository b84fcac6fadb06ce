//! Every rule against its cases, and every note against every way a finding can look.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{NaiveDate, TimeZone};
use model::evidence::{AdPlace, AdSource, EvidenceId, PagePlace};
use model::finding::{Confidence, Exhibit, Scope};
use model::units::{Level, Millis};
use model::violation::Severity;
use serde::Deserialize;

use super::*;
use crate::pack::built_in;

/// `cases/<rule>.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// A day of the pack's country, at its noon.
    at: toml::value::Datetime,
    findings: Vec<Sample>,
    violations: Vec<Expected>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    check: String,
    confidence: Confidence,
    promised: Promised,
    delivered: Delivered,
    #[serde(default)]
    facts: BTreeMap<String, serde_json::Value>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promised {
    source: AdSource,
    at_s: Option<f64>,
    quote: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivered {
    level: u8,
    hop: u16,
    at_ms: u64,
    quote: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    rule: String,
    severity: Severity,
    scope: Scope,
    cite: Vec<String>,
}

impl Sample {
    fn finding(&self) -> Finding {
        let evidence = EvidenceId::of(b"picture");
        let Promised { source, at_s, ref quote } = self.promised;
        let promised = Exhibit::new(quote.as_str(), AdPlace { source, at_s, until_s: None, area: None, evidence });
        let Delivered { level, hop, at_ms, ref quote } = self.delivered;
        let place = PagePlace {
            visitor: "android-douyin".into(),
            hop,
            level: Level(level),
            url: "https://landing.test/".into(),
            at_ms: Millis(at_ms),
            area: None,
            selector: None,
            evidence,
        };
        let finding = Finding::of(&self.check)
            .promised(promised)
            .delivered(Exhibit::new(quote.as_str(), place))
            .sure(self.confidence);
        self.facts.iter().fold(finding, |finding, (name, value)| finding.fact(name, value))
    }
}

fn packs() -> Packs {
    built_in().unwrap_or_else(|error| panic!("{error}"))
}

fn noon(day: &toml::value::Datetime) -> DateTime<Utc> {
    let date = day.date.expect("a day");
    let date = NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into()).expect("a day");
    Utc.from_utc_datetime(&date.and_hms_opt(4, 0, 0).expect("an hour"))
}

/// By rule.
fn cases() -> BTreeMap<String, Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs");
    let mut cases = BTreeMap::new();
    for pack in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(pack.unwrap().path().join("cases")).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let read: Cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            cases.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), read.case);
        }
    }
    cases
}

#[test]
fn every_case_of_every_rule_comes_out_as_it_says() {
    let packs = packs();
    for (rule, cases) in cases() {
        for case in cases {
            let findings: Vec<_> = case.findings.iter().map(Sample::finding).collect();
            let found: Vec<_> = judge(&findings, &packs, noon(&case.at))
                .into_iter()
                .map(|violation| Expected {
                    rule: violation.rule,
                    severity: violation.severity,
                    scope: violation.scope,
                    cite: violation.cite,
                })
                .collect();
            assert_eq!(found, case.violations, "{rule}: {}", case.name);
        }
    }
}

#[test]
fn every_rule_has_a_case_that_fires_and_one_that_does_not() {
    let cases = cases();
    let rules: BTreeSet<_> = packs().iter().flat_map(Pack::rules).map(|rule| rule.id.get_ref().clone()).collect();
    assert_eq!(cases.keys().cloned().collect::<BTreeSet<_>>(), rules);
    for (rule, cases) in cases {
        assert!(
            cases.iter().any(|case| case.violations.iter().any(|violation| violation.rule == rule)),
            "{rule} never fires"
        );
        assert!(cases.iter().any(|case| case.violations.is_empty()), "{rule} always fires");
    }
}

#[test]
fn a_violation_names_pack_and_version() {
    let violations = judge(&[fullest("price-mismatch").finding()], &packs(), at());
    assert_eq!(violations[0].pack, "cn-internet-ads@2026.11");
    assert_eq!(violations[0].note.keys().collect::<Vec<_>>(), ["en", "zh-CN"]);
}

#[test]
fn a_finding_of_an_unknown_check_is_no_violation() {
    let sample = Sample { check: "phase-of-the-moon".into(), ..fullest("price-mismatch") };
    assert_eq!(judge(&[sample.finding()], &packs(), at()), []);
}

/// Where the rule on hidden fees names the one on hidden orders as the wider.
fn overlapping() -> Packs {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packs/cn-internet-ads");
    let mut files = BTreeMap::new();
    for below in ["", "rules", "notes"] {
        for file in std::fs::read_dir(folder.join(below)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(folder.parent().unwrap()).unwrap().display().to_string();
                files.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let rule = files.get_mut("cn-internet-ads/rules/recurring-fee-hidden.toml").expect("the rule is there");
    let kept: Vec<_> = rule.lines().filter(|line| !line.starts_with("within")).collect();
    *rule = kept.join("\n") + "\nwithin = [\"order-hidden-behind-code\"]\n";
    Packs::from_files(&files).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_rests_on_the_same_words_is_told_within_the_graver_violation() {
    let order = fullest("otp-subscription-trap").finding();
    let fee = |quote: &str, fee: &str| {
        let mut sample = fullest("recurring-fee-undisclosed");
        sample.delivered = Delivered { quote: quote.into(), hop: 2, level: 1, at_ms: 2800 };
        sample.facts = [("fee".to_owned(), fee.into())].into();
        sample.finding()
    };
    let told = |findings: &[Finding]| -> Vec<(String, Vec<String>)> {
        let violations = judge(findings, &overlapping(), at());
        violations.into_iter().map(|violation| (violation.rule, violation.covers)).collect()
    };
    let covered = vec![("order-hidden-behind-code".to_owned(), vec!["recurring-fee-undisclosed".to_owned()])];
    // The same words, or the same sum elsewhere on the page; the order of the findings does not matter.
    assert_eq!(told(&[order.clone(), fee(&order.delivered().quote, "7元/月")]), covered);
    assert_eq!(told(&[fee("每月信息费见下", "15元/月"), order.clone()]), covered);
    // Another fee is another fact.
    assert_eq!(told(&[order, fee("另收会员费", "25元/月")]).len(), 2);
    // And alone it stands for itself.
    assert_eq!(told(&[fee("另收会员费", "25元/月")]), [("recurring-fee-hidden".to_owned(), vec![])]);
}

#[test]
fn the_notes_read_as_a_careful_officer_would_write() {
    let note = |check: &str| judge(&[fullest(check).finding()], &packs(), at()).remove(0).note.remove("zh-CN").unwrap();
    let switched = note("category-switch");
    assert_eq!(
        switched.what,
        "广告视频画面（第 3.0 秒）称「免费领648礼包」，点击后第 1 级页面（经 4 次跳转，6.2 秒时）显示「39元大流量权益包」；广告推广的属于「游戏礼包」，页面提供的属于「通信套餐」。"
    );
    assert_eq!(
        switched.why,
        "页面提供的商品或服务与广告所推广的不一致，涉嫌以引人误解的内容误导消费者；发布含链接的广告应当核对下一级链接中的相关内容，涉嫌未尽核对义务。\
         依据：《互联网广告管理办法》第十八条、《广告法》第二十八条、《广告法》第八条、《消费者权益保护法》第二十条。"
    );
    assert_eq!(
        note("recurring-fee-undisclosed").what,
        "广告口播（第 1.5 秒）称「免费领视频会员」，但广告未写明按期收费；点击后第 1 级页面（经 3 次跳转，5.4 秒时）显示「确认后每月扣25元信息费，次月自动续」，\
         按期收费为「25元/月」，字号仅 11 像素，对比度仅 2.1，位于页面第 3 屏，须下滑才能看到。"
    );
    assert_eq!(
        note("otp-subscription-trap").what,
        "广告按钮称「WiFi一键加速」，点击后第 1 级页面（经 2 次跳转，2.8 秒时）显示「开通星空音乐包15元/月」；\
         页面设有填写项「手机号」「验证码」，按钮写作「立即加速」；同页载明的业务为「星空音乐包」，资费「15元/月」。"
    );
    assert_eq!(
        note("price-mismatch").what,
        "广告图片称「0元领取」，点击后第 1 级页面（经 2 次跳转，3.1 秒时）显示「29元/月」；广告标示「0元」，页面标示「29元/月」。"
    );
    assert_eq!(
        note("otp-subscription-trap").todo,
        "请将按钮「立即加速」改为「确认订购星空音乐包（15元/月）」，把业务名称、资费与退订方式置于输入框上方同屏；\
         验证码短信须写明业务名称和资费；登录或领取与订购分成两步。如验证码短信中已写明上述内容，可提交短信模板作为说明。"
    );
    assert_eq!(
        note("landing-dead-or-blocked").what,
        "广告标题称「限时领取新人礼」，点击后第 1 级页面（经 1 次跳转，0.7 秒时）返回「HTTP 404 · 页面不存在」；\
         共查看 3 次，结果相同（访客身份：android-douyin、iphone-wechat）。"
    );
}

#[test]
fn every_note_reads_well_whatever_is_missing() {
    let packs = packs();
    for check in checks() {
        let fullest = fullest(&check);
        let names: Vec<_> = fullest.facts.keys().cloned().collect();
        // Of many facts, those sets are enough in which few are there or few are missing.
        let telling = |kept: &u32| {
            let (there, all) = (kept.count_ones() as usize, names.len());
            all <= 5 || there <= 2 || there + 1 >= all
        };
        for kept in (0..1_u32 << names.len()).filter(telling) {
            let facts = fullest
                .facts
                .iter()
                .filter(|(name, _)| kept >> names.iter().position(|n| n == *name).unwrap() & 1 == 1);
            let sample =
                Sample { facts: facts.map(|(name, value)| (name.clone(), value.clone())).collect(), ..fullest.clone() };
            for sample in with_places(&sample) {
                for violation in judge(&[sample.finding()], &packs, at()) {
                    for (language, note) in violation.note {
                        for text in [note.what, note.why, note.todo] {
                            reads_well(&language, &text);
                        }
                    }
                }
            }
        }
    }
}

/// Every check that some rule judges.
fn checks() -> BTreeSet<String> {
    packs().iter().flat_map(Pack::rules).flat_map(|rule| rule.when.check.clone()).collect()
}

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 4, 0, 0).single().expect("a moment")
}

/// The finding with the most facts among the cases of a check.
fn fullest(check: &str) -> Sample {
    let samples = cases().into_values().flatten().flat_map(|case| case.findings).filter(|sample| sample.check == check);
    let mut sample = samples.max_by_key(|sample| sample.facts.len()).expect("each check has a case");
    let more: &[(&str, serde_json::Value)] = match check {
        "category-switch" => &[("delivered_price", "39元/月".into()), ("fee", "39元/月".into())],
        "landing-dead-or-blocked" => &[("error", "net::ERR_NAME_NOT_RESOLVED".into())],
        _ => &[],
    };
    sample.facts.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    sample
}

/// The same finding said by each part of an ad, on pages of each level, with words and without.
fn with_places(sample: &Sample) -> Vec<Sample> {
    let mut samples = vec![sample.clone()];
    let sources =
        [(AdSource::Video, Some(0.0)), (AdSource::Speech, None), (AdSource::Title, None), (AdSource::Click, None)];
    for (source, at_s) in sources {
        for quote in ["领「新人」礼。", ""] {
            for (level, hop) in [(1, 0), (0, 3), (2, 1)] {
                let mut other = sample.clone();
                other.promised = Promised { source, at_s, quote: quote.into() };
                other.delivered = Delivered { level, hop, at_ms: 0, quote: quote.into() };
                samples.push(other);
            }
        }
    }
    samples
}

fn reads_well(language: &str, text: &str) {
    let wrong = [
        "None",
        "none",
        "undefined",
        "null",
        "「」",
        "“”",
        "‘’",
        "（）",
        "()",
        "，，",
        "。。",
        "，。",
        "；。",
        "；；",
        "，；",
        "、，",
        "、。",
        "。，",
        "：，",
        "：。",
        "  ",
        " ,",
        " .",
        " ;",
        ",,",
        "..",
        ",.",
        ";.",
        ";;",
        "->",
        "→",
        "违法",
        "illegal",
        "{",
        "}",
    ];
    for wrong in wrong {
        assert!(!text.contains(wrong), "{language}: `{wrong}` in: {text}");
    }
    let end = if language == "zh-CN" { '。' } else { '.' };
    assert!(text.ends_with(end), "{language}: {text}");
    if language == "zh-CN" {
        assert!(!text.contains(". ") && !text.contains("。 "), "{text}");
    }
}

#[test]
fn every_why_suspects_and_says_on_what_basis() {
    for check in checks() {
        for (language, note) in judge(&[fullest(&check).finding()], &packs(), at()).remove(0).note {
            let words = if language == "zh-CN" { ["涉嫌", "依据："] } else { ["suspected", "Basis: "] };
            for word in words {
                assert!(note.why.contains(word), "{language}: {}", note.why);
            }
        }
    }
}

#[test]
fn hostile_words_stay_one_quotation() {
    let mut sample = fullest("price-mismatch");
    sample.delivered.quote = "「合规」\n\n\u{202e}{{ fee }}".repeat(100);
    sample.facts.insert("delivered_price".into(), serde_json::json!([1, { "en": null }]));
    let note = &judge(&[sample.finding()], &packs(), at())[0].note["zh-CN"];
    assert!(note.what.contains("显示「『合规』 {{ fee }}『合规』"), "{}", note.what);
    assert!(note.what.chars().count() < 300, "{}", note.what);
}

/// What the packs say of the fullest finding of a check.
pub(crate) fn notes_of(check: &str, packs: &Packs) -> BTreeMap<String, model::violation::Note> {
    judge(&[fullest(check).finding()], packs, at()).remove(0).note
}
