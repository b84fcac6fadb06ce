//! For whoever mends the crawler: `cargo run -p postlink-tests --example try_hostile [NAME]…` visits the hostile pages of
//! these names, or of worlds of these names, or all that are survived, and tells how each came out and what was left behind.

use anyhow::Result;
use postlink_tests::world;

#[path = "../suite/soak.rs"]
mod soak;

#[tokio::main]
async fn main() -> Result<()> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let mut worlds = if names.is_empty() { soak::worlds()? } else { world::hostile()? };
    for world in worlds.iter_mut().filter(|_| !names.is_empty()) {
        let whole = names.iter().any(|name| world.name.ends_with(&format!("/{name}")));
        world.ads.retain(|entry| whole || names.contains(&entry.ad.ad_id));
    }
    let soak = soak::Soak::start(worlds).await?;
    println!("before: {:?}", soak.pulse().await?);
    soak.round(tell).await?;
    println!("after: {:?}", soak.pulse().await?);
    println!("stopped: {:?}", soak.stop().await?);
    Ok(())
}

fn tell(outcome: &soak::Outcome) {
    let mark = if outcome.faults.is_empty() { "ok   " } else { "WRONG" };
    println!("{mark} {} {} ms {:?}", outcome.id, outcome.took.as_millis(), outcome.gaps);
    for line in &outcome.faults {
        println!("        {line}");
    }
}
