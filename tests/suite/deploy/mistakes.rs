//! Mistakes that could be made in deploy/, each of which its check must name.

use std::path::Path;
use std::process::Command;

use postlink_tests::repository;

use super::{faults, read};

/// A file, what stands in it, what is written in its place, and a word of what is said then.
const MISTAKES: [(&str, &str, &str, &str); 21] = [
    ("docker-compose.yml", "  read_only: true\n", "", "may write to its root"),
    ("docker-compose.yml", "  cap_drop: [ALL]\n", "", "has capabilities"),
    ("docker-compose.yml", "\"no-new-privileges:true\"", "\"label:disable\"", "may gain privileges"),
    ("docker-compose.yml", "127.0.0.1:9090:9090", "9090:9090", "listens to everybody"),
    (
        "docker-compose.yml",
        "    networks: [inside, outside]\n    # Profiles",
        "    networks: [data, outside]\n    # Profiles",
        "no business there",
    ),
    (
        "docker-compose.yml",
        "POSTGRES_PASSWORD_FILE: /run/secrets/database_password",
        "POSTGRES_PASSWORD: hello",
        "secret in its environment",
    ),
    ("docker-compose.yml", "file: deploy/nats/single.conf", "file: deploy/nats/none.conf", "is not there"),
    ("docker-compose.yml", "secrets: [nats_users]", "secrets: [nats_user]", "none of the secrets"),
    ("docker-compose.yml", "condition: service_healthy", "condition: healthy", "healthy"),
    ("docker-compose.yml", "    restart: on-failure\n", "    restart: 7\n", "restart"),
    ("docker-compose.yml", "memory: 6g", "memory: 6 elephants", "memory"),
    (
        "deploy/kubernetes/work.yaml",
        "readOnlyRootFilesystem: true",
        "readOnlyRootFilesystem: false",
        "may write to its root",
    ),
    ("deploy/kubernetes/work.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "may be root"),
    (
        "deploy/kubernetes/work.yaml",
        "key: nats_work, path: nats",
        "key: database_password, path: p",
        "password of the database",
    ),
    ("deploy/kubernetes/work.yaml", "failureThreshold", "failureTreshold", "failureTreshold"),
    (
        "deploy/kubernetes/serve.yaml",
        "{ name: data, mountPath: /data }",
        "{ name: date, mountPath: /data }",
        "mounts date",
    ),
    ("deploy/kubernetes/kustomization.yaml", "    includeTemplates: true\n", "", "selects no pod"),
    ("deploy/kubernetes/console.yaml", "targetPort: console", "targetPort: consul", "which no pod has"),
    ("deploy/kubernetes/console.yaml", "service: { name: console,", "service: { name: consul,", "as no service"),
    ("deploy/kubernetes/console.yaml", "hosts: [postlink.example]", "hosts: [other.example]", "without TLS"),
    (
        "deploy/kubernetes/autoscale.yaml",
        "kind: Deployment, name: work-default",
        "kind: Deployment, name: work",
        "scales work",
    ),
];

#[test]
fn every_mistake_is_named() {
    for (file, right, wrong, word) in MISTAKES {
        let folder = tempfile::tempdir().unwrap();
        copy(&repository::root().join("deploy"), folder.path());
        std::fs::write(folder.path().join("docker-compose.yml"), read("docker-compose.yml")).unwrap();
        let text = read(file);
        assert!(text.contains(right), "{file} does not say `{right}` any more");
        std::fs::write(folder.path().join(file), text.replacen(right, wrong, 1)).unwrap();
        let said = faults(folder.path());
        assert!(said.contains(word), "`{wrong}` in {file}: {said:?}");
    }
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
    assert!(status.success());
}
