//! Who sees what: every account and every endpoint, with the ids of others guessed right; and that lists give all of it.

use std::process::Command;

use anyhow::Result;
use model::account::Role;
use serde_json::json;

use super::{Answer, PEOPLE, Program, World, column, ids, written};

/// Whether each endpoint of a case answers, and nothing else of it.
fn told(program: &Program, case: &str, sha256: &str) -> Result<Vec<u16>> {
    let paths =
        ["", "/decisions", "/rejections", &format!("/evidence/{sha256}")].map(|more| format!("/cases/{case}{more}"));
    paths.iter().map(|path| Ok(program.get(path)?.status)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_token_shows_what_its_account_sees_and_nothing_else() -> Result<()> {
    let world = World::patient().await?;
    for (name, role, _, _, sees) in PEOPLE {
        let program = world.program(name, role.scopes())?;
        let seen: Vec<_> = world.cases.iter().filter(|kept| sees.contains(kept.ad)).collect();
        let own: Vec<_> = seen.iter().rev().map(|kept| kept.case.clone()).collect();
        assert_eq!(ids(&program.get("/cases")?.json()), own, "{name}");
        for kept in &world.cases {
            let status = if sees.contains(kept.ad) { 200 } else { 404 };
            assert_eq!(told(&program, &kept.case, &kept.sha256)?, [status; 4], "{name}, ad {}", kept.ad);
            for other in world.cases.iter().filter(|other| other.case != kept.case) {
                let guessed = program.get(&format!("/cases/{}/evidence/{}", kept.case, other.sha256))?;
                assert_eq!(guessed.status, 404, "{name}: an artefact of another case");
            }
            if role.scopes().contains(&"decide") {
                let answer =
                    program.post(&format!("/cases/{}/decisions", kept.case), None, &json!({ "choice": "again" }))?;
                assert_eq!(answer.status, if sees.contains(kept.ad) { 201 } else { 404 }, "{name}, ad {}", kept.ad);
            }
        }
        if role.scopes().contains(&"export") {
            exports_hold(&world, &program, &own)?;
        }
        // What is overdue is for those who decide.
        let waits = program.get("/deadlines")?.status;
        assert_eq!(waits, if role == Role::Advertiser { 403 } else { 200 }, "{name}");
        // What is asked for by name is not seen by it either.
        for (filter, ad) in [("ad=z", "z"), ("platform=one", "x"), ("advertiser=b1", "z"), ("text=z", "z")] {
            let list = ids(&program.get(&format!("/cases?{filter}"))?.json());
            assert_eq!(list.contains(&world.of_ad(ad).case), sees.contains(ad), "{name}, {filter}");
        }
    }
    Ok(())
}

fn exports_hold(world: &World, program: &Program, own: &[String]) -> Result<()> {
    let csv = program.get("/exports/cases.csv")?;
    assert_eq!(csv.header("content-type"), "text/csv");
    assert_eq!(column(&csv.text(), "case_id")?, own);
    let lines = program.get("/exports/cases.jsonl")?.text();
    let of_line = |line: &str| serde_json::from_str::<serde_json::Value>(line).map(|line| line["case_id"].clone());
    assert_eq!(json!(lines.lines().map(of_line).collect::<Result<Vec<_>, _>>()?), json!(own));
    let sheet = program.get("/exports/cases.xlsx")?;
    let texts = in_sheet(world, &sheet)?;
    for kept in &world.cases {
        assert_eq!(texts.contains(&kept.case), own.contains(&kept.case), "the sheet and ad {}", kept.ad);
    }
    Ok(())
}

/// What stands in a workbook: its strings and its cells, as Python unpacks it.
fn in_sheet(world: &World, sheet: &Answer) -> Result<String> {
    let path = world.postlink.folder().join("cases.xlsx");
    written(&path, &sheet.body)?;
    let unpack = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\n\
        print(z.read('xl/sharedStrings.xml').decode(), z.read('xl/worksheets/sheet1.xml').decode())";
    let output = Command::new("python3").args(["-c", unpack]).arg(&path).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_ad_says_is_no_formula_anywhere() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("admin", &["export"])?;
    let csv = program.get("/exports/cases.csv?ad=x")?.text();
    assert_eq!(column(&csv, "title")?, ["'=护手霜9.9元，全国销量第一的护手霜"]);
    let sheet = in_sheet(&world, &program.get("/exports/cases.xlsx?ad=x")?)?;
    assert!(sheet.contains("=护手霜9.9元") && !sheet.contains("<f>"), "a text, and no formula: {sheet}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_walked_page_by_page_is_the_whole_list() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("office", &["read"])?;
    for filter in ["", "&latest_only=true", "&verdict=violating&platform=one", "&decision=undecided", "&ad=nobody"] {
        let whole = ids(&program.get(&format!("/cases?limit=200{filter}"))?.json());
        for limit in 1..=3 {
            let (mut walked, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = program.get(&format!("/cases?limit={limit}{filter}{cursor}"))?.json();
                let items = ids(&page);
                assert!(items.len() <= limit);
                walked.extend(items);
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(walked, whole, "{limit} at once, {filter}");
        }
    }
    let all = ids(&program.get("/cases")?.json());
    let latest = ids(&program.get("/cases?latest_only=true")?.json());
    assert_eq!((all.len(), latest.len()), (5, 4), "two cases are of one ad");
    // A folder of these tests is sealed when time began.
    assert_eq!(ids(&program.get("/cases?since=1970-01-01T00:00:00Z")?.json()), all);
    assert_eq!(ids(&program.get("/cases?until=1970-01-01T08:00:00%2B08:00")?.json()), Vec::<String>::new());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_comes_with_all_that_is_known_of_it() -> Result<()> {
    let world = World::patient().await?;
    let program = world.program("one", &["read", "decide"])?;
    let kept = world.of_ad("x");
    let about = json!({ "choice": "reject", "violation": 1, "reason": "页面写明" });
    assert_eq!(program.post(&format!("/cases/{}/decisions", kept.case), None, &about)?.status, 201);
    let whole = program.get(&format!("/cases/{}", kept.case))?.json();
    assert_eq!((&whole["facts"]["case_id"], &whole["case"]["ad_id"]), (&json!(kept.case), &json!("x")));
    let decision = &whole["decisions"][0];
    assert_eq!(
        (&decision["choice"], &decision["by"], &decision["reason"]),
        (&json!("reject"), &json!("one"), &json!("页面写明"))
    );
    let decided = program.get(&format!("/cases/{}/decisions", kept.case))?.json();
    assert_eq!(decided["items"], whole["decisions"]);
    // Its evidence is where it says, and is what it says.
    let evidence = whole["evidence"].as_array().expect("a list");
    let look = evidence.iter().find(|one| one["what"] == "look").expect("the look");
    let href = look["href"].as_str().expect("an address").strip_prefix("/api/v1").expect("of this version");
    let bytes = program.get(href)?;
    assert_eq!(
        (bytes.body.len() as u64, bytes.header("content-type")),
        (look["bytes"].as_u64().expect("a number"), "application/octet-stream")
    );
    assert!(bytes.header("content-disposition").starts_with("attachment"));
    // What a person has rejected is told to no advertiser.
    let rejections = |language: &str| {
        Ok::<_, anyhow::Error>(program.get(&format!("/cases/{}/rejections{language}", kept.case))?.json())
    };
    let violations = whole["case"]["violations"].as_array().expect("a list");
    let (chinese, english) = (rejections("")?, rejections("?language=en")?);
    let told = chinese.as_array().expect("a list");
    assert_eq!(told.len(), violations.len() - 1);
    let note = &violations[1]["note"]["zh-CN"];
    let (reason, suggestion) =
        (told[0]["reject_reason"].as_str().expect("words"), told[0]["suggestion"].as_str().expect("words"));
    assert!(
        reason.contains(note["what"].as_str().expect("words"))
            && suggestion.contains(note["do"].as_str().expect("words"))
    );
    assert_eq!(told[0]["material"]["quote"], violations[1]["promised"]["quote"]);
    assert!(
        english[0]["reject_reason"]
            .as_str()
            .expect("words")
            .contains(violations[1]["note"]["en"]["what"].as_str().expect("words"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ads_are_listed_with_their_cases() -> Result<()> {
    let world = World::patient().await?;
    for (name, role, _, _, sees) in PEOPLE {
        let program = world.program(name, role.scopes())?;
        let (mut walked, mut cursor) = (String::new(), String::new());
        loop {
            let page = program.get(&format!("/ads?limit=1{cursor}"))?.json();
            page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .for_each(|ad| walked += ad["ad_id"].as_str().expect("an id"));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(walked, sees, "{name}");
        for kept in &world.cases {
            let answer = program.get(&format!("/ads/{}", kept.ad))?;
            assert_eq!(answer.status, if sees.contains(kept.ad) { 200 } else { 404 }, "{name}, ad {}", kept.ad);
        }
    }
    let program = world.program("admin", &["read"])?;
    let ad = program.get("/ads/w")?.json();
    let cases: Vec<_> = ad["cases"].as_array().expect("a list").iter().map(|case| case["case_id"].clone()).collect();
    let wanted: Vec<_> = world.cases.iter().rev().filter(|kept| kept.ad == "w").map(|kept| json!(kept.case)).collect();
    assert_eq!(cases, wanted);
    assert_eq!(ad["ad"]["latest"]["case_id"], wanted[0]);
    let listed = |query: &str| {
        Ok::<_, anyhow::Error>(program.get(&format!("/ads?{query}"))?.json()["items"].as_array().map(Vec::len))
    };
    assert_eq!(
        (listed("verdict=never")?, listed("platform=two")?, listed("advertiser=a1&verdict=violating")?),
        (Some(0), Some(2), Some(2))
    );
    assert_eq!(program.get("/ads?cursor=%21")?.problem(), "bad-request");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn sweeps_are_shown_to_and_turned_by_those_whose_they_are() -> Result<()> {
    let world = World::patient().await?;
    for (account, sees) in [("one", &["one-nightly"][..]), ("admin", &["all-nightly", "one-nightly", "two-nightly"])] {
        let program = world.program(account, &["sweeps"])?;
        let list = program.get("/sweeps")?;
        assert!(
            !list.text().contains("secret") && !list.text().contains("00ff"),
            "who knows it can tell when it looks"
        );
        let names: Vec<_> =
            list.json()["items"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect();
        assert_eq!(json!(names), json!(sees), "{account}");
        for name in ["all-nightly", "one-nightly", "two-nightly", "nobody"] {
            let status = if sees.contains(&name) { 200 } else { 404 };
            assert_eq!(program.get(&format!("/sweeps/{name}"))?.status, status, "{account}, {name}");
            for what in ["pause", "resume"] {
                let turned = program.post(&format!("/sweeps/{name}/{what}"), None, &json!({}))?;
                assert_eq!(turned.status, status, "{account}, {name}: {what}");
            }
        }
    }
    let program = world.program("one", &["sweeps"])?;
    let state = || Ok::<_, anyhow::Error>(program.get("/sweeps/one-nightly")?.json()["sweep"]["state"].clone());
    let turn = |what: &str, key| program.post(&format!("/sweeps/one-nightly/{what}"), key, &json!({}));
    assert_eq!(turn("pause", Some("key"))?.json()["state"], "paused");
    assert_eq!(state()?, "paused");
    // What is sent again is not done again.
    assert_eq!(
        (turn("resume", None)?.status, turn("pause", Some("key"))?.status, state()?),
        (200, 200, json!("running"))
    );
    assert_eq!(turn("resume", Some("key"))?.problem(), "key-reused");
    assert_eq!((turn("cancel", None)?.status, state()?), (200, json!("cancelled")));
    let over = turn("resume", None)?;
    assert_eq!((over.status, over.problem()), (409, "over".to_owned()));
    Ok(())
}
