//! How well senses are told in sentences of authors that were not learnt from:
//! `cargo run --release -p postlink-tests --example senses` prints a table. With files it writes their sentences in normal form,
//! as `policies/sentences/` keeps them: `… --example senses -- new-author.tsv > policies/sentences/new-author.tsv`.

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in &files {
        let text = std::fs::read_to_string(file).with_context(|| file.clone())?;
        for line in text.lines() {
            let (head, sentence) =
                line.rsplit_once('\t').with_context(|| format!("{file}: a line without tab: {line}"))?;
            println!("{head}\t{}", reader::text::normal(sentence).text);
        }
    }
    if files.is_empty() { held_out() } else { Ok(()) }
}

fn held_out() -> Result<()> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(postlink_tests::repository::root().join("policies/sentences"))? {
        let path = entry?.path();
        let author = path.file_stem().context("a file has a name")?.to_string_lossy().into_owned();
        files.push((author, std::fs::read_to_string(&path)?));
    }
    files.retain(|(author, _)| author != "README");
    files.sort();
    let mut examples = Vec::new();
    for (author, text) in &files {
        examples.extend(sense::examples(author, text).with_context(|| author.clone())?);
    }
    println!("{} sentences of {} authors; nine of ten told must be true\n", examples.len(), files.len());
    println!("| sense | said | told | true | found |\n|---|---|---|---|---|");
    let (mut said, mut told, mut hits) = (0, 0, 0);
    for one in sense::held_out(&examples) {
        let found = 100.0 * one.hits as f64 / one.said as f64;
        println!("| {} | {} | {} | {} | {found:.0} % |", one.sense, one.said, one.told, one.hits);
        (said, told, hits) = (said + one.said, told + one.told, hits + one.hits);
    }
    println!("| **all** | {said} | {told} | {hits} | {:.0} % |", 100.0 * hits as f64 / said as f64);
    Ok(())
}
