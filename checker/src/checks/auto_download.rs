//! A page begins a download that nobody asked for.

use model::chain::{Act, ActKind, Chain, File, Way, WayKind};
use model::finding::{Confidence, Exhibit, Finding};

use crate::check::{Check, Sides};
use crate::{deeds, exhibit};

/// ## What it finds
/// A download that begins by itself, and a button that speaks of something else (「领取」「播放」) and hands over a program,
/// where neither the ad nor the page says that there is anything to install.
///
/// ## Why it misleads
/// A program comes onto the phone of somebody who came to look. What it is, who made it and what it may do, they were
/// not told.
///
/// ## Example
/// The page of a film offer is opened, and `player_v3.apk` begins to download.
///
/// ## What to do instead
/// Offer the file by a button that names it, its maker and its size, and wait until it is pressed.
///
/// ## What it leaves alone
/// A button that says 「下载」「安装」, a page that announces the download which the ad's own button promised, leaflets and
/// tables (PDF, pictures) that a button hands over.
#[derive(Debug)]
pub(super) struct AutoDownload;

/// Endings of what runs once it is opened.
const PROGRAMS: &[&str] = &[
    ".apk",
    ".apks",
    ".xapk",
    ".ipa",
    ".hap",
    ".exe",
    ".msi",
    ".dmg",
    ".pkg",
    ".deb",
    ".mobileconfig",
    ".plist",
    ".bat",
    ".jar",
];
/// Endings of what is only read.
const DOCUMENTS: &[&str] = &[
    ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".csv", ".ppt", ".pptx", ".jpg", ".png", ".txt", ".ics", ".vcf", ".mp3",
    ".mp4", ".epub",
];

impl Check for AutoDownload {
    fn id(&self) -> &'static str {
        "auto-download"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["download-words", "download-told"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let begun =
            deeds::acts(sides, &[ActKind::AutoDownload]).filter_map(|(chain, act)| self.begun(chain, act, sides));
        let ways = sides.case.chains.iter().flat_map(|chain| chain.ways.iter().map(move |way| (chain, way)));
        let handed = ways.filter_map(|(chain, way)| self.handed_over(chain, way, sides));
        begun.chain(handed).collect()
    }
}

impl AutoDownload {
    /// A download without a gesture.
    fn begun(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        let way = chain.ways.iter().find(|way| way.kind == WayKind::Download && !way.gesture && way.at_ms == act.at_ms);
        let url = way.and_then(|way| way.url.as_deref()).or_else(|| deeds::address_in(&act.detail))?;
        let name = name(way.and_then(|way| way.file.as_ref()), url);
        let page = deeds::page_on(act.hop, chain, sides);
        let told = page.is_some_and(|page| says(page.side.statements, "download-told", sides));
        // 「免下载」 asks for the contrary.
        let asked = sides.ad.statements.iter().any(|said| sides.words.says("download-words", &said.normal.text));
        let confidence = match (ends(&name, PROGRAMS), told && asked) {
            (_, true) => Confidence::Low,
            (true, false) => Confidence::High,
            // The same file may be anything to whoever has no picture of it.
            (false, false) if ends(&name, DOCUMENTS) => Confidence::Low,
            (false, false) => Confidence::Medium,
        };
        let delivered = Exhibit::new(name.clone(), deeds::place(chain, act.hop, act.at_ms, None, sides));
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(delivered)
                .sure(confidence)
                .fact("file", name),
        )
    }

    /// A program behind a button that speaks of something else.
    fn handed_over(&self, chain: &Chain, way: &Way, sides: &Sides<'_>) -> Option<Finding> {
        if !matches!(way.kind, WayKind::Download | WayKind::Action) || !way.gesture || way.words.is_empty() {
            return None;
        }
        let name = name(way.file.as_ref(), way.url.as_deref()?);
        let page = deeds::page_on(way.hop, chain, sides)?;
        let told =
            says(page.side.statements, "download-words", sides) || says(sides.ad.statements, "download-words", sides);
        if !ends(&name, PROGRAMS) || told || is_for_an_app(sides) {
            return None;
        }
        let place = deeds::place(chain, way.hop, page.page.at_ms, way.area, sides);
        let finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(Exhibit::new(way.words.clone(), place))
            .sure(Confidence::Medium);
        Some(finding.fact("file", name).fact("button", &way.words))
    }
}

fn says(statements: &[model::statement::Statement], term: &'static str, sides: &Sides<'_>) -> bool {
    statements.iter().any(|said| sides.words.has(term, &said.normal.text))
}

/// Whether what the ad offers is itself a program: a game, a tool.
fn is_for_an_app(sides: &Sides<'_>) -> bool {
    sides
        .ad
        .standings
        .iter()
        .any(|top| matches!(top.kind.0.as_str(), "app-tool" | "game-app" | "game-gift") && top.score >= 0.8)
}

/// The name of the file: as the server gives it, or the end of its address.
fn name(file: Option<&File>, url: &str) -> String {
    let given = file.map(|file| file.name.as_str()).filter(|name| !name.is_empty());
    let path = url.split(['?', '#']).next().unwrap_or(url);
    given.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path)).to_owned()
}

fn ends(name: &str, endings: &[&str]) -> bool {
    let name = name.to_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}
