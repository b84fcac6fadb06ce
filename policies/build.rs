//! Learns what sentences say from `sentences/`: the program carries what was learnt, not the sentences. Compiles the crate anew
//! when a pack or a word list is added: the macro that embeds them only watches those it knew.

use std::path::Path;

fn main() {
    for watched in ["packs", "lexicons", "sentences"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let files = files(Path::new("sentences"));
    let examples: Vec<_> = files
        .iter()
        .flat_map(|(author, text)| {
            sense::examples(author, text).unwrap_or_else(|line| panic!("sentences/{author}.tsv: {line}"))
        })
        .collect();
    let folder = std::env::var_os("OUT_DIR").expect("cargo names the folder of the build");
    std::fs::write(Path::new(&folder).join("senses"), sense::learn(&examples).to_bytes())
        .expect("write what was learnt");
}

/// Each author with what they wrote.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("list the sentences");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("list the sentences").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "tsv"));
    paths.sort();
    let author = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    paths.iter().map(|path| (author(path), std::fs::read_to_string(path).expect("read sentences"))).collect()
}
