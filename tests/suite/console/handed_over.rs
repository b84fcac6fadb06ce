//! What is taken along from the console: it verifies by itself, and nothing is in it that its account does not see.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::api::{PEOPLE, World};
use super::person::Answer;
use crate::with_chromium::exports::by_shell;

/// A bundle that came, unpacked as its reader would.
fn unpacked(world: &World, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let (file, folder) = (format!("{name}.zip"), world.postlink.folder().join(name));
    world.postlink.write(&file, bytes)?;
    let ended = Command::new("unzip").args(["-q", &file, "-d", name]).current_dir(world.postlink.folder()).status()?;
    ensure!(ended.success(), "{name} is no archive");
    Ok(folder)
}

/// The cases that a bundle holds.
fn cases(bundle: &Path) -> Result<BTreeSet<String>> {
    let names = std::fs::read_dir(bundle.join("cases"))?.map(|entry| Ok(entry?.file_name().into_string()));
    names.map(|name: Result<_>| name?.map_err(|name| anyhow::anyhow!("{name:?}"))).collect()
}

/// Whether this stands in any of its files.
fn tells_of(bundle: &Path, text: &str) -> Result<bool> {
    Ok(Command::new("grep").args(["-rqF", text, "."]).current_dir(bundle).status()?.success())
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_verifies_by_itself_and_holds_what_its_account_sees() -> Result<()> {
    let world = World::patient().await?;
    for (name, _, _, _, sees) in PEOPLE {
        let person = world.served.person(name)?;
        let answer = person.submit("/export", &[("what", "bundle")])?;
        assert_eq!((answer.status, header(&answer, "content-type")), (200, "application/zip"), "{name}");
        assert!(header(&answer, "content-disposition").starts_with("attachment; filename=\"postlink-bundle-"));
        let bundle = unpacked(&world, name, &answer.bytes)?;
        // Of each ad the latest case; the dossier tells of its earlier ones as well.
        let of_ad = |ad: &str| world.cases.iter().rev().find(|kept| kept.ad == ad).expect("an ad of this world");
        let latest = sees.chars().map(|ad| of_ad(&ad.to_string()).case.clone()).collect();
        assert_eq!(cases(&bundle)?, latest, "{name}");
        for kept in &world.cases {
            assert_eq!(tells_of(&bundle, &kept.case)?, sees.contains(kept.ad), "{name}, a case of ad {}", kept.ad);
        }
        let (holds, said) = by_shell(&bundle);
        assert!(holds, "{name}: {said}");
        let run = world.postlink.run(&["verify", &format!("{name}.zip")])?;
        assert_eq!(run.code, Some(0), "{name}: {}{}", run.stdout, run.stderr);
    }
    // What was taken along stands in the log.
    let log = world.served.person("admin")?.get("/log?who=office")?.body;
    assert!(log.contains("bundle of all"), "{log}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_case_or_one_advertiser_is_taken_along_by_those_who_see_it() -> Result<()> {
    let world = World::patient().await?;
    for (name, role, _, _, sees) in PEOPLE {
        let person = world.served.person(name)?;
        let program = role.scopes().contains(&"export").then(|| world.program(name, &["export"])).transpose()?;
        for kept in &world.cases {
            let wanted = if sees.contains(kept.ad) { 200 } else { 404 };
            let answer = person.submit("/export", &[("what", "dossier"), ("case", &kept.case)])?;
            assert_eq!(answer.status, wanted, "{name}: the dossier of {}", kept.ad);
            if wanted == 200 {
                // A page, but none of this console.
                assert_eq!(header(&answer, "content-type"), "application/octet-stream");
                assert!(header(&answer, "content-security-policy").contains("sandbox"));
                assert!(answer.body.contains(&kept.case) && answer.body.contains("<!doctype html>"), "{}", answer.body);
            }
            let Some(program) = &program else { continue };
            let answer = program.get(&format!("/exports/bundle.zip?case={}", kept.case))?;
            assert_eq!(answer.status, wanted, "{name}: the bundle of {} by the API", kept.ad);
            if wanted == 200 {
                let bundle = unpacked(&world, &format!("{name}-{}", kept.case), &answer.body)?;
                assert_eq!(cases(&bundle)?, BTreeSet::from([kept.case.clone()]), "{name}");
            }
        }
        // `a1` has an ad on each platform: no more of them than are seen.
        let own: Vec<_> = world.cases.iter().filter(|kept| ["x", "y"].contains(&kept.ad)).collect();
        let answer = person.submit("/export", &[("what", "bundle"), ("advertiser", "a1")])?;
        if own.iter().all(|kept| !sees.contains(kept.ad)) {
            assert_eq!(answer.status, 404, "{name}");
            continue;
        }
        let bundle = unpacked(&world, &format!("{name}-a1"), &answer.bytes)?;
        let seen = own.iter().filter(|kept| sees.contains(kept.ad)).map(|kept| kept.case.clone()).collect();
        assert_eq!(cases(&bundle)?, seen, "{name}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_taken_along_at_once_than_may_be() -> Result<()> {
    let world = World::new("export_max_cases = 2").await?;
    let person = world.served.person("office")?;
    let all = person.submit("/export", &[("what", "bundle")])?;
    assert_eq!(all.status, 400);
    assert!(all.body.contains("超过 2 份"), "{}", all.body);
    let latest = &world.cases.last().context("a case")?.case;
    assert_eq!(person.submit("/export", &[("what", "bundle"), ("case", latest)])?.status, 200, "with its earlier one");
    let refused = world.program("office", &["export"])?.get("/exports/bundle.zip")?;
    assert_eq!((refused.status, refused.problem().as_str()), (422, "unprocessable"));

    let world = World::new("export_max_mb = 0").await?;
    let answer = world.served.person("office")?.submit("/export", &[("what", "bundle")])?;
    assert!(answer.status == 400 && answer.body.contains("0 MB"), "{}", answer.body);
    // Nothing is written for those who were not sent by a page.
    let forged = world.served.person("office")?.send("/export", &[("what", "bundle")])?;
    assert_eq!(forged.status, 403);
    Ok(())
}
