//! What is done over time, whole: heard, labelled, left out and put back, counted, found, decided, answered, appealed, taken back,
//! told in the ledger and in the report; by a program at the API and people at the pages, on both databases.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use governance::ccr::Week;
use governance::ledger::{Head, verify};
use model::account::{Account, Role};
use model::evidence::EvidenceId;
use model::ledger::Entry;
use postlink_tests::postlink::{Postlink, machine};
use serde_json::{Value, json};
use storage::accounts::{Accounts, Secrets};
use storage::store::Store;
use storage::suite::postgres::Server;
use storage::{postgres, sqlite};

use super::api::Program;
use super::{PASSWORD, Person, Served, now};
use crate::acting::{seal, violation};

/// The last week that is over, on the clocks of Shanghai.
fn last_week() -> Week {
    week_of(now() - TimeDelta::weeks(1))
}

fn week_of(at: DateTime<Utc>) -> Week {
    let iso = (at + TimeDelta::hours(8)).iso_week();
    Week { year: iso.year(), week: iso.week() }
}

/// Noon of the Wednesday of that week.
fn noon() -> DateTime<Utc> {
    let monday = last_week().monday().expect("a Monday");
    (monday + TimeDelta::days(2)).and_hms_opt(4, 0, 0).expect("noon").and_utc()
}

/// One ad with a violation that people have to decide about, found now; and accounts. Gives the case.
async fn filled(store: &(impl Store + Accounts)) -> Result<String> {
    let mut found = violation("price-mismatch", "S4", "title");
    for side in ["promised", "delivered"] {
        found[side]["evidence"] = json!(EvidenceId::of(b"a picture"));
    }
    let ad = json!({
        "ad_id": "x", "click_url": "https://a.test/", "platform": "feed", "title": "标题", "advertiser": {"id": "a1", "region": "440305"},
    });
    let case = seal(store, ad, "violating", vec![found], now()).await;
    for (name, role, tenant) in
        [("feed", Role::Platform, "feed"), ("a1", Role::Advertiser, "a1"), ("office", Role::Regulator, "feed")]
    {
        let account = Account::new(name, role, tenant, None, DateTime::UNIX_EPOCH)?;
        let secrets = Secrets { password: Some(console::auth::password::hash(PASSWORD)), ..Secrets::default() };
        store.add_account(&account, &secrets).await?;
    }
    Ok(case.to_string())
}

struct Scene<'a> {
    postlink: &'a Postlink,
    /// What names the store on a command line.
    at: Vec<String>,
    case: String,
}

fn of_users<'a>(count: usize, row: impl Fn(usize) -> Value + 'a) -> Vec<Value> {
    (0..count).map(row).collect()
}

impl Scene<'_> {
    fn runs(&self, arguments: &[&str]) -> Result<String> {
        let at: Vec<&str> = self.at.iter().map(String::as_str).collect();
        let run = self.postlink.run(&[arguments, &at].concat())?;
        ensure!(run.code == Some(0), "{arguments:?}: {run:?}");
        Ok(run.stdout)
    }

    fn program(&self, served: &Served, account: &str, scopes: &[&str]) -> Result<Program> {
        let mut arguments = vec!["token", "create", "--name", "t", "--user", account];
        scopes.iter().for_each(|scope| arguments.extend(["--scope", scope]));
        Ok(Program::new(&served.url, Some(self.runs(&arguments)?.trim())))
    }

    async fn plays(&self) -> Result<()> {
        self.postlink.write("my.toml", format!("{}[console]\nrequests_per_minute = 1000000\n", machine()))?;
        let more: Vec<&str> = self.at[2..].iter().map(String::as_str).chain(["--config", "my.toml"]).collect();
        let served = Served::start(self.postlink, &self.at[1], &more)?;
        let program = self.program(&served, "feed", &["read", "decide", "hearing"])?;
        let reviewer = served.person("feed")?;
        heard(&program)?;
        labelled(&program, &reviewer)?;
        credited(&program)?;
        self.answered(&program, &reviewer)?;
        self.appealed(&program, &reviewer, &served.person("a1")?)?;
        told(&program, &reviewer, &served.person("office")?)?;
        drop(served);
        self.handed_over()
    }

    /// The case is due, is decided, and comes to a step that a person takes.
    fn answered(&self, program: &Program, reviewer: &Person) -> Result<()> {
        let due = program.get("/deadlines")?.json();
        let kinds: Vec<_> = items(&due).iter().map(|one| (one["kind"].clone(), one["id"].clone())).collect();
        assert_eq!(kinds, [(json!("decision"), json!(self.case))], "every complaint was settled by a person: {due}");
        assert_eq!(items(&program.get("/measures")?.json()), [Value::Null; 0]);
        let nothing = reviewer.get("/measures/propose?advertiser=a1&platform=feed")?.body;
        assert!(nothing.contains("无可建议"), "nothing is confirmed yet: {nothing}");
        let refused = [("advertiser", "a1"), ("platform", "feed"), ("seen", "")];
        assert_eq!(reviewer.submit("/measures/propose", &refused)?.status, 400);
        let confirmed =
            program.post(&format!("/cases/{}/decisions", self.case), None, &json!({"choice": "confirm"}))?;
        assert_eq!(confirmed.status, 201, "{}", confirmed.text());
        assert_eq!(items(&program.get("/deadlines")?.json()), [Value::Null; 0]);

        // Looked at before it is sent: the step, why it is this one, and what it rests on; in both languages.
        let look = "/measures/propose?advertiser=a1&platform=feed&several_accounts=on";
        let page = reviewer.get(look)?.body;
        assert!(page.contains(&self.case) && page.contains("多账号"), "{page}");
        assert_eq!(items(&program.get("/measures")?.json()), [Value::Null; 0], "it was only thought of");
        assert_eq!(
            reviewer.submit("/measures/propose", &refused)?.status,
            400,
            "another step than the one that was seen"
        );
        let seen = field(&page, "seen")?;
        let send = [("advertiser", "a1"), ("platform", "feed"), ("several_accounts", "on"), ("seen", seen.as_str())];
        assert_eq!(reviewer.send("/measures/propose", &send)?.status, 403, "without the secret of the form");
        let sent = reviewer.submit("/measures/propose", &send)?;
        assert_eq!(sent.status, 303, "{}", sent.body);
        assert_eq!(reviewer.submit("/measures/propose", &send)?.status, 400, "once");
        let measure = items(&program.get("/measures?state=proposed")?.json())[0].clone();
        assert_eq!(
            (&measure["advertiser"], &measure["severity"], &measure["to_decide"]),
            (&json!("a1"), &json!("S4"), &json!(true))
        );
        assert_eq!(measure["cases"], json!([self.case]));
        let take = [("state", "taken"), ("why", "看过了")];
        assert_eq!(reviewer.submit("/measures/measure-1", &take)?.status, 303);
        assert_eq!(items(&program.get("/measures?state=taken")?.json()).len(), 1);
        Ok(())
    }

    /// The advertiser appeals, is right, and what was done is taken back.
    fn appealed(&self, program: &Program, reviewer: &Person, advertiser: &Person) -> Result<()> {
        let appeal = advertiser.upload(&format!("/cases/{}/appeals", self.case), &[("said", "页面写明了价格")], &[])?;
        assert_eq!(appeal.status, 303, "{}", appeal.body);
        assert!(reviewer.get("/appeals")?.body.contains("页面写明了价格"));
        let upheld = json!({"choice": "reject", "reason": "页面确有写明"});
        assert_eq!(program.post(&format!("/cases/{}/decisions", self.case), None, &upheld)?.status, 201);
        assert!(!reviewer.get("/appeals")?.body.contains("页面写明了价格"), "it is answered");
        assert_eq!(reviewer.submit("/measures/measure-1", &[("state", "lifted"), ("why", "申诉成立")])?.status, 303);
        let lifted = items(&program.get("/measures?state=lifted")?.json())[0].clone();
        let turns: Vec<_> =
            lifted["turns"].as_array().context("turns")?.iter().map(|turn| turn["state"].clone()).collect();
        assert_eq!(turns, ["taken", "lifted"]);
        Ok(())
    }

    /// The week that is not over yet, as the shell has it: what was found was rejected, and what was done taken back.
    fn weekly(&self) -> Result<()> {
        let this = week_of(now()).to_string();
        self.runs(&["report", "--week", &this, "--out", "week", "--config", "my.toml"])?;
        let text = std::fs::read_to_string(self.postlink.folder().join("week/report.json"))?;
        let week: Value = serde_json::from_str(&text)?;
        let total = &week["total"];
        assert_eq!(
            (&total["ads"], &total["cleared"], &total["violating"]),
            (&json!(1), &json!(1), &json!(0)),
            "{text}"
        );
        let done = &week["dispositions"];
        assert_eq!((&done["accounts"], &done["items"], &done["lifted"]), (&json!(1), &json!(1), &json!(1)), "{text}");
        assert_eq!(week["gravest"], json!([]), "what was rejected is not shown");
        Ok(())
    }

    /// What nobody stands by is no clue; confirmed again, it is handed over when the serve has ended, and stands in the ledger.
    fn handed_over(&self) -> Result<()> {
        self.weekly()?;
        self.runs(&["decide", "x", "--confirm", "--by", "Li"])?;
        let bundle = self.postlink.folder().join("clue.zip");
        let bundle = bundle.to_str().context("a path")?;
        self.runs(&[
            "export",
            "--case",
            &self.case,
            "--transfer-to",
            "samr",
            "--by",
            "Li",
            "--out",
            bundle,
            "--config",
            "my.toml",
        ])?;
        let listed = self.runs(&["ledger", "list"])?;
        assert!(
            listed.lines().last().is_some_and(|line| line.contains("transfer-1 after measure-1 by Li")),
            "{listed}"
        );
        assert_eq!(self.runs(&["ledger", "list", "--region", "4403"])?, listed, "all of it is of this city");
        assert_eq!(self.runs(&["ledger", "list", "--region", "31"])?, "");
        assert!(self.runs(&["ledger", "verify"])?.contains("the ledger holds: 8 entries"));
        Ok(())
    }
}

fn items(told: &Value) -> Vec<Value> {
    told["items"].as_array().cloned().unwrap_or_else(|| panic!("no items: {told}"))
}

/// What stands in a hidden field of a form.
fn field(page: &str, name: &str) -> Result<String> {
    let page = scraper::Html::parse_document(page);
    let field = scraper::Selector::parse(&format!("input[name={name}]")).expect("a selector");
    let value = page.select(&field).next().and_then(|field| field.attr("value")).context("no such field")?;
    Ok(value.to_owned())
}

/// 20 users click and convert by `x`; four of them complain, and a stranger.
fn heard(program: &Program) -> Result<()> {
    let send = |path: &str, rows: Vec<Value>| -> Result<Value> {
        let answer = program.post(path, None, &json!({ "rows": rows }))?;
        ensure!(answer.status == 200, "{}", answer.text());
        Ok(answer.json())
    };
    let at = |hours: i64| (noon() + TimeDelta::hours(hours)).to_rfc3339();
    let clicks = of_users(
        20,
        |n| json!({"id": format!("k{n}"), "kind": "click", "at": at(-2), "user": format!("u{n}"), "ad": "x", "channel": "feed"}),
    );
    assert_eq!(send("/touchpoints", clicks.clone())?["new"], 20);
    assert_eq!(send("/touchpoints", clicks)?["same"], 20, "sent twice, kept once");
    let orders = of_users(
        20,
        |n| json!({"id": format!("o{n}"), "kind": "order", "at": at(0), "user": format!("u{n}"), "ad": "x"}),
    );
    assert_eq!(send("/conversions", orders)?["new"], 20);
    let texts = [
        "说好九块九，到手十九",
        "图片和实物完全两样",
        "一直没有发货给我",
        "客服电话打不通也不退钱",
        "听别人讲这家不好",
    ];
    let mut said = of_users(5, |n| {
        let user = if n == 4 { "stranger".to_owned() } else { format!("u{n}") };
        json!({"id": format!("c{n}"), "source": "comment", "at": at(1), "user": user, "ad": "x", "text": texts[n]})
    });
    said.push(json!({"id": "c5", "source": "comment", "at": "soon"}));
    let told = send("/complaints", said)?;
    assert_eq!((&told["new"], &told["refused"]), (&json!(5), &json!(1)), "{told}");
    assert_eq!(items(&program.get("/complaints?limit=50")?.json()).len(), 5);
    Ok(())
}

/// Complaints about what the ad said and about what was given, and conversions, by hand.
fn rates(program: &Program) -> Result<[(u64, u64); 2]> {
    let week = last_week();
    let told = program.get(&format!("/ccr?by=ad&from={week}&to={week}"))?.json();
    let of = |kind: &str| {
        let groups = told["groups"].as_array().expect("groups").iter();
        let total = &groups.clone().find(|one| one["kind"] == kind).unwrap_or_else(|| panic!("{told}"))["total"];
        (total["complaints"].as_u64().expect("a number"), total["conversions"].as_u64().expect("a number"))
    };
    Ok([of("content"), of("fulfilment")])
}

/// Two are about the ad and two about what was given; one is left out, and put back.
fn labelled(program: &Program, reviewer: &Person) -> Result<()> {
    let say = |id: &str, what: &str, kind: &str| -> Result<()> {
        let fields = [
            ("platform", "feed"),
            ("id", id),
            ("what", what),
            ("why", "读过了"),
            ("kind", kind),
            ("scenario", "goods"),
            ("severity", "S2"),
        ];
        let answer = reviewer.submit("/complaint", &fields)?;
        ensure!(answer.status == 303, "{id} {what}: {} {}", answer.status, answer.body);
        Ok(())
    };
    for (id, kind) in
        [("c0", "content"), ("c1", "content"), ("c2", "fulfilment"), ("c3", "fulfilment"), ("c4", "content")]
    {
        say(id, "label", kind)?;
    }
    // The stranger never converted: nobody counts that one.
    assert_eq!(rates(program)?, [(2, 20), (2, 20)]);
    say("c1", "exclude", "")?;
    assert_eq!(rates(program)?, [(1, 20), (2, 20)], "left out");
    say("c1", "restore", "")?;
    assert_eq!(rates(program)?, [(2, 20), (2, 20)], "and put back");
    let sample = reviewer.get(&format!("/complaints/sample?week={}&weeks=1", last_week()))?;
    assert_eq!(sample.status, 200);
    Ok(())
}

/// Each of 20 conversions has one contact: by every model it is the ad's.
fn credited(program: &Program) -> Result<()> {
    let week = last_week();
    let told = program.get(&format!("/attribution?of=conversions&to=ad&week={week}&weeks=1"))?.json();
    assert_eq!((&told["ends"], &told["without_contact"]), (&json!(20), &json!(0)), "{told}");
    let key = &told["keys"][0];
    assert_eq!(key["name"], "x");
    assert!(key["credits"].as_array().context("credits")?.iter().all(|one| one.as_f64() == Some(20.0)), "{key}");
    let told = program.get(&format!("/attribution?of=complaints&to=ad&week={week}&weeks=1"))?.json();
    assert_eq!(told["ends"], 5, "{told}");
    let traffic = program.get(&format!("/traffic?week={week}&weeks=1"))?.json();
    let whole: Vec<_> = items(&traffic)
        .iter()
        .filter(|one| one["rule"].is_null())
        .map(|one| (one["kind"].clone(), one["before"].clone(), one["after"].clone()))
        .collect();
    assert_eq!(whole, [(json!("click"), json!(20), json!(20)), (json!("conversion"), json!(20), json!(20))]);
    Ok(())
}

/// The reports of both weeks and the ledger tell of it what was counted by hand.
fn told(program: &Program, reviewer: &Person, office: &Person) -> Result<()> {
    let report = |week: Week| -> Result<Value> {
        let answer = office.get(&format!("/reports/{week}.json"))?;
        ensure!(answer.status == 200, "{week}: {}", answer.body);
        Ok(serde_json::from_str(&answer.body)?)
    };
    let before = report(last_week())?;
    let content = &before["ccr"][0];
    assert_eq!(
        (&content["kind"], &content["complaints"], &content["conversions"], &content["rate"]),
        (&json!("content"), &json!(2), &json!(20), &json!(0.1))
    );
    assert_eq!(before["total"]["cases"], 0, "the case is of this week");
    for ending in ["html", "xlsx", "pdf"] {
        let file = office.get(&format!("/reports/{}.{ending}", last_week()))?;
        assert_eq!(file.status, 200, "{ending}");
        let begins: &[u8] = match ending {
            "html" => b"<!doctype html>",
            "xlsx" => b"PK",
            _ => b"%PDF-",
        };
        assert!(file.bytes.trim_ascii_start().starts_with(begins), "{ending}");
    }
    // Whoever asks for a report has the ledger written first.
    let ledger = program.get("/ledger")?.json();
    let entries: Vec<Entry> = serde_json::from_value(ledger["items"].clone())?;
    let acts: Vec<_> = entries.iter().map(|one| one.act.word()).collect();
    assert_eq!(acts, ["finding", "decision", "measure", "decision", "outcome", "outcome"], "{ledger:#}");
    let follows: Vec<_> = entries.iter().map(|one| one.follows.as_deref()).collect();
    assert_eq!((follows[2], follows[5]), (Some(entries[1].what.as_str()), Some("measure-1")));
    let head = verify(entries, None)?.context("a head")?;
    assert_eq!(
        (&ledger["head"]["number"], &ledger["head"]["hash"]),
        (&json!(head.number), &json!(head.hash.to_string()))
    );
    let page = reviewer.get(&format!("/ledger?verify=yes&head={}:{}", head.number, head.hash.hex()))?.body;
    assert!(page.contains(&head.hash.hex()) && !page.contains("class=\"wrong\""), "{page}");
    let Head { number, .. } = head;
    assert_eq!(number, 6);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_over_time_comes_out_as_by_hand_in_a_folder() -> Result<()> {
    let postlink = Postlink::new()?;
    let store = sqlite::open(&postlink.folder().join("out"), Arc::new(now)).await?;
    let case = filled(&store).await?;
    store.close().await;
    Scene { postlink: &postlink, at: ["--data", "out"].map(ToOwned::to_owned).into(), case }.plays().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_over_time_comes_out_as_by_hand_in_a_database() -> Result<()> {
    let (postlink, server) = (Postlink::new()?, Server::start());
    let out = postlink.folder().join("out");
    let store = postgres::open(&server.url(), out.as_path(), Arc::new(now)).await?;
    let case = filled(&store).await?;
    store.close().await;
    let at = ["--data".to_owned(), "out".to_owned(), "--database".to_owned(), server.url()].into();
    Scene { postlink: &postlink, at, case }.plays().await
}
