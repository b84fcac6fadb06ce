//! Measures visits before the first complaint: `cargo run --release -p governance --example ahead -- [SEED] [HISTORIES]` goes through
//! generated histories by signs and by turns, with the same budget.

#[path = "../../suite/governance/ahead/history.rs"]
mod history;

use history::{LONE, RINGS, WEAK, Way, ahead, history};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().unwrap_or_else(|| "2026".to_owned());
    let histories = arguments.next().and_then(|many| many.parse().ok()).unwrap_or(5);
    println!(
        "| violators | visits | before the first complaint, by turns | by signs | times | of each history |\n|---|---|---|---|---|---|"
    );
    for (name, making) in [("most in rings", RINGS), ("a third in rings", WEAK), ("each alone", LONE)] {
        let (mut shares, mut ratios, mut visits) = ([0.0, 0.0], Vec::new(), 0);
        for number in 0..histories {
            let history = history(&making, &format!("{seed}-{number}"));
            let told = [Way::ByTurns, Way::BySigns].map(|way| ahead(&history, way));
            for (sum, told) in shares.iter_mut().zip(told) {
                *sum += told.share() / histories as f64;
            }
            visits += told[1].visits / histories;
            ratios.push(told[1].share() / told[0].share());
        }
        println!(
            "| {name} | {visits} | {:.3} | {:.3} | {:.2} | {ratios:.2?} |",
            shares[0],
            shares[1],
            shares[1] / shares[0]
        );
    }
}
