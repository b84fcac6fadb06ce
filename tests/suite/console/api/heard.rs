//! What platforms send of their users, and what they and others are told of it.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use super::{PEOPLE, Program, World};

fn complaint(id: &str, ad: &str) -> Value {
    json!({ "id": id, "source": "comment", "at": "2025-05-14T09:00:00+08:00", "text": "跟广告不一样", "user": "u1", "ad": ad })
}

fn conversion(id: &str, ad: &str) -> Value {
    json!({ "id": id, "at": "2025-05-13T09:00:00+08:00", "kind": "order", "user": "u1", "ad": ad })
}

fn sent(program: &Program, path: &str, key: Option<&str>, rows: &[Value]) -> Result<Value> {
    let answer = program.post(path, key, &json!({ "rows": rows }))?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    Ok(answer.json())
}

fn rate(program: &Program) -> Result<Vec<(String, u64, u64)>> {
    let told = program.get("/ccr?by=ad&from=2025-W20&to=2025-W20&kind=content")?.json();
    let groups = told["groups"].as_array().expect("a list").iter();
    let number = |value: &Value| value.as_u64().expect("a number");
    let of = |group: &Value| {
        let who = group["who"].as_str().expect("an ad").to_owned();
        (who, number(&group["total"]["complaints"]), number(&group["total"]["conversions"]))
    };
    Ok(groups.map(of).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn platforms_send_what_is_theirs_and_each_account_is_told_what_it_sees() -> Result<()> {
    let world = World::patient().await?;
    for (name, ads) in [("one", ["x", "w"]), ("two", ["y", "z"])] {
        let program = world.program(name, &["hearing"])?;
        let rows = ads.map(|ad| conversion(&format!("v-{ad}"), ad));
        assert_eq!(sent(&program, "/conversions", None, &rows)?["new"], 2);
        let mut rows: Vec<Value> = ads.iter().map(|ad| complaint(&format!("c-{ad}"), ad)).collect();
        rows.push(json!({ "id": "other", "source": "comment", "at": "2025-05-14T09:00:00Z", "platform": "elsewhere" }));
        rows.push(json!({ "id": "bad", "source": "comment", "at": "soon" }));
        rows.push(complaint("unknown", "nobody's"));
        let told = sent(&program, "/complaints", None, &rows)?;
        assert_eq!((&told["new"], &told["same"], &told["refused"]), (&json!(3), &json!(0), &json!(2)), "{told}");
        let rows: Vec<_> = told["told"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| (&one["row"], &one["field"], &one["kept"]))
            .collect();
        let expected = [
            (json!(2), json!("platform"), json!(false)),
            (json!(3), json!("at"), json!(false)),
            (json!(4), json!("ad"), json!(true)),
        ];
        assert!(rows.iter().zip(&expected).all(|(one, other)| *one == (&other.0, &other.1, &other.2)), "{told}");
    }
    let admin = world.program("admin", &["hearing", "read"])?;
    let sold = json!([{ "id": "t", "kind": "click", "at": 1_747_100_000, "channel": "feed", "platform": "one" }]);
    assert_eq!(
        sent(&admin, "/touchpoints", None, sold.as_array().expect("a list"))?["new"],
        1,
        "of whichever platform"
    );
    // Whoever leads labels them: then they are counted.
    let begun = Instant::now();
    while rate(&admin)?.iter().map(|one| one.1).sum::<u64>() < 4 {
        assert!(begun.elapsed() < Duration::from_secs(60), "nobody has labelled them");
        std::thread::sleep(Duration::from_millis(100));
    }
    for (name, role, _, _, sees) in PEOPLE {
        let program = world.program(name, &["read"])?;
        let list = program.get("/complaints?limit=200")?;
        assert!(!list.text().contains("u1"), "who said it is not told");
        let mut ads: Vec<String> = list.json()["items"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["ad"].as_str())
            .map(Into::into)
            .collect();
        ads.sort();
        let expected: Vec<String> = sees.chars().map(String::from).collect();
        assert_eq!(ads, expected, "{name}, {}", role.word());
        let rates: Vec<_> = rate(&program)?.into_iter().map(|one| (one.0, one.1, one.2)).collect();
        assert_eq!(
            rates.iter().map(|one| &one.0).collect::<std::collections::BTreeSet<_>>(),
            expected.iter().collect(),
            "{name}"
        );
        assert!(rates.iter().all(|one| (one.1, one.2) == (1, 1)), "{rates:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_taken_once_and_walked_page_by_page() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("one", &["hearing", "read"])?;
    let rows: Vec<Value> = (0..7).map(|n| complaint(&format!("c{n}"), "x")).collect();
    let first = sent(&program, "/complaints", Some("key-1"), &rows)?;
    assert_eq!(first["new"], 7);
    assert_eq!(sent(&program, "/complaints", Some("key-1"), &rows)?, first, "the same key is answered alike");
    assert_eq!(sent(&program, "/complaints", None, &rows)?["same"], 7);
    let changed = json!([{ "id": "c0", "source": "report", "at": "2025-05-14T09:00:00Z", "ad": "x" }]);
    let told = sent(&program, "/complaints", None, changed.as_array().expect("a list"))?;
    assert_eq!((&told["refused"], &told["told"][0]["field"]), (&json!(1), &json!("id")));
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = program.get(&format!("/complaints?limit=3{next}"))?.json();
        seen.extend(
            page["items"].as_array().expect("a list").iter().map(|one| one["id"].as_str().expect("an id").to_owned()),
        );
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    seen.sort();
    assert_eq!(seen, (0..7).map(|n| format!("c{n}")).collect::<Vec<_>>());
    let many: Vec<Value> = (0..1_001).map(|n| complaint(&format!("m{n}"), "x")).collect();
    assert_eq!(program.post("/complaints", None, &json!({ "rows": many }))?.status, 422);
    assert_eq!(sent(&program, "/complaints", None, &many[..1_000])?["new"], 1_000, "a thousand are no problem");
    assert_eq!(program.get("/complaints?cursor=00")?.problem(), "bad-request");
    assert_eq!(program.get("/ccr?from=2025-W21&to=2025-W20")?.problem(), "bad-request");
    assert_eq!(program.get("/ccr?from=2025-W60&to=2025-W61")?.problem(), "bad-request");
    Ok(())
}
