//! An authority for tests: a real one, of openssl, with a root and a certificate made for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What is special about an authority.
#[derive(Clone, Debug)]
pub struct Terms {
    /// As `openssl genpkey` takes it.
    pub key: &'static [&'static str],
    pub digest: &'static str,
    /// Of its certificate, in the form of an openssl extension.
    pub usage: &'static str,
    /// By which digest it names its certificate.
    pub names_by: &'static str,
    pub days: u32,
    /// Where its certificate says that the list of those taken back is.
    pub list: Option<String>,
}

pub const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
pub const P_256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
pub const P_384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
pub const P_521: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"];

/// What the root does beside signing.
const OF_ROOT: &[&str] = &["ca", "-config", "ca.cnf", "-keyfile", "root.key", "-cert", "root.pem"];

impl Default for Terms {
    fn default() -> Self {
        Self { key: P_256, digest: "sha256", usage: "critical,timeStamping", names_by: "sha256", days: 30, list: None }
    }
}

/// The files of an authority; gone when it is dropped.
pub struct Authority {
    folder: TempDir,
}

impl Authority {
    pub fn new(terms: &Terms) -> Self {
        let authority = Self { folder: tempfile::tempdir().expect("a folder") };
        let write = |name: &str, text: String| std::fs::write(authority.path(name), text).expect("writes");
        let days = terms.days.to_string();
        authority.openssl(&[&["genpkey", "-out", "root.key"], P_256].concat());
        authority.openssl(&[
            "req",
            "-x509",
            "-new",
            "-key",
            "root.key",
            "-subj",
            "/CN=Test Root",
            "-days",
            "3650",
            "-out",
            "root.pem",
        ]);
        authority.openssl(&[&["genpkey", "-out", "tsa.key"], terms.key].concat());
        authority.openssl(&["req", "-new", "-key", "tsa.key", "-subj", "/O=Test/CN=Test TSA", "-out", "tsa.csr"]);
        let list = terms.list.iter().map(|url| format!("crlDistributionPoints=URI:{url}\n"));
        write(
            "tsa.ext",
            format!("extendedKeyUsage={}\nkeyUsage=critical,digitalSignature\n", terms.usage)
                + &list.collect::<String>(),
        );
        authority.openssl(&[
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-days",
            &days,
            "-extfile",
            "tsa.ext",
            "-out",
            "tsa.pem",
        ]);
        write("serial", "01\n".into());
        write("index.txt", String::new());
        write("crlnumber", "01\n".into());
        let keeping = "database=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=7\n";
        write("ca.cnf", format!("[ca]\ndefault_ca=c\n[c]\n{keeping}"));
        write(
            "tsa.cnf",
            format!(
                "[tsa]\ndefault_tsa=t\n[t]\ndir=.\nserial=serial\ncrypto_device=builtin\nsigner_cert=tsa.pem\n\
                 certs=root.pem\nsigner_key=tsa.key\nsigner_digest={}\ndefault_policy=1.2.3.4.1\ndigests=sha256\n\
                 accuracy=secs:1,millisecs:500\nclock_precision_digits=3\nordering=yes\ntsa_name=yes\n\
                 ess_cert_id_chain=no\ness_cert_id_alg={}\n",
                terms.digest, terms.names_by
            ),
        );
        authority
    }

    /// A file of its folder: `root.pem`, `tsa.pem`, ….
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it answers to a question.
    pub fn answer(&self, question: &[u8]) -> Vec<u8> {
        let folder = tempfile::tempdir_in(self.folder()).expect("a folder");
        let (query, reply) = (folder.path().join("query"), folder.path().join("reply"));
        std::fs::write(&query, question).expect("writes");
        let (query, reply_name) = (query.display().to_string(), reply.display().to_string());
        self.openssl(&["ts", "-reply", "-config", "tsa.cnf", "-queryfile", &query, "-out", &reply_name]);
        std::fs::read(reply).expect("it answers")
    }

    /// The list of the certificates that its root took back, as of now; `more` as `openssl ca` takes it.
    pub fn list(&self, more: &[&str]) -> Vec<u8> {
        self.openssl(&[OF_ROOT, &["-gencrl", "-out", "list.pem"], more].concat());
        self.openssl(&["crl", "-in", "list.pem", "-outform", "DER", "-out", "list.der"]);
        std::fs::read(self.path("list.der")).expect("it is there")
    }

    /// Has its certificate taken back by its root.
    pub fn take_back(&self) {
        self.openssl(&[OF_ROOT, &["-revoke", "tsa.pem"]].concat());
    }

    /// Whether openssl finds that an answer stamps these bytes.
    pub fn verifies(&self, answer: &[u8], data: &[u8]) -> bool {
        let folder = tempfile::tempdir_in(self.folder()).expect("a folder");
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("writes");
            path
        };
        let (answer, data) = (file("answer", answer), file("data", data));
        let mut command = Command::new("openssl");
        command.args(["ts", "-verify", "-in"]).arg(answer).arg("-data").arg(data);
        command.arg("-CAfile").arg(self.path("root.pem")).output().expect("openssl runs").status.success()
    }

    fn openssl(&self, arguments: &[&str]) {
        let run = Command::new("openssl").args(arguments).current_dir(self.folder()).output().expect("openssl runs");
        assert!(run.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    }
}
