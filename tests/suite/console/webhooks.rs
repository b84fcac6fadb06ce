//! Webhooks that people and programs make: told of what their account sees, signed, tried again, and nobody else's to touch.

use anyhow::{Context as _, Result};
use serde_json::json;

use super::Person;
use super::api::World;
use crate::events::listener::Listener;
use crate::events::{until, verified_by};

/// Where listeners of this machine may be told, and nobody is patient.
const TELLING: &str = "requests_per_minute = 1000000\n[feed]\nallow_http = true\nattempts = 2\nfirst_wait_secs = 1\n\
    [guard]\nallow = [\"127.0.0.0/8\"]";

/// Makes a webhook by its page; gives back its id and its secret.
fn made(person: &Person, url: &str, kinds: &[&str]) -> Result<(String, String)> {
    let mut fields = vec![("url", url)];
    fields.extend(kinds.iter().map(|kind| ("kind", *kind)));
    let page = person.submit("/webhooks", &fields)?.body;
    let secret = page.split("<code>").find(|text| text.starts_with("whsec_")).context("a secret is shown")?;
    let secret = secret.split('<').next().unwrap_or_default().replace("&#x2f;", "/").replace("&#x3d;", "=");
    let id = page.split("wh-").nth(1).and_then(|rest| rest.get(..10)).context("its id")?;
    Ok((format!("wh-{id}"), secret))
}

fn decide(world: &World, who: &str, ad: &str) -> Result<()> {
    let case = &world.cases.iter().find(|kept| kept.ad == ad).context("an ad of this world")?.case;
    let answer = world.served.person(who)?.submit(&format!("/cases/{case}/decide"), &[("choice", "confirm")])?;
    anyhow::ensure!(answer.status == 303, "{}", answer.body);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_told_of_what_it_sees_and_what_did_not_come_is_sent_again() -> Result<()> {
    let (world, listener) = (World::new(TELLING).await?, Listener::start().await);
    let person = |name: &str| world.served.person(name);
    let (_, secret) = made(&person("a1")?, &listener.url("/own"), &[])?;
    made(&person("two")?, &listener.url("/two"), &["decided"])?;
    made(&person("office")?, &listener.url("/found"), &["violation"])?;
    let (moody, _) = made(&person("one")?, &listener.url("/moody"), &["decided"])?;
    // `x` is of platform one and advertiser a1, `z` of two and b1.
    decide(&world, "one", "x")?;
    decide(&world, "two", "z")?;
    until("each is told of its own", || {
        listener.events("/own") == 1 && listener.events("/two") == 1 && listener.heard("/moody").len() == 2
    });
    let own = listener.heard("/own");
    assert!(own[0].body.contains("\"ad_id\":\"x\""), "{}", own[0].body);
    assert!(listener.heard("/two")[0].body.contains("\"ad_id\":\"z\""));
    let signed: Vec<_> = own.iter().map(|one| json!({ "headers": one.headers, "body": one.body })).collect();
    assert_eq!(verified_by(&secret, &signed), ["decided"], "by the secret that was shown");

    // What nobody tries any more is on the page of an administrator, whose button has it sent.
    let admin = person("admin")?;
    let dead = || admin.get("/outbox").map(|page| page.body.contains("name=\"event\"")).unwrap_or(false);
    until("it is given up", dead);
    assert!(admin.get("/outbox")?.body.contains(&moody));
    listener.be_well();
    assert_eq!(listener.heard("/moody").len(), 2, "nobody tries by themselves");
    let event = listener.heard("/moody").remove(0);
    let fields = [("event", event.id.as_str()), ("destination", moody.as_str())];
    assert_eq!(person("one")?.submit("/outbox", &fields)?.status, 403, "it is an administrator's page");
    assert_eq!(admin.submit("/outbox", &fields)?.status, 303);
    until("it came", || listener.heard("/moody").len() == 3);
    assert_eq!(listener.heard("/moody")[2].body, event.body);
    until("nothing waits", || !admin.get("/outbox").map(|page| page.body.contains(&moody)).unwrap_or(true));

    // One that is taken away is told nothing more, and what happened before one was made is not for it.
    assert_eq!(person("one")?.submit(&format!("/webhooks/{moody}/delete"), &[])?.status, 303);
    made(&person("one")?, &listener.url("/later"), &[])?;
    decide(&world, "one", "w")?;
    until("the later one is told", || listener.events("/later") == 1);
    assert_eq!((listener.heard("/moody").len(), listener.events("/own"), listener.events("/two")), (3, 1, 1));
    assert_eq!(listener.heard("/found").len(), 0, "nothing was found since");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_its_accounts_and_leads_nowhere_inside() -> Result<()> {
    let world = World::patient().await?;
    let (one, two) = (world.program("one", &["webhooks"])?, world.program("two", &["webhooks"])?);
    let hook = json!({ "url": "https://hooks.example/in", "events": ["violation"] });
    let made = one.post("/webhooks", None, &hook)?;
    assert_eq!(made.status, 201, "{}", made.text());
    let (id, secret) = (made.json()["id"].clone(), made.json()["secret"].clone());
    let (id, secret) = (id.as_str().context("an id")?, secret.as_str().context("a secret")?);
    assert!(secret.starts_with("whsec_"), "{secret}");
    let database = std::fs::read(world.postlink.folder().join("out/postlink.db"))?;
    let waiting = std::fs::read(world.postlink.folder().join("out/postlink.db-wal")).unwrap_or_default();
    let kept = String::from_utf8_lossy(&[database, waiting].concat()).into_owned();
    assert!(kept.contains("https://hooks.example/in") && !kept.contains(secret), "its secret is kept sealed");
    let listed = one.get("/webhooks")?;
    assert_eq!(listed.json()["items"][0]["id"], id);
    assert!(!listed.text().contains("whsec_"), "it was shown once: {}", listed.text());
    let page = world.served.person("one")?.get("/webhooks")?.body;
    assert!(page.contains(id) && !page.contains("whsec_"), "{page}");
    // Of others it is neither listed nor turned nor taken away.
    assert_eq!(two.get("/webhooks")?.json()["items"], json!([]));
    let other = world.served.person("two")?;
    assert!(!other.get("/webhooks")?.body.contains(id));
    for what in ["turn", "delete", "retry"] {
        assert_eq!(other.submit(&format!("/webhooks/{id}/{what}"), &[])?.status, 404, "{what}");
    }
    assert_eq!(two.post(&format!("/webhooks/{id}/secret"), None, &json!({}))?.status, 404);
    assert_eq!(two.send("DELETE", &format!("/webhooks/{id}"), &[], "")?.status, 404);
    // An administrator looks after all of them.
    assert!(world.served.person("admin")?.get("/webhooks")?.body.contains(id));
    let turned = one.post(&format!("/webhooks/{id}/secret"), None, &json!({}))?;
    assert_eq!(turned.status, 200);
    assert_ne!(turned.json()["secret"], secret);
    assert_eq!(one.send("DELETE", &format!("/webhooks/{id}"), &[], "")?.status, 204);
    assert_eq!(one.send("DELETE", &format!("/webhooks/{id}"), &[], "")?.status, 404);
    // Addresses that lead inside, or that everybody could listen to.
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "https://localhost/",
        "http://a.test/",
        "x",
    ] {
        let refused = one.post("/webhooks", None, &json!({ "url": url }))?;
        assert_eq!((refused.status, refused.problem().as_str()), (422, "unprocessable"), "{url}");
        let page = world.served.person("one")?.submit("/webhooks", &[("url", url)])?.body;
        assert!(page.contains("class=\"wrong\"") && !page.contains("whsec_"), "{url}: {page}");
    }
    assert_eq!(one.post("/webhooks", None, &json!({ "url": "https://a.test/", "events": ["all"] }))?.status, 422);
    let log = world.served.person("admin")?.get("/log?who=one")?.body;
    assert!(log.contains(id) && !log.contains("whsec_"), "{log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_come_in_no_form_that_there_is_is_refused() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("admin", &["read", "export", "decide"])?;
    let accepting = |path: &str, accept: &str| program.send("GET", path, &[("accept", accept)], "");
    for (path, accept, status) in [
        ("/cases", "application/json", 200),
        ("/cases", "text/html, */*;q=0.1", 200),
        ("/cases", "text/html", 406),
        ("/cases", "*/*, application/json;q=0", 406),
        ("/exports/cases.csv", "text/csv", 200),
        ("/exports/cases.csv", "application/json", 406),
    ] {
        let answer = accepting(path, accept)?;
        assert_eq!(answer.status, status, "{path}, {accept}: {}", answer.text());
        if status == 406 {
            assert_eq!(answer.problem(), "not-acceptable");
        }
    }
    // Nothing is done before.
    let case = &world.cases[0].case;
    let headers = [("accept", "text/html"), ("content-type", "application/json")];
    let refused = program.send("POST", &format!("/cases/{case}/decisions"), &headers, "{\"choice\": \"again\"}")?;
    assert_eq!(refused.status, 406);
    assert_eq!(program.get(&format!("/cases/{case}/decisions"))?.json()["items"], json!([]));
    Ok(())
}
