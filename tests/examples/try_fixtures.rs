//! For whoever writes a check: `cargo run -p postlink-tests --example try_fixtures -- FOLDER [--show] [--kept]` tells how
//! the fixtures below a folder come out; `--show` prints what was read of each page that did not come out as expected.
//! `--kept` keeps what was seen in `out/fixtures`, and looks only at fixtures that changed since: for changes in checks.

use std::path::{Path, PathBuf};

use anyhow::Result;
use model::case::Case;

#[path = "../suite/fixture.rs"]
mod fixture;

use fixture::{Fixture, Kit};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "checker/fixtures".to_owned());
    let options: Vec<_> = arguments.collect();
    let asked = |option: &str| options.iter().any(|given| given == option);
    let (show, keeps) = (asked("--show"), asked("--kept"));
    let bench = Kit::open()?.bench().await?;
    let mut ads = Vec::new();
    find(Path::new(&folder), &mut ads)?;
    ads.sort();
    let mut wrong = 0;
    for ad in &ads {
        let fixture = Fixture::read(ad)?;
        let seen = keeps.then(|| kept(ad)).flatten();
        let (case, compared) = match seen {
            Some(case) => {
                let compared = bench.compared(&case);
                (case, compared)
            }
            None => bench.run(&fixture).await?,
        };
        if keeps {
            std::fs::create_dir_all(KEPT)?;
            std::fs::write(place(ad), serde_json::to_vec(&case)?)?;
        }
        let faults = fixture.faults(&case, &compared, &bench);
        let name = ad.parent().unwrap_or(ad).strip_prefix(&folder)?.display().to_string();
        println!("{} {name}", if faults.is_empty() { "ok   " } else { "WRONG" });
        for fault in &faults {
            println!("        {fault}");
        }
        for gap in &case.gaps {
            println!("        gap {}: {}", gap.reason, gap.detail);
        }
        if show && !faults.is_empty() {
            for statement in case.promised.iter().chain(case.pages.iter().flat_map(|page| &page.statements)) {
                let seen = &statement.visibility;
                println!(
                    "        {:?} {:?} {:?} px {:?}: {}",
                    statement.role,
                    seen.font_px,
                    seen.contrast.map(|c| (c * 10.0).round() / 10.0),
                    statement.prices.iter().map(|p| (p.cents, p.per)).collect::<Vec<_>>(),
                    statement.text
                );
            }
            for chain in &case.chains {
                chain.acts.iter().for_each(|act| println!("        act {act:?}"));
                chain.ways.iter().for_each(|way| {
                    println!(
                        "        way {:?} {:?} {:?} {:?} {:?}",
                        way.kind, way.gesture, way.outcome, way.words, way.url
                    )
                });
            }
            compared
                .findings
                .iter()
                .for_each(|f| println!("        found {} {:?} {:?}", f.check(), f.confidence(), f.delivered().quote));
            case.differences.iter().for_each(|d| {
                println!("        differs {:?} {:?} {:?} {:?}", d.about, d.confidence, d.visitors, d.shown)
            });
            for page in &case.pages {
                println!(
                    "        fields {:?}",
                    page.fields.iter().map(|f| (f.kind, &f.label, f.form)).collect::<Vec<_>>()
                );
                println!("        buttons {:?}", page.buttons.iter().map(|b| (&b.label, b.form)).collect::<Vec<_>>());
            }
        }
        wrong += usize::from(!faults.is_empty());
    }
    bench.stop().await;
    println!("{} fixtures, {wrong} not as expected", ads.len());
    Ok(())
}

/// Where what was seen is kept.
const KEPT: &str = "out/fixtures";

fn place(ad: &Path) -> PathBuf {
    let name = ad.parent().unwrap_or(ad).display().to_string().replace('/', "_");
    Path::new(KEPT).join(format!("{name}.json"))
}

/// What was seen of a fixture, unless a page of it changed since. What its ad expects may change.
fn kept(ad: &Path) -> Option<Case> {
    let at = std::fs::metadata(place(ad)).ok()?.modified().ok()?;
    let files = std::fs::read_dir(ad.parent()?).ok()?.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let pages = files.filter(|path| path != ad);
    let changed = pages.filter_map(|path| path.metadata().ok()?.modified().ok()).any(|page| page > at);
    if changed { None } else { serde_json::from_slice(&std::fs::read(place(ad)).ok()?).ok() }
}

fn find(folder: &Path, ads: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, ads)?;
        } else if path.file_name().is_some_and(|name| name == "ad.toml") {
            ads.push(path);
        }
    }
    Ok(())
}
