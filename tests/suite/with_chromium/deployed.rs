//! What is deployed, started here without containers: database, broker, evidence, `serve` and two `work`, over one world.

use std::process::Command;

use postlink_tests::postlink::program;
use postlink_tests::repository;

/// The processes, the commands, the configuration and the secrets of docker-compose.yml, as far as they need no container.
#[test]
fn the_services_of_the_compose_file_examine_a_world() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("here");
    let profile = program().unwrap().parent().unwrap().file_name().unwrap().to_owned();
    let mut run = Command::new(repository::root().join("deploy/run-here"));
    let run =
        run.arg(&here).args(["--worlds", "honest-shop", "--until-over", "--profile"]).arg(profile).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("serve-1 is ready: {\"database\":\"ok\",\"evidence\":\"ok\",\"nats\":\"ok\"}"), "{said}");
    for worker in ["work-1", "work-2"] {
        let ready = format!("{worker} is ready: {{\"browser\":\"ok\",\"evidence\":\"ok\",\"nats\":\"ok\"}}");
        assert!(said.contains(&ready), "{said}");
    }
    assert!(said.contains("console_password): Review"), "the console lets its first account in: {said}");
    assert!(said.contains("postlink_verdicts_total{verdict=\"clean\"} 1"), "{said}");
    // Nothing of a secret is in what any of them said.
    for secret in ["database_password", "nats_work", "nats_serve", "s3_secret_key", "console_password"] {
        let secret = std::fs::read_to_string(here.join("run/secrets").join(secret)).unwrap();
        let secret = secret.trim().rsplit(':').next().unwrap();
        for log in std::fs::read_dir(&here).unwrap().flatten().map(|entry| entry.path()) {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(!text.contains(secret), "{} tells a secret", log.display());
        }
    }
}
