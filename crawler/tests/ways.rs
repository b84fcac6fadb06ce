//! Every way of being sent on, in a real Chromium.

#[path = "shared/setting.rs"]
mod setting;

use axum::body::Body;
use axum::http::Response;
use crawler::Visit;
use model::chain::{ActKind, HopKind, Outcome, Way, WayKind};
use model::snapshot::Part;
use model::units::Level;
use setting::{Site, ad, answer, crawler, html, options, reasons, sent_to, text};

fn script(code: &str) -> Response<Body> {
    Response::builder().header("content-type", "text/javascript").body(Body::from(code.to_owned())).expect("an answer")
}

fn hops(visit: &Visit) -> Vec<(HopKind, &str)> {
    visit.chain.hops.iter().map(|hop| (hop.kind, hop.url.as_str())).collect()
}

fn way(visit: &Visit, kind: WayKind) -> &Way {
    visit
        .chain
        .ways
        .iter()
        .find(|way| way.kind == kind)
        .unwrap_or_else(|| panic!("no {kind:?}: {:?}", visit.chain.ways))
}

fn did(visit: &Visit) -> Vec<ActKind> {
    visit.chain.acts.iter().map(|act| act.kind).collect()
}

async fn walked(site: &Site, url: &str, levels: u8) -> Visit {
    let mut options = options(site.at);
    options.follow.next_levels = levels;
    let crawler = crawler(options).await;
    let visit = crawler.visit(&ad(url), "android-douyin").await;
    crawler.stop().await;
    visit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hop_says_where_from_why_and_what_was_left() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("shown.test", "/") => html("<h1>新人礼包</h1><p>正在为您准备页面，请稍候片刻</p><script src=/go.js></script>"),
        ("shown.test", "/go.js") => script("\n  setTimeout(() => location.replace('http://land.test/p'), 900)"),
        ("land.test", _) => html("<p>正文</p>"),
        ("refresh.test", _) => Response::builder()
            .header("content-type", "text/html")
            .header("refresh", "0; url=http://land.test/r")
            .body(Body::from("<p>x"))
            .expect("an answer"),
        (_, path) => Response::builder()
            .status(path.trim_start_matches('/').parse::<u16>().expect("a status"))
            .header("location", "http://land.test/s")
            .body(Body::empty())
            .expect("an answer"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    for status in [301, 302, 303, 307, 308] {
        let visit = crawler.visit(&ad(&format!("http://jump.test/{status}")), "android-douyin").await;
        assert_eq!(visit.chain.hops[0].status, Some(status));
        assert_eq!(visit.chain.hops[1].cause, Some(format!("{status} Location")));
    }
    let visit = crawler.visit(&ad("http://refresh.test/"), "android-douyin").await;
    assert_eq!(hops(&visit)[1], (HopKind::MetaRefresh, "http://land.test/r"));
    assert_eq!(visit.chain.hops[1].cause.as_deref(), Some("Refresh header"));

    let visit = crawler.visit(&ad("http://shown.test/"), "android-douyin").await;
    assert_eq!(hops(&visit), [(HopKind::Click, "http://shown.test/"), (HopKind::Script, "http://land.test/p")]);
    let (left, hop) = (&visit.chain.hops[0], &visit.chain.hops[1]);
    assert_eq!((hop.from, hop.before.as_deref()), (Some(0), Some("http://shown.test/")));
    assert_eq!(hop.referrer.as_deref(), Some("http://shown.test/"));
    let initiator = hop.initiator.as_ref().expect("an initiator");
    assert_eq!((initiator.url.as_str(), initiator.line), ("http://shown.test/go.js", Some(2)));
    assert!(!hop.gesture && hop.at_ms.0 >= 900, "{hop:?}");
    let picture = left.left.expect("a picture of the page left");
    assert!(visit.evidence.iter().any(|evidence| evidence.id() == picture && evidence.media_type == "image/jpeg"));
    assert!(did(&visit).contains(&ActKind::ForcedRedirect), "{:?}", visit.chain.acts);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_becomes_another_one_late_is_seen_before_and_after() {
    let site = Site::start(|host, _, _| match host {
        "late.test" => html(
            "<h1 id=h>品质家纺旗舰店</h1><p id=p>全棉四件套换季上新，支持七天无理由退货，全国包邮到家</p>
             <script>setTimeout(() => { h.textContent = '流量月包办理'; p.textContent = '每月二十元，次月自动续订，请输入手机号码获取验证码后确认订购本业务' }, 2500)</script>",
        ),
        "away.test" => html(
            "<h1>品质家纺旗舰店</h1><p>全棉四件套换季上新，支持七天无理由退货，全国包邮到家，欢迎选购本店全部商品</p>
             <script>setTimeout(() => { location.href = 'http://other.test/' }, 2500)</script>",
        ),
        "spa.test" => html(
            "<h1 id=h>品质家纺旗舰店</h1><p id=p>全棉四件套换季上新，支持七天无理由退货，全国包邮到家</p>
             <script>setTimeout(() => { history.pushState({}, '', '/order'); h.textContent = '流量月包办理'; p.textContent = '每月二十元，次月自动续订，请输入手机号码获取验证码后确认订购本业务' }, 2500)</script>",
        ),
        "ticks.test" => html(
            "<h1>品质家纺旗舰店</h1><p>全棉四件套换季上新，支持七天无理由退货，全国包邮到家 <b id=t>09:59</b></p>
             <script>let n = 60; setInterval(() => { t.textContent = '09:' + --n; history.replaceState({}, '', '?t=' + n) }, 500)</script>",
        ),
        _ => html("<p>另一页：每月二十元</p>"),
    })
    .await;
    let mut options = options(site.at);
    options.follow.watch_ms = 3_500;
    let crawler = crawler(options).await;

    let late = crawler.visit(&ad("http://late.test/"), "android-douyin").await;
    assert_eq!(reasons(&late), [""; 0]);
    assert_eq!(hops(&late), [(HopKind::Click, "http://late.test/"), (HopKind::Rewrite, "http://late.test/")]);
    text(&late.snapshots[0], "全棉四件套");
    text(&late.snapshots[1], "每月二十元");
    assert!(late.chain.hops[1].at_ms.0 >= 2_400, "{:?}", late.chain.hops);
    assert!(late.chain.film.len() >= 2, "{:?}", late.chain.film);

    let away = crawler.visit(&ad("http://away.test/"), "android-douyin").await;
    assert_eq!(hops(&away)[1], (HopKind::Script, "http://other.test/"));
    assert_eq!(away.snapshots.iter().map(|page| page.hop).collect::<Vec<_>>(), [0, 1]);

    let spa = crawler.visit(&ad("http://spa.test/"), "android-douyin").await;
    assert_eq!(hops(&spa)[1], (HopKind::History, "http://spa.test/order"));
    text(&spa.snapshots[1], "每月二十元");

    let ticks = crawler.visit(&ad("http://ticks.test/"), "android-douyin").await;
    assert_eq!((ticks.chain.hops.len(), ticks.snapshots.len()), (1, 1), "{:?}", ticks.chain.hops);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_are_followed_wherever_a_script_leads_them_and_however_late() {
    let site = Site::start(|host, _, _| match host {
        "open.test" => html("<p>这里是首页，欢迎光临</p><script>open('http://win.test/a')</script>"),
        "later.test" => {
            html("<p>这里是首页，欢迎光临</p><script>const w = open(''); setTimeout(() => { w.location = 'http://win.test/b' }, 400)</script>")
        }
        "blank.test" => html("<p>这里是首页，欢迎光临</p><a id=a target=_blank rel=noopener href='http://win.test/c'>去</a><script>a.click()</script>"),
        "storm.test" => html("<p>这里是首页，欢迎光临</p><script>for (let n = 0; n < 60; n++) open('http://win.test/storm' + n)</script>"),
        _ => html("<p>窗口里的一页，每月二十元</p>"),
    })
    .await;
    for (host, url) in [("open", "http://win.test/a"), ("later", "http://win.test/b"), ("blank", "http://win.test/c")] {
        let visit = walked(&site, &format!("http://{host}.test/"), 1).await;
        let found = way(&visit, WayKind::Popup);
        assert_eq!((found.url.as_deref(), found.outcome, found.gesture), (Some(url), Outcome::Followed, false));
        let hop = visit.chain.hops.last().expect("a hop");
        assert_eq!((hop.kind, hop.url.as_str(), hop.level, hop.from), (HopKind::Popup, url, Level(2), Some(0)));
        assert_eq!(hop.referrer.as_deref(), Some(&*format!("http://{host}.test/")), "{hop:?}");
        assert_eq!(
            visit.snapshots.iter().map(|page| (page.part, page.hop)).collect::<Vec<_>>(),
            [(Part::Landing, 0), (Part::Next, 1)]
        );
        assert!(did(&visit).contains(&ActKind::PopupWithoutGesture));
        assert_eq!(visit.chain.landing().index, 0);
    }
    let storm = walked(&site, "http://storm.test/", 1).await;
    assert_eq!(reasons(&storm), [""; 0]);
    assert!(site.asked("win.test/storm") <= 2, "{:?}", site.asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_never_called_but_its_address_on_the_web_is_looked_at() {
    let site = Site::start(|host, _, _| match host {
        "intent.test" => sent_to(
            "intent://detail/1#Intent;scheme=taobao;package=com.taobao.taobao;S.browser_fallback_url=http%3A%2F%2Fweb.test%2Fdetail;end",
        ),
        "frame.test" => html("<p>这里是首页，欢迎光临</p><iframe src='weixin://dl/business/?t=abc' hidden></iframe>"),
        "script.test" => html("<p>这里是首页，欢迎光临</p><script>location.href = 'alipays://platformapi/startapp?appId=20000067'</script>"),
        _ => html("<p>网页版的商品详情</p>"),
    })
    .await;
    let intent = walked(&site, "http://intent.test/", 1).await;
    let app = way(&intent, WayKind::AppLink).app.clone().expect("an app");
    assert_eq!(
        (app.package.as_deref(), app.fallback.as_deref()),
        (Some("com.taobao.taobao"), Some("http://web.test/detail"))
    );
    assert_eq!(hops(&intent)[1], (HopKind::AppLink, "http://web.test/detail"));
    text(&intent.snapshots[0], "网页版的商品详情");
    assert_eq!((reasons(&intent), intent.snapshots[0].part), (vec![], Part::Landing));
    for (host, scheme) in [("frame", "weixin"), ("script", "alipays")] {
        let visit = walked(&site, &format!("http://{host}.test/"), 1).await;
        let found = way(&visit, WayKind::AppLink);
        assert_eq!(found.app.as_ref().map(|app| app.scheme.as_str()), Some(scheme), "{found:?}");
        assert_eq!((found.outcome, found.gesture), (Outcome::NotLaunched, false));
        assert!(did(&visit).contains(&ActKind::AppWithoutGesture));
        assert_eq!(reasons(&visit), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_download_the_beginning_is_kept() {
    let site = Site::start(|host, path, headers| match (host, path) {
        ("file.test", "/game.apk") => {
            assert!(headers.get("range").is_none() || headers["range"] == "bytes=0-65535");
            Response::builder()
                .header("content-type", "application/vnd.android.package-archive")
                .header("content-disposition", "attachment; filename=game.apk")
                .body(Body::from(vec![b'P'; 300_000]))
                .expect("an answer")
        }
        _ => html("<p>这里是首页，欢迎光临</p><script>setTimeout(() => { location.href = '/game.apk' }, 300)</script>"),
    })
    .await;
    let visit = walked(&site, "http://file.test/", 1).await;
    let found = way(&visit, WayKind::Download);
    let file = found.file.as_ref().expect("a file");
    assert_eq!((file.name.as_str(), file.bytes), ("game.apk", Some(300_000)));
    assert_eq!(file.mime, "application/vnd.android.package-archive");
    let beginning = visit.evidence.iter().find(|evidence| Some(evidence.id()) == file.beginning).expect("kept");
    assert_eq!(beginning.bytes().len(), 65_536);
    assert!(did(&visit).contains(&ActKind::AutoDownload));
    assert_eq!((reasons(&visit), visit.snapshots.len()), (vec![], 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_put_into_the_clipboard_and_what_is_asked_for_is_told() {
    const HOME: &str = "<p>这里是首页，欢迎光临</p>";
    let site = Site::start(|_, path, _| match path {
        "/write" => html(&format!("{HOME}<script>navigator.clipboard.writeText('8.0 复制 ￥abcDEF123￥ 打开').catch(() => {{}})</script>")),
        "/copy" => html(&format!("{HOME}<textarea id=t>￥口令XYZ987￥</textarea><script>t.select(); document.execCommand('copy')</script>")),
        "/place" => html(&format!("{HOME}<script>navigator.geolocation.getCurrentPosition(() => {{}}, () => {{}})</script>")),
        _ => html(&format!("{HOME}<p id=o></p><script>o.textContent = [document.execCommand, Function.prototype.toString, \
             navigator.clipboard.writeText].map(f => f.toString().includes('[native code]') && f.name).join() + Object.keys(window).filter(k => k.includes('cdc'))</script>")),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    // Much of this is only there for what browsers call a secure page: those of this machine are.
    let look = async |path: &str| crawler.visit(&ad(&format!("http://{}/{path}", site.at)), "android-douyin").await;
    let copied = look("copy").await;
    assert_eq!(way(&copied, WayKind::Clipboard).words, "￥口令XYZ987￥");
    assert!(did(&copied).contains(&ActKind::ClipboardWritten));
    let written = look("write").await;
    assert_eq!(way(&written, WayKind::Clipboard).words, "8.0 复制 ￥abcDEF123￥ 打开");
    let asked = look("place").await;
    assert!(did(&asked).contains(&ActKind::PermissionAsked), "{:?}", asked.chain.acts);
    text(&look("looks").await.snapshots[0], "execCommand,toString,writeText");
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_its_own_service_worker_answers_is_seen_as_its_visitor_sees_it() {
    let site = Site::start(|_, path, _| match path {
        "/sw.js" => script(
            "self.addEventListener('install', e => self.skipWaiting());
             self.addEventListener('activate', e => e.waitUntil(clients.claim()));
             self.addEventListener('fetch', e => { if (e.request.mode === 'navigate') e.respondWith(new Response(
               '<!doctype html><meta charset=utf-8><p>换过的一页：每月二十元，次月自动续订</p>', {headers: {'content-type': 'text/html'}})) });",
        ),
        "/post" => answer(200, "sunk"),
        _ => html(
            "<p>服务器给的一页：欢迎光临本店选购</p><script>
             navigator.serviceWorker?.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => setTimeout(() => location.reload(), 300))</script>",
        ),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    // A service worker needs what browsers call a secure page: one of this machine is.
    let visit = crawler.visit(&ad(&format!("http://{}/", site.at)), "android-douyin").await;
    let hop = visit.chain.landing();
    assert!(hop.service_worker, "{:?} {:?}", visit.chain.hops, visit.gaps);
    text(visit.snapshots.last().expect("a page"), "换过的一页");
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn back_leads_back_or_is_a_trap() {
    let site = Site::start(|host, _, _| match host {
        "honest.test" => html("<p>这里是首页，欢迎光临</p>"),
        "views.test" => html("<p>这里是首页，欢迎光临</p><a href='#look'>去看看</a><p id=look>好物</p>"),
        "keeps.test" => html("<p>这里是首页，欢迎光临</p><script>history.pushState(1, '', '#a'); history.pushState(2, '', '#b'); onpopstate = () => { history.pushState(3, '', '#c'); document.body.append('先别走，再领一个红包吧') }</script>"),
        "leads.test" => html("<p>这里是首页，欢迎光临</p><script>history.pushState(1, '', '#a'); onpopstate = () => { location.href = 'http://other.test/more' }</script>"),
        _ => html("<p>另一页</p>"),
    })
    .await;
    let honest = walked(&site, "http://honest.test/", 1).await;
    assert_eq!(did(&honest), []);
    // What our own finger added to the history is no trap of the page's.
    assert_eq!(did(&walked(&site, "http://views.test/", 1).await), []);
    let keeps = walked(&site, "http://keeps.test/", 1).await;
    assert!(did(&keeps).contains(&ActKind::BackTrap), "{:?}", keeps.chain.acts);
    let leads = walked(&site, "http://leads.test/", 1).await;
    assert!(did(&leads).contains(&ActKind::BackTrap), "{:?}", leads.chain.acts);
    assert_eq!(way(&leads, WayKind::Back).url.as_deref(), Some("http://other.test/more"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_that_holds_the_offer_is_where_the_visitor_arrives() {
    let site = Site::start(|host, _, _| match host {
        "shell.test" => html("<style>body{margin:0}iframe{width:100vw;height:100vh;border:0}</style><iframe src='http://offer.test/o'></iframe>"),
        "shop.test" => html("<h1>品质家纺旗舰店</h1><p>全棉四件套换季上新，支持七天无理由退货，全国包邮到家，欢迎选购本店全部商品，更有会员专享优惠</p><iframe src='http://offer.test/o' style='width:300px;height:200px'></iframe>"),
        _ => html("<p>流量月包办理，每月二十元，次月自动续订</p>"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    let visit = crawler.visit(&ad("http://shell.test/"), "android-douyin").await;
    assert_eq!(hops(&visit)[1], (HopKind::Frame, "http://offer.test/o"));
    assert_eq!((visit.chain.hops[1].status, visit.snapshots[0].hop), (Some(200), 1));
    text(&visit.snapshots[0], "每月二十元");
    let shop = crawler.visit(&ad("http://shop.test/"), "android-douyin").await;
    assert_eq!(shop.chain.hops.len(), 1);
    crawler.stop().await;
}
