//! A clue that is handed over to another authority: its record, its evidence, and its entry in the ledger.

use postlink_tests::postlink::Run;

use super::*;

#[track_caller]
fn done(run: Run) -> Run {
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clue_is_handed_over_with_its_evidence_and_stands_in_the_ledger() {
    let worlds = ["honest-game-gift", "price-on-landing"].map(|name| World::read(name).unwrap());
    let lines: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let stage = Stage::of(worlds.to_vec(), QUICK).await;
    stage.ads(lines);
    assert_eq!(stage.check("out").code, Some(10));
    let cases: Vec<Value> =
        read(&stage, "out/cases.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ad = |verdict: &str| {
        let case = cases.iter().find(|case| case["verdict"] == verdict).unwrap_or_else(|| panic!("{cases:#?}"));
        case["ad_id"].as_str().unwrap().to_owned()
    };
    let does = |arguments: &[&str]| stage.postlink.run(&[arguments, &["--data", "out"]].concat()).unwrap();
    done(does(&["decide", &ad("violating"), "--confirm", "--by", "Li"]));
    let listed = done(does(&["ledger", "list"])).stdout;
    let case_of = |ad: &str| case_id(&stage, ad);
    let case = case_of(&ad("violating"));
    assert!(listed.contains(&case), "{listed}");

    let to = |case: &str, authority: &str, out: &str| {
        does(&["export", "--case", case, "--transfer-to", authority, "--by", "Wu", "--out", out])
    };
    let unknown = to(&case, "nobody", "bundle");
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("these are samr, police, cac, telecom"), "{}", unknown.stderr);
    let nothing = to(&case_of(&ad("clean")), "samr", "bundle");
    assert_eq!(nothing.code, Some(2), "{nothing:?}");
    assert!(nothing.stderr.contains("there is no clue to hand over"), "{}", nothing.stderr);

    let run = done(to(&case, "samr", "bundle"));
    let sums = run.stdout.lines().last().unwrap().rsplit(' ').next().unwrap().to_owned();
    done(stage.postlink.run(&["verify", "bundle"]).unwrap());
    let record = read(&stage, "bundle/transfer.html");
    for word in ["线索移送书", "市场监督管理部门", "Wu", "广告法", "接收单位", case.as_str()] {
        assert!(record.contains(word), "{word} is not in the record");
    }
    let manifest: Value = serde_json::from_str(&read(&stage, &format!("bundle/cases/{case}/manifest.json"))).unwrap();
    let evidence = manifest["evidence"].as_array().unwrap();
    assert!(evidence.len() > 3);
    for kept in evidence {
        assert!(record.contains(kept["id"].as_str().unwrap()), "{kept} is not in the list");
    }
    assert!(read(&stage, "bundle/index.html").contains("transfer.html"));

    let lines = done(does(&["ledger", "export"])).stdout;
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((&last["what"], &last["by"], &last["act"]), (&json!("transfer-1"), &json!("Wu"), &json!("outcome")));
    assert_eq!((&last["body"]["outcome"], &last["body"]["authority"]), (&json!("handed-over"), &json!("samr")));
    assert_eq!(last["body"]["sums"], format!("sha256:{sums}"), "the bundle that was handed over");
    assert!(last["follows"].as_str().unwrap().starts_with("decision-"), "{last}");
    done(does(&["ledger", "verify"]));

    // One byte of the record is another one.
    stage.postlink.write("bundle/transfer.html", record.replace("Wu", "We")).unwrap();
    let changed = stage.postlink.run(&["verify", "bundle"]).unwrap();
    assert!(changed.code == Some(1) && changed.stdout.contains("transfer.html"), "{}", changed.stdout);
}

/// Of the case of an ad, by the name of its manifest.
fn case_id(stage: &Stage, ad: &str) -> String {
    let folder = std::fs::read_dir(stage.path("out/evidence/cases")).unwrap();
    let manifest = folder.map(|entry| entry.unwrap().path()).find(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        serde_json::from_str::<Value>(&text).is_ok_and(|manifest| manifest["ad_id"] == ad)
    });
    let name = manifest.unwrap().file_name().unwrap().to_string_lossy().into_owned();
    name.trim_end_matches(".manifest.json").to_owned()
}

fn read(stage: &Stage, name: &str) -> String {
    std::fs::read_to_string(stage.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
