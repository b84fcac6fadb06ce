//! A page calls an app by itself, and not the one that the ad spoke of.

use model::chain::{Act, ActKind, App, Chain, WayKind};
use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::{deeds, exhibit};

/// ## What it finds
/// A page that calls an app or a mini program without being asked to, where the ad does not speak of that app.
///
/// ## Why it misleads
/// The visitor is taken out of what they were looking at, into an app that they did not choose to open.
///
/// ## Example
/// Ad: a farming game — the page calls `alipays://platformapi/startapp?appId=…` as soon as it is shown.
///
/// ## What to do instead
/// Open an app only when the visitor presses a button that says so, and let those without it stay on the page.
///
/// ## What it leaves alone
/// A button that opens an app; an ad that says 「去淘宝」 and calls Taobao; the app in which the ad itself was shown; an ad
/// for an app that calls that very app, as far as an address tells.
#[derive(Debug)]
pub(super) struct AppDeeplinkHijack;

impl Check for AppDeeplinkHijack {
    fn id(&self) -> &'static str {
        "app-deeplink-hijack"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["download-words", "names-app"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let acts = deeds::acts(sides, &[ActKind::AppWithoutGesture]);
        acts.filter_map(|(chain, act)| self.of(chain, act, sides)).collect()
    }
}

impl AppDeeplinkHijack {
    fn of(&self, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Option<Finding> {
        let way =
            chain.ways.iter().find(|way| way.kind == WayKind::AppLink && !way.gesture && way.at_ms == act.at_ms)?;
        let app = way.app.as_ref()?;
        let confidence = surety(app, chain, act, sides);
        let name = app.name.clone().or_else(|| app.package.clone()).unwrap_or_else(|| app.scheme.clone());
        let url = way.url.as_deref().unwrap_or(&app.scheme);
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(deeds::led_to(url, chain, act, sides))
                .sure(confidence)
                .fact("app", name),
        )
    }
}

fn surety(app: &App, chain: &Chain, act: &Act, sides: &Sides<'_>) -> Confidence {
    let name = app.name.as_ref().map(|name| name.to_lowercase());
    if is_host(app, chain) || name.as_ref().is_some_and(|name| ad_names(name, sides)) {
        return Confidence::Low;
    }
    let Some(_) = name else {
        // An address that nobody knows may be the advertised app's own, unless the page names it otherwise.
        let own = is_for_an_app(sides) && !is_named_otherwise(app, sides);
        return if own { Confidence::Low } else { Confidence::Medium };
    };
    let page = deeds::page_on(act.hop, chain, sides);
    let shows = page.is_some_and(|page| !page.page.statements.is_empty());
    if shows { Confidence::High } else { Confidence::Medium }
}

/// Whether it is the app in which the visitor came, or one of its house.
fn is_host(app: &App, chain: &Chain) -> bool {
    const HOSTS: &[(&str, &[&str])] = &[
        ("douyin", &["抖音", "今日头条"]),
        ("wechat", &["微信"]),
        ("kuaishou", &["快手"]),
        ("toutiao", &["今日头条", "抖音"]),
        ("baidu", &["百度"]),
        ("weibo", &["微博"]),
    ];
    let name = app.name.as_deref().unwrap_or_default();
    HOSTS
        .iter()
        .any(|(visitor, names)| chain.visitor.contains(visitor) && names.iter().any(|own| name.starts_with(own)))
}

/// Whether the ad, or whoever pays for it, speaks of the app: 「淘宝」 of 「淘宝特价版」 is enough.
fn ad_names(name: &str, sides: &Sides<'_>) -> bool {
    const EDITIONS: &[&str] = &["极速版", "特价版", "火山版", "概念版", "外卖", "金融", "特价"];
    let short = EDITIONS.iter().find_map(|edition| name.strip_suffix(edition)).unwrap_or(name);
    let has = |text: &str| text.contains(short);
    // A shop in the same house goes by another name.
    let house =
        |text: &str| matches!(name, "淘宝" | "天猫" | "手机淘宝") && (text.contains("天猫") || text.contains("淘宝"));
    let payer = crate::house::advertiser(sides);
    let said = sides.ad.statements.iter().map(|said| said.normal.text.as_str());
    said.chain(payer.iter().map(String::as_str)).any(|text| has(text) || house(text))
}

fn is_for_an_app(sides: &Sides<'_>) -> bool {
    let kinds = sides.ad.standings.iter().filter(|top| top.score >= 0.8);
    kinds.into_iter().any(|top| matches!(top.kind.0.as_str(), "app-tool" | "game-app" | "game-gift"))
        || sides.ad.statements.iter().any(|said| sides.words.says("download-words", &said.normal.text))
}

/// Whether a link with the same scheme names an app that neither ad nor advertiser does: 「打开××App」.
fn is_named_otherwise(app: &App, sides: &Sides<'_>) -> bool {
    let ways = sides.case.chains.iter().flat_map(|chain| &chain.ways);
    let same = ways.filter(|way| way.app.as_ref().is_some_and(|one| one.scheme == app.scheme));
    let names = same.filter_map(|way| {
        let words = way.words.to_lowercase();
        let found = sides.words.term("names-app").captures(&words)?;
        // Each language names it in a group of its own.
        found.iter().skip(1).flatten().next().map(|name| name.as_str().trim().to_owned())
    });
    names.into_iter().any(|name| !ad_names(&name, sides))
}
