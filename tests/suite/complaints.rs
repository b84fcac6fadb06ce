//! Files of complaints, conversions and touchpoints with known truth, from the shell to the rates: on SQLite and PostgreSQL.

use std::io::Write as _;
use std::time::{Duration, Instant};

use postlink_tests::postlink::{Postlink, Run};
use serde_json::{Value, json};
use storage::suite::postgres;

/// A store to work on: a folder, or a database as well.
struct World {
    postlink: Postlink,
    database: Option<(postgres::Server, String)>,
}

impl World {
    fn in_a_folder() -> Self {
        Self { postlink: Postlink::new().unwrap(), database: None }
    }

    fn in_a_database() -> Self {
        let server = postgres::Server::start();
        let url = server.database("heard");
        Self { postlink: Postlink::new().unwrap(), database: Some((server, url)) }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let place = match &self.database {
            Some((_, url)) => vec!["--data", "out", "--database", url.as_str()],
            None => vec!["--data", "out"],
        };
        self.postlink.run(&[arguments, &place].concat()).unwrap()
    }

    #[track_caller]
    fn says(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout
    }

    #[track_caller]
    fn import(&self, file: &str, bytes: impl AsRef<[u8]>, kind: &str) -> Run {
        self.postlink.write(file, bytes).unwrap();
        // What is old by the clock of whoever runs this is taken all the same.
        self.postlink.write("hearing.toml", "[hearing]\ntouchpoint_days = 36500\n").unwrap();
        let kind = ["--kind", kind, "--platform", "feed", "--rejects", "rejects.jsonl", "--config", "hearing.toml"];
        self.run(&[&["complaints", "import", file], kind.as_slice()].concat())
    }

    fn rejects(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.postlink.folder().join("rejects.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Complaints that count by valid conversions, of the week and group.
    #[track_caller]
    fn rate(&self, by: &str, who: Option<&str>, kind: &str) -> (u64, u64, Value) {
        let told = self.says(&["ccr", "--by", by, "--from", "2025-W20", "--to", "2025-W20", "--json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let groups = told["groups"].as_array().unwrap();
        let group = groups.iter().find(|group| group["who"].as_str() == who && group["kind"] == kind);
        let total = &group.unwrap_or_else(|| panic!("{told}"))["total"];
        (total["complaints"].as_u64().unwrap(), total["conversions"].as_u64().unwrap(), total.clone())
    }

    /// How many complaints of the week stand how.
    fn standings(&self) -> Value {
        let told = self.says(&["ccr", "--from", "2025-W20", "--to", "2025-W20", "--json"]);
        serde_json::from_str::<Value>(&told).unwrap()["complaints"].clone()
    }
}

const ADS: &str = r#"{"ad_id": "a1", "click_url": "https://a.test/1", "platform": "feed", "advertiser": {"id": "m1", "industry": "game"}}
{"ad_id": "a2", "click_url": "https://a.test/2", "platform": "feed", "advertiser": {"id": "m2", "industry": "loan"}}
"#;

/// Ten orders by the first ad, of which one came by a click that is not told yet; five by the second.
fn conversions() -> String {
    let order = |id: String, user: String, ad: Value| json!({ "id": id, "at": "2025-05-13T08:00:00+08:00", "kind": "order", "user": user, "ad": ad, "value": 3_000 });
    let first = (1..=9).map(|n| order(format!("v{n}"), format!("u{n}"), json!("a1")));
    let by_click = std::iter::once(order("v10".into(), "u10".into(), Value::Null));
    let second = (1..=5).map(|n| order(format!("w{n}"), format!("u{n}"), json!("a2")));
    first.chain(by_click).chain(second).map(|row| format!("{row}\n")).collect()
}

/// Chinese heads in GB18030, what counts and what does not, and rows that are wrong.
fn complaints() -> Vec<u8> {
    let text = "投诉编号,来源,投诉时间,投诉内容,用户ID,广告ID,点击ID,心情\n\
        c1,评论,2025-05-14 09:00:00,跟广告不一样,u1,a1,,坏\n\
        c2,评论,2025-05-15 09:00:00,还是跟广告不一样,u1,a1,,坏\n\
        c3,举报,2025-05-14 11:00:00,\"图片不符,要求退\",u2,a1,,\n\
        c4,热线,2025-05-15 21:00:00,等了半个月没发货,u3,a1,,\n\
        c5,评论,2025-05-16 02:00:00,货不对板,u99,a1,,\n\
        c6,评论,2025-05-12 23:00:00,与描述不符,u4,a1,,\n\
        c7,评论,2025-05-17 02:00:00,与宣传不符,u5,a1,,\n\
        c8,评论,2025-05-17 09:30:00,和视频不一样,u6,,t6,\n\
        c9,评论,2025-05-17 12:00:00,完全两回事,u7,a9,,\n\
        c10,评论,2025-05-18 23:59:59,和广告价格差太多,u1,a2,,\n\
        c11,评论,2025-05-19 00:00:00,跟视频不一样,u2,a2,,\n\
        c12,评论,不知道,没有,u1,a1,,\n\
        c13,电视,2025-05-14 09:00:00,没有,u1,a1,,\n\
        c14,评论,2025-05-14 09:00:00,\"没有关上,u1,a1,,\n\
        c15,评论,2025-05-14 09:00:00,少了一列,u1,a1\n\
        c1,评论,2025-05-14 09:00:00,同一个编号,u1,a1,,\n";
    encoding_rs::GB18030.encode(text).0.into_owned()
}

/// The clicks, in UTF-16, packed.
fn touchpoints() -> Vec<u8> {
    let text = "id\tkind\tat\tuser\tad\tchannel\tip\n\
        t6\tclick\t2025-05-13 07:00:00\tu6\ta1\tfeed\t203.0.113.7\n\
        t10\tclick\t2025-05-01 07:00:00\tu10\ta1\tsearch\t203.0.113.8\n\
        t11\tclick\t2025-05-02 07:00:00\tu10\ta1\tfeed\t203.0.113.8\n";
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&utf16).unwrap();
    packed.finish().unwrap()
}

/// The whole way: what is counted, what is not, what comes late, and what people say.
fn the_rates_are_those_of_the_files(world: &World) {
    world.postlink.write("ads.jsonl", ADS).unwrap();
    world.postlink.write("my.toml", "[sweep]\ntracking_rules = \"\"\n").unwrap();
    world.says(&["import", "ads.jsonl", "--config", "my.toml"]);
    let taken = world.import("conversions.jsonl", conversions(), "conversions");
    assert!(taken.code == Some(0) && taken.stdout.contains("15 rows: 15 new, 0 as before (UTF-8)"), "{taken:?}");

    let taken = world.import("complaints.csv", complaints(), "complaints");
    assert_eq!(taken.code, Some(11), "{taken:?}");
    for words in [
        "11 rows: 11 new, 0 as before (GB18030)",
        "1 name ads that are not known",
        ": a9",
        "心情",
        "4 rows are wrong, 1 come",
    ] {
        assert!(taken.stdout.contains(words), "`{words}` is not in {taken:?}");
    }
    let told: Vec<_> = world
        .rejects()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["field"].as_str().unwrap_or("").to_owned(), one["kept"] == true))
        .collect();
    let expected = [
        (13, "at", false),
        (14, "source", false),
        (15, "", false),
        (16, "", false),
        (10, "ad", true),
        (17, "id", false),
    ];
    assert_eq!(told, expected.map(|(line, field, kept)| (line, field.to_owned(), kept)), "nothing else is lost");
    assert!(taken.stderr.contains("complaints.csv:14: source: `电视` is none of"), "{taken:?}");

    // By hand: u1 once, u2, u5 of the nine whose ad is known; u3 about what was given.
    let (complaints, conversions, total) = world.rate("ad", Some("a1"), "content");
    assert_eq!((complaints, conversions), (3, 9));
    assert!((total["rate"].as_f64().unwrap() - 3.0 / 9.0).abs() < 1e-12, "{total}");
    assert_eq!(world.rate("ad", Some("a1"), "fulfilment").0, 1);
    assert_eq!(
        world.rate("ad", Some("a2"), "content").0,
        1,
        "the last second of the week, and not the first of the next"
    );
    let expected = json!({ "counts": 5, "again": 1, "no-ad": 2, "not-converted": 2 });
    assert_eq!(world.standings(), expected);

    // The same again changes nothing.
    for (file, kind) in [("conversions.jsonl", "conversions"), ("complaints.csv", "complaints")] {
        let again = world.run(&["complaints", "import", file, "--kind", kind, "--platform", "feed"]);
        assert!(again.stdout.contains(" 0 new, "), "{again:?}");
    }
    assert_eq!(world.standings(), expected);

    // A click that comes late says whose the complaint and the order are.
    let taken = world.import("touchpoints.tsv.gz", touchpoints(), "touchpoints");
    assert!(taken.code == Some(0) && taken.stdout.contains("3 rows: 3 new, 0 as before (UTF-16)"), "{taken:?}");
    let (complaints, conversions, total) = world.rate("ad", Some("a1"), "content");
    assert_eq!((complaints, conversions), (4, 10));
    let ends: Vec<f64> = total["interval"].as_array().unwrap().iter().map(|end| end.as_f64().unwrap()).collect();
    assert!((ends[0] - 0.168_18).abs() < 1e-4 && (ends[1] - 0.687_33).abs() < 1e-4, "4 of 10 by Wilson: {ends:?}");
    for (by, who, expected) in [
        ("advertiser", Some("m1"), (4, 10)),
        ("trade", Some("loan"), (1, 5)),
        ("platform", Some("feed"), (5, 15)),
        ("all", None, (5, 15)),
    ] {
        let (complaints, conversions, _) = world.rate(by, who, "content");
        assert_eq!((complaints, conversions), expected, "{by}");
    }

    // What a person says is counted so, and can be taken back.
    let said = ["--by", "li", "--why", "不是这个广告的问题"];
    world.says(&[&["complaints", "exclude", "c7"], &said[..]].concat());
    assert_eq!(world.rate("ad", Some("a1"), "content").0, 3);
    let shown: Value = serde_json::from_str(&world.says(&["complaints", "show", "c7", "--json"])).unwrap();
    assert_eq!(shown["excluded"]["rule"], "person");
    world.says(&[&["complaints", "restore", "c7"], &said[..]].concat());
    assert_eq!(world.rate("ad", Some("a1"), "content").0, 4);
    world.says(&[&["complaints", "label", "c7", "--kind", "other"], &said[..]].concat());
    assert_eq!(world.rate("ad", Some("a1"), "content").0, 3);
    let shown: Value = serde_json::from_str(&world.says(&["complaints", "show", "c7", "--json"])).unwrap();
    let words: Vec<_> = shown["words"].as_array().unwrap().iter().map(|word| word["word"].as_str().unwrap()).collect();
    assert_eq!(words, ["label", "exclude", "restore", "label"], "who said what stays");
    let listed = world.says(&["complaints", "list", "--kind", "content", "--ad", "a1"]);
    assert!(listed.lines().count() == 6 && listed.contains("c8 (feed, comment), ad a1 (by click)"), "{listed}");
    assert_eq!(world.says(&["complaints", "list", "--no-ad"]).lines().count(), 1);
    let none = world.run(&["complaints", "show", "nobody"]);
    assert!(none.code == Some(2) && none.stderr.contains("there is no complaint `nobody`"), "{none:?}");

    // Two clicks of one user: each model shares the one order that has contacts.
    let told = world.says(&["attribute", "--by", "channel", "--from", "2025-W20", "--to", "2025-W20", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["last-touch"]["credits"], json!({ "feed": 2.0 }), "u6 and u10 were on the feed last");
    assert_eq!(told["first"]["credits"], json!({ "feed": 1.0, "search": 1.0 }));
    assert_eq!(told["linear"]["credits"], json!({ "feed": 1.5, "search": 0.5 }));
    assert_eq!((&told["linear"]["ends"], &told["linear"]["without_contact"]), (&json!(2.0), &json!(13.0)));
    let wrong = world.run(&["attribute", "--model", "guess"]);
    assert!(wrong.code == Some(2) && wrong.stderr.contains("last-touch, "), "{wrong:?}");

    // What comes from a data centre converts nobody.
    world.postlink.write("ranges.txt", "203.0.113.8/32 # theirs\n").unwrap();
    world.postlink.write("traffic.toml", "[hearing]\ndata_centres = \"ranges.txt\"\n").unwrap();
    let weeks = ["--from", "2025-W18", "--to", "2025-W20", "--config", "traffic.toml"];
    let told = world.says(&[&["traffic"], &weeks[..]].concat());
    assert!(told.contains("click: 3 before, 1 after") && told.contains("data-centre: 2"), "{told}");
    assert_eq!(world.rate("ad", Some("a1"), "content").1, 9, "the order that they led to is no valid one");
    let csv =
        world.says(&["ccr", "--by", "ad", "--from", "2025-W20", "--to", "2025-W20", "--csv", "--kind", "content"]);
    assert!(csv.contains("feed,a1,content,2025-W20,3,9,0.333"), "{csv}");
}

#[test]
fn the_rates_of_a_folder_are_those_of_the_files() {
    the_rates_are_those_of_the_files(&World::in_a_folder());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rates_of_a_database_are_those_of_the_files() {
    the_rates_are_those_of_the_files(&World::in_a_database());
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_stopped() {
    let world = World::in_a_folder();
    let row = |n: usize| format!("t{n},click,2025-05-13 07:00:00,u{n},a1,feed\n");
    let text = (0..60_000).fold("id,kind,at,user,ad,channel\n".to_owned(), |text, n| text + &row(n));
    world.postlink.write("clicks.csv", text).unwrap();
    world.postlink.write("hearing.toml", "[hearing]\ntouchpoint_days = 36500\n").unwrap();
    let import =
        ["complaints", "import", "clicks.csv", "--kind", "touchpoints", "--data", "out", "--config", "hearing.toml"];
    let running = world.postlink.start(&import).unwrap();
    let log = world.postlink.folder().join("out/postlink.db-wal");
    let begun = Instant::now();
    // Some batches are written: one is about a megabyte.
    while std::fs::metadata(&log).map_or(0, |log| log.len()) < 3_000_000 {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing is written");
        std::thread::sleep(Duration::from_millis(5));
    }
    running.kill().unwrap();
    let again = world.postlink.run(&import).unwrap();
    let counts: Vec<u64> = again.stdout.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(counts[0] == 60_000 && counts[1] + counts[2] == 60_000 && counts[2] > 0, "{again:?}");
    let third = world.postlink.run(&import).unwrap();
    assert!(third.stdout.contains("60000 rows: 0 new, 60000 as before"), "{third:?}");
}

#[test]
fn a_file_that_is_none_is_refused() {
    let world = World::in_a_folder();
    let refused = |file: &str, text: &str, words: &str| {
        let run = world.import(file, text, "complaints");
        assert!(run.code == Some(2) && run.stderr.contains(words), "{run:?}");
    };
    refused("empty.csv", "", "it is empty");
    refused("head.csv", "id,text\n", "no column for");
    refused("bad.csv", "id,source,at\n1,comment,soon\n", "no row of bad.csv was taken");
    refused("list.json", "[{}]", "one object a line");
    let run = world.run(&["complaints", "import", "nowhere.csv"]);
    assert!(run.code == Some(2) && run.stderr.contains("nowhere.csv"), "{run:?}");
}

#[test]
fn what_is_over_is_forgotten_by_the_retention() {
    let world = World::in_a_folder();
    world.import("complaints.csv", complaints(), "complaints");
    world.import("touchpoints.tsv.gz", touchpoints(), "touchpoints");
    world.postlink.write("short.toml", "[hearing]\naddress_days = 1\n").unwrap();
    let dry = world.says(&["retention", "--dry-run", "--config", "short.toml", "--at", "2125-05-14T00:00:00Z"]);
    assert!(dry.contains("3 touchpoints would be deleted, the words of 11 complaints"), "{dry}");
    let dry = world.says(&["retention", "--dry-run", "--at", "2028-05-20T00:00:00Z"]);
    assert!(dry.contains("0 touchpoints would be deleted, the words of 11 complaints would be forgotten"), "{dry}");
    let done = world.says(&["retention", "--config", "short.toml", "--at", "2025-05-15T00:00:00Z"]);
    assert!(done.contains("0 touchpoints were deleted") && done.contains("3 addresses were cut"), "{done}");
}
