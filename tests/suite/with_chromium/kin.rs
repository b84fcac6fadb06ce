//! Accounts that are one behind two names: told by what their pages show, looked at before strangers, and named where measures are
//! proposed. Honest shops that only share a page builder are two.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{QUICK, Stage, case, list, text};

const ICP: &str = "京ICP备12345678号";
const HERE: [&str; 4] = ["--data", "out", "--config", "my.toml"];

/// What says who is behind a page: a record, with the number of the site, and a code.
fn footer(site: u8) -> String {
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/sites/qr-page/pages/assistant.jpg");
    let picture = BASE64_STANDARD.encode(std::fs::read(picture).unwrap());
    format!("<img width=300 src=\"data:image/jpeg;base64,{picture}\"><footer><p>{ICP}-{site}</p></footer>")
}

/// Orders a data plan, whatever was promised.
fn plan() -> String {
    let form = "<form action=/order method=post><input type=tel name=mobile placeholder=请输入手机号码>\
        <input name=smsCode placeholder=请输入短信验证码><button>立即领取</button></form>";
    format!(
        "<h1>限时福利</h1><h2>验证手机号，领取福利</h2>{form}\
         <p style=\"font-size:10px;color:#c9c9c9\">资费39元/月，办理成功后立即生效，次月自动续订并从话费中扣除</p>"
    )
}

/// A shop of a page builder: its template, on its host and under its number, with words of its own.
fn shop(words: &str, goods: usize) -> String {
    let card =
        format!("<li class=card><p class=name>{words}</p><p class=price>39元</p><a class=buy href=/buy>购买</a></li>");
    let parts = ["bar", "search", "banner", "tabs", "notice", "coupon", "list"];
    let parts: String =
        parts.iter().map(|part| format!("<section class=b-{part}><h2 class=b-title>{words}</h2></section>")).collect();
    format!(
        "<main class=b-shop>{parts}<ul class=goods>{}</ul></main><footer class=b-foot><p>沪ICP备55556666号-1</p></footer>",
        card.repeat(goods)
    )
}

fn ad(id: &str, advertiser: &str, host: &str, title: &str) -> String {
    json!({
        "ad_id": id, "platform": "feed", "title": title, "click_url": format!("http://{host}/{id}"),
        "advertiser": {"id": advertiser},
    })
    .to_string()
        + "\n"
}

#[track_caller]
fn runs(stage: &Stage, arguments: &[&str]) -> String {
    let run = stage.postlink.run(&[arguments, &HERE[..]].concat()).unwrap();
    assert!(matches!(run.code, Some(0 | 10 | 11)), "{arguments:?}: {run:?}");
    run.stdout
}

fn traits(case: &Value, what: &str) -> Vec<String> {
    let all = list(case, "/traits").iter().filter(|shown| text(shown, "/what") == what);
    all.map(|shown| text(shown, "/value").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_other_account_of_a_violator_is_looked_at_before_strangers_and_named_in_its_measure() {
    const GIFT: &str = "《星澜传说》今日开服，648元豪华礼包免费领";
    const BOOKS: &str = "云朵阅读，海量好书";
    let honest = format!("<h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>{}", footer(2));
    let plan_of_a = plan() + &footer(1);
    let (plan, tea, shoes) = (plan(), shop("云雾绿茶", 3), shop("轻便跑鞋", 6));
    let stranger = "<h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>";
    let strangers: Vec<String> = (0..6).map(|n| format!("stranger{n}.test")).collect();
    let mut pages =
        vec![("a.test", plan_of_a.as_str()), ("b.test", &honest), ("b-new.test", &plan), ("tea.shops.test", &tea)];
    pages.push(("shoes.shops.test", &shoes));
    pages.extend(strangers.iter().map(|host| (host.as_str(), stranger)));
    let stage = Stage::of_pages(&pages, QUICK).await;

    // What is known: one account that deceives, another one that does not yet, and two shops.
    let first = [
        ad("a1", "a", "a.test", GIFT),
        ad("b1", "b", "b.test", BOOKS),
        ad("t1", "tea", "tea.shops.test", "云雾绿茶39元"),
        ad("s1", "shoes", "shoes.shops.test", "轻便跑鞋39元"),
    ];
    stage.ads(first.concat());
    runs(&stage, &["import", "ads.jsonl"]);
    runs(&stage, &["sweep", "create", "first"]);
    runs(&stage, &["sweep", "run", "first"]);
    let cases = stage.cases("out");
    assert_eq!(text(case(&cases, "a1"), "/verdict"), "violating");
    for id in ["a1", "b1"] {
        assert_eq!(traits(case(&cases, id), "icp"), ["京icp备12345678号"], "without the number of the site");
        assert_eq!(traits(case(&cases, id), "qr").len(), 1);
    }
    let [tea, shoes] = ["t1", "s1"].map(|id| case(&cases, id));
    for what in ["host", "icp", "template"] {
        assert_eq!(traits(tea, what), traits(shoes, what));
        assert_eq!(traits(tea, what).len(), 1, "{what}");
    }

    // New ads of that other account and of strangers, and room for one look.
    let mut new = ad("b2", "b", "b-new.test", GIFT);
    strangers.iter().enumerate().for_each(|(n, host)| new += &ad(&format!("n{n}"), &format!("n{n}"), host, BOOKS));
    stage.ads(new);
    runs(&stage, &["import", "ads.jsonl"]);
    runs(&stage, &["sweep", "create", "second", "--pages", "1", "--depth", "0"]);
    runs(&stage, &["sweep", "run", "second"]);
    let cases = stage.cases("out");
    assert_eq!(cases.len(), first.len() + 1, "{:?}", cases.iter().map(|case| text(case, "/ad_id")).collect::<Vec<_>>());
    assert_eq!(text(case(&cases, "b2"), "/verdict"), "violating", "it was looked at before all strangers");

    let linked = runs(&stage, &["advertisers", "linked", "--json"]);
    let linked: Vec<Value> = linked.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(linked.len(), 1, "and the two shops are two: {linked:?}");
    assert_eq!([0, 1].map(|at| text(&linked[0]["accounts"][at], "/advertiser")), ["a", "b"]);
    let shared = list(&linked[0], "/shared");
    assert!(["icp", "qr"].iter().all(|what| shared.iter().any(|one| text(one, "/what") == *what)), "{shared:?}");
    assert!(shared.iter().all(|one| list(one, "/cases").iter().all(Value::is_string)), "{shared:?}");
    assert!(runs(&stage, &["advertisers", "linked", "--advertiser", "tea", "--anew"]).starts_with("0 times"));

    for id in ["a1", "b2"] {
        runs(&stage, &["decide", id, "--confirm", "--by", "Li"]);
    }
    let left_out = ["measures", "propose", "--lang", "en", "--advertiser", "a", "--without", "several-accounts"];
    let proposed = runs(&stage, &left_out);
    assert!(proposed.contains("measure-1") && !proposed.contains("several accounts"), "{proposed}");
    let proposed = runs(&stage, &["measures", "propose", "--lang", "en"]);
    assert!(proposed.contains("feed/b") && proposed.contains("done from several accounts"), "{proposed}");
    assert!(proposed.contains("the same advertiser's: a (icp 京icp备12345678号, qr "), "{proposed}");
}
