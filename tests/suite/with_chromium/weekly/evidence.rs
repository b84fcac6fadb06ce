//! Pictures of evidence in the weekly report: in the page, printed, and in the workbook; of what is in scope, and no more than may be.

use std::path::PathBuf;
use std::process::Command;

use chrono::Datelike as _;

use super::*;

const MANY: usize = 4_000_000;

/// What a program prints.
fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The week of the clocks of Shanghai in which the cases of this run were sealed.
fn this_week(stage: &Stage) -> String {
    let store = stage.cases("out");
    let opened: chrono::DateTime<chrono::Utc> = text(&store[0], "/opened_at").parse().unwrap();
    let week = opened.with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).unwrap()).iso_week();
    format!("{}-W{:02}", week.year(), week.week())
}

struct Made {
    html: String,
    json: Value,
    folder: PathBuf,
}

impl Made {
    fn pictures(&self) -> usize {
        self.html.matches("<img src=\"data:image/jpeg;base64,").count()
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }
}

fn made(stage: &Stage, more: &[&str]) -> Made {
    let week = this_week(stage);
    let arguments = ["report", "--week", &week, "--out", "week", "--config", "my.toml", "--data", "out"];
    let run = stage.postlink.run(&[&arguments, more].concat()).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let folder = stage.path("week");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    Made { html: read("report.html"), json: serde_json::from_str(&read("report.json")).unwrap(), folder }
}

/// Pages of the PDF on which a red box is drawn.
fn boxed_pages(made: &Made) -> usize {
    told("pdftoppm", &["-r", "60", "-png", &made.file("report.pdf"), &made.file("page")]);
    let pages = std::fs::read_dir(&made.folder).unwrap().flatten().map(|entry| entry.path());
    let pages = pages.filter(|path| path.extension().is_some_and(|ending| ending == "png"));
    let is_red = |pixel: &image::Rgb<u8>| pixel.0[0] > 170 && pixel.0[1] < 70 && pixel.0[2] < 70;
    pages
        .filter(|path| image::open(path).unwrap().to_rgb8().pixels().filter(|pixel| is_red(pixel)).count() > 60)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gravest_of_a_week_are_shown_with_their_evidence() {
    let worlds: Vec<World> =
        ["price-on-landing", "offer-in-picture", "honest-game-gift"].map(|name| World::read(name).unwrap()).into();
    let lines: String = worlds.iter().map(|world| world.ads_jsonl().unwrap()).collect();
    let postlink = Postlink::new().unwrap();
    let stage = Stage::with(postlink, worlds, QUICK).await;
    stage.ads(lines);
    assert_eq!(stage.check("out").code, Some(10));

    let all = made(&stage, &[]);
    let gravest = list(&all.json, "/gravest");
    let ads: Vec<_> = gravest.iter().map(|one| text(one, "/ad")).collect();
    assert!(ads.contains(&"price-on-landing") && ads.len() <= 6, "{ads:?}");
    let ranks: Vec<_> = gravest.iter().map(|one| text(one, "/violation/severity")).collect();
    assert!(ranks.windows(2).all(|two| two[0] >= two[1]), "the gravest first: {ranks:?}");
    assert_eq!(text(&all.json, "/exemplary/0/ad"), "honest-game-gift");
    let shown = all.pictures();
    assert!(shown >= gravest.len() + 2, "a page of each, and both sides of the exemplary one: {shown}");
    assert!(all.html.len() < MANY, "{} bytes", all.html.len());
    assert!(all.html.contains("9.9"), "what the ad says stands beside it");

    // Printed, not only named: pictures lie in the file, and their boxes are on its pages.
    let images = told("pdfimages", &["-list", &all.file("report.pdf")]);
    assert!(images.lines().skip(2).filter(|line| line.contains(" image ")).count() >= shown, "{images}");
    assert!(boxed_pages(&all) >= 1, "no red box on any page");
    let parts = told("unzip", &["-l", &all.file("report.xlsx")]);
    assert_eq!(parts.lines().filter(|line| line.contains("xl/media/image")).count(), shown, "{parts}");

    let covered = made(&stage, &["--redacted", "--faces", "shown", "--language", "en"]);
    assert!(covered.html.contains("class=\"redacted\"") && covered.pictures() > 0);

    let elsewhere = made(&stage, &["--platform", "elsewhere"]);
    assert_eq!((elsewhere.pictures(), list(&elsewhere.json, "/gravest").len()), (0, 0), "out of scope, out of sight");

    // What is lost is said, and the rest is there.
    let case = stage.cases("out").into_iter().find(|case| text(case, "/ad_id") == "price-on-landing").unwrap();
    let hash = text(&case, "/violations/0/delivered/evidence").trim_start_matches("sha256:").to_owned();
    let lost =
        told("find", &[stage.path("out").to_str().unwrap(), "-type", "f", "-name", &format!("*{}*", &hash[4..])]);
    assert!(!lost.is_empty(), "no blob is called {hash}");
    lost.lines().for_each(|path| std::fs::remove_file(path).unwrap());
    let gone = made(&stage, &[]);
    assert!(gone.html.contains("证据原件已不可读取") && gone.pictures() < shown, "{}", gone.pictures());
}
