//! docs/security.md says of every item of OWASP ASVS 4.0.3, level 2, how it stands: none is left out, and what is named is there.

use std::collections::{BTreeMap, BTreeSet};

use postlink_tests::repository;

/// The items of levels 1 and 2, by section; those that the standard itself has deleted are left out.
const ITEMS: [(&str, &[u8]); 67] = [
    ("1.1", &[1, 2, 3, 4, 5, 6, 7]),
    ("1.2", &[1, 2, 3, 4]),
    ("1.4", &[1, 4, 5]),
    ("1.5", &[1, 2, 3, 4]),
    ("1.6", &[1, 2, 3, 4]),
    ("1.7", &[1, 2]),
    ("1.8", &[1, 2]),
    ("1.9", &[1, 2]),
    ("1.10", &[1]),
    ("1.11", &[1, 2]),
    ("1.12", &[2]),
    ("1.14", &[1, 2, 3, 4, 5, 6]),
    ("2.1", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
    ("2.2", &[1, 2, 3]),
    ("2.3", &[1, 2, 3]),
    ("2.4", &[1, 2, 3, 4, 5, 6]),
    ("2.5", &[1, 2, 3, 4, 5, 6, 7]),
    ("2.6", &[1, 2, 3]),
    ("2.7", &[1, 2, 3, 4, 5, 6]),
    ("2.8", &[1, 2, 3, 4, 5, 6, 7]),
    ("2.9", &[1, 2, 3]),
    ("2.10", &[1, 2, 3, 4]),
    ("3.1", &[1]),
    ("3.2", &[1, 2, 3, 4]),
    ("3.3", &[1, 2, 3, 4]),
    ("3.4", &[1, 2, 3, 4, 5]),
    ("3.5", &[1, 2, 3]),
    ("3.7", &[1]),
    ("4.1", &[1, 2, 3, 5]),
    ("4.2", &[1, 2]),
    ("4.3", &[1, 2, 3]),
    ("5.1", &[1, 2, 3, 4, 5]),
    ("5.2", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("5.3", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ("5.4", &[1, 2, 3]),
    ("5.5", &[1, 2, 3, 4]),
    ("6.1", &[1, 2, 3]),
    ("6.2", &[1, 2, 3, 4, 5, 6]),
    ("6.3", &[1, 2]),
    ("6.4", &[1, 2]),
    ("7.1", &[1, 2, 3, 4]),
    ("7.2", &[1, 2]),
    ("7.3", &[1, 3, 4]),
    ("7.4", &[1, 2, 3]),
    ("8.1", &[1, 2, 3, 4]),
    ("8.2", &[1, 2, 3]),
    ("8.3", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("9.1", &[1, 2, 3]),
    ("9.2", &[1, 2, 3, 4]),
    ("10.2", &[1, 2]),
    ("10.3", &[1, 2, 3]),
    ("11.1", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("12.1", &[1, 2, 3]),
    ("12.2", &[1]),
    ("12.3", &[1, 2, 3, 4, 5, 6]),
    ("12.4", &[1, 2]),
    ("12.5", &[1, 2]),
    ("12.6", &[1]),
    ("13.1", &[1, 3, 4, 5]),
    ("13.2", &[1, 2, 3, 5, 6]),
    ("13.3", &[1, 2]),
    ("13.4", &[1, 2]),
    ("14.1", &[1, 2, 3, 4]),
    ("14.2", &[1, 2, 3, 4, 5, 6]),
    ("14.3", &[2, 3]),
    ("14.4", &[1, 2, 3, 4, 5, 6, 7]),
    ("14.5", &[1, 2, 3, 4]),
];

const STATES: [&str; 4] = ["met", "operator", "n/a", "open"];

struct Row {
    item: String,
    state: String,
    how: String,
}

fn page() -> String {
    std::fs::read_to_string(repository::root().join("docs/security.md")).unwrap()
}

fn rows() -> Vec<Row> {
    let page = page();
    let cells = page.lines().filter(|line| line.starts_with("| ")).map(|line| line.split(" | ").collect::<Vec<_>>());
    cells
        .filter(|cells| cells.len() == 4 && cells[0].contains('.'))
        .map(|cells| Row {
            item: cells[0].trim_start_matches("| ").to_owned(),
            state: cells[1].to_owned(),
            how: cells[3].trim_end_matches(" |").to_owned(),
        })
        .collect()
}

/// What stands in backticks.
fn named(how: &str) -> Vec<&str> {
    how.split('`').skip(1).step_by(2).collect()
}

/// Every function of ours, by name.
fn functions() -> BTreeSet<String> {
    let files = repository::files(&repository::root());
    let rust = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let texts = rust.map(|file| std::fs::read_to_string(file).unwrap());
    let names = |text: String| -> Vec<String> {
        let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(ToOwned::to_owned);
        text.split("fn ").skip(1).filter_map(name).collect()
    };
    texts.flat_map(names).collect()
}

#[test]
fn every_item_of_the_standard_has_its_row_and_its_state() {
    let wanted =
        ITEMS.iter().flat_map(|(section, numbers)| numbers.iter().map(move |number| format!("{section}.{number}")));
    let wanted: Vec<String> = wanted.collect();
    let rows = rows();
    let found: Vec<&str> = rows.iter().map(|row| row.item.as_str()).collect();
    assert_eq!(found, wanted);
    for Row { item, state, how } in &rows {
        assert!(STATES.contains(&state.as_str()) && how.len() > 3, "{item}: {state}: {how}");
    }
}

#[test]
fn what_holds_an_item_is_there() {
    let functions = functions();
    let is_file = |name: &str| repository::root().join(name).exists();
    let mut faults = Vec::new();
    for Row { item, state, how } in rows() {
        let named = named(&how);
        let holds = |name: &&&str| is_file(name) || functions.contains(**name);
        if state == "met" && named.iter().find(holds).is_none() {
            faults.push(format!("{item} is met by nothing that is named: {how}"));
        }
        // A path, or the name of a test.
        let meant = |name: &&&str| {
            let path = name.contains('/') && !name.contains(' ') && name.contains('.');
            path || name.matches('_').count() > 2
        };
        faults.extend(named.iter().filter(meant).filter(|name| !holds(name)).map(|name| format!("{item}: `{name}`")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_sums_above_the_tables_are_right() {
    let mut sums: BTreeMap<String, usize> = BTreeMap::new();
    rows().into_iter().for_each(|row| *sums.entry(row.state).or_default() += 1);
    let [met, operator, not, open] = STATES.map(|state| sums[state]);
    let said = format!(
        "Of {} items {met} are met, {operator} are the operator's, {not} are not applicable, {open} are open.",
        met + operator + not + open
    );
    assert!(page().contains(&said), "{said}");
}
