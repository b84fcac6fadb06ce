//! What went over the wire in a visit is kept whole enough to be played again.

#[path = "shared/setting.rs"]
mod setting;

use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use crawler::Visit;
use model::traffic::{Answer, Client, Exchange, Traffic};
use setting::{Site, answer, html, visit};

/// `<title>packed</title><meta http-equiv=refresh content="0; url=http://door.test/d">`, as gzip.
const PACKED: &str = "H4sIAAAAAAACAyXKQQqAIBAF0KuI+5rWpd5FdELJ1MZf549o+eAZZBR23YeDo6Ff5mR4lYA+8XXnxwrvwiOp0Cq4wuplU7cU+5WVKLYmM3iAonYv4tAxGlIAAAA=";

fn traffic(visit: &Visit) -> Traffic {
    let id = visit.chain.traffic.expect("the chain names its traffic");
    let kept = visit.evidence.iter().find(|evidence| evidence.id() == id).expect("it is kept");
    serde_json::from_slice(kept.bytes()).expect("it reads")
}

fn of<'a>(traffic: &'a Traffic, by: Client, url: &str) -> &'a Exchange {
    let found = traffic.exchanges.iter().find(|exchange| exchange.by == by && exchange.url == url);
    found.unwrap_or_else(|| panic!("{url} is not among {:#?}", traffic.exchanges))
}

fn answered(exchange: &Exchange) -> &Answer {
    exchange.answer.as_ref().unwrap_or_else(|| panic!("no answer: {exchange:?}"))
}

fn body(visit: &Visit, exchange: &Exchange) -> Vec<u8> {
    let id = answered(exchange).body.unwrap_or_else(|| panic!("no body: {exchange:?}")).evidence;
    visit.evidence.iter().find(|evidence| evidence.id() == id).expect("the body is kept").bytes().to_vec()
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str()).collect()
}

fn packed() -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(PACKED).expect("base64")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_hop_and_every_request_of_a_visit_is_kept_with_its_headers_and_its_body() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("click.test", _) => Response::builder()
            .status(302)
            .header("location", "http://packed.test/m")
            .header("set-cookie", "a=1")
            .header("set-cookie", "b=2")
            .body(Body::empty())
            .expect("an answer"),
        ("packed.test", _) => Response::builder()
            .header("content-type", "text/html")
            .header("content-encoding", "gzip")
            .body(Body::from(packed()))
            .expect("an answer"),
        ("door.test", _) => html("门<script>setTimeout(() => { location.href = 'http://land.test/p' }, 200)</script>"),
        ("land.test", "/p") => html(
            "<link rel=stylesheet href=/s.css><h1>领取流量卡</h1><img src=/i.svg><script>
             fetch('/get?_=1').then(r => r.text()).then(t => fetch('/post', {method: 'POST', headers: {'content-type': 'application/x-www-form-urlencoded'}, body: 'a=1&b=二'}))
             fetch('http://127.9.9.9:1/', {mode: 'no-cors'}).catch(() => {})</script>",
        ),
        ("land.test", "/s.css") => Response::builder().header("content-type", "text/css").body(Body::from("h1{color:red}")).expect("an answer"),
        ("land.test", "/i.svg") => Response::builder()
            .header("content-type", "image/svg+xml")
            .body(Body::from("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"))
            .expect("an answer"),
        ("land.test", "/get") => Response::new(Body::from("{\"price\":29}")),
        ("land.test", "/post") => Response::new(Body::from("{\"ok\":true}")),
        _ => answer(404, ""),
    })
    .await;
    let visit = visit(&site, "http://click.test/c?id=1").await;
    let traffic = traffic(&visit);
    assert_eq!((traffic.visitor.as_str(), traffic.dropped), ("android-douyin", 0));
    let browser = |url: &str| of(&traffic, Client::Browser, url);

    // Each hop of the chain is there, as the browser was answered.
    for hop in &visit.chain.hops {
        let exchange = browser(&hop.url);
        assert_eq!(answered(exchange).status, hop.status.expect("a status"), "{}", hop.url);
        assert_eq!(answered(exchange).remote.as_deref(), Some(site.at.to_string().as_str()));
        assert_eq!(exchange.at_ms, hop.at_ms);
        let agent = header(&exchange.request_headers, "user-agent");
        assert!(agent.len() == 1 && agent[0].contains("aweme"), "{}: {:?}", hop.url, exchange.request_headers);
        let app = header(&exchange.request_headers, "x-requested-with");
        assert_eq!(app, ["com.ss.android.ugc.aweme"], "as it went over the wire: {:?}", exchange.request_headers);
    }
    let click = answered(browser("http://click.test/c?id=1"));
    assert_eq!(header(&click.headers, "location"), ["http://packed.test/m"]);
    assert_eq!(header(&click.headers, "set-cookie"), ["a=1", "b=2"], "{:?}", click.headers);
    assert_eq!((click.protocol.as_str(), click.reason.as_str(), click.body), ("http/1.1", "Found", None));

    // Documents that were left, unpacked by the browser.
    let door = browser("http://packed.test/m");
    assert!(String::from_utf8(body(&visit, door)).expect("text").contains("<title>packed</title>"));
    assert!(!answered(door).body.expect("a body").as_received);
    assert_eq!(header(&answered(door).headers, "content-encoding"), ["gzip"]);
    assert!(body(&visit, browser("http://door.test/d")).windows(3).any(|three| three == "门".as_bytes()));

    // What the page was built from, and what it posted.
    assert_eq!(body(&visit, browser("http://land.test/s.css")), b"h1{color:red}");
    assert!(body(&visit, browser("http://land.test/i.svg")).starts_with(b"<svg"));
    assert_eq!(body(&visit, browser("http://land.test/get?_=1")), b"{\"price\":29}");
    let post = browser("http://land.test/post");
    assert_eq!((post.method.as_str(), post.kind.as_str()), ("POST", "fetch"));
    let posted = post.request_body.expect("what was posted");
    let posted = visit.evidence.iter().find(|evidence| evidence.id() == posted).expect("it is kept");
    assert_eq!(posted.bytes(), "a=1&b=二".as_bytes());
    assert_eq!(body(&visit, post), b"{\"ok\":true}");
    let refused = browser("http://127.9.9.9:1/");
    assert!(refused.answer.is_none() && refused.error.is_some(), "{refused:?}");

    // The walk keeps what servers sent, packed as it came, and went through it all the same.
    let packed_page = of(&traffic, Client::Walk, "http://packed.test/m");
    assert_eq!(body(&visit, packed_page), packed());
    assert!(answered(packed_page).body.expect("a body").as_received);
    assert_eq!(header(&answered(packed_page).headers, "content-encoding"), ["gzip"]);
    assert_eq!(header(&packed_page.request_headers, "x-requested-with"), ["com.ss.android.ugc.aweme"]);
    assert_eq!(visit.chain.walk.last().map(|hop| hop.url.as_str()), Some("http://door.test/d"));

    // The clock of these tests stands still: what was asked lies behind it by what a visit takes, in its order.
    let now = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    let first = traffic.exchanges[0].at;
    assert!(first <= now && now - first < chrono::TimeDelta::seconds(60), "{first}");
    assert!(traffic.exchanges.iter().filter(|e| e.by == Client::Browser).is_sorted_by_key(|e| e.at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_drips_and_one_without_end_are_cut_and_said_to_be() {
    let site = Site::start(|host, path, _| match (host, path) {
        ("long.test", "/") => html(&"<p>很长".repeat(400_000)),
        ("drip.test", "/") => {
            let drops = futures_util::stream::unfold(0_u32, |drop| async move {
                tokio::time::sleep(Duration::from_millis(400)).await;
                Some((Ok::<_, std::io::Error>("<p>滴"), drop + 1))
            });
            Response::builder()
                .header("content-type", "text/html; charset=utf-8")
                .body(Body::from_stream(drops))
                .expect("an answer")
        }
        _ => answer(404, ""),
    })
    .await;
    let long = visit(&site, "http://long.test/").await;
    let told = traffic(&long);
    let kept = answered(of(&told, Client::Walk, "http://long.test/")).body.expect("a body");
    assert!(kept.cut && kept.bytes == 2 << 20, "{kept:?}");
    let drip = visit(&site, "http://drip.test/").await;
    let told = traffic(&drip);
    let kept = answered(of(&told, Client::Walk, "http://drip.test/")).body.expect("a body");
    assert!(kept.cut && kept.bytes > 0, "{kept:?}");
}
