//! The pages behind the landing page: what is pressed, what is never pressed, and where it all leads.

#[path = "shared/setting.rs"]
mod setting;

use crawler::Visit;
use futures_util::{StreamExt, stream};
use model::chain::{ActKind, HopKind, Outcome, Way, WayKind};
use model::snapshot::{Part, Snapshot};
use model::units::Level;
use setting::{Site, ad, crawler, html, options, reasons, text};

const HOME: &str = "<h1>仙侠手游新服开启</h1><p>上线即送元宝礼包，官方正版，公平竞技，数量有限，先到先得</p>";

async fn walked(site: &Site, url: &str) -> Visit {
    let mut options = options(site.at);
    options.follow.next_levels = 2;
    let crawler = crawler(options).await;
    let visit = crawler.visit(&ad(url), "android-douyin").await;
    crawler.stop().await;
    visit
}

fn way<'a>(visit: &'a Visit, kind: WayKind, words: &str) -> &'a Way {
    let found = visit.chain.ways.iter().find(|way| way.kind == kind && way.words.contains(words));
    found.unwrap_or_else(|| panic!("no {kind:?} 「{words}」: {:#?}", visit.chain.ways))
}

fn shown<'a>(visit: &'a Visit, part: Part, words: &str) -> &'a Snapshot {
    let says = |page: &&Snapshot| {
        page.part == part && page.nodes.iter().any(|node| node.text.as_deref().is_some_and(|text| text.contains(words)))
    };
    visit.snapshots.iter().find(says).unwrap_or_else(|| {
        let pages: Vec<_> = visit.snapshots.iter().map(|page| (page.part, page.level, &page.url)).collect();
        panic!("no page {part:?} with 「{words}」: {pages:?} {:#?}", visit.chain.ways)
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_a_person_goes_is_walked_level_by_level() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("game.test", "/") => html(&format!(
            "{HOME}<a href='/gift' style='display:block;background:#e33;color:#fff;font-size:22px;padding:16px;text-align:center'>立即领取礼包</a>
             <p style='font-size:12px'>点击即表示同意<a href='/terms'>《用户协议》</a>与<a href='/privacy'>《隐私政策》</a></p>"
        )),
        ("game.test", "/gift") => html(
            "<h1>领取成功在即</h1><p>还差最后一步，请前往办理页面完成领取，名额将为您保留十分钟</p>
             <div id=next style='cursor:pointer;background:#06c;color:#fff;font-size:20px;padding:14px;text-align:center'>下一步</div>
             <script>next.addEventListener('click', () => { location.href = 'http://tel.test/apply?id=1' })</script>",
        ),
        ("tel.test", _) => html("<h1>流量月包办理</h1><p>每月二十元，次月自动续订</p><input type=tel placeholder=手机号><button>确认订购</button>"),
        ("game.test", "/terms") => html("<h1>用户协议</h1><p>会员服务到期后按每月二十五元自动续费</p>"),
        _ => html("<h1>隐私政策</h1><p>我们重视您的隐私</p>"),
    })
    .await;
    let visit = walked(&site, "http://game.test/").await;
    assert_eq!(reasons(&visit), [""; 0]);
    let gift = visit.chain.hops.iter().find(|hop| hop.url == "http://game.test/gift").expect("level 2");
    assert_eq!((gift.kind, gift.level, gift.from), (HopKind::NextLevel, Level(2), Some(0)));
    assert_eq!(gift.referrer.as_deref(), Some("http://game.test/"));
    let order = visit.chain.hops.iter().find(|hop| hop.url == "http://tel.test/apply?id=1").expect("level 3");
    assert_eq!((order.level, order.from), (Level(3), Some(gift.index)));
    assert_eq!(way(&visit, WayKind::Action, "立即领取").outcome, Outcome::Followed);
    assert_eq!(way(&visit, WayKind::Action, "下一步").outcome, Outcome::Followed);
    assert_eq!(shown(&visit, Part::Next, "每月二十元").level, Level(3));
    assert_eq!(shown(&visit, Part::Agreement, "每月二十五元").level, Level(2));
    assert_eq!(visit.chain.landing().url, "http://game.test/");
    assert!(
        visit.chain.ways.iter().filter(|way| way.kind == WayKind::Form).all(|way| way.outcome == Outcome::HeldBack)
    );
    assert!(visit.chain.hops.iter().enumerate().all(|(at, hop)| usize::from(hop.index) == at));
    for page in &visit.snapshots {
        let kept = serde_json::to_vec(page).expect("plain data");
        let id = model::evidence::EvidenceId::of(&kept);
        assert_eq!(visit.chain.hops[usize::from(page.hop)].snapshot, Some(id), "{}", page.url);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_opens_in_place_is_opened_and_closed_again() {
    let site = Site::start(|host, _, _| match host {
        "fold.test" => html(&format!(
            "{HOME}<style>.c{{position:fixed;inset:0;background:#000a;display:none}}.b{{position:absolute;left:20px;right:20px;top:200px;background:#fff;padding:20px}}</style>
             <div onclick=\"more.hidden = false; this.remove()\" style='cursor:pointer;color:#06c'>展开活动规则 ▼</div>
             <div id=more hidden>活动规则：礼包到期后按每月二十五元自动续费，可在我的页面取消</div>
             <p>点击即同意<span onclick=\"lay.style.display = 'block'\" style='cursor:pointer;color:#06c'>《用户服务协议》</span></p>
             <div class=c id=lay><div class=b><p>协议全文：服务费每月二十元，从话费中扣除，退订请致电客服</p>
               <span onclick=\"lay.style.display = 'none'\" style='position:absolute;right:6px;top:6px;cursor:pointer;width:28px;height:28px;text-align:center' class=close>×</span></div></div>"
        )),
        _ => html(&format!(
            "{HOME}<div id=go style='cursor:pointer;background:#e33;color:#fff;font-size:22px;padding:16px;text-align:center'>立即领取</div>
             <div id=win style='display:none;position:fixed;inset:0;background:#000a'><div style='position:absolute;left:20px;right:20px;top:200px;background:#fff;padding:20px'>
             <p>恭喜！请输入手机号办理流量月包，每月二十元</p><input type=tel placeholder=手机号><button onclick=\"fetch('/api/order', {{method: 'POST'}})\">确认办理</button></div></div>
             <script>go.addEventListener('click', () => {{ win.style.display = 'block' }})</script>"
        )),
    })
    .await;
    let visit = walked(&site, "http://fold.test/").await;
    assert_eq!(way(&visit, WayKind::Fold, "展开").outcome, Outcome::Opened);
    assert_eq!(shown(&visit, Part::Unfolded, "每月二十五元").level, Level(1));
    let agreement = way(&visit, WayKind::Agreement, "用户服务协议");
    assert!(agreement.outcome == Outcome::Opened && agreement.snapshot.is_some(), "{agreement:?}");
    shown(&visit, Part::Agreement, "服务费每月二十元");
    assert_eq!(way(&visit, WayKind::Close, "").outcome, Outcome::Opened);
    let visit = walked(&site, "http://layer.test/").await;
    assert_eq!(way(&visit, WayKind::Action, "立即领取").outcome, Outcome::Opened);
    shown(&visit, Part::Next, "请输入手机号办理");
    assert_eq!(site.asked("POST"), 0, "{:?}", site.asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_press_opens_all_that_is_folded_alike() {
    let site = Site::start(|_, _, _| {
        let question = |at: usize| {
            format!(
                "<details ontoggle=\"fetch('/api/order', {{method: 'POST'}})\"><summary>常见问题之{at}</summary><p>答案之{at}，每月二十五元</p></details>"
            )
        };
        html(&format!("{HOME}<h1>问与答</h1>{}", (1..=7).map(question).collect::<String>()))
    })
    .await;
    let visit = walked(&site, "http://questions.test/").await;
    let folds: Vec<_> = visit.chain.ways.iter().filter(|way| way.kind == WayKind::Fold).collect();
    assert!(folds.len() > 2 && folds.iter().all(|way| way.outcome == Outcome::Opened), "{folds:?}");
    for at in 1..=7 {
        shown(&visit, Part::Unfolded, &format!("答案之{at}"));
    }
    assert_eq!(site.asked("POST"), 0, "{:?}", site.asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_that_does_not_close_is_told() {
    let site = Site::start(|host, _, _| {
        let (mark, code) = match host {
            "stays.test" => ("<span", ""),
            "leads.test" => ("<span", "location.href = 'http://other.test/'"),
            "linked.test" => ("<a href='http://other.test/'", ""),
            "twice.test" => ("<span", "if (this.n) lay.remove(); this.n = 1"),
            _ => ("<span", "lay.remove()"),
        };
        let end = if mark == "<span" { "span" } else { "a" };
        html(&format!(
            "{HOME}<div id=lay style='position:fixed;inset:0;background:#000a;z-index:9'><div style='position:absolute;left:20px;right:20px;top:200px;background:#fff;padding:30px'>
             <p>恭喜您获得专属红包，限时领取</p>{mark} id=x style='position:absolute;right:6px;top:6px;cursor:pointer;width:28px;height:28px;text-align:center' class=close>×</{end}></div></div>
             <script>x.addEventListener('click', function () {{ {code} }})</script>"
        ))
    })
    .await;
    for (host, trap) in [("closes", false), ("stays", true), ("leads", true), ("linked", true), ("twice", true)] {
        let visit = walked(&site, &format!("http://{host}.test/")).await;
        let told = visit.chain.acts.iter().any(|act| act.kind == ActKind::CloseTrap);
        assert_eq!(told, trap, "{host}: {:?} {:#?}", visit.chain.acts, visit.chain.ways);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_layer_that_does_not_let_go_at_first_is_told() {
    let site = Site::start(|host, _, _| {
        let at_once = "<b id=x class=close>×</b>";
        let (mark, then) = match host {
            "appears.test" => ("<b id=x class=close style='display:none'>×</b>", "x.style.display = 'block'"),
            "counts.test" => ("<b id=x class=close>3</b>", "x.textContent = '×'"),
            "counts-in-words.test" => ("<b id=x>3秒后可关闭</b>", "x.textContent = '关闭'"),
            "enabled.test" => ("<button id=x disabled class=close>×</button>", "x.disabled = false"),
            "splash.test" => ("", "lay.remove()"),
            "never.test" => ("", ""),
            "other.test" => ("", "said.textContent += '，还剩最后三个名额'"),
            _ => (at_once, "said.textContent += '，还剩最后三个名额'"),
        };
        html(&format!(
            "{HOME}<style>#x{{position:absolute;right:6px;top:6px;cursor:pointer;min-width:28px;height:28px;text-align:center}}</style>
             <div id=lay style='position:fixed;inset:0;background:#000a;z-index:9'><div style='position:absolute;left:20px;right:20px;top:200px;background:#fff;padding:40px'>
             <p id=said>恭喜您获得专属红包，限时领取</p>{mark}</div></div>
             <script>setTimeout(() => {{ {then} }}, 3500); if (window.x) x.addEventListener('click', () => {{ if (/×|^关闭/.test(x.textContent)) lay.remove() }})</script>"
        ))
    })
    .await;
    let late = ["appears", "counts", "counts-in-words", "enabled"].map(|host| (host, true));
    let honest = ["closes", "splash", "never", "other"].map(|host| (host, false));
    let mut options = options(site.at);
    (options.follow.next_levels, options.follow.watch_ms) = (1, 6_000);
    let crawler = crawler(options).await;
    let visits = stream::iter(late.into_iter().chain(honest)).map(|(host, is_late)| {
        let crawler = &crawler;
        async move { (host, is_late, crawler.visit(&ad(&format!("http://{host}.test/")), "android-douyin").await) }
    });
    let visits: Vec<_> = visits.buffered(4).collect().await;
    crawler.stop().await;
    for (host, is_late, visit) in visits {
        let told = visit.chain.acts.iter().find(|act| act.kind == ActKind::LateClose);
        assert_eq!(told.is_some(), is_late, "{host}: {:?} {:#?}", visit.chain.acts, visit.chain.ways);
        assert!(told.is_none_or(|act| (3_500..6_500).contains(&act.at_ms.0)), "{host}: {told:?}");
        if is_late || host == "closes" {
            assert_eq!(way(&visit, WayKind::Close, "").outcome, Outcome::Opened, "{host}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_pressed_nothing_is_submitted_and_no_message_is_asked_for() {
    let site = Site::start(|host, _, _| match host {
        "press.test" => html(&format!(
            "{HOME}<style>.b{{cursor:pointer;background:#e33;color:#fff;font-size:22px;padding:16px;margin:9px;text-align:center}}</style>
             <div class=b id=a>查看礼包</div><div class=b id=b>进入活动</div><div class=b id=c>去看看</div>
             <script>
             a.addEventListener('click', () => {{ fetch('/api/claim', {{method: 'POST', body: 'x=1'}}); navigator.sendBeacon('/api/beacon', 'x') }});
             b.addEventListener('click', () => {{ new Image().src = '/pixel?press=1'; new Image().src = '/api/sms?to=1'; fetch('/api/sms/send?to=139') }});
             c.addEventListener('click', () => {{ const f = document.createElement('form'); f.action = '/api/auto'; f.method = 'post'; document.body.append(f); f.submit() }});
             </script>"
        )),
        _ => html(&format!(
            "{HOME}<form action=/api/get><input type=tel name=phone><button>获取验证码</button></form>
             <form method=post action=/api/post><input type=hidden name=a value=b><button>立即办理</button></form>
             <div onclick=\"fetch('/api/order', {{method: 'POST'}})\" style='cursor:pointer;background:#e33;color:#fff;padding:16px'>确认开通</div>
             <a href='/api/order/create?id=1' style='display:block;background:#e33;color:#fff;padding:16px'>立即支付</a>"
        )),
    })
    .await;
    let forms = walked(&site, "http://trap.test/").await;
    assert!(forms.chain.ways.iter().any(|way| way.words.contains("验证码")), "{:#?}", forms.chain.ways);
    assert!(
        forms.chain.ways.iter().all(|way| matches!(way.outcome, Outcome::HeldBack | Outcome::Known)),
        "{:#?}",
        forms.chain.ways
    );
    let visit = walked(&site, "http://press.test/").await;
    assert_eq!(site.asked("/api/"), 0, "{:?}", site.asked);
    assert_eq!(site.asked("POST"), 0, "{:?}", site.asked);
    assert_eq!(site.asked("/pixel"), 1, "the buttons were pressed: {:?}", site.asked);
    assert_eq!(way(&visit, WayKind::Action, "查看礼包").outcome, Outcome::HeldBack);
    text(&visit.snapshots[0], "仙侠手游");
}
