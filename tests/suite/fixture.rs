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
use model::finding::Confidence;
use model::statement::{ReadBy, Role, Statement, Visibility};
use reader::Reader;
use serde::Deserialize;

/// The file `ad.toml` of a fixture.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    ad_id: String,
    platform: Option<String>,
    title: Option<String>,
    description: Option<String>,
    cta: Option<String>,
    declared_category: Option<String>,
    advertiser: Option<model::ad::Advertiser>,
    landing_url: Option<String>,
    audience: Option<model::ad::Audience>,
    approved_landing: Option<model::ad::ApprovedLanding>,
    #[serde(default)]
    said: Vec<Said>,
    #[serde(default)]
    page: Answer,
    #[serde(default)]
    expect: Expected,
    /// The same ad with a word changed, before the same pages.
    #[serde(default)]
    edit: Vec<Edit>,
}

/// One change to the words of an ad, and exactly the checks that must fire then.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    replace: String,
    with: String,
    checks: Vec<String>,
}

/// A sentence in the ad's picture, video or speech, as if it had been read already.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    source: AdSource,
    text: String,
    at_s: Option<f64>,
    until_s: Option<f64>,
    /// How well it can be seen; by default as plain as anything.
    #[serde(default)]
    visibility: Visibility,
}

/// Checks of what may be said at all: an ad may not say what an article on its page quotes, or a customer writes there.
const OF_WORDING: [&str; 5] =
    ["absolute-wording", "medical-claim", "result-guarantee-promise", "fake-system-ui", "private-channel-detour"];

/// How the page is answered, and how far the visitor goes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Answer {
    status: u16,
    visitor: String,
    /// Further visitors, each with a visit of its own.
    others: Vec<String>,
    /// Levels behind the landing page that are walked, as `follow.next_levels`.
    levels: u8,
    /// How long the page is watched, milliseconds.
    watch_ms: u64,
    /// Answers that are not simply the file of that name in the fixture's folder; the first that fits counts.
    routes: Vec<Route>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            visitor: "android-douyin".into(),
            others: Vec::new(),
            levels: 0,
            watch_ms: 1_500,
            routes: Vec::new(),
        }
    }
}

/// One address that answers otherwise, on whatever host of `*.test` it is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Route {
    path: String,
    /// Only on this host.
    host: Option<String>,
    /// Only for visitors whose `User-Agent` contains this.
    user_agent: Option<String>,
    /// In the fixture's folder.
    file: Option<String>,
    /// Sends on to this address, by a 302.
    redirect: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
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
    folder: PathBuf,
}

impl Fixture {
    /// Reads `ad.toml`; `page.html` and whatever else the page needs lie beside it.
    pub(crate) fn read(ad: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(ad).with_context(|| ad.display().to_string())?;
        let written = toml::from_str(&text).with_context(|| ad.display().to_string())?;
        Ok(Self { written, folder: ad.parent().unwrap_or(ad).to_owned() })
    }

    /// What is wrong with the outcome, and with what comes of the fixture's edits and of its mirror; nothing when all is as
    /// expected.
    pub(crate) fn faults(&self, case: &Case, compared: &Compared, bench: &Bench) -> Vec<String> {
        let mut faults = self.differs(compared);
        for edit in &self.written.edit {
            let Some(edited) = edit.made_in(&self.written) else {
                faults.push(format!("「{}」 stands nowhere in the ad", edit.replace));
                continue;
            };
            let case = Case { promised: bench.promised(&edited, case), ..case.clone() };
            let found = told(&checker::compare(&case, &bench.kit.words));
            if found != edit.checks {
                faults.push(format!("with 「{}」 for 「{}」 {found:?} are told", edit.with, edit.replace));
            }
        }
        // Whoever promises what the page says, all of it, promises nothing that is not there.
        if self.written.expect.checks.is_empty() && self.written.page.status == 200 {
            let found = told(&checker::compare(&mirror(case), &bench.kit.words));
            let may =
                |check: &str| OF_WORDING.contains(&check) || self.written.expect.may.iter().any(|may| may == check);
            faults.extend(found.iter().filter(|check| !may(check)).map(|check| format!("mirrored, {check} is told")));
        }
        faults
    }

    fn differs(&self, compared: &Compared) -> Vec<String> {
        let expect = &self.written.expect;
        // What is only possible is kept for a person to look at, and is no violation by any rule.
        let told = || compared.findings.iter().filter(|finding| finding.confidence() > Confidence::Low);
        let mut faults = Vec::new();
        for check in &expect.checks {
            if !told().any(|finding| finding.check() == check) {
                faults.push(format!("missed {check}"));
            }
        }
        for finding in told() {
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

/// A reader and the words, for any number of benches.
pub(crate) struct Kit {
    options: crawler::Options,
    reader: Reader,
    words: Words,
}

/// A browser and a server, for one fixture after the other.
pub(crate) struct Bench {
    kit: Arc<Kit>,
    options: crawler::Options,
    /// For fixtures of one page, which does what it does at once.
    crawler: Crawler,
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

impl Kit {
    pub(crate) fn open() -> Result<Arc<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut parts: Parts = toml::from_str(&std::fs::read_to_string(root.join("config.toml"))?)?;
        parts.guard.allow = vec!["127.0.0.0/8".into()];
        parts.browser.sandbox = false;
        let plain = Answer::default();
        (parts.follow.watch_ms, parts.follow.next_levels) = (plain.watch_ms, plain.levels);
        parts.reader.models = root.join(&parts.reader.models).display().to_string();
        let Parts { guard, follow, capture, browser, visitors, reader } = parts;
        let options = crawler::Options { guard, follow, capture, browser, visitors };
        Ok(Arc::new(Self {
            options,
            reader: Reader::open(&reader)?,
            words: Words::compile(&policies::lexicon()?, policies::senses())?,
        }))
    }

    /// A bench with a browser and a server of its own.
    pub(crate) async fn bench(self: &Arc<Self>) -> Result<Bench> {
        let pages = Pages::serve().await?;
        let mut options = self.options.clone();
        options.guard.resolve = [("*.test".to_owned(), pages.address.clone())].into();
        let crawler = start(options.clone()).await?;
        Ok(Bench { kit: self.clone(), options, crawler, pages })
    }
}

impl Bench {
    /// Examines a fixture as the pipeline examines an ad.
    pub(crate) async fn run(&self, fixture: &Fixture) -> Result<(Case, Compared)> {
        let page = &fixture.written.page;
        let plain = Answer::default();
        if (page.levels, page.watch_ms) == (plain.levels, plain.watch_ms) {
            return self.examine(fixture, &self.crawler).await;
        }
        let mut options = self.options.clone();
        (options.follow.watch_ms, options.follow.next_levels) = (page.watch_ms, page.levels);
        let crawler = start(options).await?;
        let examined = self.examine(fixture, &crawler).await;
        crawler.stop().await;
        examined
    }

    async fn examine(&self, fixture: &Fixture, crawler: &Crawler) -> Result<(Case, Compared)> {
        let written = &fixture.written;
        self.pages.show(&fixture.folder, &written.page);
        let ad = Ad {
            ad_id: written.ad_id.clone(),
            markets: Vec::new(),
            platform: written.platform.clone(),
            advertiser: written.advertiser.clone(),
            title: written.title.clone(),
            description: written.description.clone(),
            cta: written.cta.clone(),
            click_url: "http://page.test/".into(),
            landing_url: written.landing_url.clone(),
            creatives: Vec::new(),
            declared_category: written.declared_category.clone(),
            audience: written.audience.clone(),
            approved_landing: written.approved_landing.clone(),
            extra: serde_json::Map::new(),
        };
        let evidence = EvidenceId::of(&serde_json::to_vec(&ad)?);
        let mut case = Case::open(ad, evidence, chrono::DateTime::UNIX_EPOCH);
        case.promised = self.promised(written, &case);
        for visitor in [&written.page.visitor].into_iter().chain(&written.page.others) {
            let visit = crawler.visit(&case.ad, visitor).await;
            case.gaps.extend(visit.gaps);
            let mut chain = visit.chain;
            for snapshot in &visit.snapshots {
                let wanted = snapshot.picture.as_ref().map(|picture| picture.evidence);
                let picture = visit.evidence.iter().find(|one| Some(one.id()) == wanted);
                let of = |id| visit.evidence.iter().find(|one| one.id() == id).map(|one| one.bytes());
                let scripts = reader::scripts(snapshot, of);
                let read = || self.kit.reader.read_page(snapshot, picture.map(|one| one.bytes()), &scripts);
                let read = tokio::task::block_in_place(read);
                case.gaps.extend(read.gaps);
                chain.ways.extend(reader::qr::ways(&read.page));
                case.pages.push(read.page);
            }
            case.chains.push(chain);
        }
        // What differs is taken to differ each time: looking again is the pipeline's work.
        case.differences = checker::differences(&case, &self.kit.words);
        case.differences.iter_mut().for_each(|difference| difference.repeated = true);
        case.labels = checker::labels(&case, &self.kit.words);
        let compared = self.compared(&case);
        Ok((case, compared))
    }

    /// What the checks say of what was seen.
    pub(crate) fn compared(&self, case: &Case) -> Compared {
        checker::compare(case, &self.kit.words)
    }

    /// What the ad of a fixture says.
    fn promised(&self, written: &Written, case: &Case) -> Vec<Statement> {
        let (title, description, cta) = (written.title.clone(), written.description.clone(), written.cta.clone());
        let ad = Ad { title, description, cta, ..case.ad.clone() };
        let mut said = self.kit.reader.read_ad(&ad, case.ad_evidence, Path::new(""), case.opened_at).statements;
        said.extend(written.said.iter().map(|said| statement(said, case.ad_evidence)));
        said
    }

    pub(crate) async fn stop(self) {
        self.crawler.stop().await;
    }
}

impl Edit {
    /// The ad with the change made wherever the words stand; none when they stand nowhere.
    fn made_in(&self, written: &Written) -> Option<Written> {
        let mut edited = written.clone();
        let texts = [&mut edited.title, &mut edited.description, &mut edited.cta].into_iter().flatten();
        let mut made = false;
        for text in texts.chain(edited.said.iter_mut().map(|said| &mut said.text)) {
            made |= text.contains(&self.replace);
            *text = text.replace(&self.replace, &self.with);
        }
        made.then_some(edited)
    }
}

/// The checks that make violations, each once, by name.
fn told(compared: &Compared) -> Vec<String> {
    let sure = compared.findings.iter().filter(|finding| finding.confidence() > Confidence::Low);
    let checks: std::collections::BTreeSet<_> = sure.map(|finding| finding.check().to_owned()).collect();
    checks.into_iter().collect()
}

/// The case with an ad that says what its landing page says, in a picture.
fn mirror(case: &Case) -> Case {
    let said = case.pages.first().map(|page| page.statements.as_slice()).unwrap_or_default();
    let place = |one: &Statement| {
        let area = one.page_place().and_then(|place| place.area);
        AdPlace { source: AdSource::Image, at_s: None, until_s: None, area, evidence: case.ad_evidence }
    };
    let promised = said.iter().map(|one| Statement { place: Place::Ad(place(one)), ..one.clone() });
    Case { promised: promised.collect(), ..case.clone() }
}

fn statement(said: &Said, evidence: EvidenceId) -> Statement {
    let normal = reader::text::normal(&said.text);
    let speech = said.source == AdSource::Speech;
    Statement {
        text: said.text.clone(),
        prices: reader::price::tags(&normal.text),
        normal,
        place: Place::Ad(AdPlace { source: said.source, at_s: said.at_s, until_s: said.until_s, area: None, evidence }),
        visibility: said.visibility.clone(),
        role: if speech { Role::Speech } else { Role::PictureText },
        read_by: if speech { ReadBy::Subtitle } else { ReadBy::Ocr(1.0) },
    }
}

/// A crawler on the real clock.
async fn start(options: crawler::Options) -> Result<Crawler> {
    #[expect(clippy::disallowed_methods, reason = "a test's clock is the real one")]
    let clock = Arc::new(chrono::Utc::now);
    Ok(Crawler::start(options, clock).await?)
}

/// A server on loopback that is every host of `*.test`, and answers out of the folder of the fixture shown.
struct Pages {
    address: String,
    shown: Arc<std::sync::Mutex<Shown>>,
}

#[derive(Clone, Default)]
struct Shown {
    folder: PathBuf,
    status: u16,
    routes: Vec<Route>,
}

impl Pages {
    async fn serve() -> Result<Self> {
        let shown = Arc::new(std::sync::Mutex::new(Shown::default()));
        let answers = shown.clone();
        let answer = move |uri: axum::http::Uri, headers: axum::http::HeaderMap| {
            let shown = answers.lock().expect("a page is shown").clone();
            async move { shown.answer(uri.path(), &headers) }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
        Ok(Self { address, shown })
    }

    fn show(&self, folder: &Path, page: &Answer) {
        *self.shown.lock().expect("a page is shown") =
            Shown { folder: folder.to_owned(), status: page.status, routes: page.routes.clone() };
    }
}

impl Shown {
    /// `/` is `page.html`; every other path is the file of that name, unless a route says otherwise.
    fn answer(&self, path: &str, headers: &axum::http::HeaderMap) -> axum::response::Response {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (host, agent) = (header(header::HOST).split(':').next().unwrap_or_default(), header(header::USER_AGENT));
        let fits = |route: &&Route| {
            route.path == path
                && route.host.as_deref().is_none_or(|wanted| wanted == host)
                && route.user_agent.as_deref().is_none_or(|part| agent.contains(part))
        };
        let route = self.routes.iter().find(fits);
        if let Some(to) = route.and_then(|route| route.redirect.as_deref()) {
            return (StatusCode::FOUND, [(header::LOCATION, to)]).into_response();
        }
        let own = if path == "/" { "page.html" } else { path.trim_start_matches('/') };
        let name = route.and_then(|route| route.file.as_deref()).unwrap_or(own);
        let inside = !name.contains("..") && name != "ad.toml";
        let Some(body) = inside.then(|| std::fs::read(self.folder.join(name)).ok()).flatten() else {
            let status = route.and_then(|route| route.status).unwrap_or(404);
            return StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND).into_response();
        };
        let status = route.and_then(|route| route.status).unwrap_or(if path == "/" { self.status } else { 200 });
        let kind = match name.rsplit('.').next().unwrap_or_default() {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "png" => "image/png",
            "jpg" => "image/jpeg",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        let mut response =
            (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), [(header::CONTENT_TYPE, kind)], body)
                .into_response();
        for (name, value) in route.iter().flat_map(|route| &route.headers) {
            if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), value.parse()) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}
