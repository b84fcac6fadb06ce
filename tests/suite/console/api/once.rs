//! What is sent again with the same key is done once; and who did what is written down.

use std::sync::Arc;
use std::thread;

use anyhow::Result;
use serde_json::{Value, json};
use storage::accounts::Accounts as _;

use super::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_with_the_same_key_is_done_once() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("admin", &["read", "decide"])?;
    let path = format!("/cases/{}/decisions", world.of_ad("x").case);
    let confirm = json!({ "choice": "confirm" });
    let first = program.post(&path, Some("one"), &confirm)?;
    let again = program.post(&path, Some("one"), &confirm)?;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body);
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), ("", "true"));
    // Another request, or another address, with the same key.
    let other = program.post(&path, Some("one"), &json!({ "choice": "again" }))?;
    assert_eq!((other.status, other.problem()), (422, "key-reused".to_owned()));
    let elsewhere = format!("/cases/{}/decisions", world.of_ad("y").case);
    assert_eq!(program.post(&elsewhere, Some("one"), &confirm)?.problem(), "key-reused");
    // A refusal stands as well, and another account has its own keys.
    let wrong = json!({ "choice": "confirm", "violation": 99 });
    let refused = [program.post(&path, Some("two"), &wrong)?, program.post(&path, Some("two"), &wrong)?];
    assert_eq!(
        refused.each_ref().map(|answer| (answer.status, answer.problem())),
        [(422, "unprocessable".to_owned()), (422, "unprocessable".to_owned())]
    );
    assert_eq!(refused[1].header("idempotent-replayed"), "true");
    let another = world.program("one", &["decide"])?;
    assert_eq!(another.post(&path, Some("one"), &confirm)?.header("idempotent-replayed"), "");
    let decided = program.get(&path)?.json();
    assert_eq!(decided["items"].as_array().map(Vec::len), Some(2), "{decided}");
    // Without a key each is one of its own.
    assert_eq!(program.post(&path, None, &confirm)?.status, 201);
    assert_eq!(program.post(&path, None, &confirm)?.status, 201);
    assert_eq!(program.get(&path)?.json()["items"].as_array().map(Vec::len), Some(4));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_with_one_key_one_is_done() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("admin", &["read", "decide"])?;
    let path = format!("/cases/{}/decisions", world.of_ad("x").case);
    let asking: Vec<_> = (0..12)
        .map(|_| {
            let (program, path) = (program.clone(), path.clone());
            thread::spawn(move || program.post(&path, Some("one"), &json!({ "choice": "confirm" })))
        })
        .collect();
    let mut numbers: Vec<Value> = Vec::new();
    for answer in asking {
        let answer = answer.join().expect("a thread")?;
        match answer.status {
            201 => numbers.push(answer.json()["number"].clone()),
            409 => assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("under-way", "1")),
            status => panic!("{status}: {}", answer.text()),
        }
    }
    assert!(!numbers.is_empty() && numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    assert_eq!(program.get(&path)?.json()["items"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_decisions_and_exports_are_written_down() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("one", &["read", "decide", "export"])?;
    let (kept, unseen) = (world.of_ad("x"), world.of_ad("z"));
    program.get(&format!("/cases/{}", kept.case))?;
    program.get(&format!("/cases/{}", unseen.case))?;
    program.post(&format!("/cases/{}/decisions", kept.case), None, &json!({ "choice": "confirm" }))?;
    program.get(&format!("/cases/{}/evidence/{}", kept.case, kept.sha256))?;
    program.get("/exports/cases.csv")?;
    let accounts =
        storage::accounts::of_folder(&world.postlink.folder().join("out"), Arc::new(crate::console::now)).await?;
    let mut noted = accounts.accesses(None, Some("one"), None, 100).await?;
    let tokens = accounts.tokens_of("one").await?;
    accounts.close().await;
    noted.reverse();
    let told: Vec<_> = noted.iter().map(|one| (one.action.as_str(), one.object.clone())).collect();
    let case = kept.case.clone();
    let artefact = format!("{case} sha256:{}", kept.sha256);
    let wanted = [("view", case.clone()), ("decide", case), ("export", artefact), ("export", "cases.csv".to_owned())];
    assert_eq!(told, wanted);
    assert!(noted.iter().all(|one| one.address == "127.0.0.1" && one.role == "platform"), "{noted:?}");
    assert!(tokens[0].used_at.is_some());
    Ok(())
}
