//! A score as text: tables that can be pasted into a document.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::case::Case;

use super::score::{Score, Share, Tally};
use super::truth::Word;

/// The tables of one part of the set.
pub(crate) fn of(title: &str, ads: usize, score: &Score, baselines: &[(&str, Tally)]) -> String {
    let mut text = format!("## {title}: {ads} ads\n\n");
    verdicts(&mut text, score);
    let _ =
        writeln!(text, "| check | hits | false | missed | precision | recall | F1 |\n|---|---|---|---|---|---|---|");
    for (check, tally) in &score.checks {
        row(&mut text, check, *tally);
    }
    row(&mut text, "**all checks**", score.all());
    let _ = writeln!(text, "\n| matter | right | of | share |\n|---|---|---|---|");
    let places = [
        ("honest ads left alone", score.honest),
        ("sentence of the page, quoted first", score.sentence),
        ("sentence of the page, among those quoted", score.quoted),
        ("sentence of the ad", score.promise),
        ("second of the ad, ±1 s", score.second),
        ("hop", score.hop),
    ];
    for (what, share) in places {
        counted(&mut text, what, share);
    }
    for (sure, share) in score.sure.iter().rev() {
        counted(&mut text, &format!("true of what is said with confidence {sure:?}").to_lowercase(), *share);
    }
    if !baselines.is_empty() {
        let _ = writeln!(
            text,
            "\n| is the ad misleading? | hits | false | missed | precision | recall | F1 |\n|---|---|---|---|---|---|---|"
        );
        for (name, tally) in baselines {
            row(&mut text, name, *tally);
        }
    }
    text
}

/// For how many violations of each rule a wording was proven, the most frequent rule first.
pub(crate) fn fixes<'a>(cases: impl Iterator<Item = &'a Case>) -> String {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for violation in cases.flat_map(|case| &case.violations) {
        let (proven, all) = rules.entry(&violation.rule).or_default();
        *all += 1;
        *proven += usize::from(!violation.fixes.is_empty());
    }
    let mut text =
        String::from("\n## Wordings that were proven\n\n| rule | violations with one | of |\n|---|---|---|\n");
    let mut rows: Vec<_> = rules.into_iter().collect();
    rows.sort_by_key(|(_, (_, all))| Reverse(*all));
    for (rule, (proven, all)) in &rows {
        let _ = writeln!(text, "| {rule} | {proven} | {all} |");
    }
    let sum = |part: fn(&(usize, usize)) -> usize| rows.iter().map(|(_, row)| part(row)).sum::<usize>();
    let _ = writeln!(text, "| **all rules** | {} | {} |", sum(|row| row.0), sum(|row| row.1));
    text
}

/// What went wrong, ad by ad.
pub(crate) fn faults(score: &Score) -> String {
    let mut text = String::new();
    for (ad, lines) in &score.faults {
        let _ = writeln!(text, "{ad}");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

fn verdicts(text: &mut String, score: &Score) {
    let said = Word::ALL.map(Word::shown).join(" | ");
    let _ = writeln!(text, "| truth \\ said | {said} |\n|---|---|---|---|");
    let mut right = Share::default();
    for truth in Word::ALL {
        let counts = Word::ALL.map(|said| score.verdicts.get(&(truth, said)).copied().unwrap_or_default());
        right.of += counts.iter().sum::<usize>();
        right.right += score.verdicts.get(&(truth, truth)).copied().unwrap_or_default();
        let _ = writeln!(text, "| {} | {} |", truth.shown(), counts.map(|count| count.to_string()).join(" | "));
    }
    let _ = writeln!(text, "\nVerdicts right: {} of {} ({}).\n", right.right, right.of, shown(right.part()));
}

fn row(text: &mut String, name: &str, tally: Tally) {
    let Tally { hits, false_alarms, misses } = tally;
    let [precision, recall, f1] = [tally.precision(), tally.recall(), tally.f1()].map(shown);
    let _ = writeln!(text, "| {name} | {hits} | {false_alarms} | {misses} | {precision} | {recall} | {f1} |");
}

fn counted(text: &mut String, what: &str, share: Share) {
    let _ = writeln!(text, "| {what} | {} | {} | {} |", share.right, share.of, shown(share.part()));
}

fn shown(part: Option<f64>) -> String {
    part.map_or_else(|| "–".to_owned(), |part| format!("{part:.3}"))
}
