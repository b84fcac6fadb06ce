//! A page that is nowhere yet: pasted, examined as any other, shown to its makers alone, and no proof of anything.

use super::*;
use crate::with_chromium::private_addresses::{Private, greedy};

const AD: [(&str, &str); 2] = [("title", "云朵阅读会员0元领，免费开通"), ("trade", "reading")];

/// Sends an ad with its page; gives back where its case is.
fn paste(person: &Person, page: &str, as_a_file: bool) -> Result<(String, String)> {
    let file = [("page_file", "../../page.html", page.as_bytes())];
    let answer = match as_a_file {
        true => person.upload("/preview", &AD, &file)?,
        false => person.upload("/preview", &[&AD[..], &[("page", page)]].concat(), &[])?,
    };
    ensure!(answer.status == 303, "{} {}", answer.status, answer.body);
    let waiting = answer.location.context("a page that waits")?;
    let case = until_it_leads_on(person, &waiting)?;
    Ok((waiting, case))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_pasted_is_examined_and_is_no_proof() -> Result<()> {
    let stage = Stage::of(Vec::new(), "").await?;
    let shop = stage.person("shop")?;
    let (waiting, broken) = paste(&shop, BROKEN, false)?;
    let page = plain(&shop.get(&broken)?.body);
    assert!(page.contains("verdict violating") && page.contains("class=\"note\"") && page.contains("59元"), "{page}");
    let (_, clean) = paste(&shop, MENDED, true)?;
    let page = plain(&shop.get(&clean)?.body);
    assert!(page.contains("verdict clean"), "{page}");
    // Who gave it is said, and nothing is made of it that others could take for proof.
    assert!(page.contains("class=\"hint pasted\"") && page.contains("提供者：shop") && page.contains("pasted.invalid"));
    assert!(!page.contains("/badge\"") && !page.contains("action=\"/export\""), "{page}");
    assert_eq!(shop.submit(&format!("{clean}/badge"), &[])?.status, 403);
    for what in ["bundle", "dossier"] {
        let case = clean.trim_start_matches("/cases/");
        assert_eq!(shop.submit("/export", &[("what", what), ("case", case)])?.status, 400, "{what}");
    }
    // What was pasted is handed out as a file, and never as a page of this console.
    assert!(!page.contains("<h1>云朵阅读会员</h1>"), "{page}");
    for name in ["other", "platform", "elsewhere", "office", "admin"] {
        let person = stage.person(name)?;
        for path in [&waiting, &broken, &clean] {
            assert_eq!(person.get(path)?.status, 404, "{name} at {path}");
        }
    }
    assert_eq!(stage.person("partner")?.get(&clean)?.status, 200, "another account of this advertiser");
    let both = [&AD[..], &[("page", MENDED), ("click_url", "https://a.test/")]].concat();
    let long = "<p>".repeat(400_000);
    for fields in
        [both, AD.to_vec(), [&AD[..], &[("page", "no page")]].concat(), [&AD[..], &[("page", &long)]].concat()]
    {
        assert_eq!(shop.upload("/preview", &fields, &[])?.status, 400);
    }
    drop(stage.served);
    // The page as it was given is evidence of its case.
    let held = std::process::Command::new("sha256sum").arg(stage.postlink.write("pasted.html", BROKEN)?).output()?;
    let sha256 = String::from_utf8(held.stdout)?.split(' ').next().unwrap_or_default().to_owned();
    let id = broken.trim_start_matches("/cases/");
    let manifest =
        std::fs::read_to_string(stage.postlink.folder().join(format!("out/evidence/cases/{id}.manifest.json")))?;
    assert!(manifest.contains(&sha256), "{manifest}");
    let verified = stage.postlink.run(&["verify", "out"])?;
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_pasted_reaches_no_private_address() -> Result<()> {
    let private = Private::listen().await;
    let postlink = Postlink::new()?;
    // As it stands where nobody allows anything.
    let sweep = "[sweep]\ntracking_rules = \"\"\nhost_pause_secs = 0.0\n";
    postlink.write("my.toml", format!("{}\n{QUICK}\n{sweep}", machine()))?;
    accounts(&postlink.folder().join("out"), &PEOPLE).await?;
    let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
    let shop = served.person("shop")?;
    let (_, case) = paste(&shop, &greedy(private.at), false)?;
    let page = plain(&shop.get(&case)?.body);
    assert!(page.contains("pasted.invalid"), "it was seen: {page}");
    let sends_on = format!("<h1>云朵阅读</h1><script>location.href = 'http://{}/inside'</script>", private.at);
    let (_, case) = paste(&shop, &sends_on, false)?;
    let page = plain(&shop.get(&case)?.body);
    assert!(page.contains("verdict inconclusive"), "what it leads to is not seen: {page}");
    assert_eq!(private.connections(), 0, "nothing asked for anything there");
    Ok(())
}
