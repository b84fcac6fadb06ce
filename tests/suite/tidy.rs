//! Habits of the house that no compiler looks after.

use std::path::{Path, PathBuf};

use postlink_tests::repository::{self, shown};

/// A mark of something left undone, put together so that this file does not hold it.
const LEFT_UNDONE: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

#[test]
fn every_source_file_says_its_one_idea_first() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|path| !read(path).starts_with("//! "))
        .map(|path| format!("{} does not begin with //!", shown(&path)))
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn a_module_is_a_file_of_its_own_name() {
    let named_mod: Vec<String> = sources()
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| name == "mod.rs"))
        .map(|path| format!("{}: name the file like the module, beside its folder", shown(&path)))
        .collect();
    assert!(named_mod.is_empty(), "{}", named_mod.join("\n"));
}

#[test]
fn nothing_is_left_for_later() {
    let mut left = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            if LEFT_UNDONE.iter().any(|mark| line.contains(mark)) {
                left.push(format!("{}:{}: {}", shown(&path), number + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn every_path_that_a_text_names_is_there() {
    let files = repository::files(&repository::root());
    let mut missing = Vec::new();
    for text in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        for path in paths(&read(text)) {
            if !is_there(&path, &files) {
                missing.push(format!("{} names `{path}`, which is not there", shown(text)));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn paths_are_told_from_other_words_in_backticks() {
    let text = "See `checker/src/lib.rs`, `src/`, `Makefile`, `application/json`, `out/demo/report.html`, `a b/c.rs`,\n\
                `packs/<issuer>/pack.toml`, `nowhere/at-all.rs`, `clippy.toml`, `and/or`.\n\
                ```\nsrc/not/in/a/block.rs `x/y.rs`\n```\n";
    assert_eq!(paths(text), ["checker/src/lib.rs", "src/", "nowhere/at-all.rs", "clippy.toml"]);
}

/// The words in backticks that name a file or folder of the repository.
///
/// Outputs (`out/`, `target/`) are not there before a run; a path with a hole (`<name>`, `*`) is a pattern.
fn paths(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let quoted = line.split('`').skip(1).step_by(2);
            found.extend(quoted.filter(|word| is_path(word)).map(ToOwned::to_owned));
        }
    }
    found
}

fn is_path(word: &str) -> bool {
    let plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let first = word.split('/').next().unwrap_or_default();
    let output = ["out", "target", ".cache", ""].contains(&first);
    let source = [".rs", ".toml", ".md", ".sql", ".yml"].iter().any(|end| word.ends_with(end) && word != *end);
    let of_ours = word.contains('/') && repository::root().join(first).exists();
    plain && !output && (source || of_ours)
}

/// Whether the path stands at the root, within a crate, or within a crate's sources; a bare name may stand anywhere.
fn is_there(path: &str, files: &[PathBuf]) -> bool {
    repository::root().join(path).exists()
        || files.iter().any(|file| {
            let mut file = file.as_path();
            loop {
                if file.ends_with(Path::new(path)) {
                    return true;
                }
                match file.parent() {
                    Some(parent) if path.ends_with('/') => file = parent,
                    _ => return false,
                }
            }
        })
}

fn sources() -> Vec<PathBuf> {
    let mut files = repository::files(&repository::root());
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    assert!(files.len() > 20, "the sources were not found");
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
