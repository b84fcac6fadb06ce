//! What is refused, and how it is told: tokens that are not for it, what is asked for wrongly, and too much of it.

use anyhow::Result;
use model::account::SCOPES;
use serde_json::{Value, json};
use storage::accounts::Accounts as _;

use super::{Program, World};

/// The operations of the document: method, path with names of this world, and the scope that each needs.
pub(super) fn operations(world: &World) -> Result<Vec<(String, String, Option<String>)>> {
    let document = Program::new(&world.served.url, None).get("/openapi.json")?.json();
    let kept = world.of_ad("x");
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        let path = path.strip_prefix("/api/v1").expect("of this version");
        let path = path
            .replace("{case}", &kept.case)
            .replace("{sha256}", &kept.sha256)
            .replace("{name}", "one-nightly")
            .replace("{hook}", "wh-0")
            .replace("{id}", "x");
        for (method, operation) in methods.as_object().expect("methods") {
            let security = operation["security"].as_array().expect("who may");
            let scope = security.first().map(|one| one["token"][0].as_str().unwrap_or("any").to_owned());
            all.push((method.to_uppercase(), path.clone(), scope));
        }
    }
    Ok(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_wants_a_token_with_its_scope_and_no_other() -> Result<()> {
    let world = World::patient().await?;
    let operations = operations(&world)?;
    assert!(operations.len() > 8, "{operations:?}");
    for scope in SCOPES {
        let program = world.program("admin", &[scope])?;
        for (method, path, needs) in &operations {
            let sent: (&[_], &str) =
                if method == "POST" { (&[("content-type", "application/json")], "{}") } else { (&[], "") };
            let answer = program.send(method, path, sent.0, sent.1)?;
            match needs.as_deref() {
                Some(needs) if needs != scope && needs != "any" => {
                    assert_eq!(
                        (answer.status, answer.problem().as_str()),
                        (403, "no-scope"),
                        "{scope}: {method} {path}"
                    );
                }
                _ => assert!(![401, 403].contains(&answer.status), "{scope}: {method} {path}: {}", answer.text()),
            }
        }
    }
    let wrong = Program::new(&world.served.url, Some("plk_wrong"));
    for (method, path, needs) in operations.iter().filter(|(_, _, needs)| needs.is_some()) {
        let nobody = Program::new(&world.served.url, None).send(method, path, &[], "")?;
        assert_eq!((nobody.status, nobody.problem().as_str()), (401, "no-token"), "{method} {path} {needs:?}");
        assert_eq!(nobody.header("www-authenticate"), "Bearer realm=\"postlink\"");
        let wrong = wrong.send(method, path, &[], "")?;
        assert_eq!((wrong.status, wrong.problem().as_str()), (401, "wrong-token"));
        assert!(wrong.header("www-authenticate").contains("invalid_token"));
    }
    // Somebody who is signed in has no token.
    let person = world.served.person("admin")?;
    assert_eq!(person.get("/api/v1/me")?.status, 401);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_as_long_as_it_and_its_account_are() -> Result<()> {
    let world = World::patient().await?;
    let (decides, revoked) = (world.program("one", &["decide", "read"])?, world.program("two", &["read"])?);
    let me = revoked.get("/me")?.json();
    assert_eq!(
        (&me["account"], &me["platform"], &me["token"]["scopes"]),
        (&json!("two"), &json!("two"), &json!(["read"]))
    );
    let dir = world.postlink.folder().join("out");
    let accounts = storage::accounts::of_folder(&dir, std::sync::Arc::new(crate::console::now)).await?;
    let id = me["token"]["id"].as_str().expect("an id");
    assert!(accounts.revoke_token("two", id).await?);
    assert_eq!(revoked.get("/me")?.problem(), "wrong-token");
    // An account that decides no more has tokens that decide no more.
    let (one, secrets) = accounts.account("one").await?.expect("an account");
    let changed = model::account::Account { role: model::account::Role::Regulator, ..one };
    assert!(accounts.change_account(&changed, &secrets).await?);
    let path = format!("/cases/{}/decisions", world.of_ad("x").case);
    assert_eq!(decides.post(&path, None, &json!({ "choice": "confirm" }))?.problem(), "no-scope");
    assert_eq!(decides.get(&path)?.status, 200);
    let disabled = model::account::Account { disabled_at: Some(crate::console::now()), ..changed };
    let (_, secrets) = accounts.account("one").await?.expect("an account");
    assert!(accounts.change_account(&disabled, &secrets).await?);
    assert_eq!(decides.get(&path)?.problem(), "wrong-token");
    accounts.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_wrongly_is_told_by_its_name() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("admin", &["read", "decide", "export"])?;
    let detail = |path: &str| -> Result<String> {
        let answer = program.get(path)?;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"), "{path}");
        Ok(answer.json()["detail"].as_str().expect("words").to_owned())
    };
    for (query, name) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=abc", "cursor"),
        ("verdict=good", "verdict"),
        ("severity=S9", "severity"),
        ("decision=maybe", "decision"),
        ("since=yesterday", "since"),
        ("latest_only=perhaps", "latest_only"),
        ("text=", "text"),
        ("text=%00", "text"),
        ("limit=1&limit=2", "limit"),
        ("verdicts=clean", "verdicts"),
    ] {
        let told = detail(&format!("/cases?{query}"))?;
        assert!(told.contains(name), "{query}: {told}");
    }
    // A filter of an export that is written wrong lets nothing through.
    assert!(detail("/exports/cases.csv?advertisr=b1")?.contains("advertisr"));
    for path in ["/cases/nothing", "/cases/20261128T000000Z-0123456789ab", "/nowhere", "/cases/x/y/z"] {
        assert_eq!(program.get(path)?.problem(), "not-found", "{path}");
    }
    let decisions = format!("/cases/{}/decisions", world.of_ad("x").case);
    let send = |headers: &[(&str, &str)], body: &str| program.send("POST", &decisions, headers, body);
    let json = ("content-type", "application/json");
    let long = format!("{{\"choice\":\"confirm\",\"reason\":\"{}\"}}", "a".repeat(70_000));
    for (headers, body, status, kind) in [
        (&[json][..], "{", 400, "bad-request"),
        (&[json], "{}", 422, "unprocessable"),
        (&[json], "{\"choice\":\"perhaps\"}", 422, "unprocessable"),
        (&[json], "{\"choice\":\"confirm\",\"violations\":1}", 422, "unprocessable"),
        (&[json], "{\"choice\":\"reject\"}", 422, "unprocessable"),
        (&[json], "{\"choice\":\"confirm\",\"violation\":99}", 422, "unprocessable"),
        (&[json], long.as_str(), 413, "too-large"),
        (&[("content-type", "text/plain")], "{\"choice\":\"confirm\"}", 415, "not-json"),
        (&[json, ("idempotency-key", "a b")], "{\"choice\":\"confirm\"}", 400, "bad-request"),
    ] {
        let answer = send(headers, body)?;
        assert_eq!((answer.status, answer.problem().as_str()), (status, kind), "{}", &body[..body.len().min(80)]);
    }
    let answer = program.send("DELETE", "/cases", &[], "")?;
    assert_eq!((answer.status, answer.problem().as_str(), answer.header("allow")), (405, "no-method", "GET,HEAD"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_more_often_than_may_be() -> Result<()> {
    let world = World::new("requests_per_minute = 5").await?;
    let (program, another) = (world.program("admin", &["read"])?, world.program("admin", &["read"])?);
    let answers = (0..12).map(|_| program.get("/me")).collect::<Result<Vec<_>>>()?;
    assert!(answers[..5].iter().all(|answer| answer.status == 200));
    assert_eq!(answers[0].header("ratelimit-policy"), "\"requests\";q=5;w=60");
    assert_eq!(answers[0].header("ratelimit").split(';').nth(1), Some("r=4"));
    let refused = answers.iter().find(|answer| answer.status == 429).expect("one too many");
    assert_eq!(refused.problem(), "too-many");
    let after: u64 = refused.header("retry-after").parse()?;
    assert!((1..=12).contains(&after), "{after}");
    assert_eq!(another.get("/me")?.status, 200, "each token has its own");
    // Who guesses tokens is stopped by where they come from.
    let wrong = Program::new(&world.served.url, Some("plk_wrong"));
    let guessed = (0..12).map(|_| Ok(wrong.get("/me")?.status)).collect::<Result<Vec<_>>>()?;
    assert!(guessed[..5].iter().all(|status| *status == 401) && guessed.contains(&429), "{guessed:?}");
    assert_eq!(another.get("/me")?.status, 200);
    // From there a token that nobody knows yet is looked up no more, good or not, until there is room again.
    let unused = world.program("admin", &["read"])?;
    let status = loop {
        let asked = [&wrong, &unused, &wrong].map(|program| program.get("/me").map(|answer| answer.status));
        if let [429, status, 429] = asked.into_iter().collect::<Result<Vec<_>>>()?[..] {
            break status;
        }
    };
    assert_eq!(status, 429);
    // The document is there for everybody.
    let document: Value = Program::new(&world.served.url, None).get("/openapi.json")?.json();
    assert_eq!(document["openapi"], "3.1.0");
    Ok(())
}
