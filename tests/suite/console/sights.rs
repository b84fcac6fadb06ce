//! Who sees what: every role and tenant, at every address, with the ids of others guessed right.

use anyhow::Result;
use checker::Words;
use chrono::TimeDelta;
use model::account::Role;
use model::ad::{Ad, Advertiser};
use model::case::Case;
use model::evidence::EvidenceId;
use postlink_tests::postlink::{Postlink, machine};

use super::{Person, Served, accounts};
use crate::stored::{How, Stored};

/// Opens an element or ends an attribute wherever it is not escaped.
const HOSTILE: &str = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}";

struct World {
    served: Served,
    _postlink: Postlink,
    /// Ad, its case, and its look as an artefact.
    cases: Vec<(String, String, String)>,
}

const PEOPLE: [(&str, Role, &str, Option<&str>); 8] = [
    ("admin", Role::Admin, "*", None),
    ("every", Role::Platform, "*", None),
    ("one", Role::Platform, "one", None),
    ("two", Role::Platform, "two", None),
    ("a1", Role::Advertiser, "a1", None),
    ("a1-two", Role::Advertiser, "a1", Some("two")),
    ("b1", Role::Advertiser, "b1", None),
    ("office", Role::Regulator, "*", None),
];

/// Which ads each of them sees: `x` is of platform one and advertiser a1, `y` of two and a1, `z` of two and b1.
const SEEN: [(&str, &str); 8] = [
    ("admin", "xyz"),
    ("every", "xyz"),
    ("one", "x"),
    ("two", "yz"),
    ("a1", "xy"),
    ("a1-two", "y"),
    ("b1", "z"),
    ("office", "xyz"),
];

async fn world() -> Result<World> {
    let postlink = Postlink::new()?;
    let dir = postlink.folder().join("out");
    let words = Words::compile(&policies::lexicon()?, policies::senses())?;
    let mut stored = Stored::open(&dir, &words).await?;
    let mut cases = Vec::new();
    for (ad_id, platform, advertiser) in [("x", "one", "a1"), ("y", "two", "a1"), ("z", "two", "b1")] {
        let shelved = stored.keep(&look(ad_id, platform, advertiser), How::default()).await?;
        cases.push((ad_id.to_owned(), shelved.case_id.to_string(), shelved.look.hex()));
    }
    stored.close().await;
    accounts(&dir, &PEOPLE).await?;
    postlink.write("my.toml", machine())?;
    let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
    Ok(World { served, _postlink: postlink, cases })
}

fn look(ad_id: &str, platform: &str, advertiser: &str) -> Case {
    let ad: Ad = serde_json::from_value(serde_json::json!({
        "ad_id": ad_id, "platform": platform, "title": format!("{ad_id}{HOSTILE}"), "click_url": format!("https://{ad_id}.test/{HOSTILE}"),
    }))
    .expect("an ad");
    let advertiser = Advertiser { id: Some(advertiser.into()), name: Some(HOSTILE.into()), ..Advertiser::default() };
    let ad = Ad { advertiser: Some(advertiser), ..ad };
    Case::open(ad, EvidenceId::of(ad_id.as_bytes()), super::now() - TimeDelta::minutes(5))
}

impl World {
    fn person(&self, name: &str) -> Result<Person> {
        self.served.person(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_account_sees_its_own_and_nothing_else() -> Result<()> {
    let world = world().await?;
    for (name, seen) in SEEN {
        let person = world.person(name)?;
        let list = person.get("/cases")?;
        for (ad_id, case, artefact) in &world.cases {
            let sees = seen.contains(ad_id.as_str());
            let told = |what: &str, is: bool| assert_eq!(is, sees, "{name}, {what} of {ad_id}");
            told("the list", list.body.contains(case));
            told("the case", person.get(&format!("/cases/{case}"))?.status == 200);
            told("an artefact", person.get(&format!("/cases/{case}/evidence/{artefact}"))?.status == 200);
            // What is there and not to be seen is as what is not there.
            if !sees {
                assert_eq!(person.get(&format!("/cases/{case}"))?.status, 404);
            }
            for others in world.cases.iter().filter(|(_, _, other)| other != artefact) {
                let guessed = format!("/cases/{case}/evidence/{}", others.2);
                assert_eq!(person.get(&guessed)?.status, 404, "{name}: an artefact of another case");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_platform_decides_and_only_about_its_own() -> Result<()> {
    let world = world().await?;
    for (name, seen) in SEEN {
        let person = world.person(name)?;
        let decides = ["admin", "every", "one", "two"].contains(&name);
        for (ad_id, case, _) in &world.cases {
            let answer = person.submit(&format!("/cases/{case}/decide"), &[("choice", "confirm")])?;
            let wanted = match (decides, seen.contains(ad_id.as_str())) {
                (true, true) => 303,
                (true, false) => 404,
                (false, _) => 403,
            };
            assert_eq!(answer.status, wanted, "{name} about {ad_id}");
        }
        let users = person.get("/users")?.status;
        assert_eq!(users, if name == "admin" { 200 } else { 403 }, "{name}");
    }
    let case = &world.cases[0].1;
    let admin = world.person("admin")?;
    let page = admin.get(&format!("/cases/{case}"))?.body;
    assert!(page.contains("admin") && page.contains("every") && page.contains("one"), "{page}");
    let log = admin.get(&format!("/log?object={case}"))?.body;
    assert!(["admin", "every", "one"].iter().all(|name| log.contains(name)), "{log}");
    // Everybody else sees what they did themselves.
    assert!(!world.person("b1")?.get("/log?who=admin")?.body.contains(&format!("/cases/{case}")));
    Ok(())
}

/// Pages, and the roles that they are for; an administrator is of every one.
const PAGES: [(&str, &[&str]); 21] = [
    ("/overview", &["platform", "regulator"]),
    ("/queue", &["platform", "regulator"]),
    ("/cases", &["platform", "regulator", "advertiser"]),
    ("/ads", &["platform", "regulator", "advertiser"]),
    ("/appeals", &["platform", "regulator", "advertiser"]),
    ("/sweeps", &["platform"]),
    ("/coverage", &["platform", "regulator"]),
    ("/quality", &["platform", "regulator"]),
    ("/preview", &["platform", "advertiser"]),
    ("/log", &["platform", "regulator", "advertiser"]),
    ("/webhooks", &["platform", "regulator", "advertiser"]),
    ("/users", &[]),
    ("/outbox", &[]),
    ("/ccr", &["platform", "regulator", "advertiser"]),
    ("/complaints", &["platform", "regulator", "advertiser"]),
    ("/complaints/sample", &["platform", "regulator"]),
    ("/paths", &["platform", "regulator", "advertiser"]),
    ("/traffic", &["platform", "regulator", "advertiser"]),
    ("/measures", &["platform", "regulator", "advertiser"]),
    ("/deadlines", &["platform", "regulator"]),
    ("/reports", &["platform", "regulator"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_for_its_roles_and_tells_each_of_its_own() -> Result<()> {
    let world = world().await?;
    for ((name, role, ..), (_, seen)) in PEOPLE.iter().zip(SEEN) {
        let person = world.person(name)?;
        for (path, roles) in PAGES {
            let answer = person.get(path)?;
            let is_for = *role == Role::Admin || roles.contains(&role.word());
            assert_eq!(answer.status, if is_for { 200 } else { 403 }, "{name} at {path}");
            // Whatever it shows, it names no case that is not to be seen.
            for (ad_id, case, _) in world.cases.iter().filter(|(ad_id, ..)| !seen.contains(ad_id.as_str())) {
                assert!(!answer.body.contains(case.as_str()), "{name} at {path} is told of {ad_id}");
            }
        }
        // The menu leads nowhere that is shut.
        let home = person.get("/cases")?.body + &person.get("/ccr")?.body;
        for link in home.split("<li><a href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let link = link.replace("&#x2f;", "/");
            assert_eq!(person.get(&link)?.status, 200, "{name} finds {link} in the menu");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_in_without_signing_in_and_nothing_forged_is_done() -> Result<()> {
    let world = world().await?;
    let (case, url) = (&world.cases[0].1, &world.served.url);
    let nobody = Person::nobody(url);
    let shut = PAGES.iter().map(|(path, _)| (*path).to_owned());
    for path in shut.chain(["/".to_owned(), format!("/cases/{case}"), "/account".to_owned()]) {
        let path = path.as_str();
        let answer = nobody.get(path)?;
        assert_eq!((answer.status, answer.location.is_some_and(|to| to.starts_with("/login"))), (303, true), "{path}");
    }
    // That it answers is told to anybody; whom it visits, and when, to nobody here.
    for (path, status) in [("/healthz", 200), ("/metrics", 404), ("/readyz", 404)] {
        assert_eq!(nobody.get(path)?.status, status, "{path}");
    }
    let person = world.person("every")?;
    let decide = format!("/cases/{case}/decide");
    let choice = [("choice", "confirm")];
    assert_eq!(nobody.send(&decide, &choice)?.status, 303);
    assert_eq!(person.send(&decide, &choice)?.status, 403, "without the secret of the form");
    assert_eq!(person.send(&decide, &[("choice", "confirm"), ("csrf", "guessed")])?.status, 403);
    for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://elsewhere.test")]] {
        assert_eq!(person.with_csrf(&decide, &choice, &headers)?.status, 403, "{headers:?}");
    }
    assert_eq!(person.with_csrf(&decide, &choice, &[("sec-fetch-site", "same-origin")])?.status, 303);
    // A session that has ended opens nothing.
    assert_eq!(person.submit("/logout", &[])?.status, 303);
    assert_eq!(person.get("/cases")?.status, 303);
    // Somebody who guesses is stopped, even with the right password in the end.
    for _ in 0..10 {
        assert_eq!(nobody.send("/login", &[("name", "one"), ("password", "wrong")])?.status, 200);
    }
    assert_eq!(nobody.send("/login", &[("name", "one"), ("password", super::PASSWORD)])?.status, 429);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hostile_is_text_and_every_answer_has_its_policy() -> Result<()> {
    let world = world().await?;
    let person = world.person("admin")?;
    let case = &world.cases[0].1;
    let search =
        format!("/cases?text={}", url::form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>());
    for path in [
        "/cases",
        &search,
        &format!("/cases/{case}"),
        &format!("/cases/{case}?visitor={}", "%22%3E%3Cscript%3E"),
        "/log",
        "/nowhere",
        "/cases?since=never",
    ] {
        let answer = person.get(path)?;
        assert!(
            !answer.body.contains("<img src=x") && !answer.body.contains("<script>alert"),
            "{path}: {}",
            answer.body
        );
        assert!(!answer.body.contains("49</"), "{path}: a template within an ad was filled in");
        let policy =
            answer.headers.get("content-security-policy").and_then(|policy| policy.to_str().ok()).unwrap_or_default();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(
            answer.headers.get("x-content-type-options").map(|value| value.as_bytes()),
            Some(&b"nosniff"[..]),
            "{path}"
        );
    }
    // An artefact that is no picture is a file, whatever a browser would make of it.
    let artefact = person.get(&format!("/cases/{case}/evidence/{}", world.cases[0].2))?;
    let said =
        |name: &str| artefact.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!(said("content-type"), "application/octet-stream");
    assert!(
        said("content-disposition").starts_with("attachment") && said("content-security-policy").contains("sandbox")
    );
    Ok(())
}
