//! What a cheap look takes, beside a whole visit: for docs/scale.md.

use std::collections::BTreeMap;
use std::time::Instant;

use model::traffic::Traffic;

use super::*;

/// Processor time of this process and of all that it started, seconds.
fn cpu_secs() -> f64 {
    let mut processes: BTreeMap<u32, (u32, u64)> = BTreeMap::new();
    for entry in std::fs::read_dir("/proc").expect("Linux").flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok()).unwrap_or_default();
        // Its own, and that of its children that have ended.
        processes.insert(pid, (u32::try_from(number(1)).unwrap_or_default(), (11..=14).map(number).sum()));
    }
    let is_ours = |mut pid: u32| {
        while let Some((parent, _)) = processes.get(&pid) {
            if pid == std::process::id() {
                return true;
            }
            pid = *parent;
        }
        false
    };
    processes.iter().filter(|(pid, _)| is_ours(**pid)).map(|(_, (_, ticks))| *ticks as f64 / 100.0).sum()
}

/// Bytes of answers that came over the wire.
fn fetched(kept: &Kept, what: impl Fn(&Evidence) -> bool) -> u64 {
    let traffic = kept.all().filter(|one| one.what.starts_with("traffic") && what(one));
    let read = traffic.filter_map(|one| serde_json::from_slice::<Traffic>(one.bytes()).ok());
    let answers = read.flat_map(|traffic| traffic.exchanges).filter_map(|exchange| exchange.answer);
    answers.filter_map(|answer| answer.body).map(|body| body.bytes).sum()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "it measures: `cargo test --release -p postlink -- --ignored --nocapture a_cheap_look`"]
async fn what_a_cheap_look_takes() {
    println!("| world | visited whole: CPU s, s, kB fetched, kB kept | cheaply: CPU s, s, kB fetched, kB kept more |");
    for name in ["honest-shop", "honest-telecom-card", "honest-game-gift", "honest-insurance", "game-gift-telecom"] {
        let mut visits = Visits::told(World::serve(name).await, "").await;
        // The browser's own start is not the visit's.
        visits.tools.crawler.glance(&visits.world.ad, &visits.tools.looking.visitors[0]).await;
        let (cpu, began) = (cpu_secs(), Instant::now());
        let visited = pipeline::visit(&visits.world.ad, &visits.tools.looking, &visits.tools).await;
        let (cpu, secs) = (cpu_secs() - cpu, began.elapsed().as_secs_f64());
        let kept: usize = visited.kept.all().map(|one| one.bytes().len()).sum();
        visits.keep(&visited);
        let (before, began) = (cpu_secs(), Instant::now());
        let again = visits.confirmed().await;
        let (cheap, cheap_secs) = (cpu_secs() - before, began.elapsed().as_secs_f64());
        let whole = format!("{cpu:.1}, {secs:.0}, {}, {}", fetched(&visited.kept, |_| true) / 1000, kept / 1000);
        let cheaply = match again {
            Ok(again) => {
                let own = again.kept.all().filter(|one| visited.kept.get(one.id()).is_none());
                let own: usize = own.map(|one| one.bytes().len()).sum();
                let fetched = fetched(&again.kept, |one| one.what.contains(CHEAP)) / 1000;
                format!("{cheap:.1}, {cheap_secs:.0}, {fetched}, {}", own / 1000)
            }
            Err(why) => format!("not the same ({why}) after {cheap:.1}, {cheap_secs:.0}"),
        };
        println!("| {name} | {whole} | {cheaply} |");
    }
}
