//! One fixture of a check: an ad and its page, put through the real crawler, reader and checker.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use checker::{Compared, Words};
use crawler::Crawler;
use model::ad::Ad;
use model::case::Case;
use model::evidence::{AdPlace, AdSource, EvidenceId, Place};
use model::statement::{ReadBy, Role, Statement, Visibility};
use reader::Reader;
use serde::Deserialize;

/// The file `ad.toml` of a fixture.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    ad_id: String,
    title: Option<String>,
    description: Option<String>,
    cta: Option<String>,
    declared_category: Option<String>,
    advertiser: Option<model::ad::Advertiser>,
    #[serde(default)]
    said: Vec<Said>,
    #[serde(default)]
    page: Answer,
    #[serde(default)]
    expect: Expected,
}

/// A sentence in the ad's picture, video or speech, as if it had been read already.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    source: AdSource,
    text: String,
    at_s: Option<f64>,
    until_s: Option<f64>,
}

/// How the page is answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    status: u16,
    visitor: String,
}

impl Default for Answer {
    fn default() -> Self {
        Self { status: 200, visitor: "android-douyin".into() }
    }
}

/// What must come of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expected {
    /// Exactly the checks that must fire.
    pub(crate) checks: Vec<String>,
    /// Checks on which honest people differ.
    pub(crate) may: Vec<String>,
    /// Words of the first check's quotes.
    pub(crate) delivered_contains: Vec<String>,
    pub(crate) promised_contains: Vec<String>,
}

/// A fixture on disk.
#[derive(Debug)]
pub(crate) struct Fixture {
    written: Written,
    page: PathBuf,
}

impl Fixture {
    /// Reads `ad.toml` and finds `page.html` beside it.
    pub(crate) fn read(ad: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(ad).with_context(|| ad.display().to_string())?;
        let written = toml::from_str(&text).with_context(|| ad.display().to_string())?;
        Ok(Self { written, page: ad.with_file_name("page.html") })
    }

    /// What is wrong with the outcome; nothing when it is as expected.
    pub(crate) fn faults(&self, compared: &Compared) -> Vec<String> {
        let expect = &self.written.expect;
        let mut faults = Vec::new();
        for check in &expect.checks {
            if !compared.findings.iter().any(|finding| finding.check() == check) {
                faults.push(format!("missed {check}"));
            }
        }
        for finding in &compared.findings {
            let check = finding.check();
            if !expect.checks.iter().chain(&expect.may).any(|expected| expected == check) {
                let (promised, delivered) = (&finding.promised().quote, &finding.delivered().quote);
                faults.push(format!("accused by {check}: 「{promised}」 / 「{delivered}」"));
            }
        }
        let first = expect.checks.first().and_then(|check| compared.findings.iter().find(|f| f.check() == check));
        if let Some(finding) = first {
            let lacks = |quote: &str, words: &[String]| {
                !words.iter().all(|word| reader::text::normal(quote).text.contains(&reader::text::normal(word).text))
            };
            if lacks(&finding.delivered().quote, &expect.delivered_contains) {
                faults.push(format!("{} quotes 「{}」 of the page", finding.check(), finding.delivered().quote));
            }
            if lacks(&finding.promised().quote, &expect.promised_contains) {
                faults.push(format!("{} quotes 「{}」 of the ad", finding.check(), finding.promised().quote));
            }
        }
        faults.extend(compared.gaps.iter().map(|gap| gap.detail.clone()));
        faults
    }
}

/// A browser, a reader and the words, for any number of fixtures.
pub(crate) struct Bench {
    crawler: Crawler,
    reader: Reader,
    words: Words,
    pages: Pages,
}

/// The parts of the program's configuration that are needed here.
#[derive(Deserialize)]
struct Parts {
    guard: crawler::guard::Rules,
    follow: crawler::Follow,
    capture: crawler::Capture,
    browser: crawler::Browser,
    visitors: std::collections::BTreeMap<String, crawler::Visitor>,
    reader: reader::Options,
}

impl Bench {
    pub(crate) async fn start() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut parts: Parts = toml::from_str(&std::fs::read_to_string(root.join("config.toml"))?)?;
        let pages = Pages::serve().await?;
        parts.guard.allow = vec!["127.0.0.0/8".into()];
        parts.guard.resolve = [("page.test".to_owned(), pages.address.clone())].into();
        parts.browser.sandbox = false;
        // A fixture is one page, which does what it does at once.
        (parts.follow.watch_ms, parts.follow.next_levels) = (1_500, 0);
        parts.reader.models = root.join(&parts.reader.models).display().to_string();
        let Parts { guard, follow, capture, browser, visitors, reader } = parts;
        let options = crawler::Options { guard, follow, capture, browser, visitors };
        #[expect(clippy::disallowed_methods, reason = "a test's clock is the real one")]
        let crawler = Crawler::start(options, Arc::new(chrono::Utc::now)).await?;
        let words = Words::compile(&policies::lexicon()?)?;
        Ok(Self { crawler, reader: Reader::open(&reader)?, words, pages })
    }

    /// Examines a fixture as the pipeline examines an ad, for one visitor.
    pub(crate) async fn run(&self, fixture: &Fixture) -> Result<(Case, Compared)> {
        let written = &fixture.written;
        self.pages.show(std::fs::read(&fixture.page)?, written.page.status);
        let ad = Ad {
            ad_id: written.ad_id.clone(),
            platform: None,
            advertiser: written.advertiser.clone(),
            title: written.title.clone(),
            description: written.description.clone(),
            cta: written.cta.clone(),
            click_url: "http://page.test/".into(),
            landing_url: None,
            creatives: Vec::new(),
            declared_category: written.declared_category.clone(),
            audience: None,
            approved_landing: None,
            extra: serde_json::Map::new(),
        };
        let evidence = EvidenceId::of(&serde_json::to_vec(&ad)?);
        let opened_at = chrono::DateTime::UNIX_EPOCH;
        let mut case = Case::open(ad, evidence, opened_at);
        case.promised = self.reader.read_ad(&case.ad, evidence, Path::new(""), opened_at).statements;
        case.promised.extend(written.said.iter().map(|said| statement(said, evidence)));
        let visit = self.crawler.visit(&case.ad, &written.page.visitor).await;
        case.gaps = visit.gaps;
        case.chains.push(visit.chain);
        for snapshot in &visit.snapshots {
            let wanted = snapshot.picture.as_ref().map(|picture| picture.evidence);
            let picture = visit.evidence.iter().find(|one| Some(one.id()) == wanted);
            let read = self.reader.read_page(snapshot, picture.map(|one| one.bytes()));
            case.gaps.extend(read.gaps);
            case.pages.push(read.page);
        }
        let compared = checker::compare(&case, &self.words);
        Ok((case, compared))
    }

    pub(crate) async fn stop(self) {
        self.crawler.stop().await;
    }
}

fn statement(said: &Said, evidence: EvidenceId) -> Statement {
    let normal = reader::text::normal(&said.text);
    let speech = said.source == AdSource::Speech;
    Statement {
        text: said.text.clone(),
        prices: reader::price::tags(&normal.text),
        normal,
        place: Place::Ad(AdPlace { source: said.source, at_s: said.at_s, until_s: said.until_s, area: None, evidence }),
        visibility: Visibility::default(),
        role: if speech { Role::Speech } else { Role::PictureText },
        read_by: if speech { ReadBy::Subtitle } else { ReadBy::Ocr(1.0) },
    }
}

/// A server on loopback that answers everything with the one page shown.
struct Pages {
    address: String,
    shown: Arc<std::sync::Mutex<(Vec<u8>, u16)>>,
}

impl Pages {
    async fn serve() -> Result<Self> {
        let shown = Arc::new(std::sync::Mutex::new((Vec::new(), 200)));
        let answers = shown.clone();
        let answer = move |uri: axum::http::Uri| {
            let (page, status) = answers.lock().expect("a page is shown").clone();
            async move {
                if uri.path() != "/" {
                    return StatusCode::NOT_FOUND.into_response();
                }
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Ok(Self { address, shown })
    }

    fn show(&self, page: Vec<u8>, status: u16) {
        *self.shown.lock().expect("a page is shown") = (page, status);
    }
}
