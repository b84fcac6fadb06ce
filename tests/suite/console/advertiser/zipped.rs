//! Ads with their files in one archive: taken line by line, within bounds, and nothing leads out of it.

use super::*;

/// Packed by a program that people have.
fn zip(stage: &Stage, name: &str, files: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    for (path, bytes) in files {
        stage.postlink.write(&format!("{name}/{path}"), bytes)?;
    }
    let folder = stage.postlink.folder().join(name);
    let packed = std::process::Command::new("python3")
        .args(["-m", "zipfile", "-c", "../packed.zip"])
        .args(files.iter().filter_map(|(path, _)| path.split('/').next()).collect::<std::collections::BTreeSet<_>>())
        .current_dir(&folder)
        .output()?;
    ensure!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    Ok(std::fs::read(stage.postlink.folder().join("packed.zip"))?)
}

#[tokio::test(flavor = "multi_thread")]
async fn ads_come_with_their_files_in_one_archive() -> Result<()> {
    let world = World::read("offer-in-picture")?;
    let stage = Stage::of(vec![world.clone()], "").await?;
    let platform = stage.person("platform")?;
    let ad = &world.ads[0].ad;
    let picture = ad.creatives[0].path.as_ref().context("a picture")?;
    let bytes = std::fs::read(world.folder.join(picture))?;
    let line = |id: &str, path: &str| {
        let creative = serde_json::json!({"kind": "image", "path": path});
        let click_url = &ad.click_url;
        serde_json::json!({"ad_id": id, "title": ad.title, "click_url": click_url, "creatives": [creative]}).to_string()
    };
    let lines =
        [line("with", "img/a.png"), line("without", "img/b.png"), line("out", "../a.png"), "{".to_owned()].join("\n");
    let packed = zip(&stage, "good", &[("ads.jsonl", lines.as_bytes()), ("img/a.png", &bytes)])?;
    let told = platform.upload("/ads", &[], &[("file", "../ads.zip", &packed)])?;
    assert_eq!(told.status, 200, "{}", told.body);
    let page = plain(&told.body);
    assert!(page.contains("id=with\"") && !page.contains("id=without\"") && !page.contains("id=out\""), "{page}");
    for (line, why) in [(2, "`img/b.png` is not in the archive"), (3, "leaves the folder"), (4, "")] {
        assert!(page.contains(&format!("<td>{line}</td>")) && page.contains(why), "line {line}: {page}");
    }
    // A bomb costs its line; what is no archive of ads is refused as a whole.
    let zeros = vec![0; 60_000_000];
    let bomb = zip(&stage, "bomb", &[("ads.jsonl", line("bomb", "zeros.png").as_bytes()), ("zeros.png", &zeros)])?;
    let page = plain(&platform.upload("/ads", &[], &[("file", "a.zip", &bomb)])?.body);
    assert!(page.contains("too long unpacked") && !page.contains("id=bomb\""), "{page}");
    let none = zip(&stage, "none", &[("a.png", &bytes)])?;
    let page = plain(&platform.upload("/ads", &[], &[("file", "a.zip", &none)])?.body);
    assert!(page.contains("no file of ads"), "{page}");
    // Who looks at the ad sees the picture that came along.
    drop(stage.served);
    for arguments in [["sweep", "create", "first"], ["sweep", "run", "first"]] {
        let run = stage.postlink.run(&[&arguments[..], &["--data", "out", "--config", "my.toml"]].concat())?;
        ensure!(run.code == Some(0) || run.code == Some(10), "{}{}", run.stdout, run.stderr);
    }
    let cases = stage.postlink.cases("out")?;
    let case = cases.iter().find(|case| case["ad_id"] == "with").context("its case")?;
    assert_eq!(case["verdict"], "violating", "what stands in the picture is read: {case}");
    Ok(())
}
