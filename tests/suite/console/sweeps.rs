//! Sweeps by the console: made and priced by a form, watched to their end, and out of reach for those who do not see their ads.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result};
use model::account::Role;
use postlink_tests::postlink::{Postlink, machine};
use postlink_tests::site::Site;
use postlink_tests::world::World;
use serde_json::Value;

use super::{Person, Served, accounts};

const PEOPLE: [(&str, Role, &str, Option<&str>); 5] = [
    ("admin", Role::Admin, "*", None),
    ("feed", Role::Platform, "feed", None),
    ("search", Role::Platform, "search", None),
    ("office", Role::Regulator, "*", None),
    ("a1", Role::Advertiser, "a1", None),
];

/// Two imported ads, one of each platform, and everything that serves them.
struct Stage {
    served: Served,
    _postlink: Postlink,
    _site: Site,
}

impl Stage {
    async fn new() -> Result<Self> {
        let worlds = [World::read("game-gift-telecom")?, World::read("honest-shop")?];
        let mut lines = String::new();
        for (world, platform) in worlds.iter().zip(["feed", "search"]) {
            let text = world.ads_jsonl()?;
            let mut ad: Value = serde_json::from_str(text.lines().next().context("an ad")?)?;
            ad["platform"] = platform.into();
            // Its files lie elsewhere; what it says in words is enough.
            ad["creatives"] = Value::Array(Vec::new());
            lines += &format!("{ad}\n");
        }
        let postlink = Postlink::new()?;
        postlink.write("ads.jsonl", lines)?;
        let site = Site::serve(worlds.into(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None).await?;
        let quick = "[follow]\nwatch_ms = 500\n[capture]\nquiet_ms = 300\n[sweep]\ntracking_rules = \"\"\nhost_pause_secs = 0.0\n";
        postlink.write("my.toml", format!("{}\n{}\n{quick}", site.guard(), machine()))?;
        let imported = postlink.run(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"])?;
        assert_eq!(imported.code, Some(0), "{imported:?}");
        accounts(&postlink.folder().join("out"), &PEOPLE).await?;
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        Ok(Self { served, _postlink: postlink, _site: site })
    }

    fn person(&self, name: &str) -> Result<Person> {
        self.served.person(name)
    }
}

/// What is typed, with these fields otherwise.
fn typed<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [("cadence", "once"), ("time_zone", "Asia/Shanghai"), ("visitors", "android-douyin"), ("depth", "1")];
    let others = usual.into_iter().filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
    others.chain(fields.iter().copied()).collect()
}

/// The data of each event of a stream that has ended, with its name.
fn events(stream: &str) -> Result<Vec<(String, Value)>> {
    let told = stream.split("\n\n").filter(|event| event.contains("data:"));
    let line = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
    };
    told.map(|event| {
        let name = line(event, "event:").context("a name")?;
        Ok((name, serde_json::from_str(&line(event, "data:").context("data")?)?))
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_is_priced_made_and_watched_to_its_end() {
    let stage = Stage::new().await.unwrap();
    let feed = stage.person("feed").unwrap();
    let form = feed.get("/sweeps/_new").unwrap().body;
    assert!(form.contains("value=\"android-douyin\"") && form.contains("value=\"feed\" readonly"), "{form}");

    // What it costs is told before there is anything.
    let priced = feed.submit("/sweeps", &typed(&[("name", "now"), ("then", "preview")])).unwrap();
    assert_eq!(priced.status, 200, "{}", priced.body);
    assert!(priced.body.contains("USD") && priced.body.contains("value=\"create\""), "{}", priced.body);
    assert!(feed.get("/sweeps/now").unwrap().status == 404, "nothing was created");

    let made = feed.submit("/sweeps", &typed(&[("name", "now"), ("then", "create")])).unwrap();
    assert_eq!((made.status, made.location.as_deref()), (303, Some("/sweeps/now?done=sweep-created")), "{}", made.body);
    let told = feed.get("/sweeps/now/progress").unwrap();
    assert_eq!(told.headers["content-type"], "text/event-stream");
    let events = events(&told.body).unwrap();
    let (name, last) = events.last().unwrap();
    assert!(name == "over" && last["state"] == "done", "{}", told.body);
    assert!(events.iter().rev().skip(1).all(|(name, _)| name == "progress"), "{}", told.body);
    let done = last["shares"].as_array().unwrap().iter().find(|share| share["word"] == "done").unwrap();
    assert_eq!((&done["count"], &done["width"]), (&1.into(), &1_000.into()), "one landing: that of its platform");
    assert_eq!((&last["verdicts"][0]["verdict"], &last["verdicts"][0]["count"]), (&"violating".into(), &1.into()));

    // Its cases are found by its round, by those who see them.
    let round = format!("/cases?history=all&round={}&verdict=violating", last["round"].as_str().unwrap());
    assert!(feed.get(&round).unwrap().body.contains("game-gift-telecom"));
    assert!(!stage.person("search").unwrap().get(&round).unwrap().body.contains("game-gift-telecom"));
    assert!(!feed.get("/cases?history=all&round=another").unwrap().body.contains("game-gift-telecom"));
    let landing = feed.get("/landing?ad=game-gift-telecom").unwrap().body;
    assert!(landing.contains("look violating") && landing.contains("ad.lingdong-trk.test"), "{landing}");
    assert_eq!(stage.person("search").unwrap().get("/landing?ad=game-gift-telecom").unwrap().status, 404);
    for name in ["feed", "search"] {
        let person = stage.person(name).unwrap();
        let covered = person.get("/coverage").unwrap().body;
        assert_eq!(covered.contains("a-1001"), name == "feed", "{name}: {covered}");
        let overview = person.get("/overview").unwrap().body;
        assert_eq!(overview.contains("class=\"series s0\""), name == "feed", "{name}: {overview}");
    }
    let page = feed.get("/sweeps/now").unwrap().body;
    assert!(page.contains("verdict=violating") && !page.contains("data-progress"), "it is over: {page}");
    assert!(feed.get("/log").unwrap().body.contains("now"), "who made it stands in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_at_its_field_and_what_was_typed_stays() {
    let stage = Stage::new().await.unwrap();
    let admin = stage.person("admin").unwrap();
    let far = [("name", "far"), ("at", "2099-01-01T00:00"), ("then", "create")];
    assert_eq!(admin.submit("/sweeps", &typed(&far)).unwrap().status, 303);
    for (field, fields) in [
        ("name", vec![("name", "Big Sweep")]),
        ("name", vec![("name", "far")]),
        ("pattern", vec![("name", "b"), ("cadence", "cron"), ("pattern", "61 * * * *")]),
        ("time_zone", vec![("name", "b"), ("cadence", "cron"), ("pattern", "0 * * * *"), ("time_zone", "Mars")]),
        ("sample", vec![("name", "b"), ("sample", "200")]),
        ("visitors", vec![("name", "b"), ("visitors", "nobody")]),
    ] {
        let fields = typed(&[fields, vec![("then", "create"), ("trade", "\"><b>typed")]].concat());
        let answer = admin.submit("/sweeps", &fields).unwrap();
        assert_eq!(answer.status, 200, "{field}: {}", answer.body);
        assert!(answer.body.contains(&format!("id=\"wrong-{field}\"")), "{field}: {}", answer.body);
        let kept = answer.body.contains("&quot;&gt;&lt;b&gt;typed") || answer.body.contains("&#34;&gt;&lt;b&gt;typed");
        assert!(kept && !answer.body.contains("<b>typed"), "{field}: {}", answer.body);
    }
    assert_eq!(admin.get("/sweeps/b").unwrap().status, 404);
    let forged = admin.send("/sweeps", &typed(&[("name", "b"), ("then", "create")])).unwrap();
    assert_eq!(forged.status, 403, "no page sent it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_or_touches_the_sweep_of_another_platform() {
    let stage = Stage::new().await.unwrap();
    let (admin, feed, search) =
        (stage.person("admin").unwrap(), stage.person("feed").unwrap(), stage.person("search").unwrap());
    let later = |name| typed(&[("name", name), ("cadence", "cron"), ("pattern", "0 3 1 1 *"), ("then", "create")]);
    assert_eq!(feed.submit("/sweeps", &later("of-feed")).unwrap().status, 303);
    assert_eq!(admin.submit("/sweeps", &later("of-all")).unwrap().status, 303);
    for (person, seen) in [(&admin, ["of-all", "of-feed"].as_slice()), (&feed, &["of-feed"]), (&search, &[])] {
        let list = person.get("/sweeps").unwrap().body;
        for name in ["of-all", "of-feed"] {
            assert_eq!(list.contains(&format!(">{name}<")), seen.contains(&name), "{name}: {list}");
        }
    }
    for (person, name) in [(&search, "of-feed"), (&search, "of-all"), (&feed, "of-all")] {
        for path in [format!("/sweeps/{name}"), format!("/sweeps/{name}/progress")] {
            assert_eq!(person.get(&path).unwrap().status, 404, "{path}");
        }
        for what in ["pause", "cancel", "run", "resume"] {
            let answer = person.submit(&format!("/sweeps/{name}/{what}"), &[]).unwrap();
            assert_eq!(answer.status, 404, "{name}: {what}");
        }
        let form = person.get(&format!("/sweeps/_new?like={name}")).unwrap().body;
        assert!(!form.contains("0 3 1 1 *"), "nor is it copied: {form}");
    }
    let others = typed(&[("name", "b"), ("platform", "feed"), ("then", "create")]);
    assert!(search.submit("/sweeps", &others).unwrap().body.contains("id=\"wrong-platform\""));
    for name in ["office", "a1"] {
        let person = stage.person(name).unwrap();
        for path in ["/sweeps", "/sweeps/_new", "/sweeps/of-feed", "/sweeps/of-feed/progress"] {
            assert_eq!(person.get(path).unwrap().status, 403, "{name}: {path}");
        }
        assert_eq!(person.submit("/sweeps", &later("b")).unwrap().status, 403, "{name}");
        assert_eq!(person.submit("/sweeps/of-feed/cancel", &[]).unwrap().status, 403, "{name}");
    }
    // Those who may, turn it; and what cannot be is said.
    let turn = |what: &str| feed.submit(&format!("/sweeps/of-feed/{what}"), &[]).unwrap();
    assert_eq!(turn("pause").status, 303);
    assert!(feed.get("/sweeps/of-feed").unwrap().body.contains("state is-paused"));
    assert_eq!(turn("run").status, 400, "it is paused");
    assert_eq!(turn("resume").status, 303);
    assert_eq!(turn("run").status, 303);
    let told = feed.get("/sweeps/of-feed/progress").unwrap().body;
    assert!(told.contains("event: over"), "{told}");
    assert_eq!(turn("cancel").status, 303);
    assert_eq!(turn("resume").status, 400, "it does not come back");
    assert!(feed.get("/sweeps/of-feed").unwrap().body.contains("state is-cancelled"));
}
