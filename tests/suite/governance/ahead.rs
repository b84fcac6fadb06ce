//! Violating ads are visited before anybody complains, more often than by turns of the same budget.

pub(crate) mod history;

use history::{LONE, Making, RINGS, WEAK, Way, ahead, history};

/// Which part of violating ads is visited before the first complaint about them: by signs, and by turns.
fn compared(making: &Making, seeds: &[&str]) -> (f64, f64) {
    let mut shares = (0.0, 0.0);
    for seed in seeds {
        let history = history(making, seed);
        let [signs, turns] = [Way::BySigns, Way::ByTurns].map(|way| ahead(&history, way));
        println!("{seed}: by signs {signs}, by turns {turns}");
        shares.0 += signs.share() / seeds.len() as f64;
        shares.1 += turns.share() / seeds.len() as f64;
    }
    shares
}

#[test]
fn twice_as_many_violating_ads_are_visited_before_the_first_complaint() {
    let (signs, turns) = compared(&RINGS, &["one", "two", "three"]);
    assert!(signs >= 2.0 * turns, "{signs:.3} against {turns:.3}");
}

#[test]
fn where_violators_have_little_in_common_nothing_much_is_lost() {
    let (signs, turns) = compared(&WEAK, &["weak"]);
    assert!(signs >= turns, "{signs:.3} against {turns:.3}");
    // Nothing foretells them, and a part of the budget went to what was complained about.
    let (signs, turns) = compared(&LONE, &["lone"]);
    assert!(signs >= 0.6 * turns, "{signs:.3} against {turns:.3}");
}
