//! What is in deploy/, as far as it can be checked where no container runs: by readers that others made, and by trying it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use postlink_tests::repository;
use serde_json::Value;

mod mistakes;

/// A tool of `scripts/deploy-tools`.
fn tool(name: &str) -> PathBuf {
    let path = repository::root().join(".cache/deploy-tools").join(name);
    assert!(path.exists(), "{} is missing: run scripts/setup tests", path.display());
    path
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned()).concat()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}:\n{}", said(&output));
    said(&output)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What deploy/check finds wrong below a folder.
fn faults(root: &Path) -> String {
    let check = repository::root().join("deploy/check");
    let mut python = Command::new(tool("python/bin/python"));
    said(&python.arg(check).arg(tool("")).arg(root).output().expect("python runs"))
}

#[test]
fn the_dockerfile_and_the_scripts_are_well_formed() {
    run(Command::new(tool("python/bin/hadolint")).arg(repository::root().join("Dockerfile")));
    for (shell, script) in [("sh", "deploy/entrypoint"), ("bash", "deploy/secrets-new"), ("bash", "deploy/run-here")] {
        run(Command::new(shell).arg("-n").arg(repository::root().join(script)));
    }
}

#[test]
fn the_compose_file_and_the_manifests_fit_their_schemas_and_themselves() {
    assert_eq!(faults(&repository::root()), "");
}

#[test]
fn every_alert_is_tried_and_every_query_is_one() {
    let watch = repository::root().join("deploy/watch");
    let promtool = |arguments: &[&str]| run(Command::new(tool("promtool")).args(arguments).current_dir(&watch));
    promtool(&["check", "config", "prometheus.yml"]);
    promtool(&["test", "rules", "alerts.test.yml"]);
    let alerts = read("deploy/watch/alerts.yml");
    let tried = read("deploy/watch/alerts.test.yml");
    for alert in alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        assert!(tried.contains(&format!("alertname: {alert}")), "{alert} is not tried in alerts.test.yml");
    }
    // The queries of the dashboard, as if they were rules.
    let rules: Vec<_> = queries()
        .iter()
        .enumerate()
        .map(|(at, query)| serde_json::json!({"record": format!("q:{at}"), "expr": query}))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dashboard.yml");
    std::fs::write(&file, serde_json::json!({"groups": [{"name": "dashboard", "rules": rules}]}).to_string()).unwrap();
    run(Command::new(tool("promtool")).args(["check", "rules"]).arg(&file));
}

/// Every query of the dashboard.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read("deploy/watch/grafana/postlink.json")).unwrap();
    let targets = dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array());
    let queries: Vec<_> = targets.flatten().map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
    assert!(queries.len() > 15, "the queries were not found");
    queries
}

#[test]
fn the_panels_of_the_dashboard_do_not_cover_each_other() {
    let dashboard: Value = serde_json::from_str(&read("deploy/watch/grafana/postlink.json")).unwrap();
    let mut covered = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        assert!(ids.insert(panel["id"].as_u64()), "{} has the id of another", panel["title"]);
        let side = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(side("x") + side("w") <= 24, "{} is too wide", panel["title"]);
        for y in side("y")..side("y") + side("h") {
            for x in side("x")..side("x") + side("w") {
                assert!(covered.insert((x, y)), "{} covers another", panel["title"]);
            }
        }
    }
}

#[test]
fn every_metric_that_is_asked_for_is_told_with_those_labels() {
    let told = told();
    let texts = [read("deploy/watch/alerts.yml"), read("deploy/kubernetes/autoscale.yaml"), queries().join("\n")];
    let mut asked = 0;
    for text in texts {
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')) {
            if word.starts_with("postlink_") || (word.starts_with("process_") && word != "process_group") {
                asked += 1;
                let plain = ["_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
                assert!(told.iter().any(|(name, _)| name == word || name == plain), "nobody tells {word}");
            }
        }
    }
    assert!(asked > 40, "the metrics were not found");
    // A label that a metric does not have selects nothing, and an alert that rests on it never fires.
    for text in [read("deploy/watch/alerts.yml"), queries().join("\n")] {
        for (at, _) in text.match_indices("{") {
            let name = text[..at].rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
            let Some((_, labels)) = told.iter().find(|(metric, _)| metric == name) else { continue };
            for label in text[at + 1..].split('}').next().unwrap_or_default().split(',') {
                let label = label.split(['=', '!']).next().unwrap_or_default().trim();
                assert!(labels.contains(label) || label == "job", "{name} has no label `{label}`");
            }
        }
    }
}

/// Every metric with its labels, as docs/metrics.md has them, which is made from the program.
fn told() -> Vec<(String, BTreeSet<String>)> {
    let words = |cell: &str| cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect::<Vec<_>>();
    let page = read("docs/metrics.md");
    let rows = page.lines().filter(|line| line.starts_with("| `")).map(|line| line.split('|').collect::<Vec<_>>());
    rows.map(|cells| (words(cells[1]).remove(0), words(cells[3]).into_iter().collect())).collect()
}

#[test]
fn secrets_are_made_once_and_the_broker_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("run/secrets");
    let make = || run(Command::new(repository::root().join("deploy/secrets-new")).arg(&secrets));
    make();
    let password = std::fs::read_to_string(secrets.join("database_password")).unwrap();
    assert!(password.trim().len() >= 32, "{password}");
    make();
    assert_eq!(std::fs::read_to_string(secrets.join("database_password")).unwrap(), password, "what is there stays");
    let users: Value = serde_json::from_str(&std::fs::read_to_string(secrets.join("s3_users")).unwrap()).unwrap();
    assert_eq!(users["identities"][0]["name"], "postlink");
    // As in the container, below this folder: what is included lies where it would lie there.
    let at = folder.path().join("etc/nats");
    std::fs::create_dir_all(&at).unwrap();
    for name in ["single.conf", "cluster.conf"] {
        std::fs::write(at.join(name), read(&format!("deploy/nats/{name}"))).unwrap();
        let server = repository::root().join(".cache/nats/bin/nats-server");
        run(Command::new(server).arg("-t").arg("-c").arg(at.join(name)));
    }
}

#[test]
fn a_password_reaches_postlink_by_a_file_of_its_own_and_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name);
    std::fs::write(inside("database_password"), "a:b\\c\n").unwrap();
    // Says what it was given, in place of the program.
    let script = "#!/bin/sh\nenv; echo \"arguments: $*\"; cat \"$PGPASSFILE\"; ls -l \"$PGPASSFILE\"\n";
    std::fs::write(inside("postlink"), script).unwrap();
    run(Command::new("chmod").arg("755").arg(inside("postlink")));
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let mut entrypoint = Command::new(repository::root().join("deploy/entrypoint"));
    entrypoint.env_clear().env("PATH", path).env("POSTLINK_SECRETS", folder.path()).env("TMPDIR", folder.path());
    let said = run(entrypoint.args(["serve", "--data", "/data"]));
    assert!(said.contains("arguments: serve --data /data"), "{said}");
    assert!(said.contains("*:*:*:*:a\\:b\\\\c\n"), "as PostgreSQL reads it: {said}");
    assert!(said.contains("-rw------- "), "its owner's alone: {said}");
    let environment = said.lines().filter(|line| !line.starts_with("*:"));
    assert!(!environment.into_iter().any(|line| line.contains("a:b")), "{said}");
}
