//! What a real Chromium tells of whether, how and since when the words of a page can be seen.

#[path = "shared/setting.rs"]
mod setting;

use std::os::unix::fs::PermissionsExt;

use model::snapshot::{After, Style};
use setting::{Site, ad, crawler, html, options, page, reasons, text, visit};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_described_as_they_are_drawn() {
    let site = Site::start(|_, _, _| {
        html(
            "<style>body{margin:0;font:16px/20px sans-serif}
             .half{transform:scale(.5);transform-origin:0 0;font-size:20px} .zoom{zoom:.5;font-size:20px}
             .dots{width:100px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
             .clamp{width:200px;display:-webkit-box;-webkit-line-clamp:1;-webkit-box-orient:vertical;overflow:hidden}
             .fill{color:#000;-webkit-text-fill-color:#fdfdfd}
             .letters{color:#fff;background:#c00;-webkit-background-clip:text;-webkit-text-fill-color:transparent}
             .price::before{content:'¥'} .price::after{content:'/月'}</style>
             <p class=half>半号字</p><p class=zoom>缩放字</p><p class=dots>单行省略的文字很长很长很长</p>
             <p class=clamp>第一行的字很多很多很多很多。次月起每月扣费二十九元。</p>
             <p class=fill>填充色</p><p class=letters>字里的颜色</p>
             <p style='filter:opacity(.3)'>滤镜</p>
             <div style='max-height:0;overflow:hidden'>折叠一</div>
             <details><summary>规则</summary><p>折叠二</p></details><details open><summary>规则</summary>打开的</details>
             <p>价 <b class=price>29</b></p>",
        )
    })
    .await;
    let visit = visit(&site, "http://sight.test/").await;
    let snapshot = page(&visit);
    let style = |words: &str| -> Style { text(snapshot, words).style.clone().expect("a style") };
    // Letters are as large as they are drawn.
    assert_eq!((style("半号字").font_px, style("缩放字").font_px), (10.0, 10.0));
    let dots = style("单行省略");
    assert!(dots.visible && dots.clip.is_some_and(|clip| (clip.w - 100.0).abs() < 1.0), "{dots:?}");
    // Of what a clamp leaves out there are no lines.
    let clamped = text(snapshot, "次月起");
    let shown = clamped.lines.iter().map(|line| line.end).max().unwrap_or_default();
    assert!(shown < 16, "{:?}", clamped.lines);
    assert!(style("填充色").contrast.is_some_and(|contrast| contrast < 1.1), "{:?}", style("填充色"));
    assert_eq!(style("字里的颜色").contrast, None, "only the picture tells");
    assert!((style("滤镜").opacity - 0.3).abs() < 0.01);
    assert!(!style("折叠一").visible && style("折叠一").clip.is_some_and(|clip| clip.h == 0.0));
    assert!(!style("折叠二").visible && style("打开的").visible && style("规则").visible);
    // What stands behind the price is read behind it.
    let words: Vec<&str> = snapshot.nodes.iter().filter_map(|node| node.text.as_deref()).collect();
    assert!(words.ends_with(&["价 ", "¥", "29", "/月"]), "{words:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_come_late_or_after_scrolling_are_dated() {
    let site = Site::start(|_, _, _| {
        html(
            "<h1>首月0元</h1><div id=late></div><div style='height:2500px'></div><p id=lazy>…</p>
             <script>setTimeout(() => { late.textContent = '次月起29元' }, 900);
             let tick = setInterval(() => fetch('/beat').catch(() => 0), 80); setTimeout(() => clearInterval(tick), 1200);
             new IntersectionObserver(e => { if (e[0].isIntersecting) lazy.textContent = '滚动后的内容' }).observe(lazy)</script>",
        )
    })
    .await;
    let visit = visit(&site, "http://late.test/").await;
    let snapshot = page(&visit);
    assert_eq!(text(snapshot, "首月0元").since, None);
    let late = text(snapshot, "次月起29元").since.expect("late");
    assert!(late.after == After::Time && (400..3_000).contains(&late.late_ms.0), "{late:?}");
    assert_eq!(text(snapshot, "滚动后的内容").since.map(|since| since.after), Some(After::Scroll));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_is_looked_at_before_it_looks_and_one_without_letters_proves_nothing() {
    let site = Site::start(|_, _, _| html("<h1>领取流量卡</h1>")).await;
    let well = visit(&site, "http://a.test/").await;
    let health = page(&well).provenance.health.as_ref().expect("it was looked at");
    let looked: Vec<_> = health.looked.iter().map(|one| (one.what.as_str(), one.well)).collect();
    assert_eq!(looked, [("script", true), ("letters", true), ("picture", true), ("guard", true)], "{health:?}");
    assert_eq!(reasons(&well), [""; 0]);

    // The same browser, on a machine without fonts.
    let folder = tempfile::tempdir().expect("a folder");
    let real = ::crawler::find_program("").expect("a browser");
    std::fs::write(folder.path().join("fonts.conf"), "<fontconfig><dir>/nonexistent</dir></fontconfig>")
        .expect("written");
    let wrapper = folder.path().join(real.file_name().expect("a name"));
    let script =
        format!("#!/bin/sh\nFONTCONFIG_FILE={}/fonts.conf exec {} \"$@\"\n", folder.path().display(), real.display());
    std::fs::write(&wrapper, script).expect("written");
    std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let mut options = options(site.at);
    options.browser.path = wrapper.display().to_string();
    let crawler = crawler(options).await;
    let unwell = crawler.visit(&ad("http://a.test/"), "android-douyin").await;
    crawler.stop().await;
    let gap = unwell.gaps.iter().find(|gap| gap.reason == "browser-unwell");
    assert!(gap.is_some_and(|gap| gap.detail.contains("fonts-noto-cjk")), "{:?}", unwell.gaps);
}
