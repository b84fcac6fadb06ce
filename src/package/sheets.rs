//! Sheets for people: what the ad says and when, what was found, and how everything came to be.

use console::sheet::{Section, Sheet};
use model::case::Case;
use model::chain::Reconfirmed;
use model::evidence::AdSource;
use model::statement::{ReadBy, Role};
use serde::Serialize;

use super::{Contents, provenance};
use model::line::word;

/// What was read or heard in the ad.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Said<'a> {
    text: &'a str,
    source: Option<AdSource>,
    /// Seconds from the video's first frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until_s: Option<f64>,
    role: Role,
    read_by: ReadBy,
    /// The picture, the frame, or the ad as it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
}

pub(super) fn transcript(case: &Case) -> Vec<Said<'_>> {
    let said = case.promised.iter().map(|statement| {
        let place = statement.ad_place();
        Said {
            text: &statement.text,
            source: place.map(|place| place.source),
            at_s: place.and_then(|place| place.at_s),
            until_s: place.and_then(|place| place.until_s),
            role: statement.role,
            read_by: statement.read_by,
            evidence: place.map(|place| place.evidence.to_string()),
        }
    });
    said.collect()
}

pub(super) fn provenance(sheet: &provenance::Sheet) -> Vec<u8> {
    let mut page = Sheet::new(format!("取证环境 Provenance: {}", sheet.case_id));
    let mut first = Section::new("案卷 Case");
    first.row("广告 Ad", &sheet.ad_id);
    first.row("点击地址 Click", &sheet.click_url);
    first.row("开始 Opened", &sheet.opened_at.to_rfc3339());
    first.row("最后一件 Last artefact", &sheet.last_at.to_rfc3339());
    if let Some(offset) = &sheet.clock_offset {
        first.row("时钟偏差 Clock offset", &offset.told());
    }
    page.add(first);
    let mut tools = Section::new("工具与版本 Tools");
    sheet.tools.iter().for_each(|(name, version)| tools.row(name, version));
    page.add(tools);
    for visit in &sheet.visits {
        let again = match (visit.cheap, visit.again) {
            (true, _) => "，轻量复核 cheap look",
            (false, true) => "，复查 made again",
            (false, false) => "",
        };
        let mut section = Section::new(&format!("访客 Visitor: {}{again}", visit.visitor));
        if let Some(at) = visit.clicked_at {
            section.row("点击时间 Clicked", &at.to_rfc3339());
        }
        if let Some(mark) = &visit.reconfirmed {
            section.row("再确认 Re-confirmed", &confirmed(mark));
        }
        section.row("请求 Requests", &format!("{} ({} dropped)", visit.exchanges, visit.dropped));
        for one in &visit.provenance {
            // Every field that there is, also those of later versions.
            let fields = serde_json::to_value(one).unwrap_or_default();
            for (name, value) in fields.as_object().into_iter().flatten() {
                let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
                if !["", "[]"].contains(&value.as_str()) {
                    section.row(name, &value);
                }
            }
        }
        for (name, host) in &visit.hosts {
            let addresses = host.addresses.iter().cloned().collect::<Vec<_>>().join(", ");
            section.row(&format!("主机 Host {name}"), &addresses);
            for tls in &host.certificates {
                let told = format!(
                    "{}, {}; {} ← {}; {} – {}",
                    tls.protocol, tls.cipher, tls.subject, tls.issuer, tls.valid_from, tls.valid_to
                );
                section.row("证书 Certificate", &told);
            }
            for file in &host.certificate_files {
                section.row("证书原文 Certificate (DER)", &file.to_string());
            }
        }
        for blocked in &visit.blocked {
            section.row("被拦截 Blocked", &format!("{} ({})", blocked.url, blocked.reason));
        }
        page.add(section);
    }
    page.html().into_bytes()
}

/// In words, in both languages, what a cheap look says and what it does not.
fn confirmed(mark: &Reconfirmed) -> String {
    let Reconfirmed { at, visited_at, times, by, picture, .. } = mark;
    let (at, visited_at) = (at.to_rfc3339(), visited_at.to_rfc3339());
    format!(
        "完整访问于 {visited_at}；{at} 轻量复核（{by}），HTTP 应答、落地页内容与截图（{picture}）均一致，其后的页面未再查看；为其后第 {times} 次复核。\n\
         Visited whole at {visited_at}; confirmed at {at} by a cheap look ({by}) that found the same answers over plain HTTP, the same \
         landing page and the same picture of it ({picture}). What lies behind the landing page was not seen again. It is cheap look \
         number {times} since the visit."
    )
}

pub(super) fn notes(contents: &Contents<'_>) -> Vec<u8> {
    let case = contents.case;
    let mut page = Sheet::new(format!("违规说明 Notes: {}", contents.case_id));
    let mut first = Section::new("结论 Verdict");
    first.row("广告 Ad", &case.ad.ad_id);
    first.row("结论 Verdict", case.verdict().word());
    for gap in &case.gaps {
        first.row("取证缺口 Gap", &format!("{}: {} {}", word(&gap.step), gap.reason, gap.detail));
    }
    for chain in &case.chains {
        if let Some(mark) = &chain.reconfirmed {
            first.row(&format!("再确认 Re-confirmed: {}", chain.visitor), &confirmed(mark));
        }
    }
    page.add(first);
    for violation in &case.violations {
        let finding = &violation.finding;
        let mut section =
            Section::new(&format!("涉嫌 Suspected: {} ({}, {})", finding.check(), violation.rule, violation.pack));
        section.row("严重程度 Severity", &word(&violation.severity));
        section.row("置信度 Confidence", &word(&finding.confidence()));
        let (promised, delivered) = (finding.promised(), finding.delivered());
        section.row("承诺 Promised", &format!("「{}」 {}", promised.quote, promised.place.evidence));
        let place = &delivered.place;
        section.row("实际 Delivered", &format!("「{}」 {} {}", delivered.quote, place.url, place.evidence));
        section.row("依据 Cites", &violation.cite.join(", "));
        for (language, note) in &violation.note {
            section.row(language, &[note.what.as_str(), &note.why, &note.todo].join("\n"));
        }
        page.add(section);
    }
    page.html().into_bytes()
}
