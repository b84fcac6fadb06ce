//! Who sees which region: a province all below it, a city its districts, a district none of its neighbours; at every address that there is.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Utc};
use model::account::{Account, Role};
use model::complaint::{Complaint, Source};
use model::event::Choice;
use model::evidence::EvidenceId;
use model::touchpoint::{Contact, Conversion, Touchpoint};
use postlink_tests::postlink::{Postlink, machine};
use postlink_tests::repository::root;
use serde_json::{Value, json};
use storage::accounts::{Accounts as _, Secrets};
use storage::appeals::{Appeals as _, NewAppeal};
use storage::decisions::{Decision, Decisions as _};
use storage::sqlite;

use super::api::Program;
use super::{PASSWORD, Person, Served, now};
use crate::acting::{Hands, seal, violation};

/// Districts of one city, another city of the province, another province, and nobody says where.
const PLACES: [&str; 5] = ["440305", "440306", "4406", "31", ""];
/// What pages say there: the queue shows what is alike once.
const QUOTES: [&str; 5] = ["每月扣费29元", "到期自动续订会员", "仅限新用户首单", "下载应用后付款", "需要先交押金"];
/// Accounts, and the code that each is of.
const OFFICES: [(&str, &str); 3] = [("province", "44"), ("city", "4403"), ("district", "440305")];

/// What an answer tells of each place in sight; whatever it tells, it tells of no other.
#[derive(Clone, Copy)]
enum Tells {
    /// `ad440305`, an ad whose case was decided; `due…`, one that waits; `firm…`, its advertiser; `said…`, a complaint about it.
    Each(&'static str),
    /// As many as there are places in sight.
    Count(fn(&Value) -> u64),
    /// Nothing that is asked for here: whatever it tells is of what lies within.
    Nothing,
    /// It is not for regulators.
    Shut,
}

use Tells::{Count, Each, Nothing, Shut};

/// Every address of the API that gives something without naming it.
const API: [(&str, &str, Tells); 18] = [
    ("/openapi.json", "", Nothing),
    ("/me", "", Nothing),
    ("/advertisers/linked", "", Nothing),
    ("/cases", "", Each("ad")),
    ("/ads", "", Each("ad")),
    ("/complaints", "", Each("said")),
    ("/ccr", "?by=ad&from=WEEK&to=WEEK", Each("ad")),
    ("/measures", "", Each("firm")),
    ("/deadlines", "", Each("due")),
    ("/ledger", "", Each("firm")),
    ("/attribution", "?to=ad&weeks=6", Each("ad")),
    ("/traffic", "?weeks=6", Count(conversions)),
    ("/sweeps", "", Shut),
    ("/webhooks", "", Nothing),
    ("/exports/cases.csv", "", Each("ad")),
    ("/exports/cases.jsonl", "", Each("ad")),
    ("/exports/cases.xlsx", "", Nothing),
    ("/exports/bundle.zip", "?case=CASE", Nothing),
];

/// Every page that is shown without naming one thing.
const PAGES: [(&str, &str, Tells); 30] = [
    ("/", "", Nothing),
    ("/login", "", Nothing),
    ("/login/provider", "", Nothing),
    ("/account", "", Nothing),
    ("/cases", "", Each("ad")),
    ("/queue", "", Each("due")),
    ("/quality", "", Nothing),
    ("/log", "", Nothing),
    ("/outbox", "", Shut),
    ("/webhooks", "", Nothing),
    ("/users", "", Shut),
    ("/landing", "?ad=ad440306x", Nothing),
    ("/overview", "", Nothing),
    ("/coverage", "", Each("firm")),
    ("/sweeps", "", Shut),
    ("/sweeps/_new", "", Shut),
    ("/preview", "", Shut),
    ("/appeals", "", Each("due")),
    ("/ads", "", Each("ad")),
    ("/ad", "?id=ad440306x", Nothing),
    ("/complaints", "?weeks=6", Each("said")),
    ("/complaints/sample", "?weeks=6", Nothing),
    ("/complaint", "?platform=feed&id=said440306x", Nothing),
    ("/ccr", "?by=ad&weeks=8", Each("ad")),
    ("/paths", "?to=ad&weeks=8", Each("ad")),
    ("/traffic", "?weeks=8", Nothing),
    ("/measures", "", Each("firm")),
    ("/measures/propose", "?advertiser=firm440306x&platform=feed", Shut),
    ("/deadlines", "", Each("due")),
    ("/ledger", "", Each("firm")),
];

/// Files that pages give, by names of their own.
const FILES: [(&str, Tells); 6] = [
    ("/reports", Nothing),
    ("/reports/WEEK.json", Each("ad")),
    ("/reports/WEEK.html", Each("ad")),
    ("/ledger/ledger.jsonl", Each("firm")),
    ("/ledger/ledger.csv", Each("firm")),
    ("/ccr/ccr.csv?by=ad&weeks=8", Each("ad")),
];

/// Addresses that name one thing: what is beside the place of an account is not there.
const NAMED: [(&str, &str); 11] = [
    ("/cases/{case}", "page"),
    ("/cases/{case}/evidence/{sha256}", "page"),
    ("/cases/{case}/appeals/{number}/{place}", "a file of a case in sight alone, by the same look-up"),
    ("/ccr/{name}", "in FILES"),
    ("/reports/{name}", "in FILES"),
    ("/ledger/{name}", "in FILES"),
    ("/sweeps/{name}", "not for regulators"),
    ("/sweeps/{name}/progress", "not for regulators"),
    ("/preview/{ad}", "not for regulators"),
    ("/verify/{token}", "public, by a secret"),
    ("/verify/{token}/badge.svg", "public, by a secret"),
];

fn conversions(traffic: &Value) -> u64 {
    let items = traffic["items"].as_array().expect("items");
    let all = items.iter().find(|one| one["kind"] == "conversion" && one["rule"].is_null());
    all.and_then(|one| one["before"].as_u64()).unwrap_or(0)
}

struct World {
    served: Served,
    postlink: Postlink,
    /// Of each place, its decided case, the one that waits, and an artefact of the first.
    cases: Vec<(String, String, String)>,
    week: String,
}

/// By which its ads, its advertiser and its complaints are called.
fn name(place: &str) -> String {
    format!("{}x", if place.is_empty() { "nowhere" } else { place })
}

/// When all of it happened: in a week that is over.
fn then() -> DateTime<Utc> {
    now() - TimeDelta::days(12)
}

fn ad(name: &str, place: &str) -> Value {
    let region = (!place.is_empty()).then_some(place);
    json!({
        "ad_id": format!("{name}{}", self::name(place)), "click_url": format!("https://a.test/{name}{place}"), "platform": "feed",
        "title": format!("标题 {name}{}", self::name(place)),
        "advertiser": {"id": format!("firm{}", self::name(place)), "region": region},
    })
}

impl World {
    async fn new() -> Result<Self> {
        let (postlink, hands) = (Postlink::new()?, Hands::at(&then().to_rfc3339()));
        let dir = postlink.folder().join("out");
        let store = sqlite::open(&dir, hands.clock()).await?;
        let mut cases = Vec::new();
        for (place, quote) in PLACES.into_iter().zip(QUOTES) {
            let found = || {
                let mut found = violation("price-mismatch", "S4", "title");
                found["promised"]["quote"] = json!(quote);
                found["delivered"]["quote"] = json!(quote);
                for side in ["promised", "delivered"] {
                    found[side]["evidence"] = json!(EvidenceId::of(b"a picture"));
                }
                vec![found]
            };
            let decided = seal(&store, ad("ad", place), "violating", found(), then()).await;
            let waits = seal(&store, ad("due", place), "violating", found(), then()).await;
            let confirm = Decision {
                case_id: decided.clone(),
                violation: None,
                choice: Choice::Confirm,
                reason: None,
                by: "li".into(),
            };
            store.decide(&confirm).await?;
            let said = NewAppeal {
                case_id: waits.clone(),
                violation: None,
                said: "不是".into(),
                by: "shop".into(),
                files: Vec::new(),
            };
            store.appeal(&said).await?.context("it is new")?;
            let kept = EvidenceId::of(format!("page of ad{}", name(place)).as_bytes());
            cases.push((decided.to_string(), waits.to_string(), kept.hex()));
        }
        heard(&store).await?;
        store.close().await;
        let ads: String =
            PLACES.iter().flat_map(|place| [ad("ad", place), ad("due", place)]).map(|ad| format!("{ad}\n")).collect();
        postlink.write("ads.jsonl", ads)?;
        for command in [["import", "ads.jsonl", "--data", "out"].as_slice(), &["measures", "propose", "--data", "out"]]
        {
            let run = postlink.run(command)?;
            ensure!(run.code == Some(0), "{run:?}");
        }
        offices(&dir).await?;
        postlink.write("my.toml", format!("{}[console]\nrequests_per_minute = 1000000\n", machine()))?;
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        let iso = then().with_timezone(&FixedOffset::east_opt(8 * 3600).context("a zone")?).iso_week();
        Ok(Self { served, postlink, cases, week: format!("{}-W{:02}", iso.year(), iso.week()) })
    }

    fn program(&self, account: &str) -> Result<Program> {
        let run = self.postlink.run(&[
            "token", "create", "--data", "out", "--name", "t", "--user", account, "--scope", "read", "--scope",
            "export", "--scope", "webhooks",
        ])?;
        ensure!(run.code == Some(0), "{run:?}");
        Ok(Program::new(&self.served.url, Some(run.stdout.trim())))
    }

    /// Whether it tells of the places within a code, and of no other.
    fn is_within(&self, what: &str, code: &str, tells: Tells, body: &str) {
        for (place, (decided, waits, _)) in PLACES.iter().zip(&self.cases) {
            let within = !place.is_empty() && place.starts_with(code);
            let marks = ["ad", "due", "firm", "said"].map(|mark| format!("{mark}{}", name(place)));
            let leaks: Vec<_> =
                marks.iter().chain([decided, waits]).filter(|mark| body.contains(mark.as_str())).collect();
            // What was asked for by its name may be said back.
            let leaks: Vec<_> = leaks.into_iter().filter(|mark| !what.contains(mark.as_str())).collect();
            assert!(within || leaks.is_empty(), "{what} tells {code} of {place}: {leaks:?}");
            if let Each(mark) = tells {
                assert_eq!(
                    body.contains(&format!("{mark}{}", name(place))),
                    within,
                    "{what} tells {code} of {mark}{place}: {body}"
                );
            }
        }
    }
}

async fn heard(store: &impl storage::hearing::Hearing) -> Result<()> {
    let (mut complaints, mut conversions, mut clicks) = (Vec::new(), Vec::new(), Vec::new());
    for place in PLACES {
        let (user, ad) = (Some(format!("user{place}")), Some(format!("ad{}", name(place))));
        clicks.push(Touchpoint {
            id: format!("click{place}"),
            kind: Contact::Click,
            at: then() - TimeDelta::hours(2),
            user: user.clone(),
            platform: Some("feed".into()),
            ad: ad.clone(),
            channel: "feed".into(),
            device: None,
            ip: None,
            user_agent: None,
            size: None,
            prefetch: false,
            place: None,
        });
        conversions.push(Conversion {
            id: format!("order{place}"),
            at: then() - TimeDelta::hours(1),
            kind: "order".into(),
            user: user.clone(),
            platform: Some("feed".into()),
            ad: ad.clone(),
            click: None,
            value: None,
        });
        complaints.push(Complaint {
            id: format!("said{}", name(place)),
            source: Source::Comment,
            at: then(),
            text: "货不对板".into(),
            user,
            platform: Some("feed".into()),
            ad,
            click: None,
            age: None,
            rating: None,
            refunded: None,
        });
    }
    store.take_touchpoints(&clicks, TimeDelta::days(400)).await?;
    store.take_conversions(&conversions).await?;
    store.take_complaints(&complaints, TimeDelta::days(400)).await?;
    Ok(())
}

async fn offices(dir: &Path) -> Result<()> {
    let store = sqlite::open(dir, Arc::new(now)).await?;
    for (name, code) in OFFICES {
        let account = Account::new(name, Role::Regulator, "feed", None, DateTime::UNIX_EPOCH)?.of_region(code)?;
        let secrets = Secrets { password: Some(console::auth::password::hash(PASSWORD)), ..Secrets::default() };
        store.add_account(&account, &secrets).await?;
    }
    store.close().await;
    Ok(())
}

/// How many places an account sees.
fn places_of(code: &str) -> u64 {
    PLACES.iter().filter(|place| place.starts_with(code)).count() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_tells_each_level_of_what_lies_below_it() -> Result<()> {
    let world = World::new().await?;
    for (name, code) in OFFICES {
        let program = world.program(name)?;
        for (path, query, tells) in API {
            let own = PLACES.iter().position(|place| place.starts_with(code)).context("a place")?;
            let query = query.replace("CASE", &world.cases[own].0).replace("WEEK", &world.week);
            let what = format!("{path}{query}");
            let answer = program.get(&what)?;
            if matches!(tells, Shut) {
                assert_eq!(answer.status, 403, "{name} at {what}");
                continue;
            }
            assert_eq!(answer.status, 200, "{name} at {what}: {}", answer.text());
            if let Count(of) = tells {
                assert_eq!(of(&answer.json()), places_of(code), "{name} at {what}: {}", answer.text());
            }
            world.is_within(&what, code, tells, &answer.text());
        }
        assert_eq!(program.get("/me")?.json()["region"], code);
        for (place, (decided, waits, artefact)) in PLACES.iter().zip(&world.cases) {
            let wanted = if !place.is_empty() && place.starts_with(code) { 200 } else { 404 };
            let bundle = format!("/exports/bundle.zip?case={waits}");
            let named = [
                format!("/cases/{decided}"),
                format!("/cases/{decided}/decisions"),
                format!("/cases/{decided}/rejections"),
                format!("/cases/{decided}/evidence/{artefact}"),
                format!("/ads/ad{}", self::name(place)),
                bundle,
            ];
            for path in named {
                assert_eq!(program.get(&path)?.status, wanted, "{name} at {path}, of {place}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_tell_each_level_of_what_lies_below_it() -> Result<()> {
    let world = World::new().await?;
    for (name, code) in OFFICES {
        let person: Person = world.served.person(name)?;
        let pages = PAGES.iter().map(|(path, query, tells)| (format!("{path}{query}"), *tells));
        let files = FILES.iter().map(|(path, tells)| (path.replace("WEEK", &world.week), *tells));
        for (what, tells) in pages.chain(files) {
            let answer = person.get(&what)?;
            if matches!(tells, Shut) {
                assert_eq!(answer.status, 403, "{name} at {what}");
                continue;
            }
            assert!(
                answer.status < 400
                    || what.contains("440306")
                    || what.starts_with("/login")
                    || what.starts_with("/landing"),
                "{name} at {what}: {} {}",
                answer.status,
                answer.body
            );
            world.is_within(&what, code, tells, &answer.body);
        }
        for (place, (decided, _, artefact)) in PLACES.iter().zip(&world.cases) {
            let wanted = if !place.is_empty() && place.starts_with(code) { 200 } else { 404 };
            for path in [
                format!("/cases/{decided}"),
                format!("/cases/{decided}/evidence/{artefact}"),
                format!("/ad?id=ad{}", self::name(place)),
                format!("/complaint?platform=feed&id=said{}", self::name(place)),
            ] {
                assert_eq!(person.get(&path)?.status, wanted, "{name} at {path}, of {place}");
            }
        }
        let report: Value = serde_json::from_str(&person.get(&format!("/reports/{}.json", world.week))?.body)?;
        assert_eq!(report["total"]["ads"], 2 * places_of(code), "{report:#}");
        assert_eq!(
            (&report["unplaced"]["ads"], &report["scope"]["region"]),
            (&json!(0), &json!(code)),
            "not even how many there are elsewhere"
        );
    }
    Ok(())
}

/// Whoever adds an address says here what it tells of whom.
#[test]
fn every_address_stands_in_a_table() {
    let document: Value =
        serde_json::from_slice(&std::fs::read(root().join("console/openapi.json")).expect("the document"))
            .expect("JSON");
    let given = document["paths"].as_object().expect("paths").iter().filter(|(_, path)| path.get("get").is_some());
    let given: BTreeSet<&str> =
        given.map(|(path, _)| path.trim_start_matches("/api/v1")).filter(|path| !path.contains('{')).collect();
    assert_eq!(given, API.iter().map(|(path, ..)| *path).collect(), "addresses of the API and the table");
    let web = std::fs::read_to_string(root().join("console/src/web.rs")).expect("the table of pages");
    let routes = web
        .split(".route(")
        .skip(1)
        .filter(|route| route.split(".route(").next().is_some_and(|route| route.contains("get(")));
    let routes: BTreeSet<&str> =
        routes.filter_map(|route| route.split('"').nth(1)).filter(|path| !path.starts_with("/static")).collect();
    let known = PAGES.iter().map(|(path, ..)| *path).chain(NAMED.iter().map(|(path, _)| *path)).chain(["/reports"]);
    assert_eq!(routes, known.collect(), "pages and the table");
}
