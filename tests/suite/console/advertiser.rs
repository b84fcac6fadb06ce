//! The journey of an advertiser: an ad is examined before it runs, its notes are read, and nobody else's are.

mod pasted;
mod zipped;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use model::account::Role;
use postlink_tests::postlink::{Postlink, machine};
use postlink_tests::site::Site;
use postlink_tests::world::World;

use super::{Person, Served, accounts};
use crate::with_chromium::{QUICK, world_of};

/// Two busy cores, a browser, and a job that may be tried again.
const LONGEST: Duration = Duration::from_secs(240);
const BETWEEN_LOOKS: Duration = Duration::from_millis(300);

const PEOPLE: [(&str, Role, &str, Option<&str>); 7] = [
    ("admin", Role::Admin, "*", None),
    ("shop", Role::Advertiser, "a1", Some("one")),
    ("partner", Role::Advertiser, "a1", Some("one")),
    ("other", Role::Advertiser, "b1", Some("one")),
    ("platform", Role::Platform, "one", None),
    ("elsewhere", Role::Platform, "two", None),
    ("office", Role::Regulator, "*", None),
];

/// Of a form: names and values; and names, names of files, bytes.
type Fields<'t> = &'t [(&'t str, &'t str)];
type Files<'t> = &'t [(&'t str, &'t str, &'t [u8])];

/// A console with a worker, and the web that its worker sees.
struct Stage {
    served: Served,
    _site: Site,
    postlink: Postlink,
}

impl Stage {
    async fn of(worlds: Vec<World>, config: &str) -> Result<Self> {
        Self::with(Postlink::new()?, worlds, config, "").await
    }

    /// Where these ads run, and a sweep looks at them once.
    async fn with(postlink: Postlink, worlds: Vec<World>, config: &str, ads: &str) -> Result<Self> {
        let site = Site::start(worlds).await?;
        let sweep = "[sweep]\ntracking_rules = \"\"\nhost_pause_secs = 0.0\n";
        postlink.write("my.toml", format!("{}\n{}\n{QUICK}\n{sweep}\n{config}", site.guard(), machine()))?;
        accounts(&postlink.folder().join("out"), &PEOPLE).await?;
        if !ads.is_empty() {
            postlink.write("ads.jsonl", ads)?;
            for arguments in [&["import", "ads.jsonl"][..], &["sweep", "create", "first"]] {
                let run = postlink.run(&[arguments, &["--data", "out", "--config", "my.toml"]].concat())?;
                ensure!(run.code == Some(0), "{arguments:?}: {}{}", run.stdout, run.stderr);
            }
        }
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        Ok(Self { served, _site: site, postlink })
    }

    fn person(&self, name: &str) -> Result<Person> {
        self.served.person(name)
    }
}

/// Addresses of a page as they are.
fn plain(page: &str) -> String {
    page.replace("&#x2f;", "/")
}

/// What is at this address once the page there leads on.
fn until_it_leads_on(person: &Person, path: &str) -> Result<String> {
    let began = Instant::now();
    loop {
        let answer = person.get(path)?;
        if let Some(to) = answer.location {
            return Ok(to);
        }
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, answer.body);
        ensure!(began.elapsed() < LONGEST, "{path} is still examined: {}", answer.body);
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// Sends an ad of a world before it runs, with its picture under a name that leads elsewhere; gives back where its case is.
fn preview(person: &Person, world: &World) -> Result<(String, String)> {
    let ad = &world.ads[0].ad;
    let picture = ad.creatives[0].path.as_ref().context("a picture")?;
    let bytes = std::fs::read(world.folder.join(picture))?;
    let told = |text: &Option<String>| text.clone().unwrap_or_default();
    let (title, description, cta) = (told(&ad.title), told(&ad.description), told(&ad.cta));
    let legal_name = ad.advertiser.as_ref().and_then(|advertiser| advertiser.legal_name.clone()).unwrap_or_default();
    let fields = [
        ("title", title.as_str()),
        ("description", &description),
        ("cta", &cta),
        ("click_url", &ad.click_url),
        ("legal_name", &legal_name),
        // Of another: an account is no other than itself.
        ("platform", "two"),
        ("advertiser", "b1"),
    ];
    let answer = person.upload("/preview", &fields, &[("picture", "../../../out/postlink.db", &bytes)])?;
    ensure!(answer.status == 303, "{} {}", answer.status, answer.body);
    let waiting = answer.location.context("a page that waits")?;
    let case = until_it_leads_on(person, &waiting)?;
    Ok((waiting, case))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ad_is_examined_before_it_runs_and_shown_to_its_makers_alone() -> Result<()> {
    let (broken, honest) = (World::read("offer-in-picture")?, World::read("honest-shop")?);
    let stage = Stage::of(vec![broken.clone(), honest.clone()], "").await?;
    let shop = stage.person("shop")?;
    let (waiting, case) = preview(&shop, &broken)?;
    let page = shop.get(&case)?.body;
    assert!(page.contains("verdict violating") && page.contains("violation-1"), "{page}");
    assert!(page.contains("class=\"note\"") && page.contains("59元"), "its note says what is due: {page}");
    assert!(page.contains(">one<") && !page.contains(">b1<") && !page.contains(">two<"), "as itself: {page}");
    let (_, clean) = preview(&shop, &honest)?;
    let page = shop.get(&clean)?.body;
    assert!(page.contains("verdict clean"), "{page}");
    // A picture of it is shown to those who see it, and to nobody else.
    let page = plain(&page);
    let picture = page.split("href=\"/cases/").find_map(|rest| rest.split_once("/evidence/").map(|_| rest));
    let picture = format!("/cases/{}", picture.context("a picture")?.split('"').next().unwrap_or_default());
    assert_eq!(shop.get(&picture)?.status, 200, "{picture}");
    let partner = stage.person("partner")?;
    assert_eq!(partner.get(&case)?.status, 200, "another account of this advertiser");
    assert!(partner.get("/preview")?.body.contains(case.trim_start_matches("/cases/")));
    for name in ["other", "platform", "elsewhere", "office", "admin"] {
        let person = stage.person(name)?;
        for path in [&waiting, &case, &clean, &picture] {
            assert_eq!(person.get(path)?.status, 404, "{name} at {path}");
        }
        for path in ["/cases", "/cases?history=all", "/preview"] {
            let list = person.get(path)?.body;
            assert!(!list.contains("preview-") && !list.contains(&case), "{name}, {path}: {list}");
        }
    }
    assert!(!shop.get("/cases")?.body.contains(&case), "it is no case of an ad that runs");
    assert_eq!(shop.submit(&format!("{case}/decide"), &[("choice", "reject"), ("reason", "x")])?.status, 403);
    assert_eq!(shop.submit(&format!("{case}/badge"), &[])?.status, 403, "what is not clean has no badge");
    assert_eq!(stage.person("other")?.submit(&format!("{clean}/badge"), &[])?.status, 404);
    let badge = shop.submit(&format!("{clean}/badge"), &[])?.location.context("a link")?;
    let nobody = Person::nobody(&stage.served.url);
    let page = nobody.get(&badge)?;
    assert!(
        page.status == 200 && page.body.contains("verdict clean") && page.body.contains("sha256:"),
        "{}",
        page.body
    );
    let ad = &honest.ads[0].ad;
    let company = ad.advertiser.as_ref().and_then(|advertiser| advertiser.legal_name.as_deref());
    let said = [ad.title.as_deref(), ad.description.as_deref(), company, Some(&ad.click_url), Some(">a1<")];
    let shown = plain(&page.body);
    for secret in said.into_iter().flatten() {
        assert!(!shown.contains(secret), "nothing else of the ad, such as {secret}: {shown}");
    }
    let picture = nobody.get(&format!("{badge}/badge.svg"))?;
    assert!(picture.status == 200 && picture.body.contains(">一致 consistent · "), "{}", picture.body);
    let forged = badge.replace(clean.trim_start_matches("/cases/"), case.trim_start_matches("/cases/"));
    assert_eq!(nobody.get(&forged)?.status, 404, "{forged}");
    // Whoever has the evidence in hand finds it whole.
    drop(stage.served);
    let verified = stage.postlink.run(&["verify", "out"])?;
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_bounded_and_told_by_its_bytes() -> Result<()> {
    let stage = Stage::of(Vec::new(), "[console]\nupload_max_mb = 1\n").await?;
    let shop = stage.person("shop")?;
    let png = b"\x89PNG\r\n\x1a\n".as_slice();
    let ad = [("title", "t"), ("click_url", "https://a.test/")];
    let large = [png, &vec![0; 1_200_000]].concat();
    let html = b"<!doctype html><script>alert(1)</script>".as_slice();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".as_slice();
    let seven = [("picture", "a.png", png); 7];
    let field = "x".repeat(20_000);
    let refused: [(u16, Fields, Files); 10] = [
        (413, &ad, &[("picture", "a.png", &large)]),
        (400, &ad, &seven),
        (400, &ad, &[("video", "a.mp4", b"....ftypisom"), ("video", "b.mp4", b"....ftypisom")]),
        (400, &ad, &[("picture", "a.png", html)]),
        (400, &ad, &[("picture", "a.png", svg)]),
        (400, &ad, &[("video", "a.mp4", png)]),
        (400, &ad, &[("subtitles", "a.srt", b"1")]),
        (400, &[("title", "t"), ("click_url", "file:///etc/passwd")], &[]),
        (400, &[("click_url", "https://a.test/")], &[]),
        (400, &[("title", &field), ("click_url", "https://a.test/")], &[]),
    ];
    for (status, fields, files) in refused {
        let answer = shop.upload("/preview", fields, files)?;
        assert_eq!(answer.status, status, "{fields:?} {:?}: {}", files.first().map(|one| one.1), answer.body);
    }
    assert!(!shop.get("/preview")?.body.contains("/preview/preview-"), "nothing of it was taken");
    assert_eq!(stage.person("office")?.upload("/preview", &ad, &[])?.status, 403);
    assert_eq!(Person::nobody(&stage.served.url).upload("/preview", &ad, &[])?.status, 303, "strangers");
    Ok(())
}

/// The page of a shop before and after it was mended.
const BROKEN: &str = "<!doctype html><meta charset=utf-8><title>云朵阅读</title><h1>云朵阅读会员</h1><p>会员59元/月，到期自动续费。</p><button>立即支付59元</button>";
const MENDED: &str = "<!doctype html><meta charset=utf-8><title>云朵阅读</title><h1>云朵阅读会员</h1><p>会员0元领取，免费阅读。</p><button>0元领取</button>";

/// The cases of the ad, the latest first, once there are so many.
fn until_there_are(person: &Person, count: usize) -> Result<Vec<String>> {
    let began = Instant::now();
    loop {
        let list = person.get("/cases?history=all")?.body;
        let links = list.split("href=\"/cases/").skip(1).filter_map(|rest| rest.split('"').next());
        let cases: Vec<String> = links.filter(|id| id.contains("Z-")).map(|id| format!("/cases/{id}")).collect();
        if cases.len() >= count {
            return Ok(cases);
        }
        ensure!(began.elapsed() < LONGEST, "there are {} cases: {list}", cases.len());
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_appealed_against_corrected_and_looked_at_again() -> Result<()> {
    let postlink = Postlink::new()?;
    let world = world_of(&postlink, &[("shop.test", "")]);
    postlink.write("pages/shop.test.html", BROKEN)?;
    let ad = serde_json::json!({
        "ad_id": "ad-1", "platform": "one", "advertiser": {"id": "a1", "industry": "reading"}, "title": "云朵阅读会员0元领，免费开通",
        "click_url": "http://shop.test/vip",
    });
    let stage = Stage::with(postlink, vec![world], "[console]\nrevisit_minutes = 0\n", &format!("{ad}\n")).await?;
    let (shop, platform) = (stage.person("shop")?, stage.person("platform")?);
    let case = until_there_are(&shop, 1)?.remove(0);
    let page = shop.get(&case)?.body;
    assert!(page.contains("verdict violating") && page.contains("class=\"note\""), "{page}");

    // An appeal is the advertiser's own, with what it sends; nobody else's of another's case, guessed right or not.
    let (corrected, appeals) = (format!("{case}/corrected"), format!("{case}/appeals"));
    for (name, status) in [("other", 404), ("platform", 403), ("office", 403), ("admin", 403)] {
        let person = stage.person(name)?;
        assert_eq!(person.upload(&appeals, &[("said", "x")], &[])?.status, status, "{name} appeals");
        assert_eq!(person.submit(&corrected, &[])?.status, status, "{name} says that it is corrected");
    }
    let html = b"<html><script>alert(1)</script>".as_slice();
    let six = [("file", "a.pdf", b"%PDF-1".as_slice()); 6];
    let refused: [(Fields, Files); 4] = [
        (&[("violation", "1")], &[]),
        (&[("said", "x"), ("violation", "99")], &[]),
        (&[("said", "x")], &[("file", "a.png", html)]),
        (&[("said", "x")], &six),
    ];
    for (fields, files) in refused {
        assert_eq!(shop.upload(&appeals, fields, files)?.status, 400, "{fields:?}");
    }
    let said = [("said", "价格写在活动页 <b>下方</b>"), ("violation", "1")];
    let answer = shop.upload(&appeals, &said, &[("file", "../proof.pdf", b"%PDF-1.7 proof")])?;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let kept = |bytes: &[u8]| {
        let blob = storage::evidence::blob_path(model::evidence::EvidenceId::of(bytes));
        stage.postlink.folder().join("out").join(blob).exists()
    };
    let more = b"%PDF-1.7 more".as_slice();
    for (said, file) in [(&said, more), (&[("said", "x"), ("violation", "99")], more)] {
        assert_eq!(shop.upload(&appeals, said, &[("file", "a.pdf", file)])?.status, 400, "one at a time");
    }
    assert!(kept(b"%PDF-1.7 proof") && !kept(more), "of what is refused nothing is kept");
    let file = format!("{appeals}/1/1");
    for (name, sees) in [("shop", true), ("platform", true), ("office", true), ("other", false), ("elsewhere", false)] {
        let person = stage.person(name)?;
        assert_eq!(person.get(&file)?.status, if sees { 200 } else { 404 }, "{name}: the file");
        let list = person.get("/appeals")?.body;
        assert_eq!(list.contains("价格写在活动页"), sees, "{name}: {list}");
        assert!(!list.contains("<b>下方"), "what is written is text");
    }
    let handed_out = platform.get(&file)?;
    let kind = handed_out.headers.get("content-disposition").and_then(|value| value.to_str().ok());
    assert_eq!((kind, handed_out.body.as_str()), (Some("attachment; filename=\"appeal-1-1.pdf\""), "%PDF-1.7 proof"));
    assert!(platform.get("/queue")?.body.contains("有申诉"), "the queue says that there is one");
    // A decision of the platform ends it, with its reason.
    let decide = format!("{case}/decide");
    assert_eq!(platform.submit(&decide, &[("choice", "confirm"), ("violation", "1")])?.status, 400, "without a reason");
    let dismissed = [("choice", "confirm"), ("violation", "1"), ("reason", "下方看不到")];
    assert_eq!(platform.submit(&decide, &dismissed)?.status, 303);
    let page = shop.get(&case)?.body;
    assert!(page.contains("appeal dismissed") && page.contains("下方看不到"), "{page}");
    assert!(!platform.get("/appeals")?.body.contains("价格写在活动页"));
    // From the queue no appeal is dismissed without a reason either, and the reason is told.
    assert_eq!(shop.upload(&appeals, &[("said", "再看一次"), ("violation", "1")], &[])?.status, 303);
    let queued = [("case", case.trim_start_matches("/cases/")), ("violation", "1"), ("choice", "confirm")];
    let refused = platform.submit("/queue", &queued)?;
    assert_eq!(refused.status, 400, "{}", refused.body);
    assert!(refused.body.contains("此项有待处理的申诉"), "{}", refused.body);
    assert!(refused.body.contains("class=\"me\""), "who is signed in stays so: {}", refused.body);
    assert!(shop.get(&case)?.body.contains("appeal open"), "it is still open");
    assert_eq!(platform.submit("/queue", &[&queued[..], &[("reason", "仍然看不到")]].concat())?.status, 303);
    let page = shop.get(&case)?.body;
    assert!(page.contains("仍然看不到") && !page.contains("appeal open"), "{page}");

    // It is mended, and looked at again.
    stage.postlink.write("pages/shop.test.html", MENDED)?;
    assert_eq!(shop.submit(&corrected, &[])?.status, 303);
    assert_eq!(shop.submit(&corrected, &[])?.status, 400, "said once");
    let cases = until_there_are(&shop, 2)?;
    let page = shop.get(&cases[0])?.body;
    assert!(page.contains("verdict clean"), "{page}");
    assert!(platform.get(&case)?.body.contains("shop"), "who said so stands on the case");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn ads_are_taken_over_line_by_line_and_only_of_the_own_platform() -> Result<()> {
    let stage = Stage::of(Vec::new(), "").await?;
    let (admin, platform) = (stage.person("admin")?, stage.person("platform")?);
    let lines = concat!(
        r#"{"ad_id": "x1", "click_url": "https://a.test/", "platform": "two", "advertiser": {"id": "b1"}}"#,
        "\n{broken\n",
        r#"{"ad_id": "x2", "click_url": "https://a.test/2", "platform": "one", "advertiser": {"id": "a1"}, "title": "<b>x</b>"}"#,
        "\n",
    );
    let told = admin.upload("/ads", &[], &[("file", "../ads.jsonl", lines.as_bytes())])?;
    assert!(told.status == 200 && told.body.contains("<td>2</td>"), "{}", told.body);
    assert!(told.body.contains("id=x1") && !told.body.contains("<b>x"), "{}", told.body);
    let table = "ad_id,click_url,platform,advertiser_id,title\nx3,https://a.test/3,,a1,三\nx4,https://a.test/4,two,a1,四\nx1,https://evil.test/,,a1,夺\npreview-1,https://a.test/,,,\n,https://a.test/,,,\n";
    let told = platform.upload("/ads", &[], &[("file", "ads.csv", table.as_bytes())])?;
    assert_eq!(told.status, 200, "{}", told.body);
    for line in 3..=6 {
        assert!(told.body.contains(&format!("<td>{line}</td>")), "line {line}: {}", told.body);
    }
    assert!(
        told.body.contains("id=x3") && told.body.contains("id=x2") && !told.body.contains("id=x4"),
        "{}",
        told.body
    );
    // What is not in sight is neither listed nor shown; nor is it replaced.
    let shop = stage.person("shop")?;
    for (name, sees, not) in
        [("platform", "x3", "x1"), ("elsewhere", "x1", "x3"), ("shop", "x2", "x1"), ("other", "", "x2")]
    {
        let person = stage.person(name)?;
        let list = person.get("/ads")?.body;
        assert!(!list.contains(&format!("id={not}\"")), "{name}: {list}");
        assert_eq!(person.get(&format!("/ad?id={not}"))?.status, 404, "{name}");
        if !sees.is_empty() {
            assert!(list.contains(&format!("id={sees}\"")), "{name}: {list}");
            assert_eq!(person.get(&format!("/ad?id={sees}"))?.status, 200, "{name}");
        }
    }
    assert!(!plain(&admin.get("/ad?id=x1")?.body).contains("evil.test"), "it leads where it led");
    assert!(shop.get("/ads?text=x2&verdict=never")?.body.contains("id=x2\""));
    assert!(!shop.get("/ads?verdict=clean")?.body.contains("id=x2\""));
    // Where its click led before is told.
    let moved =
        r#"{"ad_id": "x2", "click_url": "https://elsewhere.test/", "platform": "one", "advertiser": {"id": "a1"}}"#;
    assert_eq!(platform.upload("/ads", &[], &[("file", "ads.jsonl", moved.as_bytes())])?.status, 200);
    assert!(plain(&shop.get("/ad?id=x2")?.body).contains("https://a.test/2"));
    for name in ["shop", "office"] {
        assert_eq!(stage.person(name)?.upload("/ads", &[], &[("file", "a", b"{}")])?.status, 403, "{name}");
    }
    let large = vec![b'x'; 20_100_000];
    assert_eq!(platform.upload("/ads", &[], &[("file", "a", &large)])?.status, 413);
    Ok(())
}
