//! What is joined, and what never is.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

fn trackers() -> Trackers {
    Trackers::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/clearurls/rules.json")).expect("it is read")
}

fn url(click_url: &str) -> String {
    of(click_url, None, &trackers()).url
}

/// A landing of the corpus: each URL, and whether it may stay apart.
type Block<'a> = Vec<(&'a str, bool)>;

fn corpus() -> Vec<Block<'static>> {
    let mut blocks = vec![Block::new()];
    for line in include_str!("corpus.txt").lines() {
        match line.strip_prefix('~') {
            Some(line) => blocks.last_mut().expect("one is there").push((line, true)),
            None if line.is_empty() => blocks.push(Block::new()),
            None if line.starts_with('#') => {}
            None => blocks.last_mut().expect("one is there").push((line, false)),
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

#[test]
fn ads_of_one_landing_share_it_and_no_two_landings_are_joined() {
    let (trackers, own_only) = (trackers(), Trackers::default());
    for (lists, name) in [(&trackers, "all lists"), (&own_only, "our own words alone")] {
        let mut seen: BTreeMap<String, (usize, &str)> = BTreeMap::new();
        let (mut missed, mut pairs) = (Vec::new(), 0);
        for (at, block) in corpus().iter().enumerate() {
            let first = of(block[0].0, None, lists);
            for (click_url, may_differ) in block {
                let landing = of(click_url, None, lists);
                if let Some((other, written)) = seen.insert(landing.url.clone(), (at, click_url)) {
                    assert_eq!(other, at, "{name}: joined {click_url} with {written} as {}", landing.url);
                }
                pairs += 1;
                if landing != first && !may_differ {
                    missed.push(format!("{click_url}\n  {}\n  {}", landing.url, first.url));
                }
            }
        }
        assert!(pairs > 100, "the corpus is not read");
        // Without the list of trackers less is joined, and still nothing wrong.
        let most = if name == "all lists" { 0 } else { 12 };
        assert!(missed.len() <= most, "{name}: {} not joined:\n{}", missed.len(), missed.join("\n"));
    }
}

/// What platforms and share buttons add, and what pages select by.
#[test]
fn no_decoration_makes_a_landing_and_every_selection_does() {
    const DECORATIONS: [&str; 22] = [
        "utm_source=douyin",
        "utm_medium=cpc&utm_campaign=a%20b&utm_content=__CID__",
        "utm_id=7&utm_term=",
        "gclid=Cj0KCQiA",
        "gbraid=0AAA&wbraid=1&gad_source=1",
        "fbclid=IwAR123",
        "msclkid=abc",
        "ttclid=__CLICKID__",
        "ttclid=E.C.P.abc",
        "clickid=__CLICKID__&ts=__TS__",
        "bd_vid=1234",
        "qz_gdt=abc&gdt_vid=wx",
        "imei={IMEI_MD5}&idfa={{IDFA}}",
        "oaid=__OAID__&os=__OS__&ip=__IP__&ua=__UA__",
        "callback_param=__CALLBACK_PARAM__",
        "x=%7B%7BIDFA%7D%7D",
        "r=%%CACHEBUSTER%%",
        "z=[CACHEBUSTING]",
        "spm=a2.b3",
        "yclid=1&ysclid=2",
        "_ga=2.1.3&_gl=1",
        "PHPSESSID=abcdef",
    ];
    const SELECTIONS: [&str; 24] = [
        "id=1",
        "id=2",
        "p=2",
        "page=2",
        "q=loan",
        "sku=4",
        "type=3",
        "cid=5",
        "pid=6",
        "sid=7",
        "plan=a",
        "tab=b",
        "lang=en",
        "city=bj",
        "code=c",
        "goods_id=9",
        "channel=k",
        "ref=11",
        "from=x",
        "source=y",
        "variant=1",
        "v=abc",
        "s=1",
        "t=1",
    ];
    const BASES: [&str; 6] = [
        "https://a.example/",
        "https://a.example/p",
        "http://shop.example.cn/goods/1.html",
        "https://www.bilibili.com/blackboard/x.html",
        "https://h5.example.com/act/%E6%B4%BB",
        "https://www.google.com/travel",
    ];
    let trackers = trackers();
    let of = |text: &str| of(text, None, &trackers);
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut kept_apart = 0;
    for base in BASES {
        for selection in ["", "k=0"].iter().chain(&SELECTIONS) {
            let plain = if selection.is_empty() { base.to_owned() } else { format!("{base}?{selection}") };
            let landing = of(&plain);
            if let Some(other) = all.insert(landing.url.clone(), plain.clone()) {
                // On two sites a list says so of words that the sites use for counting.
                assert!(base.contains("bilibili") || base.contains("google"), "joined {plain} with {other}");
                kept_apart += 1;
            }
            for decoration in DECORATIONS {
                let joined = |parts: [&str; 2]| {
                    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                    of(&format!("{base}?{}", parts.join("&")))
                };
                assert_eq!(joined([selection, decoration]), landing, "{plain} with {decoration}");
                assert_eq!(joined([decoration, selection]), landing, "{plain} with {decoration} before it");
            }
        }
    }
    assert!(kept_apart <= 4, "{kept_apart}");
}

#[test]
fn a_landing_in_place_of_a_macro_is_the_ad_s_own() {
    let trackers = trackers();
    let click = "https://t.example/c?to={lpurl}&gclid={gclid}";
    let one = of(click, Some("https://a.example/1?utm_source=x"), &trackers);
    assert_eq!(one, of(click, Some("https://a.example/1"), &trackers));
    assert_ne!(one, of(click, Some("https://a.example/2"), &trackers));
    assert_eq!(one.url, "https://t.example/c?to=https%3A%2F%2Fa.example%2F1");
}

#[test]
fn a_macro_within_a_value_is_filled_as_for_every_ad() {
    assert_eq!(
        url("https://a.test/p/__CID__/x?sub=ttclid(__CLICKID__)"),
        url("https://a.test/p/{cid}/x?sub=ttclid(${ID})")
    );
}

#[test]
fn hosts_are_those_that_are_asked() {
    let trackers = Trackers::default();
    for (written, host) in [
        ("https://A.Example:443/", "a.example"),
        ("http://a.example:80", "a.example"),
        ("https://a.example:80/", "a.example:80"),
        ("https://例子.测试/", "xn--fsqu00a.xn--0zwm56d"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("snssdk1128://detail?id=1", NO_HOST),
        ("no url at all", NO_HOST),
        ("", NO_HOST),
        ("https://", NO_HOST),
    ] {
        assert_eq!(of(written, None, &trackers).host, host, "{written}");
    }
}

#[test]
fn what_nobody_can_open_is_told_apart_by_what_was_written() {
    let of = |text: &str| of(text, None, &Trackers::default());
    assert_ne!(of("snssdk1128://detail?id=1"), of("snssdk1128://detail?id=2"));
    assert_eq!(of(" no url "), of("no url"));
    let long = format!("https://a.test/?x={}&gclid=1", "y".repeat(LONGEST));
    assert_eq!(of(&long).host, NO_HOST);
}

#[test]
fn a_normal_form_is_its_own_normal_form() {
    let trackers = trackers();
    for (click_url, _) in corpus().into_iter().flatten() {
        let once = of(click_url, None, &trackers);
        assert_eq!(of(&once.url, None, &trackers), once, "{click_url}");
    }
}

#[test]
fn hostile_urls_cost_little() {
    let trackers = trackers();
    let nested = (0..40).fold("https://a.test/".to_owned(), |inner, _| {
        let inner: String = url::form_urlencoded::byte_serialize(inner.as_bytes()).collect();
        if inner.len() > LONGEST { inner } else { format!("https://a.test/?to={inner}&gclid=1") }
    });
    let began = std::time::Instant::now();
    for text in [
        nested,
        format!("https://a.test/?{}", "a=1&".repeat(4_000)),
        format!("https://a.test/?{}", "%".repeat(15_000)),
        format!("https://a.test/{}", ";jsessionid=".repeat(1_200)),
        format!("https://a.test/#{}", "=%".repeat(7_000)),
        "https://a.test/%\u{200b}?%&=&#%".to_owned(),
    ] {
        of(&text, Some("{lpurl}"), &trackers);
    }
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

#[test]
fn a_list_that_is_none_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rules.json");
    let told = || Trackers::read(&path).err().expect("refused").to_string();
    assert!(told().contains("rules.json"));
    std::fs::write(&path, "{}").expect("writes");
    assert!(told().contains("not as ClearURLs writes them"), "{}", told());
    std::fs::write(&path, r#"{"providers": {"x": {"urlPattern": ".*", "rules": ["(?<=a)"]}}}"#).expect("writes");
    assert!(told().contains("`x` has a pattern"), "{}", told());
}
