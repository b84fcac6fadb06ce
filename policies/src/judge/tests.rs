//! Every rule against its cases, and every note against every way a finding can look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{DateTime, TimeZone, Utc};
use model::evidence::AdSource;
use model::violation::Severity;

use super::*;
use crate::cases::{CaseFile, Delivered, Promised, SampleFinding as Sample, try_cases};
use crate::pack::built_in_files;
use crate::pack::tests::{load, loaded};
use crate::read::Source;

fn packs() -> Packs {
    loaded(&built_in_files())
}

/// The pack whose notes are looked at word by word.
fn chinese() -> Packs {
    packs().only("cn-internet-ads")
}

fn judged(findings: &[Finding], packs: &Packs) -> Vec<Violation> {
    judge(findings, packs, &anywhere(packs))
}

/// Circumstances in which every pack applies.
fn anywhere(packs: &Packs) -> Circumstances {
    let about = packs.about();
    let words = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
    Circumstances {
        at: at(),
        markets: about.iter().flat_map(|about| words(about.markets.clone())).collect(),
        platform: about.iter().flat_map(|about| words(about.platforms.clone())).next(),
        kinds: packs.rules().flat_map(|rule| rule.kinds().map(str::to_owned).collect::<Vec<_>>()).collect(),
        ..Circumstances::default()
    }
}

#[test]
fn every_case_of_every_rule_comes_out_as_it_says() {
    let tried = try_cases(&packs(), &built_in_files()).unwrap_or_else(|error| panic!("{error}"));
    let faults: Vec<_> = tried.iter().filter(|tried| tried.fault.is_some()).map(|tried| format!("{tried:?}")).collect();
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), tried.len(), faults.join("\n"));
    assert!(tried.len() > 100);
}

#[test]
fn a_violation_names_pack_and_version() {
    let violations = judged(&[fullest("price-mismatch").finding()], &packs());
    assert_eq!(violations[0].pack, "cn-internet-ads@2026.11");
    assert_eq!(violations[0].note.keys().collect::<Vec<_>>(), ["en", "zh-CN"]);
}

#[test]
fn a_finding_of_an_unknown_check_is_no_violation() {
    let sample = Sample { check: "phase-of-the-moon".into(), ..fullest("price-mismatch") };
    assert_eq!(judged(&[sample.finding()], &packs()), []);
}

/// Where the rule on hidden fees names the one on hidden orders as the wider.
fn overlapping() -> Packs {
    let mut files = built_in_files();
    let rule = files.get_mut("cn-internet-ads/rules/recurring-fee-hidden.toml").expect("the rule is there");
    let kept: Vec<_> = rule.lines().filter(|line| !line.starts_with("within")).collect();
    *rule = kept.join("\n") + "\nwithin = [\"order-hidden-behind-code\"]\n";
    loaded(&files).only("cn-internet-ads")
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
        let violations = judged(findings, &overlapping());
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
    let note = |check: &str| judged(&[fullest(check).finding()], &chinese()).remove(0).note.remove("zh-CN").unwrap();
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
    for (pack, check) in judging() {
        let (fullest, alone) = (fullest(&check), packs.only(&pack));
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
                for violation in judged(&[sample.finding()], &alone) {
                    for (language, note) in violation.note {
                        for text in [note.what, note.why, note.todo] {
                            reads_well(&format!("{pack}/{} in {language}", violation.rule), &language, &text);
                        }
                    }
                }
            }
        }
    }
}

/// Every check that some rule of a settled stage judges today, by pack.
fn judging() -> BTreeSet<(String, String)> {
    let packs = packs();
    let today = at().date_naive();
    let judges = |(from, until): (chrono::NaiveDate, Option<chrono::NaiveDate>)| {
        from <= today && until.is_none_or(|until| today <= until)
    };
    let rules = packs.rules().filter(|rule| rule.stage() == "settled" && judges(rule.in_force()));
    rules.flat_map(|rule| rule.checks().map(move |check| (rule.pack().to_owned(), check.to_owned()))).collect()
}

/// The cases of all packs.
static CASES: LazyLock<Vec<crate::cases::Sample>> = LazyLock::new(|| {
    let files = built_in_files();
    let cases = files.iter().filter(|(file, _)| file.contains("/cases/"));
    let read = |(file, text): (&String, &String)| -> CaseFile {
        Source { file, text }.parse().unwrap_or_else(|error| panic!("{error}"))
    };
    cases.flat_map(|case| read(case).case).collect()
});

fn at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 24, 4, 0, 0).single().expect("a moment")
}

/// The finding with the most facts among the cases of a check; of equals the first, which is the first pack's.
fn fullest(check: &str) -> Sample {
    let samples = CASES.iter().flat_map(|case| &case.findings).filter(|sample| sample.check == check);
    let sure = samples.filter(|sample| sample.confidence >= model::finding::Confidence::Medium);
    let most = |most: Option<&'static Sample>, sample: &'static Sample| match most {
        Some(most) if most.facts.len() >= sample.facts.len() => Some(most),
        _ => Some(sample),
    };
    let mut sample = sure.fold(None, most).expect("each check has a case").clone();
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

fn reads_well(of: &str, language: &str, text: &str) {
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
        assert!(!text.contains(wrong), "{of}: `{wrong}` in: {text}");
    }
    let end = if language == "zh-CN" { '。' } else { '.' };
    assert!(text.ends_with(end), "{of}: {text}");
    if language == "zh-CN" {
        assert!(!text.contains(". ") && !text.contains("。 "), "{text}");
    }
}

#[test]
fn every_why_suspects_and_says_on_what_basis() {
    let packs = packs();
    for (pack, check) in judging() {
        for violation in judged(&[fullest(&check).finding()], &packs.only(&pack)) {
            for (language, note) in violation.note {
                let words = if language == "zh-CN" { ["涉嫌", "依据："] } else { ["suspected", "Basis: "] };
                for word in words {
                    assert!(note.why.contains(word), "{pack}/{} in {language}: {}", violation.rule, note.why);
                }
            }
        }
    }
}

#[test]
fn hostile_words_stay_one_quotation() {
    let mut sample = fullest("price-mismatch");
    sample.delivered.quote = "「合规」\n\n\u{202e}{{ fee }}".repeat(100);
    sample.facts.insert("delivered_price".into(), serde_json::json!([1, { "en": null }]));
    let note = &judged(&[sample.finding()], &chinese())[0].note["zh-CN"];
    assert!(note.what.contains("显示「『合规』 {{ fee }}『合规』"), "{}", note.what);
    assert!(note.what.chars().count() < 300, "{}", note.what);
}

/// What the packs say of the fullest finding of a check.
pub(crate) fn notes_of(check: &str, packs: &Packs) -> BTreeMap<String, model::violation::Note> {
    judged(&[fullest(check).finding()], packs).remove(0).note
}

/// The packs with one text replaced in one file.
fn changed(file: &str, from: &str, to: &str) -> Packs {
    let mut files = built_in_files();
    let text = files.get_mut(file).expect("the file is there");
    assert!(text.contains(from), "{from} is not in {file}");
    *text = text.replacen(from, to, 1);
    load(&files).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_pack_judges_only_ads_that_run_where_it_holds() {
    let packs = packs();
    let finding = fullest("price-mismatch").finding();
    let by = |markets: &[&str], platform: Option<&str>| -> Vec<String> {
        let circumstances = Circumstances {
            at: at(),
            markets: markets.iter().map(|market| (*market).to_owned()).collect(),
            platform: platform.map(str::to_owned),
            ..Circumstances::default()
        };
        let violations = judge(std::slice::from_ref(&finding), &packs, &circumstances);
        let all = violations.iter().flat_map(rulings_of);
        all.map(|pack| pack.split('@').next().unwrap().to_owned()).collect()
    };
    assert_eq!(by(&["CN"], None), ["cn-internet-ads"]);
    assert_eq!(by(&["CN"], Some("oceanengine")), ["cn-internet-ads", "cn-ocean-engine"]);
    assert_eq!(by(&["GB"], None), ["uk-consumer"]);
    assert_eq!(by(&["FR"], None), ["eu-consumer"]);
    assert_eq!(by(&["US"], None), ["us-ftc"]);
    assert_eq!(by(&["JP"], None), [""; 0]);
}

/// The pack that speaks, then those beside it.
fn rulings_of(violation: &Violation) -> Vec<String> {
    std::iter::once(violation.pack.clone()).chain(violation.also_by.iter().map(|ruling| ruling.pack.clone())).collect()
}

#[test]
fn one_finding_is_one_violation_and_the_law_speaks_before_a_platform() {
    let packs = packs();
    let violations = judged(&[fullest("price-mismatch").finding()], &packs);
    let [violation] = &violations[..] else { panic!("{violations:?}") };
    assert!(violation.also_by.len() > 1, "{:?}", violation.also_by);
    assert_ne!(violation.scope, Scope::Platform);
    assert!(
        violation.also_by.iter().all(|ruling| ruling.scope == Scope::Platform || ruling.severity <= violation.severity)
    );
}

#[test]
fn evasion_an_audience_and_repetition_make_it_graver_and_say_so() {
    let packs = chinese();
    let mut sample = fullest("gift-mismatch");
    sample.facts.clear();
    let finding = sample.finding();
    let judged = |change: &dyn Fn(&mut Circumstances), more: &[Finding]| {
        let mut circumstances = anywhere(&packs);
        change(&mut circumstances);
        let all: Vec<_> = std::iter::once(finding.clone()).chain(more.iter().cloned()).collect();
        let first = judge(&all, &packs, &circumstances).remove(0);
        (first.severity, first.weighed.into_iter().map(|one| one.id).collect::<Vec<_>>())
    };
    let plain = judged(&|_| {}, &[]);
    assert_eq!(plain, (Severity::S3, vec![]));
    assert_eq!(judged(&|c| c.elderly = true, &[]), (Severity::S4, vec!["elderly".to_owned()]));
    assert_eq!(judged(&|c| c.minor = true, &[]), (Severity::S4, vec!["minor".to_owned()]));
    assert_eq!(judged(&|c| c.earlier = vec![at(); 2], &[]), plain);
    assert_eq!(judged(&|c| c.earlier = vec![at(); 3], &[]), (Severity::S4, vec!["repeated".to_owned()]));
    assert_eq!(judged(&|c| c.earlier = vec![at() - chrono::TimeDelta::days(731); 3], &[]), plain);
    assert_eq!(judged(&|_| {}, &[fullest("cloaking").finding()]), (Severity::S4, vec!["evasion".to_owned()]));
    let corrected = |c: &mut Circumstances| c.corrected = ["gift-mismatch".to_owned()].into();
    assert_eq!(judged(&corrected, &[]), (Severity::S2, vec!["corrected".to_owned()]));
}

#[test]
fn less_certainty_is_enough_where_the_elderly_are_addressed() {
    let packs = chinese();
    let mut sample = fullest("recurring-fee-undisclosed");
    sample.confidence = model::finding::Confidence::Low;
    let judged = |elderly| judge(&[sample.finding()], &packs, &Circumstances { elderly, ..anywhere(&packs) });
    assert_eq!(judged(false), []);
    let violation = judged(true).remove(0);
    assert!(
        violation.weighed.iter().any(|one| one.id == "threshold-elderly" && one.by == 0),
        "{:?}",
        violation.weighed
    );
}

#[test]
fn only_what_is_in_force_that_day_is_cited() {
    let file = "cn-internet-ads/citations.toml";
    let packs = changed(file, "in_force_from = 2014-03-15", "in_force_from = 2014-03-15\nin_force_until = 2026-11-23");
    let cites = |hour: u32| {
        let at = Utc.with_ymd_and_hms(2026, 11, 23, hour, 0, 0).single().expect("a moment");
        let circumstances = Circumstances { at, ..anywhere(&packs) };
        let packs = packs.only("cn-internet-ads");
        judge(&[fullest("recurring-fee-undisclosed").finding()], &packs, &circumstances).remove(0).cite
    };
    // The day ends at midnight in Beijing, which is 16:00 UTC.
    assert!(cites(15).iter().any(|id| id == "xb-2013#26"));
    assert!(!cites(16).iter().any(|id| id.starts_with("xb-2013")));
}

#[test]
fn a_rule_that_is_replaced_is_silent_while_the_other_is_in_force() {
    let mut files = built_in_files();
    let old = "cn-internet-ads/rules/gift-differs.toml";
    let new = files[old]
        .replace("\"gift-differs\"\ntitle", "\"gift-differs-anew\"\ntitle")
        .replace("from = 2023-05-01", "from = 2026-11-24")
        + "\nreplaces = [\"gift-differs\"]\n";
    let new = new.replacen("id              = \"gift-differs\"", "id              = \"gift-differs-anew\"", 1);
    files.insert("cn-internet-ads/rules/gift-differs-anew.toml".to_owned(), new);
    let packs = load(&files).unwrap_or_else(|error| panic!("{error}")).only("cn-internet-ads");
    let by = |hours: i64| {
        let circumstances = Circumstances { at: at() + chrono::TimeDelta::hours(hours), ..anywhere(&packs) };
        judge(&[fullest("gift-mismatch").finding()], &packs, &circumstances).remove(0).rule
    };
    assert_eq!([by(0), by(-24)], ["gift-differs-anew", "gift-differs"]);
}

#[test]
fn each_reader_is_told_what_is_theirs() {
    use crate::note::Depth;
    let packs = packs();
    let violation = judged(&[fullest("cloaking").finding()], &packs.only("cn-internet-ads")).remove(0);
    let told = |depth| packs.tell(&violation, depth, "zh-CN").expect("the rule is known");
    let [platform, advertiser, regulator] = [Depth::Platform, Depth::Advertiser, Depth::Regulator].map(told);
    assert!(platform.what.contains("android-douyin") || platform.facts.contains_key("visitors"));
    let advertisers = serde_json::to_string(&advertiser).expect("plain data");
    for word in ["android-douyin", "desktop-chrome", "iphone-wechat", "visitors", "differs_in"] {
        assert!(!advertisers.contains(word), "{word} in {advertisers}");
    }
    assert!(advertiser.todo.is_some() && regulator.todo.is_none());
    assert!(!regulator.facts.is_empty() && !regulator.evidence.is_empty());
    assert!(regulator.basis.iter().all(|clause| clause.verified && !clause.text.is_empty()));
}

#[test]
fn a_regulator_is_shown_nothing_unverified() {
    use crate::note::Depth;
    let mut files = built_in_files();
    let text = files.get_mut("cn-internet-ads/citations.toml").unwrap();
    *text = text.replacen("\"V2\"", "\"M\"", 1);
    let packs = loaded(&files);
    let violation = judged(&[fullest("price-mismatch").finding()], &packs.only("cn-internet-ads")).remove(0);
    let platform = packs.tell(&violation, Depth::Platform, "zh-CN").unwrap();
    assert!(platform.basis.iter().any(|clause| !clause.verified) && platform.why.contains("待核实"), "{platform:?}");
    let regulator = packs.tell(&violation, Depth::Regulator, "zh-CN").unwrap();
    assert!(!regulator.basis.is_empty() && !regulator.why.contains("待核实"), "{regulator:?}");
}
