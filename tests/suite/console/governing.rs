//! What complaints, conversions, contacts and decisions come to on the pages: figures by hand, each account its own.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use governance::ccr::Week;
use model::account::Role;
use model::ad::Advertiser;
use model::complaint::{Complaint, Exclusion, Kind, Labelled, Source};
use model::evidence::EvidenceId;
use model::touchpoint::{Contact, Conversion, Touchpoint};
use model::violation::Severity;
use postlink_tests::postlink::{Postlink, machine};
use serde_json::json;
use storage::hearing::{Hearing as _, Key, Mark, NewWord, Saying};
use storage::sqlite;

use super::{Person, Served, accounts, now};
use crate::recheck::{WORDS, look};
use crate::stored::{How, Stored};

const PEOPLE: [(&str, Role, &str, Option<&str>); 6] = [
    ("admin", Role::Admin, "*", None),
    ("every", Role::Platform, "*", None),
    ("two", Role::Platform, "two", None),
    ("a1", Role::Advertiser, "a1", None),
    ("b1", Role::Advertiser, "b1", None),
    ("office", Role::Regulator, "*", None),
];

/// Opens an element or ends an attribute wherever it is not escaped.
const HOSTILE: &str = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}";

struct World {
    served: Served,
    _postlink: Postlink,
    /// The violating case of the ad `x`.
    case: String,
    /// The last week that is over.
    week: Week,
}

/// The last week that is over, on the clocks of Shanghai.
fn week() -> Week {
    let iso = (now() - TimeDelta::weeks(1) + TimeDelta::hours(8)).iso_week();
    Week { year: iso.year(), week: iso.week() }
}

/// Noon of its Wednesday.
fn noon() -> DateTime<Utc> {
    week().monday().and_then(|monday| (monday + TimeDelta::days(2)).and_hms_opt(4, 0, 0)).expect("a moment").and_utc()
}

impl World {
    /// Ad `x` of platform one and advertiser a1, `z` of two and b1.
    async fn new() -> Result<Self> {
        let postlink = Postlink::new()?;
        let dir = postlink.folder().join("out");
        let mut stored = Stored::open(&dir, &WORDS).await?;
        let mut case = look("x", "护手霜9.9元，全国销量第一的护手霜", "2026-11-10T04:00:00Z");
        case.ad.platform = Some("one".to_owned());
        case.ad.advertiser = Some(Advertiser { id: Some("a1".to_owned()), ..Advertiser::default() });
        case.ad_evidence = EvidenceId::of(b"x");
        let case = stored.keep(&case, How::default()).await?.case_id.to_string();
        stored.close().await;
        let ads = [("x", "one", "a1"), ("z", "two", "b1")].map(|(ad, platform, advertiser)| {
            let click_url = format!("https://{ad}.test/");
            json!({ "ad_id": ad, "platform": platform, "click_url": click_url, "advertiser": { "id": advertiser } })
        });
        postlink.write("ads.jsonl", ads.map(|ad| format!("{ad}\n")).concat())?;
        let run = postlink.run(&["import", "ads.jsonl", "--data", "out"])?;
        ensure!(run.code == Some(0), "{run:?}");
        heard(&dir, ("x", "one"), ("z", "two")).await?;
        for command in [
            ["decide", &case, "--confirm", "--by", "reviewer", "--data", "out"].as_slice(),
            ["measures", "propose", "--data", "out"].as_slice(),
        ] {
            let run = postlink.run(command)?;
            ensure!(run.code == Some(0), "{command:?}: {run:?}");
        }
        accounts(&dir, &PEOPLE).await?;
        postlink.write("my.toml", format!("{}[console]\nrequests_per_minute = 1000000\n", machine()))?;
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        Ok(Self { served, _postlink: postlink, case, week: week() })
    }

    fn person(&self, name: &str) -> Result<Person> {
        self.served.person(name)
    }
}

fn complaint(id: &str, user: &str, platform: &str, ad: Option<&str>, text: &str) -> Complaint {
    Complaint {
        id: id.to_owned(),
        source: Source::Comment,
        at: noon() + TimeDelta::hours(1),
        text: text.to_owned(),
        user: Some(user.to_owned()),
        platform: Some(platform.to_owned()),
        ad: ad.map(ToOwned::to_owned),
        click: None,
        age: None,
        rating: None,
        refunded: None,
    }
}

/// 200 users who clicked and converted by `x`, of whom three complain of its words, one of them twice, and one of what was given;
/// beside them a stranger, one that does not count, one of no ad, and one who complains of `z`, by which ten converted. Both are an ad
/// and its platform.
pub(crate) async fn heard(dir: &std::path::Path, x: (&str, &str), z: (&str, &str)) -> Result<()> {
    let store = sqlite::open(dir, Arc::new(now)).await?;
    fn users<'a>(
        name: &'a str,
        (ad, platform): (&'a str, &'a str),
        count: usize,
    ) -> impl Iterator<Item = (&'a str, &'a str, String, String)> {
        (0..count).map(move |n| (ad, platform, format!("{name}-u{n}"), format!("{name}-{n}")))
    }
    let all: Vec<_> = users("x", x, 200).chain(users("z", z, 10)).collect();
    let touch =
        |at: DateTime<Utc>, id: String, user: &str, platform: &str, ad: Option<&str>, channel: &str| Touchpoint {
            id,
            kind: Contact::Click,
            at,
            user: Some(user.to_owned()),
            platform: Some(platform.to_owned()),
            ad: ad.map(ToOwned::to_owned),
            channel: channel.to_owned(),
            device: None,
            ip: None,
            user_agent: None,
            size: None,
            prefetch: false,
            place: None,
        };
    let clicks: Vec<Touchpoint> = all
        .iter()
        .flat_map(|(ad, platform, user, id)| {
            let first = touch(noon() - TimeDelta::hours(2), format!("{id}-a"), user, platform, Some(ad), "feed");
            let last = touch(noon() - TimeDelta::hours(1), format!("{id}-b"), user, platform, None, "direct");
            [first, last]
        })
        .collect();
    let conversions: Vec<Conversion> = all
        .iter()
        .map(|(ad, platform, user, id)| Conversion {
            id: id.clone(),
            at: noon(),
            kind: "order".to_owned(),
            user: Some(user.clone()),
            platform: Some((*platform).to_owned()),
            ad: Some((*ad).to_owned()),
            click: None,
            value: None,
        })
        .collect();
    store.take_touchpoints(&clicks, TimeDelta::days(400)).await?;
    store.take_conversions(&conversions).await?;
    let complaints = [
        (complaint("1", "x-u1", x.1, Some(x.0), &format!("货不对板，订单1 {HOSTILE}")), Kind::Content),
        (complaint("2", "x-u2", x.1, Some(x.0), &format!("货不对板，订单2 {HOSTILE}")), Kind::Content),
        (complaint("3", "x-u3", x.1, Some(x.0), "广告说九块九，不是这个价"), Kind::Content),
        (complaint("4", "x-u3", x.1, Some(x.0), "再说一遍，不是这个价"), Kind::Content),
        (complaint("5", "x-u4", x.1, Some(x.0), "一直没发货"), Kind::Fulfilment),
        (complaint("6", "stranger", x.1, Some(x.0), "听说不好"), Kind::Content),
        (complaint("7", "x-u5", x.1, Some(x.0), "骂一骂就有券"), Kind::Content),
        (complaint("8", "nobody", x.1, None, "不知道说的是哪个广告"), Kind::Other),
        (complaint("9", "z-u1", z.1, Some(z.0), "只给b1看的话"), Kind::Content),
    ];
    let rows: Vec<Complaint> = complaints.iter().map(|(complaint, _)| complaint.clone()).collect();
    store.take_complaints(&rows, TimeDelta::days(400)).await?;
    let of = |complaint: &Complaint| Key {
        platform: complaint.platform.clone().unwrap_or_default(),
        id: complaint.id.clone(),
    };
    let label = |kind: Kind| {
        let path =
            ["unknown".to_owned(), model::line::word(&kind), "false-claim".to_owned(), "product-differs".to_owned()];
        Labelled {
            scenario: None,
            kind,
            path,
            severity: Severity::S2,
            confidence: 0.9,
            words: vec!["货不对板".to_owned()],
        }
    };
    let word = |complaint: &Complaint, saying: Saying| NewWord {
        of: of(complaint),
        saying,
        why: "by the words of the lexicon".to_owned(),
        by: "labels".to_owned(),
        by_rule: true,
    };
    let mut words: Vec<NewWord> =
        complaints.iter().map(|(complaint, kind)| word(complaint, Saying::Label(label(*kind)))).collect();
    let why = [("en".to_owned(), "sent for coupons".to_owned()), ("zh-CN".to_owned(), "为领券而发".to_owned())].into();
    let noise = Exclusion { rule: "coupon-hunting".to_owned(), why, rests_on: vec!["骂一骂就有券".to_owned()] };
    words.push(word(&complaints[6].0, Saying::Exclude(noise)));
    store.say(&words).await?;
    store.heeded(&rows.iter().map(of).collect::<Vec<_>>()).await?;
    let bot =
        Mark { of: Key { platform: x.1.to_owned(), id: "x-199-a".to_owned() }, rules: vec!["known-bot".to_owned()] };
    store.mark_touchpoints(&[bot]).await?;
    store.close().await;
    Ok(())
}

/// Between two marks of a page.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Result<&'a str> {
    let (_, rest) = text.split_once(from).with_context(|| format!("no {from}: {text}"))?;
    Ok(rest.split_once(to).map_or(rest, |(part, _)| part))
}

/// 3 of 200 are 1.50 %, by Wilson 0.51 to 4.32 %; 1 of 10 is 10.0 %; together 4 of 210, 1.90 %.
#[tokio::test(flavor = "multi_thread")]
async fn rates_are_what_they_are_by_hand_and_a_person_changes_them_with_a_reason() -> Result<()> {
    let world = World::new().await?;
    let week = world.week.to_string();
    let admin = world.person("admin")?;
    let page = admin.get("/ccr?weeks=4&by=ad")?.body;
    assert!(page.contains("<b>1.90 %</b>"), "4 of 210: {page}");
    let of_x = between(&page, "\">x</a>", "</tr>")?;
    assert!(of_x.contains("<b>1.50 %</b>") && of_x.contains("0.51–4.32 %") && of_x.contains("3 / 200"), "{of_x}");
    assert!(of_x.contains("<b>0.50 %</b>") && of_x.contains("1 / 200"), "fulfilment: {of_x}");
    for (word, count) in [("counts", 5), ("again", 1), ("not-converted", 1), ("excluded", 1), ("no-ad", 1)] {
        let told = between(&page, "<ul class=\"figures\">", "</ul>")?.replace("&#x2f;", "/");
        let words = console_word(word);
        assert!(told.contains(&format!("<b>{count}</b> {words}")), "{word}: {told}");
    }
    // What is narrowed to goes along on the way down.
    let narrowed = admin.get("/ccr?weeks=4&by=ad&platform=one")?.body.replace("&#x2f;", "/");
    assert!(
        narrowed.contains(&format!(
            "/complaints?platform=one&amp;state=again&amp;week={}&amp;weeks=4",
            week.replace('-', "%2D")
        )),
        "{narrowed}"
    );
    // Each sees its own.
    let own = world.person("b1")?.get("/ccr?weeks=4&by=ad")?.body;
    assert!(own.contains("<b>10.0 %</b>") && !own.contains("1.50 %") && !own.contains("\">x</a>"), "{own}");
    let own = world.person("two")?.get(&format!("/ccr?weeks=4&by=ad&week={week}"))?.body;
    assert!(own.contains("<b>10.0 %</b>") && !own.contains("1.50 %"), "{own}");
    // A file has each week as well.
    let file = admin.get(&format!("/ccr/ccr.csv?weeks=4&by=ad&week={week}"))?;
    assert!(file.body.contains(&format!("x,one,content,{week},3,200,0.015,")), "{}", file.body);
    let lines = admin.get("/ccr/ccr.jsonl?weeks=4&by=ad")?.body;
    let line: serde_json::Value = serde_json::from_str(lines.lines().next().context("a line")?)?;
    assert_eq!((&line["group"], &line["complaints"], &line["week"]), (&json!("x"), &json!(3), &json!(null)));
    assert!(admin.get("/ccr/ccr.xlsx?weeks=4")?.bytes.starts_with(b"PK"));

    // Nobody but a platform says that one does not count, and nobody without a reason.
    let say = |why: &'static str, like: &'static str| {
        [("platform", "one"), ("id", "1"), ("what", "exclude"), ("why", why), ("like", like)]
    };
    assert_eq!(world.person("office")?.submit("/complaint", &say("so", "true")[..4])?.status, 403);
    assert_eq!(world.person("a1")?.submit("/complaint", &say("so", "true")[..4])?.status, 403);
    assert_eq!(world.person("two")?.submit("/complaint", &say("so", "true")[..4])?.status, 404, "out of sight");
    let every = world.person("every")?;
    assert_eq!(every.submit("/complaint", &say(" ", "true")[..4])?.status, 400, "without a reason");
    let written = "说的是赠品没有兑现，与广告写明的不一致";
    let label = [("platform", "one"), ("id", "1"), ("what", "label"), ("why", written), ("kind", "none")];
    let refused = every.submit("/complaint", &label)?;
    assert!(refused.status == 400 && refused.body.contains(written), "what was written is not lost: {}", refused.body);
    // With the one that differs by a number: 1 of 200 is left.
    assert_eq!(every.submit("/complaint", &say("一个人编的", "true"))?.status, 303);
    let page = admin.get("/ccr?weeks=4&by=ad")?.body;
    assert!(between(&page, "\">x</a>", "</tr>")?.contains("<b>0.50 %</b>"), "{page}");
    let one = admin.get("/complaint?platform=one&id=2")?.body;
    assert!(one.contains("一个人编的") && one.contains("every"), "{one}");
    assert!(!one.contains("<img src=x") && !one.contains("<script>alert"), "{one}");
    let restore = [("platform", "one"), ("id", "1"), ("what", "restore"), ("why", "是真的")];
    assert_eq!(every.submit("/complaint", &restore)?.status, 303);
    let page = admin.get("/ccr?weeks=4&by=ad")?.body;
    assert!(between(&page, "\">x</a>", "</tr>")?.contains("2 / 200"), "{page}");
    let log = admin.get("/log?who=every")?.body;
    assert!(log.contains("complaint 1 of one") && log.contains("complaint 2 of one"), "{log}");
    Ok(())
}

/// As the Chinese page says it.
fn console_word(word: &str) -> &'static str {
    match word {
        "counts" => "计入",
        "again" => "同一用户重复",
        "not-converted" => "未经此广告转化",
        "excluded" => "不计入",
        _ => "不属于任何广告",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn complaints_are_found_by_what_they_are_and_by_nobody_who_does_not_see_them() -> Result<()> {
    let world = World::new().await?;
    let admin = world.person("admin")?;
    let count = |person: &Person, query: &str| -> Result<usize> {
        Ok(person.get(&format!("/complaints{query}"))?.body.matches("<td class=\"said\">").count())
    };
    let week = world.week;
    for (query, wanted) in [
        (String::new(), 9),
        // As the page of rates counts them.
        ("?state=counts".to_owned(), 5),
        ("?state=again".to_owned(), 1),
        ("?state=not-converted".to_owned(), 1),
        ("?state=excluded".to_owned(), 1),
        ("?state=no-ad".to_owned(), 1),
        (format!("?state=counts&week={week}&weeks=4"), 5),
        ("?state=counts&week=2020-W10&weeks=4".to_owned(), 0),
        ("?kind=fulfilment".to_owned(), 1),
        ("?ad=z".to_owned(), 1),
        ("?advertiser=a1".to_owned(), 7),
        ("?source=hotline".to_owned(), 0),
        (format!("?week={week}"), 9),
        ("?week=2020-W10".to_owned(), 0),
    ] {
        assert_eq!(count(&admin, &query)?, wanted, "{query}");
    }
    assert_eq!(admin.get("/complaints?week=gestern")?.status, 400);
    for (name, wanted) in [("two", 1), ("a1", 7), ("b1", 1), ("office", 9)] {
        assert_eq!(count(&world.person(name)?, "")?, wanted, "{name}");
    }
    let (a1, b1) = (world.person("a1")?, world.person("b1")?);
    assert_eq!(a1.get("/complaint?platform=one&id=1")?.status, 200);
    assert_eq!(b1.get("/complaint?platform=one&id=1")?.status, 404);
    let excluded = admin.get("/complaint?platform=one&id=7")?.body;
    assert!(
        excluded.contains("为领券而发") && excluded.contains("骂一骂就有券"),
        "why, and by which words: {excluded}"
    );
    // Who somebody is is told to those who decide.
    assert!(admin.get("/complaint?platform=one&id=1")?.body.contains("x-u1"));
    assert!(!a1.get("/complaint?platform=one&id=1")?.body.contains("x-u1"));
    // A sample of one week is drawn again by its seed.
    let sample = admin.get(&format!("/complaints/sample?week={week}&error=10&seed=s"))?;
    assert_eq!(sample.status, 200);
    assert!(sample.body.contains("<code>s</code>"), "{}", sample.body);
    let again = admin.get(&format!("/complaints/sample?week={week}&error=10&seed=s"))?.body;
    assert_eq!(sample.body, again);
    assert_eq!(a1.get("/complaints/sample")?.status, 403);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_traffic_are_what_they_are_by_hand() -> Result<()> {
    let world = World::new().await?;
    let admin = world.person("admin")?;
    // 210 paths of feed and direct, of which one lost its first click to the bots.
    let page = admin.get("/paths?weeks=1&to=channel")?.body;
    let of = |name: &str| -> Result<Vec<String>> {
        let row = between(&page, &format!("<tr><td>{name}</td>"), "</tr>")?;
        Ok(row
            .split("</svg> <span>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
            .collect())
    };
    // Last touch, last non-direct, last per channel, first, linear.
    assert_eq!(of("feed")?[..5], ["0", "209", "209", "209", "104.5"]);
    assert_eq!(of("直接访问")?[..5], ["210", "1", "210", "1", "105.5"]);
    assert!(page.contains("重复计"), "that one model counts twice is said");
    let own = world.person("b1")?.get("/paths?weeks=1&to=channel")?.body;
    assert!(between(&own, "<tr><td>feed</td>", "</tr>")?.contains("<span>10</span>"), "{own}");
    // Complaints are due to the hop where the gravest violation of their ad was found.
    let hops = admin.get("/paths?weeks=1&of=complaints&to=hop")?.body;
    assert!(hops.contains(&world.case), "{hops}");
    assert!(hops.contains("不属于任何广告") && hops.contains("仅供排查"), "{hops}");
    // What people rejected is to blame for nothing.
    let reject = [("choice", "reject"), ("reason", "价格写明了")];
    assert_eq!(world.person("every")?.submit(&format!("/cases/{}/decide", world.case), &reject)?.status, 303);
    let hops = admin.get("/paths?weeks=1&of=complaints&to=hop")?.body;
    assert!(!hops.contains(&world.case) && hops.contains("未发现涉嫌违规"), "{hops}");
    let traffic = admin.get("/traffic?weeks=4")?.body;
    let clicks = between(&traffic, "<h2>点击</h2>", "</section>")?;
    assert!(clicks.contains("过滤前 420，过滤后 419") && clicks.contains("已知爬虫"), "{clicks}");
    let own = world.person("b1")?.get("/traffic?weeks=4")?.body;
    assert!(between(&own, "<h2>点击</h2>", "</section>")?.contains("过滤前 10，过滤后 10"), "{own}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_is_taken_by_a_person_and_stands_in_the_ledger() -> Result<()> {
    let world = World::new().await?;
    let (every, office) = (world.person("every")?, world.person("office")?);
    let page = office.get("/measures")?.body;
    assert!(
        page.contains(&world.case) && page.contains("a1") && !page.contains("name=\"state\" value=\"taken\""),
        "{page}"
    );
    let shown = every.get("/measures?advertiser=a1")?.body;
    let (id, next) = if shown.contains("value=\"taken\"") { ("measure-1", "taken") } else { ("measure-1", "lifted") };
    let turn = |why: &'static str| [("state", next), ("why", why)];
    let path = format!("/measures/{id}");
    assert_eq!(every.submit(&path, &turn(" "))?.status, 400, "without a reason");
    assert_eq!(office.submit(&path, &turn("so"))?.status, 403);
    assert_eq!(world.person("two")?.submit(&path, &turn("so"))?.status, 404, "of another platform");
    assert_eq!(every.submit(&path, &turn("核实过了"))?.status, 303);
    assert_eq!(every.submit(&path, &turn("again"))?.status, 400, "it stands by now");
    assert!(every.get("/measures?advertiser=a1")?.body.contains("核实过了"));
    // Advertisers read of what was done to them, and of nobody else.
    assert!(world.person("b1")?.get("/measures")?.body.matches("class=\"card item").count() == 0);
    // The report of a week is of what the account sees.
    let report = |name: &str, file: &str| world.person(name)?.get(&format!("/reports/{}.{file}", world.week));
    let html = report("office", "html")?;
    assert!(html.status == 200 && html.body.contains("<!doctype html>") && html.body.contains(&world.week.to_string()));
    assert!(report("every", "xlsx")?.bytes.starts_with(b"PK"));
    assert_eq!((report("a1", "html")?.status, report("office", "exe")?.status), (403, 404));
    assert_eq!(office.get("/reports/2999-W01.html")?.status, 400, "it has not begun");
    let running = world.week.next().context("a week")?;
    assert_eq!(office.get(&format!("/reports/{running}.html"))?.status, 400, "what is due in it may still be done");
    // The ledger follows what happened before anything is told of it.
    let body = office.get("/ledger?subject=a1")?.body;
    assert!(body.contains(&world.case) && body.contains("measure-1") && body.contains("核实过了"), "{body}");
    let verified = office.get("/ledger?verify=yes")?.body;
    let head = between(&verified, "<p class=\"command\" tabindex=\"0\"><code>", "</code>")?.to_owned();
    let again = office.get(&format!("/ledger?verify=yes&head={head}"))?.body;
    assert!(again.contains("台账完整"), "{again}");
    let other = head.replace(|c: char| c.is_ascii_hexdigit() && !c.is_ascii_digit(), "0");
    assert!(office.get(&format!("/ledger?verify=yes&head={other}"))?.body.contains("台账不完整"));
    let lines = office.get("/ledger/ledger.jsonl")?.body;
    assert!(lines.lines().count() >= 3 && lines.contains(&world.case), "{lines}");
    assert_eq!(world.person("a1")?.get("/ledger")?.status, 403, "who decided, and why, is not for advertisers");
    assert_eq!(world.person("a1")?.get("/ledger/ledger.csv")?.status, 403);
    let two = world.person("two")?;
    for path in ["/ledger", "/ledger/ledger.csv"] {
        let own = two.get(path)?;
        assert!(
            own.status == 200 && !own.body.contains(&world.case) && !own.body.contains("measure-1"),
            "{path}: {}",
            own.body
        );
    }
    let due = office.get("/deadlines")?.body;
    assert!(due.contains("/complaint?platform") || due.contains("complaint"), "complaints wait: {due}");
    assert_eq!(world.person("a1")?.get("/deadlines")?.status, 403);
    Ok(())
}
