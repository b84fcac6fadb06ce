//! Packages signed in the name of a domain, before the verifier of others (authsign).

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use postlink_tests::archive_tools;
use serde_json::Value;
use storage::keys;
use storage::package::{About, Package};
use storage::signature::Domain;
use storage::stamp::authority::{Authority, Terms};
use storage::stamp::{Post, Roots, Sender};

/// Reads the signature of a package as `authsign` takes it, with our roots, and says whether it is content.
const VERIFY: &str = "\
import hashlib, json, sys, zipfile
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from authsign.verifier import Verifier
package, domains, stamps, roots = sys.argv[1:5]
print_of = lambda path: x509.load_pem_x509_certificate(open(path, 'rb').read()).fingerprint(hashes.SHA256()).hex()
json.dump({'domain_cert_roots': [print_of(domains)], 'timestamp_cert_roots': [print_of(stamps)]}, open(roots, 'w'))
archive = zipfile.ZipFile(package)
digest = json.loads(archive.read('datapackage-digest.json'))
assert digest['hash'] == 'sha256:' + hashlib.sha256(archive.read('datapackage.json')).hexdigest()
assert digest['signedData']['hash'] == digest['hash']
print('observer', Verifier(roots)(digest['signedData']).observer)
";

/// The certificates that openssl makes are good from now on.
#[expect(clippy::disallowed_methods, reason = "openssl has no other clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

struct Wire(Authority);

impl Post for Wire {
    async fn post(&self, _: &str, question: Vec<u8>) -> Result<Vec<u8>, String> {
        Ok(self.0.answer(&question))
    }
}

fn openssl(folder: &Path, arguments: &str) -> Result<()> {
    let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output()?;
    ensure!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
    Ok(())
}

/// What the verifier of others says of a package.
fn verified(folder: &Path, package: &[u8]) -> Result<(bool, String)> {
    fs::write(folder.join("case.wacz"), package)?;
    let file = |name: &str| folder.join(name).display().to_string();
    let arguments = ["-c", VERIFY, &file("case.wacz"), &file("root.pem"), &file("tsa-root.pem"), &file("roots.json")];
    let output = archive_tools::run("signing/bin/python", &arguments)?;
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    Ok((output.status.success(), said))
}

#[tokio::test]
async fn the_verifier_of_others_accepts_a_signed_package_and_sees_a_changed_signature() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let folder = dir.path();
    keys::domain(folder, "evidence.example", now())?;
    openssl(
        folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -subj /CN=Root -days 30 -out root.pem",
    )?;
    openssl(
        folder,
        "x509 -req -in domain.csr.pem -copy_extensions copy -CA root.pem -CAkey root.key -CAcreateserial -days 7 -out leaf.pem",
    )?;
    fs::write(
        folder.join("chain.pem"),
        [fs::read(folder.join("leaf.pem"))?, fs::read(folder.join("root.pem"))?].concat(),
    )?;
    let authority = Authority::new(&Terms::default());
    fs::copy(authority.path("root.pem"), folder.join("tsa-root.pem"))?;
    let sender = Sender::new(vec!["https://tsa.test/".into()], Roots::default(), Wire(authority), Arc::new(now));
    let domain = Domain::open(&folder.join("chain.pem"), &folder.join("domain.key.pem"), &[])?;

    let about = About { title: "Case".into(), software: "postlink 0.1.0".into(), created: now(), notes: Vec::new() };
    let made = |signed: Option<Value>, about: About| -> Result<(Vec<u8>, String, String)> {
        let mut package = Package::begin(Cursor::new(Vec::new()), about)?;
        package.file("evidence/case.json", b"{}".to_vec())?;
        let closed = package.close()?;
        let (hash, created) = (closed.hash.clone(), closed.created.clone());
        Ok((closed.seal(signed)?.into_inner(), hash, created))
    };
    let (_, hash, created) = made(None, about.clone())?;
    let signed = domain.sign(&hash, &created, "postlink 0.1.0", Some(&sender)).await?;
    let (package, ..) = made(Some(serde_json::to_value(&signed)?), about.clone())?;
    let (content, said) = verified(folder, &package)?;
    assert!(content && said.contains("observer evidence.example"), "{said}");

    let again = domain.sign(&hash.replace('a', "b"), &created, "postlink 0.1.0", Some(&sender)).await?;
    let mut forged = signed.clone();
    forged.signature = again.signature;
    let (package, ..) = made(Some(serde_json::to_value(&forged)?), about)?;
    let (content, said) = verified(folder, &package)?;
    assert!(!content && said.contains("AssertionError"), "{said}");
    Ok(())
}
