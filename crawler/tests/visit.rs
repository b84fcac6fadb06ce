//! Visits with a real Chromium to a small server of their own.

#[path = "shared/setting.rs"]
mod setting;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Response;
use model::chain::HopKind;
use setting::{Site, ad, answer, crawler, html, options, page, parent, reasons, sent_to, text, visit, visitors};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_is_followed_over_http_meta_refresh_and_script() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("click.test", _) => sent_to("http://meta.test/m"),
        ("meta.test", _) => html("<META HTTP-EQUIV='Refresh' CONTENT='1; URL=http://script.test/s'>"),
        ("script.test", "/s") => html("<script src=/go.js></script>"),
        ("script.test", "/go.js") => {
            Response::new(Body::from("\n\nsetTimeout(() => { location.href = 'http://land.test/p' }, 300)"))
        }
        ("land.test", "/p") => html("<h1>领取流量卡</h1><p style='color:#fff;background:#000'>月费29元</p>"),
        _ => answer(404, ""),
    })
    .await;
    let visit = visit(&site, "http://click.test/c?id=1").await;
    let chain: Vec<_> =
        visit.chain.hops.iter().map(|hop| (hop.kind, hop.url.as_str(), hop.status, hop.cause.as_deref())).collect();
    assert_eq!(
        chain,
        [
            (HopKind::Click, "http://click.test/c?id=1", Some(302), None),
            (HopKind::Http, "http://meta.test/m", Some(200), Some("302 Location")),
            (HopKind::MetaRefresh, "http://script.test/s", Some(200), Some("<meta http-equiv=refresh>")),
            (HopKind::Script, "http://land.test/p", Some(200), Some("script http://script.test/go.js:3")),
        ]
    );
    assert_eq!(reasons(&visit), [""; 0]);
    assert!(visit.chain.hops.iter().all(|hop| hop.remote.as_deref() == Some(&site.at.to_string())));
    assert!(visit.chain.hops[2].at_ms.0 >= 1_000 && visit.chain.hops[3].at_ms > visit.chain.hops[2].at_ms);
    let walk: Vec<_> = visit.chain.walk.iter().map(|hop| (hop.kind, hop.url.as_str(), hop.status)).collect();
    assert_eq!(
        walk,
        [
            (HopKind::Click, "http://click.test/c?id=1", Some(302)),
            (HopKind::Http, "http://meta.test/m", Some(200)),
            (HopKind::MetaRefresh, "http://script.test/s", Some(200)),
        ]
    );
    let snapshot = page(&visit);
    assert!(snapshot.settled && snapshot.hop == 3 && snapshot.viewport == (393, 852));
    let price = text(snapshot, "月费29元");
    let style = price.style.as_ref().expect("a style");
    assert_eq!((style.color, style.background, style.contrast), ([255; 3], Some([0; 3]), Some(21.0)));
    assert_eq!(parent(snapshot, price).tag, "p");
    assert_eq!(price.lines.len(), 1);
    for id in [
        Some(snapshot.html),
        snapshot.picture.as_ref().map(|picture| picture.evidence),
        visit.chain.hops[3].snapshot,
        visit.chain.record,
    ] {
        let id = id.expect("kept");
        assert!(visit.evidence.iter().any(|evidence| evidence.id() == id), "{id}");
    }
    assert!(
        snapshot.responses.iter().any(|response| response.url.ends_with("/go.js") && response.body.is_some()),
        "{:?}",
        snapshot.responses
    );
    assert!(
        snapshot.responses.iter().any(|response| response.url == "http://meta.test/m" && response.body.is_some()),
        "{:?}",
        snapshot.responses
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_renders_late_is_captured_rendered() {
    let site = Site::start(|_, path, _| match path {
        "/slow-data" => Response::new(Body::from("{\"price\":\"首月0元，次月29元\"}")),
        _ => html("<div id=app></div><script>setTimeout(async () => { const r = await fetch('/slow-data'); const d = await r.json(); setTimeout(() => app.textContent = d.price, 800) }, 1000)</script>"),
    })
    .await;
    let visit = visit(&site, "http://spa.test/").await;
    assert_eq!(reasons(&visit), [""; 0]);
    assert!(text(page(&visit), "次月29元").style.as_ref().is_some_and(|style| style.visible));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_pane_shows_when_it_is_scrolled_is_captured() {
    let site = Site::start(|_, _, _| {
        html(
            "<style>html,body{margin:0;height:100%;overflow:hidden}#pane{height:100%;overflow-y:auto}</style>
             <div id=pane><div style='height:2000px'>上</div><p id=lazy>下</p></div>
             <script>new IntersectionObserver(e => { if (e[0].isIntersecting) lazy.textContent = '下面的内容' }).observe(lazy)</script>",
        )
    })
    .await;
    let visit = visit(&site, "http://pane.test/").await;
    let style = text(page(&visit), "下面的内容").style.clone();
    assert!(style.is_some_and(|style| style.visible));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_above_the_page_and_what_loads_on_scrolling_are_captured() {
    let site = Site::start(|_, path, _| match path {
        "/frame" => html("<body style='margin:0'><p>框内文字</p>"),
        _ => html(
            "<div style='height:3000px'>长页面</div><p id=lazy>…</p><iframe src='http://other.test/frame' style='border:5px solid'></iframe>
             <div id=pop style='position:fixed;left:0;right:0;bottom:0;height:200px;background:#fff;z-index:9'><b>限时弹窗</b><input type=checkbox checked><input type=tel value=139></div>
             <div style='display:none'>看不见一</div><div style='opacity:0'>看不见二</div><div style='height:0;overflow:hidden'>看不见三</div>
             <del>¥199</del><button onclick='void 0'>立即领取</button>
             <script>new IntersectionObserver(e => { if (e[0].isIntersecting) lazy.textContent = '懒加载内容' }).observe(lazy)</script>",
        ),
    })
    .await;
    let visit = visit(&site, "http://long.test/").await;
    assert_eq!(reasons(&visit), [""; 0]);
    let snapshot = page(&visit);
    let visible = |words: &str| text(snapshot, words).style.as_ref().expect("a style").visible;
    assert!(visible("限时弹窗") && visible("懒加载内容") && visible("框内文字"));
    assert!(!visible("看不见二") && !visible("看不见三"));
    assert!(!snapshot.nodes.iter().any(|node| node.text.as_deref().is_some_and(|text| text.contains("看不见一"))));
    assert!(text(snapshot, "¥199").style.as_ref().expect("a style").struck);
    let layer =
        snapshot.nodes.iter().find(|node| node.attrs.get("id").is_some_and(|id| id == "pop")).expect("the layer");
    assert_eq!(layer.area.map(|area| (area.y, area.h)), Some((652.0, 200.0)));
    assert!(layer.style.as_ref().expect("a style").position == "fixed");
    let input = |kind: &str| {
        snapshot.nodes.iter().find(|node| node.attrs.get("type").is_some_and(|is| is == kind)).expect("a field")
    };
    assert_eq!((input("checkbox").checked, input("tel").value.as_deref()), (Some(true), Some("139")));
    let frame = snapshot.nodes.iter().find(|node| node.tag == "iframe").expect("the frame");
    let inside = text(snapshot, "框内文字");
    assert!(frame.area.expect("a box").contains(&inside.area.expect("a box")), "{frame:?} {inside:?}");
    for (index, node) in snapshot.nodes.iter().enumerate() {
        assert!(node.parent.is_none_or(|parent| (parent as usize) < index));
    }
    let picture = snapshot.picture.as_ref().expect("a picture");
    assert!(picture.height > 3_000);
}

/// Loaders that listen to scrolling look every so often only: who scrolls fast passes over what they would have loaded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_slow_loader_was_passed_over_with_is_gone_back_to() {
    let site = Site::start(|_, path, _| match path {
        "/" => html(
            "<div id=all></div><script>
             for (let i = 0; i < 8; i++) all.innerHTML += `<div style='height:900px'>第${i}屏<br><img width=80 height=80 src=/grey.svg data-src=/picture-${i}.svg><div class=bg data-bg=/ground-${i}.svg style='width:80px;height:80px'></div></div>`;
             const on_screen = e => { const r = e.getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight };
             let waits = false;
             addEventListener('scroll', () => { if (waits) return; waits = true; setTimeout(() => { waits = false;
               for (const i of document.querySelectorAll('[data-src]')) if (on_screen(i)) { i.src = i.dataset.src; i.removeAttribute('data-src') }
               for (const i of document.querySelectorAll('[data-bg]')) if (on_screen(i)) { i.style.background = `url(${i.dataset.bg})`; i.removeAttribute('data-bg') }
             }, 200) })</script>",
        ),
        _ => svg(),
    })
    .await;
    let visit = visit(&site, "http://slow-loader.test/").await;
    assert_eq!(reasons(&visit), [""; 0]);
    let missing: Vec<String> = (1..8)
        .flat_map(|screen| [format!("/picture-{screen}.svg"), format!("/ground-{screen}.svg")])
        .filter(|path| site.asked(path) == 0)
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A page that adds to its end when that is reached is gone through once more, not for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_end_of_a_page_adds_is_gone_through_as_well() {
    let site = Site::start(|_, path, _| match path {
        "/slow-more" => html("<div style='height:2500px'>更多</div><p id=last>…</p>"),
        _ => html(
            "<div style='height:2500px'>开头</div><div id=end style='height:10px'></div><script>
             const see = (e, then) => new IntersectionObserver(seen => { if (seen[0].isIntersecting) then() }).observe(e);
             let asked = false;
             see(end, async () => { if (asked) return; asked = true; const more = await (await fetch('/slow-more')).text();
               end.insertAdjacentHTML('afterend', more); see(last, () => last.textContent = '次月起29元/月') })</script>",
        ),
    })
    .await;
    let visit = visit(&site, "http://endless.test/").await;
    assert!(text(page(&visit), "次月起29元/月").style.as_ref().is_some_and(|style| style.visible));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_holds_what_the_page_is_laid_out_for() {
    let site = Site::start(|host, _, _| match host {
        "old.test" => Response::builder()
            .header("content-type", "text/html")
            .body(Body::from("<body style='margin:0'><p>old</p><div style='height:3000px'>"))
            .expect("an answer"),
        _ => html("<p>正文</p><div style='position:absolute;left:9000px;width:100px'>藏</div>"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    let old = crawler.visit(&ad("http://old.test/"), "android-douyin").await;
    assert_eq!((page(&old).viewport, page(&old).page_size.0), ((980, 2125), 980));
    let wide = crawler.visit(&ad("http://wide.test/"), "android-douyin").await;
    let picture = page(&wide).picture.as_ref().expect("a picture");
    assert_eq!((page(&wide).viewport, page(&wide).page_size.0, picture.scale), ((393, 852), 9_100, 1.0));
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_page_is_captured_and_leaves_a_gap() {
    let site = Site::start(|_, _, _| answer(404, "<h1>页面不存在</h1>")).await;
    let visit = visit(&site, "http://gone.test/").await;
    assert_eq!(reasons(&visit), ["error-status"]);
    assert!(!visit.gaps[0].retry && visit.gaps[0].hop == Some(0));
    assert_eq!(page(&visit).status, Some(404));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenge_pages_and_empty_pages_leave_gaps() {
    let site = Site::start(|host, _, _| match host {
        "challenge.test" => html(
            "<h2>安全验证</h2><p>请完成验证后继续访问</p><div class=nc_wrapper style='width:300px;height:40px'></div>",
        ),
        _ => html("<div style='width:10px;height:10px'></div>"),
    })
    .await;
    let mut options = options(site.at);
    options.follow.page_timeout_secs = 3;
    let crawler = crawler(options).await;
    let challenge = crawler.visit(&ad("http://challenge.test/"), "desktop-chrome").await;
    assert_eq!(reasons(&challenge), ["challenge-page"]);
    let empty = crawler.visit(&ad("http://empty.test/"), "desktop-chrome").await;
    assert!(reasons(&empty).contains(&"empty-page"), "{:?}", empty.gaps);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_allowed_is_never_connected_to() {
    let counted = Arc::new(AtomicUsize::new(0));
    let forbidden = tokio::net::TcpListener::bind("127.0.0.2:0").await.expect("a port");
    let port = forbidden.local_addr().expect("an address").port();
    let count = Arc::clone(&counted);
    tokio::spawn(async move {
        while forbidden.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let leak = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let site = Site::start(|host, path, _| match (host, path) {
        ("rtc.test", path) => html(&format!(
            "<p>正文</p><script>const c = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{}'}}]}}); c.createDataChannel('x'); \
             c.createOffer().then(o => c.setLocalDescription(o)); document.title = 'rtc'</script>",
            path.trim_start_matches('/')
        )),
        ("page.test", path) => {
            let port = path.trim_start_matches('/');
            html(&format!("<p>正文</p><img src='http://127.0.0.2:{port}/a.png'><img src='http://metadata.private:{port}/x.png'><script>fetch('http://[::ffff:127.0.0.2]:{port}/').catch(() => {{}})</script>"))
        }
        (_, path) => sent_to(&format!("http://127.0.0.2:{}/", path.trim_start_matches('/'))),
    })
    .await;
    let mut options = options(site.at);
    options.guard.allow = vec!["127.0.0.1/32".into()];
    options.guard.resolve.insert("metadata.private".into(), format!("127.0.0.2:{port}"));
    let crawler = crawler(options).await;

    let direct = crawler.visit(&ad(&format!("http://127.0.0.2:{port}/")), "desktop-chrome").await;
    assert_eq!(reasons(&direct), ["address-refused"]);
    assert!(
        direct.snapshots.is_empty()
            && direct.chain.hops[0].error.as_deref().is_some_and(|error| error.contains("127.0.0.2 (loopback)")),
        "{:?}",
        direct.chain
    );

    let redirected = crawler.visit(&ad(&format!("http://jump.test/{port}")), "desktop-chrome").await;
    assert_eq!(reasons(&redirected), ["address-refused"]);
    assert_eq!((redirected.chain.hops.len(), redirected.gaps[0].hop), (2, Some(1)));
    assert!(redirected.chain.walk.last().is_some_and(|hop| hop.error.is_some()));

    let inside = crawler.visit(&ad(&format!("http://page.test/{port}")), "desktop-chrome").await;
    assert_eq!(reasons(&inside), [""; 0]);
    let blocked = &page(&inside).provenance.blocked;
    assert!(
        blocked.iter().any(|blocked| blocked.url.starts_with("127.0.0.2:"))
            && blocked.iter().any(|blocked| blocked.url.starts_with("metadata.private:")),
        "{blocked:?}"
    );
    let calling = crawler
        .visit(&ad(&format!("http://rtc.test/{}", leak.local_addr().expect("an address").port())), "desktop-chrome")
        .await;
    assert_eq!((reasons(&calling), page(&calling).title.as_str()), (vec![], "rtc"));
    assert!(leak.try_recv(&mut [0; 64]).is_err(), "WebRTC went past the guard");
    crawler.stop().await;
    assert_eq!(counted.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_web_address_leaves_a_gap() {
    let site = Site::start(|_, _, _| html("<p>x</p>")).await;
    let crawler = crawler(options(site.at)).await;
    for (url, reason) in [
        ("", "not-a-url"),
        ("not a url", "not-a-url"),
        ("file:///etc/passwd", "scheme-refused"),
        ("javascript:alert(1)", "scheme-refused"),
        ("weixin://dl/business", "scheme-refused"),
        ("http://10.0.0.1/", "address-refused"),
        ("http://169.254.169.254/latest/", "address-refused"),
        ("http://no-such-host.invalid/", "name-not-resolved"),
        ("http://127.0.0.1:1/", "connection-failed"),
    ] {
        let visit = crawler.visit(&ad(url), "desktop-chrome").await;
        assert_eq!(reasons(&visit), [reason], "{url}");
        assert!(visit.snapshots.is_empty() && visit.chain.hops.len() == 1, "{url}");
    }
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_submitted() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("post.test", _) => html("<p>正在跳转</p><form method=post action='http://sink.test/post'><input name=phone value=13900000000></form><script>document.forms[0].submit()</script>"),
        ("get.test", _) => html("<p>正在跳转</p><form action='http://sink.test/get'><input name=phone value=13900000000></form><script>document.forms[0].submit()</script>"),
        ("frame.test", _) => html("<p>正文</p><iframe name=f></iframe><form target=f method=post action='http://sink.test/frame'></form><script>document.forms[0].submit()</script>"),
        ("app.test", _) => sent_to("weixin://dl/business"),
        ("popup.test", _) => html("<p>正文</p><script>window.open('http://sink.test/popup');alert('你好');confirm('确定?')</script><a id=a target=_blank href='http://sink.test/blank'></a><script>a.click();location.href='snssdk1128://x'</script>"),
        _ => html("<p>sunk</p>"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    for (url, main) in [
        ("http://post.test/", true),
        ("http://get.test/", true),
        ("http://frame.test/", false),
        ("http://popup.test/", false),
    ] {
        let visit = crawler.visit(&ad(url), "android-douyin").await;
        let snapshot = page(&visit);
        assert_eq!(visit.chain.hops.len(), 1, "{:?}", visit.chain);
        assert!(
            snapshot.provenance.blocked.iter().any(|blocked| blocked.url.contains("sink.test")),
            "{url}: {:?}",
            snapshot.provenance.blocked
        );
        assert_eq!(reasons(&visit), if main { vec!["form-held-back"] } else { vec![] }, "{url}");
        if url.contains("popup") {
            assert!(snapshot.console.iter().any(|line| line == "alert: 你好"), "{:?}", snapshot.console);
            assert!(
                snapshot.provenance.blocked.iter().any(|blocked| blocked.url.starts_with("snssdk1128:")),
                "{:?}",
                snapshot.provenance.blocked
            );
        }
    }
    let app = crawler.visit(&ad("http://app.test/"), "android-douyin").await;
    assert_eq!(
        (reasons(&app), app.chain.hops[0].status, app.chain.hops.len()),
        (vec!["scheme-refused"], Some(302), 1),
        "{:?}",
        app.gaps
    );
    crawler.stop().await;
    assert_eq!(site.asked("sink.test"), 0, "{:?}", site.asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_hangs_ends_in_time_and_the_next_visit_works() {
    let site = Site::start(|host, _, _| match host {
        "hang.test" => html("<p>正文</p><script>while (true) {}</script>"),
        "later.test" => html("<p>正文</p><script>setTimeout(() => { while (true) {} }, 200)</script>"),
        _ => html("<p>正文</p>"),
    })
    .await;
    let mut options = options(site.at);
    options.follow.page_timeout_secs = 1;
    let crawler = crawler(options).await;
    for url in ["http://hang.test/", "http://later.test/"] {
        let began = Instant::now();
        let hung = crawler.visit(&ad(url), "desktop-chrome").await;
        assert_eq!(reasons(&hung), ["timeout"], "{url}");
        assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    }
    let next = crawler.visit(&ad("http://next.test/"), "desktop-chrome").await;
    assert_eq!(reasons(&next), [""; 0]);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn loops_end() {
    let site = Site::start(|_, path, _| match path {
        "/script" => html("<script>location.href = '/script?' + Math.random()</script>"),
        path => sent_to(if path == "/a" { "/b" } else { "/a" }),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    assert_eq!(reasons(&crawler.visit(&ad("http://loop.test/a"), "desktop-chrome").await), ["redirect-loop"]);
    assert_eq!(reasons(&crawler.visit(&ad("http://loop.test/script"), "desktop-chrome").await), ["too-many-hops"]);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_visitor_is_who_they_say_they_are() {
    let site = Site::start(|_, _, headers| {
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
        let server = ["user-agent", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "accept-language"].map(said).join(" | ");
        html(&format!(
            "<p>server {server}</p><p id=o></p><script>o.textContent = 'script ' + [navigator.userAgent, navigator.webdriver, navigator.platform, \
             navigator.languages, innerWidth, screen.width, devicePixelRatio, navigator.maxTouchPoints, Intl.DateTimeFormat().resolvedOptions().timeZone, \
             navigator.userAgentData?.platform].join(' | ')</script>"
        ))
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    let visitors = visitors();
    for (name, wanted) in [
        ("android-douyin", "false | Linux aarch64 | zh-CN,zh,en-US,en | 393 | 393 | 2.75 | 5 | Asia/Shanghai"),
        ("desktop-chrome", "false | Win32 | zh-CN,zh,en-US,en | 1366 | 1366 | 1 | 0 | Asia/Shanghai"),
    ] {
        let visit = crawler.visit(&ad(&format!("http://{}/", site.at)), name).await;
        let snapshot = page(&visit);
        let agent = &visitors[name].user_agent;
        let script = text(snapshot, "script ").text.as_deref().expect("text");
        assert!(script.contains(agent.as_str()) && script.contains(wanted), "{script}");
        let server = text(snapshot, "server ").text.as_deref().expect("text");
        assert!(server.contains(agent.as_str()) && server.contains("zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7"), "{server}");
        assert!(
            server.contains(if name == "android-douyin" { "?1 | \"Android\"" } else { "?0 | \"Windows\"" }),
            "{server}"
        );
        assert!(!server.to_lowercase().contains("headless"), "{server}");
    }
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_click_that_leads_to_no_page_says_why() {
    let site = Site::start(|host, _, _| match host {
        "file.test" => Response::builder()
            .header("content-disposition", "attachment; filename=game.apk")
            .body(Body::from("PK"))
            .expect("an answer"),
        "silent.test" => Response::builder().status(204).body(Body::empty()).expect("an answer"),
        "closed.test" => Response::builder()
            .status(302)
            .header("location", "javascript:alert(1)")
            .body(Body::empty())
            .expect("an answer"),
        _ => html("<p>x</p>"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    for (url, reason) in [
        ("http://file.test/game.apk", "download"),
        ("http://silent.test/", "empty-page"),
        ("https://tls.test/", "tls-error"),
        ("http://slow.test/slow", ""),
    ] {
        let visit = crawler.visit(&ad(url), "desktop-chrome").await;
        assert_eq!(reasons(&visit).join(" "), reason, "{url}: {:?}", visit.gaps);
        assert_eq!(visit.snapshots.len(), usize::from(reason.is_empty()), "{url}");
    }
    let closed = crawler.visit(&ad("http://closed.test/"), "desktop-chrome").await;
    assert!(!closed.gaps.is_empty() && closed.snapshots.is_empty(), "{:?}", closed.gaps);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_a_page_keeps_from_drawing_is_replaced() {
    const HOG: &str = include_str!("../../tests/sites/hostile/size/pages/webgl-hog.html");
    let site = Site::start(|host, _, _| match host {
        "hog.test" => html(HOG),
        _ => html("<p>正文</p>"),
    })
    .await;
    let mut options = options(site.at);
    options.follow.page_timeout_secs = 4;
    let crawler = crawler(options).await;
    let hog = crawler.visit(&ad("http://hog.test/"), "desktop-chrome").await;
    assert!(reasons(&hog).iter().all(|reason| matches!(*reason, "timeout" | "no-picture")), "{:?}", hog.gaps);
    let next = crawler.visit(&ad("http://next.test/"), "desktop-chrome").await;
    assert_eq!(reasons(&next), [""; 0], "{:?}", next.gaps);
    crawler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_that_dies_is_replaced_once() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("page.test", "/slow.js") => Response::new(Body::from("")),
        _ => html("<p>正文</p><script src=/slow.js></script>"),
    })
    .await;
    let crawler = crawler(options(site.at)).await;
    let ad = ad("http://page.test/");
    let killed = async {
        tokio::time::sleep(Duration::from_millis(2_000)).await;
        assert_eq!(kill_browsers(), 1);
    };
    let (visit, ()) = tokio::join!(crawler.visit(&ad, "desktop-chrome"), killed);
    assert_eq!(reasons(&visit), [""; 0]);
    assert_eq!(kill_browsers(), 1);
    let next = crawler.visit(&ad, "desktop-chrome").await;
    assert_eq!(reasons(&next), [""; 0]);
    crawler.stop().await;
    assert_eq!(kill_browsers(), 0);
}

/// Kills the browsers that this process has started; gives how many there were.
fn svg() -> Response<Body> {
    let picture = "<svg xmlns='http://www.w3.org/2000/svg' width='80' height='80'><rect width='80' height='80' fill='#c33'/></svg>";
    Response::builder().header("content-type", "image/svg+xml").body(Body::from(picture)).expect("an answer")
}

fn kill_browsers() -> usize {
    let ours = std::process::id().to_string();
    let mut killed = 0;
    for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        let fields: Vec<&str> = rest.split_whitespace().collect();
        if fields.get(1) == Some(&ours.as_str()) && name.contains("chrom") && fields.first() != Some(&"Z") {
            let id = entry.file_name().to_string_lossy().into_owned();
            killed += usize::from(
                std::process::Command::new("kill").args(["-9", &id]).status().is_ok_and(|status| status.success()),
            );
        }
    }
    killed
}
