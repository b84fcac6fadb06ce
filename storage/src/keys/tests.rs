//! Keys as they are made, as openssl makes them, and as programs keep them.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use chrono::DateTime;
use tempfile::TempDir;

use super::*;

fn openssl(arguments: &[&str], folder: &TempDir) -> String {
    let run = Command::new("openssl").args(arguments).current_dir(folder.path()).output().unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn refusal(kind: Kind, path: &Path) -> String {
    open(kind, path, &[]).err().expect("it must be refused").to_string()
}

#[tokio::test]
async fn new_keys_are_private_sign_and_are_understood_by_openssl() {
    let folder = tempfile::tempdir().unwrap();
    let made_log = log(folder.path()).unwrap();
    let made_domain = domain(folder.path(), "evidence.example", DateTime::UNIX_EPOCH).unwrap();
    for (kind, made) in [(Kind::Log, &made_log), (Kind::Domain, &made_domain)] {
        assert_eq!(mode(&made.private), 0o600);
        let key = open(kind, &made.private, &[]).unwrap();
        let signature = key.sign(b"message").await.unwrap();
        assert!(key.public_key().has_signed(b"message", &signature));
        assert!(!key.public_key().has_signed(b"another", &signature));
        assert_eq!(PublicKey::read(&made.shown[0]).unwrap(), *key.public_key());
        let private = made.private.to_str().unwrap();
        assert_eq!(openssl(&["pkey", "-in", private, "-pubout"], &folder), key.public_key().pem());
    }
    let certificate =
        openssl(&["x509", "-in", "domain.crt.pem", "-noout", "-subject", "-ext", "subjectAltName"], &folder);
    assert!(certificate.contains("CN = evidence.example") && certificate.contains("DNS:evidence.example"));
    let request = openssl(&["req", "-in", "domain.csr.pem", "-verify", "-noout", "-subject"], &folder);
    assert!(request.contains("CN = evidence.example"), "{request}");
}

#[tokio::test]
async fn keys_that_openssl_made_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "log.pem"], &folder);
    let curve = "ec_paramgen_curve:P-256";
    openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", "domain.pem"], &folder);
    for (kind, name) in [(Kind::Log, "log.pem"), (Kind::Domain, "domain.pem")] {
        let path = folder.path().join(name);
        let key = open(kind, &path, &[]).unwrap();
        assert!(key.public_key().has_signed(b"message", &key.sign(b"message").await.unwrap()));
    }
    let of_another_sort = refusal(Kind::Domain, &folder.path().join("log.pem"));
    assert!(of_another_sort.contains("P-256"), "{of_another_sort}");
    openssl(&["genpkey", "-algorithm", "RSA", "-out", "rsa.pem"], &folder);
    assert!(refusal(Kind::Log, &folder.path().join("rsa.pem")).contains("Ed25519"));
}

#[test]
fn a_key_that_others_may_read_is_refused_with_what_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let made = log(folder.path()).unwrap();
    for open_to in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&made.private, std::fs::Permissions::from_mode(open_to)).unwrap();
        let told = refusal(Kind::Log, &made.private);
        assert!(told.contains("chmod 600") && told.contains("log.key.pem"), "{told}");
    }
    assert!(refusal(Kind::Log, &folder.path().join("none.pem")).contains("none.pem"));
    std::fs::set_permissions(&made.shown[0], std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(refusal(Kind::Log, &made.shown[0]).contains("BEGIN PRIVATE KEY"));
}

#[test]
fn a_key_is_not_written_over_another_nor_into_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let made = log(folder.path()).unwrap();
    let before = std::fs::read(&made.private).unwrap();
    assert!(matches!(log(folder.path()), Err(KeyError::There(_))));
    assert_eq!(std::fs::read(&made.private).unwrap(), before);
    let store = tempfile::tempdir().unwrap();
    std::fs::write(store.path().join("postlink.db"), "").unwrap();
    for inside in ["", "keys", "evidence/keys"] {
        assert!(matches!(log(&store.path().join(inside)), Err(KeyError::InStore(_))));
    }
    assert_eq!(std::fs::read_dir(store.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_program_signs_in_place_of_a_file_and_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let made = domain(folder.path(), "evidence.example", DateTime::UNIX_EPOCH).unwrap();
    let certificate = &made.shown[0];
    let hook = |script: String| ["sh".to_owned(), "-c".to_owned(), script];
    let key = made.private.display();
    let signing = hook(format!("openssl dgst -sha256 -sign {key}"));
    let signer = open(Kind::Domain, certificate, &signing).unwrap();
    let signature = signer.sign(b"message").await.unwrap();
    assert!(signer.public_key().has_signed(b"message", &signature));
    for (script, word) in [
        ("exit 3".to_owned(), "exit status: 3"),
        ("echo no signature".to_owned(), "no signature by the public key"),
        (format!("echo other | openssl dgst -sha256 -sign {key}"), "no signature by the public key"),
    ] {
        let signer = open(Kind::Domain, certificate, &hook(script)).unwrap();
        let told = signer.sign(b"message").await.unwrap_err().to_string();
        assert!(told.contains("`sh`") && told.contains(word), "{told}");
    }
    let absent = open(Kind::Domain, certificate, &["no-such-program".to_owned()]).unwrap();
    assert!(absent.sign(b"message").await.unwrap_err().to_string().contains("no-such-program"));
}
