//! Which crate may know which, and which may do I/O: the arrows of ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use postlink_tests::repository;

/// Each crate of ours with those of ours it may name.
const ARROWS: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("sense", &[]),
    ("crawler", &["model"]),
    ("reader", &["model"]),
    ("checker", &["model", "sense"]),
    ("policies", &["model", "sense"]),
    ("governance", &["model"]),
    ("storage", &["model"]),
    ("console", &["model", "storage", "policies", "governance"]),
    ("postlink", &["model", "sense", "crawler", "reader", "checker", "policies", "governance", "storage", "console"]),
    (
        "postlink-tests",
        &["model", "sense", "crawler", "reader", "checker", "policies", "governance", "storage", "console", "postlink"],
    ),
];

/// Foreign crates that have a home, and the crates of ours that are it.
const HOMES: [(&str, &[&str]); 13] = [
    // `storage` names its features for the client of the S3 service, and may not use it: see the test below.
    ("reqwest", &["crawler", "storage"]),
    ("headless_chrome", &["crawler"]),
    ("image", &["reader"]),
    ("rten", &["reader"]),
    ("rxing", &["reader"]),
    ("sqlx", &["storage"]),
    ("object_store", &["storage"]),
    ("axum", &["console", "postlink-tests"]),
    ("prometheus-client", &["postlink"]),
    ("opentelemetry", &["postlink"]),
    // Its tests read what a collector is sent.
    ("opentelemetry-proto", &["postlink-tests"]),
    ("clap", &["postlink", "postlink-tests"]),
    ("anyhow", &["postlink", "postlink-tests"]),
];

/// Crates that compute and do nothing else.
const PURE: [&str; 4] = ["sense", "checker", "policies", "governance"];

/// What a pure crate does not do.
const IMPURE: [&str; 8] = ["tokio", "sqlx", "reqwest", "std::fs", "std::net", "SystemTime", "Instant", "async fn"];

/// What one `Cargo.toml` asks for.
#[derive(Default)]
struct Manifest {
    /// For the crate itself and its build.
    built: BTreeSet<String>,
    /// For its tests.
    tested: BTreeSet<String>,
}

#[test]
fn the_arrows_of_the_architecture_hold() {
    let members = members();
    let known: Vec<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let found: Vec<&str> = members.keys().map(String::as_str).collect();
    for name in &found {
        assert!(known.contains(name), "`{name}` has no place among the arrows (see ARCHITECTURE.md)");
    }
    assert_eq!(found.len(), known.len(), "found {found:?}");
    let faults = faults(&members);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_bad_arrow_is_named() {
    let manifest = |built: &[&str], tested: &[&str]| Manifest {
        built: built.iter().map(ToString::to_string).collect(),
        tested: tested.iter().map(ToString::to_string).collect(),
    };
    let members = BTreeMap::from([
        ("checker".to_owned(), manifest(&["model", "storage", "sqlx"], &["crawler", "axum"])),
        ("storage".to_owned(), manifest(&["model", "sqlx"], &[])),
    ]);
    assert_eq!(
        faults(&members),
        [
            "`checker` may not depend on `storage` (see ARCHITECTURE.md)",
            "`checker` may not depend on `crawler` (see ARCHITECTURE.md)",
            "`checker` may not depend on `sqlx`, which is used only in `storage` (see ARCHITECTURE.md)",
        ]
    );
}

#[test]
fn the_pure_crates_do_no_io_and_know_no_clock() {
    let mut faults = Vec::new();
    for name in PURE {
        for file in repository::files(&repository::root().join(name).join("src")) {
            // `tests.rs` is a module for tests: what it reads, it reads for them.
            let tests = file.file_name().is_some_and(|name| name == "tests.rs");
            if !tests && file.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&file).unwrap();
                faults.extend(impurities(&repository::shown(&file), &text));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn storage_asks_nothing_of_the_web() {
    for file in repository::files(&repository::root().join("storage/src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("reqwest"), "{} names reqwest (see ARCHITECTURE.md)", repository::shown(&file));
    }
}

#[test]
fn an_impurity_is_named_and_what_only_looks_like_one_is_not() {
    let text = "//! Reads no std::fs.\nuse std::fs::File;\nlet instantly = Instantly;\npub async fn a() {}\n\
                #[cfg(test)]\nmod tests {\n use std::fs; }\n";
    assert_eq!(
        impurities("checker/src/a.rs", text),
        [
            "checker/src/a.rs:2: `std::fs` has no place in a pure crate (see ARCHITECTURE.md)",
            "checker/src/a.rs:4: `async fn` has no place in a pure crate (see ARCHITECTURE.md)",
        ]
    );
}

/// Every dependency that breaks an arrow or leaves its home, in words.
fn faults(members: &BTreeMap<String, Manifest>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, manifest) in members {
        let allowed = ARROWS.iter().find(|(known, _)| known == name).map_or(&[][..], |(_, allowed)| allowed);
        for wanted in manifest.built.iter().chain(&manifest.tested) {
            let ours = ARROWS.iter().any(|(known, _)| known == wanted);
            // A crate may test itself with other features.
            if ours && wanted != name && !allowed.contains(&wanted.as_str()) {
                faults.push(format!("`{name}` may not depend on `{wanted}` (see ARCHITECTURE.md)"));
            }
        }
        for (foreign, homes) in HOMES {
            if manifest.built.contains(foreign) && !homes.contains(&name.as_str()) {
                let homes = homes.iter().map(|home| format!("`{home}`")).collect::<Vec<_>>().join(", ");
                faults.push(format!(
                    "`{name}` may not depend on `{foreign}`, which is used only in {homes} (see ARCHITECTURE.md)"
                ));
            }
        }
    }
    faults
}

/// Every line of a source file, comments and tests aside, that does what a pure crate does not.
fn impurities(file: &str, text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_in = |line: &str, word: &str| {
        line.match_indices(word)
            .any(|(at, _)| !line[..at].ends_with(is_word) && !line[at + word.len()..].starts_with(is_word))
    };
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate().take_while(|(_, line)| *line != "mod tests {") {
        let code = line.split("//").next().unwrap_or_default();
        for word in IMPURE.into_iter().filter(|word| stands_in(code, word)) {
            let number = number + 1;
            faults.push(format!("{file}:{number}: `{word}` has no place in a pure crate (see ARCHITECTURE.md)"));
        }
    }
    faults
}

/// The crates of the workspace by name.
fn members() -> BTreeMap<String, Manifest> {
    let root = repository::root();
    let read = |folder: &str| -> toml::Table {
        let path = root.join(folder).join("Cargo.toml");
        std::fs::read_to_string(&path).unwrap().parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let workspace = read("");
    let folders = workspace["workspace"]["members"].as_array().unwrap();
    let folders = folders.iter().map(|folder| folder.as_str().unwrap()).chain([""]);
    folders
        .map(|folder| {
            let table = read(folder);
            let names = |sections: &[&str]| {
                let sections = sections.iter().filter_map(|section| table.get(*section)?.as_table());
                sections.flat_map(|section| section.keys().cloned()).collect()
            };
            let manifest = Manifest {
                built: names(&["dependencies", "build-dependencies"]),
                tested: names(&["dev-dependencies"]),
            };
            (table["package"]["name"].as_str().unwrap().to_owned(), manifest)
        })
        .collect()
}
