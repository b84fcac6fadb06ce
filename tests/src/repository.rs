//! The repository's own files, for tests that look at the source.

use std::path::{Path, PathBuf};

/// Made by builds and runs, not by people.
const NOT_OURS: [&str; 4] = ["target", "out", ".git", ".cache"];

/// The folder that holds `Cargo.toml` of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lies in the workspace").to_owned()
}

/// Every file below `folder` that people wrote, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_file() {
                found.push(path);
            } else if !NOT_OURS.iter().any(|name| path.file_name().is_some_and(|n| n == *name)) {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The path as people write it: relative to the root.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
