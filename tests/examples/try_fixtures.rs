//! For whoever writes a check: `cargo run -p postlink-tests --example try_fixtures -- FOLDER [--show]` tells how the
//! fixtures below a folder come out; `--show` prints what was read of each page that did not come out as expected.

use std::path::{Path, PathBuf};

use anyhow::Result;

#[path = "../suite/fixture.rs"]
mod fixture;

use fixture::{Bench, Fixture};

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "checker/fixtures".to_owned());
    let show = arguments.next().is_some_and(|argument| argument == "--show");
    let bench = Bench::start().await?;
    let mut ads = Vec::new();
    find(Path::new(&folder), &mut ads)?;
    ads.sort();
    let mut wrong = 0;
    for ad in &ads {
        let fixture = Fixture::read(ad)?;
        let (case, compared) = bench.run(&fixture).await?;
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
