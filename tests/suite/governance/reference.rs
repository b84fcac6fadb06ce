//! Asks programs of others, as `scripts/governance-tools` installs them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use postlink_tests::repository;
use serde_json::Value;

/// What `reference.py` answers.
pub(crate) fn asked(what: &str, input: &Value) -> Value {
    let python = repository::root().join(".cache/governance-tools/python/bin/python");
    assert!(python.is_file(), "{} is missing: run scripts/setup tests", python.display());
    let mut child = Command::new(python)
        .arg(repository::root().join("tests/suite/governance/reference.py"))
        .arg(what)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = input.to_string();
    let mut stdin = child.stdin.take().unwrap();
    let written = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "reference.py {what}: {said}");
    written.join().unwrap().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("reference.py {what}: {error}; {said}"))
}
